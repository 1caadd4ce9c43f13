"""The order in which fields take what several nodes write: a rewrite may not change it."""

from __future__ import annotations

from collections.abc import Container, Mapping

from compiler.ir.names import FieldName, NodeId
from compiler.ir.regions import canonical_order
from compiler.passes.analysis import Analysis


def merge_order(
    analysis: Analysis, among: Container[NodeId]
) -> Mapping[FieldName, tuple[NodeId, ...]]:
    """Return for each field its writers `among` some nodes in canonical order."""
    nodes = (node for node in analysis.order if node in analysis.nodes)
    found: dict[FieldName, list[NodeId]] = {}
    for node in canonical_order(analysis.graph, analysis.loops, nodes):
        if node in among:
            for write in analysis.writes[node]:
                found.setdefault(write.field, []).append(node)
    return {field: tuple(nodes) for field, nodes in found.items()}
