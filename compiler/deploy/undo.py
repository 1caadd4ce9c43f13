"""Steps that are taken back when a later one fails, or when somebody interrupts."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from compiler.deploy.problem import DeployError


class Undo:
    """What has to be done to take back what was done, last first."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, step: Callable[[], object]) -> None:
        """Remember how to take something back; say so before it is done, for a Ctrl-C in the middle."""
        self._steps.append(step)

    def keep_all(self) -> None:
        """From here on nothing is taken back."""
        self._steps.clear()

    def run(self) -> None:
        """Take everything back; a step that fails does not stop the others."""
        while self._steps:
            step = self._steps.pop()
            try:
                step()
            except DeployError:
                continue


@contextmanager
def undone_unless_finished() -> Iterator[Undo]:
    """Take everything back if the block raises; SIGTERM counts as Ctrl-C, and neither stops the taking back."""
    undo = Undo()
    with _signals(signal.SIGTERM, _interrupt):
        try:
            yield undo
        except BaseException:
            with undisturbed():
                undo.run()
            raise


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no signal end the block half-way."""
    with _signals(signal.SIGINT, signal.SIG_IGN), _signals(signal.SIGTERM, signal.SIG_IGN):
        yield


@contextmanager
def _signals(
    number: int, handler: Callable[[int, FrameType | None], None] | signal.Handlers
) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
