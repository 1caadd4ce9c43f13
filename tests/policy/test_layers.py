"""Who may import whom: the contracts in pyproject.toml, which are the table of ARCHITECTURE.md."""

from __future__ import annotations

import subprocess
import sys

from tests.support.project import ROOT

LINTER = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)


def test_all_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINTER],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_checking_a_workflow_loads_no_library_of_later_stages() -> None:
    code = (
        "import sys; from pathlib import Path; from compiler import api\n"
        "analysis = api.check(Path('examples/research_write/workflow.yaml'))\n"
        "assert analysis.workflow is not None\n"
        "heavy = {'black', 'jinja2', 'ruamel', 'langgraph', 'litellm', 'mlflow', 'httpx', 'click'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
