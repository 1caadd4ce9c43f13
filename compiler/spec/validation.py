"""The sections as pydantic models: says what is wrong with data that does not fit, and gives the JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    create_model,
)
from pydantic_core import CoreSchema, PydanticCustomError

from compiler.spec.base import Key, Spec, keys_of

_CONFIG = ConfigDict(extra="forbid", strict=True, defer_build=True, allow_inf_nan=False)


def errors_of(section: type[Spec], data: object) -> ValidationError:
    """Return everything that keeps data, which does not fit, from being that section."""
    try:
        model_of(section).model_validate(data)
    except ValidationError as error:
        return error
    raise AssertionError("pydantic finds no mistake in data that does not fit")


@cache
def model_of(section: type[Spec]) -> type[BaseModel]:
    """Return a section as a pydantic model of the same name; sections below it are found through their own."""
    fields: dict[str, Any] = {
        key.attribute: (key.annotation, _field(key)) for key in keys_of(section).values()
    }
    return create_model(
        section.__name__,
        __config__=_CONFIG,
        __doc__=section.__doc__,
        __module__=section.__module__,
        **fields,
    )


def chosen_by_key(source: object, handler: GetCoreSchemaHandler, key: str) -> CoreSchema:
    """Return the schema of sections of which a key chooses one."""
    return handler.generate_schema(Annotated[source, Field(discriminator=key)])


def or_text(source: object, handler: GetCoreSchemaHandler, key: str) -> CoreSchema:
    """Return the schema of a section or the text that stands for its `key`."""
    before = BeforeValidator(_whole(key), json_schema_input_type=str | source)
    return before.__get_pydantic_core_schema__(source, handler)


def _whole(key: str) -> Callable[[object], object]:
    def whole(value: object) -> object:
        if isinstance(value, str):
            return {key: value}
        if isinstance(value, dict):
            return value
        raise PydanticCustomError("field_type", "neither a type nor a mapping")

    return whole


def _field(key: Key) -> Any:
    declared = key.declared
    return Field(
        ... if key.is_required else declared.default,
        alias=declared.alias,
        description=declared.description,
        ge=declared.ge,
        gt=declared.gt,
        le=declared.le,
        min_length=declared.min_length,
    )
