"""`batch` of generated packages: rows, failures, going on after crashes and interruptions."""

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.project import ROOT, Project, build_project, clean_environment

HOOKS = """
import asyncio, os

async def shout(text: str, times: int) -> str:
    with open(os.environ.get("LOG", os.devnull), "a") as log:
        print(text, file=log)
    print("this is not a result")
    await asyncio.sleep(float(os.environ.get("NAP", "0")))
    if text == "bad" and "CALM" not in os.environ:
        raise ValueError("no shouting")
    return text.upper() * times
"""

SHOUT = """
flow: {name: shout}
state:
  text: {type: str, required: true}
  times: {type: int, default: 1}
  loud: str
nodes:
  - {id: shout, function: "./hooks.py:shout", outputs: [loud]}
"""

APPROVAL = """
flow: {name: approval}
state: {text: {type: str, required: true}, times: {type: int, default: 2}, loud: str, verdict: str}
nodes:
  - {id: shout, function: "./hooks.py:shout", outputs: [loud]}
  - {id: check, ask: "Is {loud} fine?", choices: ["yes", "no"], when: 'text == "ask"', outputs: [verdict]}
  - {id: again, function: "./hooks.py:shout", outputs: [loud]}
"""


@pytest.fixture(scope="module")
def shout(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build("shout", SHOUT, tmp_path_factory.mktemp("shout"))


@pytest.fixture(scope="module")
def approval(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build("approval", APPROVAL, tmp_path_factory.mktemp("approval"))


def build(name: str, workflow: str, folder: Path) -> Project:
    (folder / f"{name}.yaml").write_text(workflow)
    (folder / "hooks.py").write_text(HOOKS)
    return build_project(folder / f"{name}.yaml", folder / "out")


class Batch:
    """A batch in a folder of its own."""

    def __init__(self, project: Project, folder: Path, rows: list[object]) -> None:
        self.project = project
        self.folder = folder
        self.output = folder / "out.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (folder / "rows.jsonl").write_text("".join(f"{line}\n" for line in lines))

    def run(self, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
        log = {"LOG": str(self.folder / "log"), **env}
        return self.project.run(*self.arguments, *options, cwd=self.folder, env=log)

    def start(self, *options: str, **env: str) -> subprocess.Popen[str]:
        more = {"PYTHONPATH": str(self.project.folder), "LOG": str(self.folder / "log"), **env}
        return subprocess.Popen(
            [sys.executable, "-m", self.project.package, *self.arguments, *options],
            cwd=self.folder,
            env=clean_environment(more),
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("batch", "--inputs", "rows.jsonl", "--output", "out.jsonl")

    def results(self) -> dict[int, dict[str, object]]:
        lines = [json.loads(line) for line in self.output.read_text("utf-8").splitlines()]
        found = {line["index"]: line for line in lines}
        assert len(found) == len(lines), "a row has two results"
        return found

    def log(self) -> list[str]:
        path = self.folder / "log"
        lines = path.read_text().split() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


def test_the_workflow_of_the_documentation(tmp_path: Path) -> None:
    page = (ROOT / "docs/guide/batch.md").read_text("utf-8")
    project = build("shout", re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0], tmp_path)
    batch = Batch(project, tmp_path, [{"text": "a"}])
    assert batch.run().returncode == 0
    assert batch.results()[0]["state"] == {"text": "a", "loud": "A"}


def test_each_row_is_checked_and_fails_alone(shout: Project, tmp_path: Path) -> None:
    rows = [
        {"text": "häy", "times": 2},
        {"text": "bad"},
        {"txt": "b"},
        "{torn",
        "[1]",
        "",
        {"id": "seven", "text": "c"},
        {"id": "seven", "text": "d"},
        {"id": 1.5, "text": "d"},
        {"text": "d", "times": "three"},
    ]
    batch = Batch(shout, tmp_path, rows)
    done = batch.run("--json", "--concurrency", "3")
    assert done.returncode == 1, done.stderr
    results = batch.results()
    assert json.loads(done.stdout) == {
        "finished": 2,
        "failed": 7,
        "paused": 0,
        "skipped": 0,
        "output": "out.jsonl",
        "model_calls": 0,
        "cost_usd": 0.0,
        "unpriced_calls": 0,
    }
    assert results[0] == {
        "index": 0,
        "status": "finished",
        "state": {"text": "häy", "times": 2, "loud": "HÄYHÄY"},
    }
    assert results[1]["error"] == {
        "kind": "ValueError",
        "message": "no shouting",
        "node": "shout",
        "place": "shout.yaml:8",
        "thread": None,
    }
    problems = {index: result.get("error") for index, result in results.items()}
    assert "did you mean `text`?" in str(problems[2])
    assert "the line is not JSON" in str(problems[3])
    assert "found no object" in str(problems[4])
    assert 5 not in results
    assert results[6]["id"] == "seven"
    assert "line 6 has the id `seven` already" in str(problems[7])
    assert "`id` must be text or a whole number" in str(problems[8])
    assert "`times`" in str(problems[9])
    assert not (tmp_path / "out.jsonl.batch").exists()


def test_rows_with_a_result_are_not_run_again(shout: Project, tmp_path: Path) -> None:
    batch = Batch(shout, tmp_path, [{"text": "a"}, {"text": "bad"}, {"id": "c", "text": "c"}])
    batch.run()
    assert sorted(batch.log()) == ["a", "bad", "c"]
    first = batch.output.read_bytes()
    again = batch.run()
    assert (again.returncode, batch.log(), batch.output.read_bytes()) == (1, [], first)
    assert "3 of them before" in again.stderr
    mended = batch.run("--retry-failed", CALM="1")
    assert (mended.returncode, batch.log()) == (0, ["bad"])
    assert [each["status"] for each in batch.results().values()] == ["finished"] * 3


def test_a_row_with_an_id_may_move(shout: Project, tmp_path: Path) -> None:
    batch = Batch(shout, tmp_path, [{"id": "a", "text": "a"}, {"id": "b", "text": "b"}])
    batch.run()
    batch.log()
    batch = Batch(shout, tmp_path, [{"id": i, "text": i} for i in ("c", "b", "a")])
    assert batch.run().returncode == 0
    assert batch.log() == ["c"]


def test_a_torn_line_is_dropped_and_its_row_run_again(shout: Project, tmp_path: Path) -> None:
    batch = Batch(shout, tmp_path, [{"text": "a"}, {"text": "b"}])
    batch.run("--concurrency", "1")
    whole = batch.output.read_bytes()
    batch.output.write_bytes(whole[:-5])
    batch.log()
    assert batch.run().returncode == 0
    assert batch.log() == ["b"]
    assert batch.output.read_bytes() == whole


def test_other_files_are_not_written_to(shout: Project, tmp_path: Path) -> None:
    batch = Batch(shout, tmp_path, [{"text": "a"}])
    batch.output.write_text("my notes\n")
    refused = batch.run()
    assert refused.returncode == 2
    assert "something other than results of a batch" in refused.stderr
    assert batch.output.read_text() == "my notes\n"
    (tmp_path / "rows.jsonl").unlink()
    assert "`rows.jsonl` cannot be read" in batch.run().stderr


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_batch_goes_on(shout: Project, tmp_path: Path, sign: signal.Signals) -> None:
    batch = Batch(shout, tmp_path, [{"text": f"r{number}"} for number in range(40)])
    process = batch.start("--concurrency", "2", NAP="0.05")
    deadline = time.monotonic() + 60
    while not batch.output.exists() or batch.output.read_bytes().count(b"\n") < 5:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    second = batch.run()
    assert second.returncode == 2
    assert "another batch is writing there" in second.stderr
    process.send_signal(sign)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    if sign == signal.SIGINT:
        assert process.returncode == 130
        assert "the same command goes on" in err
        before = batch.results()
        assert 5 <= len(before) < 40
    started = batch.log()
    done = batch.run("--concurrency", "8")
    assert done.returncode == 0, done.stderr
    assert set(batch.results()) == set(range(40))
    assert len(started) + len(batch.log()) <= 40 + 2  # two were running


def saved_rows(folder: Path) -> set[int]:
    """Return the rows of which something is saved to be continued."""
    with contextlib.closing(sqlite3.connect(folder / ".agentc/approval.sqlite")) as db:
        threads = [row[0] for row in db.execute("SELECT DISTINCT thread_id FROM checkpoints")]
    return {int(thread.rpartition("-")[2]) for thread in threads}


def test_paused_rows_are_continued_with_their_answers(approval: Project, tmp_path: Path) -> None:
    batch = Batch(approval, tmp_path, [{"text": "a"}, {"text": "ask"}, {"text": "bad"}])
    done = batch.run("--concurrency", "1")
    assert done.returncode == 1
    paused = batch.results()[1]
    thread = str(paused.pop("thread"))
    assert paused == {
        "index": 1,
        "status": "paused",
        "node": "check",
        "ask": "Is ASKASK fine?",
        "choices": ["yes", "no"],
    }
    assert batch.log() == ["a", "a", "ask", "bad"]
    assert saved_rows(tmp_path) == {1, 2}  # what is finished need not be continued
    answered = approval.run("resume", "--thread", thread, "--answer", "no", cwd=tmp_path)
    assert answered.returncode == 0, answered.stderr
    batch.log()
    done = batch.run("--retry-failed", CALM="1")
    assert done.returncode == 0, done.stderr
    assert batch.results()[1]["state"]["verdict"] == "no"  # type: ignore[index]
    assert batch.log() == ["bad", "bad"]
    assert not (tmp_path / "out.jsonl.batch").exists()
    assert saved_rows(tmp_path) == set()


@pytest.mark.slow
def test_a_killed_batch_of_saved_runs_goes_on(approval: Project, tmp_path: Path) -> None:
    rows: list[object] = [
        {"text": "bad" if number % 9 == 4 else f"r{number}"} for number in range(30)
    ]
    batch = Batch(approval, tmp_path, rows)
    log: list[str] = []
    for done in (4, 12, 20):
        process = batch.start("--concurrency", "3", NAP="0.05")
        deadline = time.monotonic() + 60
        while not batch.output.exists() or batch.output.read_bytes().count(b"\n") < done:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.kill()
        process.communicate(timeout=60)
        log += batch.log()
    assert batch.run("--concurrency", "3").returncode == 1
    log += batch.log()
    failed = {number for number in range(30) if number % 9 == 4}
    results = batch.results()
    assert set(results) == set(range(30))
    assert {index for index, each in results.items() if each["status"] == "failed"} == failed
    for index in set(range(30)) - failed:
        assert results[index]["state"]["loud"] == f"R{index}" * 2  # type: ignore[index]
    # Each row has two steps, of failed ones one; with each kill three were going on at most.
    assert len(log) <= 2 * 30 - len(failed) + 3 * 3
    # What was written down when a kill came may still be saved.
    assert failed <= saved_rows(tmp_path)
    assert len(saved_rows(tmp_path) - failed) <= 3 * 3
