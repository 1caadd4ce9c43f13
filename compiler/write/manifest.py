"""The manifest: what agentc has written into an output folder, and from which source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from compiler.record import dataclass, replace
from compiler.write.paths import STATE_FOLDER, is_inner_path

MANIFEST: Final = f"{STATE_FOLDER}/manifest.json"
FORMAT_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file that the output folder should hold; `kind` is the planner's word for where it comes from."""

    data: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A whole generated project; the paths of `files` are posix, below the output folder."""

    package: str
    source_name: str
    source_sha256: str
    compiler_version: str
    files: Mapping[str, WantedFile]

    def __post_init__(self) -> None:
        for path in self.files:
            if not is_inner_path(path) or path.split("/")[0] == STATE_FOLDER:
                raise ValueError(f"not a path for a generated file: {path!r}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A written file: its kind, and the SHA-256 of its bytes in hex."""

    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `MANIFEST`: no time, no absolute path."""

    package: str
    source_name: str
    source_sha256: str
    compiler_version: str
    files: Mapping[str, Entry]

    @classmethod
    def of(cls, wanted: Wanted) -> Manifest:
        """Return the manifest of a project."""
        files = {
            path: Entry(file.kind, sha256(file.data)) for path, file in sorted(wanted.files.items())
        }
        return cls(
            wanted.package,
            wanted.source_name,
            wanted.source_sha256,
            wanted.compiler_version,
            files,
        )

    def says_the_same(self, other: Manifest) -> bool:
        """Whether both describe the same files of the same source, whichever version wrote them."""
        return self == replace(other, compiler_version=self.compiler_version)

    def to_bytes(self) -> bytes:
        """Return the text of the file."""
        data = {
            "format_version": FORMAT_VERSION,
            "compiler": self.compiler_version,
            "package": self.package,
            "source": {"name": self.source_name, "sha256": self.source_sha256},
            "files": {
                path: {"kind": entry.kind, "sha256": entry.sha256}
                for path, entry in sorted(self.files.items())
            },
        }
        return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes in hex."""
    return hashlib.sha256(data).hexdigest()


def read_manifest(data: bytes) -> Manifest | None:
    """Return the manifest, None when it is none, or one of another format; it may come from anyone."""
    try:
        found = json.loads(data)
        if found["format_version"] != FORMAT_VERSION:
            return None
        files = {
            path: Entry(_text(entry["kind"]), _text(entry["sha256"]))
            for path, entry in found["files"].items()
            if is_inner_path(path)
        }
        source = found["source"]
        return Manifest(
            _text(found["package"]),
            _text(source["name"]),
            _text(source["sha256"]),
            _text(found["compiler"]),
            files,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value
