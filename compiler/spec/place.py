"""Tells each section where in the tree it was written."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import get_args

from compiler.spec.base import Spec, keys_of
from compiler.spec.draft import Draft
from compiler.spec.nodes import CommonNodeSpec
from compiler.spec.workflow import WorkflowSpec
from compiler.syntax import Path

Placed = tuple[Spec, Path, Path]
"""A section, its path in the draft, its path in the tree."""


def walk(spec: WorkflowSpec, draft: Draft) -> list[Placed]:
    """Return every section of the file, outer ones first."""
    found: list[Placed] = []
    _walk(spec, draft.data, (), (), draft, found)
    return found


def set_places(spec: WorkflowSpec, places: Iterable[Placed], draft: Draft) -> None:
    """Fill in where sections stand, which of their keys were lost, and the poisoned names."""
    lost: dict[Path, set[str]] = {}
    for path in draft.lost:
        for length, part in enumerate(path):
            lost.setdefault(path[:length], set()).add(str(part))
    for each, _, at in places:
        each._at = at
        if at in lost:
            each._pruned = frozenset(lost[at])
        if isinstance(each, CommonNodeSpec):
            each._keyed = isinstance(at[-1], str)
    spec._poisoned = frozenset(draft.poisoned)


def _walk(
    value: object, data: object, path: Path, at: Path, draft: Draft, found: list[Placed]
) -> None:
    if isinstance(value, Spec):
        found.append((value, path, at))
        if not isinstance(data, dict):
            return
        holders = _holders(type(value))
        for key, inner in data.items():
            attribute = holders[key]
            if attribute is not None:
                part = draft.origin(data, key)
                below_at = at if part is None else (*at, part)
                _walk(value.__dict__[attribute], inner, (*path, key), below_at, draft, found)
    elif isinstance(value, list) and isinstance(data, list):
        for index, item in enumerate(value):
            if isinstance(item, Spec):
                part = draft.origin(data, index)
                below_at = at if part is None else (*at, part)
                _walk(item, data[index], (*path, index), below_at, draft, found)
    elif isinstance(value, dict) and isinstance(data, dict):
        for key, item in value.items():
            _walk(item, data[key], (*path, key), (*at, key), draft, found)


class _Holders(dict[str, str | None]):
    """The attributes of the keys of a section that may hold sections, None for the other keys."""

    def __init__(self, section: type[Spec]) -> None:
        super().__init__()
        self._section = section

    def __missing__(self, name: str) -> str | None:
        key = keys_of(self._section)[name]
        self[name] = found = key.attribute if _may_hold_section(key.annotation) else None
        return found


_holders = cache(_Holders)


def _may_hold_section(annotation: object) -> bool:
    inside = get_args(annotation)
    if inside:
        return any(_may_hold_section(each) for each in inside)
    return isinstance(annotation, type) and issubclass(annotation, Spec)
