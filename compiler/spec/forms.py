"""Marks on annotations: values of a section that are not simply read as their type says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.record import dataclass

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class ByKey:
    """One of several sections; the value of `key`, which each has as a `Literal`, tells which."""

    key: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from compiler.spec.validation import chosen_by_key

        return chosen_by_key(source, handler, self.key)


@dataclass(frozen=True, slots=True)
class OrText:
    """A section whose value of `key` may be written in its place."""

    key: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from compiler.spec.validation import or_text

        return or_text(source, handler, self.key)


@dataclass(frozen=True, slots=True)
class Ready:
    """A section that is in the data already; `description` is that of the text it was made from."""

    description: str

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core.core_schema import is_instance_schema

        return is_instance_schema(source)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "description": self.description}
