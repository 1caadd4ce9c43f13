"""What the user sees of a bug in agentc: AC999, the stage it happened in, and how to report it."""

from __future__ import annotations

import os
from types import TracebackType

from compiler.diagnostics.diagnostic import Diagnostic, Label
from compiler.diagnostics.span import SourceFile, Span


def internal_error(error: BaseException, path: str | None = None) -> Diagnostic:
    """Return AC999 for an exception that must not have happened.

    Args:
        path: the workflow file that was being worked on.
    """
    stage, place = _where(error.__traceback__)
    text = str(error).strip().split("\n")[0][:200]
    found = f"{type(error).__name__}: {text}" if text else type(error).__name__
    labels = (Label(Span(SourceFile(path, ""), 0, 0)),) if path is not None else ()
    return Diagnostic(
        "AC999",
        f"a bug in agentc, in the `{stage}` stage: {found}",
        labels,
        notes=(f"at {place}", "the workflow may be right; nothing was written"),
        help="report it with the workflow file and what `agentc doctor --json` prints; "
        "`AGENTC_DEBUG=1` shows the traceback",
    )


def print_traceback(error: BaseException) -> None:
    """Print the traceback when `AGENTC_DEBUG` asks for it."""
    if os.environ.get("AGENTC_DEBUG"):
        import traceback

        traceback.print_exception(error)


def _where(trace: TracebackType | None) -> tuple[str, str]:
    """Return the stage (the last folder of the compiler that was entered) and the place in it."""
    stage, place = "cli", "an unknown place"
    while trace is not None:
        frame = trace.tb_frame
        module = str(frame.f_globals.get("__name__", ""))
        parts = module.split(".")
        if parts[0] == "compiler":
            stage = parts[1] if len(parts) > 1 else "cli"
            place = f"{module}:{trace.tb_lineno} in `{frame.f_code.co_name}`"
        trace = trace.tb_next
    return stage, place
