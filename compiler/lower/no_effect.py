"""Keys that are read and checked, and change nothing in the generated package."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lower.context import Context
from compiler.spec import (
    CodeNodeSpec,
    HumanNodeSpec,
    NodeSpec,
    SetNodeSpec,
    WorkflowNodeSpec,
)
from compiler.syntax import Path

_UNCACHED = (HumanNodeSpec, SetNodeSpec, WorkflowNodeSpec)


def tell_what_has_no_effect(ctx: Context) -> None:
    """Note keys without an effect. Code: AC210."""
    for at, message in _found(ctx):
        ctx.report("AC210", ctx.key_at(at), message)


def _found(ctx: Context) -> Iterator[tuple[Path, str]]:
    spec = ctx.spec
    if spec.evals:
        yield ("evals",), "`evals` is checked, and nothing runs evaluations yet"
    if spec.optimization is not None:
        yield ("optimization",), "`optimization` is checked, and nothing optimizes prompts yet"
    if spec.config is not None and spec.config.ab_test is not None:
        yield ("config", "ab_test"), "`ab_test` is checked, and nothing runs its variants yet"
    for node in ctx.nodes.values():
        yield from _in_node(node)


def _in_node(node: NodeSpec) -> Iterator[tuple[Path, str]]:
    if node.optimize not in (None, False):
        yield (*node.at, "optimize"), "`optimize` is checked, and nothing optimizes prompts yet"
    if node.cache is not None and isinstance(node, _UNCACHED):
        yield (*node.at, "cache"), f"a node of kind `{node.kind}` keeps no results"
    if node.sandbox is None:
        return
    if not isinstance(node, CodeNodeSpec):
        yield (*node.at, "sandbox"), f"a node of kind `{node.kind}` runs no code of the file"
    elif node.sandbox.mode != "docker" and node.sandbox.enabled is not False:
        limits = node.sandbox.resources
        if node.sandbox.network:
            yield (*node.sandbox.at, "network"), "code has no network without `mode: docker`"
        if limits is not None and limits.cpu is not None:
            yield (*limits.at, "cpu"), "cores are limited only with `mode: docker`"
