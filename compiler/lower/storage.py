"""Where runs and memories are kept, held against what the nodes need."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.ir.nodes import HumanBody, Node
from compiler.ir.storage import is_redis
from compiler.ir.workflow import Config
from compiler.lower.context import Context


def check_storage(ctx: Context, config: Config, nodes: Iterable[Node]) -> None:
    """Warn where runs that wait for a person are not kept in the Redis that is named. Code: AC812.

    What the file says about checkpoints itself is what was meant.
    """
    spec = ctx.spec.config
    if spec is None or spec.storage is None or not is_redis(config.storage.backend):
        return
    if config.execution.checkpoint != "none" or not any(
        isinstance(node.body, HumanBody) for node in nodes
    ):
        return
    ctx.report(
        "AC812",
        ctx.at((*spec.storage.at, "backend")),
        "runs that wait for a person are saved in an SQLite file, Redis keeps memories only",
        help="say so with `config.execution.checkpoint: sqlite`, or write `postgres` "
        "for several hosts",
    )
