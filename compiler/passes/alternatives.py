"""The ways a node can end: each alternative is the set of targets that are taken together.

a: choice                         {c}, {b}: exactly one of the two
     if state.ok -> c
     else -> b
b: -> [d, e], on_error goto h     {d, e} or, when the node has failed, {h}
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from compiler.ir.exits import Choice, Exit
from compiler.ir.names import END, NodeId
from compiler.ir.nodes import AgentBody, Node
from compiler.record import dataclass, replace


@dataclass(frozen=True, slots=True)
class Alternative:
    """Targets that are taken together.

    `has_written`: the node's own writes were made; not so after a failure, nor when another agent has taken
    over. `has_error`: the name `error` can be read from here on. `bound` is that of the case, if it has one.
    """

    targets: tuple[NodeId, ...]
    has_written: bool = True
    has_error: bool = False
    bound: int | None = None


def find_alternatives(
    exit: Exit, node: Node | None, known: Collection[NodeId]
) -> tuple[Alternative, ...]:
    """Return the alternatives of an exit in the order of the file; unknown targets are left out.

    `node` is the one the exit belongs to, None for START.
    """
    found = [*_exit_alternatives(exit)]
    if node is not None:
        for handler in node.on_error:
            if handler.target is not None:
                found.append(Alternative((handler.target,), has_written=False, has_error=True))
        if isinstance(node.body, AgentBody):
            found += (Alternative((each,), has_written=False) for each in node.body.handoff)
    kept = [each for each in (_known(each, known) for each in found) if each.targets]
    return tuple(dict.fromkeys(kept)) if len(kept) > 1 else tuple(kept)


def _known(alternative: Alternative, known: Collection[NodeId]) -> Alternative:
    """Return an alternative with those of its targets that are known, each once."""
    targets = alternative.targets
    if len(targets) == 1 and targets[0] in known:
        return alternative
    return replace(alternative, targets=tuple(dict.fromkeys(t for t in targets if t in known)))


def _exit_alternatives(exit: Exit) -> Iterator[Alternative]:
    if not isinstance(exit, Choice):
        yield Alternative(tuple(arrow.target for arrow in exit.arrows) or (END,))
        return
    for case in exit.cases:
        yield Alternative((case.target,), bound=case.bound)
        if case.on_exhausted is not None:
            yield Alternative((case.on_exhausted.target,))
