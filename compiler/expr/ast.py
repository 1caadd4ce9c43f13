"""The syntax tree of expressions; every node knows its offsets in the text it was parsed from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from compiler.record import dataclass

Constant: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a string, true, false or null."""

    value: Constant
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name; the checker turns it into a `StateField` if that is what it means."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StateField:
    """`state.name`, or a bare `name` that was found to mean it."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value.name`; `optional` when the key may be absent and then reads as null."""

    value: Expr
    name: str
    start: int
    end: int
    optional: bool = False

    @property
    def name_start(self) -> int:
        """Offset of the first character of the attribute's own name."""
        return self.end - len(self.name)


@dataclass(frozen=True, slots=True)
class Index:
    """`value[index]`; `optional` as for an attribute."""

    value: Expr
    index: Expr
    start: int
    end: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ListExpr:
    """`[a, b]`."""

    items: tuple[Expr, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DictExpr:
    """`{"a": b}`."""

    items: tuple[tuple[Expr, Expr], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x` or `not x`."""

    op: str
    operand: Expr
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic: `+ - * / // %`."""

    op: str
    left: Expr
    right: Expr
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Compare:
    """`a < b`, or a chain `a < b <= c`; the operators include `in` and `not in`."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BoolOp:
    """`a and b and c`, or the same with `or`."""

    op: str
    values: tuple[Expr, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if test else otherwise`."""

    test: Expr
    then: Expr
    otherwise: Expr
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`; the function is one of the table in `functions.py`."""

    function: str
    arguments: tuple[Expr, ...]
    start: int
    end: int


Expr: TypeAlias = (
    Literal
    | Name
    | StateField
    | Attribute
    | Index
    | ListExpr
    | DictExpr
    | Unary
    | Binary
    | Compare
    | BoolOp
    | Conditional
    | Call
)


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the nodes right below `expr`, in text order except for a conditional: test, then, otherwise."""
    match expr:
        case Literal() | Name() | StateField():
            return ()
        case Attribute(value):
            return (value,)
        case Index(value, index):
            return (value, index)
        case ListExpr(items):
            return items
        case DictExpr(items):
            return tuple(part for pair in items for part in pair)
        case Unary(_, operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Compare(first, rest):
            return (first, *(operand for _, operand in rest))
        case BoolOp(_, values):
            return values
        case Conditional(test, then, otherwise):
            return (test, then, otherwise)
        case Call(_, arguments):
            return arguments


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield every node, parents first, without recursion."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def is_deeper(expr: Expr, limit: int) -> bool:
    """Tell whether the tree has more than `limit` levels; a long chain such as `a + b + …` has many too."""
    level = [expr]
    for _ in range(limit):
        level = [child for node in level for child in children(node)]
        if not level:
            return False
    return True
