# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`process`: run one of the allowed programs with arguments."""

from collections.abc import Sequence

from ..tool import Tool
from .programs import ProgramLimits, find_program, run_program
from .schema import array, parameters, string

__all__ = ["process"]


def process(
    *,
    allow: Sequence[str] = (),
    folder: str | None = None,
    environment: Sequence[str] = (),
    timeout: float = 30.0,
    max_output: int = 100_000,
) -> Tool:
    """Make a tool that runs the programs named in `allow` (none by default), without a shell.

    It gives `{exit_code, stdout, stderr}`. `environment` names variables passed on besides PATH,
    HOME and the like. What the arguments make a program do is not checked: allow only programs
    that are harmless with any.
    """
    limits = ProgramLimits(timeout, max_output, folder, environment)

    async def call(
        program: str, arguments: Sequence[str] = (), input: str = ""
    ) -> dict[str, object]:
        return await run_program([find_program(program, allow), *arguments], limits, input=input)

    return Tool(
        name="process",
        description="Run a program and return its exit code and output.",
        parameters=parameters(
            {
                "program": string("The program", choices=allow),
                "arguments": array(string("One argument"), "Its arguments"),
                "input": string("Text for its standard input"),
            },
            optional=("arguments", "input"),
        ),
        call=call,
        effects=frozenset({"process"}),
    )
