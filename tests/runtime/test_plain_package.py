"""The command line of a package that saves nothing."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.vendored import Package, make_package


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return make_package("greeter", tmp_path_factory.mktemp("plain"))


def test_it_carries_only_what_it_uses(package: Package) -> None:
    unused = {"answers", "checkpoint", "cli_resume", "durable", "flow", "human", "items", "text"}
    assert not unused & package.modules


def test_a_run_prints_the_state_and_tells_its_progress(package: Package) -> None:
    result = package.main("run", "-i", "who=poet", "-i", "times=1", "-i", "tags=[a, '1']")
    assert result.returncode == 0
    assert result.stdout == (
        "who: poet\ngreeting: |\n  hello\n  poet\nlines:\n  - |\n    hello\n    poet\n"
        'tags:\n  - a\n  - "1"\n'
    )
    lines = result.stderr.splitlines()
    assert lines[0] == "greet ..."
    assert lines[1] == "a hook prints"
    assert lines[-1] == "1 model call, $0.0100"


def test_it_runs_as_a_program(package: Package) -> None:
    result = package.run("run", "-i", "who=Ann")
    assert result.returncode == 0
    assert result.stdout.startswith("who: Ann\n")
    assert package.run("run").returncode == 2


def test_json_is_exactly_one_object(package: Package) -> None:
    result = package.main("run", "-i", "who=Ann", "--json")
    assert json.loads(result.stdout) == {
        "who": "Ann",
        "greeting": "hello Ann",
        "lines": ["hello Ann", "hello Ann"],
        "tags": [],
    }
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("who", "summary"),
    [
        ("Ann", "1 model call, $0.0100"),
        ("priceless", "1 model call, unpriced"),
        ("cheap", "2 model calls, $0.2500 + 1 unpriced"),
    ],
)
def test_an_unknown_price_is_never_zero(package: Package, who: str, summary: str) -> None:
    assert package.main("run", "-i", f"who={who}").stderr.splitlines()[-1] == summary


def test_all_mistakes_in_the_inputs_are_listed_at_once(package: Package) -> None:
    result = package.main(
        "run", "-i", "times=often", "-i", "ton=cold", "-i", "tone=warmm", "-i", "tags=[1", "-i", "x"
    )
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        (
            "error: input `tags` (list[str]) cannot be read: line 1, column 3: "
            "expected ',' or ']', but got '<stream end>'"
        ),
        "error: found `x`, expected `key=value`",
        "error: input `who` (str) is required",
        "error: input `times` is str 'often', expected int",
        "error: input `ton` is unknown; did you mean `tone`?",
        "error: input `tone` is str 'warmm', expected one of `warm`, `cold`",
        "help: python -m greeter run -i who=...",
    ]


def test_inputs_come_from_files(package: Package) -> None:
    (package.folder / "who.txt").write_text("no: yaml", "utf-8")
    (package.folder / "all.yaml").write_text("who: no\ntags: [2024-01-01]\ntimes: 0\n", "utf-8")
    result = package.main("run", "--input-file", "all.yaml", "-i", "who=@who.txt", "--json")
    assert json.loads(result.stdout)["greeting"] == "hello no: yaml"
    assert json.loads(result.stdout)["tags"] == ["2024-01-01"]
    missing = package.main("run", "-i", "who=@nowhere.txt")
    assert missing.returncode == 2
    assert "input `who` (str) cannot be read: No such file or directory" in missing.stderr


def test_errors_say_where_and_leave_tracebacks_to_verbose(package: Package) -> None:
    failed = package.main("run", "-i", "who=boom")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.splitlines()[-1] == (
        "error: node `greet` (greeter.yaml:12): ValueError: no such person"
    )
    assert "Traceback" not in failed.stderr
    assert "Traceback" in package.main("run", "-i", "who=boom", "--verbose").stderr


def test_exit_codes(package: Package) -> None:
    assert package.main("run", "-i", "who=poor").returncode == 5
    assert package.main("run", "--unknown").returncode == 2
    assert package.main().returncode == 2


def test_retries_and_on_error_are_told(package: Package) -> None:
    retried = package.main("run", "-i", "who=flaky")
    assert retried.returncode == 0
    assert "greet attempt 1 failed, next in 0.0 s: ConnectionError: first time" in retried.stderr
    handled = package.main("run", "-i", "who=slow", "--json")
    assert json.loads(handled.stdout)["lines"] == ["NodeTimeout in repeat: took longer than 0.2 s"]
    assert "repeat failed, on_error takes over after 0.2 s" in handled.stderr


def test_streaming(package: Package) -> None:
    shown = package.main("run", "-i", "who=Ann", "--stream")
    assert "\n[greet] Hello there\ngreet done" in shown.stderr
    told = package.main("run", "-i", "who=Ann", "--stream", "--json")
    events = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    assert {"event": "Token", "node": "greet", "text": "Hello "} in events
    assert events[-1]["event"] == "NodeFinished"
    assert "Hello" not in package.main("run", "-i", "who=Ann").stderr


def test_simulation_is_announced_first(package: Package) -> None:
    result = package.main("run", "-i", "who=Ann", "--simulate")
    assert result.stderr.startswith("simulated run: no model is called")


def test_help_and_graph(package: Package) -> None:
    helped = package.main("run", "--help").stdout
    assert "who (str, required)  Whom to greet" in helped
    assert "--thread" not in helped
    assert package.main("graph").stdout == "graph TD\n    greet --> repeat\n"


def test_help_is_fast(package: Package) -> None:
    def seconds(*command: str) -> float:
        """Return the processor time, which other programs on the machine change little."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, *command], cwd=package.folder, capture_output=True, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    seconds("-m", "greeter", "--help")  # compiled once
    bare = min(seconds("-c", "pass") for _ in range(5))
    helped = min(seconds("-m", "greeter", "--help") for _ in range(5))
    assert helped - bare < 0.06  # about 0.02 s on a quiet machine


def test_help_of_a_command_imports_nothing_heavy(package: Package) -> None:
    code = "import sys; sys.argv = ['x', 'run', '--help']; import runpy\n"
    code += "try: runpy.run_module('greeter', run_name='__main__')\nexcept SystemExit: pass\n"
    code += "heavy = {'asyncio', 'langgraph', 'pydantic', 'yaml', 'langchain_core'}\n"
    code += "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=package.folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["greeter", "approval"])
def test_a_package_is_strictly_typed(name: str, tmp_path: Path) -> None:
    made = make_package(name, tmp_path)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\npython_version = 3.11\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "-p", made.name],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
