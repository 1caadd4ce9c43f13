"""What happens when a node fails: repeated attempts, then its handlers."""

from __future__ import annotations

from compiler.ir.names import ERROR_FIELD
from compiler.ir.nodes import Handler, Node
from compiler.ir.workflow import Workflow
from compiler.plan.imports import Imports
from compiler.plan.names import Names
from compiler.plan.node_views import FailureRuleView, FailureView, PairView
from compiler.plan.text import Code, docstring, literal
from compiler.plan.values import Reader


def failure_views(
    node: Node, workflow: Workflow, names: Names, imports: Imports
) -> tuple[FailureView, ...]:
    """Return the function for the failures of a node, if it has handlers that do more than fail."""
    if not node.on_error or node.on_error[0].action == "fail":
        return ()
    reader = Reader({ERROR_FIELD: Code("error.record()")}, imports)
    rules = tuple(_rule(workflow, handler, reader) for handler in node.on_error)
    imports.use_runtime("node", "Failure")
    doc = docstring(f"Say what a failed `{node.id}` gives; None lets the run fail.")
    function = names.new(f"{node.id}_failed")
    ends_open = all(rule.condition for rule in rules)
    return (FailureView(Code(function), doc, rules, ends_open),)


def _rule(workflow: Workflow, handler: Handler, reader: Reader) -> FailureRuleView:
    condition = () if handler.match is None else (Code(f"error.kind == {literal(handler.match)}"),)
    pairs: tuple[PairView, ...] = ()
    if handler.action == "goto":
        pairs = (PairView(literal(ERROR_FIELD), Code("error.record()")),)
    elif handler.action == "set":
        merges = {each.name: each.merge for each in workflow.fields}
        pairs = tuple(
            PairView(
                literal(each.field),
                (
                    Code(f"[{reader.value(each.value)}]")
                    if merges.get(each.field) == "append"
                    else reader.value(each.value)
                ),
            )
            for each in handler.assignments
        )
    return FailureRuleView(condition, pairs, handler.action == "fail")


def attempts(node: Node, imports: Imports) -> list[str]:
    """Return the arguments for timeout and retry, of the node or of each item of its map."""
    found: list[str] = []
    if node.timeout is not None:
        found.append(f"timeout={literal(float(node.timeout))}")
    if node.retry is not None:
        retry = imports.use_runtime("retry", "Retry")
        found.append(f"retry={retry}({', '.join(_retry_arguments(node))})")
    return found


def _retry_arguments(node: Node) -> list[str]:
    assert node.retry is not None
    found = [
        f"max_attempts={literal(node.retry.max_attempts)}",
        f"backoff={literal(float(node.retry.backoff))}",
    ]
    if node.retry.on:
        found.append(f"on=({', '.join(literal(kind) for kind in node.retry.on)},)")
    return found
