"""The plan: every file of the generated project, with what it is made from."""

from __future__ import annotations

from typing import Literal

from compiler.record import dataclass

Kind = Literal["render", "vendor", "user"]
"""`render`: from a template. `vendor`: a runtime module, as it is. `user`: a file of the user's, as it is."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file; `path` is posix, below the output folder. `reason` says what needs it."""

    path: str
    kind: Kind
    reason: str
    template: str = ""
    language: str = "python"
    view: object = None
    text: str = ""
    """The whole text when there is no template."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A generated project."""

    package: str
    source_name: str
    files: tuple[PlannedFile, ...]
    requirements: tuple[str, ...]
