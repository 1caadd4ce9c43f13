"""Edits that mend a file, and comments that silence a finding."""

from __future__ import annotations

import pytest

from compiler.diagnostics.diagnostic import Diagnostic, Fix, Label
from compiler.diagnostics.explain import explain
from compiler.diagnostics.fix import apply_fixes
from compiler.diagnostics.ignore import MARKER, apply_ignores
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.syntax import find_comments, parse


def finding(
    source: SourceFile, *edits: tuple[int, int, str], code: str = "AC301", at: int = 0
) -> Diagnostic:
    fix = tuple(Fix(Span(source, start, end), new) for start, end, new in edits)
    return Diagnostic(code, "m", (Label(Span(source, at, at + 1)),), fix=fix)


SOURCE = SourceFile("f", "0123456789")


@pytest.mark.parametrize(
    ("edits", "text", "count"),
    [
        ([], "0123456789", 0),
        ([[(8, 9, "B")], [(1, 3, "A")]], "0A34567B9", 2),
        ([[(1, 3, "A")], [(2, 4, "B")]], "0A3456789", 1),
        ([[(1, 3, "A")], [(3, 4, "B")]], "0AB456789", 2),
        ([[(1, 3, "A")], [(1, 3, "A")]], "0A3456789", 2),
        ([[(1, 1, "A")], [(1, 1, "B")]], "0A123456789", 1),
        ([[(1, 2, "A"), (5, 6, "B")], [(5, 6, "C"), (8, 9, "D")]], "0A234B6789", 1),
        ([[(1, 3, "A"), (2, 4, "B")]], "0123456789", 0),
        ([[(10, 10, "end")]], "0123456789end", 1),
    ],
)
def test_fixes(edits: list[list[tuple[int, int, str]]], text: str, count: int) -> None:
    assert apply_fixes(SOURCE, [finding(SOURCE, *group) for group in edits]) == (text, count)


def test_fixes_of_other_files_are_left_alone() -> None:
    assert apply_fixes(SOURCE, [finding(SourceFile("g", "abc"), (0, 1, "X"))]) == (SOURCE.text, 0)


def run(text: str, *found: tuple[str, str]) -> tuple[SourceFile, list[Diagnostic]]:
    """Report codes at texts and apply the ignore comments."""
    source = SourceFile("f", text)
    tree = parse(source, Sink())
    assert tree is not None
    diagnostics = [finding(source, code=code, at=text.index(place)) for code, place in found]
    return source, apply_ignores(source, diagnostics, find_comments(source, tree, MARKER))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nhere: 2  # agentc: ignore[AC531] it is fine\n",
        "a: 1\n# agentc: ignore[AC531] it is fine\nhere: 2\n",
        "a: 1\n  # agentc: ignore[AC531, AC504]\n# agentc: ignore[AC602]\nhere: 2\n",
        "a: 1\nhere: |  # agentc: ignore[AC531]\n  text\n",
    ],
)
def test_a_comment_silences_its_line_or_the_next(text: str) -> None:
    _, left = run(text, ("AC531", "here"), ("AC301", "here"))
    assert [found.code for found in left] == ["AC301"]


@pytest.mark.parametrize(
    "text",
    [
        "x: 1  # agentc: ignore[AC531]\nhere: 2\n",
        "here: '# agentc: ignore[AC531]'\n",
        "here: |\n  # agentc: ignore[AC531]\n",
        "# agentc: ignore[AC504]\nhere: 2\n",
        "# agentc: ignore[AC531]\nx: 1\nhere: 2\n",
    ],
)
def test_other_lines_and_texts_silence_nothing(text: str) -> None:
    _, left = run(text, ("AC531", "here"))
    assert "AC531" in [found.code for found in left]


@pytest.mark.parametrize(
    ("text", "messages", "mended"),
    [
        (
            "a: 1  # agentc: ignore[AC531]\n",
            ["there is no `AC531` to ignore on line 1"],
            "a: 1\n",
        ),
        (
            "# agentc: ignore[AC531] why\na: 1\n",
            ["there is no `AC531` to ignore on line 2"],
            "a: 1\n",
        ),
        (
            "a: 1  # agentc: ignore[AC531, AC314, AC504] why\n",
            ["there is no `AC531` to ignore on line 1", "there is no `AC504` to ignore on line 1"],
            "a: 1  # agentc: ignore[AC314] why\n",
        ),
        ("a: 1  # agentc: ignore[AC103]\n", ["`AC103` cannot be ignored"], "a: 1\n"),
        ("a: 1  # agentc: ignore[AC000]\n", ["`AC000` is not a code"], "a: 1\n"),
    ],
)
def test_unused_comments_are_reported_with_a_fix(
    text: str, messages: list[str], mended: str
) -> None:
    source, left = run(text, ("AC314", "a"))
    unused = [found for found in left if found.code == "AC112"]
    assert [found.message for found in unused] == messages
    for found in unused:
        span = found.primary
        assert source.text[span.start : span.end] in found.message
    assert apply_fixes(source, left)[0] == mended


def test_a_comment_without_codes_is_reported() -> None:
    _, left = run("a: 1  # agentc: ignore\n")
    assert [found.message for found in left] == ["this ignore comment names no code"]


def test_nothing_is_unused_while_errors_are_left() -> None:
    _, left = run("a: 1  # agentc: ignore[AC531]\nb: 2\n", ("AC301", "b"))
    assert [found.code for found in left] == ["AC301"]


def test_broken_yaml_cannot_be_ignored() -> None:
    _, left = run("a: 1  # agentc: ignore[AC103]\n", ("AC103", "a"))
    assert [found.code for found in left] == ["AC103", "AC112"]


def test_explain() -> None:
    assert explain("AC000") is None
    text = explain("ac301")
    assert text is not None and text.startswith("AC301 unknown-node (error)\n")
    assert explain("AC301", "# Cause\n") == "# Cause\n"


def test_findings_without_a_place_come_first() -> None:
    sink = Sink()
    sink.extend([finding(SOURCE), Diagnostic("AC999", "m", ())])
    assert [found.code for found in sink.diagnostics] == ["AC999", "AC301"]
