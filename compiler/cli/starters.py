"""The examples of agentc as starting points for new workflows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from compiler.assets import asset_folder
from compiler.record import dataclass

DEFAULT: Final = "research_write"
WORKFLOW: Final = "workflow.yaml"

_NAME = re.compile(
    r"^(flow:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+name:[ \t]*)([^\s#]+)", re.MULTILINE
)
_DESCRIPTION = re.compile(r"^[ \t]+description:[ \t]*(\S[^\n]*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Starter:
    """An example: a folder with `WORKFLOW` and the files that it uses."""

    name: str
    folder: Path

    @property
    def description(self) -> str:
        """What the example says of itself."""
        text = (self.folder / WORKFLOW).read_text(encoding="utf-8")
        found = _DESCRIPTION.search(text)
        return found.group(1).strip("\"' ") if found is not None else ""


def find_starters() -> dict[str, Starter]:
    """Return the examples by name, sorted."""
    return {
        folder.name: Starter(folder.name, folder)
        for folder in sorted(asset_folder("examples").iterdir())
        if (folder / WORKFLOW).is_file()
    }


def copy_starter(starter: Starter, target: Path, flow_name: str) -> list[str]:
    """Copy an example to a folder that does not exist and give its flow a name; return the files' paths.

    Raises:
        OSError: the folder exists or cannot be written; what was written is taken away again.
    """
    target.mkdir(parents=True)
    copied: list[str] = []
    try:
        for path in _files(starter.folder):
            relative = path.relative_to(starter.folder)
            place = target / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
            copied.append(relative.as_posix())
        workflow = target / WORKFLOW
        text = workflow.read_text(encoding="utf-8").replace(f"examples/{starter.name}/", "")
        workflow.write_text(_NAME.sub(rf"\g<1>{flow_name}", text, count=1), encoding="utf-8")
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return copied


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of an example, without what a run has left in it."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in ("__pycache__", "mlruns", "mlflow.db"):
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path
