"""Tells each section where in the tree it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from compiler.spec.base import Spec, keys_of
from compiler.spec.draft import Draft
from compiler.spec.nodes import CommonNodeSpec
from compiler.spec.workflow import WorkflowSpec
from compiler.syntax import Path

Placed = tuple[Spec, Path, Path]
"""A section, its path in the draft, its path in the tree."""


def walk(spec: WorkflowSpec, draft: Draft) -> Iterator[Placed]:
    """Give every section of the file, outer ones first."""
    yield from _walk(spec, draft.data, (), (), draft)


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


def _walk(value: object, data: object, path: Path, at: Path, draft: Draft) -> Iterator[Placed]:
    if isinstance(value, Spec):
        yield value, path, at
        if not isinstance(data, dict):
            return
        names = _names(type(value))
        fields = value.__dict__
        for key, inner in data.items():
            if isinstance(inner, dict | list | str) and isinstance(
                below := fields[names[key]], Spec | list | dict
            ):
                part = draft.origin(data, key)
                below_at = at if part is None else (*at, part)
                yield from _walk(below, inner, (*path, key), below_at, draft)
    elif isinstance(value, list) and isinstance(data, list):
        for index, item in enumerate(value):
            if isinstance(item, Spec):
                part = draft.origin(data, index)
                yield from _walk(
                    item, data[index], (*path, index), at if part is None else (*at, part), draft
                )
    elif isinstance(value, dict) and isinstance(data, dict):
        for key, item in value.items():
            if isinstance(item, Spec | dict):
                yield from _walk(item, data[key], (*path, key), (*at, key), draft)


@cache
def _names(section: type[Spec]) -> dict[str, str]:
    """Return the attribute of each key."""
    return {name: key.attribute for name, key in keys_of(section).items()}
