"""What names mean where an expression stands, and what checking one gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from compiler.expr.ast import Expr
from compiler.expr.types import Type
from compiler.record import dataclass, replace

Path: TypeAlias = tuple[str | int, ...]
"""A place a value is read from: `("state", "profile", "city")`, or `("item", "name", 0)` for a local."""

STATE = "state"


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use.

    Args:
        state: type of each state field, read as `state.x`, or as `x` where no local is called `x`.
        locals: types of other names, such as `item`, `index`, `error` or a node's `inputs`.
        narrowed: types known to hold at this point for single places, as `narrowings` gives them.
    """

    state: Mapping[str, Type]
    locals: Mapping[str, Type] = field(default_factory=dict)
    narrowed: Mapping[Path, Type] = field(default_factory=dict)

    def narrowed_by(self, facts: Mapping[Path, Type]) -> Scope:
        """Return the scope in which `facts` hold too."""
        return replace(self, narrowed={**self.narrowed, **facts}) if facts else self


@dataclass(frozen=True, slots=True)
class Read:
    """One use of a state field, with the offsets of the text that names it."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression that passed the checks.

    Args:
        expr: the expression with every bare name that means a state field turned into a `StateField`, and
            every access to a key that may be absent marked `optional`.
        type: the type of the whole.
        types: the type of each node, by its `(start, end)`.
        reads: the state fields it reads, in text order, with repeats.
    """

    expr: Expr
    type: Type
    types: Mapping[tuple[int, int], Type]
    reads: tuple[Read, ...]

    def type_of(self, node: Expr) -> Type:
        """Return the type of a node of `expr`."""
        return self.types[node.start, node.end]

    @property
    def fields(self) -> frozenset[str]:
        """The names of the state fields that are read."""
        return frozenset(read.field for read in self.reads)
