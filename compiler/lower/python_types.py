"""Type hints of Python, as far as they say something in the types of workflows."""

from __future__ import annotations

import ast

from compiler.expr import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    LIST,
    NULL,
    STR,
    DictType,
    EnumType,
    IntType,
    ListType,
    StrType,
    Type,
    optional,
    unify,
)

_SIMPLE: dict[str, Type] = {
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "list": LIST,
    "List": LIST,
    "Sequence": LIST,
    "dict": DICT,
    "Dict": DICT,
    "Mapping": DICT,
    "None": NULL,
}


def hinted_type(hint: ast.expr | None) -> Type:
    """Return the type a hint means; `any` for one that is absent or says nothing here."""
    match hint:
        case ast.Constant(value=None):
            return NULL
        case ast.Constant(value=str(text)):
            return _quoted(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _SIMPLE.get(name, ANY)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return unify(hinted_type(left), hinted_type(right))
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            return _generic(name, inner)
        case _:
            return ANY


def _quoted(text: str) -> Type:
    try:
        return hinted_type(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ANY


def _generic(name: str, inner: ast.expr) -> Type:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match name:
        case "list" | "List" | "Sequence" if len(parts) == 1:
            return ListType(hinted_type(parts[0]))
        case "dict" | "Dict" | "Mapping" if len(parts) == 2:
            key = hinted_type(parts[0])
            key = key if isinstance(key, StrType | IntType | EnumType) else STR
            return DictType(key, hinted_type(parts[1]))
        case "Optional" if len(parts) == 1:
            return optional(hinted_type(parts[0]))
        case "Union":
            types = [hinted_type(part) for part in parts]
            result = types[0]
            for each in types[1:]:
                result = unify(result, each)
            return result
        case "Annotated":
            return hinted_type(parts[0])
        case "Literal":
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            if len(texts) == len(parts) and all(isinstance(text, str) for text in texts):
                return EnumType(tuple(str(text) for text in texts))
            return ANY
        case _:
            return ANY
