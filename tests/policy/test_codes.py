"""Each diagnostic code is registered once, reported somewhere, and has a page whose samples do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.api import check_bytes
from compiler.diagnostics.codes import CODES
from compiler.diagnostics.diagnostic import Severity
from compiler.diagnostics.explain import explain
from tests.support.diagnostic_cases import all_cases
from tests.support.error_pages import FOLDER, Page, all_pages
from tests.support.session import run_session

COMPILER = Path(__file__).parents[2] / "compiler"
PAGES = all_pages()
YAML_PAGES = [page for page in PAGES if page.kind == "yaml"]
SESSION_PAGES = [page for page in PAGES if page.kind == "console"]
TEXT_PAGES = [page for page in PAGES if page.kind == "text"]


def by_code(page: Page) -> str:
    return page.code


def codes_of(page: Page, sample: str, folder: Path) -> list[tuple[str, Severity]]:
    page.write_files(folder)
    found = check_bytes("workflow.yaml", page.sample(sample).encode(), folder).diagnostics
    return [(each.code, each.severity) for each in found]


def test_codes_are_sorted_and_each_is_there_once() -> None:
    text = (COMPILER / "diagnostics" / "codes.py").read_text("utf-8")
    listed = re.findall(r"Code\(\s*\"(AC\d{3})\"", text)
    assert listed == sorted(set(listed)) == list(CODES)
    slugs = [code.slug for code in CODES.values()]
    assert len(set(slugs)) == len(slugs)
    assert all(code.severity in list(Severity) for code in CODES.values())


def test_every_code_is_reported_by_the_compiler() -> None:
    text = "".join(
        path.read_text("utf-8") for path in COMPILER.rglob("*.py") if path.name != "codes.py"
    )
    assert [code for code in CODES if f'"{code}"' not in text] == []


def test_the_compiler_reports_no_unknown_code() -> None:
    for path in COMPILER.rglob("*.py"):
        for code in re.findall(r"\"(AC\d{3})\"", path.read_text("utf-8")):
            assert code in CODES, f"{path}: {code}"


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert [page.code for page in PAGES] == sorted(CODES)
    assert {path.suffix for path in FOLDER.iterdir()} == {".md"}


@pytest.mark.parametrize("page", PAGES, ids=by_code)
def test_a_page_says_what_why_and_how(page: Page) -> None:
    code = CODES[page.code]
    lines = page.text.splitlines()
    assert lines[0] == f"# {code.code} {code.slug} ({code.severity})"
    assert lines[2].endswith(".")
    assert "## Why\n" in page.text
    assert "## How to fix it\n" in page.text
    assert explain(page.code, page.text) == page.text


@pytest.mark.parametrize("page", YAML_PAGES, ids=by_code)
def test_the_wrong_sample_is_reported_as_that_code_and_nothing_else(
    page: Page, tmp_path: Path
) -> None:
    found = codes_of(page, "wrong", tmp_path)
    assert {code for code, severity in found if severity is not Severity.NOTE} <= {page.code}
    assert page.code in {code for code, _ in found}


@pytest.mark.parametrize("page", YAML_PAGES, ids=by_code)
def test_the_right_sample_is_free_of_it(page: Page, tmp_path: Path) -> None:
    found = codes_of(page, "right", tmp_path)
    assert [code for code, severity in found if severity is not Severity.NOTE] == []
    assert page.code not in {code for code, _ in found}


@pytest.mark.parametrize("page", SESSION_PAGES, ids=by_code)
def test_the_sessions_of_a_page(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mistakes outside of the workflow file: the last command reports that code, and the mended one none."""
    for sample in ("wrong", "right"):
        (tmp_path / sample).mkdir()
        page.write_files(tmp_path / sample)
        exit_code, said = run_session(page.sample(sample), tmp_path / sample, monkeypatch)
        found = set(re.findall(r"^(?:error|warning)\[(AC\d{3})\]", said, re.MULTILINE))
        assert found == ({page.code} if sample == "wrong" else set()), said
        is_error = sample == "wrong" and CODES[page.code].severity == "error"
        assert (exit_code != 0) == is_error


def test_only_a_bug_has_no_sample() -> None:
    assert [page.code for page in TEXT_PAGES] == ["AC999"]
    [shown] = [text for language, _, text in TEXT_PAGES[0].blocks if language == "text"]
    assert shown in [case.expected for case in all_cases() if case.code == "AC999"]
