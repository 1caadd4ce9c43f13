# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The answers that a saved run has got: what it paid for is not asked for again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .errors import kind_of
from .events import ModelCalled
from .run import Spent, current_branch, current_item

if TYPE_CHECKING:
    from asyncio import Task

    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["Opened", "Record", "RunJournal", "Table"]

# Failures that say nothing against the answers the attempt had got before.
BLAMELESS = frozenset({"BudgetExceeded", "ModelError", "NodeTimeout", "StepLimitExceeded"})


@dataclass(frozen=True, slots=True)
class Record:
    """One answer. `key` finds it again; all answers of one `place` are dropped together."""

    key: str
    place: str
    content: str
    call: ModelCalled | None = None


class Table(Protocol):
    """Where the journals of all runs are kept, beside what else is saved of them.

    A record that is dropped is not found any more but still counts as spent.
    """

    async def places(self, thread: str) -> Mapping[str, str]:
        """Return the place of each record of a run, by key."""

    async def spent(self, thread: str) -> Sequence[Spent]:
        """Return what the run has spent, by model."""

    async def read(self, thread: str, key: str) -> str:
        """Return the content of a record."""

    async def write(self, thread: str, record: Record) -> None:
        """Add a record; returns when it is on disk."""

    async def drop(self, thread: str, place: str) -> None:
        """Drop the records of a place and of what went on beside one another in it."""

    async def clear(self, thread: str) -> None:
        """Delete all records of a run."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened store of runs: LangGraph's part and ours."""

    saver: BaseCheckpointSaver[Any]
    journals: Table


class RunJournal:
    """The journal of one run.

    An answer is known by the LangGraph task that asked (which is one execution of a step or of a
    round of a loop), by the item of a map, by what was asked and, where a task asks the same
    thing again, by how often it has. LangGraph gives a task the same name when a run is continued.
    """

    def __init__(self, table: Table, thread: str) -> None:
        self._table = table
        self._thread = thread
        self._places: dict[str, str] = {}  # of the records there are, by key
        self._asked: dict[str, Counter[str]] = {}  # by task
        self._writing: set[Task[None]] = set()

    async def load(self) -> Sequence[Spent]:
        """Find out what was recorded before the run was continued; return what it had spent."""
        self._places = dict(await self._table.places(self._thread))
        return await self._table.spent(self._thread)

    @property
    def nodes(self) -> int:
        """How many executions of nodes were noted before the run was continued."""
        return sum(place == "node" for place in self._places.values())

    async def entry(self, request: str, *, fact: str = "") -> _Entry:
        """Return the place of the next answer to `request`; see `run.Journal`."""
        task = _task()
        place = task + current_branch()
        asked = self._asked.setdefault(task, Counter())
        name = f"{place}\n{fact}\n{request}"
        key = hashlib.sha256(f"{name}\n{asked[name]}".encode()).hexdigest()
        asked[name] += 1
        content = await self._table.read(self._thread, key) if key in self._places else None
        return _Entry(self, key, fact or place, content)

    def begin_attempt(self) -> None:
        """Go back to the first answers of the step that is running."""
        self._asked[_task()] = Counter()

    async def end_attempt(self, failure: Exception) -> None:
        """Drop the answers of the step that is running if they may be why it failed."""
        from langgraph.errors import GraphBubbleUp

        if isinstance(failure, GraphBubbleUp) or kind_of(failure) in BLAMELESS:
            return
        task = _task()
        dropped = [key for key, place in self._places.items() if _is_in(place, task)]
        if dropped:
            await self._table.drop(self._thread, task)
        for key in dropped:
            del self._places[key]

    async def add(self, record: Record) -> None:
        """Record an answer."""
        import asyncio  # not at the top: `--help` must not wait for it

        writing = asyncio.ensure_future(self._write(record))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        # An attempt whose time is up just now has paid for the answer all the same.
        await asyncio.shield(writing)

    async def settled(self) -> None:
        """Wait until everything is on disk."""
        import asyncio

        await asyncio.gather(*self._writing, return_exceptions=True)

    async def _write(self, record: Record) -> None:
        await self._table.write(self._thread, record)
        self._places[record.key] = record.place


@dataclass(slots=True)
class _Entry:
    journal: RunJournal
    key: str
    place: str
    content: str | None

    async def record(self, content: str, call: ModelCalled | None = None) -> None:
        """Record the answer, and the call it was paid with; returns when it is on disk."""
        await self.journal.add(Record(self.key, self.place, content, call))


def _task() -> str:
    """Return LangGraph's name of the task that is running, and the item of a map in it."""
    from langgraph.config import get_config

    return str(get_config()["configurable"]["checkpoint_ns"]) + current_item()


def _is_in(place: str, task: str) -> bool:
    return place == task or place.startswith(f"{task}/")
