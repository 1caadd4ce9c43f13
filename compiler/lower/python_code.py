"""The Python of `code:` nodes: what it may use, which names it has, and whether it gives a result."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from compiler.ir.python_names import BUILTIN_NAMES
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

# Built-in names that `runtime_stubs/sandbox/guards.py` does not give; a test holds the two together.
FORBIDDEN_NAMES: Final = frozenset(
    [
        "BaseExceptionGroup",
        "BrokenPipeError",
        "ChildProcessError",
        "ConnectionAbortedError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "EncodingWarning",
        "FileExistsError",
        "FileNotFoundError",
        "InterruptedError",
        "IsADirectoryError",
        "NotADirectoryError",
        "ProcessLookupError",
        "ResourceWarning",
        "aiter",
        "anext",
        "breakpoint",
        "compile",
        "copyright",
        "credits",
        "dir",
        "eval",
        "exec",
        "exit",
        "globals",
        "help",
        "input",
        "license",
        "locals",
        "memoryview",
        "open",
        "quit",
        "vars",
    ]
)
_STATEMENTS: Final[dict[type[ast.AST], str]] = {
    ast.AsyncFor: "async for",
    ast.AsyncFunctionDef: "async def",
    ast.AsyncWith: "async with",
    ast.Await: "await",
}
_KNOWN = BUILTIN_NAMES | {"__name__", *ALLOWED_MODULES}


def check_code(
    python: PythonText, names: AbstractSet[str], *, sandboxed: bool, needs_result: bool
) -> list[PythonProblem]:
    """Return what is wrong with the code of a node. Codes: AC404, AC605, AC707.

    Args:
        names: what the node gives it, `inputs` included.
        sandboxed: whether it runs in the Python sandbox, which limits imports and names.
        needs_result: whether the node has outputs.
    """
    table = symtable.symtable(python.text, "<workflow>", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if _is_bound(symbol)}
    bound |= {name for child in _scopes(table) for name in _declared_global(child)}
    free = _free_names(table) - bound - names
    problems = list(_refused(python, FORBIDDEN_NAMES & free)) if sandboxed else []
    star = any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        for node in ast.walk(python.tree)
    )
    if not star:
        problems += _unknown(python, {name for name in free - _KNOWN if not _is_reserved(name)})
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


def set_names(python: PythonText) -> frozenset[str]:
    """Return the names that the code sets."""
    table = symtable.symtable(python.text, "<workflow>", "exec")
    return frozenset(each.get_name() for each in table.get_symbols() if _is_bound(each))


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


def _refused(python: PythonText, forbidden: AbstractSet[str]) -> Iterator[PythonProblem]:
    for node in ast.walk(python.tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield from _import(python, alias, alias.name)
            case ast.ImportFrom(module=module, level=level):
                yield from _import(python, node, "." * level + (module or ""))
            case ast.Name(id=name, ctx=ast.Load()) if name in forbidden:
                start, end = python.place(node)
                yield PythonProblem(
                    "AC605", f"the sandbox does not have `{name}`", start, end, help=_INSTEAD
                )
            case ast.Attribute(attr=name) if name.startswith("_"):
                _, end = python.place(node)
                message = f"the attribute `{name}` is private"
                yield PythonProblem("AC605", message, max(end - len(name), 0), end)
            case ast.Name(id=name) if _is_reserved(name):
                start, end = python.place(node)
                yield PythonProblem("AC605", f"the sandbox does not allow `{name}`", start, end)
            case ast.AsyncFor() | ast.AsyncFunctionDef() | ast.AsyncWith() | ast.Await():
                start, _ = python.place(node)
                word = _STATEMENTS[type(node)]
                message = f"the sandbox does not have `{word}`"
                yield PythonProblem("AC605", message, start, start + len(word), help=_INSTEAD)
            case _:
                pass


_INSTEAD = "a `function:` node runs your own Python without these limits"


def _import(
    python: PythonText, node: ast.alias | ast.ImportFrom, module: str
) -> Iterator[PythonProblem]:
    if module in ALLOWED_MODULES:
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


def _is_reserved(name: str) -> bool:
    """Tell whether a name belongs to the sandbox or to Python's insides."""
    if name == "__name__":
        return False
    return name.startswith("__") or (name.startswith("_") and name.endswith("_") and name != "_")
