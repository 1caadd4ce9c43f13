"""What a rewrite tells the user."""

from __future__ import annotations

from compiler.ir.names import NodeId
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """One thing the optimizer did, as a sentence for people, and the nodes it is about."""

    text: str
    nodes: tuple[NodeId, ...]
