"""A terminal session in a folder, for diagnostics that need more than one file: its commands, then what was said.

    $ agentc build workflow.yaml -o out
    $ echo "# mine" >> out/greet/graph.py

`agentc` runs in this process; every other line is a line of the shell.
"""

from __future__ import annotations

import contextlib
import gc
import io
import shlex
import subprocess
from pathlib import Path

import pytest

from compiler.cli.main import main

PROMPT = "$ "


def commands(text: str) -> list[str]:
    """Return the commands of a session as it was written down."""
    return [line.removeprefix(PROMPT) for line in text.splitlines() if line.startswith(PROMPT)]


def run_session(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run the commands in `folder`; return the last one's exit code and what it printed."""
    monkeypatch.chdir(folder)
    code, said = 0, ""
    for command in commands(text):
        if command.startswith("agentc "):
            code, said = _agentc(shlex.split(command)[1:])
        else:
            subprocess.run(["sh", "-c", command], check=True, cwd=folder)
    return code, said


def _agentc(arguments: list[str]) -> tuple[int, str]:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        finally:
            gc.enable()
    out.seek(0)
    return code, out.read()
