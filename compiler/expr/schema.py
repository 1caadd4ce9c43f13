"""JSON Schema of a type, in the dialect that structured outputs of model providers take."""

from __future__ import annotations

from typing import TypeAlias

from compiler.expr.types import (
    MESSAGE,
    AnyType,
    BoolType,
    DictType,
    EnumType,
    FloatType,
    IntType,
    ListType,
    MessagesType,
    NullType,
    OptionalType,
    RecordField,
    RecordType,
    StrType,
    Type,
)

JsonSchema: TypeAlias = dict[str, object]


def json_schema(type: Type) -> JsonSchema:
    """Return the JSON Schema of `type`, everything written out in place, in a fixed key order.

    Objects are closed and list all their keys as required, since strict structured outputs demand both;
    a key that is not required may be null instead.
    """
    match type:
        case AnyType():
            return {}
        case StrType():
            return {"type": "string"}
        case IntType():
            return {"type": "integer"}
        case FloatType():
            return {"type": "number"}
        case BoolType():
            return {"type": "boolean"}
        case NullType():
            return {"type": "null"}
        case EnumType(values):
            return {"type": "string", "enum": list(values)}
        case ListType(item):
            return {"type": "array", "items": json_schema(item)}
        case MessagesType():
            return {"type": "array", "items": json_schema(MESSAGE)}
        case DictType(key, value):
            return {
                "type": "object",
                **_key_schema(key),
                "additionalProperties": json_schema(value),
            }
        case RecordType():
            return _record_schema(type)
        case OptionalType(inner):
            return {"anyOf": [json_schema(inner), {"type": "null"}]}


def _key_schema(key: Type) -> JsonSchema:
    match key:
        case IntType():
            return {"propertyNames": {"pattern": "^-?[0-9]+$"}}
        case EnumType(values):
            return {"propertyNames": {"enum": list(values)}}
        case _:
            return {}


def _record_schema(type: RecordType) -> JsonSchema:
    return {
        **({"title": type.name} if type.name else {}),
        "type": "object",
        "properties": {field.name: _field_schema(field) for field in type.fields},
        "required": [field.name for field in type.fields],
        "additionalProperties": False,
    }


def _field_schema(field: RecordField) -> JsonSchema:
    schema = json_schema(field.read_type)
    return {**schema, "description": field.description} if field.description else schema
