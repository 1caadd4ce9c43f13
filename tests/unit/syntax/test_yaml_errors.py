"""Syntax errors: what is said, what is mended, and what can still be read.

`errors.golden` holds pairs of a broken text and what a user sees; `--update-golden` rewrites the latter.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from compiler.diagnostics.fix import apply_fixes
from compiler.diagnostics.render import render_text
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.syntax import Mapping, Sequence, find, parse, to_data

GOLDEN = Path(__file__).parent / "errors.golden"
HEAD = "=== "
MIDDLE = "--- reported\n"


def read_cases() -> dict[str, tuple[str, str]]:
    cases: dict[str, tuple[str, str]] = {}
    for block in ("\n" + GOLDEN.read_text(encoding="utf-8")).split("\n" + HEAD)[1:]:
        name, _, rest = block.partition("\n")
        source, _, shown = rest.partition(MIDDLE)
        cases[name] = (source, shown.rstrip("\n"))
    return cases


CASES = read_cases()
# What the pure reader lets pass, or finds elsewhere: tabs after tokens, directives, half characters.
PURE_DIFFERS = {"tab-after-dash", "unknown-directive", "half-surrogate"}


def run(text: str, loader: type = yaml.CSafeLoader) -> tuple[Mapping | None, Sink]:
    sink = Sink()
    tree = parse(SourceFile("flow.yaml", text), sink, loader=loader)
    assert tree is None or isinstance(tree, Mapping)
    return tree, sink


def test_every_error_reads_as_stored(request: pytest.FixtureRequest) -> None:
    found = {
        name: (source, render_text(run(source)[1].diagnostics).rstrip("\n"))
        for name, (source, _) in CASES.items()
    }
    if request.config.getoption("--update-golden", default=False):
        blocks = [
            f"{HEAD}{name}\n{source}{MIDDLE}{shown}" for name, (source, shown) in found.items()
        ]
        GOLDEN.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
        return
    for name, (_, shown) in CASES.items():
        assert found[name][1] == shown, name


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_the_library_reaches_the_user(name: str) -> None:
    shown = CASES[name][1]
    for words in ("did not find", "while scanning", "while parsing", "block mapping", "simple key"):
        assert words not in shown


@pytest.mark.parametrize("name", [name for name in CASES if name not in PURE_DIFFERS])
def test_the_pure_reader_says_the_same(name: str) -> None:
    fast, slow = run(CASES[name][0]), run(CASES[name][0], yaml.SafeLoader)
    assert [(d.code, d.primary.line) for d in slow[1].diagnostics] == [
        (d.code, d.primary.line) for d in fast[1].diagnostics
    ]
    if fast[0] is not None and slow[0] is not None:
        assert to_data(slow[0]) == to_data(fast[0])


def _fixable() -> list[str]:
    return [
        name for name, (text, _) in CASES.items() if any(d.fix for d in run(text)[1].diagnostics)
    ]


@pytest.mark.parametrize("name", _fixable())
def test_fixes_mend_what_they_are_for(name: str) -> None:
    text = CASES[name][0]
    before = run(text)[1].diagnostics
    mended, count = apply_fixes(SourceFile("flow.yaml", text), before)
    assert count > 0
    after = run(mended)[1].diagnostics
    assert len(after) == len(before) - count


def test_the_rest_of_a_broken_file_is_usable() -> None:
    tree, sink = run(CASES["several-errors"][0])
    assert len(sink.diagnostics) == 4
    assert tree is not None
    assert to_data(tree) == {
        "flow": {"name": "a"},
        "nodes": [{"id": "a"}, {"id": "b"}, {"id": "c", "llm": "m"}],
        "edges": ["START -> a"],
    }


def test_damaged_parts_are_marked_partial_and_others_are_not() -> None:
    tree, _ = run("nodes:\n  - id: a\n    prompt: @x\n  - id: b\n    prompt: y\nflow: {name: z}\n")
    assert tree is not None and tree.partial
    nodes = find(tree, ("nodes",))
    assert isinstance(nodes, Sequence)
    assert [isinstance(n, Mapping) and n.partial for n in nodes.items] == [True, False]
    flow = find(tree, ("flow",))
    assert isinstance(flow, Mapping) and not flow.partial


def test_a_clean_tree_is_not_partial() -> None:
    tree, sink = run("a: {b: [1]}\nc:\n")
    assert sink.diagnostics == ()
    assert tree is not None and not tree.partial
    assert to_data(tree) == {"a": {"b": [1]}, "c": None}


def test_the_first_of_two_equal_keys_is_kept() -> None:
    tree, sink = run('a: 1\nb: 2\n"a": 3\n')
    assert tree is not None and to_data(tree) == {"a": 1, "b": 2}
    (found,) = sink.diagnostics
    assert [label.span.line for label in found.labels] == [3, 1]
