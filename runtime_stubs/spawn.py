# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A tool with which an agent creates helpers at run time, bounded in number and depth."""

from collections.abc import Sequence
from dataclasses import dataclass

from .agent import run_agent
from .errors import ToolError
from .model import Model
from .tool import Tool

__all__ = ["spawn_tool"]


@dataclass(slots=True)
class _Count:
    left: int


def spawn_tool(
    model: Model,
    *,
    tools: Sequence[Tool] = (),
    max_agents: int = 3,
    max_depth: int = 1,
    max_turns: int = 8,
) -> Tool:
    """Return the tool `spawn_agent`; make a new one for each run of the agent that gets it.

    At most `max_agents` helpers are created in all; helpers of helpers count too and are
    possible up to `max_depth` levels. Helpers have `tools` and spend the run's budget.
    """
    return _tool(model, tools, _Count(max_agents), max_agents, max_depth, max_turns)


def _tool(
    model: Model, tools: Sequence[Tool], count: _Count, most: int, depth: int, max_turns: int
) -> Tool:
    async def call(role: str, task: str) -> object:
        if count.left <= 0:
            raise ToolError(f"all {most} agents that may be created have been created")
        count.left -= 1
        deeper = [_tool(model, tools, count, most, depth - 1, max_turns)] if depth > 1 else []
        return await run_agent(
            model, task, tools=[*tools, *deeper], max_turns=max_turns, system=role
        )

    return Tool(
        name="spawn_agent",
        description="Create a helper agent, give it one task and get its answer.",
        parameters={
            "type": "object",
            "properties": {
                "role": {"type": "string", "description": "Who the helper is and how it works"},
                "task": {"type": "string", "description": "What to do, with all it needs to know"},
            },
            "required": ["role", "task"],
            "additionalProperties": False,
        },
        call=call,
        read_only=True,
        composed=True,
    )
