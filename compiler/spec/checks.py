"""What the keys of one section say about each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from compiler.diagnostics.diagnostic import Fix, Label
from compiler.diagnostics.sink import Sink
from compiler.spec.base import Spec, keys_of
from compiler.spec.draft import Draft, Place
from compiler.spec.drop import drop
from compiler.spec.evals import ScorerSpec
from compiler.spec.fields import OutputSchemaSpec
from compiler.spec.memory import NodeMemorySpec
from compiler.spec.node_kinds import SetNodeSpec, ToolNodeSpec
from compiler.spec.nodes import CommonNodeSpec, ErrorActionSpec
from compiler.spec.place import Placed
from compiler.spec.triggers import TriggerSpec
from compiler.spec.wording import name_place, quote_all, shorten

# The keys whose values are texts with references, expressions or plain data.
_COMPUTED: tuple[tuple[type[Spec], str], ...] = (
    (CommonNodeSpec, "inputs"),
    (ToolNodeSpec, "args"),
    (SetNodeSpec, "set"),
    (ErrorActionSpec, "set"),
    (NodeMemorySpec, "write"),
)
_SCORER_KEYS = {
    "matches": ("pattern",),
    "expression": ("expression",),
    "judge": ("prompt", "llm"),
    "function": ("function",),
}
_ALL_SCORER_KEYS = ("pattern", "expression", "prompt", "llm", "function")


def check_keys(draft: Draft, places: Sequence[Placed], sink: Sink) -> bool:
    """Report sections whose keys do not go together, take them out; whether there were any."""
    found = False
    # Last ones first: dropping an item moves the ones behind it.
    for spec, path, _ in reversed(places):
        for is_right, check in _checks_of(type(spec)):
            # What was read says what is in the data until something is taken out of that.
            if found or not is_right(spec):
                found |= check(draft, spec, draft.locate(path), sink)
    return found


_Check = tuple[Callable[[Spec], bool], Callable[[Draft, Spec, Place, Sink], bool]]
"""Whether a section is surely right, and what reports it if it is not."""


@cache
def _checks_of(model: type[Spec]) -> tuple[_Check, ...]:
    """Return the checks that a section of that model needs."""
    checks: list[_Check] = []
    if model.exactly_one or model.at_least_one or model.at_most_one:
        checks.append((_has_one, _check_choice))
    if _computed_keys(model):
        checks.append((_has_no_braces, _check_computed))
    own = {
        OutputSchemaSpec: _check_output_schema,
        ScorerSpec: _check_scorer,
        TriggerSpec: _check_reply,
    }
    if model in own:
        checks.append((lambda _: False, own[model]))
    return tuple(checks)


def _has_one(spec: Spec) -> bool:
    """Whether one of the keys of a choice was written, and no other."""
    keys = spec.exactly_one or spec.at_least_one or spec.at_most_one
    attributes = [keys_of(type(spec))[key].attribute for key in keys if key in spec.written]
    return sum(getattr(spec, each) is not None for each in attributes) == 1


def _has_no_braces(spec: Spec) -> bool:
    """Whether no computed value is a mapping, which braces without quotes are to YAML."""
    for key in _computed_keys(type(spec)):
        values = getattr(spec, key)
        if values and any(isinstance(value, dict) for value in values.values()):
            return False
    return True


@cache
def _computed_keys(model: type[Spec]) -> tuple[str, ...]:
    return tuple(key for computed, key in _COMPUTED if issubclass(model, computed))


def _written(place: Place, keys: Sequence[str]) -> list[str]:
    """Return those of the keys that are in the section, in file order."""
    owner = place.value
    if not isinstance(owner, dict):
        return []
    return [key for key in owner if key in keys and owner[key] is not None]


def _text(place: Place, key: str) -> str:
    value = place.value.get(key) if isinstance(place.value, dict) else None
    return value if isinstance(value, str) else ""


def _check_choice(draft: Draft, spec: Spec, place: Place, sink: Sink) -> bool:
    if not isinstance(place.value, dict):
        return False  # a shorthand
    choice = spec.exactly_one or spec.at_least_one
    written = _written(place, choice)
    if choice and not written:
        return _report_none(draft, place, choice, sink)
    exclusive = spec.exactly_one or spec.at_most_one
    extra = _written(place, exclusive)[1:]
    return bool(extra) and _report_both(draft, place, exclusive, sink)


def _report_none(draft: Draft, place: Place, keys: Sequence[str], sink: Sink) -> bool:
    is_lost = any((*place.at, key) in draft.lost for key in keys)
    if not is_lost and not draft.is_partial(place.at):
        sink.report(
            "AC202",
            draft.key_span(place.at),
            f"{quote_all(keys, 'or')} is missing in {name_place(draft, place.path)}",
            help=f"add `{keys[0]}: …`",
        )
    drop(draft, place)
    return True


def _report_both(draft: Draft, place: Place, keys: Sequence[str], sink: Sink) -> bool:
    """Report AC205 at the second of the keys, and go on with the first."""
    first, *others = _written(place, keys)
    for key in others:
        sink.report(
            "AC205",
            draft.key_span((*place.at, key)),
            f"`{key}` cannot stand beside `{first}` in {name_place(draft, place.path)}",
            related=(Label(draft.key_span((*place.at, first)), "the first one"),),
            notes=(f"only one of {quote_all(keys, 'and')} can be written",),
            help="delete one of them",
        )
        drop(draft, draft.locate((*place.path, key)))
    return True


def _check_output_schema(draft: Draft, spec: Spec, place: Place, sink: Sink) -> bool:
    written = _text(place, "type")
    is_object = written.strip() == "object"
    if is_object and not _written(place, ("fields", "schema")):
        return _report_none(draft, place, ("fields",), sink)
    if is_object or not _written(place, ("fields",)):
        return False
    sink.report(
        "AC205",
        draft.key_span((*place.at, "fields")),
        f"`fields` cannot stand beside `type: {shorten(written)}`, only an `object` has fields",
        related=(Label(draft.span((*place.at, "type")), "the type"),),
        help="write `type: object`, or leave `fields` out",
    )
    drop(draft, draft.locate((*place.path, "fields")))
    return True


def _check_scorer(draft: Draft, spec: Spec, place: Place, sink: Sink) -> bool:
    type = _text(place, "type")
    own = _SCORER_KEYS.get(type, ())
    if own and not _written(place, own[:1]):
        return _report_none(draft, place, own[:1], sink)
    foreign = [key for key in _written(place, _ALL_SCORER_KEYS) if key not in own]
    for key in foreign:
        sink.report(
            "AC205",
            draft.key_span((*place.at, key)),
            f"`{key}` does not belong to a scorer of type `{type}`",
            related=(Label(draft.span((*place.at, "type")), "the type"),),
        )
        drop(draft, draft.locate((*place.path, key)))
    return bool(foreign)


def _check_reply(draft: Draft, spec: Spec, place: Place, sink: Sink) -> bool:
    """`reply` may stand beside the trigger's settings or inside them, not both."""
    owner = place.value
    if not isinstance(owner, dict) or owner.get("reply") is None:
        return False
    for key, inner in owner.items():
        if isinstance(inner, dict) and inner.get("reply") is not None:
            sink.report(
                "AC205",
                draft.key_span((*place.at, key, "reply")),
                f"`reply` stands in `{key}` and beside it",
                related=(Label(draft.key_span((*place.at, "reply")), "the other one"),),
            )
            drop(draft, draft.locate((*place.path, key, "reply")))
            return True
    return False


def _check_computed(draft: Draft, spec: Spec, place: Place, sink: Sink) -> bool:
    found = False
    for model, key in _COMPUTED:
        if isinstance(spec, model) and isinstance(place.value, dict) and key in place.value:
            found |= _check_quotes(draft, draft.locate((*place.path, key)), sink)
    return found


def _check_quotes(draft: Draft, place: Place, sink: Sink) -> bool:
    """`topic: {state.topic}` without quotes is a mapping in YAML, and never what was meant."""
    found = False
    for key, value in list(place.value.items()) if isinstance(place.value, dict) else ():
        if not isinstance(value, dict) or len(value) != 1 or None not in value.values():
            continue
        at = (*place.at, key)
        span = draft.span(at)
        text = span.source.text[span.start : span.end]
        if not text.startswith("{") or '"' in text or "\n" in text:
            continue
        sink.report(
            "AC203",
            span,
            f"expected a value for `{key}`, found a mapping, since the braces are not in quotes",
            help=f'write `"{text}"`',
            fix=(Fix(span, f'"{text}"'),),
        )
        drop(draft, draft.locate((*place.path, key)))
        found = True
    return found
