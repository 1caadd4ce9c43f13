"""Gives a node its kind and takes out the keys that the kind does not have."""

from __future__ import annotations

from collections.abc import Collection

from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.spec.base import keys_of
from compiler.spec.draft import Draft, Place
from compiler.spec.kinds import (
    DECIDING_KEYS,
    KIND_MODELS,
    infer_kind,
    keys_of_all_kinds,
    keys_of_kind,
)
from compiler.spec.surface import sections_of
from compiler.spec.unknown_key import take_unknown_key
from compiler.spec.wording import describe, name_place, quote_all
from compiler.syntax import Path


def settle_node(draft: Draft, node: dict[str, object], path: Path, sink: Sink) -> None:
    """Put the kind of the node at `path` into it and report the keys that do not go with it.

    A node whose kind cannot be told is read like one of kind `llm`, for what else is wrong with it; its
    `prompt` counts as lost, so that it is left out in the end.
    """
    if _is_settled(node):
        return
    place = draft.locate(path)
    everywhere = keys_of_all_kinds()
    unknown = [key for key in node if key not in everywhere]
    for key in [key for key in unknown if nearest(key, everywhere)]:
        inferred = infer_kind(node)
        _take_unknown(draft, node, place, key, inferred and inferred[0], sink)
    kind, why = _kind_of(draft, node, place, sink)
    for key in [key for key in unknown if key in node]:
        _take_unknown(draft, node, place, key, kind, sink)
    node["kind"] = kind or "llm"
    for key in [key for key in node if key not in keys_of_kind(kind or "llm")]:
        if kind is None:
            del node[key]
        else:
            _take_foreign_key(draft, node, place, key, why, sink)
    if kind is None:
        node.pop("prompt", None)
        draft.lost.add((*place.at, "prompt"))


def _is_settled(node: dict[str, object]) -> bool:
    """Put its kind into a node with which nothing is wrong; tell whether it is one."""
    kind = node.get("kind")
    if kind is None and (inferred := infer_kind(node)) is not None:
        kind = inferred[0]
    if not isinstance(kind, str) or kind not in KIND_MODELS:
        return False
    if not node.keys() <= keys_of_kind(kind):
        return False
    node["kind"] = kind
    return True


def _take_unknown(
    draft: Draft,
    node: dict[str, object],
    place: Place,
    key: str,
    kind: str | None,
    sink: Sink,
) -> None:
    """Report a key that no kind of node has, with the keys of the node's kind where they help."""
    known: Collection[str] = keys_of_all_kinds()
    inside = None
    if kind is not None:
        own = keys_of_kind(kind)
        known = known if nearest(key, known) and not nearest(key, own) else own
        sections = sections_of(KIND_MODELS[kind])
        inside = next((name for name, each in sections.items() if key in keys_of(each)), None)
    take_unknown_key(draft, node, place, key, known, sink, inside)


def _kind_of(
    draft: Draft, node: dict[str, object], place: Place, sink: Sink
) -> tuple[str | None, str]:
    """Return the kind, and why it is that one."""
    inferred = infer_kind(node)
    written = node.get("kind")
    if written is None:
        if inferred is None:
            _report_no_kind(draft, node, place, sink)
            return None, ""
        kind, key = inferred
        return kind, f"it is one because it has `{key}`"
    if isinstance(written, str) and written in KIND_MODELS:
        return written, f"it says `kind: {written}`"
    span = draft.span((*place.at, "kind"))
    if isinstance(written, str):
        message = f"`{written}` is not a kind of node"
        sink.report_unknown("AC206", span, message, written, KIND_MODELS, what="kinds")
        meant = nearest(written, KIND_MODELS)
        if meant is not None:
            return meant, f"it says `kind: {written}`"
    else:
        kinds = quote_all(sorted(KIND_MODELS), "or")
        sink.report(
            "AC206",
            span,
            f"expected a kind of node, found {describe(written)}",
            notes=(f"kinds: {kinds}",),
        )
    return (None, "") if inferred is None else (inferred[0], f"it has `{inferred[1]}`")


def _report_no_kind(draft: Draft, node: dict[str, object], place: Place, sink: Sink) -> None:
    if draft.is_partial(place.at) or any((*place.at, key) in draft.lost for key in DECIDING_KEYS):
        return
    sink.report(
        "AC206",
        node_span(draft, node, place),
        f"{name_place(draft, place.path)} has no key that tells its kind",
        notes=(f"a node has one of {quote_all(DECIDING_KEYS, 'or')}",),
        help="add `prompt: …` for a model call, or the key of the kind you want",
    )


def _take_foreign_key(
    draft: Draft, node: dict[str, object], place: Place, key: str, why: str, sink: Sink
) -> None:
    """Report a key that only other kinds have, and leave it out."""
    if (key in ("tools", "agents")) and not node[key]:
        del node[key]
        return
    kinds = keys_of_all_kinds()[key]
    kind = node["kind"]
    is_agent_key = kinds == ("agent",) and kind == "llm"
    sink.report(
        "AC209",
        draft.key_span((*place.at, key)),
        f"`{key}` belongs to {_nodes_of(kinds)}, {name_place(draft, place.path)} is of kind `{kind}`",
        notes=(why,),
        help="write `kind: agent`" if is_agent_key else "delete it",
    )
    draft.drop(draft.locate((*place.path, key)))


def _nodes_of(kinds: tuple[str, ...]) -> str:
    return f"{quote_all(sorted(kinds), 'and')} nodes"


def node_span(draft: Draft, node: dict[str, object], place: Place) -> Span:
    """Return the smallest place that shows which node is meant: its id, else its first key."""
    if isinstance(place.at[-1], str):
        return draft.key_span(place.at)
    if "id" in node:
        return draft.span((*place.at, "id"))
    return draft.key_span(place.at)
