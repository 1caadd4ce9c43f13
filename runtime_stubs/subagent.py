# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""An agent offered to another one as a tool."""

from collections.abc import Awaitable, Callable
from typing import Literal

from .tool import Tool

__all__ = ["agent_tool"]


def agent_tool(
    name: str,
    description: str,
    run: Callable[[str], Awaitable[object]],
    *,
    on_error: Literal["continue", "fail"] = "continue",
) -> Tool:
    """Return a tool that gives its `task` to an agent and returns the agent's answer."""

    async def call(task: str) -> object:
        return await run(task)

    return Tool(
        name=name,
        description=description,
        parameters={
            "type": "object",
            "properties": {
                "task": {"type": "string", "description": "What to do, with all it needs to know"}
            },
            "required": ["task"],
            "additionalProperties": False,
        },
        call=call,
        # what the agent touches its own tools say
        read_only=True,
        composed=True,
        on_error=on_error,
    )
