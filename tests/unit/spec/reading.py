"""Reads YAML texts for the tests of this folder."""

from __future__ import annotations

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.spec import WorkflowSpec, read
from compiler.syntax import Tree, parse

FLOW = "flow: {name: demo}\n"


def tree_of(text: str) -> Tree:
    """Return the tree of a text that is valid YAML."""
    sink = Sink()
    tree = parse(SourceFile("workflow.yaml", text), sink)
    assert tree is not None and not sink.diagnostics, sink.diagnostics
    return tree


def read_text(text: str) -> tuple[WorkflowSpec, tuple[Diagnostic, ...]]:
    """Return what a text says and what is wrong with it."""
    sink = Sink()
    spec = read(tree_of(text), sink)
    assert spec is not None
    return spec, sink.diagnostics


def read_well(text: str) -> WorkflowSpec:
    """Return what a text without mistakes says."""
    spec, found = read_text(text)
    assert not found, [(each.code, each.message) for each in found]
    return spec


def marked(diagnostic: Diagnostic) -> str:
    """Return the source text under a diagnostic's primary label."""
    span = diagnostic.primary
    return span.source.text[span.start : span.end]


def mended(text: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    """Return the text with every fix carried out."""
    fixes = sorted(
        {
            (fix.span.start, fix.span.end, fix.replacement)
            for each in diagnostics
            for fix in each.fix
        },
        reverse=True,
    )
    for start, end, new in fixes:
        text = text[:start] + new + text[end:]
    return text
