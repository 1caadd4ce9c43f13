"""Note what an agent says of its step when it is none: other agents call it like a tool.

boss: {agents: [helper], …}         AC210 at `helper`: nobody retries a call
helper: {retry: {…}, when: …, …}
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics.sink import Sink
from compiler.ir.nodes import Node
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.words import join_names


def check_called(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC210."""
    for node in analysis.workflow.nodes:
        if node.id in analysis.called and (keys := [*_keys_of_steps(node)]):
            sink.report(
                "AC210",
                node.span,
                f"`{node.id}` is called by agents and no step of the flow, so {join_names(keys)} "
                f"{'has' if len(keys) == 1 else 'have'} no effect",
            )
    return analysis.workflow


def _keys_of_steps(node: Node) -> Iterator[str]:
    if node.when is not None:
        yield "when"
    if node.foreach is not None:
        yield "foreach"
    if node.retry is not None:
        yield "retry"
    if node.timeout is not None:
        yield "timeout"
    if node.on_error:
        yield "on_error"
    if node.cache_ttl is not None:
        yield "cache"
    if node.memory is not None and node.memory.write:
        yield "memory.write"
