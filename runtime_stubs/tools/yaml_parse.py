# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`yaml_parse`: YAML 1.2 text as data."""

import asyncio

import yaml

from ..errors import ToolError
from ..tool import Tool
from ..yaml_text import load_yaml
from .schema import parameters, string

__all__ = ["yaml_parse"]


def yaml_parse(*, max_bytes: int = 1_000_000, max_values: int = 100_000) -> Tool:
    """Make a tool that reads one YAML document; aliases may not blow it up over `max_values`."""

    def load(text: str) -> object:
        if len(text) > max_bytes:
            raise ToolError(f"the text has {len(text)} characters, at most {max_bytes} are read")
        try:
            value = load_yaml(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise ToolError(f"not YAML: {error.problem}{place}") from None
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise ToolError(f"not YAML that can be read: {error}") from None
        _check_size(value, max_values)
        return value

    async def call(text: str) -> object:
        return await asyncio.to_thread(load, text)

    return Tool(
        name="yaml_parse",
        description="Read YAML text and return the data.",
        parameters=parameters({"text": string("The YAML text")}),
        call=call,
        read_only=True,
    )


def _check_size(value: object, most: int) -> None:
    """Count as if every alias were written out: that is what whoever prints the value gets."""
    waiting, count = [value], 0
    while waiting:
        item = waiting.pop()
        count += 1
        if count > most:
            raise ToolError(f"the document holds more than {most} values")
        if isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
