"""Runs a generated package in a process of its own and stands aside: streams, signals and exit code are its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from types import FrameType
from typing import Final

from compiler.cli import exits
from compiler.cli.cached import CachedBuild
from compiler.cli.terminal import say

_FORWARDED: Final = ("SIGTERM", "SIGHUP", "SIGQUIT")
_STARTED_BY: Final = "AGENTC_STARTED_BY"
"""Tells the package the file, so that its hints name the user's own command."""
_IN_RUN_EXTRA: Final = frozenset(
    {"httpx", "langgraph", "langgraph-checkpoint-sqlite", "litellm", "restrictedpython", "pydantic"}
)
"""What `pip install 'agentc[run]'` brings."""


def execute(build: CachedBuild, path: str, arguments: Sequence[str]) -> int:
    """Run a build's package with what it needs, or say what is missing; return the exit code.

    Args:
        path: the workflow file as the user has named it, for hints.
    """
    missing = _missing(build.requirements)
    if missing:
        say(f"error: running this workflow needs {', '.join(f'`{each}`' for each in missing)}")
        say(f"help: {_install_command(missing)}")
        return exits.FINDINGS
    return _run_package(build, path, arguments)


def _missing(requirements: Sequence[str]) -> list[str]:
    """Return the requirements whose distribution is not installed beside agentc."""
    return [each for each in requirements if not _is_installed(_name(each))]


def _install_command(missing: Sequence[str]) -> str:
    """Return what installs missing requirements."""
    parts = ["'agentc[run]'"] if any(_name(each) in _IN_RUN_EXTRA for each in missing) else []
    parts += [f"'{each}'" for each in missing if _name(each) not in _IN_RUN_EXTRA]
    return f"pip install {' '.join(parts)}"


def _run_package(build: CachedBuild, path: str, arguments: Sequence[str]) -> int:
    """Run `python -m package` with the package of a build, in the user's current folder.

    Returns:
        Its exit code; a process that a signal ended gives 128 plus the signal, as in a shell.
    """
    environment = dict(os.environ)
    paths = [str(build.folder), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    environment[_STARTED_BY] = path
    # -P: a folder of the same name in the current one, such as a build, must not come first.
    line = [sys.executable, "-P", "-m", build.package, *arguments]
    # A Ctrl-C reaches both processes; the child decides what it means, this one waits.
    before = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    child = subprocess.Popen(line, env=environment)

    def forward(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    for name in _FORWARDED:
        number = getattr(signal, name, None)
        if number is not None:
            before[number] = signal.signal(number, forward)
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _name(requirement: str) -> str:
    """The distribution's name in a requirement, in its normal form."""
    end = next((at for at, char in enumerate(requirement) if char in "[<>=!~; "), len(requirement))
    return requirement[:end].lower().replace("_", "-")


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True
