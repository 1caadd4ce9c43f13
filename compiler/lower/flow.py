"""How the nodes hang together before they are lowered: exits, ways in, and where `error` can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from compiler.expr import (
    BOOL,
    STR,
    RecordField,
    RecordType,
    Scope,
    Type,
    narrowings,
    parse_expression,
)
from compiler.ir.exits import Case, Choice, Exit, Goto
from compiler.ir.names import ERROR_FIELD, START, NodeId
from compiler.ir.values import Expression
from compiler.lower.context import Context
from compiler.lower.edges import EdgeTable, OpenCase, OpenChoice
from compiler.lower.facts import Facts, FactTable, Way
from compiler.lower.values import lower_condition
from compiler.lower.written import Written
from compiler.record import dataclass
from compiler.spec import (
    AgentNodeSpec,
    CommonNodeSpec,
    ErrorActionSpec,
    SetNodeSpec,
    WorkflowNodeSpec,
)

ERROR_TYPE = RecordType(
    "error", (RecordField("kind", STR), RecordField("message", STR), RecordField("node", STR))
)
"""What handlers read as `error`."""


@dataclass(slots=True)
class Flow:
    """Gives each node its exit, its facts, and the locals that come from how it is reached."""

    ctx: Context
    edges: EdgeTable
    is_inferred: bool
    _facts: FactTable = field(init=False)
    _cases: dict[NodeId, tuple[Choice, tuple[Facts, ...]]] = field(default_factory=dict)
    _after_error: set[NodeId] = field(init=False)

    def __post_init__(self) -> None:
        """Read the ways between nodes off the table and the node sections."""
        specs = self.ctx.nodes
        ways = list(_ways(self.edges, specs))
        writes = {NodeId(id): frozenset(_may_write(spec, self.edges)) for id, spec in specs.items()}
        self._facts = FactTable(ways, writes, self._case_facts)
        self._after_error = _reached_by_error(ways)
        if self.is_inferred and self._after_error:
            # Edges follow from what is read, so what is read cannot follow from edges.
            self._after_error = {NodeId(id) for id in specs}

    def exit_of(self, node: NodeId) -> Exit:
        """Return the exit of a node, or of START. Codes: those of conditions."""
        if node in self.edges.choices:
            return self._choice(node)[0]
        return Goto(tuple(self.edges.arrows.get(node, {}).values()))

    def facts_before(self, node: NodeId) -> Facts:
        """Return what is known about values when the node starts."""
        return self._facts.before(node)

    def locals_at(self, node: NodeId) -> dict[str, Type]:
        """Return `error` where a handler led to the node."""
        return {ERROR_FIELD: ERROR_TYPE} if node in self._after_error else {}

    def _case_facts(self, node: NodeId, case: int) -> Facts:
        return self._choice(node)[1][case]

    def _choice(self, node: NodeId) -> tuple[Choice, tuple[Facts, ...]]:
        if node not in self._cases:
            self._cases[node] = self._lower(node, self.edges.choices[node])
        return self._cases[node]

    def _lower(self, node: NodeId, choice: OpenChoice) -> tuple[Choice, tuple[Facts, ...]]:
        scope = Scope(self.ctx.state, self.locals_at(node), self._facts.after(node))
        cases: list[Case] = []
        facts: list[Facts] = []
        for each in choice.cases:
            condition = (
                None if each.condition is None else self._condition(each, each.condition, scope)
            )
            holds = scope
            if condition is not None:
                holds = scope.narrowed_by(narrowings(condition.ast, True, scope))
            cases.append(Case(condition, each.target, each.span, each.bound, each.on_exhausted))
            facts.append(holds.narrowed)
            if condition is not None and (each.bound is None or each.on_exhausted is not None):
                scope = scope.narrowed_by(narrowings(condition.ast, False, scope))
        return Choice(tuple(cases), choice.span, choice.is_loop), tuple(facts)

    def _condition(self, case: OpenCase, written: Written, scope: Scope) -> Expression:
        if case.is_field:
            name = written.text.strip().removeprefix("state.")
            if name.isidentifier() and name not in self.ctx.fields:
                self.ctx.report_unknown("AC302", written.span, name, self.ctx.fields, what="field")
                return _unknown_condition(written)
        return lower_condition(self.ctx, written, scope) or _unknown_condition(written)


def _unknown_condition(written: Written) -> Expression:
    """Return a condition that nobody can foretell, in place of one that was reported."""
    unknown = parse_expression("[][0]")
    assert not isinstance(unknown, list), "a constant text"
    return Expression("[][0]", unknown, BOOL, written.span)


def _ways(edges: EdgeTable, specs: Mapping[str, CommonNodeSpec]) -> Iterator[tuple[NodeId, Way]]:
    for source, arrows in edges.arrows.items():
        yield from ((target, Way(source)) for target in arrows)
    for source, choice in edges.choices.items():
        for index, case in enumerate(choice.cases):
            yield case.target, Way(source, index)
            if case.on_exhausted is not None:
                yield case.on_exhausted.target, Way(source, index)
    for id, spec in specs.items():
        for action in error_actions(spec):
            if action.goto in specs:
                yield NodeId(action.goto or ""), Way(NodeId(id), is_error=True)
        if isinstance(spec, AgentNodeSpec):
            for other in (*(spec.agents or ()), *(spec.handoff or ())):
                yield NodeId(other), Way(NodeId(id), is_call=True)


def error_actions(spec: CommonNodeSpec) -> list[ErrorActionSpec]:
    """Return the handlers of a node that are more than a word."""
    if spec.on_error is None:
        return []
    given = spec.on_error if isinstance(spec.on_error, list) else [spec.on_error]
    return [each for each in given if isinstance(each, ErrorActionSpec)]


def _may_write(spec: CommonNodeSpec, edges: EdgeTable) -> Iterator[str]:
    """Yield the fields a node may write, told from its section alone."""
    for action in error_actions(spec):
        yield from action.set or ()
    parallel = edges.maps.get(NodeId(spec.id))
    if spec.foreach is not None or parallel is not None:
        each = spec.foreach
        collect = each.collect if each is not None else parallel and parallel.collect_field
        errors = each.errors if each is not None else parallel and parallel.errors
        yield from (name for name in (collect, errors) if name)
        return
    if isinstance(spec, SetNodeSpec):
        yield from spec.set
    outputs = getattr(spec, "outputs", None)
    if isinstance(spec, WorkflowNodeSpec) or outputs is not None:
        yield from outputs or ()
    elif spec.output_schema is not None:
        yield from (part.name for part in spec.output_schema.fields or ())


def _reached_by_error(ways: list[tuple[NodeId, Way]]) -> set[NodeId]:
    onward: dict[NodeId, list[NodeId]] = {}
    for target, way in ways:
        onward.setdefault(way.source, []).append(target)
    stack = [target for target, way in ways if way.is_error]
    found: set[NodeId] = set()
    while stack:
        node = stack.pop()
        if node not in found and node != START:
            found.add(node)
            stack += onward.get(node, ())
    return found
