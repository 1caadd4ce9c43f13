"""The pages on expressions and types say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.expr import (
    BOOL,
    DICT,
    FLOAT,
    INT,
    MESSAGES,
    STR,
    EnumType,
    ListType,
    Scope,
    check,
    optional,
    parse_expression,
    show,
)
from compiler.expr.functions import FUNCTIONS
from compiler.expr.typetext import SIMPLE_TYPES

PAGES = Path(__file__).parents[3] / "docs" / "language"
EXPRESSIONS = (PAGES / "expressions.md").read_text(encoding="utf-8")
SCOPE = Scope(
    {
        "score": FLOAT,
        "count": INT,
        "title": STR,
        "done": BOOL,
        "note": optional(STR),
        "level": EnumType(("low", "mid", "high")),
        "words": ListType(STR),
        "data": DICT,
        "history": MESSAGES,
    }
)
EXAMPLES = [
    line.rsplit("#", 1)
    for block in re.findall(r"```expressions\n(.*?)```", EXPRESSIONS, re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize(("text", "outcome"), EXAMPLES)
def test_examples(text: str, outcome: str) -> None:
    expr = parse_expression(text)
    result = expr if isinstance(expr, list) else check(expr, SCOPE)
    found = result[0].code if isinstance(result, list) else show(result.type)
    assert found == outcome.strip()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_its_row(name: str) -> None:
    assert re.search(rf"^\|[^|]*`{name}\(", EXPRESSIONS, re.MULTILINE)


@pytest.mark.parametrize("name", SIMPLE_TYPES)
def test_every_type_has_its_row(name: str) -> None:
    types = (PAGES / "types.md").read_text(encoding="utf-8")
    assert re.search(rf"^\|[^|]*`{name}`", types, re.MULTILINE)
