"""Import statements of a generated module, collected while its view is made."""

from __future__ import annotations

from compiler.ir.python_names import STANDARD_MODULES
from compiler.plan.text import Code
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Import:
    """`import module`, or `from module import name as alias` when `name` is given."""

    module: str
    name: str | None = None


class Imports:
    """Collects imports and writes them sorted, as ruff's isort rules want them."""

    def __init__(self, runtime: str = "._runtime", own: str = "") -> None:
        """Start without imports; `own` is the package that counts as first party."""
        self._runtime = runtime
        self._own = own
        self._found: set[Import] = set()

    def use(self, module: str, name: str) -> Code:
        """Import `name` from `module` and return it as code."""
        self._found.add(Import(module, name))
        return Code(name)

    def use_module(self, module: str) -> Code:
        """Import a whole module and return its name as code."""
        self._found.add(Import(module))
        return Code(module)

    def use_runtime(self, module: str, name: str) -> Code:
        """Import `name` from a module of the vendored runtime library."""
        return self.use(f"{self._runtime}.{module}", name)

    def render(self) -> tuple[Code, ...]:
        """Return the import block, one code text a line; groups are separated by an empty text."""
        groups: dict[int, list[Code]] = {}
        plain = sorted(each.module for each in self._found if each.name is None)
        for module in plain:
            groups.setdefault(self._group(module), []).append(Code(f"import {module}"))
        names: dict[str, set[str]] = {}
        for each in self._found:
            if each.name is not None:
                names.setdefault(each.module, set()).add(each.name)
        for module in sorted(names, key=_module_key):
            listed = ", ".join(sorted(names[module], key=_name_key))
            groups.setdefault(self._group(module), []).append(
                Code(f"from {module} import {listed}")
            )
        lines: list[Code] = []
        for group in sorted(groups):
            if lines:
                lines.append(Code(""))
            lines += groups[group]
        return tuple(lines)

    def _group(self, module: str) -> int:
        top = module.split(".")[0]
        if module.startswith("."):
            return 4
        if top == self._own:
            return 3
        if top == "__future__":
            return 0
        return 1 if top in STANDARD_MODULES else 2


def _module_key(module: str) -> tuple[int, str]:
    """Relative imports: more dots first, then by name, as isort does."""
    dots = len(module) - len(module.lstrip("."))
    return -dots, module.lstrip(".").lower()


def _name_key(name: str) -> tuple[int, str, str]:
    """Constants, then classes, then functions: isort's order within a statement."""
    if name.isupper() and len(name) > 1:
        kind = 0
    elif name[:1].isupper():
        kind = 1
    else:
        kind = 2
    return kind, name.lower(), name
