"""Report routes that leave values out, routes that are never taken, and conditions that decide nothing.

review: if state.score > 0.8 -> END
        if state.score < 0.8 -> revise     AC531: no route for state.score == 0.8
        if state.score < 0.5 -> rewrite    AC510: the route before takes these scores
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.sink import Sink
from compiler.expr import (
    STR,
    Choices,
    Constraint,
    Path,
    RecordField,
    RecordType,
    Scope,
    ValueSet,
    constant_value,
    constraints,
)
from compiler.ir.exits import Case, Choice
from compiler.ir.names import ERROR_FIELD, START, NodeId
from compiler.ir.values import Expression
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.record import dataclass

_ERROR_TYPE = RecordType("error", tuple(RecordField(n, STR) for n in ("kind", "message", "node")))
_MOST_VALUES = 6


def check_routes(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC509, AC510, AC511, AC518 and AC531."""
    scope = Scope(
        {name: field.type for name, field in analysis.fields.items()}, {ERROR_FIELD: _ERROR_TYPE}
    )
    for node in (START, *analysis.nodes):
        exit = analysis.exit_of(node)
        if isinstance(exit, Choice):
            _Routes(node, exit, scope, sink).check()
    for each in analysis.workflow.nodes:
        if each.when is not None:
            _check_when(each.id, each.when, scope, sink)
    return analysis.workflow


@dataclass(frozen=True, slots=True)
class _Taken:
    """The values of one place that routes so far have taken, and the route that took some last."""

    values: ValueSet
    case: Case


class _Routes:
    """Follows the cases of one choice in order."""

    def __init__(self, node: NodeId, choice: Choice, scope: Scope, sink: Sink) -> None:
        self._node = node
        self._choice = choice
        self._scope = scope
        self._sink = sink
        self._taken: dict[Path, _Taken] = {}
        self._all: Case | None = None
        """The route that leaves nothing to those after it."""

    def check(self) -> None:
        constrained: list[Constraint] = []
        for case in self._choice.cases:
            if self._all is not None:
                self._report_shadowed(case)
                continue
            self._check_bound(case)
            if case.condition is None:
                self._take_all(case)
                continue
            value = constant_value(case.condition.ast)
            if isinstance(value, bool):
                self._report_constant(case, value)
                if value:
                    self._take_all(case)
                continue
            found = constraints(case.condition.ast, self._scope)
            if found is not None:
                constrained.append(found)
                self._follow(case, found)
        if self._all is None:
            self._report_gap(constrained)

    def _check_bound(self, case: Case) -> None:
        if case.condition is None and case.bound is not None and case.on_exhausted is None:
            self._sink.report(
                "AC511",
                case.span,
                f"after {case.bound} iterations the default route from `{self._node}` is used up and"
                " no other follows",
                label="bounded, without `on_exhausted`",
                help="say where the flow goes then: `on_exhausted: END`, or another node",
            )

    def _take_all(self, case: Case) -> None:
        if _is_lasting(case) or case.condition is None:
            self._all = case

    def _follow(self, case: Case, found: Constraint) -> None:
        before = self._taken.get(found.path)
        left = found.allowed
        if before is not None:
            left = left.difference(before.values)
        if found.allowed.is_empty:
            self._report_constant(case, False)
        elif found.universe.difference(found.allowed).is_empty:
            self._report_constant(case, True)
        elif left.is_empty and before is not None:
            self._report_covered(case, before.case)
        if not _is_lasting(case):
            return
        values = found.allowed if before is None else before.values.union(found.allowed)
        self._taken[found.path] = _Taken(values, case)
        if found.universe.difference(values).is_empty:
            self._all = case

    def _report_shadowed(self, case: Case) -> None:
        """A default after routes that take everything is what the language asks for, so it is no mistake."""
        assert self._all is not None
        if not _is_lasting(self._all):
            return  # reported already: it is used up and names no way on
        if case.condition is None and self._all.condition is not None:
            return
        why = (
            "the default route before it takes everything"
            if self._all.condition is None
            else "the routes before it take everything"
        )
        self._sink.report(
            "AC510",
            case.span,
            f"the route from `{self._node}` to `{case.target}` is never taken: {why}",
            label="never taken",
            related=(Label(self._all.span, "takes what is left"),),
            help=(
                "move the default route to the end"
                if self._all.condition is None
                else "delete the route, or narrow the conditions before it"
            ),
        )

    def _report_covered(self, case: Case, before: Case) -> None:
        self._sink.report(
            "AC510",
            case.span,
            f"the route from `{self._node}` to `{case.target}` is never taken: the routes before it"
            " take all its values",
            label="never taken",
            related=(Label(before.span, "takes them"),),
            help="put the narrower condition first, or delete the route",
        )

    def _report_constant(self, case: Case, value: bool) -> None:
        assert case.condition is not None
        if self._choice.is_loop:
            said = (
                f"the loop of `{self._node}` {'never goes round' if value else 'never ends early'}"
            )
        else:
            said = f"the route from `{self._node}` to `{case.target}` is {_ALWAYS[value]} taken"
        self._sink.report(
            "AC518",
            case.condition.span,
            f"the condition `{case.condition.text.strip()}` is {_ALWAYS[value]} true: {said}",
            label=f"{_ALWAYS[value]} true",
            help="write `default` if that is meant" if value and not self._choice.is_loop else None,
        )

    def _report_gap(self, constrained: Sequence[Constraint]) -> None:
        cases = self._choice.cases
        used_up = next((case for case in cases if not _is_lasting(case)), None)
        paths = {each.path for each in constrained}
        is_closed = len(constrained) == len(cases) and len(paths) == 1
        if is_closed:
            rest = constrained[0].universe
            for each in constrained:
                rest = rest.difference(each.allowed)
            if rest.is_empty:
                # All values have a route, but a bounded one among them is used up some time.
                assert used_up is not None
                self._report_used_up(used_up)
                return
            if len(cases) > 1 and not _is_open(rest):
                self._report_values(constrained[0], rest)
                return
        self._sink.report(
            "AC509",
            self._choice.span,
            f"the routes from `{self._node}` have no default",
            label="what if no condition holds?",
            help="add a last route: `{condition: {logic: default}, to: END}`, or to another node",
        )

    def _report_values(self, constraint: Constraint, rest: ValueSet) -> None:
        place = ".".join(map(str, constraint.path))
        if isinstance(rest.values, Choices):
            values = sorted(map(_show, rest.values.values)) + (["null"] if rest.null else [])
        else:
            values = [_show(rest.witness())]
        shown = ", ".join(f"`{value}`" for value in values[:_MOST_VALUES])
        more = f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else ""
        is_example = not isinstance(rest.values, Choices)
        self._sink.report(
            "AC531",
            self._choice.span,
            f"the routes from `{self._node}` leave out {shown}{more}"
            + (f" of `{place}`" if not is_example else f" as a value of `{place}`"),
            label="and there is no default",
            notes=(f"no route is taken when `{rest.show(place)}`",),
            help="widen a condition, or add `{condition: {logic: default}, to: END}` as the last route",
        )

    def _report_used_up(self, case: Case) -> None:
        self._sink.report(
            "AC511",
            case.span,
            f"after {case.bound} iterations the route from `{self._node}` to `{case.target}` is used"
            " up and no other takes its values",
            label="bounded, without `on_exhausted`",
            help="say where the flow goes then: `on_exhausted: END`, or another node",
        )


_ALWAYS: Mapping[bool, str] = {True: "always", False: "never"}


def _is_lasting(case: Case) -> bool:
    """Whether a case takes its values however often the loop has gone round."""
    return case.bound is None or case.on_exhausted is not None


def _is_open(values: ValueSet) -> bool:
    """Whether values are left out that nobody can list, as of all texts."""
    return isinstance(values.values, Choices) and values.values.negated


def _show(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _check_when(node: NodeId, when: Expression, scope: Scope, sink: Sink) -> None:
    value = constant_value(when.ast)
    if not isinstance(value, bool):
        found = constraints(when.ast, scope)
        if found is None:
            return
        if found.allowed.is_empty:
            value = False
        elif found.universe.difference(found.allowed).is_empty:
            value = True
        else:
            return
    sink.report(
        "AC518",
        when.span,
        f"the condition `{when.text.strip()}` is {_ALWAYS[value]} true:"
        f" `{node}` {'runs each time' if value else 'never does anything'}",
        label=f"{_ALWAYS[value]} true",
        help="delete `when`" if value else "delete the node, or change the condition",
    )
