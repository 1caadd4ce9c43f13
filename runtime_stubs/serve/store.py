# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What the registry asks of a database: transactions, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from .ports import QueueFull

__all__ = ["Database", "History", "StoreAway", "Superseded", "Transaction", "Value"]

T = TypeVar("T")
Value = str | int | float | None


class StoreAway(QueueFull):
    """The database does not answer: nothing can be accepted now."""


class Superseded(StoreAway):
    """Another server has the runs by now: this one must not go on with them."""


class Transaction(Protocol):
    """Statements that take effect together; `?` stands for a value."""

    def rows(self, sql: str, values: Sequence[Value] = ()) -> Sequence[Sequence[Any]]:
        """Return what a statement selects."""

    def change(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute a statement; return how many rows it has changed."""

    def change_all(self, sql: str, many: Sequence[Sequence[Value]]) -> None:
        """Execute a statement for each of several sets of values."""


class History(Protocol):
    """The place of the runs that a workflow names."""

    def open(self, flow: str) -> Database:
        """Open it for the one server of a workflow.

        Raises:
            InputError: there is no such place, or another server has these runs.
            StoreAway: it does not answer, or does not let us in.
        """


class Database(Protocol):
    """A database that one server uses; called from one thread."""

    @property
    def flow(self) -> str:
        """What tells the runs of this workflow from those of others in the database."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do something in one transaction.

        Raises:
            StoreAway: the database does not answer; what was done may or may not have been kept.
        """

    def is_outage(self, error: BaseException) -> bool:
        """Return whether a run failed since the database was away, which is no fault of its own."""

    def close(self) -> None:
        """Let go of the database."""
