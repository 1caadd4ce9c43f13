"""Report fields that two nodes write at the same time, and map items that write one place.

START -> [facts, style] -> merge
facts: writes notes
style: writes notes          AC504: which write would last? `merge: append` keeps both
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.expr import DictType, FloatType, IntType, ListType, Type, show
from compiler.ir.names import FieldName, NodeId
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.concurrency import Concurrency
from compiler.passes.words import join_names

_Writer = tuple[NodeId, Span]


def check_races(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC504 once per field or memory key and region, and AC517."""
    concurrency = Concurrency(analysis)
    for members in _regions(analysis):
        for name, writers in _field_writers(analysis, members).items():
            race = _find_race(concurrency, writers)
            if race is not None:
                _report(analysis, concurrency, name, writers, race, sink)
        for key, writers in _memory_writers(analysis, members).items():
            race = _find_race(concurrency, writers)
            if race is not None:
                _report_memory(key, race, sink)
    _check_maps(analysis, sink)
    return analysis.workflow


def _regions(analysis: Analysis) -> Iterator[tuple[NodeId, ...]]:
    """The nodes of each region; without a fork there is none, and nothing to look at."""
    if any(analysis.graph.is_fork(node) for node in analysis.order):
        yield from (region.nodes for region in analysis.regions)


def _field_writers(analysis: Analysis, members: Sequence[NodeId]) -> dict[FieldName, list[_Writer]]:
    found: dict[FieldName, list[_Writer]] = {}
    for node in members:
        for write in analysis.writes[node]:
            field = analysis.fields.get(write.field)
            if field is not None and field.merge == "replace":
                found.setdefault(write.field, []).append((node, write.span))
    return found


def _memory_writers(analysis: Analysis, members: Sequence[NodeId]) -> dict[str, list[_Writer]]:
    """Keys of the memory that all nodes share; that of a node or agent is its own."""
    found: dict[str, list[_Writer]] = {}
    for node in members:
        memory = analysis.nodes[node].memory
        if memory is not None and memory.scope == "workflow":
            for each in memory.write:
                found.setdefault(each.name, []).append((node, each.span))
    return found


def _find_race(
    concurrency: Concurrency, writers: list[_Writer]
) -> tuple[_Writer, _Writer, NodeId] | None:
    """Return the first two writers that can run together, and the fork that starts them."""
    if all(concurrency.comes_before(one, other) for (one, _), (other, _) in pairwise(writers)):
        return None
    for one, other in combinations(writers, 2):
        fork = concurrency.find_fork(one[0], other[0])
        if fork is not None:
            return one, other, fork
    return None


def _report(
    analysis: Analysis,
    concurrency: Concurrency,
    name: FieldName,
    writers: list[_Writer],
    race: tuple[_Writer, _Writer, NodeId],
    sink: Sink,
) -> None:
    (first, span), (second, other_span), fork = race
    more = [
        node
        for node, _ in writers
        if node not in (first, second)
        and any(concurrency.find_fork(node, each) is not None for each in (first, second))
    ]
    related = [Label(other_span, f"`{second}` writes it too")]
    if fork in analysis.nodes:
        related.append(Label(analysis.span_of(fork), "both start after this node"))
    sink.report(
        "AC504",
        span,
        f"`{first}` and `{second}` can run at the same time and both write `{name}`",
        label=f"`{first}` writes `{name}`",
        related=related,
        notes=(
            (f"{join_names(more)} {'write' if len(more) > 1 else 'writes'} it as well",)
            if more
            else ()
        ),
        help=f"{_merge_advice(name, analysis.fields[name].type)}, or let one run after the other"
        f" with the edge `{first} -> {second}`",
    )


def _merge_advice(name: FieldName, type: Type) -> str:
    match type:
        case ListType():
            return f"give `{name}` `merge: extend`"
        case DictType():
            return f"give `{name}` `merge: union`"
        case IntType() | FloatType():
            return f"give `{name}` `merge: add` (or `min`, `max`)"
        case _:
            return f"make `{name}` a `list[{show(type)}]` with `merge: append`"


def _report_memory(key: str, race: tuple[_Writer, _Writer, NodeId], sink: Sink) -> None:
    (first, span), (second, other_span), _ = race
    sink.report(
        "AC504",
        span,
        f"`{first}` and `{second}` can run at the same time and both write the memory key `{key}`",
        label=f"`{first}` writes it",
        related=(Label(other_span, f"`{second}` writes it too"),),
        help=f"use two keys, or let one run after the other with the edge `{first} -> {second}`",
    )


def _check_maps(analysis: Analysis, sink: Sink) -> None:
    for node in analysis.workflow.nodes:
        foreach = node.foreach
        if foreach is None:
            continue
        if foreach.collect is not None and foreach.collect == foreach.errors:
            sink.report(
                "AC517",
                foreach.span,
                f"the map `{node.id}` writes both its results and its errors to `{foreach.collect}`",
                help="name another field in `errors`",
            )
        if node.memory is not None and foreach.max_concurrency != 1:
            for each in node.memory.write:
                sink.report(
                    "AC517",
                    each.span,
                    f"the items of the map `{node.id}` all write the memory key `{each.name}`"
                    " at the same time",
                    help=f"write it in a node after `{node.id}`, or set `max_concurrency: 1`",
                )
