"""Reports a value that does not fit: what was found, what was expected, and the edit where it is certain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic_core import ErrorDetails

from compiler.diagnostics.diagnostic import Fix
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.spec.draft import Draft, Place
from compiler.spec.wording import describe, join, name_value, quote_all, shorten
from compiler.syntax import Scalar

_SHAPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "is_instance_of": "a chain such as `a -> b`",
    "field_type": "a type or a mapping",
}
_LIMITS = {
    "greater_than": ("gt", "more than {}"),
    "greater_than_equal": ("ge", "at least {}"),
    "less_than_equal": ("le", "at most {}"),
}
_SIZES = {
    "string_too_short": "a text that is not empty",
    "too_short": "at least one entry",
    "finite_number": "a finite number",
}
_QUOTED = re.compile(r"'([^']*)'")
_WORD = re.compile(r"[\w.-]+")
_BOOLS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def report_value(
    draft: Draft, place: Place, errors: Sequence[ErrorDetails], sink: Sink, *, is_list: bool
) -> None:
    """Report the value at `place`, which fits none of the alternatives that `errors` are about.

    Args:
        is_list: whether a list of texts could stand there.
    """
    value, span = place.value, _span(draft, place)
    types = [error["type"] for error in errors]
    words = [word for error in errors for word in _words(error)]
    name = name_value(draft, place.path)
    if place.path == ("schema_version",):
        _report_version(draft, place, sink)
    elif words and isinstance(value, str):
        message = f"`{shorten(value)}` is not a value of {name}"
        sink.report_unknown("AC204", span, message, value, words, what="values")
    elif found := next((each for each in errors if each["type"] in {**_LIMITS, **_SIZES}), None):
        message = f"expected {_limit(found)} for {name}, found {_amount(value)}"
        sink.report("AC204", span, message)
    else:
        expected = list(dict.fromkeys(_shape(error) for error in errors))
        fixes, help = _suggest(draft.scalar(place.at), types, is_list)
        message = f"expected {join(expected, 'or')} for {name}, found {describe(value)}"
        sink.report("AC203", span, message, help=help or _advise(value, types), fix=fixes)


def _span(draft: Draft, place: Place) -> Span:
    """Return where the value stands; the key stands for a value of many lines."""
    span = draft.span(place.at)
    is_long = (
        isinstance(place.value, dict | list) and "\n" in span.source.text[span.start : span.end]
    )
    return draft.key_span(place.at) if is_long else span


def _report_version(draft: Draft, place: Place, sink: Sink) -> None:
    scalar = draft.scalar(place.at)
    is_number = scalar is not None and scalar.text == "1.0"
    span = draft.span(place.at)
    sink.report(
        "AC208",
        span,
        (
            f'expected the schema version as text, `"1.0"`, found {describe(place.value)}'
            if is_number
            else f"{describe(place.value)} is not a schema version this compiler knows"
        ),
        notes=() if is_number else ("known version: `1.0`",),
        help='write `schema_version: "1.0"`',
        fix=(Fix(span, '"1.0"'),) if is_number else (),
    )


def _words(error: ErrorDetails) -> list[str]:
    """Return the values a literal allows."""
    if error["type"] != "literal_error":
        return []
    return _QUOTED.findall(str(error.get("ctx", {}).get("expected", "")))


def _shape(error: ErrorDetails) -> str:
    words = _words(error)
    return quote_all(words, "or") if words else _SHAPES.get(error["type"], "another value")


def _limit(error: ErrorDetails) -> str:
    if error["type"] in _SIZES:
        return _SIZES[error["type"]]
    name, words = _LIMITS[error["type"]]
    return words.format(f"{error.get('ctx', {}).get(name, 0):g}")


def _amount(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"`{shorten(str(value))}`"
    return "none" if value in ([], {}) else describe(value)


def _suggest(
    scalar: Scalar | None, types: Sequence[str], is_list: bool
) -> tuple[tuple[Fix, ...], str | None]:
    """Return the edit that is certainly meant, and words for it."""
    if scalar is None or scalar.style in ("literal", "folded"):
        return (), None
    written, new, help = scalar.text, None, None
    if "string_type" in types and not scalar.quoted and scalar.value is not None:
        new, help = f'"{written}"', f'put it in quotes: `"{written}"`'
    elif "bool_type" in types and written.lower() in ("true", "false"):
        new, help = written.lower(), "remove the quotes"
    elif "bool_type" in types and written.lower() in _BOOLS:
        new = _BOOLS[written.lower()]
        help = f"write `{new}`"
    elif scalar.quoted and _is_number(written, types):
        new, help = written, "remove the quotes"
    elif is_list and isinstance(scalar.value, str) and _WORD.fullmatch(written):
        new = f"[{written}]"
        help = f"write a list: `{new}`"
    return ((Fix(scalar.span, new),) if new is not None else ()), help


def _is_number(text: str, types: Sequence[str]) -> bool:
    pattern = r"\d+" if "int_type" in types else r"\d+(\.\d+)?"
    return bool({"int_type", "float_type"} & set(types)) and re.fullmatch(pattern, text) is not None


def _advise(value: object, types: Sequence[str]) -> str | None:
    """Return help for mistakes whose edit is not certain."""
    if isinstance(value, dict) and len(value) == 1 and "string_type" in types:
        ((key, inner),) = value.items()
        if inner is None:
            return f'put a text with references in quotes: `"{{{key}}}"`'
    if isinstance(value, str) and value.startswith("${env:") and "string_type" not in types:
        return "`${env:…}` can only stand for text"
    return None
