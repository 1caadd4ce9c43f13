"""What all spec models share: strict values, no unknown keys, and where in the file they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

Path = tuple[str | int, ...]
"""Keys and indexes from the top of the file, into the tree as it was written."""

if TYPE_CHECKING:
    from pydantic import JsonValue

    Data = JsonValue
else:
    # Plain YAML data of any shape. The tree holds nothing but JSON data, so there is nothing left to check,
    # and the recursive check of `JsonValue` would cost more than all other validation together.
    Data = Any


class Spec(BaseModel):
    """A section of a workflow file."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    _at: Path = PrivateAttr(default=())
    _pruned: frozenset[str] = PrivateAttr(default=frozenset())

    @property
    def at(self) -> Path:
        """Where the section stands in the original tree, for `span_at` and `key_span_at`."""
        return self._at

    @property
    def pruned(self) -> frozenset[str]:
        """Keys that were written but could not be used; each has been reported already."""
        return self._pruned


class FileSpec(Spec):
    """A text that is read from a file."""

    file: str = Field(description="Path of the file, relative to the workflow file.")


Text = str | FileSpec
