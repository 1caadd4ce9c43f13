"""Values of the IR as Python expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from compiler.expr import EnumType, Expr, IntType, StrType, Type, plain_text, to_python
from compiler.expr.ast import Attribute, Index, Literal, Name, StateField
from compiler.expr.template import Reference
from compiler.expr.template import Text as TextPart
from compiler.ir.values import Constant, Expression, ListValue, MappingValue, Text, Value
from compiler.plan.imports import Imports
from compiler.plan.text import Code, identifier, literal


class Reader:
    """Writes values as code inside of one function: state fields and the locals of that function.

    Args:
        places: the code of each local name; all other names are state fields.
        imports: of the module the code goes into.
        written: the code of state fields that the function itself has just written.
    """

    def __init__(
        self,
        places: Mapping[str, Code],
        imports: Imports,
        written: Mapping[str, Code] | None = None,
    ) -> None:
        self._places = dict(places)
        self._imports = imports
        self._written = dict(written or {})

    def after(self, written: Mapping[str, Code]) -> Reader:
        """Return a reader that sees what the function has written."""
        return Reader(self._places, self._imports, written)

    def bind(self, name: str, code: Code) -> None:
        """Make a local name known."""
        self._places[name] = code

    def expression(self, expr: Expr) -> Code:
        """Return an expression as code."""
        return Code(to_python(expr, self._root))

    def _root(self, name: str, is_state: bool) -> str:
        if not is_state and name in self._places:
            return self._places[name]
        if name in self._written:
            return self._written[name]
        return f"state[{literal(name)}]"

    def value(self, value: Value) -> Code:
        """Return any value as code."""
        match value:
            case Expression():
                return self.expression(value.ast)
            case Constant():
                return literal(value.data)
            case Text():
                return self.text(value, lambda text, _: literal(text))
            case ListValue(items):
                return Code(f"[{', '.join(self.value(item) for item in items)}]")
            case MappingValue(entries):
                pairs = (f"{literal(key)}: {self.value(part)}" for key, part in entries)
                return Code(f"{{{', '.join(pairs)}}}")
            case _:
                assert_never(value)

    def text(self, value: Text, store: Callable[[str, bool], Code]) -> Code:
        """Return a text as code; `store(text, is_format)` turns its constant part into code."""
        references = value.template.references
        if not references:
            return store(plain_text(value.template), False)
        if value.template.only_reference is not None:
            return self._filled(references[0], value.types[0])
        names: dict[Expr, str] = {}
        arguments: dict[str, Code] = {}
        pieces: list[str] = []
        types = iter(value.types)
        for part in value.template.parts:
            if isinstance(part, TextPart):
                pieces.append(part.value.replace("{", "{{").replace("}", "}}"))
                continue
            type = next(types)
            code = self._filled(part, type)
            name = next((known for known, same in arguments.items() if same == code), None)
            if name is None:
                name = _free(_path_name(part.expr), arguments)
                arguments[name] = code
            names[part.expr] = name
            pieces.append("{" + name + "}")
        filled = ", ".join(f"{identifier(name)}={code}" for name, code in arguments.items())
        return Code(f"{store(''.join(pieces), True)}.format({filled})")

    def _filled(self, reference: Reference, type: Type) -> Code:
        code = self.expression(reference.expr)
        if isinstance(type, StrType | EnumType | IntType):
            return code
        return Code(f"{self._imports.use_runtime('text', 'text')}({code})")


def _path_name(expr: Expr) -> str:
    """A readable argument name for a path: `profile.address.city` gives `profile_address_city`."""
    match expr:
        case Name(id=name) | StateField(name=name):
            return name
        case Attribute(value, name):
            return f"{_path_name(value)}_{name}"
        case Index(value, Literal(value=index)):
            return (
                f"{_path_name(value)}_{index}" if str(index).isidentifier() else _path_name(value)
            )
        case Index(value, _):
            return _path_name(value)
        case _:
            return "value"


def _free(wanted: str, taken: Mapping[str, Code]) -> str:
    name, number = wanted, 2
    while name in taken or name == "self":
        name, number = f"{wanted}_{number}", number + 1
    return name
