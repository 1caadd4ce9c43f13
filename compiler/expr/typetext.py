"""Type texts such as `list[str]?`, read into types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from compiler.diagnostics.nearest import nearest
from compiler.expr.problem import Problem
from compiler.expr.types import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    LIST,
    MESSAGES,
    STR,
    AnyType,
    DictType,
    EnumType,
    IntType,
    ListType,
    OptionalType,
    StrType,
    Type,
    optional,
    show,
)
from compiler.record import dataclass

SIMPLE_TYPES: Mapping[str, Type] = {
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "any": ANY,
    "list": LIST,
    "dict": DICT,
    "object": DICT,
    "messages": MESSAGES,
}

_FOREIGN_NAMES = {
    "string": "str",
    "text": "str",
    "integer": "int",
    "number": "float",
    "double": "float",
    "boolean": "bool",
    "array": "list",
    "map": "dict",
    "mapping": "dict",
}

_MAX_DEPTH = 32
_TOKEN = re.compile(r"\s*([^\W\d]\w*|\S)")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


class _TypeError(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def parse_type(text: str, named: Mapping[str, Type]) -> Type | Problem:
    """Read a type text; `named` are the types declared under `types`. Codes: AC305, AC409."""
    if text in SIMPLE_TYPES:
        return named.get(text) or SIMPLE_TYPES[text]
    try:
        return _TypeParser(text, named).parse()
    except _TypeError as error:
        return error.problem


class _TypeParser:
    def __init__(self, text: str, named: Mapping[str, Type]) -> None:
        self._named = named
        self._tokens = [_Token(m[1], m.start(1), m.end(1)) for m in _TOKEN.finditer(text)]
        self._tokens.append(_Token("", len(text.rstrip()), len(text.rstrip())))
        self._at = 0

    def parse(self) -> Type:
        type = self._type(0)
        if self._token.text == "|":
            raise self._bad(
                "a type cannot be one of several",
                help="write `T?` for a value that may be null, or `any`",
            )
        if self._token.text:
            raise self._bad(f"expected the end of the type, found `{self._token.text}`")
        return type

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._token
        self._at += bool(token.text)
        return token

    def _type(self, depth: int) -> Type:
        if depth > _MAX_DEPTH:
            raise self._bad(f"the type is nested deeper than {_MAX_DEPTH} levels")
        name = self._take()
        if not name.text.isidentifier():
            found = f"found `{name.text}`" if name.text else "found nothing"
            raise self._bad(f"expected a type, {found}", name)
        type = self._named_type(name, depth)
        while self._token.text == "?":
            mark = self._take()
            if isinstance(type, OptionalType):
                raise self._bad(f"`{show(type)}` may be null already", mark)
            type = optional(type)
        return type

    def _named_type(self, name: _Token, depth: int) -> Type:
        if self._token.text == "[":
            return self._generic(name, depth)
        found = self._named.get(name.text) or SIMPLE_TYPES.get(name.text)
        if found is None:
            raise self._unknown(name)
        return found

    def _generic(self, name: _Token, depth: int) -> Type:
        if name.text not in ("list", "dict"):
            raise self._not_generic(name)
        opening = self._take()
        first_at = self._token
        first = self._type(depth + 1)
        if name.text == "list":
            if self._token.text == ",":
                raise self._bad("`list` takes one type: `list[T]`")
            self._close(opening)
            return ListType(first)
        if not isinstance(first, StrType | IntType | EnumType | AnyType):
            raise self._bad(f"the keys of a dict are `str` or `int`, not `{show(first)}`", first_at)
        if self._token.text != ",":
            raise self._bad("`dict` takes two types: `dict[K, V]`")
        self._take()
        value = self._type(depth + 1)
        self._close(opening)
        return DictType(STR if isinstance(first, AnyType) else first, value)

    def _close(self, opening: _Token) -> None:
        if self._token.text == "]":
            self._take()
        elif self._token.text:
            raise self._bad(f"expected `]`, found `{self._token.text}`")
        else:
            raise self._bad("`[` is never closed", opening)

    def _unknown(self, name: _Token) -> _TypeError:
        known = [*SIMPLE_TYPES, *self._named]
        if name.text.lower() in ("null", "none"):
            return self._bad("null is not a type of its own", name, help="write `T?`")
        near = _FOREIGN_NAMES.get(name.text.lower()) or nearest(name.text, known)
        return _TypeError(
            Problem(
                "AC305",
                f"unknown type `{name.text}`",
                name.start,
                name.end,
                notes=(f"known types: {', '.join(f'`{each}`' for each in known)}",),
                help=f"did you mean `{near}`?" if near else "declare it under `types`",
                near=near,
            )
        )

    def _not_generic(self, name: _Token) -> _TypeError:
        low = name.text.lower()
        near = low if low in ("list", "dict") else _FOREIGN_NAMES.get(low)
        if near in ("list", "dict"):
            return _TypeError(
                Problem(
                    "AC305",
                    f"unknown type `{name.text}`",
                    name.start,
                    name.end,
                    help=f"did you mean `{near}`?",
                    near=near,
                )
            )
        if low in ("optional", "union"):
            return self._bad(f"`{name.text}` is not used here", name, help="write `T?`")
        if low in ("enum", "literal"):
            return self._bad(
                f"`{name.text}` is not a type", name, help="write `type: str` and `enum: [a, b]`"
            )
        if name.text in SIMPLE_TYPES or name.text in self._named:
            return self._bad(f"`{name.text}` takes no types in brackets", name)
        return self._unknown(name)

    def _bad(
        self, message: str, token: _Token | None = None, *, help: str | None = None
    ) -> _TypeError:
        token = token or self._token
        return _TypeError(Problem("AC409", message, token.start, token.end, help=help))
