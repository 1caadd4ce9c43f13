# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Deterministic stand-ins for model answers and tool results: values that fit a JSON schema."""

import zlib
from collections.abc import Callable, Mapping, Sequence

from .json_schema import resolved

__all__ = ["Maker", "maker", "seed_of", "simulated_text"]

# Gives a value for (who is simulated, seed, depth); equal arguments give equal values.
Maker = Callable[[str, int, int], object]

MAX_DEPTH = 5  # of recursive types; deeper lists are empty and deeper optional values null
FORMATS = {
    "date": "2025-01-31",
    "time": "12:00:00",
    "date-time": "2025-01-31T12:00:00Z",
    "email": "simulated@example.com",
    "uri": "https://example.com/simulated",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def seed_of(who: str, prompt: str) -> int:
    """Return the number that decides all values of an answer, the same in every process."""
    return zlib.crc32(prompt.encode("utf-8", "replace"), zlib.crc32(who.encode()))


def simulated_text(who: str, prompt: str) -> str:
    """Return a readable line for a prompt: `[simulated research] Collect facts about bees. (3fa2)`."""
    first = prompt.lstrip()[:60].partition("\n")[0].rstrip()
    return f"[simulated {who}] {first} ({seed_of(who, prompt) & 0xFFFF:04x})"


def maker(schema: Mapping[str, object]) -> Maker:
    """Compile a schema to a function that makes values; enums, bounds, lists of 2, nested objects."""
    return _maker(schema, schema, "", {})


def _maker(schema: object, root: Mapping[str, object], name: str, known: dict[str, Maker]) -> Maker:
    if not isinstance(schema, Mapping):
        return _text(name, {})
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _referenced(reference, root, name, known)
    if "const" in schema:
        return _one_of([schema["const"]])
    for keyword in ("enum", "examples"):
        values = schema.get(keyword)
        if isinstance(values, Sequence) and values:
            return _one_of(values)
    for keyword in ("anyOf", "oneOf", "allOf"):
        options = schema.get(keyword)
        if isinstance(options, Sequence) and options:
            first = _maker(options[0], root, name, known)
            optional = any(isinstance(o, Mapping) and o.get("type") == "null" for o in options)
            return _optional(first) if optional else first
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    match kind or ("object" if "properties" in schema else "string"):
        case "object":
            return _object(schema, root, name, known)
        case "array":
            return _array(schema, root, name, known)
        case "integer":
            low, high = _bounds(schema, 1, 10, 1)
            return _integer(int(low), int(high))
        case "number":
            low, high = _bounds(schema, 0.0, 1.0, 0.01)
            return lambda who, seed, depth: round(low + (high - low) * (seed % 101) / 100, 4)
        case "boolean":
            # true in three of four cases: loops wait for `approved` more often than for its contrary
            return lambda who, seed, depth: seed % 4 != 3
        case "null":
            return lambda who, seed, depth: None
    return _text(name, schema)


def _referenced(
    reference: str, root: Mapping[str, object], name: str, known: dict[str, Maker]
) -> Maker:
    """Make the values of a named type; it may contain itself, so it is looked up when called."""
    if reference not in known:
        known[reference] = _text(name, {})  # ends the recursion while the type is compiled
        known[reference] = _maker(resolved(reference, root), root, name, known)
    return lambda who, seed, depth: known[reference](who, seed, depth + 1)


def _one_of(values: Sequence[object]) -> Maker:
    return lambda who, seed, depth: values[seed % len(values)]


def _integer(low: int, high: int) -> Maker:
    return lambda who, seed, depth: low + seed % (high - low + 1)


def _optional(some: Maker) -> Maker:
    return lambda who, seed, depth: None if depth > MAX_DEPTH else some(who, seed, depth)


def _text(name: str, schema: Mapping[str, object]) -> Maker:
    given = FORMATS.get(str(schema.get("format")))
    least, most = schema.get("minLength"), schema.get("maxLength")

    def make(who: str, seed: int, depth: int) -> str:
        text = given or f"[simulated {who}] {name or 'text'} ({seed & 0xFFFF:04x})"
        if isinstance(least, int):
            text = text.ljust(least, ".")
        return text[:most] if isinstance(most, int) else text

    return make


def _object(
    schema: Mapping[str, object], root: Mapping[str, object], name: str, known: dict[str, Maker]
) -> Maker:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        value = _maker(schema.get("additionalProperties"), root, name, known)
        return lambda who, seed, depth: (
            {} if depth > MAX_DEPTH else {"key": value(who, _mixed(seed, 0), depth)}
        )
    fields = [(str(n), _maker(s, root, str(n), known)) for n, s in properties.items()]
    return lambda who, seed, depth: {
        n: make(who, _mixed(seed, i), depth) for i, (n, make) in enumerate(fields)
    }


def _array(
    schema: Mapping[str, object], root: Mapping[str, object], name: str, known: dict[str, Maker]
) -> Maker:
    prefix = schema.get("prefixItems")
    if isinstance(prefix, Sequence) and prefix:
        parts = [_maker(p, root, name, known) for p in prefix]
        return lambda who, seed, depth: [
            make(who, _mixed(seed, i), depth) for i, make in enumerate(parts)
        ]
    item = _maker(schema.get("items"), root, name, known)
    least, most = schema.get("minItems"), schema.get("maxItems")
    count = max(least if isinstance(least, int) else 0, 2)
    count = min(count, most) if isinstance(most, int) else count

    def make(who: str, seed: int, depth: int) -> list[object]:
        if depth > MAX_DEPTH and not least:
            return []
        return [item(who, _mixed(seed, i), depth) for i in range(count)]

    return make


def _bounds(
    schema: Mapping[str, object], low: float, high: float, step: float
) -> tuple[float, float]:
    """Return the allowed range; where a side is open it is as wide as the usual range."""
    width = high - low
    bottom, top = _limit(schema, "inimum", step), _limit(schema, "aximum", -step)
    if bottom is None:
        bottom = low if top is None or top >= low else top - width
    if top is None:
        top = high if high >= bottom else bottom + width
    return bottom, max(top, bottom)


def _limit(schema: Mapping[str, object], side: str, step: float) -> float | None:
    inclusive = schema.get("m" + side)
    if isinstance(inclusive, int | float):
        return inclusive
    exclusive = schema.get("exclusiveM" + side)
    return exclusive + step if isinstance(exclusive, int | float) else None


def _mixed(seed: int, index: int) -> int:
    """Return a seed for one part of a value (the multiplier is Knuth's)."""
    return ((seed ^ (index + 1) * 0x9E3779B1) * 2654435761 & 0xFFFFFFFF) >> 7
