# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs the tool calls of one turn at the same time and tells their results to the model."""

import asyncio
import json
from collections.abc import Awaitable, Mapping, Sequence

from .errors import ToolError
from .messages import Message, ToolRequest
from .run import inside_branch
from .text import text
from .tool import ArgumentError, Tool, call_tool

__all__ = ["run_requests"]


async def run_requests(tools: Sequence[Tool], requests: Sequence[ToolRequest]) -> list[Message]:
    """Return one message per request, in their order.

    Raises:
        ToolError: of a tool with `on_error` fail; the other calls are cancelled.
    """
    known = {tool.name: tool for tool in tools}
    tasks = [
        asyncio.ensure_future(_beside(number, _result(known, request)))
        for number, request in enumerate(requests)
    ]
    try:
        results = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()  # does nothing to those that are done
        await asyncio.gather(*tasks, return_exceptions=True)
    return [
        {"role": "tool", "tool_call_id": request.id, "name": request.name, "content": result}
        for request, result in zip(requests, results, strict=True)
    ]


async def _beside(number: int, work: Awaitable[str]) -> str:
    with inside_branch(number):
        return await work


async def _result(known: Mapping[str, Tool], request: ToolRequest) -> str:
    tool = known.get(request.name)
    if tool is None:
        names = ", ".join(f"`{name}`" for name in known)
        return f"error: there is no tool `{request.name}`; there are {names}"
    try:
        arguments = json.loads(request.arguments or "{}")
    except ValueError as error:
        return f"error: the arguments are not valid JSON: {error}"
    if not isinstance(arguments, dict):
        return f"error: the arguments must be an object, found {type(arguments).__name__}"
    try:
        return text(await call_tool(tool, **arguments))
    except ToolError as error:
        if tool.on_error == "fail" and not isinstance(error, ArgumentError):
            raise
        return f"error: {error.message}"
