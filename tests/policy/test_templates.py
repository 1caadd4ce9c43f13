"""Templates lay text out and decide nothing: no orphans, no filters, no logic beyond loops and plain tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from compiler.emit.environment import environment
from tests.support.project import ROOT

TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix() for path in ROOT.glob("templates/**/*.j2")
)
ALLOWED_CALLS = {"body", "helper", "join", "pairs", "typed_dict"}
"""The macros; there are no functions."""


def _mentioned() -> set[str]:
    folders = (ROOT / "compiler" / name for name in ("plan", "profile", "deploy"))
    texts = [path.read_text("utf-8") for folder in folders for path in folder.glob("*.py")]
    texts += [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.j2")]
    return set(re.findall(r"[\w.-]+\.j2", "\n".join(texts)))


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_is_used(name: str) -> None:
    assert Path(name).name in _mentioned()


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_has_no_filters_tests_or_arithmetic(name: str) -> None:
    jinja = environment("plain")
    tree = jinja.parse((ROOT / "templates" / name).read_text("utf-8"))
    for kind in (
        nodes.Filter,
        nodes.Test,
        nodes.BinExpr,
        nodes.Assign,
        nodes.ScopedEvalContextModifier,
    ):
        found = [
            node.lineno
            for node in tree.find_all(kind)
            if not isinstance(node, nodes.And | nodes.Or)
        ]
        assert not found, f"{kind.__name__} in line {found}"
    called = {
        node.node.name for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)
    }
    assert called <= ALLOWED_CALLS
