"""Deterministic answers: a value that fits a JSON schema, or a line of text."""

import hashlib
import json
from collections.abc import Mapping

from tests.support.fake_llm.script import Json

MAX_DEPTH = 6


def number_of(text: str) -> int:
    """Give the same 32-bit number for the same text, in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def text_for(prompt: str) -> str:
    """Give a readable text that depends on the prompt only."""
    last = prompt.strip().splitlines()[-1:] or [""]
    return f"Answer {number_of(prompt):08x} to: {last[0][:60]}"


def schema_in(prompt: str) -> Mapping[str, Json] | None:
    """Find a JSON schema that was written into a prompt, for providers without a schema parameter."""
    decoder = json.JSONDecoder()
    start = prompt.find("{")
    while start != -1:
        try:
            value, _ = decoder.raw_decode(prompt, start)
        except ValueError:
            value = None
        if isinstance(value, dict) and isinstance(value.get("properties"), dict):
            return value
        start = prompt.find("{", start + 1)
    return None


def value_for(schema: Mapping[str, Json], seed: str) -> Json:
    """Give a value that fits `schema` and depends on `seed` only."""
    return _value(dict(schema), schema, seed, 0)


def _value(schema: Json, root: Mapping[str, Json], seed: str, depth: int) -> Json:
    if not isinstance(schema, dict):
        return "anything"
    ref = schema.get("$ref")
    if isinstance(ref, str):
        target: Json = dict(root)
        for part in ref.removeprefix("#/").split("/"):
            target = target[part] if isinstance(target, dict) else None
        return _value(target, root, seed, depth + 1)
    if "const" in schema:
        return schema["const"]
    number = number_of(seed)
    options = schema.get("enum")
    if isinstance(options, list) and options:
        return options[number % len(options)]
    for key in ("anyOf", "oneOf", "allOf"):
        choices = schema.get(key)
        if isinstance(choices, list) and choices:
            return _value(choices[-1] if depth > MAX_DEPTH else choices[0], root, seed, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    match str(kind or ("object" if "properties" in schema else "string")).lower():
        case "object":
            return _object(schema, root, seed, depth)
        case "array":
            least = schema.get("minItems")
            count = max(least if isinstance(least, int) else 0, 0 if depth > MAX_DEPTH else 2)
            items = schema.get("items", {})
            return [_value(items, root, f"{seed}[{i}]", depth + 1) for i in range(count)]
        case "integer":
            low, high = _bounds(schema, 1, 10)
            return int(low) + number % (int(high) - int(low) + 1)
        case "number":
            low, high = _bounds(schema, 0.0, 1.0)
            return round(low + (high - low) * (number % 100) / 100, 4)
        case "boolean":
            return number % 4 != 0
        case "null":
            return None
    name = seed.rpartition(".")[2]
    most = schema.get("maxLength")
    return f"{name} {number:08x}"[: most if isinstance(most, int) else None]


def _object(schema: Mapping[str, Json], root: Mapping[str, Json], seed: str, depth: int) -> Json:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        more = schema.get("additionalProperties")
        return {
            "key": _value(
                more if isinstance(more, dict) else {"type": "string"}, root, seed, depth + 1
            )
        }
    required = schema.get("required")
    wanted = properties if depth <= MAX_DEPTH or not isinstance(required, list) else required
    return {str(n): _value(properties[str(n)], root, f"{seed}.{n}", depth + 1) for n in wanted}


def _bounds(schema: Mapping[str, Json], low: float, high: float) -> tuple[float, float]:
    least, most = schema.get("minimum"), schema.get("maximum")
    bottom = float(least) if isinstance(least, int | float) else None
    top = float(most) if isinstance(most, int | float) else None
    if bottom is None:
        bottom = low if top is None or top >= low else top - 10
    if top is None:
        top = high if high >= bottom else bottom + 10
    return bottom, top
