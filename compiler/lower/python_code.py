"""The Python of `code:` nodes: what it may use, which names it has, and whether it gives a result."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from compiler.lower.python_text import PythonProblem, PythonText

ALLOWED_MODULES: Final = (
    "collections",
    "datetime",
    "decimal",
    "fractions",
    "functools",
    "itertools",
    "json",
    "math",
    "random",
    "re",
    "statistics",
    "string",
    "textwrap",
)
RESULT: Final = "result"
INPUTS: Final = "inputs"

FORBIDDEN_NAMES: Final = frozenset(
    {
        "__import__",
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "exit",
        "globals",
        "help",
        "input",
        "locals",
        "memoryview",
        "open",
        "quit",
        "setattr",
        "vars",
    }
)
_MODULE_NAMES = frozenset({"__name__", "__builtins__"})
_KNOWN = frozenset(dir(builtins)) | _MODULE_NAMES


def check_code(
    python: PythonText, names: AbstractSet[str], *, sandboxed: bool, needs_result: bool
) -> list[PythonProblem]:
    """Return what is wrong with the code of a node. Codes: AC404, AC605, AC707.

    Args:
        names: what the node gives it, `inputs` included.
        sandboxed: whether it runs in the Python sandbox, which limits imports and names.
        needs_result: whether the node has outputs.
    """
    problems = list(_refused(python)) if sandboxed else []
    table = symtable.symtable(python.text, "<workflow>", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if _is_bound(symbol)}
    bound |= {name for child in _scopes(table) for name in _declared_global(child)}
    star = any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        for node in ast.walk(python.tree)
    )
    if not star:
        problems += _unknown(python, _free_names(table) - bound - names - _KNOWN)
    if needs_result and RESULT not in bound and not star:
        problems.append(
            PythonProblem(
                "AC707",
                f"the code never sets `{RESULT}`",
                0,
                len(python.text.partition("\n")[0]),
                help=f"end it with `{RESULT} = …`: the value of the output, or a dict of the outputs",
            )
        )
    return problems


def used_names(python: PythonText) -> frozenset[str]:
    """Return the names the code reads without having set them."""
    table = symtable.symtable(python.text, "<workflow>", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if _is_bound(symbol)}
    return frozenset(_free_names(table) - bound)


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    stack = [table]
    while stack:
        scope = stack.pop()
        yield scope
        stack += scope.get_children()


def _declared_global(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_declared_global() and symbol.is_assigned():
            yield symbol.get_name()


def _free_names(table: symtable.SymbolTable) -> set[str]:
    """Return the names that any scope looks up in the module, bound there or not."""
    names: set[str] = set()
    for scope in _scopes(table):
        for symbol in scope.get_symbols():
            if symbol.is_referenced() and (scope is table or symbol.is_global()):
                names.add(symbol.get_name())
    return names


def _unknown(python: PythonText, names: set[str]) -> Iterator[PythonProblem]:
    left = set(names)
    for node in ast.walk(python.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in left:
            left.discard(node.id)
            start, end = python.place(node)
            yield PythonProblem(
                "AC404", f"the code uses the unknown name `{node.id}`", start, end, name=node.id
            )


def _refused(python: PythonText) -> Iterator[PythonProblem]:
    for node in ast.walk(python.tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield from _import(python, alias, alias.name)
            case ast.ImportFrom(module=module, level=level):
                yield from _import(python, node, "." * level + (module or ""))
            case ast.Name(id=name, ctx=ast.Load()) if name in FORBIDDEN_NAMES:
                start, end = python.place(node)
                yield PythonProblem(
                    "AC605", f"the sandbox does not have `{name}`", start, end, help=_INSTEAD
                )
            case ast.Name(id=name) | ast.Attribute(attr=name) if _is_dunder(name):
                start, end = python.place(node)
                start = max(start, end - len(name))
                yield PythonProblem("AC605", f"the sandbox does not allow `{name}`", start, end)
            case _:
                pass


_INSTEAD = "a `function:` node runs your own Python without these limits"


def _import(
    python: PythonText, node: ast.alias | ast.ImportFrom, module: str
) -> Iterator[PythonProblem]:
    if module.partition(".")[0] in ALLOWED_MODULES:
        return
    start, end = python.place(node)
    allowed = " ".join(f"`{name}`" for name in ALLOWED_MODULES)
    yield PythonProblem(
        "AC605",
        f"the sandbox does not import `{module}`",
        start,
        end,
        help=f"it has {allowed}; {_INSTEAD}",
    )


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in _MODULE_NAMES
