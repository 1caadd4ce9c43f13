"""Generated packages as their users run them: installed, in processes of their own, asking a model server."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.smoke.conftest import WORKFLOWS
from tests.support.environments import make_environment
from tests.support.fake_llm import FakeLLM, Step
from tests.support.project import Project, clean_environment

pytestmark = [pytest.mark.smoke, pytest.mark.slow]

Installed = Callable[[str], Project]
FACTS = Step(value={"facts": [{"text": "Tea is old.", "year": -2737}]})


def run(
    project: Project, folder: Path, fake: FakeLLM | None, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the installed package in an empty folder; the sources are not on the path."""
    env = {"PYTHONPATH": "", **(fake.env() if fake else {})}
    return project.run(*arguments, cwd=folder, env=env)


def script_tour(fake: FakeLLM, *scores: float) -> None:
    fake.always(FACTS, match="FACTS")
    fake.always(Step(text="one", delay=0.6), match="FIRST")
    fake.always(Step(text="two"), match="SECOND")
    fake.script(*(Step(text=f"text {i}") for i in range(1, 4)), match="WRITE")
    fake.script(*(Step(value={"score": score}) for score in scores), match="RATE")


def asked(fake: FakeLLM, word: str) -> int:
    return sum(word in request.prompt for request in fake.requests)


def test_final_state_join_merge_and_providers(
    installed: Installed, fake_llm: FakeLLM, tmp_path: Path
) -> None:
    script_tour(fake_llm, 0.5, 0.95)
    done = run(installed("tour"), tmp_path, fake_llm, "run", "-i", "topic=tea", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout) == {
        "topic": "tea",
        "rounds": 2,
        "facts": [{"text": "Tea is old.", "year": -2737}],
        "trail": ["one", "two"],
        "text": "text 2",
        "score": 0.95,
    }
    assert {request.provider for request in fake_llm.requests} == {
        "openai",
        "anthropic",
        "gemini",
        "ollama",
    }
    assert fake_llm.peak >= 2, "the branches did not run at the same time"
    assert asked(fake_llm, "WRITE") == 2, "a join ran early or twice"


def test_a_loop_stops_at_its_bound(installed: Installed, fake_llm: FakeLLM, tmp_path: Path) -> None:
    script_tour(fake_llm, 0.1, 0.2, 0.3)
    done = run(installed("tour"), tmp_path, fake_llm, "run", "-i", "topic=tea", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rounds"] == 3
    assert asked(fake_llm, "WRITE") == 3
    assert asked(fake_llm, "RATE") == 3


def test_a_failing_model_ends_with_1_and_names_the_place(
    installed: Installed, fake_llm: FakeLLM, tmp_path: Path
) -> None:
    fake_llm.always(Step(status=401, error="wrong key"), match="FACTS")
    done = run(installed("tour"), tmp_path, fake_llm, "run", "-i", "topic=tea", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert (found["status"], found["node"]) == ("failed", "find_facts")
    lines = (WORKFLOWS / "tour.yaml").read_text("utf-8").splitlines()
    line = next(i for i, text in enumerate(lines, 1) if "id: find_facts" in text)
    assert found["place"] == f"tour.yaml:{line}"
    assert found["place"] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "topic"),
        (("-i", "topic=tea", "-i", "topci=x"), "topic"),
        (("-i", "topic=tea", "-i", "rounds=many"), "rounds"),
    ],
)
def test_wrong_inputs_end_with_2_before_any_call(
    installed: Installed,
    fake_llm: FakeLLM,
    tmp_path: Path,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    done = run(installed("tour"), tmp_path, fake_llm, "run", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert fake_llm.requests == []


def test_a_used_up_budget_ends_with_5(
    installed: Installed, fake_llm: FakeLLM, tmp_path: Path
) -> None:
    fake_llm.always(Step(value={"good": False}), match="JUDGE")
    done = run(installed("budget"), tmp_path, fake_llm, "run", "-i", "topic=tea", "--json")
    assert done.returncode == 5, done.stderr
    assert json.loads(done.stdout)["kind"] == "BudgetExceeded"
    assert len(fake_llm.requests) == 3


def test_a_run_waits_for_a_person_and_goes_on(
    installed: Installed, fake_llm: FakeLLM, tmp_path: Path
) -> None:
    fake_llm.script(Step(text="My post"), match="POST")
    fake_llm.script(Step(text="Out now"), match="FINISH")
    project = installed("approval")
    start = run(project, tmp_path, fake_llm, "run", "-i", "topic=tea", "--thread", "t1", "--json")
    assert start.returncode == 4, start.stderr
    paused = json.loads(start.stdout)
    assert {key: paused[key] for key in ("status", "thread", "node", "ask", "choices")} == {
        "status": "paused",
        "thread": "t1",
        "node": "decide",
        "ask": "Publish My post?",
        "choices": ["publish", "discard"],
    }
    wrong = run(project, tmp_path, fake_llm, "resume", "--thread", "t1", "--answer", "maybe")
    assert wrong.returncode == 2, wrong.stderr
    end = run(
        project, tmp_path, fake_llm, "resume", "--thread", "t1", "--answer", "publish", "--json"
    )
    assert end.returncode == 0, end.stderr
    assert json.loads(end.stdout)["result"] == "Out now"
    assert asked(fake_llm, "POST about") == 1, "what was done before the pause was done again"


def test_agentc_is_not_needed(installed: Installed, tmp_path: Path) -> None:
    project = installed("tour")
    code = (
        "import importlib.util, json, sys\n"
        "absent = [n for n in ('compiler', 'agentc') if importlib.util.find_spec(n)]\n"
        "from smoke_tour import invoke\n"
        "state = invoke({'topic': 'tea'}, simulate=True)\n"
        "print(json.dumps([absent, sorted(state), 'yaml' in sys.modules and 'litellm' in sys.modules]))"
    )
    done = _python(project, code, tmp_path)
    absent, fields, _ = json.loads(done)
    assert absent == []
    assert fields == ["facts", "rounds", "score", "text", "topic", "trail"]


def test_help_is_fast_and_loads_nothing_heavy(installed: Installed, tmp_path: Path) -> None:
    project = installed("tour")
    code = (
        "import sys\n"
        "from smoke_tour.__main__ import run\n"
        "sys.argv = ['smoke_tour', 'run', '--help']\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "heavy = {'langgraph', 'litellm', 'pydantic', 'yaml', 'httpx'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert _python(project, code, tmp_path).splitlines()[-1] == "[]"


def test_python_interface_is_typed(installed: Installed, tmp_path: Path) -> None:
    """Inputs are a TypedDict: mypy finds a wrong name and a wrong type, and knows the result."""
    project = installed("tour")
    right = (
        "from smoke_tour import Inputs, invoke\n\ninputs: Inputs = {'topic': 'tea', 'rounds': 1}\n"
    )
    right += "facts: list[str] = [each['text'] for each in invoke(inputs)['facts']]\n"
    wrong = (
        "from smoke_tour import invok, invoke\n\n"
        "invoke({'topci': 'tea'})\ninvoke({'topic': 3})\n"
    )
    (tmp_path / "right.py").write_text(right)
    (tmp_path / "wrong.py").write_text(wrong)

    def mypy(name: str) -> str:
        options = ("--strict", "--python-executable", str(project.python), name)
        return subprocess.run(
            [sys.executable, "-m", "mypy", *options],
            cwd=tmp_path,
            env=clean_environment({}),
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    assert "Success" in mypy("right.py")
    found = mypy("wrong.py")
    assert "wrong.py:1: error" in found
    assert "wrong.py:3: error" in found
    assert "wrong.py:4: error" in found


def test_langgraphs_own_server_runs_the_graph(
    installed: Installed,
    once: Callable[[str, Callable[[Path], object]], Path],
    fake_llm: FakeLLM,
) -> None:
    project = installed("tour")
    folder = once(
        "langgraph",
        lambda folder: make_environment(
            folder / "venv", "langgraph-cli[inmem]>=0.4", str(project.folder)
        ),
    )
    script_tour(fake_llm, 0.95)
    port = _free_port()
    options = ("--no-browser", "--no-reload")
    server = subprocess.Popen(
        [folder / "venv/bin/langgraph", "dev", *options, "--port", str(port)],
        cwd=project.folder,
        env=clean_environment({**fake_llm.env(), "PYTHONPATH": ""}),
        stdout=(folder / "log").open("w"),
        stderr=subprocess.STDOUT,
    )
    try:
        state = _post(port, {"assistant_id": "smoke_tour", "input": {"topic": "tea"}})
    finally:
        server.terminate()
        server.wait(20)
    assert state.get("trail") == ["one", "two"], (folder / "log").read_text()[-4000:]
    assert state["text"] == "text 1"


def _post(port: int, body: Mapping[str, object]) -> dict[str, object]:
    """Start a run as soon as the server is up and return its final state."""
    data = json.dumps(body).encode()
    deadline = time.monotonic() + 120
    while True:
        request = Request(
            f"http://127.0.0.1:{port}/runs/wait",
            data=data,
            headers={"content-type": "application/json"},
        )
        try:
            with urlopen(request, timeout=120) as response:
                found = json.load(response)
                assert isinstance(found, dict)
                return found
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _python(project: Project, code: str, folder: Path) -> str:
    done = subprocess.run(
        [str(project.python), "-c", code],
        cwd=folder,
        env=clean_environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
