"""What each output format makes of the same findings, compared with stored files."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.diagnostics.codes import CODES
from compiler.diagnostics.diagnostic import Diagnostic, Label
from compiler.diagnostics.render import (
    render_github,
    render_json,
    render_sarif,
    render_text,
    summary_line,
)
from compiler.diagnostics.span import SourceFile, Span
from tests.unit.diagnostics.findings import FINDINGS, FLOW, at

GOLDEN = Path(__file__).parent / "golden"
RENDERERS: dict[str, Callable[[], str]] = {
    "plain.txt": lambda: render_text(FINDINGS),
    "colour.txt": lambda: render_text(FINDINGS, colour=True),
    "report.json": lambda: render_json(
        FINDINGS, version="1.2.3", files=[FLOW.path], extra={"cost": {"low": 0, "high": None}}
    ),
    "report.sarif": lambda: render_sarif(FINDINGS, version="1.2.3"),
    "github.txt": lambda: render_github(FINDINGS),
}


@pytest.mark.parametrize("name", RENDERERS)
def test_output_is_as_stored(name: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / name
    found = RENDERERS[name]()
    if request.config.getoption("--update-golden", default=False):
        path.write_text(found, encoding="utf-8", newline="")
    assert found == path.read_bytes().decode()


def test_every_golden_is_read() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(RENDERERS)


def test_the_envelope_of_a_fatal_error_is_the_same() -> None:
    fatal = [Diagnostic("AC999", "a bug", ())]
    data = json.loads(render_json(fatal, version="1", files=[], extra={"summary": 1, "stage": "x"}))
    assert list(data)[:5] == ["format_version", "tool", "files", "diagnostics", "summary"]
    assert data["diagnostics"][0]["span"] is None
    assert data["summary"] == {"errors": 1, "warnings": 0, "notes": 0}
    assert data["stage"] == "x"


def test_sarif_regions_and_rules_fit() -> None:
    (run,) = json.loads(render_sarif(FINDINGS, version="1"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    fingerprints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == CODES[result["ruleId"]].severity
        fingerprints.add(result["partialFingerprints"]["agentcFinding/v1"])
        for location in result.get("locations", []):
            place = location["physicalLocation"]
            if place["artifactLocation"]["uri"] == "flows/my%20flow.yaml":
                region = place["region"]
                start = region["charOffset"]
                assert FLOW.position(start) == (region["startLine"], region["startColumn"])
                end = start + region["charLength"]
                assert FLOW.position(end) == (region["endLine"], region["endColumn"])
    assert len(fingerprints) == len(run["results"])


def test_fingerprints_survive_new_lines_above() -> None:
    def fingerprint(text: str) -> object:
        source = SourceFile("f", text)
        found = Diagnostic("AC301", "m", (Label(at("word", source)),))
        return json.loads(render_sarif([found], version="1"))["runs"][0]["results"][0][
            "partialFingerprints"
        ]

    assert fingerprint("a: word\n") == fingerprint("# new\n\n  a: word\n")
    assert fingerprint("a: word\n") != fingerprint("b: word\n")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b.yaml", "a%20b.yaml"),
        ("/abs/ü.yaml", "file:///abs/%C3%BC.yaml"),
        ("C:\\x\\y.yaml", "file:///C:/x/y.yaml"),
        ("sub\\y.yaml", "sub/y.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("bad\udcff.yaml", "bad%3F.yaml"),
    ],
)
def test_paths_become_uris(path: str, uri: str) -> None:
    found = Diagnostic("AC301", "m", (Label(Span(SourceFile(path, "x"), 0, 1)),))
    (result,) = json.loads(render_sarif([found], version="1"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_workflow_commands_cannot_be_forged() -> None:
    source = SourceFile("a,b:c\n::error::x", "x")
    found = Diagnostic("AC301", "one\r\n::set-output name=x::1%", (Label(Span(source, 0, 1)),))
    assert render_github([found]) == (
        "::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax,line=1,endLine=1,col=1,endColumn=1,"
        "title=AC301 unknown-node::one%0D%0A::set-output name=x::1%25\n"
    )


def test_file_names_with_control_characters_stay_in_their_line() -> None:
    source = SourceFile("a\x85b\x1b[31mc\u2028d%,e.yaml", "x")
    shown = render_github([Diagnostic("AC301", "m", (Label(Span(source, 0, 1)),))])
    assert shown.splitlines() == [shown.removesuffix("\n")]
    assert "file=a\ufffdb\ufffd[31mc\ufffdd%25%2Ce.yaml," in shown


@pytest.mark.parametrize(
    ("codes", "files", "line"),
    [
        (["AC301", "AC302", "AC314"], 3, "2 errors, 1 warning in 3 files"),
        (["AC602"], 1, "1 note in 1 file"),
        ([], 2, "no problems in 2 files"),
    ],
)
def test_summary(codes: list[str], files: int, line: str) -> None:
    assert summary_line([Diagnostic(code, "m", ()) for code in codes], files) == line


@settings(max_examples=200, deadline=2000)
@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60), st.text(max_size=5))
def test_any_place_in_any_text_can_be_shown(text: str, start: int, length: int, words: str) -> None:
    start = min(start, len(text))
    source = SourceFile("f", text)
    span = Span(source, start, min(start + length, len(text)))
    found = [Diagnostic("AC301", words, (Label(span, words), Label(Span(source, 0, 0))))]
    shown = render_text(found)
    for character in shown:
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")
    shown.encode()
    render_github(found).encode()
    json.loads(render_json(found, version="1", files=["f"]).encode())
    json.loads(render_sarif(found, version="1").encode())
