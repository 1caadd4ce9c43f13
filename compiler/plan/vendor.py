"""Which runtime modules a package carries, and which libraries it needs, both read from import statements."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache

from compiler.assets import asset_folder
from compiler.ir.python_names import STANDARD_MODULES


@cache
def module_text(module: str) -> str | None:
    """Return the text of a runtime module such as `tools.calculator`, None when there is no such module."""
    folder = asset_folder("runtime_stubs")
    path = folder.joinpath(*module.split(".")) if module else folder
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file.read_text(encoding="utf-8")
    return None


def module_path(module: str) -> str:
    """Return the file of a runtime module below `_runtime`."""
    path = module.replace(".", "/")
    is_package = asset_folder("runtime_stubs").joinpath(path, "__init__.py").is_file()
    return f"{path}/__init__.py".lstrip("/") if is_package else f"{path}.py"


def closure(roots: Iterable[str]) -> dict[str, str]:
    """Return all runtime modules that `roots` need, with the module (or file) that needs each first.

    A module needs what it imports and the packages it lies in.
    """
    found: dict[str, str] = {}
    waiting = [(root, "the generated code") for root in sorted(roots)]
    while waiting:
        module, reason = waiting.pop()
        if module in found or module_text(module) is None:
            continue
        found[module] = reason
        parents = module.split(".")[:-1]
        waiting += [(".".join(parents[: i + 1]), module) for i in range(len(parents))]
        waiting.append(("", module))
        waiting += [(each, module) for each in _relative_imports(module)]
    return dict(sorted(found.items()))


def libraries(texts: Iterable[str], user: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the requirements of all third-party imports in Python texts.

    Args:
        texts: what agentc brings: the generated code and the runtime library.
        user: files of the user's, whose libraries may be any: of what agentc does not know no version is asked for.

    Raises:
        KeyError: an import in `texts` has no entry in `requirements.toml`, which is a bug of the runtime library.
    """
    table = _requirements("imports")
    own = {name for text in texts for name in _absolute_imports(text)}
    theirs = {name for text in user for name in _absolute_imports(text)} - own
    found = {table[name] for name in own if name in table or _is_foreign(name)}
    found |= {
        table.get(name) or _requirements("users").get(name) or name.replace("_", "-").lower()
        for name in theirs
        if name in table or _is_foreign(name)
    }
    return tuple(sorted(found))


def _is_foreign(name: str) -> bool:
    return name.split(".")[0] not in STANDARD_MODULES


@cache
def _requirements(section: str) -> dict[str, str]:
    text = asset_folder("runtime_stubs").joinpath("requirements.toml").read_text(encoding="utf-8")
    table: dict[str, str] = tomllib.loads(text)[section]
    return table


@cache
def _imports(text: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Return the import statements at all depths; expressions, which hold none, are passed over."""
    found: list[ast.Import | ast.ImportFrom] = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
        for part in ("body", "handlers", "cases", "orelse", "finalbody"):
            inner = getattr(node, part, None)
            if isinstance(inner, list):
                waiting += inner
    return tuple(found)


@cache
def _relative_imports(module: str) -> tuple[str, ...]:
    text = module_text(module) or ""
    is_package = module_path(module).endswith("__init__.py")
    package = module.split(".") if is_package else module.split(".")[:-1]
    found: list[str] = []
    for node in _imports(text):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            inner = [*base, *(node.module.split(".") if node.module else [])]
            found.append(".".join(part for part in inner if part))
            found += [".".join([*(p for p in inner if p), each.name]) for each in node.names]
    return tuple(found)


def _absolute_imports(text: str) -> Iterator[str]:
    """Imported module names; `langgraph.checkpoint.sqlite.aio` also counts by the longest key in the table."""
    table = _requirements("imports")
    for node in _imports(text):
        if isinstance(node, ast.Import):
            modules = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            modules = [node.module]
        else:
            continue
        for module in modules:
            parts = module.split(".")
            prefixes = [".".join(parts[: i + 1]) for i in range(len(parts))]
            known = [prefix for prefix in prefixes if prefix in table]
            yield known[-1] if known else parts[0]
