"""How a question to a person looks in generated code."""

from __future__ import annotations

from compiler.expr import AnyType, EnumType, StrType
from compiler.ir.nodes import HumanBody, Node
from compiler.plan.text import Code, literal
from compiler.plan.values import Reader


def is_text_answer(node: Node) -> bool:
    """Whether the answer of a person is taken as it is written, not read as YAML."""
    types = [output.type for output in node.outputs]
    return len(types) < 2 and all(isinstance(each, StrType | EnumType | AnyType) for each in types)


def waiting_options(body: HumanBody, reader: Reader) -> list[Code]:
    """Return the keyword arguments that say what happens when nobody answers."""
    found: list[Code] = []
    if body.wait is not None:
        found.append(Code(f"wait={literal(float(body.wait))}"))
    if body.default is not None:
        found.append(Code(f"default={reader.value(body.default)}"))
    return found
