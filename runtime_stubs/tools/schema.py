# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""JSON schemas of tool arguments, written short."""

from collections.abc import Mapping, Sequence

__all__ = ["Schema", "array", "integer", "mapping", "number", "parameters", "string"]

Schema = dict[str, object]


def parameters(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """Return the schema of a tool's arguments; all but `optional` must be given."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def string(description: str, *, choices: Sequence[str] = ()) -> Schema:
    """Return the schema of a text, one of `choices` if there are any."""
    schema: Schema = {"type": "string", "description": description}
    return {**schema, "enum": list(choices)} if choices else schema


def integer(description: str, *, minimum: int, maximum: int) -> Schema:
    """Return the schema of a whole number in bounds."""
    return {
        "type": "integer",
        "description": description,
        "minimum": minimum,
        "maximum": maximum,
    }


def number(description: str) -> Schema:
    """Return the schema of a number."""
    return {"type": "number", "description": description}


def array(items: Schema, description: str) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items, "description": description}


def mapping(description: str) -> Schema:
    """Return the schema of an object with any keys."""
    return {"type": "object", "description": description}
