# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`shell`: run one allowed command line, without the powers of a shell."""

import shlex
from collections.abc import Sequence

from ..errors import ToolError
from ..tool import Tool
from .programs import ProgramLimits, run_program
from .schema import parameters, string

__all__ = ["shell"]

OPERATORS = "|&;<>()$`\n"


def shell(
    *,
    allow: Sequence[str] = (),
    folder: str | None = None,
    environment: Sequence[str] = (),
    timeout: float = 30.0,
    max_output: int = 100_000,
) -> Tool:
    """Make a tool that runs command lines beginning with an entry of `allow` (none by default).

    `allow: ["git status", "ls"]` lets `git status --short` and `ls docs` run, but not `git push`.
    The line is split as a shell would, but no shell runs: pipes, redirection, variables and
    several commands are refused. It gives `{exit_code, stdout, stderr}`.
    """
    beginnings = [shlex.split(entry) for entry in allow]
    limits = ProgramLimits(timeout, max_output, folder, environment)

    async def call(command: str) -> dict[str, object]:
        words = _words(command)
        if not any(start and words[: len(start)] == start for start in beginnings):
            names = ", ".join(f"`{one}`" for one in allow) or "none"
            raise ToolError(f"command `{command}` is not allowed; allowed beginnings: {names}")
        return await run_program(words, limits)

    return Tool(
        name="shell",
        description=f"Run a command line that begins with one of: {', '.join(allow) or 'none'}.",
        parameters=parameters({"command": string("The command line")}),
        call=call,
        effects=frozenset({"process"}),
    )


def _words(command: str) -> list[str]:
    try:
        lexer = shlex.shlex(command, posix=True, punctuation_chars=OPERATORS)
        lexer.whitespace_split = True
        lexer.commenters = ""
        lexer.whitespace = " \t"
        words = list(lexer)
    except ValueError as error:
        raise ToolError(f"command `{command}` cannot be read: {error}") from None
    if words != shlex.split(command) or any(set(word) <= set(OPERATORS) for word in words if word):
        raise ToolError(
            "pipes, redirection, variables and several commands in one line are not available"
        )
    return words
