"""Data-flow regions as views: one function a region, one a loop inside of a region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.ir.names import END, START, NodeId
from compiler.ir.regions import Region
from compiler.plan.names import Names
from compiler.plan.text import Code, docstring, literal
from compiler.plan.wiring import Wiring
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class StepView:
    """`variable = flow.start(...)`; no variable when nothing refers to the step."""

    variable: tuple[Code, ...]
    method: Code
    arguments: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class FlowView:
    """The function of a region, or of one round of a loop: its steps, its way back and its ways out."""

    function: Code
    doc: Code
    is_loop: bool
    steps: tuple[StepView, ...]
    again: tuple[Code, ...]
    leave: tuple[Code, ...]


@dataclass(slots=True)
class _Unit:
    """A step of one level: a node, or a loop with all its nodes."""

    head: NodeId
    members: frozenset[NodeId]
    is_loop: bool


class FlowWriter:
    """Writes the functions of one region; `functions` gives the node function of each node as code."""

    def __init__(
        self, wiring: Wiring, region: Region, functions: Mapping[NodeId, Code], module_names: Names
    ) -> None:
        self._wiring = wiring
        self._region = region
        self._functions = functions
        self._module_names = module_names
        self._views: list[FlowView] = []

    def views(self, name: str) -> tuple[FlowView, ...]:
        """Return the region's function, preceded by those of the loops in it."""
        members = frozenset(self._region.nodes)
        head, join = self._region.head, self._region.join
        doc = f"Run what lies between {_shown(head)} and {_shown(join)}, each step once its inputs are ready."
        self._write(name, doc, members, None)
        return tuple(self._views)

    def _write(self, name: str, doc: str, members: frozenset[NodeId], loop: NodeId | None) -> None:
        variables = Names({"flow", "state", "nodes", "entry", "Flow", "State", "END", "START"})
        units = list(self._units(members, loop))
        unit_of = {node: unit for unit in units for node in unit.members}
        names: dict[NodeId, str] = {unit.head: variables.new(unit.head) for unit in units}
        used: set[NodeId] = set()
        steps: list[tuple[_Unit | None, Code, tuple[Code, ...]]] = []
        entry = self._entry(members, unit_of, loop)
        if entry is not None:
            choose = (Code(f"after_{START.lower()}"),) if entry == "choose" else ()
            steps.append((None, Code("enter"), choose))
        for unit in units:
            after = list(self._arrows(unit, unit_of, names, used, entry, loop))
            steps.append((unit, *self._call(unit, after)))
        again, leave = self._ways(members, unit_of, names, used, loop)
        views = tuple(
            StepView(self._variable(unit, names, used), method, arguments)
            for unit, method, arguments in steps
        )
        self._views.append(
            FlowView(Code(name), docstring(doc), loop is not None, views, again, leave)
        )

    def _variable(
        self, unit: _Unit | None, names: Mapping[NodeId, str], used: set[NodeId]
    ) -> tuple[Code, ...]:
        if unit is None:
            return (Code("entry"),)
        return (Code(names[unit.head]),) if unit.head in used else ()

    def _units(self, members: frozenset[NodeId], loop: NodeId | None) -> Iterator[_Unit]:
        """The steps of one level in canonical order; inner loops are one step each."""
        done: set[NodeId] = set()
        for node in self._region.nodes:
            if node not in members or node in done:
                continue
            header = None
            for around in self._wiring.loops.enclosing(node):
                if around == loop or not self._wiring.loops.loops[around].body <= members:
                    break
                header = around
            body = (
                self._wiring.loops.loops[header].body if header is not None else frozenset({node})
            )
            done |= body
            yield _Unit(header if header is not None else node, body, header is not None)

    def _entry(
        self, members: frozenset[NodeId], unit_of: Mapping[NodeId, _Unit], loop: NodeId | None
    ) -> str | None:
        """Whether an explicit beginning is needed: START's choice, or a step with edges from the head and inside."""
        if loop is not None:
            return None
        if self._region.head == START and self._region.holds_head:
            return "choose"
        for node in members:
            sources = self._wiring.graph.predecessors(node)
            inside = [s for s in sources if s in members and unit_of[s] is not unit_of[node]]
            if inside and not self._region.holds_head and self._region.head in sources:
                return "plain"
        return None

    def _arrows(
        self,
        unit: _Unit,
        unit_of: Mapping[NodeId, _Unit],
        names: Mapping[NodeId, str],
        used: set[NodeId],
        entry: str | None,
        loop: NodeId | None,
    ) -> Iterator[Code]:
        seen: set[str] = set()
        for edge in self._wiring.graph.into[unit.head]:
            source = unit_of.get(edge.source)
            if source is unit or unit.head == loop:
                continue
            if source is None:
                if entry == "choose" and edge.source == START:
                    yield Code(f"entry.to({literal(unit.head)})")
                elif entry == "plain" and edge.source == self._region.head:
                    yield Code("entry")
                continue
            code = self._arrow(edge.source, unit.head, source, names)
            used.add(source.head)
            if code not in seen:
                seen.add(code)
                yield code

    def _arrow(
        self, source: NodeId, target: NodeId, unit: _Unit, names: Mapping[NodeId, str]
    ) -> Code:
        if unit.is_loop or self._is_chosen(source, target):
            return Code(f"{names[unit.head]}.to({literal(target)})")
        return Code(names[unit.head])

    def _is_chosen(self, source: NodeId, target: NodeId) -> bool:
        """Whether the router of `source` names `target`; a lone edge beside failure edges is named too."""
        if not self._wiring.is_routed(source):
            return False
        edges = self._wiring.graph.out[source]
        fixed = [edge for edge in edges if not edge.is_choice]
        return len(fixed) == 1 or any(edge.target == target and edge.is_choice for edge in edges)

    def _call(self, unit: _Unit, after: list[Code]) -> tuple[Code, tuple[Code, ...]]:
        arguments: list[Code] = []
        if unit.is_loop:
            name = self._module_names.new(f"{unit.head}_loop")
            doc = f"Run one round of the loop that begins with `{unit.head}`."
            self._write(name, doc, unit.members, unit.head)
            arguments += [literal(name), Code(name)]
        else:
            arguments.append(self._functions[unit.head])
        if after:
            arguments.append(Code(f"after=[{', '.join(after)}]"))
        if not unit.is_loop and self._wiring.is_routed(unit.head):
            arguments.append(Code(f"choose=after_{unit.head}"))
        return Code("loop" if unit.is_loop else "start"), tuple(arguments)

    def _ways(
        self,
        members: frozenset[NodeId],
        unit_of: Mapping[NodeId, _Unit],
        names: Mapping[NodeId, str],
        used: set[NodeId],
        loop: NodeId | None,
    ) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
        """The edges that go back to the header, and those that leave the loop."""
        if loop is None:
            return (), ()
        again: dict[Code, None] = {}
        leave: dict[Code, None] = {}
        for node in self._region.nodes:
            if node not in members:
                continue
            for edge in self._wiring.graph.out[node]:
                unit = unit_of[node]
                if edge.target == loop:
                    found = again
                elif edge.target not in members:
                    found = leave
                else:
                    continue
                used.add(unit.head)
                found.setdefault(self._arrow(node, edge.target, unit, names))
        return tuple(again), tuple(leave)


def _shown(node: NodeId) -> str:
    return node if node in (START, END) else f"`{node}`"
