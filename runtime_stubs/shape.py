# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The shape of a structured answer, in the forms that providers take."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from .simulate import Maker, maker

__all__ = ["Shape", "shape_of"]

TYPE_WORDS = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A named JSON schema without references where possible; `strict`: no object in it is open."""

    name: str
    schema: Mapping[str, object]
    strict: bool
    make: Maker  # makes simulated values

    def response_format(self) -> dict[str, object]:
        """Return the parameter by which providers are asked for this shape."""
        schema = closed(self.schema) if self.strict else self.schema
        content = {"name": self.name, "schema": schema, "strict": self.strict}
        return {"type": "json_schema", "json_schema": content}

    def instruction(self) -> str:
        """Return the request for this shape in words, for models without such a parameter."""
        schema = json.dumps(self.schema, ensure_ascii=False, separators=(",", ":"))
        return (
            "Answer with one JSON object that fits this JSON schema, and with nothing else:\n"
            + schema
        )


@functools.cache
def shape_of(answer: type[BaseModel]) -> Shape:
    """Return the shape of a Pydantic model."""
    full = answer.model_json_schema()
    definitions = full.get("$defs")
    named = definitions if isinstance(definitions, Mapping) else {}
    schema = _inlined(full, named, ())
    assert isinstance(schema, dict)
    if "$ref" in json.dumps(schema):  # a type that contains itself keeps its definitions
        schema["$defs"] = {n: _plain(d) for n, d in named.items()}
    return Shape(answer.__name__, schema, _is_closed(full), maker(full))


def _inlined(part: object, named: Mapping[str, object], inside: tuple[str, ...]) -> object:
    """Put definitions in place of references to them and leave out generated titles."""
    if isinstance(part, list):
        return [_inlined(p, named, inside) for p in part]
    if not isinstance(part, Mapping):
        return part
    reference = part.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        if name in inside:
            return dict(part)
        body = _inlined(named.get(name), named, (*inside, name))
        extra = {k: v for k, v in part.items() if k != "$ref"}
        return {**body, **extra} if isinstance(body, dict) else body
    result: dict[str, object] = {}
    for key, value in part.items():
        if key == "properties" and isinstance(value, Mapping):
            result[key] = {n: _inlined(v, named, inside) for n, v in value.items()}
        elif key not in ("$defs", "title"):
            result[key] = _inlined(value, named, inside)
    return result


def _plain(part: object) -> object:
    return _inlined(part, {}, ())


def _is_closed(part: object) -> bool:
    """Whether all values are described, which strict modes demand."""
    if isinstance(part, list):
        return all(_is_closed(p) for p in part)
    if not isinstance(part, Mapping):
        return True
    if part.get("type") == "object" and "properties" not in part:
        return False
    properties = part.get("properties")
    if isinstance(properties, Mapping):
        for described in properties.values():
            if isinstance(described, Mapping) and not TYPE_WORDS & described.keys():
                return False
    if part.get("type") == "array" and not isinstance(part.get("items"), Mapping):
        return False
    return all(_is_closed(v) for v in part.values())


def closed(part: object) -> object:
    """Return a schema in the strict dialect: all properties required, none besides, no defaults."""
    if isinstance(part, list):
        return [closed(p) for p in part]
    if not isinstance(part, Mapping):
        return part
    result: dict[str, object] = {}
    for key, value in part.items():
        if key in ("properties", "$defs") and isinstance(value, Mapping):
            result[key] = {n: closed(v) for n, v in value.items()}
        elif key != "default":
            result[key] = closed(value)
    properties = part.get("properties")
    if isinstance(properties, Mapping):
        result["required"] = list(properties)
        result["additionalProperties"] = False
    return result
