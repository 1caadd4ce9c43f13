"""What all sections of a file share: no unknown keys, strict values, and where in the file they were written.

Sections are declared as pydantic models are, but pydantic is not loaded for a file without mistakes: it would
take more than half of the time of checking a small file. `spec.fit` reads what fits; pydantic says what does
not (`spec.validation`).

The modules with sections do without `from __future__ import annotations`: each of the hundreds of annotations
would have to be compiled from text again.
"""

import sys
from collections.abc import Mapping
from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_type_hints

from compiler.record import dataclass
from compiler.syntax import Path

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, JsonValue
    from pydantic_core import CoreSchema

    Data = JsonValue
else:
    # Plain YAML data of any shape. The tree holds nothing but JSON data, so there is nothing left to check.
    Data = Any

REQUIRED: Final = object()
"""The default of keys that must be written."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a section says of one of its keys, besides the type; the limits mean what pydantic's do."""

    default: object
    alias: str | None
    description: str
    ge: float | None
    gt: float | None
    le: float | None
    min_length: int | None


def Field(
    *,
    description: str,
    default: object = REQUIRED,
    alias: str | None = None,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    min_length: int | None = None,
) -> Any:
    """Declare a key; `alias` is how files spell it where Python cannot."""
    return Declared(default, alias, description, ge, gt, le, min_length)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a section; `name` is what files write, `attribute` where the section keeps the value."""

    name: str
    attribute: str
    annotation: object
    declared: Declared

    @property
    def description(self) -> str:
        """What the key means."""
        return self.declared.description

    @property
    def is_required(self) -> bool:
        """Whether it must be written."""
        return self.declared.default is REQUIRED


class _Section(type):
    """What sections are; on its own, mypy does not let classes be the arguments of cached functions."""


class Spec(metaclass=_Section):
    """A section of a workflow file."""

    exactly_one: ClassVar[tuple[str, ...]] = ()
    """Keys of which exactly one must be written."""
    at_least_one: ClassVar[tuple[str, ...]] = ()
    """Keys of which one must be written."""
    at_most_one: ClassVar[tuple[str, ...]] = ()
    """Keys that exclude each other."""

    _at: Path = ()
    _pruned: frozenset[str] = frozenset()
    _written: frozenset[str] = frozenset()
    _is_short: bool = False

    @property
    def at(self) -> Path:
        """Where the section stands in the original tree, for `span_at` and `key_span_at`."""
        return self._at

    @property
    def pruned(self) -> frozenset[str]:
        """Keys that could not be used, in whole or in part; each has been reported already."""
        return self._pruned

    @property
    def written(self) -> frozenset[str]:
        """The keys that were written, as files spell them."""
        return self._written

    def __repr__(self) -> str:
        written = (key for key in keys_of(type(self)).values() if key.name in self._written)
        values = ", ".join(f"{key.name}={self.__dict__[key.attribute]!r}" for key in written)
        return f"{type(self).__name__}({values})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        """Let pydantic see the section as a model of its own."""
        from compiler.spec.validation import model_of

        return handler.generate_schema(model_of(cls))


@cache
def keys_of(section: type[Spec]) -> Mapping[str, Key]:
    """Return the keys of a section as files spell them, inherited ones first."""
    keys: dict[str, Key] = {}
    for each in reversed(section.__mro__):
        own: dict[str, object] = get_annotations(each)
        if any(isinstance(annotation, str) for annotation in own.values()):
            # A section that holds itself names itself in quotes.
            own = get_type_hints(each, vars(sys.modules[each.__module__]), include_extras=True)
        for attribute, annotation in own.items():
            declared = each.__dict__.get(attribute)
            if isinstance(declared, Declared):
                name = declared.alias or attribute
                keys[name] = Key(name, attribute, annotation, declared)
    return keys


class FileSpec(Spec):
    """A text that is read from a file."""

    file: str = Field(description="Path of the file, relative to the workflow file.")


Text = str | FileSpec
