# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a run is given: from the command line, from a file, checked before anything runs."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_type_hints

from .conform import is_text, mismatches, type_name
from .errors import InputError

__all__ = ["Input", "check_inputs", "nearest", "parse_assignments", "read_input_file"]


class Input:
    """One field a run accepts: required, or with a default."""

    __slots__ = ("default", "description", "name", "required", "type")

    def __init__(
        self,
        name: str,
        type: str,
        *,
        required: bool = False,
        default: object = None,
        description: str = "",
    ) -> None:
        self.name = name
        self.type = type
        self.required = required
        self.default = default
        self.description = description


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the known name most like `name`, empty if there is none."""
    import difflib  # only needed for a mistake

    matches = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean `{matches[0]}`?" if matches else ""


def check_inputs(
    values: Mapping[str, object], fields: Sequence[Input], types: type[object]
) -> dict[str, object]:
    """Return `values` with the defaults of what is not given.

    Raises:
        InputError: naming everything that is missing, unknown or of another type.
    """
    problems = _problems(values, fields, get_type_hints(types), unreadable=())
    if problems:
        raise InputError(problems)
    return {
        field.name: values[field.name] if field.name in values else copy.deepcopy(field.default)
        for field in fields
    }


def parse_assignments(
    pairs: Sequence[str],
    given: Mapping[str, object],
    fields: Sequence[Input],
    types: type[object],
) -> dict[str, object]:
    """Return `given` with `key=value` pairs over it.

    A value is text for `str` fields and YAML for others; `key=@file` reads it from a file.

    Raises:
        InputError: naming everything that cannot be read and all that `check_inputs` finds.
    """
    hints = get_type_hints(types)
    values = dict(given)
    unreadable: list[str] = []
    problems: list[str] = []
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            problems.append(f"found `{pair}`, expected `key=value`")
            continue
        try:
            content = _read(text[1:]) if text.startswith("@") else text
            values[name] = content if is_text(hints.get(name, str)) else _load(content)
        except ValueError as error:
            unreadable.append(name)
            problems.append(
                f"input `{name}` ({type_name(hints.get(name, str))}) cannot be read: {error}"
            )
    problems += _problems(values, fields, hints, unreadable)
    if problems:
        raise InputError(problems)
    return values


def _problems(
    values: Mapping[str, object],
    fields: Sequence[Input],
    hints: Mapping[str, object],
    unreadable: Sequence[str],
) -> list[str]:
    known = [field.name for field in fields]
    problems = [
        f"input `{field.name}` ({field.type}) is required"
        for field in fields
        if field.required and field.name not in values and field.name not in unreadable
    ]
    for name, value in values.items():
        if name not in known:
            problems.append(_unknown(name, known))
        elif name not in unreadable:
            problems += [f"input {problem}" for problem in mismatches(value, hints[name], name)]
    return problems


def read_input_file(path: str) -> dict[str, object]:
    """Read all inputs from a JSON or YAML file, `-` for standard input."""
    try:
        content = _load(_read(path))
    except ValueError as error:
        raise InputError([f"input file `{path}` cannot be read: {error}"]) from error
    if not isinstance(content, dict):
        raise InputError([f"input file `{path}` must hold an object with one key per input"])
    return {str(name): value for name, value in content.items()}


def _unknown(name: str, known: Sequence[str]) -> str:
    if not known:
        return f"input `{name}` is unknown: this workflow takes no inputs"
    hint = nearest(name, known) or f"; known: {', '.join(f'`{field}`' for field in known)}"
    return f"input `{name}` is unknown{hint}"


def _read(path: str) -> str:
    """Return the text of a file; whatever prevents that is a ValueError."""
    if path == "-":
        import sys

        return sys.stdin.read()
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{error.strerror}: {path}") from error


def _load(content: str) -> object:
    from .yaml_text import load_yaml

    return load_yaml(content)
