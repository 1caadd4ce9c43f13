"""Builds workflows from a few lines of text, straight into the IR, so that passes are tested without YAML.

    field x: int = 0
    START -> a
    a: reads x; writes y, z?; when x; -> b, c
    b: if x > 0 -> d max 3 then END; else -> END
    c: on_error d

`required x` declares an input; fields that are only mentioned are declared as `any`. A `?` after a written
field lets the node go on without its writes when it fails (`on_error: continue`).
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import cast

from compiler.diagnostics.span import SourceFile, Span
from compiler.expr import (
    ANY,
    EnumType,
    Problem,
    Scope,
    Type,
    Typed,
    check,
    parse_expression,
    parse_type,
)
from compiler.ir.exits import Arrow, Case, Choice, Exit, Goto
from compiler.ir.names import FieldName, NodeId
from compiler.ir.nodes import (
    CodeBody,
    Handler,
    Input,
    Node,
    Output,
    Sandbox,
)
from compiler.ir.values import Constant, Expression
from compiler.ir.workflow import Config, Execution, Field, Merge, Workflow

SANDBOX = Sandbox("python", True, False, "medium", None, None, None)


class Sketch:
    """One workflow being read; spans are those of the sketch's own text."""

    def __init__(self, text: str) -> None:
        self.source = SourceFile("sketch", text)
        self.fields: dict[str, Field] = {}
        self.config = Config()
        self.entry: Exit = Goto(())
        self.nodes: list[Node] = []
        lines = [(m.start(), m.group()) for m in re.finditer(r"[^\n]+", text)]
        for at, line in lines:
            self._declare(at, line)
        for at, line in lines:
            self._line(at, line)

    @property
    def workflow(self) -> Workflow:
        return Workflow(
            name="sketch",
            package="sketch",
            description="",
            version="",
            source_name="sketch",
            span=Span(self.source, 0, 0),
            types=(),
            fields=tuple(self.fields.values()),
            models=(),
            tools=(),
            nodes=tuple(self.nodes),
            entry=self.entry,
            config=self.config,
        )

    def _declare(self, at: int, line: str) -> None:
        found = re.match(
            r"\s*(field|required) (\w+)(?:: ([^=]+?))?(?: merge (\w+))?(?: = (.*))?$", line
        )
        if found is None:
            return
        word, name, type_text, merge, default = found.groups()
        type = _type_of(type_text or "any")
        span = self._span(at + found.start(2), name)
        value = None if default is None else Constant(default, type, span)
        if default is not None:
            json.loads(default)
        self.fields[name] = Field(
            FieldName(name),
            type,
            span,
            word == "required",
            value,
            "",
            cast(Merge, merge or "replace"),
        )

    def _line(self, at: int, line: str) -> None:
        text = line.strip()
        at += line.index(text)
        if not text or re.match(r"(field|required) ", text):
            return
        if text.startswith("max_steps "):
            self.config = replace(self.config, execution=Execution(max_steps=int(text.split()[1])))
        elif text.startswith("START"):
            self.entry = self._exit(at + 5, text[5:].lstrip(": "))
        else:
            name, _, rest = text.partition(":")
            self.nodes.append(self._node(at, name, rest))

    def _node(self, at: int, name: str, rest: str) -> Node:
        span = self._span(at, name)
        node = Node(
            id=NodeId(name),
            name=name,
            description="",
            span=span,
            body=CodeBody("result = 1", SANDBOX, span),
            exit=Goto(()),
        )
        exit_parts = []
        for part in (each.strip() for each in rest.split(";")):
            word, _, value = part.partition(" ")
            if word in ("->", "if", "else", "until", "loop"):
                exit_parts.append(part)
            elif word == "reads":
                node = replace(
                    node,
                    inputs=tuple(
                        Input(each, self._expression(each), span) for each in _names(value)
                    ),
                )
            elif word == "writes":
                names = _names(value)
                node = replace(
                    node,
                    outputs=tuple(
                        Output(n.strip("?"), self._type(n.strip("?")), span) for n in names
                    ),
                )
                if any(each.endswith("?") for each in names):
                    node = replace(node, on_error=(Handler(None, "continue", span),))
            elif word == "when":
                node = replace(node, when=self._expression(value))
            elif word == "on_error":
                node = replace(node, on_error=(Handler(None, "goto", span, NodeId(value)),))
            else:
                assert not part, part
        return replace(node, exit=self._exit(at, "; ".join(exit_parts)))

    def _exit(self, at: int, text: str) -> Exit:
        if not text or text.startswith("->"):
            names = _names(text.removeprefix("->"))
            return Goto(tuple(Arrow(NodeId(n), self._find(at, n)) for n in names if n))
        cases = []
        for part in (each.strip() for each in text.split(";")):
            found = re.match(r"(if (.+?)|else) -> (\w+)(?: max (\d+))?(?: then (\w+))?$", part)
            assert found is not None, part
            _, condition, target, bound, then = found.groups()
            cases.append(
                Case(
                    None if condition is None else self._expression(condition),
                    NodeId(target),
                    self._find(at, part),
                    int(bound) if bound else None,
                    Arrow(NodeId(then), self._find(at, part)) if then else None,
                )
            )
        return Choice(tuple(cases), self._find(at, text.split(";")[0]))

    def _expression(self, text: str) -> Expression:
        for name in re.findall(r"[a-z_]\w*", re.sub(r"\"[^\"]*\"", "", text)):
            if name not in ("and", "or", "not", "in", "error", "true", "false", "len", "state"):
                self._type(name)
        scope = Scope({n: f.type for n, f in self.fields.items()}, {"error": ANY})
        parsed = parse_expression(text)
        assert not isinstance(parsed, list), (text, parsed)
        typed = check(parsed, scope)
        assert isinstance(typed, Typed), (text, typed)
        return Expression(text, typed.expr, typed.type, self._find(0, text))

    def _type(self, name: str) -> Type:
        if name not in self.fields:
            self.fields[name] = Field(FieldName(name), ANY, self._find(0, name))
        return self.fields[name].type

    def _span(self, at: int, text: str) -> Span:
        return Span(self.source, at, at + len(text))

    def _find(self, at: int, text: str) -> Span:
        found = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)").search(self.source.text, at)
        return self._span(found.start() if found else at, text)


def _type_of(text: str) -> Type:
    """Read a type; `enum[a, b]` stands for a text with a list of values."""
    if text.startswith("enum["):
        return EnumType(tuple(_names(text[5:-1])))
    type = parse_type(text, {})
    assert not isinstance(type, Problem), type
    return type


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def sketch(text: str) -> Workflow:
    """Build a workflow from a sketch."""
    return Sketch(text).workflow
