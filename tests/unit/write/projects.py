"""Wanted projects and folders to compare them with."""

from __future__ import annotations

from pathlib import Path

from compiler.write import Wanted, WantedFile, sha256


def wanted(files: dict[str, str], *, package: str = "flow", source: str = "flow.yaml") -> Wanted:
    """Return a project with these files; the source's hash depends on them."""
    return Wanted(
        package,
        source,
        sha256(repr(sorted(files.items())).encode()),
        "1.0",
        {path: WantedFile(text.encode(), "render") for path, text in files.items()},
    )


def tree(root: Path) -> dict[str, bytes | str]:
    """Return everything below a folder but agentc's own: bytes of files, targets of links."""
    found: dict[str, bytes | str] = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root).as_posix()
        if relative.split("/")[0] == ".agentc":
            continue
        if path.is_symlink():
            found[relative] = f"-> {path.readlink()}"
        elif path.is_dir():
            found[relative] = "folder"
        else:
            found[relative] = path.read_bytes()
    return found
