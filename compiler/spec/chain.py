"""The edge shorthand `START -> a -> [b, c] -> d -> END`: names with the places they stand at."""

from __future__ import annotations

import re

from compiler.record import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<arrow>->)|(?P<mark>[\[\],])|(?P<name>\w+)|(?P<other>[-=]+>|\S))")


@dataclass(frozen=True, slots=True)
class ChainName:
    """A node's name in a chain; `start` and `end` are offsets into the chain's text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ChainStep:
    """What stands between two arrows: one name, or the names of a `[list]`."""

    names: tuple[ChainName, ...]


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """Why a text is no chain, and where; offsets into the chain's text."""

    message: str
    start: int
    end: int


def parse_chain(text: str) -> tuple[ChainStep, ...] | ChainProblem:
    """Read a chain of at least two steps, or say what is wrong with it."""
    reader = _Reader(text)
    steps = []
    while True:
        step = reader.step()
        if isinstance(step, ChainProblem):
            return step
        steps.append(step)
        if reader.kind == "end" and len(steps) > 1:
            return tuple(steps)
        if reader.kind != "arrow":
            return reader.expected("`->`")
        reader.advance()


class _Reader:
    """The token in front, and how to take what the grammar wants."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._rest = _TOKEN.finditer(text)
        self.advance()

    def advance(self) -> None:
        found = next(self._rest, None)
        if found is None:
            self.kind, self.word = "end", ""
            self.start = self.end = len(self._text.rstrip())
            return
        self.kind = found.lastgroup or "other"
        self.word = found[self.kind]
        self.start, self.end = found.span(self.kind)

    def expected(self, what: str) -> ChainProblem:
        found = "the end of the text" if self.kind == "end" else f"`{self.word}`"
        return ChainProblem(f"expected {what}, found {found}", self.start, self.end)

    def step(self) -> ChainStep | ChainProblem:
        if self.word != "[":
            name = self._name("a node or `[`")
            return name if isinstance(name, ChainProblem) else ChainStep((name,))
        names = []
        while self.word != "]":
            self.advance()
            name = self._name("a node")
            if isinstance(name, ChainProblem):
                return name
            names.append(name)
            if self.word not in (",", "]"):
                return self.expected("`,` or `]`")
        self.advance()
        return ChainStep(tuple(names))

    def _name(self, what: str) -> ChainName | ChainProblem:
        if self.kind != "name":
            return self.expected(what)
        name = ChainName(self.word, self.start, self.end)
        self.advance()
        return name
