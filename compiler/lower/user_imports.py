"""Imports of the user's Python files that cannot work in the package, which gets a copy of each file alone."""

from __future__ import annotations

import ast
import posixpath

from compiler.diagnostics.span import SourceFile, Span
from compiler.ir.python_names import STANDARD_MODULES
from compiler.lower.context import Context
from compiler.lower.python_text import PythonText


def check_imports(ctx: Context, path: str, source: SourceFile, python: PythonText) -> None:
    """Report imports of files that stand beside a user's file. Code: AC709.

    Args:
        path: the file, relative to the workflow's folder.
    """
    folder = posixpath.dirname(path)
    for node in ast.walk(python.tree):
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(level=0, module=str(name)):
                names = [name]
            case ast.ImportFrom(level=level, module=module, names=aliases):
                inner = [alias.name for alias in aliases] if module is None else [module]
                names = ["." * level + each for each in inner]
            case _:
                continue
        for name in names:
            if name.startswith(".") or _is_beside(ctx, folder, name.partition(".")[0]):
                ctx.report(
                    "AC709",
                    Span(source, *python.place(node)),
                    f"`{name}` is a file beside `{path}`, of which the package gets a copy alone",
                    help=f"move what is used of it into `{path}`, or install it as a library under another name",
                )


def _is_beside(ctx: Context, folder: str, name: str) -> bool:
    if name in STANDARD_MODULES:
        return False
    files = (f"{name}.py", f"{name}/__init__.py")
    return any(ctx.files.exists(posixpath.join(folder, file)) for file in files)
