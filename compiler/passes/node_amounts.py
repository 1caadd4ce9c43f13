"""What one node takes: model calls by its kind, tokens by rule of thumb, money by the price table.

Calls are exact: one for `llm`, 1 to `max_turns` for `agent`, those of a sub-workflow for `workflow`. Retries,
summaries of long histories and embeddings are not counted. Tokens are guesses, made as follows:

- text of the file: a token per 4 characters; this is the least a prompt takes;
- each reference in a prompt: 0 to 1,000 tokens;
- an answer: 1 token to the model's `max_tokens`, or to 1,000 without that;
- an agent's turn: also all answers before it, each with 1,000 tokens of tool results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, inf

from compiler.expr import UNKNOWN, Reference, constant_value
from compiler.expr.ast import StateField
from compiler.ir.names import FieldName, ModelName
from compiler.ir.nodes import AgentBody, Ask, ForEach, LlmBody, Node, WorkflowBody
from compiler.ir.values import Text
from compiler.ir.workflow import Model
from compiler.passes.amounts import MAYBE, NOTHING, WITHOUT_END, Amount, Range
from compiler.passes.analysis import Analysis
from compiler.passes.prices import Price, find_price

_CHARS_PER_TOKEN = 4
_REFERENCE_TOKENS = 1_000
_ANSWER_TOKENS = 1_000
_TOOL_TOKENS = 1_000
_FREE = Price(0, 0)


def node_amount(analysis: Analysis, node: Node, children: Mapping[str, Amount]) -> Amount:
    """Return what a run of the node takes; `children` are the amounts of the sub-workflows by key."""
    match node.body:
        case LlmBody(ask):
            amount = _calls(analysis, node, ask, 1, 1)
        case AgentBody():
            amount = _agent(analysis, node, node.body)
        case WorkflowBody(child=child):
            amount = children.get(child, NOTHING)
        case _:
            return NOTHING
    if node.foreach is not None:
        amount = amount.times(_items(analysis, node.foreach))
    if node.when is not None:
        amount = amount.times(MAYBE)
    return amount


def _agent(analysis: Analysis, node: Node, body: AgentBody) -> Amount:
    """Agents it calls it may call again each turn and several at once, so nothing bounds their calls."""
    amount = _calls(analysis, node, body.ask, 1, body.max_turns)
    if body.spawn is not None:
        one = _calls(analysis, node, body.ask, 0, body.max_turns)
        amount = amount.plus(one.times(Range(0, body.spawn.max_agents)))
    for other in body.agents:
        inner = analysis.nodes.get(other)
        if inner is not None and isinstance(inner.body, AgentBody):
            one = _calls(analysis, inner, inner.body.ask, 0, inner.body.max_turns)
            amount = amount.plus(one.times(WITHOUT_END))
    return amount


def _calls(analysis: Analysis, node: Node, ask: Ask, least: int, most: int) -> Amount:
    """`least` to `most` turns of one conversation; an answer out of the cache costs no call."""
    models = [*_models(analysis, ask.model)]
    if node.cache_ttl is not None or any(model.cache_ttl is not None for model in models[:1]):
        least = 0
    texts = [ask.prompt, *([ask.system] if ask.system is not None else [])]
    chars = sum(map(_chars, texts)) + sum(len(e.input) + len(e.output) for e in ask.examples)
    fixed = ceil(chars / _CHARS_PER_TOKEN)
    free = sum(len(text.template.references) for text in texts) * _REFERENCE_TOKENS
    answer = max((model.max_tokens or _ANSWER_TOKENS for model in models), default=_ANSWER_TOKENS)
    earlier = (answer + _TOOL_TOKENS) * most * (most - 1) / 2
    calls = Range(least, most)
    input = Range(fixed * least, (fixed + free) * most + earlier)
    output = Range(least, answer * most)
    prices = [find_price(model) or _FREE for model in models] or [_FREE]
    cost = Range(
        input.low * prices[0].input + output.low * prices[0].output,
        max(input.high * price.input + output.high * price.output for price in prices),
    )
    return Amount(calls, input, output, cost)


def _models(analysis: Analysis, name: ModelName) -> Iterator[Model]:
    """The model and its fallbacks."""
    models = {model.name: model for model in analysis.workflow.models}
    first = models.get(name)
    if first is not None:
        yield first
        yield from (models[each] for each in first.fallbacks if each in models)


def _chars(text: Text) -> int:
    return sum(len(p.value) for p in text.template.parts if not isinstance(p, Reference))


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
