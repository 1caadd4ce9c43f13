"""Long runs of items come out as black writes them, though it is shown only their ends."""

from __future__ import annotations

import black
import pytest
from black.mode import TargetVersion

from compiler.emit.runs import format_runs

WIDTH = 100
MODE = black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH)
NAMES = ", ".join(f"name_{i}" for i in range(60))
TEXTS = ", ".join(f'"text {i}"' for i in range(60))
ESCAPED = ", ".join(f'"a \\"text\\" {i}"' for i in range(60))

SHORTENED = {
    "set": f"assert set(state) <= {{{TEXTS}}}\n",
    "list in a call": f"app = App(\n    name='x', fields=[{TEXTS}], other=1)\n",
    "import": f"from package.module import {NAMES}\n",
    "import in parentheses": f"from package.module import ({NAMES})\n",
    "arguments": f"def run():\n    return call({NAMES}, last=1, *rest)\n",
    "ends with more to them": f"x = [-first, *a, b.c, {NAMES}, d.e(1), f if g else h]\n",
    "ends of a run": f"x = [-{NAMES}.attribute]\ny = {{*{TEXTS}.join(z)}}\n",
    "tuple": f"x = {NAMES}\n",
    "nested": f"x = {{'a': [{TEXTS}], 'b': ({NAMES}), 'c': [[{TEXTS}], 1]}}\n",
    "deep": f"class A:\n    def f(self):\n        if self:\n            return g([{TEXTS}])[0]\n",
    "parameters": f"def f({NAMES}):\n    return ({NAMES})\n",
    "deleted": f"del {NAMES}\n",
}
WHOLE = {
    "lambda": f"x = lambda {NAMES}: 1\n",
    "global": f"def f():\n    global {NAMES}\n",
    "escapes": f"x = [{ESCAPED}]\n",
    "in a docstring": f'"""Texts: {TEXTS}."""\nx = 1\n',
    "in a comment": f"x = 1  # {NAMES}\n",
    "few": "x = [" + ", ".join(["a_rather_long_name"] * 20) + "]\n",
    "fits on one line": "x = [" + ", ".join("a" * 32) + "]\n",
    "its own words": f"x = [{NAMES}]\nrun_0_{'x' * (WIDTH - 6)} = 1\n",
}


def blacken(text: str) -> str:
    return black.format_str(text, mode=MODE)


@pytest.mark.parametrize("text", SHORTENED.values(), ids=SHORTENED.keys())
def test_black_sees_only_the_ends(text: str) -> None:
    seen: list[str] = []

    def format(shown: str) -> str:
        seen.append(shown)
        return blacken(shown)

    assert format_runs(text, WIDTH, format) == blacken(text)
    assert len(seen) == 1 and "5" not in seen[0].replace("59", "")


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE.keys())
def test_anything_else_is_left_to_black(text: str) -> None:
    seen: list[str] = []

    def format(shown: str) -> str:
        seen.append(shown)
        return blacken(shown)

    assert format_runs(text, WIDTH, format) == blacken(text)
    assert seen[-1] == text
