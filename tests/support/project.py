"""Generated projects on disk, and runs of their packages in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compiler import api
from compiler.diagnostics.diagnostic import Severity
from compiler.diagnostics.render import render_text

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Project:
    """A generated project; `python` is the interpreter that runs it."""

    folder: Path
    package: str
    python: Path = Path(sys.executable)

    def run(
        self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m PACKAGE ARGUMENTS`; keys of the caller's environment stay outside."""
        return subprocess.run(
            [str(self.python), "-m", self.package, *arguments],
            cwd=cwd or self.folder,
            env=clean_environment({"PYTHONPATH": str(self.folder), **(env or {})}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=240,
            check=False,
        )

    def answer(
        self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        """Run with `--json`, expect success and return the final state."""
        done = self.run(*arguments, "--json", cwd=cwd, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        state = json.loads(done.stdout)
        assert isinstance(state, dict)
        return state


def clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without keys, proxies and Python settings, and with `more`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith(("_KEY", "_TOKEN", "_BASE", "_URL", "_PROXY", "_proxy"))
        and not name.startswith("PYTHON")
    }
    return {**kept, "NO_COLOR": "1", **more}


def build_project(
    workflow: Path, folder: Path, python: Path | None = None, *, with_server: bool = False
) -> Project:
    """Build a workflow that must be free of errors and warnings."""
    analysis = api.check(workflow)
    found = [each for each in analysis.diagnostics if each.severity is not Severity.NOTE]
    assert not found, render_text(found)
    built = api.build(analysis, with_server=with_server)
    for path, file in built.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8", newline="\n")
    return Project(folder, built.package, python or Path(sys.executable))
