"""Loops that say in the state why they ended: a step of their own on the way out.

    check: if ok -> publish, else -> draft (max 3, then publish)      exhausted_field: gave_up

becomes

    check: if ok -> check_ended, else -> draft (max 3, then check_ended)
    check_ended: set gave_up = not ok -> publish
"""

from __future__ import annotations

from collections.abc import Mapping

from compiler.expr import BOOL, BoolType, show
from compiler.expr.ast import Unary
from compiler.ir.exits import Arrow, Choice, Goto
from compiler.ir.names import FieldName, NodeId
from compiler.ir.nodes import Assignment, Node, Output, SetBody
from compiler.ir.values import Expression
from compiler.lower.context import Context
from compiler.lower.written import Written
from compiler.record import replace


def tell_exhaustion(
    ctx: Context, nodes: tuple[Node, ...], told: Mapping[NodeId, Written]
) -> tuple[Node, ...]:
    """Add a step behind each loop that has an `exhausted_field`. Codes: AC302, AC408."""
    if not told:
        return nodes
    found: list[Node] = []
    taken = {node.id for node in nodes}
    for node in nodes:
        written = told.get(node.id)
        if written is None or not _is_bool(ctx, written) or not isinstance(node.exit, Choice):
            found.append(node)
            continue
        name = NodeId(f"{node.id}_ended")
        while name in taken:
            name = NodeId(f"{name}_")
        taken.add(name)
        found += _with_end(node, node.exit, name, written)
    return tuple(found)


def _is_bool(ctx: Context, written: Written) -> bool:
    field = ctx.fields.get(written.text)
    if field is None:
        ctx.report_unknown("AC302", written.span, written.text, ctx.fields, what="field")
        return False
    if not isinstance(field.type, BoolType):
        message = f"`exhausted_field` writes a `bool`, `{field.name}` is `{show(field.type)}`"
        ctx.report("AC408", written.span, message, help=f"declare `{field.name}: bool`")
        return False
    return True


def _with_end(node: Node, exit: Choice, name: NodeId, written: Written) -> tuple[Node, Node]:
    """Lead both ways out to a new node; the condition of the first tells which of them it was."""
    leave, back = exit.cases
    assert leave.condition is not None and back.on_exhausted is not None, "the cases of a `loop`"
    end = Arrow(name, leave.span)
    cases = (replace(leave, target=name), replace(back, on_exhausted=end))
    condition = leave.condition
    test = Unary("not", condition.ast, condition.ast.start, condition.ast.end)
    value = Expression(f"not ({condition.text})", test, BOOL, condition.span)
    field = FieldName(written.text)
    ended = Node(
        id=name,
        name=name,
        description="",
        span=written.span,
        body=SetBody((Assignment(field, value, written.span),)),
        exit=Goto((Arrow(leave.target, leave.span),)),
        outputs=(Output(field, BOOL, written.span),),
    )
    return replace(node, exit=replace(exit, cases=cases)), ended
