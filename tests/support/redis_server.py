"""A Redis server of the tests' own, reached through a socket in a folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 20.0  # seconds until it listens


class RedisServer:
    """A server that can be killed and started again; by default it keeps nothing on disk.

    Redis must be installed: `make test` sees to that, and a test without it fails.
    """

    def __init__(self, *settings: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="agentc_redis_", dir="/tmp"))
        self._socket = self._folder / "socket"
        self._settings = settings or ("--save", "", "--appendonly", "no")
        self.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start it, with what it has kept on disk."""
        self._socket.unlink(missing_ok=True)
        where = ["--port", "0", "--unixsocket", str(self._socket), "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            ["redis-server", *where, *self._settings], stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + PATIENCE
        while not self._listens():
            assert self._process.poll() is None, "the Redis server has ended"
            assert time.monotonic() < end, "the Redis server does not listen"
            time.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self._socket)) == 0

    def kill(self) -> None:
        """Let it die at once."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def stop(self) -> None:
        """End it; its data go too."""
        self._process.terminate()
        self._process.wait(PATIENCE)
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def redis_server(*settings: str) -> Iterator[RedisServer]:
    """Give a server that runs until the context ends."""
    server = RedisServer(*settings)
    try:
        yield server
    finally:
        server.stop()
