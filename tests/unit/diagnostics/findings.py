"""Findings that exercise every part of the renderers; all formats are tested with the same ones."""

from __future__ import annotations

from compiler.diagnostics.diagnostic import Diagnostic, Fix, Label
from compiler.diagnostics.span import SourceFile, Span

FLOW = SourceFile(
    "flows/my flow.yaml",
    """\
flow:
  name: demo
nodes:
  - id: ä漢字\tx: jugde
  - id: merge
    prompt: |
      one
      two
      three
      four
      five
      six
    llm: a
""" + "k: " + "x" * 300 + " HERE " + "y" * 100_000 + "\n",
)
CHILD = SourceFile("sub/child.yaml", "a: 1\nb: \x1b[31mred\u202e\n")
MISSING = SourceFile("gone.yaml", "")


def at(text: str, source: SourceFile = FLOW) -> Span:
    """Return where a text first stands."""
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def between(first: str, last: str) -> Span:
    """Return the range from the start of one text to the end of another."""
    return Span(FLOW, at(first).start, at(last).end)


FINDINGS = (
    Diagnostic(
        "AC301",
        "route target `jugde` is not a node",
        (Label(at("jugde"), "not a node"),),
        ("known nodes: `judge`, `merge`",),
        "did you mean `judge`?",
        (Fix(at("jugde"), "judge"),),
    ),
    Diagnostic(
        "AC504",
        "`a` and `b` write one field",
        (
            Label(at("merge"), "the first writer"),
            Label(at("demo"), "the second writer"),
            Label(at("red", CHILD), "in the sub-workflow"),
        ),
    ),
    Diagnostic("AC314", "a text", (Label(between("|\n", "six"), "all of this"),)),
    Diagnostic(
        "AC602",
        "a node",
        (Label(between("- id: merge", "two"), "this node"), Label(at("demo"), "its flow")),
    ),
    Diagnostic("AC404", "far to the right", (Label(at("HERE"), "here"),)),
    Diagnostic("AC405", "two on a line", (Label(at("漢字"), "wide"), Label(at("jugde"), "tabbed"))),
    Diagnostic(
        "AC111",
        "cannot read\nit \x1b[31m 100%",
        (Label(Span(MISSING, 0, 0)),),
        help="first line\nsecond line",
    ),
    Diagnostic("AC999", "no place at all", ()),
    Diagnostic("AC202", "at the end", (Label(Span(FLOW, len(FLOW.text), len(FLOW.text)), "end"),)),
    Diagnostic("AC202", "everything", (Label(Span(FLOW, 0, len(FLOW.text)), "all"),)),
)
