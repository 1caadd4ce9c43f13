# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A run in a terminal: progress on stderr, exactly the result on stdout, an exit code."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, cast

from .app import Listener
from .progress import EventLines, Progress, Spent, wants_color
from .readable import readable
from .report import OK, exit_code, report_object, report_text

__all__ = ["add_console_options", "run_in_console"]


def add_console_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a run is shown."""
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    parser.add_argument(
        "--stream",
        action="store_true",
        help="show what models write as it comes (with --json: every event as a line of JSON, "
        "on stderr)",
    )
    parser.add_argument("--verbose", action="store_true", help="show every call, and tracebacks")


def run_in_console(
    program: str,
    thread: str | None,
    options: argparse.Namespace,
    start: Callable[[list[Listener]], Coroutine[Any, Any, object]],
) -> int:
    """Run `start(listeners)` to its end and return the exit code.

    Args:
        program: the command that is run, such as `python -m article_writer`.
        thread: the name of the saved run, None if nothing is saved.
        options: those of `add_console_options`.
    """
    import asyncio  # not at the top: `--help` must not wait for it
    import gc

    # A run begins with thousands of imports, which leave no garbage: to look for some after every
    # 700 new objects, as Python does by itself, takes a fifth of that time.
    gc.set_threshold(50_000, 20, 100)
    spent = Spent()
    progress = Progress(
        sys.stderr,
        color=wants_color(sys.stderr, os.environ),
        stream=options.stream,
        verbose=options.verbose,
    )
    lines = EventLines(sys.stderr) if options.json and options.stream else progress
    try:
        # What hooks and tools print must not get between the result and its reader.
        with contextlib.redirect_stdout(sys.stderr):
            # A TypedDict of the generated package.
            state = cast(Mapping[str, object], asyncio.run(start([spent, lines])))
    except BaseException as error:
        if not isinstance(error, (Exception, KeyboardInterrupt)):
            raise
        progress.close()
        _summarise(spent)
        if options.json:
            _print_json(report_object(error, thread))
        if not (options.json and options.stream):
            for line in report_text(error, program, thread, options.verbose):
                print(line, file=sys.stderr)
        return exit_code(error)
    progress.close()
    if lines is progress:
        _summarise(spent)
    if options.json:
        _print_json(state)
    else:
        print(readable(state))
    return OK


def _summarise(spent: Spent) -> None:
    if spent.summary():
        print(spent.summary(), file=sys.stderr)


def _print_json(value: Mapping[str, object]) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))
