# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command that a hint names: the one the user has typed."""

import os
import shlex

__all__ = ["STARTED_BY", "shown_command"]

STARTED_BY = "AGENTC_STARTED_BY"
"""Set by `agentc run FILE` and `agentc resume FILE` to the file."""


def shown_command(program: str, verb: str) -> str:
    """Return `python -m article_writer resume`, or `agentc resume FILE` when that started it."""
    file = os.environ.get(STARTED_BY)
    return f"{program} {verb}" if file is None else f"agentc {verb} {shlex.quote(file)}"
