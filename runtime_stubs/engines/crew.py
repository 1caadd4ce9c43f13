# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Workers that a server starts beside itself, for one machine without an orchestrator."""

from __future__ import annotations

import logging
import subprocess
import sys
from types import TracebackType
from typing import Self

__all__ = ["Crew"]

AFTER_GRACE = 10.0  # seconds for what a worker has to write and to close
_log = logging.getLogger("agentc.serve")


class Crew:
    """So many processes of the command `worker`, between the two ends of a `with` block.

    Args:
        package: the workflow.
        size: how many there are.
        grace: seconds that their runs have to end in when they are told to stop.
    """

    def __init__(self, package: str, size: int, grace: float) -> None:
        self._command = [sys.executable, "-m", package, "worker", "--grace", str(grace)]
        self._size = size
        self._grace = grace
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.fill()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in self._processes:
            each.terminate()
        for each in self._processes:
            try:
                each.wait(self._grace + AFTER_GRACE)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()

    def fill(self) -> None:
        """Start workers in the place of those that have died; who was told to end stays away."""
        for each in [each for each in self._processes if each.poll()]:
            _log.warning("a worker has died with exit code %d: another one starts", each.returncode)
            self._processes.remove(each)
        while len(self._processes) < self._size:
            # It takes no keys from a terminal, and says on the same stderr what it does.
            self._processes.append(subprocess.Popen(self._command, stdin=subprocess.DEVNULL))
