"""A build that is killed at any moment leaves the old files, or lets them be given back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.write import WriteError, apply, changes, recover
from tests.unit.write.projects import tree, wanted

OLD = {"keep.py": "k\n", "change.py": "1\n", "gone.py": "g\n", "x/a.py": "a\n", "y": "y\n"}
NEW = {"keep.py": "k\n", "change.py": "2\n", "x": "now a file\n", "y/b.py": "now a folder\n"}

# Runs a real build in a process of its own that dies at the given change of the file system.
_KILLED = """
import os, signal, sys
sys.path[:0] = {paths!r}
from projects import wanted
from compiler.write import apply, changes
from pathlib import Path
change_set = changes(wanted({new!r}), Path({out!r}))
left = {moment}
def dying(name):
    real = getattr(os, name)
    def call(*args, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **options)
    setattr(os, name, call)
for name in ("replace", "rename", "link", "unlink", "rmdir", "mkdir"):
    dying(name)
apply(change_set)
"""


def _old(root: Path) -> Path:
    apply(changes(wanted(OLD), root))
    (root / "mine.txt").write_text("mine")
    return root


def _build_killed(out: Path, moment: int) -> int:
    here = Path(__file__).resolve()
    paths = [str(here.parent), str(here.parents[3])]
    code = _KILLED.format(paths=paths, new=NEW, out=str(out), moment=moment)
    return subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_build_killed_at_any_moment_can_be_undone(tmp_path: Path) -> None:
    new = tree(_fresh(tmp_path / "new"))
    killed = 0
    for moment in range(200):
        out = _old(tmp_path / f"out{moment}")
        old = tree(out)
        stamps = {path: (out / path).stat().st_mtime_ns for path in OLD}
        code = _build_killed(out, moment)
        if code == 0:
            assert tree(out) == new
            break
        assert code == -signal.SIGKILL
        killed += 1
        interrupted = changes(wanted(NEW), out).was_cut_off
        if not interrupted:
            assert tree(out) in (old, new), f"killed at {moment}: files changed without a journal"
        assert recover(out) == interrupted
        if interrupted or tree(out) != new:
            assert tree(out) == old, f"killed at {moment}"
            assert {path: (out / path).stat().st_mtime_ns for path in OLD} == stamps
        assert not (out / ".agentc/stage").exists()
        apply(changes(wanted(NEW), out))
        assert tree(out) == new
    else:
        pytest.fail("the build never got through")
    assert killed > 15, "the moments between staging and the last rename were all tried"


def _fresh(root: Path) -> Path:
    apply(changes(wanted(NEW), root))
    (root / "mine.txt").write_text("mine")
    return root


def test_a_first_build_that_is_killed_leaves_no_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert _build_killed(out, 3) == -signal.SIGKILL
    assert not out.exists()


def test_a_write_that_fails_half_way_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = _old(tmp_path / "out")
    old = tree(out)
    real = os.replace

    def full(source: str, target: str) -> None:
        if str(target).endswith("y/b.py"):
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(WriteError, match="no space left"):
        apply(changes(wanted(NEW), out))
    monkeypatch.undo()
    assert tree(out) == old
    assert not (out / ".agentc/stage").exists()


def test_a_journal_from_elsewhere_cannot_reach_files_outside(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (out / "link").symlink_to(tmp_path)
    stage = out / ".agentc/stage"
    (stage / "old").mkdir(parents=True)
    (stage / "old/3").write_text("evil")
    steps = [
        {"path": "../victim", "had": False},
        {"path": str(victim), "had": False},
        {"path": "link/victim", "had": False},
        {"path": "../victim", "had": True},
        {"path": "", "had": True},
    ]
    (stage / "journal.json").write_text(json.dumps(steps))
    assert recover(out)
    assert victim.read_text() == "precious"


def test_what_the_user_made_after_the_crash_is_not_taken_away(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    stage = out / ".agentc/stage"
    (stage / "new").mkdir(parents=True)
    (stage / "new/0").write_text("never put in place")
    (stage / "journal.json").write_text(json.dumps([{"path": "later.py", "had": False}]))
    (out / "later.py").write_text("mine")
    assert recover(out)
    assert (out / "later.py").read_text() == "mine"


def test_two_builds_do_not_write_at_once(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    out = _old(tmp_path / "out")
    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(WriteError, match="another build"):
            apply(changes(wanted(NEW), out))
    finally:
        os.close(handle)
    apply(changes(wanted(NEW), out))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="must become another user")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    for folder in (out, tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o005:
            folder.chmod(0o755)
    before = tree(out)
    here = Path(__file__).resolve()
    code = (
        f"import os, sys; sys.path[:0] = [{str(here.parent)!r}, {str(here.parents[3])!r}]\n"
        "from pathlib import Path\nfrom projects import wanted\n"
        "from compiler.write import WriteError, apply, changes\n"
        "os.setuid(65534)\n"
        f"try: apply(changes(wanted({NEW!r}), Path({str(out)!r})))\n"
        "except WriteError as error: print(error)\n"
    )
    line = [sys.executable, "-B", "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert "permission denied" in done.stdout, done.stderr
    assert tree(out) == before
