# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Records the spans of one run in memory; when the last one ends they are handed over together."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..errors import Leave, kind_of, message_of
from ..events import Traced
from ..run import Run, place_of

if TYPE_CHECKING:
    from .mlflow import NodeTracing

__all__ = ["OpenSpan", "RunTracer"]

_open: ContextVar["OpenSpan | None"] = ContextVar("agentc_span", default=None)
_bits = random.Random().getrandbits  # not the program's own sequence, which it may have seeded


class RunTracer:
    """The spans of one run.

    Inputs and outputs are kept as they are, one level copied, and only made plain data when the
    run is over: that is what makes a span cost microseconds.
    """

    def __init__(
        self,
        run: Run,
        *,
        keep_values: bool,
        nodes: "Mapping[tuple[str, str], NodeTracing]",
        where: str,
        finish: Callable[["RunTracer"], None],
        close: Callable[[Run], None],
    ) -> None:
        self.run = run
        self.keep_values = keep_values
        self.nodes = nodes
        self.spans: list[OpenSpan] = []
        self.root: OpenSpan | None = None
        self._where = where
        self._finish = finish
        self._close = close
        # The clock of a run never goes back, whatever happens to that of the machine.
        self._epoch = time.time_ns() - time.perf_counter_ns()

    def span(self, name: str, kind: str, inputs: object) -> "OpenSpan":
        """Open a span below the one that is open here."""
        return OpenSpan(self, name, kind, inputs)

    def now(self) -> int:
        """Return the time in nanoseconds since the epoch."""
        return self._epoch + time.perf_counter_ns()

    def begin(self, span: "OpenSpan") -> None:
        """Take the first span as the root, and tell the id of the trace."""
        self.root = span
        # The parts of a run that is continued have one root: it is known by the id of the run.
        span.id = self.run.id[:16]
        if self.run.first_started is not None:
            span.start = int(self.run.first_started * 1e9)
        told = Traced(f"tr-{self.run.id}", self._where)
        for listener in self.run.listeners:
            listener(told)

    def end(self) -> None:
        """Hand the spans over: the root has ended."""
        self._finish(self)

    def close(self) -> None:
        """Tell the run if its trace cannot be delivered at the moment."""
        self._close(self.run)


class OpenSpan:
    """One span; a context manager."""

    __slots__ = (
        "_token",
        "attributes",
        "end",
        "error",
        "id",
        "inputs",
        "keeps_values",
        "kind",
        "name",
        "outputs",
        "parent",
        "place",
        "settings",
        "start",
        "status",
        "tracer",
    )

    def __init__(self, tracer: RunTracer, name: str, kind: str, inputs: object) -> None:
        self.tracer = tracer
        self.name = name
        self.kind = kind
        self.inputs = inputs
        self.keeps_values = tracer.keep_values
        self.outputs: object = None
        self.attributes: dict[str, str | float | bool] = {}
        self.error: tuple[str, str] | None = None
        self.status = "ok"
        self.parent: str | None = None
        self.place: str | None = None
        self.settings: NodeTracing | None = None
        self.id = ""
        self.start = self.end = 0
        self._token: Token[OpenSpan | None] | None = None

    def __enter__(self) -> Self:
        tracer = self.tracer
        self.start = tracer.now()
        above = _open.get()
        if above is not None and above.tracer is tracer:
            self.id = f"{_bits(64):016x}"
            self.parent = above.id
            self.place = above.place
            self.keeps_values = above.keeps_values
        elif tracer.root is None:
            tracer.begin(self)
        else:  # begun by work that does not know its parent
            self.id = f"{_bits(64):016x}"
            self.parent = tracer.root.id
        if self.kind == "node":
            self._look_up()
        self.inputs = _copied(self.inputs) if self.keeps_values else None
        tracer.spans.append(self)
        self._token = _open.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end = self.tracer.now()
        if error is not None:
            self._failed(error)
        if self._token is not None:
            _open.reset(self._token)
        if self is self.tracer.root:
            self.tracer.end()

    def set_outputs(self, outputs: object) -> None:
        """Record what came out."""
        if self.keeps_values:
            self.outputs = _copied(outputs)

    def set_attribute(self, key: str, value: str | float | bool) -> None:
        """Record one fact."""
        self.attributes[key] = value

    def _look_up(self) -> None:
        """Find where the node stands, and what is different for it."""
        self.place = place_of(self.name) or self.place
        if self.tracer.nodes and self.place is not None:
            file = self.place.rpartition(":")[0]
            self.settings = self.tracer.nodes.get((file, self.name))
            if self.settings is not None and self.settings.log_prompts is not None:
                self.keeps_values = self.settings.log_prompts

    def _failed(self, error: BaseException) -> None:
        from langgraph.errors import GraphBubbleUp  # imported long ago by what raised

        if isinstance(error, GraphBubbleUp):
            self.status = "paused"
        elif isinstance(error, asyncio.CancelledError | KeyboardInterrupt):
            self.status = "cancelled"
        elif not isinstance(error, Leave):
            self.status = "error"
            self.error = (kind_of(error), message_of(error))


def _copied(value: object) -> object:
    """Keep what a step may go on to change as it is now."""
    if type(value) is dict:
        return dict(value)
    return list(value) if type(value) is list else value
