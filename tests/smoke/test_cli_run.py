"""`agentc run` and `agentc resume`: the generated package, run as if it were there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.smoke.agentc import GOOD, TYPO, agentc, command, environment, patched, write

APPROVAL = """\
flow: {name: approval}
state:
  amount: {type: int, required: true}
  decision: {type: str, enum: [approve, reject]}
nodes:
  - id: decide
    ask: "Pay {amount}?"
    choices: [approve, reject]
    outputs: [decision]
edges:
  - START -> decide -> END
config: {execution: {checkpoint: sqlite}}
"""

BUDGET = GOOD.replace(
    "config: {", "config: {execution: {budget: {max_cost_usd: 0.0000001}}, "
).replace("required: true}", 'default: "tea"}')

SLEEPER = """\
flow: {name: sleeper}
state: {done: str}
nodes:
  - {id: sleep, function: "./hooks.py:sleep", outputs: [done]}
edges:
  - START -> sleep -> END
"""


def test_a_simulated_run_prints_one_json_object(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    line = ("run", "flow.yaml", "-i", "topic=green tea", "--simulate", "--json")
    done = agentc(*line, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    state = json.loads(done.stdout)
    assert state["topic"] == "green tea"
    assert state["draft"]
    again = agentc(*line, cwd=tmp_path)
    assert again.stdout == done.stdout
    assert len(list((tmp_path / ".cache").iterdir())) == 1, "equal content is built once"
    write(tmp_path, "flow.yaml", GOOD.replace("Write about", "Write on"))
    agentc(*line, cwd=tmp_path)
    assert len(list((tmp_path / ".cache").iterdir())) == 2


def test_a_change_of_a_file_beside_the_workflow_is_a_new_build(tmp_path: Path) -> None:
    source = GOOD.replace('prompt: "Write about {topic}"', "prompt: {file: p.md}")
    write(tmp_path, "flow.yaml", source)
    answers = []
    for text in ("One {topic}", "Two {topic}"):
        write(tmp_path, "p.md", text)
        done = agentc("run", "flow.yaml", "-i", "topic=x", "--simulate", "--json", cwd=tmp_path)
        answers.append(json.loads(done.stdout)["draft"])
    assert "One" in answers[0]
    assert "Two" in answers[1]


def test_a_folder_of_the_same_name_does_not_get_in_the_way(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    write(tmp_path, "article/__init__.py", "raise SystemExit('the wrong package')")
    write(tmp_path, "json.py", "raise SystemExit('the wrong module')")
    done = agentc("run", "flow.yaml", "-i", "topic=x", "--simulate", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_inputs_come_from_a_file_from_stdin_and_from_values_that_look_like_options(
    tmp_path: Path,
) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    write(tmp_path, "in.json", '{"topic": "from a file"}')
    for options, stdin, topic in (
        (["--input-file", "in.json"], "", "from a file"),
        (["--input-file", "-"], '{"topic": "from stdin"}', "from stdin"),
        (["-i", "topic=--json -x"], "", "--json -x"),
        (["--input-file", "in.json", "-i", "topic=wins"], "", "wins"),
        (["-i", "topic=@in.json"], "", '{"topic": "from a file"}'),
    ):
        done = agentc(
            "run", "flow.yaml", *options, "--simulate", "--json", cwd=tmp_path, stdin=stdin
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["topic"] == topic


def test_the_workflow_itself_can_come_from_stdin(tmp_path: Path) -> None:
    done = agentc("run", "-", "-i", "topic=x", "--simulate", "--json", cwd=tmp_path, stdin=GOOD)
    assert json.loads(done.stdout)["topic"] == "x"


def test_mistakes_are_1_and_missing_inputs_2_and_nothing_runs(tmp_path: Path) -> None:
    write(tmp_path, "bad.yaml", TYPO)
    done = agentc("run", "bad.yaml", "-i", "topic=x", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[AC201]" in done.stderr
    done = agentc("run", "bad.yaml", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["diagnostics"][0]["code"] == "AC201"
    write(tmp_path, "flow.yaml", GOOD)
    done = agentc("run", "flow.yaml", "--simulate", cwd=tmp_path)
    assert done.returncode == 2
    assert "input `topic` (str) is required" in done.stderr
    assert "help: agentc run flow.yaml -i topic=..." in done.stderr
    done = agentc("run", "flow.yaml", "--thread", "x", cwd=tmp_path)
    assert done.returncode == 2
    assert "not saved" in done.stderr


def test_a_run_that_waits_is_4_and_resume_goes_on_in_the_same_folder(tmp_path: Path) -> None:
    write(tmp_path, "flows/approval.yaml", APPROVAL)
    done = agentc("run", "flows/approval.yaml", "-i", "amount=7", "--json", cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    paused = json.loads(done.stdout)
    assert paused["status"] == "paused"
    assert paused["choices"] == ["approve", "reject"]
    thread = paused["thread"]
    assert f"agentc resume flows/approval.yaml --thread {thread} --answer approve" in done.stderr
    assert "python -m" not in done.stderr
    assert list(tmp_path.rglob("*.sqlite")), "saved below the current folder"
    assert not list((tmp_path / ".cache").rglob("*.sqlite"))
    line = ("resume", "flows/approval.yaml", "--thread", thread, "--answer", "approve", "--json")
    done = agentc(*line, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["decision"] == "approve"


def test_a_used_up_budget_is_5(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", BUDGET.replace("max_cost_usd: 0.0000001", "max_llm_calls: 1"))
    second = '  - id: again\n    prompt: "Again {draft}"\n    outputs: [draft]\n'
    text = (tmp_path / "flow.yaml").read_text().replace("edges:", f"{second}edges:")
    write(tmp_path, "flow.yaml", text.replace("write -> END", "write -> gate\n  - again -> END"))
    text = (
        (tmp_path / "flow.yaml")
        .read_text()
        .replace(
            "  - again -> END",
            "  - from: gate\n    routes:\n      - {condition: 'len(draft) > 0', to: again}\n"
            "      - {condition: default, to: END}\n  - again -> END",
        )
    )
    gate = "  - id: gate\n    set: {topic: topic}\nedges:"
    write(tmp_path, "flow.yaml", text.replace("edges:", gate))
    done = agentc("run", "flow.yaml", "--simulate", cwd=tmp_path)
    assert done.returncode == 5, done.stderr


def test_what_is_not_installed_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    missing = (
        "from importlib import metadata\nreal = metadata.distribution\n"
        "def distribution(name):\n"
        "    if name in ('langgraph', 'litellm'): raise metadata.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "metadata.distribution = distribution"
    )
    done = patched(missing, "run", "flow.yaml", "-i", "topic=x", "--simulate", cwd=tmp_path)
    assert done.returncode == 1
    assert "langgraph" in done.stderr
    assert "help: pip install 'agentc[run]'" in done.stderr


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_signals_end_the_package_and_its_exit_code_is_ours(
    tmp_path: Path, number: int, code: int
) -> None:
    write(tmp_path, "flow.yaml", SLEEPER)
    write(
        tmp_path,
        "hooks.py",
        "import asyncio, os, pathlib\n\n\nasync def sleep() -> str:\n"
        "    pathlib.Path('pid').write_text(str(os.getpid()))\n    await asyncio.sleep(60)\n    return 'x'\n",
    )
    child = subprocess.Popen(
        command("run", "flow.yaml"),
        cwd=tmp_path,
        env=environment({"AGENTC_CACHE": str(tmp_path / ".cache")}),
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    pid = tmp_path / "pid"
    end = time.monotonic() + 40
    while not (pid.exists() and pid.read_text()):
        assert child.poll() is None, child.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.1)
    if number == signal.SIGINT:
        os.killpg(child.pid, number)  # as a terminal does
    else:
        child.send_signal(number)
    _, error = child.communicate(timeout=30)
    assert child.returncode == code, error
    assert b"Traceback" not in error
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    write(tmp_path, "file", "")
    done = agentc(
        "run",
        "flow.yaml",
        "-i",
        "topic=x",
        "--simulate",
        cwd=tmp_path,
        env={"AGENTC_CACHE": str(tmp_path / "file/cache")},
    )
    assert done.returncode == 1
    assert "error[AC904]" in done.stderr
    assert "AGENTC_CACHE" in done.stderr
