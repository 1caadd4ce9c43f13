"""The language as a JSON Schema (Draft 2020-12): what an editor completes, explains and underlines."""

from __future__ import annotations

import json
from typing import TypeAlias

from compiler.spec.kinds import KIND_MODELS
from compiler.spec.validation import model_of
from compiler.spec.workflow import WorkflowSpec

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_ID = "urn:agentc:schema:workflow:v1"
_IGNORED: Json = {"^x-": True}
# Mappings of names the user chooses; keys with `x-` are ignored there too.
_NAMED = ("types", "models", "tools", "evals")


def json_schema() -> dict[str, Json]:
    """Return the schema of a workflow file, keys in a stable order."""
    schema: dict[str, Json] = model_of(WorkflowSpec).model_json_schema(
        by_alias=True, mode="validation"
    )
    definitions = _mapping(schema.pop("$defs"))
    for definition in (schema, *definitions.values()):
        _tidy(definition)
    properties = _mapping(schema["properties"])
    for name in _NAMED:
        _ignore(properties[name])
    nodes = _mapping(properties["nodes"])
    properties["nodes"] = _nodes(nodes, definitions)
    properties["state"] = _state(_mapping(properties["state"]), definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        "title": "agentc workflow",
        **schema,
        "description": "A workflow of nodes that agentc compiles into a Python package.",
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """Return the text of `schemas/workflow.v1.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _mapping(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(f"expected a mapping in the schema, found {type(value).__name__}")
    return value


def _tidy(value: Json) -> None:
    """Take out what pydantic adds for itself, and let `x-` keys pass in every section."""
    if isinstance(value, list):
        for item in value:
            _tidy(item)
        return
    if not isinstance(value, dict):
        return
    if isinstance(value.get("title"), str):
        del value["title"]
    if "default" in value and value["default"] is None:
        del value["default"]
    if value.get("additionalProperties") is False:
        value["patternProperties"] = _IGNORED
    for key, inner in value.items():
        if key == "properties":
            for name in _mapping(inner).values():
                _tidy(name)
        else:
            _tidy(inner)


def _ignore(value: Json) -> None:
    """Let `x-` keys pass in the mapping, or in the alternatives that are one."""
    for each in _alternatives(value):
        if "additionalProperties" in each:
            each["patternProperties"] = _IGNORED


def _alternatives(value: Json) -> list[dict[str, Json]]:
    whole = _mapping(value)
    alternatives = whole.get("anyOf")
    return [_mapping(each) for each in alternatives] if isinstance(alternatives, list) else [whole]


def _nodes(nodes: dict[str, Json], definitions: dict[str, Json]) -> dict[str, Json]:
    """A list of nodes, or a mapping from ids; `kind` may be left out, then the keys tell it."""
    kinds: list[Json] = []
    for model in KIND_MODELS.values():
        definition = _mapping(definitions[model.__name__])
        required = definition["required"]
        names = required if isinstance(required, list) else []
        definition["required"] = [key for key in names if key not in ("id", "kind")]
        kinds.append({"$ref": f"#/$defs/{model.__name__}"})
    listed: Json = {"type": "object", "required": ["id"], "anyOf": kinds}
    keyed: Json = {"type": "object", "anyOf": kinds}
    return {
        "description": nodes["description"],
        "anyOf": [
            {"type": "array", "items": listed, "minItems": 1},
            {
                "type": "object",
                "patternProperties": _IGNORED,
                "additionalProperties": keyed,
                "minProperties": 1,
            },
        ],
    }


def _state(state: dict[str, Json], definitions: dict[str, Json]) -> dict[str, Json]:
    """`state: {fields: …}`, or the fields directly."""
    spec = _mapping(definitions["StateSpec"])
    fields = _mapping(_mapping(spec["properties"])["fields"])
    fields["patternProperties"] = _IGNORED
    direct: Json = {
        "type": "object",
        "patternProperties": _IGNORED,
        "additionalProperties": fields["additionalProperties"],
    }
    alternatives: list[Json] = [{"$ref": "#/$defs/StateSpec"}, direct, {"type": "null"}]
    return {"description": state["description"], "anyOf": alternatives}
