"""The real command line in a process of its own, and small workflows for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.project import ROOT, clean_environment

GOOD = """\
flow: {name: article}
config: {llm: {provider: openai, model: gpt-4.1-mini}}
state:
  topic: {type: str, required: true}
  draft: str
nodes:
  - id: write
    prompt: "Write about {topic}"
    outputs: [draft]
edges:
  - START -> write -> END
"""

TYPO = GOOD.replace("prompt:", "promt:")
"""One error with a certain fix."""


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which this checkout is `agentc`, without colours and keys."""
    return clean_environment({"PYTHONPATH": str(ROOT), "TERM": "dumb", **(more or {})})


def command(*arguments: str) -> list[str]:
    """Return the command line of `agentc ARGUMENTS`."""
    return [sys.executable, "-P", "-m", "compiler.cli.main", *arguments]


def agentc(
    *arguments: str,
    cwd: Path,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    seconds: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run `agentc ARGUMENTS` to its end."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        input=data,
        env=environment({"AGENTC_CACHE": str(cwd / ".cache"), **(env or {})}),
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def patched(patch: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `agentc ARGUMENTS` after the statements of `patch`, which break something on purpose."""
    code = f"{patch}\nfrom compiler.cli.main import main\nmain({list(arguments)!r})"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environment({"AGENTC_CACHE": str(cwd / ".cache")}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file, its folders too, and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder but byte code."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
