# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A process of its own that delivers: after the program has ended, or what takes a heavy import."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from .delivery import Delivery
from .destination import Unreachable
from .destinations import destinations
from .spool import Spool

__all__ = ["start_child"]

PATIENCE = 60.0  # seconds in which it tries again
LONGEST_PAUSE = 10.0


def start_child(
    spool: Path, uri: str | None, experiment: str, program: str
) -> "subprocess.Popen[bytes]":
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
            process.stdin.write(json.dumps([str(spool), uri, experiment, program]).encode())
    return process


def deliver_all(deliveries: list[Delivery]) -> None:
    """Deliver what is there; try again for a while where nothing is taken."""
    end = time.monotonic() + PATIENCE
    pause = 1.0
    while deliveries:
        behind = []
        for delivery in deliveries:
            try:
                delivery.run()
            except Unreachable as error:
                delivery.note(str(error))
                behind.append(delivery)
        deliveries = behind
        if not deliveries or time.monotonic() + pause > end:
            return
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def main() -> None:
    """Take the order from the standard input and carry it out."""
    with contextlib.suppress(AttributeError, OSError):  # not everywhere, and not necessary
        os.nice(10)
    path, uri, experiment, program = json.load(sys.stdin)
    spool = Spool(Path(path))
    deliver_all([Delivery(spool, each) for each in destinations(uri, experiment, program)])


if __name__ == "__main__":
    main()
