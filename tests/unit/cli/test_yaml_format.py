"""Formatting YAML: the form is the canonical one, and what the text says never changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.cli.yaml_format import format_yaml

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(
    path
    for path in (*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("golden/**/*.yaml"))
    if "kubernetes" not in path.parts  # several documents in a file, which no workflow is
)

MESSY = """\
# head


flow:   {name: x}   # kept apart
state:
    # about topic
    topic:   {type: str}
    deep:
          deeper: 1
          # ends deeper
    # ends state
nodes:
- id: write
  prompt: |
    Hello   
      # text, not a comment
    {topic}
  # about outputs
  outputs: [draft,
     other,   # why
  ]
# between
-   id: long
    text: "one
      two"
    - 3
"""


def test_indentation_is_made_regular_and_comments_go_with_their_lines() -> None:
    messy = MESSY.replace("    - 3\n", "")
    assert format_yaml(messy) == (
        "# head\n\n\n"
        "flow:   {name: x}   # kept apart\n"
        "state:\n"
        "  # about topic\n"
        "  topic:   {type: str}\n"
        "  deep:\n"
        "    deeper: 1\n"
        "    # ends deeper\n"
        "  # ends state\n"
        "nodes:\n"
        "  - id: write\n"
        "    prompt: |\n"
        "      Hello   \n"
        "        # text, not a comment\n"
        "      {topic}\n"
        "    # about outputs\n"
        "    outputs: [draft,\n"
        "       other,   # why\n"
        "    ]\n"
        "  # between\n"
        "  - id: long\n"
        '    text: "one\n'
        '      two"\n'
    )


@pytest.mark.parametrize(
    "text",
    ["a: [", "- a\n b: 1", "? complex\n: key\n", "a: b\u2028c: d\n", "a: 1\rb: 2\n", "\t- a"],
)
def test_what_cannot_be_formatted_is_left(text: str) -> None:
    assert format_yaml(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "a:\n- |2\n    two more\n- >-\n\n   folded\n\n    more\n\n   x\n",
        "a: &x\n    b: 1\nc: *x\nd:\n    <<: *x\n",
        "---\na:\n- - - 1\n    - 2\n  -   - 3\n",
        "a: |+\n    kept\n\nb: 1\n",
        "a: !!str\n    b\n",
        "a:\n    - # first\n        b: 1\n",
        "a:\n    long plain\n    text over\n    lines\n",
        "{a: 1,\n b: [2,\n3]}\n",
        "a: 1\n...\n",
        "# only a comment\n",
        "",
    ],
)
def test_unusual_forms_keep_their_meaning(text: str) -> None:
    _holds(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_of_this_project_keep_their_meaning(path: Path) -> None:
    if "diagnostics" not in path.parts:
        text = path.read_text(encoding="utf-8")
        assert format_yaml(text) is not None
        _holds(re.sub(r"^( *)- ", r"\1-   ", text, flags=re.MULTILINE), must=False)


_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(alphabet="ab #:-\n\"'{}[]|>&*!%@`,?", max_size=12),
)
_trees = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(alphabet="abc -#", max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(
    _trees,
    st.integers(2, 7),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, '"', "'", "|", ">"]),
)
@settings(max_examples=150, deadline=None)
def test_any_text_keeps_its_meaning(
    tree: object, indent: int, flow: bool | None, style: str | None
) -> None:
    text = yaml.safe_dump(
        tree, indent=indent, default_flow_style=flow, default_style=style, width=30
    )
    _holds(text, must=False)


def _holds(text: str, *, must: bool = True) -> None:
    after = format_yaml(text)
    assert not must or after is not None
    if after is not None:
        assert yaml.safe_load(after) == yaml.safe_load(text)
        assert format_yaml(after) == after
        assert re.findall(r"(?<=#) .*\S", after) == re.findall(r"(?<=#) .*\S", text)
