"""Each tool, sandbox and store works in a package that holds nothing but what it imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from compiler.plan.vendor import closure, libraries, module_path, module_text

STUBS = Path(__file__).parents[3] / "runtime_stubs"
ROOTS = sorted(
    ".".join(path.relative_to(STUBS).with_suffix("").parts)
    for folder in ("tools", "sandbox", "memory")
    for path in (STUBS / folder).glob("*.py")
    if path.stem != "__init__"
)
LIGHT = {
    "tools.calculator": {"langgraph", "pydantic"},
    "tools.web_search": {"httpx", "langgraph", "pydantic"},
    "sandbox.python": {"RestrictedPython"},
    "memory.sqlite": set(),
}
SOURCE = """
import asyncio
from package._runtime.sandbox.python import run_code
from package._runtime.tools.python_exec import python_exec
from package._runtime.tool import call_tool

async def main():
    print(await run_code("import math\\nresult = math.floor(x)", {"x": 7.9}))
    print(await call_tool(python_exec(), code="result = 1"))

asyncio.run(main())
"""


def copy(root: str, folder: Path) -> set[str]:
    """Copy what `root` needs to `folder`/package/_runtime and return the libraries it needs."""
    modules = closure([root])
    for module in modules:
        target = folder / "package" / "_runtime" / module_path(module)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(module_text(module) or "")
    (folder / "package" / "__init__.py").write_text("")
    needs = libraries([module_text(module) or "" for module in modules])
    return {need.split(">")[0].split("[")[0] for need in needs}


@pytest.mark.parametrize("root", ROOTS)
def test_a_module_can_be_imported_alone(root: str, tmp_path: Path) -> None:
    found = copy(root, tmp_path)
    if root in LIGHT:
        assert found - {"langchain-core"} == LIGHT[root]
    finished = subprocess.run(
        [sys.executable, "-c", f"import package._runtime.{root}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def test_the_sandbox_works_in_a_package(tmp_path: Path) -> None:
    copy("tools.python_exec", tmp_path)
    finished = subprocess.run(
        [sys.executable, "-c", SOURCE], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert finished.stdout == "7\n{'result': 1, 'printed': ''}\n", finished.stderr
