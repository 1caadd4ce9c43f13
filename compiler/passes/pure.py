"""Which nodes give the same outputs whenever they are given the same inputs, and do nothing else.

Only the work of such nodes may be left out when it was done before. A model is taken at its word when its
temperature is 0, and only then: without one every answer is a sample, and asking again is a way to get another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.ir.names import ModelName
from compiler.ir.nodes import CodeBody, LlmBody, Node, SetBody, ToolBody, WorkflowBody
from compiler.ir.workflow import Model, Workflow
from compiler.passes.effects import Touch, touch_of

_VARIES = re.compile(r"\b(random|datetime|date|time|now|today|uuid|secrets|id|hash|set)\b")
"""Names in code whose values are not those of the inputs alone; `set` has an order of its own."""


def is_repeatable(workflow: Workflow, node: Node) -> bool:
    """Whether a second run of the node on the same inputs could only give what the first one gave.

    A node with `on_error` is not: its failure is handled, so that the next run may succeed.
    """
    if node.is_strict or node.on_error or node.memory is not None or node.log_artifacts:
        return False
    if node.foreach is not None and (node.foreach.on_error == "skip" or node.foreach.errors):
        return False
    if touch_of(workflow, node) is not Touch.NOTHING:
        return False
    match node.body:
        case SetBody() | ToolBody():
            return True
        case LlmBody(ask):
            return all(model.temperature == 0 for model in _models(workflow, ask.model))
        case CodeBody(code):
            return _VARIES.search(code) is None
        case WorkflowBody(child=key):
            child = next(each.workflow for each in workflow.children if each.key == key)
            return all(is_repeatable(child, each) for each in child.nodes)
        case _:
            return False


def is_work(node: Node) -> bool:
    """Whether a run of the node costs anything worth saving; writing values does not."""
    return not isinstance(node.body, SetBody)


def _models(workflow: Workflow, name: ModelName) -> Iterator[Model]:
    models = {model.name: model for model in workflow.models}
    yield models[name]
    yield from (models[other] for other in models[name].fallbacks)
