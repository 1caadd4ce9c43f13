# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The commands that look into the queue and clear it: `queue`, `cancel`, `prune`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..cli import Command
from ..errors import RuntimeFault, describe
from ..report import FAILED, OK
from .numbers import seconds

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["Cancel", "Prune", "QueueCommand"]

DAY = 86400.0
BATCH = 500  # runs that are deleted together


class QueueCommand(Command):
    """`queue`: how many runs wait, and who works on them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def execute(self, options: argparse.Namespace) -> int:
        """Show the queue."""
        return _do(self._show(options))

    async def _show(self, options: argparse.Namespace) -> None:
        import asyncio

        from .session import open_registry

        engine = self._engine
        async with open_registry(engine) as registry, engine.open(registry) as queue:
            counts = asdict(await queue.counts())
            workers = [asdict(each) for each in await asyncio.to_thread(registry.alive)]
        if options.json:
            print(json.dumps({"engine": engine.name, **counts, "workers": workers}))
            return
        print(", ".join(f"{count} {name}" for name, count in counts.items()))
        for each in workers:
            print(
                f"worker {each['id']}: {each['running']} of {each['concurrency']} runs, "
                f"for {each['seconds']:.0f} s"
            )
        if not workers:
            print(f"no worker is alive: `python -m {engine.app.name} worker` starts one")


class Cancel(Command):
    """`cancel`: end a run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("id", metavar="ID", help="the name of the run")

    def execute(self, options: argparse.Namespace) -> int:
        """Cancel the run."""
        return _do(self._cancel(options.id))

    async def _cancel(self, id: str) -> None:
        from .session import open_queue

        async with open_queue(self._engine) as queue:
            await queue.cancel(id)


class Prune(Command):
    """`prune`: delete what is kept of old runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--days",
            type=seconds,
            required=True,
            help="how many days ago they must have ended, such as 7 or 0.5",
        )

    def execute(self, options: argparse.Namespace) -> int:
        """Delete the runs."""
        return _do(self._prune(options.days * DAY))

    async def _prune(self, age: float) -> None:
        from .session import open_queue

        engine = self._engine
        deleted: set[str] = set()
        async with open_queue(engine) as queue:
            # Temporal still shows for a while what it has deleted.
            while ended := set(await queue.ended_before(age, BATCH)) - deleted:
                # The checkpoints first: what the queue has forgotten nobody would find again.
                for id in ended:
                    await engine.app.forget(id)
                await queue.forget(list(ended))
                deleted |= ended
        print(f"{len(deleted)} runs deleted")


def _do(work: Coroutine[Any, Any, None]) -> int:
    import asyncio  # not at the top: `--help` must not wait for it

    try:
        asyncio.run(work)
    except RuntimeFault as error:
        print(f"error: {describe(error)}", file=sys.stderr)
        return FAILED
    return OK
