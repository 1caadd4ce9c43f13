# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Brings the tables of workers to the present version, step by step, with Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import first as last

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["is_current", "upgrade"]

VERSIONS = "agentc_schema"  # the table that says how far the others are


def is_current(connection: sa.Connection) -> bool:
    """Return whether nothing is left to do, without Alembic, which is slow to load."""
    import sqlalchemy as sa

    if not sa.inspect(connection).has_table(VERSIONS):
        return False
    version = connection.scalar(sa.text(f"SELECT version_num FROM {VERSIONS}"))
    return bool(version == last.revision)


def upgrade(connection: sa.Connection) -> None:
    """Make or change the tables; does nothing if they are as they should be."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    folder = str(Path(__file__).parent)
    steps = ScriptDirectory(folder, version_locations=[folder])

    def wanted(revision: Any, _: object) -> Any:
        return steps._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), steps, fn=wanted, destination_rev="head") as environment:
        environment.configure(
            connection=connection, version_table=VERSIONS, transactional_ddl=False
        )
        environment.run_migrations()
