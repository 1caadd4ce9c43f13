"""A saved run survives crashes, failures and pauses; what has finished is not done again."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.runtime.vendored import Package, make_package
from tests.support.run_stores import PARAMS, run_store

BRANCHES = ["left", "slow", "left_next", "polish1", "polish2", "polish3"]
ITEMS = ["item0", "item1", "item2", "item3", "item4"]
FINAL = {
    "topic": "x",
    "notes": [
        *("begin", "left", "left_next saw 2", "polish1", "polish2", "polish3", "slow", "join"),
    ],
    "rounds": 3,
    "verdict": "unasked",
    "second": "unasked",
    "items": [10, 20, 30, 40, 50],
    "done": True,
}


@pytest.fixture(params=PARAMS)
def package(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Package:
    """A package whose runs are saved in a database of any kind."""
    if request.param != "sqlite":
        monkeypatch.setenv("TEST_STORE", request.param)
        monkeypatch.setenv(
            "AGENTC_CHECKPOINTS", run_store(request.param, tmp_path, request).address
        )
    return make_package("approval", tmp_path)


@pytest.fixture
def file_package(tmp_path: Path) -> Package:
    """The same in new processes, each of which takes seconds: on SQLite only."""
    return make_package("approval", tmp_path)


def start(package: Package, **env: str) -> subprocess.CompletedProcess[str]:
    return package.main("run", "-i", "topic=x", "--thread", "T", "--json", **env)


def resume(package: Package, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return package.main("resume", "--thread", "T", "--json", *args, **env)


@pytest.mark.parametrize(
    ("step", "again"),
    [
        ("first_note", ["first_note", *BRANCHES, "join", *ITEMS, "publish"]),
        ("polish2", ["polish2", "polish3", "join", *ITEMS, "publish"]),
        ("join", ["join", *ITEMS, "publish"]),
        ("item3", ["item3", "item4", "publish"]),
        ("publish", ["publish"]),
    ],
)
def test_a_crashed_run_repeats_only_what_had_not_finished(
    file_package: Package, step: str, again: list[str]
) -> None:
    dead = file_package.run("run", "-i", "topic=x", "--thread", "T", TEST_CRASH=step)
    assert dead.returncode == 9
    file_package.log()
    result = resume(file_package)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == FINAL
    ran = file_package.log()
    if step == "item3":  # item4 was in flight, or had not begun
        assert set(ran) <= set(again)
        assert "item3" in ran
    elif step == "polish2":  # the slow branch was in flight
        assert sorted(set(ran) - {"slow"}) == sorted(again)
    else:
        assert sorted(ran) == sorted(again)


def test_siblings_of_a_failed_step_finish_and_are_kept(package: Package) -> None:
    failed = start(package, TEST_FAIL="left")
    assert failed.returncode == 1
    assert json.loads(failed.stdout) == {
        "status": "failed",
        "kind": "ValueError",
        "message": "left was told to fail",
        "node": "left",
        "place": "approval.yaml:7",
        "thread": "T",
    }
    assert (
        "error: node `left` (approval.yaml:7): ValueError: left was told to fail" in failed.stderr
    )
    assert "help: `python -m approval resume --thread T` continues the run" in failed.stderr
    assert package.log() == ["first_note", "left", "slow"]
    assert json.loads(resume(package).stdout) == FINAL
    assert "slow" not in package.log()


def test_a_failed_item_keeps_the_finished_ones(package: Package) -> None:
    failed = start(package, TEST_FAIL="item2")
    assert json.loads(failed.stdout)["message"] == "item 2: item2 was told to fail"
    package.log()
    assert json.loads(resume(package).stdout) == FINAL
    assert "item0" not in package.log()


def test_a_pause_inside_a_branch_lets_the_others_work(package: Package) -> None:
    paused = start(package, TEST_ASK="first")
    assert paused.returncode == 4
    assert json.loads(paused.stdout) == {
        "status": "paused",
        "thread": "T",
        "node": "first",
        "ask": "first ok?",
        "choices": ["approve", "reject"],
    }
    assert sorted(package.log()) == sorted(["first_note", *BRANCHES])

    again = resume(package, TEST_ASK="first")
    assert (again.returncode, again.stdout) == (4, paused.stdout)
    wrong = resume(package, "--answer", "rejet", TEST_ASK="first")
    assert wrong.returncode == 2
    assert "did you mean `reject`?" in wrong.stderr
    assert package.log() == []

    done = resume(package, "--answer", "reject", TEST_ASK="first")
    assert json.loads(done.stdout) == {**FINAL, "verdict": "reject"}
    assert package.log()[0] == "join"


def test_several_open_questions_are_answered_by_name(package: Package) -> None:
    env = {"TEST_ASK": "first,second"}
    paused = json.loads(start(package, **env).stdout)
    assert [each["node"] for each in paused["pending"]] == ["first", "second"]
    unnamed = resume(package, "--answer", "approve", **env)
    assert unnamed.returncode == 2
    assert "expected `node=text` with node one of `first`, `second`" in unnamed.stderr
    partly = resume(package, "--answer", "second=approve", **env)
    assert partly.returncode == 4
    assert json.loads(partly.stdout)["node"] == "first"
    done = resume(package, "--answer", "first=reject", **env)
    assert json.loads(done.stdout) == {**FINAL, "verdict": "reject", "second": "approve"}


class Clock:
    """What `time.time` says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_after_the_deadline_the_default_answers(package: Package, clock: Clock) -> None:
    env = {"TEST_ASK": "first", "TEST_WAIT": "60", "TEST_DEFAULT": "approve"}
    assert start(package, **env).returncode == 4
    clock.now += 59
    assert resume(package, **env).returncode == 4
    clock.now += 2
    assert json.loads(resume(package, **env).stdout) == {**FINAL, "verdict": "approve"}


def test_answering_one_question_does_not_give_the_other_more_time(
    package: Package, clock: Clock
) -> None:
    env = {"TEST_ASK": "first,second", "TEST_WAIT": "60", "TEST_DEFAULT": "approve"}
    start(package, **env)
    clock.now += 50
    assert resume(package, "--answer", "first=reject", **env).returncode == 4
    clock.now += 11
    done = resume(package, **env)
    assert json.loads(done.stdout) == {**FINAL, "verdict": "reject", "second": "approve"}


def test_without_a_default_the_node_fails_after_the_deadline(
    package: Package, clock: Clock
) -> None:
    env = {"TEST_ASK": "first", "TEST_WAIT": "60"}
    start(package, **env)
    clock.now += 61
    failed = resume(package, **env)
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["kind"] == "NodeTimeout"
    assert json.loads(failed.stdout)["message"] == "nobody answered within 60 s"


def test_a_simulated_run_does_not_wait_and_stays_simulated(package: Package) -> None:
    done = package.main("run", "-i", "topic=x", "--json", "--simulate", TEST_ASK="first")
    assert json.loads(done.stdout)["verdict"] == "approve"
    package.main(
        "run", "-i", "topic=x", "--thread", "S", "--simulate", TEST_FAIL="publish", TEST_ASK="first"
    )
    resumed = package.main("resume", "--thread", "S", TEST_ASK="first")
    assert resumed.stderr.startswith("simulated run: ")


def test_a_finished_run_shows_its_result_again(package: Package) -> None:
    first = start(package)
    package.log()
    again = resume(package)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert package.log() == []
    answered = resume(package, "--answer", "yes")
    assert answered.returncode == 2
    assert "the run does not wait for an answer" in answered.stderr


def test_a_thread_is_never_begun_twice(package: Package) -> None:
    start(package, TEST_FAIL="publish")
    package.log()
    assert "has begun already: continue it with `resume --thread T`" in start(package).stderr
    resume(package)
    package.log()
    twice = start(package)
    assert twice.returncode == 2
    assert "has finished already: `resume --thread T` shows its result" in twice.stderr
    assert package.log() == []


def test_unknown_threads_and_other_versions_are_refused(package: Package) -> None:
    unknown = resume(package)
    assert unknown.returncode == 2
    assert "there is no saved run `T`" in unknown.stderr
    start(package, TEST_FAIL="publish")
    other = resume(package, TEST_GRAPH_HASH="two")
    assert other.returncode == 2
    assert "was begun by another version of approval" in other.stderr
    assert resume(package).returncode == 0


def test_ctrl_c_names_the_run_that_can_be_continued(file_package: Package) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "approval", "run", "-i", "topic=x"],
        cwd=file_package.folder,
        env=file_package.environment(TEST_CRASH="publish", TEST_WAIT="9"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("slow"):
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    thread = err.split("resume --thread ")[1].split("`")[0]
    assert "Traceback" not in err
    resumed = file_package.main("resume", "--thread", thread, "--json")
    assert json.loads(resumed.stdout) == FINAL


def test_runs_are_saved_where_the_environment_says(file_package: Package, tmp_path: Path) -> None:
    start(file_package, AGENTC_CHECKPOINTS=str(tmp_path / "elsewhere" / "runs.sqlite"))
    assert (tmp_path / "elsewhere" / "runs.sqlite").exists()
    assert not (tmp_path / "data").exists()
