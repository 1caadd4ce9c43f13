"""Takes a part out of the draft and remembers the name it declared."""

from __future__ import annotations

from compiler.spec.draft import Draft, Place
from compiler.syntax import Path

# What must be there for the rest to be read at all; a report has been made.
_SUBSTITUTES: dict[str, object] = {"flow": {"name": "workflow"}, "nodes": []}
_NAMED = ("types", "models", "tools", "evals")


def drop(draft: Draft, place: Place) -> None:
    """Take a value out; a node, field, type, model or tool leaves its name behind as poisoned."""
    name = _declared(place)
    if name is not None:
        draft.poisoned.add(name)
    draft.drop(place)


def substitute(draft: Draft, key: str) -> None:
    """Put the least into the place of a required section that is missing."""
    value = _SUBSTITUTES[key]
    draft.data[key] = dict(value) if isinstance(value, dict) else []


def _declared(place: Place) -> str | None:
    path = place.path
    if path[:1] == ("nodes",) and len(path) == 2:
        return _node_name(place.value, place.at[-1])
    if (_is_named(path) or _is_input(path)) and isinstance(path[-1], str):
        return path[-1]
    return None


def _is_named(path: Path) -> bool:
    """Whether the last key is a name the user chose."""
    if path[:1] == ("types",):
        return len(path) in (2, 3) or path[-2:-1] == ("schema",)
    if path[:2] == ("state", "fields"):
        return len(path) == 3 or path[-2:-1] == ("schema",)
    return len(path) == 2 and path[0] in _NAMED


def _is_input(path: Path) -> bool:
    """Whether the last key is a name that one node gives to a value."""
    return path[:1] == ("nodes",) and len(path) == 4 and path[2] == "inputs"


def _node_name(node: object, key: str | int) -> str | None:
    if isinstance(key, str):
        return key
    id = node.get("id") if isinstance(node, dict) else node
    return str(id) if isinstance(id, str | int) and not isinstance(id, bool) else None
