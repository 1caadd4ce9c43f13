"""Call a tool as a node would."""

import asyncio

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.tool import Tool, call_tool

__all__ = ["call", "refusal"]


def call(tool: Tool, **arguments: object) -> object:
    """Return what the tool gives."""
    return asyncio.run(call_tool(tool, **arguments))


def refusal(tool: Tool, **arguments: object) -> str:
    """Return why the tool does not do it."""
    with pytest.raises(ToolError) as failure:
        call(tool, **arguments)
    return failure.value.message
