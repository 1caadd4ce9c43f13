# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Checks a value against a JSON schema: the keywords that say what a value may be."""

from collections.abc import Mapping, Sequence

__all__ = ["problems"]

TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": Mapping,
    "array": (list, tuple),
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def problems(value: object, schema: Mapping[str, object]) -> list[str]:
    """Say why `value` does not fit `schema`, one line per problem; keywords not known here pass."""
    found: list[str] = []
    _check(value, schema, schema, "", found)
    return found


def _check(
    value: object, schema: object, root: Mapping[str, object], path: str, found: list[str]
) -> None:
    if not isinstance(schema, Mapping):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        _check(value, resolved(reference, root), root, path, found)
        return
    place = f"`{path}`" if path else "the value"
    for keyword in ("anyOf", "oneOf"):
        options = schema.get(keyword)
        if isinstance(options, Sequence) and not any(_fits(value, o, root) for o in options):
            found.append(f"{place} fits none of its {len(options)} allowed forms")
            return
    for part in _items(schema.get("allOf")):
        _check(value, part, root, path, found)
    if "const" in schema and value != schema["const"]:
        found.append(f"{place} must be {schema['const']!r}, found {value!r}")
    if isinstance(schema.get("enum"), Sequence) and value not in _items(schema["enum"]):
        allowed = ", ".join(repr(v) for v in _items(schema["enum"]))
        found.append(f"{place} must be one of {allowed}, found {value!r}")
        return
    kinds = schema.get("type")
    names = [kinds] if isinstance(kinds, str) else [str(k) for k in _items(kinds)]
    if names and not any(_is(value, name) for name in names):
        found.append(f"{place} must be {' or '.join(names)}, found {type(value).__name__}")
        return
    _check_size(value, schema, place, found)
    if isinstance(value, Mapping):
        _check_object(value, schema, root, path, found)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, schema.get("items"), root, f"{path}[{index}]", found)


def _check_object(
    value: Mapping[str, object],
    schema: Mapping[str, object],
    root: Mapping[str, object],
    path: str,
    found: list[str],
) -> None:
    prefix = f"{path}." if path else ""
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    found.extend(
        f"`{prefix}{name}` is missing"
        for name in _items(schema.get("required"))
        if name not in value
    )
    rest = schema.get("additionalProperties")
    for name, item in value.items():
        if name in known:
            _check(item, known[name], root, f"{prefix}{name}", found)
        elif rest is False:
            names = ", ".join(f"`{n}`" for n in known) or "none"
            found.append(f"`{prefix}{name}` is unknown; known: {names}")
        else:
            _check(item, rest, root, f"{prefix}{name}", found)


def _check_size(value: object, schema: Mapping[str, object], place: str, found: list[str]) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        size, unit, limits = float(value), "", ("minimum", "maximum")
    elif isinstance(value, str):
        size, unit, limits = len(value), " characters", ("minLength", "maxLength")
    elif isinstance(value, list | tuple):
        size, unit, limits = len(value), " items", ("minItems", "maxItems")
    else:
        return
    least, most = schema.get(limits[0]), schema.get(limits[1])
    if isinstance(least, int | float) and size < least:
        found.append(f"{place} must be at least {least}{unit}, found {size:g}")
    if isinstance(most, int | float) and size > most:
        found.append(f"{place} must be at most {most}{unit}, found {size:g}")


def _fits(value: object, schema: object, root: Mapping[str, object]) -> bool:
    found: list[str] = []
    _check(value, schema, root, "", found)
    return not found


def _is(value: object, name: str) -> bool:
    if isinstance(value, bool):  # Python counts bool as int, JSON does not
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES.get(name, object))


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def resolved(reference: str, root: Mapping[str, object]) -> object:
    """Follow `#/a/b` from the root of a schema; None when nothing is there."""
    target: object = root
    for part in reference.removeprefix("#/").split("/"):
        target = target.get(part) if isinstance(target, Mapping) else None
    return target
