"""`python -m tests.support.reference_tables` fills the key tables of the language reference from the models.

A table stands between `<!-- keys of NAME -->` and `<!-- end -->`; NAME is a model of `compiler/spec/` without `Spec`.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from compiler.spec import ChainSpec, FileSpec, Spec
from compiler.spec.base import Key, keys_of
from compiler.spec.nodes import CommonNodeSpec

REFERENCE = Path(__file__).parents[2] / "docs" / "language" / "reference.md"
_TABLE = re.compile(r"(<!-- keys of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true`, `false`",
    Any: "anything",
}

_SECTIONS: dict[type[Spec], str] = {FileSpec: "`{file: …}`", ChainSpec: "chain"}


def models() -> dict[str, type[Spec]]:
    """Return every section of the language by name."""
    found: dict[str, type[Spec]] = {}
    waiting: list[type[Spec]] = [Spec]
    while waiting:
        for model in waiting.pop().__subclasses__():
            found[model.__name__.removesuffix("Spec")] = model
            waiting.append(model)
    return found


def table_of(model: type[Spec]) -> str:
    """Return the keys of a section as a Markdown table; a node kind's without those of all nodes."""
    shared = keys_of(CommonNodeSpec) if model is not CommonNodeSpec else {}
    is_kind = issubclass(model, CommonNodeSpec)
    lines = ["| key | value | meaning |", "|---|---|---|"]
    for key, field in keys_of(model).items():
        if is_kind and (key in shared or key == "kind"):
            continue
        lines.append(f"| `{key}`{_mark(field)} | {_shape(field)} | {field.description} |")
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """Return the reference with every table brought up to date."""
    known = models()
    return _TABLE.sub(lambda match: f"{match[1]}\n{table_of(known[match[2]])}\n{match[3]}", text)


def named(text: str) -> set[str]:
    """Return the sections that the reference has tables of."""
    return {match[2] for match in _TABLE.finditer(text)}


def _mark(field: Key) -> str:
    return " (required)" if field.is_required else ""


def _shape(field: Key) -> str:
    return " or ".join(dict.fromkeys(_shapes(field.annotation)))


def _shapes(annotation: object) -> list[str]:
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shapes(inside[0])
    if origin in (Union, UnionType):
        return [shape for each in inside if each is not NoneType for shape in _shapes(each)]
    if origin is Literal:
        return [f"`{word}`" for word in inside]
    if origin is list:
        return [f"list of {_plural(inside[0])}"]
    if origin is dict:
        return ["mapping"]
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return [_SECTIONS.get(annotation, "mapping")]
    return [_WORDS[each] for each in _WORDS if each is annotation]


def _plural(annotation: object) -> str:
    shapes = dict.fromkeys(_shapes(annotation))
    return " or ".join(
        {"text": "texts", "mapping": "mappings", "chain": "chains"}.get(each, each)
        for each in shapes
    )


if __name__ == "__main__":
    REFERENCE.write_text(filled(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
