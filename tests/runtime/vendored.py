"""Hand-written packages like those agentc generates, vendored and run as a user runs them."""

import ast
import contextlib
import io
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

STUBS = Path(__file__).parents[2] / "runtime_stubs"
SOURCES = Path(__file__).parent / "packages"


def imported_stubs(source: str, runtime: str) -> set[str]:
    """Return the stub modules that a module imports; `runtime` is the prefix, such as `_runtime.`."""
    found = set()
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.ImportFrom) and statement.level:
            module = statement.module or ""
            if module.startswith(runtime):
                found.add(module.removeprefix(runtime))
    return found


def closure(roots: Iterable[str]) -> set[str]:
    """Return the stub modules that `roots` need."""
    needed: set[str] = set()
    waiting = list(roots)
    while waiting:
        module = waiting.pop()
        if module not in needed:
            needed.add(module)
            waiting += imported_stubs((STUBS / f"{module}.py").read_text("utf-8"), "")
    return needed


@dataclass
class Package:
    """A package on disk that can be run."""

    name: str
    folder: Path
    modules: set[str]

    def run(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m NAME ARGS` in the folder the package stands in."""
        return subprocess.run(
            [sys.executable, "-m", self.name, *args],
            cwd=self.folder,
            env=self.environment(**env),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def main(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Do what `run` does without a new process: quicker, LangGraph is imported once."""
        out, err = io.StringIO(), io.StringIO()
        for module in [each for each in sys.modules if each.split(".")[0] == self.name]:
            del sys.modules[module]
        with (
            mock.patch.dict(os.environ, self.environment(**env), clear=True),
            mock.patch.object(sys, "path", [str(self.folder), *sys.path]),
            mock.patch.object(sys, "argv", [self.name, *args]),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                runpy.run_module(self.name, run_name="__main__")
                code = 0
            except SystemExit as exit:
                code = int(exit.code or 0)
        return subprocess.CompletedProcess(args, code, out.getvalue(), err.getvalue())

    def environment(self, **env: str) -> dict[str, str]:
        """Return the environment of a run."""
        return {**os.environ, "TEST_LOG": str(self.folder / "log"), **env}

    def log(self) -> list[str]:
        """Return the steps that ran since the last call."""
        path = self.folder / "log"
        lines = path.read_text().split() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


def make_package(name: str, folder: Path) -> Package:
    """Copy a package and what it needs of the run-time library into `folder`."""
    target = folder / name
    shutil.copytree(SOURCES / name, target, ignore=shutil.ignore_patterns("__pycache__"))
    roots: set[str] = set()
    for source in target.glob("*.py"):
        roots |= imported_stubs(source.read_text("utf-8"), "_runtime.")
    modules = closure(roots)
    (target / "_runtime").mkdir()
    for module in [*modules, "__init__"]:
        shutil.copy(STUBS / f"{module}.py", target / "_runtime" / f"{module}.py")
    return Package(name, folder, modules)
