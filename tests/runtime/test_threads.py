"""Blocking functions beside the event loop."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from runtime_stubs.threads import in_thread


def test_results_and_errors_come_back() -> None:
    async def main() -> None:
        assert await in_thread(max, 1, 2) == 2
        with pytest.raises(ZeroDivisionError):
            await in_thread(divmod, 1, 0)

    asyncio.run(main())


def test_others_go_on_meanwhile() -> None:
    async def main() -> None:
        free = threading.Event()
        blocked = asyncio.create_task(in_thread(free.wait, 10))
        await asyncio.sleep(0)
        free.set()  # only possible while the loop is not held up
        assert await blocked

    asyncio.run(main())


def test_an_interrupted_program_does_not_wait() -> None:
    code = (
        "import asyncio, time\n"
        "from runtime_stubs.threads import in_thread\n"
        "asyncio.run(asyncio.wait_for(in_thread(time.sleep, 60), 0.1))\n"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"TimeoutError" in done.stderr
    assert time.monotonic() - begun < 30
