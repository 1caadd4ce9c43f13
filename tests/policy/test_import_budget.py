"""What a start of agentc may load and do: the deterministic side of its speed, which `bench/` measures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "research_write" / "workflow.yaml"

_LOADED = """
import json, sys
from compiler.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print("\\nLOADED " + json.dumps(sorted(sys.modules)), file=sys.stderr)
"""

_COUNTED = """
import json, sys
import black
import jinja2.environment as jinja
counts = {"black": 0, "jinja2": 0}
def counted(name, function):
    def count(*args, **kwargs):
        counts[name] += 1
        return function(*args, **kwargs)
    return count
black.format_str = counted("black", black.format_str)
jinja.Environment.compile = counted("jinja2", jinja.Environment.compile)
from compiler.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print("\\nCOUNTS " + json.dumps(counts), file=sys.stderr)
"""


def run(code: str, mark: str, *arguments: str) -> object:
    """Run Python code in a process of its own; return what it says after `mark`."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    (line,) = (line for line in done.stderr.splitlines() if line.startswith(mark))
    return json.loads(line.removeprefix(mark))


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a command of agentc loads."""
    modules = run(_LOADED, "LOADED ", *arguments)
    assert isinstance(modules, list)
    return set(modules)


def foreign(modules: set[str]) -> set[str]:
    """Return the libraries among modules that are neither ours nor Python's."""
    bare = subprocess.run(
        [sys.executable, "-c", "import json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    roots = {module.split(".")[0] for module in modules - set(json.loads(bare.stdout))}
    # What the compiled part of PyYAML brings.
    own = {"compiler", "_yaml", *(root for root in roots if "cython" in root)}
    return roots - set(sys.stdlib_module_names) - own


def test_check_of_a_right_file_loads_click_and_yaml_alone() -> None:
    modules = loaded("check", str(EXAMPLE))
    assert foreign(modules) == {"click", "yaml"}
    late = {
        "compiler.emit",
        "compiler.write",
        "compiler.plan.plan",
        "compiler.spec.explain",
        "compiler.spec.validation",
        "compiler.cli.build",
    }
    assert not modules & late
    assert not modules & {"importlib.metadata", "email", "asyncio", "subprocess", "socket", "ssl"}


def test_check_of_a_wrong_file_adds_pydantic_alone(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "flow: {name: wrong}\nnodes: [{id: a, prompt: x, timeout: soon}]\n", encoding="utf-8"
    )
    extra = foreign(loaded("check", str(wrong))) - {"click", "yaml"}
    assert "pydantic" in extra
    assert not extra & {"black", "jinja2", "ruamel", "markupsafe", "langgraph", "litellm", "mlflow"}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("check", "--help")])
def test_help_loads_click_and_no_stage(arguments: tuple[str, ...]) -> None:
    modules = loaded(*arguments)
    assert foreign(modules) == {"click"}
    assert not modules & {"compiler.driver", "compiler.syntax", "compiler.lower"}


def test_build_formats_each_rendered_file_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    counts = run(_COUNTED, "COUNTS ", "build", str(EXAMPLE), "-o", str(out))
    assert isinstance(counts, dict)
    rendered = [path for path in out.rglob("*.py") if "_runtime" not in path.parts]
    assert 0 < counts["black"] <= len(rendered)
    templates = list((ROOT / "templates").rglob("*.j2"))
    assert 0 < counts["jinja2"] <= len(templates)
