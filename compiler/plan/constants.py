"""Constants of a package: prompts and sandboxed code, one module each."""

from __future__ import annotations

from compiler.plan.names import Names
from compiler.plan.text import Code, text_block
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class ConstantView:
    """`NAME = literal`."""

    name: Code
    value: Code


class Constants:
    """Collects the constants of one module; equal texts under one wanted name are one constant."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._names = Names()
        self._found: dict[tuple[str, Code], ConstantView] = {}

    def add(self, wanted: str, value: Code) -> Code:
        """Store a value and return the code that reads it: `prompts.REVIEW`."""
        found = self._found.get((wanted, value))
        if found is None:
            found = ConstantView(Code(self._names.new(wanted.upper())), value)
            self._found[wanted, value] = found
        return Code(f"{self._module}.{found.name}")

    def add_text(self, wanted: str, text: str) -> Code:
        """Store a text."""
        return self.add(wanted, text_block(text))

    @property
    def views(self) -> tuple[ConstantView, ...]:
        """All constants in the order they were added."""
        return tuple(self._found.values())
