"""Routers: the functions that say where the flow goes after a node."""

from __future__ import annotations

from collections.abc import Callable

from compiler.expr.ast import BoolOp, Compare, Expr, Literal, StateField
from compiler.ir.exits import Choice, Exit, Goto
from compiler.ir.names import NodeId
from compiler.ir.nodes import Handler
from compiler.plan.text import Code, docstring, literal
from compiler.plan.values import Reader
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class RuleView:
    """`if condition: return result`; without a condition just the return."""

    condition: tuple[Code, ...]
    result: Code


@dataclass(frozen=True, slots=True)
class RouterView:
    """One router function; `labels` are the results it can have, as literals."""

    function: Code
    doc: Code
    labels: tuple[Code, ...]
    rules: tuple[RuleView, ...]
    may_stay: bool
    """Whether it may return None: all unconditional edges."""


@dataclass(frozen=True, slots=True)
class RouteNames:
    """How a router names its targets and reads the loop counter of a bounded case."""

    label: Callable[[NodeId], str]
    counter: Callable[[NodeId], str | None]
    """The round counter for a bounded case that leads to this node, None where nothing bounds it."""


@dataclass(frozen=True, slots=True)
class Ways:
    """All that decides where the flow goes after a node."""

    exit: Exit
    handlers: tuple[Handler, ...] = ()
    handoff: tuple[NodeId, ...] = ()


def router_view(
    function: str, node: str, ways: Ways, names: RouteNames, reader: Reader
) -> RouterView:
    """Return the router of a node: failures first, then handovers, then its cases in order."""
    exit, handlers = ways.exit, ways.handlers
    rules = [_failure_rule(handler, names) for handler in handlers if handler.target is not None]
    rules += [_handoff_rule(target, names) for target in ways.handoff]
    may_stay = False
    if isinstance(exit, Choice):
        rules += _case_rules(exit, names, reader)
    elif len(exit.arrows) == 1:
        rules.append(RuleView((), _label(exit.arrows[0].target, names)))
    else:
        may_stay = True
        rules.append(RuleView((), Code("None") if exit.arrows else literal("END")))
    labels: dict[Code, None] = {}
    for target in (*_targets(exit, handlers), *ways.handoff):
        labels.setdefault(_label(target, names))
    if isinstance(exit, Goto) and not exit.arrows:
        labels.setdefault(literal("END"))
        may_stay = False
    doc = docstring(f"Say where the flow goes after `{node}`.")
    return RouterView(Code(function), doc, tuple(labels), tuple(rules), may_stay)


def _label(target: NodeId, names: RouteNames) -> Code:
    return literal(names.label(target))


def _failure_rule(handler: Handler, names: RouteNames) -> RuleView:
    assert handler.target is not None
    condition = 'state["error"]["kind"]'
    if handler.match is not None:
        condition += f" == {literal(handler.match)}"
    return RuleView((Code(condition),), _label(handler.target, names))


def _handoff_rule(target: NodeId, names: RouteNames) -> RuleView:
    return RuleView((Code(f'state["handoff"] == {literal(target)}'),), _label(target, names))


def _case_rules(choice: Choice, names: RouteNames, reader: Reader) -> list[RuleView]:
    rules: list[RuleView] = []
    for case in choice.cases:
        condition = case.condition.ast if case.condition is not None else None
        result = _label(case.target, names)
        counter = names.counter(case.target) if case.bound is not None else None
        if counter is not None and case.bound is not None:
            within = _below(counter, case.bound)
            if case.on_exhausted is not None:
                other = _label(case.on_exhausted.target, names)
                if other != result:
                    result = Code(f"{result} if {reader.expression(within)} else {other}")
            else:
                condition = (
                    within if condition is None else BoolOp("and", (condition, within), 0, 0)
                )
        is_last = case is choice.cases[-1] and counter is None
        if condition is None or is_last:
            rules.append(RuleView((), result))
            break
        rules.append(RuleView((reader.expression(condition),), result))
    return rules


def _below(counter: str, bound: int) -> Expr:
    return Compare(StateField(counter, 0, 0), (("<", Literal(bound, 0, 0)),), 0, 0)


def _targets(exit: Exit, handlers: tuple[Handler, ...]) -> list[NodeId]:
    found = [handler.target for handler in handlers if handler.target is not None]
    if isinstance(exit, Choice):
        for case in exit.cases:
            found.append(case.target)
            if case.on_exhausted is not None:
                found.append(case.on_exhausted.target)
    elif len(exit.arrows) == 1:
        found.append(exit.arrows[0].target)
    return found
