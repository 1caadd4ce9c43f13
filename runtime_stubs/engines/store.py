# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Where runs are saved, seen by a worker."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import sqlalchemy as sa

    from ..durable import Checkpoints
    from .leases import Leases
    from .registry import Lease, Registry

__all__ = ["Store"]


class Store(Protocol):
    """Where runs are saved, seen by a worker."""

    def open_all(self) -> AbstractAsyncContextManager[None]:
        """Make tables that are missing and open what runs share."""

    def fenced(self, lease: Lease) -> Checkpoints:
        """Return the store for one run: it saves only as long as nobody else has taken the run."""

    def leases(self, registry: Registry) -> Leases:
        """Return the leases, while all is open."""

    def database(self) -> sa.Engine:
        """Return the database of the checkpoints, for the tables of workers."""

    def queue_url(self) -> str:
        """Return the address of the database for a queue, as SQLAlchemy takes it."""
