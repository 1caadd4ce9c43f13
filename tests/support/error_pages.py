"""The pages of `docs/errors`: their samples and the files beside them.

```yaml wrong            the workflow that is reported
```yaml right            the same, mended
```console wrong|right   instead: the session of a mistake that needs more than one file, see `session.py`
```python hooks.py       a file beside both
```text                  AC999: what is shown of a bug, which no workflow can be a sample of
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "errors"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAMPLES = ("wrong", "right")


@dataclass(frozen=True)
class Page:
    """One page; `blocks` are language, name (or wrong, right) and text."""

    code: str
    text: str
    blocks: tuple[tuple[str, str, str], ...]

    @property
    def kind(self) -> str:
        """How its samples are written: `yaml`, `console` or `text`."""
        kinds = {language for language, name, _ in self.blocks if name in _SAMPLES}
        return kinds.pop() if len(kinds) == 1 else "text"

    def sample(self, name: str) -> str:
        """Return the sample that is `wrong` or `right`."""
        [text] = [text for _, each, text in self.blocks if each == name]
        return text

    def write_files(self, folder: Path) -> None:
        """Write the files that both samples name."""
        for _, name, text in self.blocks:
            if name and name not in _SAMPLES:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, "utf-8")


def all_pages() -> list[Page]:
    """Return every page, by code."""
    return [_read(path) for path in sorted(FOLDER.iterdir())]


def _read(path: Path) -> Page:
    text = path.read_text("utf-8")
    blocks = ((each[1], each[2] or "", each[3]) for each in _BLOCK.finditer(text))
    return Page(path.stem, text, tuple(blocks))
