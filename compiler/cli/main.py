"""The command `agentc`: finds the command, and turns whatever ends it into an exit code."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, NoReturn

import click

from compiler import __version__
from compiler.cli import exits
from compiler.cli.lazy import LazyCommand, LazyGroup
from compiler.cli.terminal import prepare_streams, put, say

_EPILOG = """\b
Examples:
  agentc new helpdesk                   start from an example
  agentc check .                        check every workflow below this folder
  agentc build flow.yaml -o out         generate the project
  agentc run flow.yaml -i topic=tea --simulate

\b
Exit codes: 0 fine, 1 findings or a failed run, 2 wrong usage, 3 generated files are stale or were
edited, 4 a run waits for a person, 5 budget used up, 70 a bug in agentc, 130 interrupted.
"""


class _Agentc(LazyGroup):
    """All commands."""

    lazy: ClassVar[Mapping[str, LazyCommand]] = {
        "new": LazyCommand("compiler.cli.new", "Start a workflow from an example."),
        "check": LazyCommand("compiler.cli.check", "Report every mistake in workflow files."),
        "validate": LazyCommand("compiler.cli.check", "The same as `check`."),
        "build": LazyCommand("compiler.cli.build", "Generate the Python project of a workflow."),
        "run": LazyCommand("compiler.cli.run", "Build a workflow into a cache and run it."),
        "resume": LazyCommand("compiler.cli.resume", "Go on with a saved run."),
        "profile": LazyCommand("compiler.cli.profile", "Say where the time of past runs went."),
        "deploy": LazyCommand(
            "compiler.cli.deploy", "Run a workflow as a server, or write its files."
        ),
        "graph": LazyCommand("compiler.cli.graph", "Draw a workflow."),
        "explain": LazyCommand("compiler.cli.explain", "Say what a diagnostic code means."),
        "inspect": LazyCommand("compiler.cli.inspect", "Show what a stage of the compiler made."),
        "schema": LazyCommand("compiler.cli.schema", "Print the JSON Schema of the language."),
        "fmt": LazyCommand("compiler.cli.fmt", "Format workflow files, comments kept."),
        "doctor": LazyCommand("compiler.cli.doctor", "Look at what this machine offers."),
        "completion": LazyCommand("compiler.cli.completion", "Print shell completion."),
    }


@click.command(
    cls=_Agentc,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.version_option(__version__, prog_name="agentc")
def agentc() -> None:
    """Compile LLM-agent workflows: one YAML file in, a readable, typed Python project out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    # A compilation makes many objects and few cycles, and ends soon: collecting costs more than it frees.
    gc.disable()
    prepare_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    code = _run(given)
    if arguments is None:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End the process at once: freeing every object one by one would take as long as checking a file."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    try:
        result = agentc.main(arguments, prog_name="agentc", standalone_mode=False)
        return result if isinstance(result, int) else exits.OK
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return exits.USAGE
    except click.ClickException as error:
        return _usage(error, arguments)
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return exits.INTERRUPTED
    except BrokenPipeError:
        return exits.OK
    except Exception as error:  # noqa: BLE001 - a bug of any kind must end as AC999
        return _internal(error, arguments)


def _usage(error: click.ClickException, arguments: list[str]) -> int:
    if _wants_json(arguments):
        from compiler.diagnostics.render.json import render_json

        extra = {
            "error": {
                "kind": "usage" if error.exit_code == exits.USAGE else "failed",
                "message": error.format_message(),
            }
        }
        put(render_json((), version=__version__, files=(), extra=extra))
    context = error.ctx if isinstance(error, click.UsageError) else None
    say(f"error: {error.format_message()}")
    if context is not None:
        say(f"help: {context.command_path} --help")
    return error.exit_code


def _internal(error: Exception, arguments: list[str]) -> int:
    from compiler.cli.internal import internal_error, print_traceback
    from compiler.cli.reporting import Report

    print_traceback(error)
    report = Report([internal_error(error)], ())
    report.show("json" if _wants_json(arguments) else "text", text_to="stderr")
    return exits.INTERNAL


def _wants_json(arguments: list[str]) -> bool:
    """Whether the answer must be JSON, told without click, which has failed."""
    named = {"--json", "--format=json", "--report=json"}
    pairs = {("--format", "json"), ("--report", "json")}
    return not named.isdisjoint(arguments) or not pairs.isdisjoint(pairwise(arguments))


if __name__ == "__main__":
    main()
