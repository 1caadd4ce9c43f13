"""A Redis server of the tests' own: nothing kept on disk, reached through a socket in a folder."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 20.0  # seconds until it listens


@contextmanager
def redis_server() -> Iterator[str]:
    """Give the address of an empty database; the server and its data go with the context.

    Redis must be installed: `make test` sees to that, and a test without it fails.
    """
    folder = Path(tempfile.mkdtemp(prefix="agentc_redis_", dir="/tmp"))
    socket = folder / "socket"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
    server = subprocess.Popen(
        [*command, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + PATIENCE
        while not socket.exists():
            assert server.poll() is None, "the Redis server has ended"
            assert time.monotonic() < end, "the Redis server does not listen"
            time.sleep(0.02)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)
