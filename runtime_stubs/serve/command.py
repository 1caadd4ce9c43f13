# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `serve`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..app import App
from ..cli import Command
from ..errors import RuntimeFault, StoreError
from ..report import FAILED, INTERRUPTED, OK, USAGE

if TYPE_CHECKING:
    from .place import Place
    from .ports import Trigger
    from .registry import Registry
    from .store import Database, History

__all__ = ["Serve"]

KEY = "AGENTC_API_KEY"

_EPILOG = f"""\
Clients prove themselves with the key in the environment variable {KEY}, sent as
`Authorization: Bearer KEY` or `X-API-Key: KEY`. Without one only this machine is served.
"""


class Serve(Command):
    """`serve`: take runs over HTTP and from triggers."""

    concurrency: ClassVar[int] = 8
    concurrency_help: ClassVar[str] = "runs that go on at the same time"
    max_queue: ClassVar[int] = 1000

    def __init__(
        self, app: App[Any], triggers: Sequence[Trigger] = (), history: History | None = None
    ) -> None:
        self._app = app
        self._triggers = tuple(triggers)
        self._history = history

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        add = parser.add_argument
        add("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
        add("--port", type=int, default=8000, help="(default: %(default)s)")
        default = None if self._history else f".agentc/{self._app.name}-runs.sqlite"
        add(
            "--database",
            metavar="FILE",
            default=default,
            help=f"where runs are kept (default: {default or 'the database of the workflow'})",
        )
        add(
            "--concurrency",
            type=_positive,
            default=self.concurrency,
            metavar="N",
            help=f"{self.concurrency_help} (default: %(default)s)",
        )
        add(
            "--max-queue",
            type=_positive,
            default=self.max_queue,
            metavar="N",
            help="runs that may wait (default: %(default)s)",
        )
        add(
            "--max-body",
            type=_positive,
            default=1_000_000,
            metavar="BYTES",
            help="the longest request (default: %(default)s)",
        )
        add(
            "--grace",
            type=float,
            default=30.0,
            metavar="SECONDS",
            help="how long runs may go on after a stop was asked for (default: %(default)s)",
        )
        add(
            "--keep-days",
            type=float,
            default=30.0,
            metavar="DAYS",
            help="how long runs are kept after they have ended (default: %(default)g)",
        )
        add(
            "--keep-runs",
            type=_positive,
            default=10_000,
            metavar="N",
            help="of how many runs at most that have ended something is kept "
            "(default: %(default)s)",
        )
        add(
            "--public-url",
            metavar="URL",
            help="how the internet reaches this server: bots get messages there instead of asking",
        )
        parser.epilog = _EPILOG

    def execute(self, options: argparse.Namespace) -> int:
        """Serve until stopped."""
        problems = [problem for each in self._triggers for problem in each.problems()]
        key = os.environ.get(KEY) or None
        if key is None and (options.public_url or not _is_loopback(options.host)):
            where = options.public_url or options.host
            problems.append(f"serving {where} needs a key: set {KEY}, or serve 127.0.0.1 alone")
        if problems:
            for problem in problems:
                print(f"error: {problem}", file=sys.stderr)
            return USAGE
        from .server import Server, Settings
        from .store import StoreAway
        from .web import serve

        settings = Settings(
            concurrency=options.concurrency,
            max_queue=options.max_queue,
            max_body=options.max_body,
            grace=options.grace,
            keep_days=options.keep_days,
            keep_runs=options.keep_runs,
            api_key=key,
            public_url=options.public_url,
        )
        try:
            database = self._open(options.database)
            server = Server(self._app, self._triggers, settings, database, self.place)
            is_ours = serve(server, options.host, options.port)
        except RuntimeFault as error:
            print(f"error: {error}", file=sys.stderr)
            return FAILED if isinstance(error, StoreAway | StoreError) else USAGE
        except KeyboardInterrupt:
            return INTERRUPTED
        return OK if is_ours else FAILED

    def place(self, registry: Registry) -> Place:
        """Return where the runs are done."""
        from .here import Here

        return Here(self._app, registry)

    def _open(self, file: str | None) -> Database:
        if file is None and self._history is not None:
            return self._history.open(self._app.name)
        from .sqlite import SqliteRuns

        assert file is not None, "without a database there is a file"
        return SqliteRuns(Path(file))


def _is_loopback(host: str) -> bool:
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("expected 1 or more")
    return number
