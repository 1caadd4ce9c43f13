"""A small interpreter of the IR: what a workflow means, straight from the reference semantics.

It shares no graph algorithm with the compiler: loops, joins, orders are worked out again in the most literal way.
Model calls are answered by the simulation, as in `run --simulate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compiler.expr import evaluate, json_schema, render_template
from compiler.expr.types import RecordField, RecordType
from compiler.ir.exits import Choice, Exit, Goto
from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import Ask, LlmBody, Node, SetBody
from compiler.ir.values import Constant, Expression, ListValue, MappingValue, Text, Value
from compiler.ir.workflow import Workflow
from runtime_stubs.simulate import maker, seed_of, simulated_text

Key = tuple[int, ...]
"""Where a contribution stands in the canonical order: positions, with the round of each loop between."""
Visible = frozenset[Key]
State = dict[str, object]


@dataclass
class Outcome:
    """What a run did."""

    state: State
    executed: Counter[str] = field(default_factory=Counter)
    model_calls: int = 0


@dataclass
class _Taken:
    target: NodeId
    visible: Visible


class Reference:
    """Interprets one workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self._nodes = {node.id: node for node in workflow.nodes}
        self._place = {node.id: i for i, node in enumerate(workflow.nodes)}
        self._targets = {START: _targets(workflow.entry)}
        self._targets |= {node.id: _targets(node.exit) for node in workflow.nodes}
        self._loops = dict(self._find_loops())
        self._merges: dict[str, str] = {each.name: each.merge for each in workflow.fields}

    def run(self, inputs: Mapping[str, object]) -> Outcome:
        """Run the workflow once."""
        self._written: dict[Key, State] = {}
        self._outcome = Outcome({})
        self._rounds: dict[NodeId, int] = {}
        self._base: State = {
            each.name: each.default.data
            for each in self._workflow.fields
            if each.default is not None
        }
        self._base.update(inputs)
        start = self._choose(START, self._workflow.entry, self._base, frozenset())
        self._level(set(self._nodes), start, (), None)
        self._outcome.state = self._fold(frozenset(self._written))
        return self._outcome

    # -- the graph, worked out by brute force ---------------------------------------------------------------

    def _reach(self, start: NodeId, without: NodeId | None = None) -> set[NodeId]:
        seen, stack = set(), [start]
        while stack:
            node = stack.pop()
            if node not in seen and node != without:
                seen.add(node)
                stack.extend(self._targets.get(node, ()))
        return seen

    def _find_loops(self) -> Iterator[tuple[NodeId, set[NodeId]]]:
        """Headers dominate the source of an edge to them; the body reaches it without the header."""
        for header in self._nodes:
            before = self._reach(START, without=header)
            body = {header}
            for source in self._nodes:
                if header in self._targets[source] and source not in before:
                    body |= {
                        node
                        for node in self._nodes
                        if node not in before and source in self._reach(node, without=header)
                    }
                    body.add(source)
            if any(header in self._targets[source] for source in body):
                yield header, body

    def _owner(self, source: NodeId, target: NodeId) -> NodeId | None:
        around = [h for h, body in self._loops.items() if source in body and target in body]
        return min(around, key=lambda h: len(self._loops[h]), default=None)

    def _units(
        self, members: set[NodeId], header: NodeId | None
    ) -> list[tuple[NodeId, set[NodeId]]]:
        """The steps of a level in canonical order: outermost loops inside of it count as one step."""
        units: dict[NodeId, set[NodeId]] = {}
        for node in members:
            around = [
                h
                for h, body in self._loops.items()
                if node in body and h != header and body <= members
            ]
            head = max(around, key=lambda h: len(self._loops[h]), default=node)
            units.setdefault(head, set()).add(node)
        ordered: list[tuple[NodeId, set[NodeId]]] = []
        waiting = dict(units)
        while waiting:
            ready = [
                head
                for head in waiting
                if not any(
                    target in waiting[head] and target != header
                    for other, body in waiting.items()
                    if other != head
                    for node in body
                    for target in self._targets[node]
                )
            ]
            head = min(ready, key=lambda h: self._place[h])
            ordered.append((head, waiting.pop(head)))
        return ordered

    # -- execution --------------------------------------------------------------------------------------------

    def _level(
        self, members: set[NodeId], taken: list[_Taken], prefix: Key, header: NodeId | None
    ) -> list[_Taken]:
        """Run a level once; return the edges taken out of it, those back to `header` among them."""
        arrived: dict[NodeId, list[Visible]] = {}
        leaving: list[_Taken] = []
        for edge in taken:
            arrived.setdefault(edge.target, []).append(edge.visible)
        for position, (head, body) in enumerate(self._units(members, header)):
            if head not in arrived:
                continue
            visible = frozenset().union(*arrived[head])
            key = (*prefix, position)
            if head in self._loops and head != header:
                edges = self._loop(head, body, visible, key)
            else:
                edges = self._node(self._nodes[head], visible, key)
            for edge in edges:
                if edge.target in members and edge.target != header:
                    arrived.setdefault(edge.target, []).append(edge.visible)
                else:
                    leaving.append(edge)
        return leaving

    def _loop(self, header: NodeId, body: set[NodeId], visible: Visible, key: Key) -> list[_Taken]:
        self._rounds[header] = 1
        while True:
            round_key = (*key, self._rounds[header])
            edges = self._level(body, [_Taken(header, visible)], round_key, header)
            back = [edge for edge in edges if edge.target == header]
            if not back:
                return edges
            assert len(back) == len(edges), "a branch left the loop while another stayed"
            visible = frozenset().union(*(edge.visible for edge in back))
            self._rounds[header] += 1

    def _node(self, node: Node, visible: Visible, key: Key) -> list[_Taken]:
        state = self._fold(visible)
        self._outcome.executed[node.id] += 1
        is_settled = any(self._rounds[header] > 1 for header in node.settled_in)
        if not is_settled and (node.when is None or evaluate(node.when.ast, {"state": state})):
            self._written[key] = self._body(node, state)
        else:
            self._written[key] = {}
        after = visible | {key}
        return self._choose(node.id, node.exit, self._fold(after), after)

    def _choose(self, source: NodeId, exit: Exit, state: State, visible: Visible) -> list[_Taken]:
        if isinstance(exit, Goto):
            targets = [arrow.target for arrow in exit.arrows] or [END]
            return [_Taken(target, visible) for target in dict.fromkeys(targets)]
        for case in exit.cases:
            if case.condition is not None and not evaluate(case.condition.ast, {"state": state}):
                continue
            owner = self._owner(source, case.target) if case.bound is not None else None
            if owner is not None and case.bound is not None and self._rounds[owner] >= case.bound:
                if case.on_exhausted is None:
                    continue
                return [_Taken(case.on_exhausted.target, visible)]
            return [_Taken(case.target, visible)]
        raise AssertionError(f"no case of {source} matches")

    # -- values -----------------------------------------------------------------------------------------------

    def _fold(self, visible: Visible) -> State:
        state = dict(self._base)
        for key in sorted(visible):
            for name, value in self._written[key].items():
                state[name] = self._merged(name, state, value)
        return state

    def _merged(self, name: str, state: State, value: object) -> object:
        merge = self._merges[name]
        if merge == "append":
            before = state.get(name, [])
            assert isinstance(before, list)
            return [*before, value]
        if merge == "replace" or name not in state:
            return value
        before = state[name]
        if merge in ("extend", "messages", "add"):
            return before + value  # type: ignore[operator]
        if merge == "union":
            return before | value  # type: ignore[operator]
        return min(before, value) if merge == "min" else max(before, value)  # type: ignore[call-overload]

    def _body(self, node: Node, state: State) -> State:
        if node.foreach is None:
            return self._writes(node, {"state": state})
        items = evaluate(node.foreach.source.ast, {"state": state})
        assert isinstance(items, list)
        elements: list[object] = []
        for index, item in enumerate(items):
            env = {"state": state, node.foreach.var: item, "item": item, "index": index}
            values = self._writes(node, env)
            elements.append(values[node.outputs[0].name] if len(node.outputs) == 1 else values)
        if node.foreach.collect is None:
            return {}
        return {node.foreach.collect: elements}

    def _writes(self, node: Node, env: dict[str, object]) -> State:
        env = dict(env)
        for given in node.inputs:
            env[given.name] = self._value(given.value, env)
        match node.body:
            case SetBody(assignments):
                return {each.field: self._value(each.value, env) for each in assignments}
            case LlmBody(ask):
                self._outcome.model_calls += 1
                prompt = str(self._value(ask.prompt, env))
                who = self._who_answers(node, ask)
                if ask.is_text:
                    return {node.outputs[0].name: simulated_text(who, prompt)}
                fields = tuple(RecordField(o.name, o.type) for o in node.outputs)
                make = maker(json_schema(RecordType(None, fields)))
                answer = make(who, seed_of(who, prompt), 0)
                assert isinstance(answer, dict)
                return answer
        raise AssertionError(f"the reference has no {type(node.body).__name__}")

    def _who_answers(self, node: Node, ask: Ask) -> str:
        """At temperature 0 a model answers whoever asks the same in the same way."""
        model = next(each for each in self._workflow.models if each.name == ask.model)
        return model.model if model.temperature == 0 else node.id

    def _value(self, value: Value, env: Mapping[str, object]) -> object:
        match value:
            case Expression():
                return evaluate(value.ast, env)
            case Constant():
                return value.data
            case Text():
                return render_template(value.template, env)
            case ListValue(items):
                return [self._value(item, env) for item in items]
            case MappingValue(entries):
                return {key: self._value(part, env) for key, part in entries}


def _targets(exit: Exit) -> tuple[NodeId, ...]:
    if isinstance(exit, Choice):
        found = [case.target for case in exit.cases]
        found += [case.on_exhausted.target for case in exit.cases if case.on_exhausted is not None]
    else:
        found = [arrow.target for arrow in exit.arrows]
    return tuple(dict.fromkeys(found or [END]))
