"""The cases of `golden/diagnostics`: folders `<CODE>-<what>` with what a user wrote and what the user then reads.

workflow.yaml   the workflow, checked where it stands; files that it names stand beside it; when there is none,
                nothing can be read
session.txt     instead: commands run in a copy of the folder, see `session.py`; the last one's words count
bug.txt         instead (AC999 only): a function of the compiler and the text it is called with, which makes it raise
expected.txt    the text rendering, what people see at a terminal
"""

from __future__ import annotations

import importlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from compiler import api
from compiler.cli.internal import internal_error
from compiler.diagnostics.render.text import render_text
from tests.support.session import run_session

FOLDER = Path(__file__).parents[2] / "golden" / "diagnostics"
EXPECTED = "expected.txt"
# What a build says besides its findings: how many files there were, which is no diagnostic.
_SUMMARY = re.compile(r"^\S+: \d+ files?: .*\n", re.MULTILINE)
_LINE_NUMBER = re.compile(r"(?<=:)\d+(?= in `)")


@dataclass(frozen=True)
class Case:
    """One folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def code(self) -> str:
        return self.name.partition("-")[0]

    @property
    def expected(self) -> str:
        path = self.folder / EXPECTED
        return path.read_text("utf-8") if path.exists() else ""

    def run(self, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        """Return what the user reads."""
        monkeypatch.setenv("NO_COLOR", "1")
        session, bug = self.folder / "session.txt", self.folder / "bug.txt"
        if bug.exists():
            return _bug(*bug.read_text("utf-8").split())
        if session.exists():
            copy = scratch / self.name
            shutil.copytree(self.folder, copy)
            said = run_session(session.read_text("utf-8"), copy, monkeypatch)[1]
            return _SUMMARY.sub("", said).rstrip("\n") + "\n"
        monkeypatch.chdir(self.folder)
        found = api.check(Path("workflow.yaml")).diagnostics
        return render_text(found).rstrip("\n") + "\n"


def _bug(function: str, argument: str) -> str:
    module, _, name = function.rpartition(".")
    try:
        getattr(importlib.import_module(module), name)(argument)
    except KeyError as error:
        text = render_text([internal_error(error, "workflow.yaml")])
        return _LINE_NUMBER.sub("N", text).rstrip("\n") + "\n"
    raise AssertionError(f"{function} does not raise")


def all_cases() -> list[Case]:
    """Return every case, by name."""
    return [Case(each) for each in sorted(FOLDER.iterdir()) if each.is_dir()]
