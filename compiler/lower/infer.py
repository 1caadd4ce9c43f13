"""Edges that follow from what nodes read and write, when the file has none.

    a writes x                 START -> a
    b reads x, writes y        a -> b
    c reads x, writes z        a -> c
    d reads y and z            b -> d, c -> d -> END

A reader depends on the last writer before it in the file, or, if there is none, on those after it. Writers of
one field run one after another, and after those that read what they replace; with a `merge` they need not.
What is required counts as written by START. Dependencies in a ring are broken by file order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from compiler.ir.exits import Arrow, Goto
from compiler.ir.names import END, ERROR_FIELD, FieldName, NodeId
from compiler.ir.nodes import AgentBody, Node
from compiler.ir.uses import reads, writes
from compiler.ir.workflow import Field
from compiler.record import dataclass, replace

_Edges = list[set[int]]
"""For each node, by position, the positions of the nodes it depends on."""


@dataclass(frozen=True, slots=True)
class _Uses:
    """Which nodes, by position in the file, read and write one field."""

    readers: list[int]
    writers: list[int]


def infer_edges(
    nodes: Sequence[Node], fields: Mapping[str, Field]
) -> tuple[Goto, tuple[Node, ...]]:
    """Return the exit of START and the nodes with their exits filled in."""
    called = _called(nodes)
    inside = [index for index, node in enumerate(nodes) if node.id not in called]
    sources = _entered_from(nodes)
    order = _order(nodes, sources)
    needs: _Edges = [set(sources.get(index, ())) for index in range(len(nodes))]
    for field, uses in _uses(nodes, inside).items():
        _depend(needs, uses, fields.get(field), set(sources), order)
    _break_rings(needs)
    for index in sources:
        needs[index].clear()
    _drop_implied(needs)
    onward: list[list[int]] = [[] for _ in nodes]
    for index in inside:
        for source in sorted(needs[index]):
            onward[source].append(index)
    entry = [index for index in inside if not needs[index] and index not in sources]
    wired = []
    for index, node in enumerate(nodes):
        arrows = _arrows(nodes, onward[index])
        if not arrows and node.id not in called:
            arrows = (Arrow(END, node.span),)
        wired.append(replace(node, exit=Goto(arrows)))
    return Goto(_arrows(nodes, entry)), tuple(wired)


def _arrows(nodes: Sequence[Node], targets: Iterable[int]) -> tuple[Arrow, ...]:
    return tuple(Arrow(nodes[target].id, nodes[target].span) for target in sorted(targets))


def _called(nodes: Sequence[Node]) -> set[NodeId]:
    """Return the agents that others call like tools: they are no steps of the flow."""
    return {
        other for node in nodes if isinstance(node.body, AgentBody) for other in node.body.agents
    }


def _entered_from(nodes: Sequence[Node]) -> dict[int, list[int]]:
    """Return the nodes that an error or a handover leads to, nothing else does, each with where from."""
    position = {node.id: index for index, node in enumerate(nodes)}
    found: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        targets = [each.target for each in node.on_error if each.target is not None]
        if isinstance(node.body, AgentBody):
            targets += node.body.handoff
        for target in targets:
            if target in position and position[target] != index:
                found.setdefault(position[target], []).append(index)
    return found


def _order(nodes: Sequence[Node], sources: Mapping[int, list[int]]) -> list[tuple[int, int]]:
    """Return where each node counts in the file: a handler right after the node that may fail."""
    found: list[tuple[int, int]] = []
    for index in range(len(nodes)):
        at, depth = index, 0
        while at in sources and depth < len(nodes):
            at, depth = sources[at][0], depth + 1
        found.append((at, depth))
    return found


def _uses(nodes: Sequence[Node], inside: Iterable[int]) -> dict[FieldName, _Uses]:
    found: dict[FieldName, _Uses] = {}
    for index in inside:
        for name in dict.fromkeys(read.field for read in reads(nodes[index])):
            if name != ERROR_FIELD:
                found.setdefault(name, _Uses([], [])).readers.append(index)
        for write in writes(nodes[index]):
            found.setdefault(write.field, _Uses([], [])).writers.append(index)
    return found


def _depend(
    needs: _Edges,
    uses: _Uses,
    field: Field | None,
    entered: Collection[int],
    order: Sequence[tuple[int, int]],
) -> None:
    """Add the dependencies that come from one field, in one walk through the file."""
    merges = field is not None and field.merge != "replace"
    starts_set = field is not None and field.required
    readers, writers = set(uses.readers), set(uses.writers)
    last: list[int] = []
    since: list[int] = []
    waiting: list[int] = []
    for index in sorted(writers | readers, key=lambda each: (order[each], each)):
        if index in entered:
            # A handler's write takes the place of the one that failed.
            last += (index,) if index in writers else ()
            continue
        if index in readers:
            needs[index].update(last)
            if not last and not starts_set:
                waiting.append(index)
        if index in writers and merges and index not in readers:
            last.append(index)
        elif index in writers:
            needs[index].update(last, () if merges else since)
            last, since = [index], []
        elif last or starts_set:
            since.append(index)
    # What is left in `last` are the final writers: with a merge all, else one and its handlers.
    for index in waiting:
        needs[index].update(each for each in last if order[each] > order[index])


def _break_rings(needs: _Edges) -> None:
    """Within a ring keep only dependencies on earlier nodes."""
    component = _components(needs)
    for index, sources in enumerate(needs):
        needs[index] = {
            each for each in sources if each < index or component[each] != component[index]
        }


def _components(needs: _Edges) -> list[int]:
    """Number the strongly connected components (Tarjan 1972, without recursion)."""
    count = len(needs)
    order = [-1] * count
    low = [0] * count
    component = [-1] * count
    on_path: list[int] = []
    clock = 0
    for root in range(count):
        if order[root] >= 0:
            continue
        order[root] = low[root] = clock
        clock += 1
        on_path.append(root)
        stack = [(root, iter(needs[root]))]
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                if low[node] == order[node]:
                    while component[node] < 0:
                        component[on_path.pop()] = node
            elif order[following] < 0:
                order[following] = low[following] = clock
                clock += 1
                on_path.append(following)
                stack.append((following, iter(needs[following])))
            elif component[following] < 0:
                low[node] = min(low[node], order[following])
    return component


def _drop_implied(needs: _Edges) -> None:
    """Leave out a dependency that another one implies; sets of nodes are bits of one number."""
    above: list[int] = [0] * len(needs)
    for index in _topological(needs):
        sources = needs[index]
        implied = 0
        for source in sources:
            implied |= above[source]
        needs[index] = {source for source in sources if not implied >> source & 1}
        own = implied
        for source in sources:
            own |= 1 << source
        above[index] = own


def _topological(needs: _Edges) -> list[int]:
    missing = [len(sources) for sources in needs]
    onward: list[list[int]] = [[] for _ in needs]
    for index, sources in enumerate(needs):
        for source in sources:
            onward[source].append(index)
    order = [index for index, count in enumerate(missing) if count == 0]
    for index in order:
        for following in onward[index]:
            missing[following] -= 1
            if missing[following] == 0:
                order.append(following)
    return order
