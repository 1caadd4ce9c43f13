# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`python_exec`: run Python that a model wrote."""

from collections.abc import Mapping
from typing import Literal

from ..sandbox.limits import Preset, limits_for
from ..sandbox.python import execute
from ..tool import Tool
from .schema import mapping, parameters, string

__all__ = ["python_exec"]


def python_exec(
    *,
    mode: Literal["python"] = "python",
    preset: Preset = "low",
    memory: int | None = None,
    timeout: float | None = None,
) -> Tool:
    """Make a tool that runs guarded Python and gives `{result, printed}`.

    `memory` in MiB, `timeout` in seconds. It runs only where the operating system confines it:
    the guards of the language alone are not enough for code that nobody has read.
    """
    limits = limits_for(preset, memory=memory, timeout=timeout)

    async def call(code: str, inputs: Mapping[str, object] | None = None) -> dict[str, object]:
        outcome = await execute(code, inputs or {}, limits, must_confine=True)
        return {"result": outcome.result, "printed": outcome.printed}

    return Tool(
        name="python_exec",
        description=(
            "Run Python. Put the answer into the variable `result` or print it. There are no files"
            " and no network; math, statistics, json, re, datetime, itertools, collections,"
            " functools, random, string, textwrap, decimal and fractions can be imported."
        ),
        parameters=parameters(
            {"code": string("The code"), "inputs": mapping("Values, by the name they get in it")},
            optional=("inputs",),
        ),
        call=call,
        read_only=True,
    )
