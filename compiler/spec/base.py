"""What all spec models share: strict values, no unknown keys, and where in the file they were written.

The modules with models do without `from __future__ import annotations`: pydantic would compile each of the
hundreds of annotations from text again, at every start.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from compiler.syntax import Path

if TYPE_CHECKING:
    from pydantic import JsonValue

    Data = JsonValue
else:
    # Plain YAML data of any shape. The tree holds nothing but JSON data, so there is nothing left to check,
    # and the recursive check of `JsonValue` would cost more than all other validation together.
    Data = Any


class Spec(BaseModel):
    """A section of a workflow file."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True, allow_inf_nan=False)

    exactly_one: ClassVar[tuple[str, ...]] = ()
    """Keys of which exactly one must be written."""
    at_least_one: ClassVar[tuple[str, ...]] = ()
    """Keys of which one must be written."""
    at_most_one: ClassVar[tuple[str, ...]] = ()
    """Keys that exclude each other."""

    _at: Path = PrivateAttr(default=())
    _pruned: frozenset[str] = PrivateAttr(default=frozenset())

    @property
    def at(self) -> Path:
        """Where the section stands in the original tree, for `span_at` and `key_span_at`."""
        return self._at

    @property
    def pruned(self) -> frozenset[str]:
        """Keys that could not be used, in whole or in part; each has been reported already."""
        return self._pruned


class FileSpec(Spec):
    """A text that is read from a file."""

    file: str = Field(description="Path of the file, relative to the workflow file.")


Text = str | FileSpec
