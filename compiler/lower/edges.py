"""The `edges` section, all shorthand expanded into one table of arrows, choices and maps by node.

- START -> a -> [b, c]            START: a     a: b, c
- {from: b, loop: {until: ok}}    b: choice of END (if ok) and b (at most 10 times)
"""

from __future__ import annotations

from dataclasses import field
from typing import Final

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.span import Span
from compiler.ir.exits import Arrow
from compiler.ir.names import END, START, NodeId
from compiler.lower.context import Context
from compiler.lower.written import Written
from compiler.record import dataclass
from compiler.spec import (
    ChainSpec,
    EdgeSpec,
    LoopSpec,
    ParallelSpec,
    RouteSpec,
)

DEFAULT_BOUND: Final = 10
"""How often a `loop` runs at most when it does not say."""

_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A route whose condition is still text; None is the default route. `is_field`: it names a bool field."""

    condition: Written | None
    target: NodeId
    span: Span
    bound: int | None = None
    on_exhausted: Arrow | None = None
    is_field: bool = False


@dataclass(frozen=True, slots=True)
class OpenChoice:
    """A choice whose conditions are still text."""

    cases: tuple[OpenCase, ...]
    span: Span
    is_loop: bool = False


@dataclass(slots=True)
class EdgeTable:
    """What the section says about each node; a node without an entry ends its path."""

    arrows: dict[NodeId, dict[NodeId, Arrow]] = field(default_factory=dict)
    choices: dict[NodeId, OpenChoice] = field(default_factory=dict)
    maps: dict[NodeId, ParallelSpec] = field(default_factory=dict)
    exhausted: dict[NodeId, Written] = field(default_factory=dict)
    """The field that says whether the loop of a node's edge ended because its rounds were used up."""


def read_edges(ctx: Context) -> EdgeTable:
    """Expand the edges. Codes: AC301, AC512, AC513, AC514, AC515."""
    reader = _Reader(ctx)
    for edge in ctx.spec.edges or ():
        if isinstance(edge, ChainSpec):
            reader.chain(edge)
        else:
            reader.edge(edge)
    return reader.table


class _Reader:
    def __init__(self, ctx: Context) -> None:
        self.table = EdgeTable()
        self._ctx = ctx
        self._first: dict[NodeId, Span] = {}
        """Where the exit of each node was written first."""
        self._written_out: dict[tuple[NodeId, NodeId], Span] = {}

    def chain(self, spec: ChainSpec) -> None:
        steps = spec.steps
        written = self._ctx.written(spec.at, spec.text)
        targets: list[tuple[NodeId | None, Span]] = []
        for index, step in enumerate(steps):
            sources = targets
            is_last = index == len(steps) - 1
            targets = []
            for name in step.names:
                span = written.part(name.start, name.end)
                node = self._known(name.name, span)
                if node == START and index > 0:
                    node = self._misplaced(span, START)
                if node == END and not is_last:
                    node = self._misplaced(span, END)
                targets.append((node, span))
            for source, _ in sources:
                for target, span in targets:
                    if source is not None and target is not None:
                        self._arrow(source, Arrow(target, span), written.span)

    def edge(self, spec: EdgeSpec) -> None:
        span = self._ctx.at((*spec.at, "from"))
        source = self._known(spec.from_, span)
        if source == END:
            source = self._misplaced(span, END)
        if isinstance(spec.to, list):
            for index, name in enumerate(spec.to):
                self._static(source, span, name, self._ctx.at((*spec.at, "to", index)))
        elif spec.to is not None:
            self._static(source, span, spec.to, self._ctx.at((*spec.at, "to")))
        if spec.routes is not None:
            self._routes(source, span, spec.routes)
        if spec.loop is not None:
            self._loop(source, span, spec.loop)
        if spec.parallel is not None:
            self._parallel(source, span, spec.parallel)

    def _static(self, source: NodeId | None, span: Span, name: str, at: Span) -> None:
        target = self._target(name, at)
        if source is None or target is None:
            return
        first = self._written_out.setdefault((source, target), at)
        if first is not at:
            self._ctx.sink.report(
                "AC514",
                at,
                f"the edge from `{source}` to `{target}` is there already",
                related=(Label(first, "the first one"),),
                help="delete it",
            )
        self._arrow(source, Arrow(target, at), span)

    def _arrow(self, source: NodeId, arrow: Arrow, span: Span) -> None:
        if self._is_free(source, span, is_choice=False):
            self.table.arrows.setdefault(source, {}).setdefault(arrow.target, arrow)

    def _routes(self, source: NodeId | None, span: Span, routes: list[RouteSpec]) -> None:
        cases = tuple(self._route(route) for route in routes)
        if source is not None and self._is_free(source, span, is_choice=True):
            self.table.choices[source] = OpenChoice(cases, span)

    def _route(self, route: RouteSpec) -> OpenCase:
        ctx = self._ctx
        span = ctx.at((*route.at, "to"))
        target = self._target(route.to, span)
        exhausted = None
        if route.on_exhausted is not None:
            at = ctx.at((*route.at, "on_exhausted"))
            node = self._target(route.on_exhausted, at)
            exhausted = None if node is None else Arrow(node, at)
        logic = route.logic.strip()
        path = (*route.at, "condition")
        if not isinstance(route.condition, str):
            path = (*path, "logic")
        condition = None if logic == _DEFAULT else ctx.written(path, route.logic)
        bound = route.max_iterations
        if exhausted is None and route.on_exhausted is not None:
            bound = None
        # A target that was reported leaves the route there: it is not missed among the others.
        return OpenCase(condition, target or END, span, bound, None if bound is None else exhausted)

    def _loop(self, source: NodeId | None, span: Span, loop: LoopSpec) -> None:
        ctx = self._ctx
        back_at = ctx.at((*loop.at, "to")) if loop.to is not None else span
        exit_at = ctx.at((*loop.at, "exit_to")) if loop.exit_to is not None else ctx.key_at(loop.at)
        back = source if loop.to is None else self._target(loop.to, back_at)
        exit_to = END if loop.exit_to is None else self._target(loop.exit_to, exit_at)
        if source == START:
            self._misplaced(span, START)
        if source is None or source == START or back is None or exit_to is None:
            return
        key = "until" if loop.until is not None else "condition_field"
        text = loop.until if loop.until is not None else loop.condition_field
        condition = ctx.written((*loop.at, key), text or "")
        bound = loop.max_iterations or DEFAULT_BOUND
        cases = (
            OpenCase(condition, exit_to, exit_at, is_field=loop.until is None),
            OpenCase(None, back, back_at, bound, Arrow(exit_to, exit_at)),
        )
        if self._is_free(source, span, is_choice=True):
            self.table.choices[source] = OpenChoice(cases, span, is_loop=True)
            if loop.exhausted_field is not None:
                told = ctx.written((*loop.at, "exhausted_field"), loop.exhausted_field)
                self.table.exhausted[source] = told

    def _parallel(self, source: NodeId | None, span: Span, parallel: ParallelSpec) -> None:
        ctx = self._ctx
        at = ctx.at((*parallel.at, "target_node"))
        target = self._target(parallel.target_node, at)
        if target == END:
            ctx.report("AC515", at, "`END` cannot run once per item", help="name a node")
            return
        if target is None:
            return
        if target in self.table.maps or ctx.nodes[target].foreach is not None:
            ctx.report(
                "AC515",
                at,
                f"`{target}` is a map already",
                help="a node runs over one list: add a second node for the other one",
            )
        else:
            self.table.maps[target] = parallel
        if source is not None:
            self._arrow(source, Arrow(target, at), span)

    def _is_free(self, source: NodeId, span: Span, *, is_choice: bool) -> bool:
        """Tell whether a node may have this exit as well; report AC512 if not."""
        has_choice = source in self.table.choices
        if not has_choice and not (is_choice and source in self.table.arrows):
            self._first.setdefault(source, span)
            return True
        first = self._first[source]
        self._ctx.sink.report(
            "AC512",
            span,
            f"`{source}` has more than one kind of outgoing edge",
            related=(Label(first, "the first one"),),
            help="put all of its targets into one list of `routes`, or into `to`",
        )
        return False

    def _target(self, name: str, span: Span) -> NodeId | None:
        node = self._known(name, span)
        return self._misplaced(span, START) if node == START else node

    def _known(self, name: str, span: Span) -> NodeId | None:
        if name in self._ctx.nodes or name in (START, END):
            return NodeId(name)
        known = [*self._ctx.nodes, START, END]
        near = self._ctx.report_unknown("AC301", span, name, known, what="node")
        return NodeId(near) if near in self._ctx.nodes else None

    def _misplaced(self, span: Span, which: NodeId) -> NodeId | None:
        """Report AC513; the edge has no such end."""
        end, help = (
            ("beginning", "lead the edge to a node")
            if which == START
            else ("end", "let the edge start at a node")
        )
        self._ctx.report(
            "AC513", span, f"`{which}` stands only at the {end} of the flow", help=help
        )
        return None
