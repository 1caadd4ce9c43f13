"""Prompt templates: text with references.

Write about {state.topic} as {"title": …}; {{name}} stays.
    Text('Write about '), Reference(state.topic), Text(' as {"title": …}; {name} stays.')
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from compiler.expr.ast import Attribute, Expr, Index, Literal, Name, StateField
from compiler.expr.check import check
from compiler.expr.evaluate import evaluate
from compiler.expr.problem import Problem
from compiler.expr.scope import STATE, Read, Scope
from compiler.expr.types import Type
from compiler.record import dataclass, replace


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text, escapes undone."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """`{path}`; offsets include the braces."""

    expr: Expr
    start: int
    end: int


Part: TypeAlias = Text | Reference


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; no two texts stand side by side."""

    parts: tuple[Part, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references, in text order."""
        return tuple([part for part in self.parts if isinstance(part, Reference)])

    @property
    def only_reference(self) -> Reference | None:
        """The reference when the template is nothing but one, such as `"{state.x}"`."""
        part = self.parts[0] if len(self.parts) == 1 else None
        return part if isinstance(part, Reference) else None


@dataclass(frozen=True, slots=True)
class TypedTemplate:
    """A template that passed the checks: references resolved, their types in the same order, state reads."""

    template: Template
    types: tuple[Type, ...]
    reads: tuple[Read, ...]


_PATH = r"[^\W\d]\w*(?:\.[^\W\d]\w*|\[-?[0-9]{1,9}\]){0,30}"
_REFERENCE = re.compile(rf"\{{(?P<escaped>\{{{_PATH}\}})\}}|\{{(?P<path>{_PATH})\}}")
_STEP = re.compile(r"\.?([^\W\d]\w*)|\[(-?[0-9]+)\]")


@lru_cache(maxsize=1024)
def parse_template(text: str) -> Template:
    """Read a template; there is no wrong one: braces around anything but a path are text."""
    parts: list[Part] = []
    pending: list[str] = []
    start = at = 0
    for match in _REFERENCE.finditer(text):
        pending.append(text[at : match.start()])
        at = match.end()
        if match["escaped"] is not None or not _is_path(match["path"]):
            pending.append(match["escaped"] or match[0])
            continue
        _flush(parts, pending, start, match.start())
        parts.append(Reference(_path(text, match.start("path"), match.end("path")), *match.span()))
        start = at
    pending.append(text[at:])
    _flush(parts, pending, start, len(text))
    return Template(tuple(parts))


def _flush(parts: list[Part], pending: list[str], start: int, end: int) -> None:
    value = "".join(pending)
    pending.clear()
    if value:
        parts.append(Text(value, start, end))


def _is_path(path: str) -> bool:
    """Tell whether all names of what the pattern found are names to Python too, unlike `²`."""
    return path.isascii() or all(
        match[1] is None or match[1].isidentifier() for match in _STEP.finditer(path)
    )


def _path(text: str, start: int, end: int) -> Expr:
    expr: Expr | None = None
    for match in _STEP.finditer(text, start, end):
        name, index = match[1], match[2]
        if expr is None:
            expr = Name(name, start, match.end())
        elif index is not None:
            number = Literal(int(index), match.start(2), match.end(2))
            expr = Index(expr, number, start, match.end())
        elif isinstance(expr, Name) and expr.id == STATE:
            expr = StateField(name, start, match.end())
        else:
            expr = Attribute(expr, name, start, match.end())
    assert expr is not None, "a path has a first name"
    return expr


def escape_template(text: str) -> str:
    """Return the template whose value is `text`, with what looks like a reference in double braces."""
    return re.sub(rf"\{{({_PATH})\}}", r"{{\1}}", text)


def plain_text(template: Template) -> str:
    """Return the text of a template without its references, escapes undone."""
    return "".join(part.value for part in template.parts if isinstance(part, Text))


def check_template(template: Template, scope: Scope) -> TypedTemplate | list[Problem]:
    """Resolve and type all references. Codes: AC402, AC404, AC405, AC413."""
    problems: list[Problem] = []
    parts: list[Part] = []
    types: list[Type] = []
    reads: list[Read] = []
    for part in template.parts:
        if isinstance(part, Text):
            parts.append(part)
            continue
        typed = check(part.expr, scope)
        if isinstance(typed, list):
            problems += (_in_template(problem, part) for problem in typed)
            continue
        parts.append(Reference(typed.expr, part.start, part.end))
        types.append(typed.type)
        reads += typed.reads
    return problems or TypedTemplate(Template(tuple(parts)), tuple(types), tuple(reads))


def _in_template(problem: Problem, reference: Reference) -> Problem:
    """Replace the advice that makes sense only in an expression."""
    if problem.code == "AC413":
        return replace(problem, help="give the field a default, or the node a `when` that tests it")
    if problem.code != "AC404" or problem.near not in (None, "None", "True", "False"):
        return problem
    root = reference.expr
    if isinstance(root, Name) and root.id == STATE:
        return replace(problem, help="name a field: `{state.x}`")
    if isinstance(root, Name):
        help = f"for the text `{{{root.id}}}` itself write `{{{{{root.id}}}}}`"
        return replace(problem, help=help, near=None)
    return problem


def render_template(template: Template, env: Mapping[str, object]) -> str:
    """Fill in a template as a generated package does: texts as they are, the rest as compact JSON.

    `env` is as for `evaluate`.
    """
    return "".join(
        part.value if isinstance(part, Text) else _shown(evaluate(part.expr, env))
        for part in template.parts
    )


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
