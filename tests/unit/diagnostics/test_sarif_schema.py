"""SARIF output is what the official schema of SARIF 2.1.0 allows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from compiler.diagnostics.diagnostic import Diagnostic, Fix, Label
from compiler.diagnostics.render.sarif import render_sarif
from compiler.diagnostics.span import SourceFile, Span
from tests.unit.diagnostics.findings import FINDINGS

SCHEMA = Path(__file__).parents[2] / "support" / "sarif" / "sarif-2.1.0.json"


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


def problems(text: str) -> list[str]:
    return [each.message for each in validator().iter_errors(json.loads(text))]


@pytest.mark.parametrize("findings", [FINDINGS, []])
def test_findings_of_all_kinds_fit(findings: list[Diagnostic]) -> None:
    assert problems(render_sarif(findings, version="1.2.3")) == []


def test_the_schema_finds_mistakes() -> None:
    broken = render_sarif(FINDINGS, version="1").replace('"level"', '"grade"')
    assert problems(broken) != []


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=20), st.text(max_size=30), st.integers(0, 20), st.integers(0, 20))
def test_any_words_and_places_fit(path: str, text: str, start: int, length: int) -> None:
    source = SourceFile(path or "f", text)
    start = min(start, len(text))
    span = Span(source, start, min(start + length, len(text)))
    found = Diagnostic(
        "AC301", text or "m", (Label(span, text), Label(span)), (text,), text, (Fix(span, path),)
    )
    assert problems(render_sarif([found], version="1")) == []
