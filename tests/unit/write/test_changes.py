"""What a build would do to a folder, case by case, and what it then does."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.write import (
    MANIFEST,
    Action,
    ChangeSet,
    Wanted,
    WantedFile,
    apply,
    changes,
    unified_diff,
)
from tests.unit.write.projects import tree, wanted

OLD = {"a.py": "1\n", "p/b.py": "2\n", "p/c.py": "3\n"}


def built(root: Path, files: dict[str, str]) -> Path:
    """Build a project into a folder and return it."""
    apply(changes(wanted(files), root))
    return root


def actions(change_set: ChangeSet) -> dict[str, str]:
    """Return the action of each path that is not left alone."""
    return {
        change.path: change.action.value
        for change in change_set.changes
        if change.action is not Action.UNCHANGED
    }


def test_a_new_folder_holds_exactly_the_project(tmp_path: Path) -> None:
    out = built(tmp_path / "x/out", OLD)
    assert tree(out) == {"a.py": b"1\n", "p": "folder", "p/b.py": b"2\n", "p/c.py": b"3\n"}
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["out"]
    manifest = json.loads((out / MANIFEST).read_bytes())
    assert manifest["format_version"] == 1
    assert list(manifest["files"]) == sorted(OLD)
    assert str(tmp_path) not in (out / MANIFEST).read_text()
    umask = os.umask(0)
    os.umask(umask)
    assert out.stat().st_mode & 0o777 == 0o777 & ~umask


def test_an_equal_build_touches_nothing(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    before = {path: path.stat() for path in out.rglob("*")}
    change_set = changes(wanted(OLD), out)
    assert change_set.is_current
    apply(change_set)
    assert {path: path.stat() for path in out.rglob("*")} == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    kept = (out / "a.py").stat()
    new = {"a.py": "1\n", "p/b.py": "two\n", "q/d.py": "4\n"}
    change_set = changes(wanted(new), out)
    assert actions(change_set) == {"p/b.py": "update", "p/c.py": "delete", "q/d.py": "create"}
    apply(change_set)
    assert tree(out) == {
        "a.py": b"1\n",
        "p": "folder",
        "p/b.py": b"two\n",
        "q": "folder",
        "q/d.py": b"4\n",
    }
    assert (out / "a.py").stat() == kept
    assert changes(wanted(new), out).is_current
    assert not (out / ".agentc/stage").exists()


def test_a_missing_file_is_made_again(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    (out / "p/b.py").unlink()
    change_set = changes(wanted(OLD), out)
    assert not change_set.is_current
    assert actions(change_set) == {"p/b.py": "create"}


def test_a_file_changed_by_hand_is_refused_and_kept(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    (out / "a.py").write_text("mine\n")
    change_set = changes(wanted({**OLD, "a.py": "new\n"}), out)
    assert actions(change_set) == {"a.py": "conflict"}
    assert change_set.is_blocked()
    with pytest.raises(ValueError):
        apply(change_set)
    assert (out / "a.py").read_text() == "mine\n"


def test_force_overwrites_and_backup_keeps_a_copy(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    for text in ("mine\n", "mine again\n"):
        (out / "a.py").write_text(text)
        apply(changes(wanted(OLD), out), force=True, backup=True)
    assert (out / "a.py").read_text() == "1\n"
    assert (out / "a.py.orig").read_text() == "mine\n"
    assert (out / "a.py.orig2").read_text() == "mine again\n"


def test_a_change_by_hand_that_is_what_a_build_would_write_is_fine(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    (out / "a.py").write_text("new\n")
    new = {**OLD, "a.py": "new\n"}
    assert actions(changes(wanted(new), out)) == {}
    apply(changes(wanted(new), out))
    assert changes(wanted(new), out).is_current


def test_an_orphan_changed_by_hand_stays(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    (out / "p/c.py").write_text("mine\n")
    new = {"a.py": "1\n", "p/b.py": "2\n"}
    change_set = changes(wanted(new), out)
    assert actions(change_set) == {"p/c.py": "kept"}
    apply(change_set)
    assert (out / "p/c.py").read_text() == "mine\n"
    assert actions(changes(wanted(new), out)) == {}, "from now on it is the user's"


def test_files_of_others_are_never_touched(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    (out / "a.py").write_text("mine")
    change_set = changes(wanted(OLD), out)
    assert actions(change_set)["a.py"] == "foreign"
    assert change_set.is_blocked(force=True)
    (out / "a.py").unlink()
    built(out, OLD)
    built(out, {"a.py": "1\n"})
    assert tree(out) == {"a.py": b"1\n", "notes.txt": b"mine"}


def test_another_workflow_is_not_replaced_but_a_renamed_one_is(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    other = changes(wanted({"a.py": "9\n"}, package="other", source="other.yaml"), out)
    assert other.other_source == "flow.yaml"
    assert other.is_blocked(force=True)
    assert not changes(wanted(OLD, source="renamed.yaml"), out).is_blocked()
    assert not changes(wanted(OLD, package="renamed"), out).is_blocked()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": "file\n"}, {"a/b": "in a folder\n"}),
        ({"a/b": "in a folder\n", "a/c/d": "deeper\n"}, {"a": "file\n"}),
        ({"a/b": "1\n"}, {"a/b/c": "2\n"}),
    ],
)
def test_a_file_gives_way_to_a_folder_and_back(
    tmp_path: Path, old: dict[str, str], new: dict[str, str]
) -> None:
    out = built(tmp_path / "out", {**old, "z": "z"})
    built(out, {**new, "z": "z"})
    assert tree(out) == tree(built(tmp_path / "fresh", {**new, "z": "z"}))


def test_a_folder_with_files_of_others_does_not_give_way(tmp_path: Path) -> None:
    out = built(tmp_path / "out", {"a/b": "1\n", "z": "z"})
    (out / "a/mine").write_text("mine")
    change_set = changes(wanted({"a": "file\n", "z": "z"}), out)
    assert actions(change_set) == {"a": "foreign", "a/b": "delete"}
    assert change_set.is_blocked(force=True)


def test_byte_code_of_removed_modules_goes_with_them(tmp_path: Path) -> None:
    out = built(tmp_path / "out", {"p/a.py": "1\n", "z": "z"})
    (out / "p/__pycache__").mkdir()
    (out / "p/__pycache__/a.cpython-311.pyc").write_bytes(b"\0")
    built(out, {"p": "a file\n", "z": "z"})
    assert tree(out) == {"p": b"a file\n", "z": b"z"}


@pytest.mark.parametrize("place", ["p", "p/b.py", ".agentc", ".agentc/manifest.json"])
def test_links_are_not_followed(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    (outside / "p").mkdir(parents=True)
    (outside / "p/b.py").write_text("precious")
    (outside / "manifest.json").write_text("precious")
    before = tree(outside)
    out = tmp_path / "out"
    (out / place).parent.mkdir(parents=True)
    (out / place).symlink_to(outside / ("p" if place == "p" else ""), target_is_directory=True)
    change_set = changes(wanted(OLD), out)
    assert change_set.is_blocked(force=True)
    assert {change.note for change in change_set.having(Action.FOREIGN)} == {f"`{place}` is a link"}
    assert tree(outside) == before


def test_a_link_to_the_folder_itself_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    built(tmp_path / "out", OLD)
    assert (tmp_path / "real/a.py").read_text() == "1\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[" * 100_000,
        '{"format_version": 2, "files": {}}',
        '{"format_version": 1, "files": 3}',
        "<<<<<<< HEAD",
        "\udcff",
    ],
)
def test_a_manifest_that_is_none_makes_everything_foreign(tmp_path: Path, text: str) -> None:
    out = built(tmp_path / "out", OLD)
    (out / MANIFEST).write_text(text, encoding="utf-8", errors="surrogateescape")
    assert actions(changes(wanted({**OLD, "a.py": "new\n"}), out)) == {"a.py": "foreign"}
    assert not changes(wanted(OLD), out).is_blocked(), "equal files are taken over"


def test_a_manifest_from_elsewhere_cannot_name_files_outside(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    victim = tmp_path / "victim"
    victim.write_text("1\n")
    data = json.loads((out / MANIFEST).read_bytes())
    data["files"]["../victim"] = data["files"]["a.py"]
    data["files"][str(victim)] = data["files"]["a.py"]
    (out / MANIFEST).write_text(json.dumps(data))
    built(out, {"a.py": "1\n"})
    assert victim.read_text() == "1\n"


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", "", "a//b", "C:x", "a\\b", ".agentc/x"])
def test_paths_that_leave_the_folder_are_a_bug_of_the_caller(path: str) -> None:
    with pytest.raises(ValueError):
        Wanted("p", "s", "0", "1", {path: WantedFile(b"", "render")})


def test_a_new_version_of_agentc_alone_changes_nothing(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    before = (out / MANIFEST).read_bytes()
    now = wanted(OLD)
    newer = Wanted(now.package, now.source_name, now.source_sha256, "2.0", now.files)
    assert changes(newer, out).is_current
    apply(changes(newer, out))
    assert (out / MANIFEST).read_bytes() == before


def test_rights_of_a_file_survive_an_update(tmp_path: Path) -> None:
    out = built(tmp_path / "out", OLD)
    (out / "a.py").chmod(0o750)
    built(out, {**OLD, "a.py": "new\n"})
    assert (out / "a.py").stat().st_mode & 0o777 == 0o750


def test_the_diff_is_one_that_patch_applies(tmp_path: Path) -> None:
    old = {"a": "1\n2\n3", "gone": "x\n", "same": "s\n", "cr": "a\rb\n"}
    new = {"a": "1\ntwo\n3\n", "new": "n", "same": "s\n", "cr": "a\rc\n"}
    out = built(tmp_path / "out", old)
    text = unified_diff(changes(wanted(new), out).changes)
    (tmp_path / "d.patch").write_bytes(text.encode())
    assert os.system(f"cd {out} && git apply ../d.patch") == 0
    assert tree(out) == tree(built(tmp_path / "fresh", new))


_names = st.sampled_from(["a", "b", "c"])
_paths = st.lists(_names, min_size=1, max_size=3).map("/".join)


@st.composite
def _projects(draw: st.DrawFn) -> dict[str, str]:
    """Files of a project: no path is both a file and a folder."""
    files: dict[str, str] = {}
    for path in draw(st.lists(_paths, max_size=6)):
        if not any(f"{path}/".startswith(f"{o}/") or f"{o}/".startswith(f"{path}/") for o in files):
            files[path] = draw(st.sampled_from(["1\n", "2\n"]))
    return files


@given(st.lists(_projects(), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_after_any_builds_the_folder_holds_the_last_project_alone(
    projects: list[dict[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for files in projects:
            built(Path(folder) / "out", files)
        fresh = tree(built(Path(folder) / "fresh", projects[-1]))
        assert tree(Path(folder) / "out") == fresh
        assert changes(wanted(projects[-1]), Path(folder) / "out").is_current
