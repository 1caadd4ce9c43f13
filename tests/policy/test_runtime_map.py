"""Whoever opens `_runtime` in a generated package finds every module in the docstring of its folder."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.project import ROOT

MAPS = ("runtime_stubs", "runtime_stubs/tracing")


@pytest.mark.parametrize("folder", MAPS)
def test_the_docstring_names_every_module(folder: str) -> None:
    where = ROOT / folder
    doc = ast.get_docstring(ast.parse((where / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"`(\w+)/?`", doc))
    assert named == {path.stem for path in _parts(where)}


def _parts(folder: Path) -> list[Path]:
    found = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    return [*found, *(path.parent for path in folder.glob("*/__init__.py"))]
