"""How the flow goes on after a node: everywhere at once, or to exactly one place."""

from __future__ import annotations

from compiler.diagnostics.span import Span
from compiler.ir.names import NodeId
from compiler.ir.values import Expression
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Arrow:
    """One unconditional edge; `span` is the target's name in the file (or what implied it)."""

    target: NodeId
    span: Span


@dataclass(frozen=True, slots=True)
class Goto:
    """All targets are taken; `START -> [a, b]`, or just one. No targets means the path ends."""

    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One route: taken when `condition` holds (None: always, the default) and its bound is not used up.

    `bound` N: the loop that the case goes round runs its body at most N times per entry from outside; in
    its N-th run the case is used up: the flow goes to `on_exhausted` when the condition holds and that is
    set, else the next case is tried.
    """

    condition: Expression | None
    target: NodeId
    span: Span
    bound: int | None = None
    on_exhausted: Arrow | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one case is taken, the first whose condition holds; a `loop` edge lowers to one as well."""

    cases: tuple[Case, ...]
    span: Span
    is_loop: bool = False


Exit = Goto | Choice
