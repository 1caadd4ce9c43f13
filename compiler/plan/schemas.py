"""The pydantic models of a package: answers that models must give, results that code must give."""

from __future__ import annotations

import keyword

from compiler.ir.nodes import Output
from compiler.plan.imports import Imports
from compiler.plan.names import Names, camel
from compiler.plan.text import Code, docstring, literal
from compiler.plan.types import TypeNames, annotation
from compiler.record import dataclass

_SHADOWING = frozenset(
    [
        "Annotated",
        "Any",
        "BaseModel",
        "Field",
        "Literal",
        "bool",
        "construct",
        "copy",
        "dict",
        "dict_",
        "float",
        "from_orm",
        "int",
        "json",
        "list",
        "object",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "schema",
        "schema_json",
        "str",
        "update_forward_refs",
        "validate",
    ]
)
"""Names a field can't have: those of pydantic's base class, and those its annotations use."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field; `extras` are the keyword arguments of `Field`."""

    name: Code
    type: Code


@dataclass(frozen=True, slots=True)
class ModelView:
    """One pydantic model."""

    name: Code
    doc: Code
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """What a node's function needs to know of its model: class name and the attribute of each output."""

    name: Code
    attributes: dict[str, Code]


class Schemas:
    """Collects the models of `schemas.py`."""

    def __init__(self, types: TypeNames, imports: Imports, names: Names) -> None:
        """Collect models whose names are taken from `names`, as those of the types are."""
        self._types = types
        self._imports = imports
        self._names = names
        self._found: list[ModelView] = []

    def add(self, node: str, suffix: str, outputs: tuple[Output, ...], doc: str) -> Schema:
        """Make the model of a node's outputs, `suffix` being `Answer` or `Result`."""
        name = self._names.new(camel(node) + suffix)
        self._imports.use("pydantic", "BaseModel")
        attributes: dict[str, Code] = {}
        fields: list[FieldView] = []
        taken = Names(_SHADOWING)
        for output in outputs:
            attribute = self._attribute(output.name, taken)
            attributes[output.name] = Code(attribute)
            fields.append(FieldView(Code(attribute), self._type(node, output, attribute)))
        self._found.append(ModelView(Code(name), docstring(doc), tuple(fields)))
        return Schema(Code(name), attributes)

    def _attribute(self, name: str, taken: Names) -> str:
        wanted = name.lstrip("_") or "field"
        if keyword.iskeyword(wanted) or wanted.startswith("model_") or wanted in _SHADOWING:
            wanted += "_"
        return taken.new(wanted)

    def _type(self, node: str, output: Output, attribute: str) -> Code:
        code = annotation(
            output.type, f"{node}_{output.name}", self._types, self._imports, ".records"
        )
        extras: list[str] = []
        if attribute != output.name:
            extras.append(f"alias={literal(output.name)}")
        if output.description:
            extras.append(f"description={literal(output.description)}")
        if not extras:
            return code
        annotated = self._imports.use("typing", "Annotated")
        field = self._imports.use("pydantic", "Field")
        return Code(f"{annotated}[{code}, {field}({', '.join(extras)})]")

    @property
    def views(self) -> tuple[ModelView, ...]:
        """All models in the order of the nodes."""
        return tuple(self._found)
