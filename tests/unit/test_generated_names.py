"""Names that generated modules import: nothing of the user's may be called like them there."""

from __future__ import annotations

import ast
from pathlib import Path

from compiler.plan.names import CLASS_NAMES, MODULE_NAMES

PLAN = Path(__file__).parents[2] / "compiler" / "plan"


def imported_names() -> set[str]:
    """The names in calls such as `imports.use_runtime("llm", "ask")`."""
    found: set[str] = set()
    for path in PLAN.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="use" | "use_runtime"),
                    args=[_, ast.Constant(value=str(name))],
                ):
                    found.add(name)
    return found


def test_the_lists_hold_all_functions_that_nodes_and_tools_import() -> None:
    known = MODULE_NAMES | CLASS_NAMES
    assert {name for name in imported_names() if name.islower()} <= known
