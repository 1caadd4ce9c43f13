# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What one run shares with everything that happens in it: identity, events, limits, tracing."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from .errors import StepLimitExceeded
from .events import Event, ModelCalled

__all__ = [
    "Budget",
    "Entry",
    "Journal",
    "Reservation",
    "Run",
    "Span",
    "Spending",
    "Spent",
    "Tracer",
    "activate",
    "current",
    "emit",
    "span",
]


@dataclass(frozen=True, slots=True)
class Spent:
    """What the calls of one model have taken; `longest`: the tokens of its longest answer."""

    model: str
    calls: int
    tokens: int
    cost: float
    longest: int


class Reservation(Protocol):
    """The part of a budget that is set aside for one model call; ended by one of the two."""

    def settle(self, call: ModelCalled) -> None:
        """Count the call that was made in its place."""

    def release(self) -> None:
        """Give it back: the call failed."""


class Spending(Protocol):
    """What one run has spent of its budget."""

    def reserve(
        self, model: str, input_tokens: int, price: Callable[[int, int], float | None]
    ) -> Reservation:
        """Set aside what a call is expected to take; raise BudgetExceeded if that is too much.

        `price` gives the USD for a number of input and output tokens, None if it is not known.
        """

    def restore(self, spent: Sequence[Spent]) -> None:
        """Count what the run had spent before it was continued."""


class Entry(Protocol):
    """The place of one answer in a journal; `content`: what was recorded there, None if nothing."""

    content: str | None

    async def record(self, content: str, call: ModelCalled | None = None) -> None:
        """Record the answer, and the call it was paid with; returns when it is on disk."""


class Journal(Protocol):
    """The answers that a saved run has got, which it takes from here when it is continued."""

    async def entry(self, request: str, *, fact: str = "") -> Entry:
        """Return the place of the next answer to `request` in the step that is running.

        `fact`: no answer but what is true whatever comes of the attempt: a `node` has begun, a
        `turn` is remembered.
        """

    def begin_attempt(self) -> None:
        """Go back to the first answers of the step that is running."""

    async def end_attempt(self, failure: Exception) -> None:
        """Drop the answers of the step that is running if they may be why it failed."""


class Budget(Protocol):
    """Limits on what a run may spend."""

    def start(self) -> Spending:
        """Return the counter of a new run."""


class Span(Protocol):
    """One traced piece of work."""

    def set_outputs(self, outputs: object) -> None:
        """Record what came out."""

    def set_attribute(self, key: str, value: str | float | bool) -> None:
        """Record one fact."""


class Tracer(Protocol):
    """Receives the spans of a run; an exception that leaves a span marks it as failed."""

    def span(self, name: str, kind: str, inputs: object) -> AbstractContextManager[Span]:
        """Open a span; `kind` is workflow, node, item, llm, tool, agent, sandbox or retry."""

    def close(self) -> None:
        """Hand over what is left; must return quickly and never raise."""


@dataclass(slots=True)
class Run:
    """One run. `id` is its trace id (32 hex digits), `started` in seconds since the epoch."""

    id: str = field(default_factory=lambda: os.urandom(16).hex())
    workflow: str = "workflow"
    thread: str | None = None
    session: str | None = None
    user: str | None = None  # whom the run is for, as traces name them
    simulate: bool = False
    stream: bool = False  # models send their text in pieces, each told as a Token
    durable: bool = False
    budget: Spending | None = None
    journal: Journal | None = None  # of a saved run
    tracer: Tracer | None = None
    step_limit: int | None = None
    steps: int = 0
    source_map: Mapping[str, str] = field(default_factory=dict)
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    started: float = field(default_factory=time.time)
    first_started: float | None = None  # when the run began that this one continues
    # When the questions that were open as the run was continued stop waiting, by node.
    deadlines: dict[str, float] = field(default_factory=dict)
    # Close what is open for the length of the run, such as connections; the last one first.
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def close(self) -> None:
        """Close what the run has opened."""
        while self.closers:
            await self.closers.pop()()

    async def count_step(self, node: str) -> None:
        """Count one execution of a node; raise StepLimitExceeded when none is left."""
        if self.step_limit is None:
            return
        entry = await self.journal.entry(node, fact="node") if self.journal else None
        if entry is not None and entry.content is not None:
            return  # begun, and counted, before the run was continued
        if self.steps >= self.step_limit:
            raise StepLimitExceeded(
                f"the run took all {self.step_limit} steps that `max_steps` allows", node=node
            )
        self.steps += 1
        if entry is not None:
            await entry.record("")


_active: ContextVar[Run | None] = ContextVar("agentc_run", default=None)
_node: ContextVar[str | None] = ContextVar("agentc_node", default=None)
# Tells what goes on at the same time in one step apart: the number of a tool call, below others.
_branch: ContextVar[str] = ContextVar("agentc_branch", default="")
# The number of the item of a map that is worked on; empty outside of maps.
_item: ContextVar[str] = ContextVar("agentc_item", default="")
# Where the nodes of the workflow that is running stand: a sub-workflow has its own file.
_places: ContextVar[Mapping[str, str]] = ContextVar("agentc_places", default=MappingProxyType({}))


@functools.cache
def _outside_run() -> Run:
    """The run of a graph that LangGraph's own tools loaded: no limits, nobody listens."""
    return Run()


def current() -> Run:
    """Return the active run."""
    return _active.get() or _outside_run()


def current_node() -> str | None:
    """Return the id of the node that is running, None outside of nodes."""
    return _node.get()


def place_of(node: str) -> str | None:
    """Return where a node of the workflow that is running stands in its file."""
    return _places.get().get(node)


@contextlib.contextmanager
def inside_workflow(source_map: Mapping[str, str]) -> Iterator[None]:
    """Make the workflow whose nodes stand there the running one inside the block."""
    token = _places.set(source_map)
    try:
        yield
    finally:
        _places.reset(token)


def emit(event: Event) -> None:
    """Tell everybody who listens to the active run."""
    for listener in current().listeners:
        listener(event)


@contextlib.contextmanager
def activate(run: Run) -> Iterator[Run]:
    """Make `run` the active one inside the block."""
    token = _active.set(run)
    try:
        with inside_workflow(run.source_map):
            yield run
    finally:
        _active.reset(token)


@contextlib.contextmanager
def inside_node(node: str) -> Iterator[None]:
    """Make `node` the running one inside the block."""
    token = _node.set(node)
    try:
        yield
    finally:
        _node.reset(token)


def current_branch() -> str:
    """Return which of the things that go on at the same time in a step this is; empty for none."""
    return _branch.get()


def current_item() -> str:
    """Return which item of a map is worked on, those of maps around it included; empty for none."""
    return _item.get()


@contextlib.contextmanager
def inside_item(index: int) -> Iterator[None]:
    """Make what is done inside the block part of item `index` of a map."""
    token = _item.set(f"{_item.get()}#{index}")
    try:
        yield
    finally:
        _item.reset(token)


@contextlib.contextmanager
def inside_branch(number: int) -> Iterator[None]:
    """Make what is done inside the block number `number` of what goes on at the same time."""
    token = _branch.set(f"{_branch.get()}/{number}")
    try:
        yield
    finally:
        _branch.reset(token)


class _Untraced:
    """The span of a run that nobody traces."""

    def set_outputs(self, outputs: object) -> None:
        """Forget the outputs."""

    def set_attribute(self, key: str, value: str | float | bool) -> None:
        """Forget the attribute."""


_UNTRACED = contextlib.nullcontext(_Untraced())


def span(name: str, kind: str, inputs: object = None) -> AbstractContextManager[Span]:
    """Open a span of the active run; costs nothing when the run is not traced."""
    tracer = current().tracer
    return tracer.span(name, kind, inputs) if tracer is not None else _UNTRACED
