"""Modules stay small enough to be read at one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.project import ROOT

LIMITS = {"compiler": 330, "runtime_stubs": 330, "bench": 330, "tools": 330}
"""Lines of a module at most."""

MODULES = [
    path.relative_to(ROOT)
    for folder in LIMITS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "__pycache__" not in path.parts
]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_is_small_and_says_what_it_is(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LIMITS[path.parts[0]]
    assert ast.get_docstring(ast.parse(text)), "a module begins with a sentence about itself"
