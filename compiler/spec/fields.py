"""`types` and `state`: declarations of fields, and output schemas, which declare the fields of an answer."""

from typing import Annotated, Literal

from compiler.spec.base import Data, Field, Spec
from compiler.spec.forms import OrText
from compiler.syntax import Path

Merge = Literal["replace", "append", "extend", "add", "union", "min", "max", "messages"]


class FieldSpec(Spec):
    """A declared field: of the state, of a named type, of a nested object, or a tool's parameter.

    `topic: str` is short for `topic: {type: str}`; a `schema` without `type` makes an object.
    """

    at_least_one = ("type", "schema")

    type: str | None = Field(
        default=None,
        description="Type: `str`, `int`, `float`, `bool`, `any`, `list`, `dict`, `list[T]`, `dict[K, V]`, "
        "`object` (with `schema`), `messages`, a name from `types`; `T?` may be null.",
    )
    required: bool | None = Field(
        default=None, description="Whether a run must be given this field as input."
    )
    default: Data = Field(default=None, description="Value of the field when a run starts.")
    description: str | None = Field(
        default=None, description="What the field means; models are told this."
    )
    schema_: "dict[str, FieldDecl] | None" = Field(
        default=None,
        alias="schema",
        description="Fields of an `object`, or of the elements of a `list[object]`.",
    )
    enum: list[str] | None = Field(
        default=None, min_length=1, description="The only texts a `str` field may hold."
    )
    merge: Merge | None = Field(
        default=None,
        description="What a write does to the value that is there: `replace` (default), `append`, `extend`, "
        "`add`, `union`, `min`, `max`, `messages`.",
    )

    @property
    def has_default(self) -> bool:
        """Whether a default was written, even `null`: a value of a type that may be null."""
        return "default" in self.written

    @property
    def type_at(self) -> Path:
        """Where the type's text stands."""
        return self._at if self._is_short else (*self._at, "type")


FieldDecl = Annotated[FieldSpec, OrText("type")]


class StateSpec(Spec):
    """The state: fields that nodes read and write."""

    fields: dict[str, FieldDecl] = Field(description="The fields of the state, by name.")


class OutputFieldSpec(Spec):
    """One field of an answer."""

    name: str = Field(description="Name of the field: one of the node's `outputs`.")
    type: str = Field(description="Type of the field, as in `state`.")
    description: str | None = Field(default=None, description="What the model should put there.")
    schema_: dict[str, FieldDecl] | None = Field(
        default=None, alias="schema", description="Fields of an `object`, as in `state`."
    )
    enum: list[str] | None = Field(
        default=None, min_length=1, description="The only texts that are allowed."
    )


class OutputSchemaSpec(Spec):
    """The answer a node must give."""

    type: str = Field(description="`object` with `fields`, or the type of the node's only output.")
    fields: list[OutputFieldSpec] | None = Field(
        default=None, min_length=1, description="Fields of an `object` answer."
    )
    description: str | None = Field(default=None, description="What the answer is.")
    schema_: dict[str, FieldDecl] | None = Field(
        default=None, alias="schema", description="Fields of the elements of a `list[object]`."
    )
    enum: list[str] | None = Field(
        default=None, min_length=1, description="The only texts a `str` answer may be."
    )
