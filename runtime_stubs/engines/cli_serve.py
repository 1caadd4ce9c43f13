# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `serve` of a package with a queue."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from ..serve.command import Serve
from .numbers import count

if TYPE_CHECKING:
    from ..serve.place import Place
    from ..serve.ports import Trigger
    from ..serve.registry import Registry
    from ..serve.store import History
    from .crew import Crew
    from .engine import Engine

__all__ = ["QueuedServe"]


class QueuedServe(Serve):
    """`serve`: take runs over HTTP and from triggers, and hand them to workers."""

    concurrency: ClassVar[int] = 500
    concurrency_help: ClassVar[str] = "runs that are in the queue of the workers at the same time"
    max_queue: ClassVar[int] = 10_000

    def __init__(
        self, engine: Engine, triggers: Sequence[Trigger] = (), history: History | None = None
    ) -> None:
        super().__init__(engine.app, triggers, history)
        self._engine = engine
        self._crew: Crew | None = None

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        super().add_options(parser)
        parser.add_argument(
            "--workers",
            type=count,
            default=0,
            metavar="N",
            help="workers to start beside the server, where nobody else does (default: 0)",
        )

    def execute(self, options: argparse.Namespace) -> int:
        """Serve until stopped."""
        from .crew import Crew

        with Crew(self._engine.app.name, options.workers, options.grace) as self._crew:
            return super().execute(options)

    def place(self, registry: Registry) -> Place:
        """Return where the runs are done: with workers."""
        from .handing import Handing

        assert self._crew is not None, "`execute` makes it"
        return Handing(self._engine, registry, self._crew)
