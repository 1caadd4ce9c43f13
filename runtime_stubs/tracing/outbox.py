# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Takes the traces of finished runs from the program: on to disk, and from there on their way."""

import asyncio
import atexit
import contextlib
import functools
import json
import os
import queue
import threading
import time
from pathlib import Path

from ..events import Warned
from ..run import Run
from .child import is_child_running, start_child
from .courier import Courier
from .delivery import DAY, Delivery
from .destination import Unreachable
from .destinations import Order, deliveries
from .mlflow_store import MlflowStore
from .recorder import Recorder
from .spool import Spool
from .tracer import OpenSpan, RunTracer

__all__ = ["Outbox"]

LONGEST_WAIT = 10.0  # seconds that a run waits for its delivery, where it does at all
EXIT_BUDGET = 2.0  # seconds that the end of the program may be held up
STORE_PAUSE = 30.0  # seconds between two processes that write into MLflow's own store


class Outbox:
    """One per program and workflow, with a thread that writes and one per destination.

    At the end of the program a process of its own takes over what is not delivered, so nobody
    waits for a server. Only the first process of a container waits: nothing outlives it.
    """

    def __init__(
        self,
        recorder: Recorder,
        order: Order,
        *,
        waits: bool,
        problem: str | None,
    ) -> None:
        """Start the threads.

        Args:
            waits: whether runs wait for their delivery.
            problem: what runs are to be told of.
        """
        self._recorder = recorder
        self._order = order
        self._spool = Spool(Path(order.spool))
        self._waits = waits
        self._problem = problem
        self._finished: queue.SimpleQueue[tuple[RunTracer, OpenSpan] | threading.Event] = (
            queue.SimpleQueue()
        )
        self._couriers = [self._courier(each) for each in deliveries(order)]
        self._process = os.getpid()
        threading.Thread(target=self._write, name="agentc-spool", daemon=True).start()
        atexit.register(self._shut_down)

    def finish(self, tracer: RunTracer) -> None:
        """Take a run that has ended."""
        if tracer.root is not None:
            self._finished.put((tracer, tracer.root))

    async def wait(self) -> None:
        """Wait until all that has ended is delivered, or could not be."""
        await asyncio.to_thread(self._wait, time.monotonic() + LONGEST_WAIT)

    def _wait(self, end: float) -> None:
        written = threading.Event()
        self._finished.put(written)
        written.wait(max(0.0, end - time.monotonic()))
        for courier in self._couriers:
            courier.wait_for_attempt(max(0.0, end - time.monotonic()))

    def report(self, run: Run) -> None:
        """Tell a run what is wrong with its traces; each thing once."""
        problem, self._problem = self._problem, None
        for warning in (problem, *(courier.warning() for courier in self._couriers)):
            if warning is not None:
                for listener in run.listeners:
                    listener(Warned(warning))

    def _courier(self, delivery: Delivery) -> Courier:
        if isinstance(delivery.destination, MlflowStore):
            settle = 0.0 if self._waits else STORE_PAUSE
            return Courier(delivery, functools.partial(self._send_child, delivery), settle=settle)

        def carry() -> None:
            delivery.destination.connect()
            delivery.run()

        return Courier(delivery, carry, settle=None)

    def _send_child(self, delivery: Delivery) -> None:
        start_child(self._order).wait()
        problem = delivery.mark().problem
        if problem is not None:
            raise Unreachable(problem)

    def _write(self) -> None:
        try:
            self._spool.prepare()
            days = self._order.retention_days
            if days is not None:
                self._spool.drop_before(int((time.time() - days * DAY) * 1e9))
        except OSError as error:
            self._failed(error)
        while True:
            batch = [self._finished.get()]
            with contextlib.suppress(queue.Empty):
                while True:
                    batch.append(self._finished.get_nowait())
            lines = [self._line(each) for each in batch if isinstance(each, tuple)]
            try:
                if lines:
                    self._spool.append(lines)
            except OSError as error:
                self._failed(error)
            for courier in self._couriers if lines else ():
                courier.wake()
            for each in batch:
                if isinstance(each, threading.Event):
                    each.set()

    def _line(self, finished: tuple[RunTracer, OpenSpan]) -> bytes:
        record = self._recorder.record(*finished)
        return json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")

    def _failed(self, error: OSError) -> None:
        self._problem = f"traces cannot be written to `{self._spool.path}`: {error.strerror}"

    def _shut_down(self) -> None:
        """Bring everything to disk and leave the rest to a process of its own."""
        if os.getpid() != self._process:
            return
        end = time.monotonic() + EXIT_BUDGET
        written = threading.Event()
        self._finished.put(written)
        written.wait(EXIT_BUDGET)
        if os.getpid() == 1:
            for courier in self._couriers:
                courier.wait(max(0.0, end - time.monotonic()))
            return
        with contextlib.suppress(OSError, RuntimeError):
            ways = [each.delivery for each in self._couriers]
            is_behind = any(each.pending for each in ways)
            if is_behind and not is_child_running(ways):
                # Nobody will wait for it; without a code the interpreter would complain of that.
                start_child(self._order).returncode = 0
