# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `batch` of a package with a queue."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from ..app import Listener
from ..batch import Batch, Work
from ..durable import DurableApp
from .numbers import positive

if TYPE_CHECKING:
    import asyncio

    from .engine import Engine, Queue

__all__ = ["QueuedBatch"]


class QueuedBatch(Batch):
    """`batch`: run the workflow for each row of a file, here or through the queue."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.app)
        self._engine = engine

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument(
            "--engine",
            choices=["inprocess", self._engine.name],
            default="inprocess",
            help=f"run the rows here, or with the workers of {self._engine.name} "
            "(default: %(default)s)",
        )
        parser.add_argument(
            "--max-queue",
            type=positive,
            default=1000,
            metavar="N",
            help="rows that are in the queue at the same time (default: %(default)s)",
        )

    async def run(self, work: Work, options: argparse.Namespace) -> None:
        """Run the rows; through the queue their results are written in the order of the rows."""
        if options.engine == "inprocess":
            await super().run(work, options)
            return
        from .session import open_queue

        async with open_queue(self._engine) as queue:
            app = self._engine.app
            own = {each.name: getattr(app, each.name) for each in fields(app) if each.init}
            work.app = _Elsewhere(**own, queue=queue, count=work.bar.count)
            await work.run(options.max_queue)


@dataclass(kw_only=True, eq=False)
class _Elsewhere(DurableApp[Any]):
    """The workflow, run by workers."""

    queue: Queue
    count: Callable[[Mapping[str, Any] | None], None]
    _last: asyncio.Future[None] | None = None

    async def forget(self, thread: str) -> None:
        """Keep it: the queue may have to look at it again."""

    async def arun_once(
        self,
        inputs: Mapping[str, object],
        *,
        thread: str,
        simulate: bool = False,
        session: str | None = None,
        user: str | None = None,
        listeners: Iterable[Listener] = (),
    ) -> Any:
        """Put the run into the queue and wait for its end and that of the one before."""
        import asyncio

        from .session import state_of

        before, self._last = self._last, asyncio.get_running_loop().create_future()
        mine = self._last
        try:
            await self.queue.submit(
                {"id": thread, "inputs": dict(inputs), "simulate": simulate, "session": session}
            )
            outcome = await self.queue.outcome(thread)
            self.count(cast(Mapping[str, Any] | None, outcome.get("spent")))
            if before is not None:
                await before
            return self.public(state_of(thread, outcome))
        finally:
            if not mine.done():
                mine.set_result(None)
