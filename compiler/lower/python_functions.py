"""Functions in the user's Python files: what they take and give, read without importing them."""

from __future__ import annotations

import ast

from compiler.expr import Type
from compiler.lower.python_text import PythonText
from compiler.lower.python_types import hinted_type
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class PythonParameter:
    """A parameter that can be given by name."""

    name: str
    type: Type
    required: bool


@dataclass(frozen=True, slots=True)
class PythonFunction:
    """A function of a user's file; `[start, end)` is its name in the file."""

    name: str
    parameters: tuple[PythonParameter, ...]
    takes_any_name: bool
    positional_only: tuple[str, ...]
    """Required parameters that cannot be given by name."""
    returns: Type
    is_async: bool
    description: str
    start: int
    end: int


def find_functions(python: PythonText) -> dict[str, PythonFunction]:
    """Return the functions at the top of the file by name; the last one of a name counts, as in Python."""
    found: dict[str, PythonFunction] = {}
    stack: list[ast.stmt] = list(reversed(python.tree.body))
    while stack:
        statement = stack.pop()
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found[statement.name] = _read(python, statement)
            case ast.If(body=body, orelse=other):
                stack += reversed([*body, *other])
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                caught = [each for handler in handlers for each in handler.body]
                stack += reversed([*body, *caught, *other, *last])
            case _:
                pass
    return found


def top_names(python: PythonText) -> frozenset[str]:
    """Return names that the file binds at its top in other ways: imports, assignments, classes."""
    names: set[str] = set()
    for statement in python.tree.body:
        match statement:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {(each.asname or each.name).partition(".")[0] for each in aliases}
            case ast.Assign(targets=targets):
                names |= {each.id for each in targets if isinstance(each, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.ClassDef(name=name):
                names.add(name)
            case _:
                pass
    return frozenset(names)


def _read(python: PythonText, definition: ast.FunctionDef | ast.AsyncFunctionDef) -> PythonFunction:
    arguments = definition.args
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    only = [a.arg for i, a in enumerate(arguments.posonlyargs) if i < first_default]
    parameters = [
        PythonParameter(argument.arg, hinted_type(argument.annotation), index < first_default)
        for index, argument in enumerate(positional)
        if index >= len(arguments.posonlyargs)
    ]
    parameters += (
        PythonParameter(argument.arg, hinted_type(argument.annotation), default is None)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    )
    start = python.text.find(
        definition.name, python.offset(definition.lineno, definition.col_offset) + len("def ")
    )
    documented = ast.get_docstring(definition) or ""
    return PythonFunction(
        name=definition.name,
        parameters=tuple(parameters),
        takes_any_name=arguments.kwarg is not None,
        positional_only=tuple(only),
        returns=hinted_type(definition.returns),
        is_async=isinstance(definition, ast.AsyncFunctionDef),
        description=documented.partition("\n\n")[0].replace("\n", " "),
        start=start,
        end=start + len(definition.name),
    )
