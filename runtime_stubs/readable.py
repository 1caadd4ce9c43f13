# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A state as text for people."""

import json
import re
from collections.abc import Iterator, Mapping

__all__ = ["readable"]

OTHER = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    r"|~|null|Null|NULL|true|True|TRUE|false|False|FALSE"
)


def readable(state: Mapping[str, object]) -> str:
    """Return `state` as YAML-like text, one field after the other."""
    return "\n".join(_lines(state, ""))


def _lines(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entry(f"{indent}{key}:", item, indent + "  ")
    elif isinstance(value, list) and value:
        for item in value:
            yield from _entry(f"{indent}-", item, indent + "  ")
    else:
        yield indent + _scalar(value)


def _entry(head: str, value: object, indent: str) -> Iterator[str]:
    """Yield a key or dash with its value, on one line where that is readable."""
    if isinstance(value, str) and "\n" in value:
        yield f"{head} |"
        yield from (f"{indent}{line}".rstrip() for line in value.splitlines())
    elif isinstance(value, (Mapping, list)) and value:
        yield head
        yield from _lines(value, indent)
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: object) -> str:
    """Return one value; a string is quoted only where it would read as something else."""
    if isinstance(value, str):
        plain = value == value.strip() and value[:1] not in "\"'[]{}#&*!|>%@`-?:," and value != ""
        return value if plain and not _means_other(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, default=str)


def _means_other(text: str) -> bool:
    """Return whether a string looks like a number, true, false or null to YAML."""
    return OTHER.fullmatch(text) is not None
