# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `worker`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from ..cli import Command
from ..errors import RuntimeFault, describe
from ..loading import load_all
from ..report import FAILED, OK
from .numbers import positive, seconds

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["WorkerCommand"]

_EPILOG = """\
SIGTERM and Ctrl-C let the runs that go on end; those that have not after --grace seconds are saved
where they are and go on in another worker. A worker that dies gives its runs to the others as well,
15 seconds after its last sign of life (AGENTC_WORKER_LEASE says how many, the same everywhere).
"""


class WorkerCommand(Command):
    """`worker`: take runs from the queue until stopped."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        add = parser.add_argument
        add(
            "--concurrency",
            type=positive,
            default=10,
            metavar="N",
            help="runs that go on at the same time (default: %(default)s)",
        )
        add("--name", metavar="NAME", help="begins its name (default: the name of the host)")
        add(
            "--grace",
            type=seconds,
            default=30.0,
            metavar="SECONDS",
            help="how long runs may go on after a stop was asked for (default: %(default)s)",
        )
        parser.epilog = _EPILOG

    def execute(self, options: argparse.Namespace) -> int:
        """Work until stopped."""
        import asyncio  # not at the top: `--help` must not wait for it

        try:
            asyncio.run(self._work(options))
        except RuntimeFault as error:
            print(f"error: {describe(error)}", file=sys.stderr)
            return FAILED
        return OK

    async def _work(self, options: argparse.Namespace) -> None:
        import asyncio
        import platform
        import signal

        from .session import open_registry
        from .work import Work

        engine = self._engine
        # Not with the first runs: the worker would take as many as it may and keep all of them.
        await asyncio.to_thread(_load, engine)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        # A dead worker's name must not come back to life before its runs have gone elsewhere.
        worker = f"{options.name or platform.node() or 'worker'}-{os.urandom(3).hex()}"
        async with open_registry(engine) as registry, engine.store.open_all():
            work = Work(
                engine.app, engine.store, registry, worker, options.concurrency, options.grace
            )
            async with work.open():
                print(f"worker {worker} takes runs of {engine.app.name}", file=sys.stderr)
                await engine.work(work, registry, stop)
        print(f"worker {worker} has ended", file=sys.stderr)


def _load(engine: Engine) -> None:
    engine.app.compile(None)  # imports the steps and all that they need
    load_all()
