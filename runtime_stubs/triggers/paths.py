# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Values out of a message by simple JSON paths: `$.a.b[0]['c d']`."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["mapped", "value_at"]

_STEP = re.compile(
    r"\.(?P<name>[^.\[\]]+)|\[(?P<index>-?\d{1,6})\]|\[(?P<quote>['\"])(?P<key>.*?)(?P=quote)\]"
)


def mapped(document: object, paths: Mapping[str, str]) -> dict[str, object]:
    """Return the inputs of a run: for each field the value at its path; what is not there is left out."""
    found = {}
    for field, path in paths.items():
        try:
            found[field] = value_at(document, path)
        except LookupError:
            continue
    return found


def value_at(document: object, path: str) -> object:
    """Return the value at a path.

    Raises:
        LookupError: there is none.
        ValueError: it is no path, which the compiler has ruled out.
    """
    if not path.startswith("$"):
        raise ValueError(f"`{path}` does not begin with `$`")
    position, value = 1, document
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ValueError(f"`{path}` is no path from `{path[position:]}` on")
        position = step.end()
        if step["index"] is not None:
            if not isinstance(value, list):
                raise LookupError(path)
            value = value[int(step["index"])]
        else:
            if not isinstance(value, Mapping):
                raise LookupError(path)
            value = value[step["name"] or step["key"]]
    return value
