"""What one node takes: model calls by its kind, tokens by rule of thumb, money by the price table.

Calls are exact: one for `llm`, 1 to `max_turns` for `agent`, those of a sub-workflow for `workflow`. Retries,
summaries of long histories and embeddings are not counted. Tokens are guesses, made as follows:

- text of the file: a token per 4 characters; this is the least a prompt takes;
- each reference in a prompt: 0 to 1,000 tokens;
- an answer: 1 token to the model's `max_tokens`, or to 1,000 without that;
- an agent's turn: also all answers before it, each with 1,000 tokens of tool results.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, inf

from compiler.expr import UNKNOWN, Reference, constant_value
from compiler.expr.ast import StateField
from compiler.ir.names import FieldName, ModelName
from compiler.ir.nodes import AgentBody, Ask, ForEach, LlmBody, Node, WorkflowBody
from compiler.ir.values import Text
from compiler.passes.amounts import MAYBE, NOTHING, WITHOUT_END, Amount, Range
from compiler.passes.analysis import Analysis
from compiler.passes.prices import Price, find_price
from compiler.record import dataclass

_CHARS_PER_TOKEN = 4
_REFERENCE_TOKENS = 1_000
_ANSWER_TOKENS = 1_000
_TOOL_TOKENS = 1_000
_FREE = Price(0, 0)


@dataclass(frozen=True, slots=True)
class _Rates:
    """What a model and its fallbacks say of each call: `answer` is in tokens at most."""

    is_cached: bool
    answer: int
    prices: tuple[Price, ...]


class NodeAmounts:
    """What a run of each node takes."""

    def __init__(self, analysis: Analysis, children: Mapping[str, Amount]) -> None:
        """Take the workflow, and the amounts of its sub-workflows by key."""
        self._analysis = analysis
        self._children = children
        self._models = {model.name: model for model in analysis.workflow.models}
        self._rates: dict[ModelName, _Rates] = {}

    def of(self, node: Node) -> Amount:
        """Return what a run of the node takes."""
        match node.body:
            case LlmBody(ask):
                amount = self._calls(node, ask, 1, 1)
            case AgentBody():
                amount = self._agent(node, node.body)
            case WorkflowBody(child=child):
                amount = self._children.get(child, NOTHING)
            case _:
                return NOTHING
        if node.foreach is not None:
            amount = amount.times(_items(self._analysis, node.foreach))
        if node.when is not None:
            amount = amount.times(MAYBE)
        return amount

    def _agent(self, node: Node, body: AgentBody) -> Amount:
        """Agents it calls it may call again each turn and several at once, so nothing bounds their calls."""
        amount = self._calls(node, body.ask, 1, body.max_turns)
        if body.spawn is not None:
            one = self._calls(node, body.ask, 0, body.max_turns)
            amount = amount.plus(one.times(Range(0, body.spawn.max_agents)))
        for other in body.agents:
            inner = self._analysis.nodes.get(other)
            if inner is not None and isinstance(inner.body, AgentBody):
                one = self._calls(inner, inner.body.ask, 0, inner.body.max_turns)
                amount = amount.plus(one.times(WITHOUT_END))
        return amount

    def _calls(self, node: Node, ask: Ask, least: int, most: int) -> Amount:
        """`least` to `most` turns of one conversation; an answer out of the cache costs no call."""
        rates = self._rates_of(ask.model)
        if node.cache_ttl is not None or rates.is_cached:
            least = 0
        texts = [ask.prompt] if ask.system is None else [ask.prompt, ask.system]
        chars = sum(map(_chars, texts)) + sum(len(e.input) + len(e.output) for e in ask.examples)
        fixed = ceil(chars / _CHARS_PER_TOKEN)
        free = sum(len(text.template.references) for text in texts) * _REFERENCE_TOKENS
        earlier = (rates.answer + _TOOL_TOKENS) * most * (most - 1) / 2
        calls = Range(least, most)
        input = Range(fixed * least, (fixed + free) * most + earlier)
        output = Range(least, rates.answer * most)
        first = rates.prices[0]
        cost = Range(
            input.low * first.input + output.low * first.output,
            max([input.high * p.input + output.high * p.output for p in rates.prices]),
        )
        return Amount(calls, input, output, cost)

    def _rates_of(self, name: ModelName) -> _Rates:
        """The rates of a model; one that does not exist is free."""
        if name not in self._rates:
            first = self._models.get(name)
            names = () if first is None else (name, *first.fallbacks)
            models = [self._models[each] for each in names if each in self._models]
            self._rates[name] = _Rates(
                first is not None and first.cache_ttl is not None,
                max((each.max_tokens or _ANSWER_TOKENS for each in models), default=_ANSWER_TOKENS),
                tuple(find_price(each) or _FREE for each in models) or (_FREE,),
            )
        return self._rates[name]


def _chars(text: Text) -> int:
    return sum([len(p.value) for p in text.template.parts if not isinstance(p, Reference)])


def _items(analysis: Analysis, each: ForEach) -> Range:
    """How many items a map has: those of a list in the file; a default may be replaced by an input."""
    value = constant_value(each.source.ast)
    if value is not UNKNOWN and isinstance(value, list):
        return Range(len(value), len(value))
    if isinstance(each.source.ast, StateField):
        name = FieldName(each.source.ast.name)
        field = analysis.fields.get(name)
        written = any(w.field == name for writes in analysis.writes.values() for w in writes)
        if field is not None and field.default is not None and not written:
            default = field.default.data
            return Range(0, len(default) if isinstance(default, list) else inf)
    return WITHOUT_END
