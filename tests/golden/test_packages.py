"""The cases of `golden/packages`: a workflow, and the project that is generated from it.

`workflow.yaml` is the workflow; a case without one is the example of the same name. `same/*.yaml` are other
spellings of it, which must give the same project. `expected/` is the project, byte for byte, without the bodies of the
vendored modules, which are the files of `runtime_stubs/`; `expected/_runtime.txt` lists them. The programs in `docker/`
are the same in all projects and not stored.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from compiler import api
from compiler.diagnostics.diagnostic import Severity
from compiler.diagnostics.render import render_text
from tests.support.project import ROOT, clean_environment

FOLDER = ROOT / "golden" / "packages"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
VENDORED = "_runtime.txt"


def source_of(case: str) -> Path:
    own = FOLDER / case / "workflow.yaml"
    return own if own.exists() else ROOT / "examples" / case / "workflow.yaml"


def generate(source: Path, folder: Path) -> Mapping[str, str]:
    """Return what is stored for a workflow, as if its file were called `workflow.yaml`."""
    analysis = api.check_bytes("workflow.yaml", source.read_bytes(), folder)
    found = [each for each in analysis.diagnostics if each.severity is not Severity.NOTE]
    assert not found, render_text(found)
    built = api.build(analysis)
    prefix = f"{built.package}/_runtime/"
    vendored = sorted(path for path in built.files if path.startswith(prefix))
    stored = {path: file.text for path, file in built.files.items() if file.kind != "vendor"}
    return {**stored, VENDORED: "".join(path.removeprefix(prefix) + "\n" for path in vendored)}


def stored(case: str) -> dict[str, str]:
    root = FOLDER / case / "expected"
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def store(case: str, files: Mapping[str, str]) -> None:
    root = FOLDER / case / "expected"
    shutil.rmtree(root, ignore_errors=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="\n")


@pytest.mark.parametrize("case", CASES)
def test_generated_project_is_the_stored_one(case: str, pytestconfig: pytest.Config) -> None:
    source = source_of(case)
    found = generate(source, source.parent)
    if pytestconfig.getoption("--update-golden"):
        if found != stored(case):
            store(case, found)
        return
    expected = stored(case)
    assert sorted(found) == sorted(expected), "`make golden` stores the new files"
    for path, text in found.items():
        assert text == expected[path], f"{case}: {path}"


SPELLINGS = [path.relative_to(FOLDER) for path in sorted(FOLDER.glob("*/same/*.yaml"))]


@pytest.mark.parametrize("path", SPELLINGS, ids=str)
def test_other_spelling_gives_the_same_project(path: Path) -> None:
    case = path.parts[0]
    found = generate(FOLDER / path, FOLDER / case)
    own = generate(source_of(case), FOLDER / case)
    lines = {name for name in found if name.endswith("/source_map.py")}
    assert {k: v for k, v in found.items() if k not in lines} == {
        k: v for k, v in own.items() if k not in lines
    }


def test_there_are_no_orphans() -> None:
    """Every file here is read by a test: a workflow, what it refers to, or a stored project."""
    assert all(path.is_dir() for path in FOLDER.iterdir()), "a file belongs to no case"
    for case in CASES:
        assert source_of(case).exists(), f"{case} has no workflow"
        read = api.check(source_of(case)).seen
        for path in (FOLDER / case).rglob("*"):
            inside = path.relative_to(FOLDER / case)
            known = inside.parts[0] in ("expected", "same", "workflow.yaml")
            assert known or path.is_dir() or path in read, f"{case}/{inside} is not used"


REALISTIC = [case for case in CASES if not (FOLDER / case / "workflow.yaml").exists()]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All stored projects in folders of their own.

    The realistic ones carry the run-time library; in the others its modules pass on the names of `runtime_stubs`,
    since checking the same files for each of them would take minutes.
    """
    root = tmp_path_factory.mktemp("packages")
    for case in CASES:
        files = stored(case)
        for module in files.pop(VENDORED).splitlines():
            text = (ROOT / "runtime_stubs" / module).read_text(encoding="utf-8")
            files[f"{case}/_runtime/{module}"] = text if case in REALISTIC else _passing_on(module)
        for path, text in files.items():
            target = root / case / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return root


def _passing_on(module: str) -> str:
    tree = ast.parse((ROOT / "runtime_stubs" / module).read_text(encoding="utf-8"))
    name = "runtime_stubs." + module.removesuffix(".py").removesuffix("__init__").replace("/", ".")
    names = [
        str(item.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for item in ast.walk(node.value)
        if isinstance(item, ast.Constant)
    ]
    return "".join(f"from {name.strip('.')} import {each} as {each}\n" for each in names)


def _passes(*command: str, cwd: Path, paths: tuple[Path, ...] = ()) -> None:
    env = clean_environment(dict.fromkeys(("PYTHONPATH", "MYPYPATH"), ":".join(map(str, paths))))
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]


def _imported(*command: str, cwd: Path) -> set[str]:
    """Return the modules that a Python program imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        cwd=cwd,
        env=clean_environment({}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize("case", REALISTIC)
def test_a_command_imports_only_what_it_needs(case: str, tree: Path) -> None:
    """For the help text that is argparse: `typing`, `pathlib` and `logging` would double its time."""
    bare = _imported("-m", "bench.handwritten.bare_help", "--help", cwd=ROOT)
    found = _imported("-m", case, "--help", cwd=tree / case)
    own = {case, f"{case}._runtime", f"{case}._runtime.cli"}
    assert found - bare - {"collections.abc"} == own
    found = _imported("-m", case, "run", "--help", cwd=tree / case)
    commands = {f"{case}._runtime.{name}" for name in ("batch", "cli_graph", "cli_traces")}
    assert not commands & found


def test_public_names_are_imported_when_they_are_used(tree: Path) -> None:
    case = REALISTIC[0]
    code = f"""\
import sys
import {case} as package
assert "{case}.app" not in sys.modules
assert {{*package.__all__, "__doc__", "__path__"}} <= {{*dir(package)}}
try:
    package.invok
except AttributeError as error:
    assert str(error) == "module '{case}' has no attribute 'invok'", error
from {case} import *
from {case} import app
assert (Inputs, ainvoke, build_graph, invoke) == (app.Inputs, app.ainvoke, app.build_graph, app.invoke)
"""
    _passes("-c", code, cwd=tree / case)


def test_stored_projects_pass_ruff(tree: Path) -> None:
    _passes(
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--quiet",
        "--extend-exclude",
        "_runtime",
        ".",
        cwd=tree,
    )
    _passes("-m", "ruff", "check", "--no-cache", "--quiet", *REALISTIC, cwd=tree)


def test_stored_projects_are_formatted_by_black(tree: Path) -> None:
    options = ("--check", "--quiet", "--line-length", "100")
    _passes("-m", "black", *options, "--extend-exclude", "_runtime", ".", cwd=tree)
    _passes("-m", "black", *options, *REALISTIC, cwd=tree)


def test_stored_projects_hold_no_suppressions() -> None:
    for case in CASES:
        for path, text in stored(case).items():
            if path.endswith(".py") and "/user/" not in path:
                for word in ("# noqa", "type: ignore", "fmt: off", "pylint"):
                    assert word not in text, f"{case}: {path}"


@pytest.mark.slow
def test_stored_projects_pass_mypy_strict(tree: Path) -> None:
    packages = [argument for case in CASES for argument in ("-p", case)]
    cache = ROOT / ".mypy_cache" / "golden"
    _passes(
        "-m", "mypy", "--strict", "--cache-dir", str(cache), *packages, cwd=tree, paths=_roots(tree)
    )


@pytest.mark.slow
def test_stored_projects_pass_their_own_tests(tree: Path) -> None:
    tests = [str(tree / case / "tests") for case in CASES]
    _passes("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, cwd=tree, paths=_roots(tree))


def _roots(tree: Path) -> tuple[Path, ...]:
    return (ROOT, *(tree / case for case in CASES))
