"""Brings the sections that have more than one form (`nodes`, `state`, `edges`) into the one the models have."""

from __future__ import annotations

from compiler.diagnostics.sink import Sink
from compiler.spec.base import keys_of
from compiler.spec.chain import ChainProblem, parse_chain
from compiler.spec.draft import Draft
from compiler.spec.drop import drop
from compiler.spec.edges import ChainSpec
from compiler.spec.fields import FieldSpec
from compiler.spec.fit import fit
from compiler.spec.settle_node import settle_node
from compiler.spec.wording import describe
from compiler.syntax import span_in_scalar


def prepare(draft: Draft, sink: Sink) -> None:
    """Rewrite the draft and report what no form allows."""
    _prepare_state(draft)
    for section in ("types", "models", "tools", "evals"):
        _drop_ignored(draft.data.get(section))
    _prepare_nodes(draft, sink)
    _prepare_edges(draft, sink)


def _drop_ignored(named: object) -> None:
    """Take the `x-` keys out of a mapping of names the user chose."""
    if isinstance(named, dict):
        for name in [name for name in named if name.startswith("x-")]:
            del named[name]


def _prepare_state(draft: Draft) -> None:
    """`state: {topic: str}` becomes `state: {fields: {topic: str}}`."""
    state = draft.data.get("state")
    if not isinstance(state, dict):
        return
    fields = state.get("fields")
    if isinstance(fields, dict) and not _is_declaration(fields):
        _drop_ignored(fields)
        return
    _drop_ignored(state)
    whole: dict[str, object] = {"fields": state}
    draft.came_from(whole, "fields", None)
    draft.data["state"] = whole


def _is_declaration(value: dict[str, object]) -> bool:
    """Whether the mapping declares a field that happens to be called `fields`."""
    return isinstance(value.get("type"), str) and value.keys() <= keys_of(FieldSpec).keys()


def _prepare_nodes(draft: Draft, sink: Sink) -> None:
    nodes = draft.data.get("nodes")
    if isinstance(nodes, dict):
        _drop_ignored(nodes)
        ids = list(nodes)
        items = list(nodes.values())
        draft.listed(items, list(ids))
        draft.data["nodes"] = items
        for id, node in zip(ids, items, strict=True):
            if isinstance(node, dict):
                _take_id(draft, node, id, sink)
    elif isinstance(nodes, list):
        items = nodes
    else:
        return
    if not items and not draft.is_partial(("nodes",)):
        sink.report("AC202", draft.key_span(("nodes",)), "the workflow has no nodes")
    for index in reversed(range(len(items))):
        node = items[index]
        if isinstance(node, dict):
            settle_node(draft, node, ("nodes", index), sink)
        else:
            place = draft.locate(("nodes", index))
            sink.report(
                "AC203",
                draft.span(place.at),
                f"expected a node, which is a mapping, found {describe(node)}",
                help="a node is `{id: name, prompt: …}`",
            )
            drop(draft, place)


def _take_id(draft: Draft, node: dict[str, object], id: str, sink: Sink) -> None:
    """The key is the id; writing it again inside is fine when it is the same."""
    if node.get("id", id) != id:
        span = draft.span(("nodes", id, "id"))
        found = describe(node["id"])
        sink.report("AC205", span, f"the id of this node is its key `{id}`, found {found} as `id`")
    node["id"] = id


def _prepare_edges(draft: Draft, sink: Sink) -> None:
    edges = draft.data.get("edges")
    if not isinstance(edges, list):
        return
    for index in reversed(range(len(edges))):
        text = edges[index]
        if not isinstance(text, str):
            continue
        found = parse_chain(text)
        if not isinstance(found, ChainProblem):
            edges[index] = chain = fit(ChainSpec, {"text": text})
            chain._steps = found
            continue
        place = draft.locate(("edges", index))
        scalar = draft.scalar(place.at)
        span = draft.span(place.at)
        sink.report(
            "AC207",
            span if scalar is None else span_in_scalar(scalar, found.start, found.end),
            found.message,
            help="a chain is `START -> a -> [b, c] -> END`",
        )
        draft.drop(place)
