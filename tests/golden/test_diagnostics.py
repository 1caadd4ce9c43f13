"""Every diagnostic as its users read it: the cases of `golden/diagnostics`, see `tests/support/diagnostic_cases.py`.

Adding a case is adding a folder; `--update-golden` writes its `expected.txt`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.diagnostics.codes import CODES
from tests.support.diagnostic_cases import EXPECTED, FOLDER, Case, all_cases

CASES = all_cases()
HEAD = re.compile(r"^(?:error|warning|note)\[(AC\d+)\]: (.*)$", re.MULTILINE)
NOTES = {code.code for code in CODES.values() if code.severity == "note"}
MODEL = {"AC603"}
"""What every workflow without a model is told."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    found = case.run(tmp_path, monkeypatch)
    if request.config.getoption("--update-golden"):
        if found != case.expected:
            (case.folder / EXPECTED).write_text(found, "utf-8")
            print(f"wrote {case.folder / EXPECTED}")
        return
    assert found == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_cause_is_one_report(case: Case) -> None:
    """A case shows its code and nothing that follows from it; nothing is said twice."""
    heads = HEAD.findall(case.expected)
    codes = {code for code, _ in heads}
    assert case.code in codes
    assert codes <= {case.code} | NOTES | MODEL
    blocks = [block for block in case.expected.split("\n\n") if block]
    assert len(set(blocks)) == len(blocks)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wording(case: Case) -> None:
    """Messages start in lower case, do not end in a full stop, and close their backticks."""
    for _, message in HEAD.findall(case.expected):
        assert re.match(r"[a-z`0-9]", message), message
        assert not message.endswith("."), message
        assert message.count("`") % 2 == 0 or "…" in message, message
    for text in re.findall(r"= (?:help|note): (.*)$", case.expected, re.MULTILINE):
        assert not text.endswith("."), text


def test_every_code_has_a_case() -> None:
    assert {case.code for case in CASES} == set(CODES)


def test_every_golden_belongs_to_a_case() -> None:
    named = re.compile(r"AC\d{3}-[a-z0-9]+(-[a-z0-9]+)*")
    assert [each.name for each in FOLDER.iterdir() if not named.fullmatch(each.name)] == []
    assert [case.name for case in CASES if not (case.folder / EXPECTED).exists()] == []
