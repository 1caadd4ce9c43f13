"""How a node touches what is outside of the run: not at all, by looking, or by changing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum

from compiler.ir.builtins import find_builtin
from compiler.ir.names import ToolName
from compiler.ir.nodes import AgentBody, CodeBody, FunctionBody, HumanBody, Node, WorkflowBody
from compiler.ir.uses import tool_uses
from compiler.ir.workflow import Tool, Workflow


class Touch(IntEnum):
    """What others could notice, or what could be noticed of others; a model call counts as nothing."""

    NOTHING = 0
    LOOKS = 1
    CHANGES = 2


def touch_of(workflow: Workflow, node: Node) -> Touch:
    """Return the most a run of the node can do outside; what is not known is taken for a change."""
    return max(_touches(workflow, node), default=Touch.NOTHING)


def _touches(workflow: Workflow, node: Node) -> Iterator[Touch]:
    if node.memory is not None:
        yield Touch.CHANGES
    tools = {tool.name: tool for tool in workflow.tools}
    yield from (_tool_touch(tools, use.tool) for use in tool_uses(node))
    match node.body:
        case FunctionBody() | HumanBody():
            yield Touch.CHANGES
        case CodeBody(sandbox=sandbox) if sandbox.network or not sandbox.enabled:
            yield Touch.CHANGES
        case AgentBody(agents=agents, handoff=handoff):
            if agents or handoff:
                yield Touch.CHANGES
        case WorkflowBody(child=key):
            for child in workflow.children:
                if child.key == key:
                    yield from (touch_of(child.workflow, each) for each in child.workflow.nodes)


def _tool_touch(tools: Mapping[ToolName, Tool], name: ToolName) -> Touch:
    builtin = find_builtin(name)
    if builtin is not None:
        if builtin.category == "pure" and name not in ("datetime", "memory_search"):
            return Touch.NOTHING
        return Touch.LOOKS if builtin.read_only else Touch.CHANGES
    tool = tools.get(name) or tools.get(ToolName(name.partition(".")[0]))
    return Touch.LOOKS if tool is not None and tool.read_only else Touch.CHANGES
