"""The exit codes, the same for every command."""

from typing import Final

OK: Final = 0
FINDINGS: Final = 1
"""Errors in the workflow, or a run that failed."""
USAGE: Final = 2
STALE: Final = 3
"""Generated files are not current, or were changed by hand."""
PAUSED: Final = 4
"""A run waits for a person."""
BUDGET: Final = 5
"""A run used its budget up."""
INTERNAL: Final = 70
"""A bug in agentc (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED: Final = 130
