"""The file tools: what they do, and that nothing outside of their folders can be reached."""

import contextlib
import os
import threading
import time
from pathlib import Path

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.tools.file_glob import file_glob
from runtime_stubs.tools.file_move import file_move
from runtime_stubs.tools.file_read import file_read
from runtime_stubs.tools.file_write import file_write
from runtime_stubs.tools.root import Roots

from .calling import call, refusal


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with files, links out of it, and a secret beside it."""
    inside = tmp_path / "inside"
    (inside / "docs" / "deep").mkdir(parents=True)
    (inside / "a.txt").write_text("alpha")
    (inside / "docs" / "b.md").write_text("beta")
    (inside / "docs" / "deep" / "c.md").write_text("gamma")
    (inside / ".hidden").write_text("hidden")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "linked").symlink_to(tmp_path / "outside")
    (inside / "up").symlink_to("..")
    (inside / "loop").symlink_to("loop")
    os.mkfifo(inside / "pipe")
    return inside


OUTSIDE = [
    "../secret.txt", "docs/../../secret.txt", "./../secret.txt", "/etc/passwd", "{tmp}/secret.txt",
    "{root}/../secret.txt", "{root}x/a", "link.txt", "linked/secret.txt", "up/secret.txt",
    "up/inside/../secret.txt", "loop", "loop/x", "linked/../../secret.txt", "a.txt\0.md", "~/x",
    "docs/../link.txt", "//etc/passwd", "a.txt/../../secret.txt", "/proc/self/environ", "",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_can_be_read_written_or_moved(path: str, root: Path) -> None:
    tmp = root.parent
    before = sorted(str(p) for p in tmp.rglob("*"))
    roots = [str(root)]
    wanted = path.replace("{tmp}", str(tmp)).replace("{root}", str(root))
    assert refusal(file_read(roots=roots), path=wanted)
    assert refusal(file_move(roots=roots, overwrite=True), source=wanted, target="moved.txt")
    if path != "~/x":  # a name like any other inside the folder
        assert refusal(file_write(roots=roots), path=wanted, text="won")
        assert refusal(file_move(roots=roots, overwrite=True), source="a.txt", target=wanted)
        assert refusal(file_write(roots=roots), path=wanted, text="won", mode="append")
        assert sorted(str(p) for p in tmp.rglob("*")) == before
    assert (tmp / "secret.txt").read_text() == "secret"
    assert (tmp / "outside" / "secret.txt").read_text() == "secret"


def test_reading(root: Path) -> None:
    tool = file_read(roots=[str(root)], max_bytes=10)
    assert call(tool, path="a.txt") == "alpha"
    assert call(tool, path="docs/../docs/b.md") == "beta"
    assert call(tool, path=str(root / "a.txt")) == "alpha"
    (root / "big").write_bytes(b"x" * 11)
    (root / "binary").write_bytes(b"\xff\xfe")
    assert refusal(tool, path="big") == "`big` is larger than 10 bytes"
    assert refusal(tool, path="binary") == "`binary` is not utf-8 text"
    assert refusal(tool, path="none.txt") == "`none.txt` does not exist"
    assert refusal(tool, path="docs") == "`docs` is not an ordinary file"
    assert refusal(tool, path="pipe") == "`pipe` is not an ordinary file"
    assert "not a folder" in refusal(tool, path="a.txt/x")


def test_several_roots(root: Path) -> None:
    tool = file_read(roots=[str(root / "docs"), str(root.parent / "outside")])
    assert call(tool, path="b.md") == "beta"
    assert call(tool, path=str(root.parent / "outside" / "secret.txt")) == "secret"
    assert "outside of the folders" in refusal(tool, path=str(root / "a.txt"))


def test_a_root_may_itself_be_reached_through_a_link(root: Path) -> None:
    (root.parent / "alias").symlink_to(root)
    tool = file_read(roots=[str(root.parent / "alias")])
    assert call(tool, path="a.txt") == "alpha"
    assert call(tool, path=str(root.parent / "alias" / "a.txt")) == "alpha"


def test_writing(root: Path) -> None:
    tool = file_write(roots=[str(root)], max_bytes=20)
    assert call(tool, path="new/deep/x.txt", text="é") == {"path": "new/deep/x.txt", "bytes": 2}
    assert (root / "new/deep/x.txt").read_text() == "é"
    call(tool, path="a.txt", text="one")
    call(tool, path="a.txt", text=" two", mode="append")
    assert (root / "a.txt").read_text() == "one two"
    assert refusal(tool, path="a.txt", text="x", mode="create") == "`a.txt` exists already"
    assert "at most 20" in refusal(tool, path="a.txt", text="x" * 21)
    assert refusal(tool, path="docs", text="x")
    assert refusal(tool, path="pipe", text="x")
    assert list(root.rglob("*.part")) == []


def test_a_replaced_file_does_not_change_its_hard_links(root: Path) -> None:
    os.link(root.parent / "secret.txt", root / "hard.txt")
    call(file_write(roots=[str(root)]), path="hard.txt", text="won")
    assert (root.parent / "secret.txt").read_text() == "secret"


def test_a_missing_root_is_made_only_to_write(tmp_path: Path) -> None:
    roots = [str(tmp_path / "later")]
    assert refusal(file_read(roots=roots), path="x")
    call(file_write(roots=roots), path="x", text="y")
    assert call(file_read(roots=roots), path="x") == "y"


def test_moving(root: Path) -> None:
    tool = file_move(roots=[str(root)])
    assert call(tool, source="a.txt", target="old/a.txt") == {"path": "old/a.txt"}
    assert (root / "old/a.txt").read_text() == "alpha"
    assert not (root / "a.txt").exists()
    message = refusal(tool, source="old/a.txt", target="docs/b.md")
    assert message == "`docs/b.md` exists already"
    call(file_move(roots=[str(root)], overwrite=True), source="old/a.txt", target="docs/b.md")
    assert (root / "docs/b.md").read_text() == "alpha"


GLOBS = {
    "**/*.md": ["docs/b.md", "docs/deep/c.md"],
    "*": ["a.txt", "pipe"],
    "docs/*": ["docs/b.md"],
    "docs/**": ["docs/b.md", "docs/deep/c.md"],
    "./docs/?.md": ["docs/b.md"],
    "[ab].txt": ["a.txt"],
    "[!a].txt": [],
    "none": [],
    "a.t(x|y)t": [],
    "linked/*": [],
    "up/*": [],
}


@pytest.mark.parametrize("pattern", GLOBS)
def test_globbing(pattern: str, root: Path) -> None:
    found = call(file_glob(roots=[str(root)]), pattern=pattern)
    assert [f for f in found if "link" not in f and f != "loop"] == GLOBS[pattern]  # type: ignore[attr-defined]


def test_globbing_has_limits(root: Path) -> None:
    tool = file_glob(roots=[str(root)], max_results=1)
    assert refusal(tool, pattern="**/*.md") == "more than 1 files match `**/*.md`: narrow it down"
    assert refusal(tool, pattern="*" * 201).startswith("a pattern has at most")
    assert "leads outside" in refusal(tool, pattern="../*")
    assert "leads outside" in refusal(tool, pattern="/etc/*")


def test_no_pattern_takes_long(root: Path) -> None:
    """Tried one after the other, the ways in which this could match would take years."""
    (root / ("a" * 200)).write_text("")
    started = time.monotonic()
    found = call(file_glob(roots=[str(root)]), pattern="*a" * 60 + "b")
    assert found == []
    assert time.monotonic() - started < 2


def test_only_one_of_many_gets_a_new_name(root: Path) -> None:
    """Looking first whether a name is taken is not enough: another may take it meanwhile."""
    write, move = file_write(roots=[str(root)]), file_move(roots=[str(root)])
    for number in range(16):
        call(write, path=f"from/{number}", text=str(number))
    done: list[str] = []

    def compete(number: int, gate: threading.Barrier) -> None:
        gate.wait()
        for kind, tool, arguments in (
            ("made", write, {"path": "made", "text": str(number), "mode": "create"}),
            ("moved", move, {"source": f"from/{number}", "target": "moved"}),
        ):
            with contextlib.suppress(ToolError):
                call(tool, **arguments)
                done.append(f"{kind} {number}")

    gate = threading.Barrier(16)
    threads = [threading.Thread(target=compete, args=(number, gate)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = f"made {(root / 'made').read_text()}"
    moved = f"moved {(root / 'moved').read_text()}"
    assert sorted(done) == sorted([made, moved])
    assert len(list((root / "from").iterdir())) == 15
    assert not list(root.glob(".*.part"))


def test_no_race_gets_out(root: Path) -> None:
    """A folder that keeps turning into a link to the outside is never followed."""
    (root / "flip").mkdir()
    (root / "flip" / "secret.txt").write_text("mine")
    stop = threading.Event()

    def flip() -> None:
        while not stop.is_set():
            (root / "flip").rename(root / "parked")
            (root / "flip").symlink_to(root.parent / "outside")
            (root / "flip").unlink()
            (root / "parked").rename(root / "flip")

    flipping = threading.Thread(target=flip)
    flipping.start()
    roots = Roots([str(root)])
    seen: set[str] = set()
    try:
        end = time.monotonic() + 20
        tries = 0
        while tries < 3000 or ("mine" not in seen and time.monotonic() < end):
            tries += 1
            try:
                with roots.place("flip/secret.txt") as place:
                    descriptor = place.open_regular(os.O_RDONLY)
                    with os.fdopen(descriptor) as file:
                        seen.add(file.read())
            except ToolError as error:
                seen.add("link" if "link" in error.message else "gone")
    finally:
        stop.set()
        flipping.join()
    assert "secret" not in seen
    assert "mine" in seen


def test_no_folder_no_files() -> None:
    with pytest.raises(ToolError, match="no folder"):
        file_read(roots=[])
