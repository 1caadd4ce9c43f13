# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`env_vars`: single environment variables, none unless allowed."""

import os
from collections.abc import Sequence

from ..errors import ToolError
from ..tool import Tool
from .schema import parameters, string

__all__ = ["env_vars"]


def env_vars(*, allow: Sequence[str] = ()) -> Tool:
    """Make a tool that reads the environment variables named in `allow`; null when not set."""

    async def call(name: str) -> str | None:
        if name not in allow:
            names = ", ".join(f"`{one}`" for one in allow) or "none"
            raise ToolError(f"environment variable `{name}` is not allowed; allowed: {names}")
        return os.environ.get(name)

    return Tool(
        name="env_vars",
        description="Read an environment variable.",
        parameters=parameters({"name": string("Name of the variable", choices=allow)}),
        call=call,
        read_only=True,
        effects=frozenset({"environment"}),
        returns={"type": ["string", "null"]},
    )
