# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A process of its own that delivers: after the program has ended, or what takes a heavy import."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .delivery import Delivery
from .destination import Unreachable
from .destinations import Order, deliveries
from .lock import try_lock

__all__ = ["is_child_running", "start_child"]

PATIENCE = 60.0  # seconds in which it tries again
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 10.0


def start_child(order: Order) -> "subprocess.Popen[bytes]":
    """Start the process; raise OSError or RuntimeError if that cannot be.

    The order goes through a pipe, because the URI may hold a password.
    """
    package = __name__.rpartition(".")[0]
    folder = Path(__file__).resolve().parents[len(package.split("."))]
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        [sys.executable, "-m", f"{package}.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,  # an interrupt of the program is none of its business
    )
    if process.stdin is not None:
        with process.stdin:
            process.stdin.write(json.dumps(order).encode())
    return process


def is_child_running(ways: Sequence[Delivery]) -> bool:
    """Return whether a child does them already; it will also take what is added meanwhile."""
    with try_lock(_lock(ways)) as held:
        return not held


def _lock(ways: Sequence[Delivery]) -> Path:
    first, *_ = [each.spool.path for each in ways]
    keys = "-".join(each.destination.key for each in ways)
    return first.with_name(f"{first.stem}.{keys}.child.lock")


def deliver_all(ways: Sequence[Delivery]) -> None:
    """Deliver what is there; try again for a while where nothing is taken."""
    end = time.monotonic() + PATIENCE
    pause = SHORTEST_PAUSE
    while True:
        behind = []
        for delivery in ways:
            try:
                delivery.run()
            except Unreachable as error:
                delivery.note(str(error))
            if delivery.pending:  # or the program that is ending still has the lock
                behind.append(delivery)
        if not behind or time.monotonic() + pause > end:
            return
        ways = behind
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def main() -> None:
    """Take the order from the standard input and carry it out."""
    with contextlib.suppress(AttributeError, OSError):  # not everywhere, and not necessary
        os.nice(10)
    ways = deliveries(Order(*json.load(sys.stdin)))
    end = time.monotonic() + PATIENCE
    # Whoever saw the lock held relies on one more look after it was let go.
    while time.monotonic() < end and any(each.pending for each in ways):
        with try_lock(_lock(ways)) as held:
            if not held:
                return
            deliver_all(ways)


if __name__ == "__main__":
    main()
