"""Turns the errors of validation into reports in our own words, and takes out what caused them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from compiler.diagnostics.sink import Sink
from compiler.record import dataclass
from compiler.spec.base import keys_of
from compiler.spec.draft import Draft, Place
from compiler.spec.drop import drop, substitute
from compiler.spec.settle_node import node_span
from compiler.spec.surface import model_at, sections_of, takes_list_of_text
from compiler.spec.unknown_key import take_unknown_key
from compiler.spec.wording import name_place
from compiler.spec.wrong_value import report_value
from compiler.syntax import Path

# Mistakes of one kind that are told one by one; a file with more of them is no workflow.
_MOST = 500


@dataclass(slots=True)
class _Findings:
    """The errors of one validation, by what they are about."""

    unknown: list[tuple[Place, str]] = field(default_factory=list)
    missing: list[tuple[Place, str]] = field(default_factory=list)
    wrong: dict[Path, tuple[Place, list[ErrorDetails]]] = field(default_factory=dict)
    inner: set[Path] = field(default_factory=set)
    """Paths below which, or about whose keys, there are errors."""


def take_errors(draft: Draft, error: ValidationError, sink: Sink) -> None:
    """Report every mistake that validation found, and take its cause out of the draft."""
    found = _sort(draft, error.errors(include_url=False, include_input=False))
    doomed: dict[Path, Place] = {}
    for place, key in found.unknown[:_MOST]:
        _take_unknown(draft, place, key, sink)
    _take_rest(draft, found.unknown[_MOST:], sink)
    for place, key in found.missing:
        if isinstance(place.value, dict) and key in place.value:
            continue  # it was there under a misspelt name
        _report_missing(draft, place, key, sink)
        if place.path:
            doomed[place.path] = place
        else:
            substitute(draft, key)
    for number, (path, (place, errors)) in enumerate(found.wrong.items()):
        if number >= _MOST:
            doomed[path] = place
            continue
        # An alternative that has the shape of the value knows better what is wrong inside of it.
        if path not in found.inner:
            if not _was_emptied(draft, place):
                is_list = takes_list_of_text(path, _kind_on(draft, path))
                report_value(draft, place, errors, sink, is_list=is_list)
            doomed[path] = place
    for path in sorted(doomed, key=_place_order, reverse=True):
        drop(draft, doomed[path])


def _sort(draft: Draft, errors: Iterable[ErrorDetails]) -> _Findings:
    found = _Findings()
    for error in errors:
        loc = error["loc"]
        if loc[:1] == ("nodes",):
            loc = (*loc[:2], *loc[3:])  # the third part is the kind of node that was chosen
        if error["type"] in ("missing", "extra_forbidden"):
            place, key = draft.locate(loc[:-1]), str(loc[-1])
            about = found.missing if error["type"] == "missing" else found.unknown
            about.append((place, key))
            found.inner.add(place.path)
        else:
            place = draft.locate(loc)
            found.wrong.setdefault(place.path, (place, []))[1].append(error)
        found.inner.update(place.path[:length] for length in range(len(place.path)))
    return found


def _take_rest(draft: Draft, rest: list[tuple[Place, str]], sink: Sink) -> None:
    for place, key in rest:
        if isinstance(place.value, dict):
            place.value.pop(key, None)
    if rest:
        place, key = rest[0]
        sink.report(
            "AC201",
            draft.key_span((*place.at, key)),
            f"{len(rest):,} more keys have no meaning, from here on",
        )


def _take_unknown(draft: Draft, place: Place, key: str, sink: Sink) -> None:
    owner = place.value
    if not isinstance(owner, dict) or key not in owner:
        return
    model = model_at(place.path, _kind_on(draft, place.path))
    known = list(keys_of(model)) if model is not None else []
    inside = None
    if model is not None:
        holders = [name for name, each in sections_of(model).items() if key in keys_of(each)]
        inside = holders[0] if holders else None
    take_unknown_key(draft, owner, place, key, known, sink, inside)


def _report_missing(draft: Draft, place: Place, key: str, sink: Sink) -> None:
    at = (*place.at, key)
    if at in draft.lost or draft.is_partial(place.at):
        return
    model = model_at(place.path, _kind_on(draft, place.path))
    about = keys_of(model)[key].description if model is not None else None
    span = draft.key_span(place.at)
    if len(place.path) == 2 and place.path[0] == "nodes" and isinstance(place.value, dict):
        span = node_span(draft, place.value, place)
    sink.report(
        "AC202",
        span,
        f"`{key}` is missing in {name_place(draft, place.path)}",
        notes=(f"`{key}`: {about[0].lower()}{about[1:].rstrip('.')}",) if about else (),
        help=f"add `{key}: …`",
    )


def _was_emptied(draft: Draft, place: Place) -> bool:
    """Whether all there was in a list or mapping has been taken out, each with a report."""
    length = len(place.at)
    return place.value in ([], {}) and any(
        len(path) > length and path[:length] == place.at for path in draft.lost
    )


def _kind_on(draft: Draft, path: Path) -> str:
    node = draft.locate(path[:2]).value if path[:1] == ("nodes",) else None
    return str(node.get("kind", "llm")) if isinstance(node, dict) else "llm"


def _place_order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (-1, part) for part in path)
