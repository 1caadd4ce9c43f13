"""Reports a key that has no meaning where it stands, and mends it when the meaning is certain."""

from __future__ import annotations

from collections.abc import Collection

from compiler.diagnostics.diagnostic import Fix
from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.sink import Sink
from compiler.spec.draft import Draft, Place
from compiler.spec.wording import name_place

_IN_EDGES = "the flow from node to node is written in `edges`"
# What people coming from other tools write, by section: what it is here.
_HABITS = {
    "": {
        "webhook": "write `triggers: [{webhook: {…}}]`",
        "steps": "the steps of a workflow are `nodes`",
        "tasks": "the steps of a workflow are `nodes`",
        "agents": "agents are `nodes` with `prompt` and `tools`",
        "inputs": "the inputs of a run are the fields of `state` with `required: true`",
        "fields": "the fields stand in `state`: `state: {topic: str}`",
    },
    "nodes": {
        "type": "the kind of a node is `kind`",
        "depends_on": _IN_EDGES,
        "needs": _IN_EDGES,
        "next": _IN_EDGES,
        "to": _IN_EDGES,
        "routes": _IN_EDGES,
        "loop": _IN_EDGES,
        "parallel": "a map over a list is `foreach` here, or `parallel` in `edges`",
        "if": "a condition on a node is `when`",
        "condition": "a condition on a node is `when`",
        "output": "the fields a node writes are `outputs`",
        "input": "the values a node reads are `inputs`",
        "python": "Python text is `code`, a function in a file is `function`",
    },
    "edges": {
        "condition": "conditions stand in `routes`: `routes: [{condition: …, to: …}]`",
        "when": "conditions stand in `routes`: `routes: [{condition: …, to: …}]`",
        "source": "the node an edge leaves is `from`",
        "target": "the node an edge goes to is `to`",
    },
}


def take_unknown_key(
    draft: Draft,
    owner: dict[str, object],
    place: Place,
    key: str,
    known: Collection[str],
    sink: Sink,
    inside: str | None = None,
) -> None:
    """Report AC201 (AC601 for a key of a provider); rename the key when one is certainly meant, else drop it.

    Args:
        owner: the mapping with the key, at `place`.
        inside: the section below where the key would be known.
    """
    if key.startswith("x-"):
        del owner[key]
        return
    at = (*place.at, _origin(draft, owner, key))
    span = draft.key_span(at)
    where = "at the top level" if not place.path else f"in {name_place(draft, place.path)}"
    if key == "api_key" and "api_key_env" in known:
        _report_api_key(draft, owner[key], at, sink)
        draft.drop(draft.locate((*place.path, key)))
        return
    habit = _habit(place, key)
    meant = nearest(key, known) if habit is None else None
    message = f"`{key}` has no meaning {where}"
    if meant is None and (habit is not None or inside is not None):
        help = habit or f"it is a key of `{inside}`: `{inside}: {{{key}: …}}`"
        sink.report("AC201", span, message, help=help)
    elif meant in owner:
        sink.report(
            "AC201", span, message, help=f"`{meant}` stands here too: remove one of the two"
        )
    else:
        sink.report_unknown("AC201", span, message, key, known, what="keys")
    if meant is not None and meant not in owner:
        draft.rename(owner, key, meant)
    else:
        draft.drop(draft.locate((*place.path, key)))


def _habit(place: Place, key: str) -> str | None:
    """Return what a key of another tool is called here."""
    if len(place.path) not in (0, 2):
        return None
    return _HABITS.get(str(place.path[0]) if place.path else "", {}).get(key)


def _origin(draft: Draft, owner: dict[str, object], key: str) -> str:
    part = draft.origin(owner, key)
    return part if isinstance(part, str) else key


def _report_api_key(draft: Draft, value: object, at: tuple[str | int, ...], sink: Sink) -> None:
    """A literal key is a secret in the file; `${env:NAME}` is the right wish in the wrong words."""
    key, span = draft.key_span(at), draft.span(at)
    if isinstance(value, str) and value.startswith("${env:") and value.endswith("}"):
        name = value[len("${env:") : -1]
        sink.report(
            "AC201",
            key,
            "`api_key` has no meaning here, keys come from the environment",
            help=f"write `api_key_env: {name}`",
            fix=(Fix(key, "api_key_env"), Fix(span, name)),
        )
        return
    sink.report(
        "AC601",
        key,
        "a key of a provider is written into the file",
        help="put it into the environment and name the variable: `api_key_env: OPENAI_API_KEY`",
    )
