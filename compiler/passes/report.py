"""What a rewrite tells the user."""

from __future__ import annotations

from compiler.ir.names import NodeId
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """One thing the optimizer did, as a sentence for people, and the nodes it is about.

    `rewrite` is the name of the pass that did it, `child` the key of the sub-workflow it was done in.
    """

    text: str
    nodes: tuple[NodeId, ...]
    rewrite: str = ""
    child: str = ""
