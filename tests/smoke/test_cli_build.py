"""`agentc build`: what is written, what is refused, and how CI asks whether it is current."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.smoke.agentc import GOOD, TYPO, agentc, command, environment, snapshot, write


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `flow.yaml` and its build `out`, which tests copy."""
    folder = tmp_path_factory.mktemp("built")
    write(folder, "flow.yaml", GOOD)
    done = agentc("build", "flow.yaml", "-o", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return folder


@pytest.fixture
def here(built: Path, tmp_path: Path) -> Path:
    """A copy of `built`, with its times."""
    subprocess.run(["cp", "-a", f"{built}/.", str(tmp_path)], check=True)
    return tmp_path


def test_a_build_is_the_same_on_every_path(built: Path, tmp_path: Path) -> None:
    write(tmp_path, "deep/er/flow.yaml", GOOD)
    line = ("build", f"{tmp_path}/deep/er/flow.yaml", "-o", f"{tmp_path}/elsewhere/out2")
    assert agentc(*line, cwd=built, env={"PYTHONHASHSEED": "7"}).returncode == 0
    assert snapshot(tmp_path / "elsewhere/out2") == snapshot(built / "out")
    manifest = json.loads((built / "out/.agentc/manifest.json").read_text())
    assert manifest["source"]["name"] == "flow.yaml"
    assert set(manifest["files"]) == set(snapshot(built / "out")) - {".agentc/manifest.json"}


def test_an_equal_build_keeps_every_time(here: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (here / "out").rglob("*")}
    done = agentc("build", "flow.yaml", "-o", "out", cwd=here)
    assert done.returncode == 0
    assert "unchanged" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in (here / "out").rglob("*")} == before


def test_check_is_0_when_current_and_3_with_the_command_that_helps_when_stale(here: Path) -> None:
    assert agentc("build", "flow.yaml", "-o", "out", "--check", cwd=here).returncode == 0
    write(here, "flow.yaml", GOOD.replace("Write about", "Write on"))
    before = snapshot(here)
    done = agentc("build", "flow.yaml", "-o", "out", "--check", cwd=here)
    assert done.returncode == 3
    assert "error[AC902]" in done.stderr
    assert snapshot(here) == before
    help = next(line for line in done.stderr.splitlines() if "help: run `" in line)
    name, *arguments = shlex.split(help.split("`")[1])
    assert name == "agentc"
    assert agentc(*arguments, cwd=here).returncode == 0
    assert agentc("build", "flow.yaml", "-o", "out", "--check", cwd=here).returncode == 0


def test_check_of_a_missing_folder_is_3(here: Path) -> None:
    done = agentc("build", "flow.yaml", "-o", "none", "--check", cwd=here)
    assert done.returncode == 3
    assert not (here / "none").exists()


def test_a_hand_edit_is_3_with_its_line_and_nothing_is_written(here: Path) -> None:
    nodes = here / "out/article/nodes.py"
    nodes.write_text(nodes.read_text() + "# mine\n")
    before = snapshot(here)
    write(here, "flow.yaml", GOOD.replace("Write about", "Write on"))
    for mode in ([], ["--check"], ["--diff"]):
        done = agentc("build", "flow.yaml", "-o", "out", *mode, cwd=here)
        assert done.returncode == 3
        assert "error[AC901]: `article/nodes.py` is generated" in done.stderr
        assert "# mine" in done.stderr
    assert snapshot(here / "out") == {
        path.removeprefix("out/"): data for path, data in before.items() if path.startswith("out/")
    }
    done = agentc("build", "flow.yaml", "-o", "out", "--force", "--backup", cwd=here)
    assert done.returncode == 0
    assert "# mine" in (here / "out/article/nodes.py.orig").read_text()
    assert "# mine" not in nodes.read_text()


def test_diff_prints_a_patch_and_writes_nothing(here: Path) -> None:
    write(here, "flow.yaml", GOOD.replace("Write about", "Write on"))
    before = snapshot(here)
    done = agentc("build", "flow.yaml", "-o", "out", "--diff", cwd=here)
    assert done.returncode == 0
    assert '-WRITE = "Write about {topic}"\n+WRITE = "Write on {topic}"\n' in done.stdout
    assert snapshot(here) == before
    patch = subprocess.run(
        ["git", "apply", "-"], input=done.stdout, text=True, cwd=here / "out", check=False
    )
    assert patch.returncode == 0


def test_a_removed_node_leaves_no_trace(here: Path) -> None:
    code = (
        "flow: {name: article}\n"
        "state: {topic: {type: str, required: true}, draft: str}\n"
        "nodes: [{id: write, set: {draft: topic}}]\n"
        "edges: [START -> write -> END]\n"
    )
    write(here, "flow.yaml", code)
    assert agentc("build", "flow.yaml", "-o", "out", cwd=here).returncode == 0
    assert agentc("build", "flow.yaml", "-o", "fresh", cwd=here).returncode == 0
    assert snapshot(here / "out") == snapshot(here / "fresh")
    assert not (here / "out/article/prompts.py").exists()


def test_files_of_the_user_are_left_alone_and_refused_places_named(here: Path) -> None:
    write(here, "other/README.md", "mine")
    write(here, "other/notes.txt", "mine")
    done = agentc("build", "flow.yaml", "-o", "other", "--force", cwd=here)
    assert done.returncode == 3
    assert "error[AC903]: `README.md` was not written by agentc" in done.stderr
    assert set(snapshot(here / "other")) == {"README.md", "notes.txt"}


def test_the_report_is_json_on_stdout(here: Path) -> None:
    done = agentc("build", "flow.yaml", "-o", "two", "--report", "json", cwd=here)
    envelope = json.loads(done.stdout)
    assert envelope["build"]["package"] == "article"
    changes = {each["path"]: each for each in envelope["build"]["changes"]}
    assert changes["article/nodes.py"]["action"] == "create"
    assert changes["article/_runtime/llm.py"]["kind"] == "vendor"
    assert changes["article/_runtime/llm.py"]["reason"]


def test_a_workflow_with_errors_writes_nothing(here: Path) -> None:
    write(here, "bad.yaml", TYPO)
    done = agentc("build", "bad.yaml", "-o", "bad", cwd=here)
    assert done.returncode == 1
    assert "error[AC201]" in done.stderr
    assert not (here / "bad").exists()


def test_dangerous_folders_are_refused(here: Path) -> None:
    for folder in ("/", str(here), str(here.parent)):
        done = agentc("build", "flow.yaml", "-o", folder, cwd=here, env={"HOME": str(here)})
        assert done.returncode == 1, folder
        assert "error[AC904]" in done.stderr
    source = GOOD.replace('prompt: "Write about {topic}"', "prompt: {file: README.md}")
    write(here, "src/flow.yaml", source)
    write(here, "src/README.md", "Write about {topic}")
    done = agentc("build", "src/flow.yaml", "-o", "src", "--force", cwd=here)
    assert done.returncode == 1
    assert (here / "src/README.md").read_text() == "Write about {topic}"
    done = agentc("build", "flow.yaml", "-o", "flow.yaml/out", cwd=here)
    assert done.returncode == 1
    assert "error[AC904]" in done.stderr


def test_a_build_that_was_cut_off_is_undone_first(here: Path) -> None:
    stage = here / "out/.agentc/stage"
    (stage / "old").mkdir(parents=True)
    nodes = here / "out/article/nodes.py"
    nodes.rename(stage / "old/0")
    nodes.write_text("half a new tree")
    (stage / "journal.json").write_text(json.dumps([{"path": "article/nodes.py", "had": True}]))
    done = agentc("build", "flow.yaml", "-o", "out", "--check", cwd=here)
    assert done.returncode == 3
    assert "a build was cut off" in done.stderr
    done = agentc("build", "flow.yaml", "-o", "out", cwd=here)
    assert done.returncode == 0
    assert "undid a build that was cut off" in done.stderr
    assert agentc("build", "flow.yaml", "-o", "out", "--check", cwd=here).returncode == 0


@pytest.mark.slow
def test_watch_builds_again_after_a_change_of_any_file_it_depends_on(here: Path) -> None:
    source = GOOD.replace('prompt: "Write about {topic}"', "prompt: {file: prompts/p.md}")
    write(here, "w/flow.yaml", source)
    prompt = write(here, "w/prompts/p.md", "First {topic}")
    child = subprocess.Popen(
        command("build", "w/flow.yaml", "-o", "watched", "--watch"),
        cwd=here,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    prompts = here / "watched/article/prompts.py"
    try:
        _wait(lambda: prompts.exists() and "First" in prompts.read_text())
        time.sleep(1)
        prompt.write_text("Second {topic}")
        _wait(lambda: "Second" in prompts.read_text())
        time.sleep(1)
        prompt.write_text("Third {topik}")
        time.sleep(3)
        assert "Second" in prompts.read_text(), "a mistake leaves the last good build"
        prompt.write_text("Fourth {topic}")
        _wait(lambda: "Fourth" in prompts.read_text())
    finally:
        os.kill(child.pid, signal.SIGINT)
        _, error = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "error[AC404]" in error


def _wait(is_done: object) -> None:
    assert callable(is_done)
    end = time.monotonic() + 40
    while not is_done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
