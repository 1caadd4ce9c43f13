# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The web server under the interface."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType
from typing import Any

import uvicorn

from .api import make_api
from .server import Server

__all__ = ["serve"]

MAX_CONNECTIONS = 1000
AFTER_GRACE = 5.0  # seconds for what a run that was left has to write


class _Web(uvicorn.Server):
    """A server that lets go of runs as soon as it is told to stop, not after its last client."""

    def __init__(self, config: uvicorn.Config, server: Server) -> None:
        super().__init__(config)
        self._server = server

    def stop(self) -> None:
        """Stop as if told to."""
        self.should_exit = True

    async def serve(self, sockets: Any = None) -> None:
        """Serve once what does the runs is there."""
        async with self._server.place.open():
            await super().serve(sockets)

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop; clients that follow a run see how it ends or is left."""
        self._server.drain()
        await super().shutdown(sockets)


def serve(server: Server, host: str, port: int) -> bool:
    """Serve until SIGTERM or Ctrl-C; return False if another server has taken the runs."""
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s: %(message)s")
    logging.getLogger("agentc").setLevel(logging.INFO)
    # Its messages hold the addresses of bots, which hold their tokens.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = uvicorn.Config(
        make_api(server),
        host=host,
        port=port,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=int(server.settings.grace + AFTER_GRACE),
        server_header=False,
    )
    signal.signal(signal.SIGTERM, _exit)  # what is left to do after the server has stopped
    web = _Web(config, server)
    server.stop = web.stop
    web.run()
    return not server.registry.is_superseded


def _exit(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)
