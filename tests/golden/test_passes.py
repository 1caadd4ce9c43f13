"""The cases of `golden/passes`: a workflow, and what its users are told of it, or the rewritten IR.

    [case name]
    flow: …             the workflow, `flow.yaml`
    [file other.yaml]   files beside it
    [out]
    error[AC501]: …     what is reported; notes that every workflow has are left out

A file is named after its pass, so adding a pass or a case touches no Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from compiler.api import check_bytes
from compiler.diagnostics.render import render_text
from compiler.ir.pprint import pprint
from compiler.ir.verify import verify
from compiler.passes import PASSES
from compiler.passes.optimize import OPTIMIZERS, optimize

FOLDER = Path(__file__).parents[2] / "golden" / "passes"
REWRITES = {each.__name__: each for each in OPTIMIZERS}
USUAL = {"AC312", "AC603", "AC610"}
"""Codes of notes that are shown only by the cases of the pass that is about them."""


@dataclass(frozen=True)
class Case:
    """One case; `files` holds the workflow under `flow.yaml`."""

    subject: str
    name: str
    files: dict[str, str]
    expected: str

    def render(self, out: str) -> str:
        parts = [f"[case {self.name}]\n{self.files['flow.yaml']}"]
        parts += [f"[file {k}]\n{v}" for k, v in self.files.items() if k != "flow.yaml"]
        return "".join([*parts, f"[out]\n{out}"])


def read_cases(path: Path) -> list[Case]:
    parts = re.split(
        r"^\[(case|file|out)(?: ([^\]]+))?\]\n", path.read_text("utf-8"), flags=re.MULTILINE
    )
    cases: list[Case] = []
    for word, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if word == "case":
            cases.append(Case(path.stem, name, {"flow.yaml": text}, ""))
        elif word == "file":
            cases[-1].files[name] = text
        else:
            last = cases.pop()
            cases.append(Case(last.subject, last.name, last.files, text.rstrip("\n") + "\n"))
    return cases


def run(case: Case, folder: Path) -> str:
    for name, text in case.files.items():
        (folder / name).write_text(text, "utf-8")
    analysis = check_bytes("flow.yaml", case.files["flow.yaml"].encode(), folder)
    hidden = USUAL - {"AC610"} if case.subject == "check_cost" else USUAL
    found = [each for each in analysis.diagnostics if each.code not in hidden]
    if case.subject not in REWRITES:
        return render_text(found).rstrip("\n") + "\n" if found else "nothing\n"
    assert not analysis.has_errors, render_text(found)
    assert analysis.workflow is not None
    workflow, reports = optimize(analysis.workflow, (REWRITES[case.subject],))
    assert verify(workflow) == []
    return (
        "\n".join([pprint(workflow).rstrip("\n"), *(f"* {each.text}" for each in reports)]) + "\n"
    )


CASES = [case for path in sorted(FOLDER.glob("*.case")) for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.subject}-{case.name}")
def test_case(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = run(case, tmp_path)
    if request.config.getoption("--update-golden"):
        path = FOLDER / f"{case.subject}.case"
        cases = [Case(c.subject, c.name, c.files, run(c, tmp_path)) for c in read_cases(path)]
        path.write_text("\n".join(c.render(c.expected) for c in cases), "utf-8")
        return
    assert found == case.expected


def test_every_pass_has_cases() -> None:
    named = {each.run.__name__ for each in PASSES} | {*REWRITES}
    assert {case.subject for case in CASES} == named
