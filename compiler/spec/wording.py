"""Words for values, places and expectations."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.spec.draft import Draft
from compiler.syntax import Path

_SHOWN = 40
_THINGS = {"types": "type", "models": "model", "tools": "tool", "evals": "evaluation"}
_LISTED = {"triggers": "trigger", "edges": "edge"}


def describe(value: object) -> str:
    """Name a value that was found."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"the number `{shorten(str(value))}`"
    if isinstance(value, str):
        return f"the text `{shorten(value)}`" if value.strip() else "an empty text"
    return "a list" if isinstance(value, list) else "a mapping"


def shorten(text: str) -> str:
    """Return the first words of a text, on one line and with nothing that ends a quotation."""
    line = " ".join(text.split()).replace("`", "'")
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def join(words: Sequence[str], last: str) -> str:
    """Join words with commas, and `last` before the last one."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def quote_all(names: Sequence[str], last: str) -> str:
    """Join names in backticks."""
    return join([f"`{name}`" for name in names], last)


def name_place(draft: Draft, path: Path) -> str:
    """Name a section at a path of the draft: `node `a``, ``llm` of node `a``, ``config.storage``."""
    if not path:
        return "the workflow"
    head, rest = _name_thing(draft, path)
    keys = ".".join(str(part) for part in rest if isinstance(part, str))
    if not head:
        return f"`{keys}`"
    if not keys:
        return head
    if rest[0] == "routes" and len(rest) > 1:
        return f"a route of {head}"
    return f"`{keys}` of {head}"


def name_value(draft: Draft, path: Path) -> str:
    """Name a value by its key: ``timeout``, `an item of `tags``."""
    if not path:
        return "the workflow"
    if isinstance(path[-1], str):
        return f"`{path[-1]}`"
    keys = [part for part in path if isinstance(part, str)]
    return f"an item of `{keys[-1]}`" if keys else "an item"


def _name_thing(draft: Draft, path: Path) -> tuple[str, Path]:
    """Return the name of the node, field, edge … that the path goes into, and the rest of the path."""
    section = path[0]
    if len(path) > 2 and path[:2] == ("state", "fields"):
        return f"field `{path[2]}`", path[3:]
    if len(path) < 2 or not isinstance(section, str):
        return "", path
    rest = path[2:]
    if section == "nodes":
        id = _key(draft, path[:2], "id")
        return (f"node `{id}`" if isinstance(id, str) else "a node"), rest
    if section == "edges":
        source = _key(draft, path[:2], "from")
        return (f"the edge from `{source}`" if isinstance(source, str) else "an edge"), rest
    if section == "triggers" and isinstance(path[1], int):
        return f"trigger {path[1] + 1}", rest
    if section in _THINGS:
        return f"{_THINGS[section]} `{path[1]}`", rest
    return "", path


def _key(draft: Draft, path: Path, key: str) -> object:
    value = draft.locate(path).value
    return value.get(key) if isinstance(value, dict) else None
