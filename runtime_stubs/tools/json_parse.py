# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`json_parse`: JSON text as data."""

import json

from ..errors import ToolError
from ..tool import Tool
from .schema import parameters, string

__all__ = ["json_parse"]

FENCE = "```"


def json_parse(*, max_bytes: int = 10_000_000) -> Tool:
    """Make a tool that reads JSON, also from inside a Markdown code block."""

    async def call(text: str) -> object:
        if len(text) > max_bytes:
            raise ToolError(f"the text has {len(text)} characters, at most {max_bytes} are read")
        try:
            found: object = json.loads(_inside(text), parse_constant=_refused)
        except json.JSONDecodeError as error:
            raise ToolError(
                f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
            ) from None
        except (RecursionError, ValueError) as error:
            raise ToolError(f"not JSON that can be read: {error}") from None
        return found

    return Tool(
        name="json_parse",
        description="Read JSON text and return the data.",
        parameters=parameters({"text": string("The JSON text")}),
        call=call,
        read_only=True,
    )


def _refused(word: str) -> object:
    """JSON has no `NaN` and no `Infinity`; what reads the result elsewhere would stop at them."""
    raise ValueError(f"`{word}` is not JSON")


def _inside(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith(FENCE) and stripped.endswith(FENCE) and "\n" in stripped:
        return stripped.split("\n", 1)[1].removesuffix(FENCE)
    return text
