# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Brings tables of a database to their present version, step by step, with Alembic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["AlembicSteps"]


@dataclass(frozen=True, slots=True)
class AlembicSteps:
    """The steps in a folder of modules.

    `versions`: the table that says how far the others are; `last`: the revision they are to be at;
    `statements`: SQL by revision, for steps that find theirs in the attributes of the configuration.
    """

    folder: str
    versions: str
    last: str
    statements: Callable[[], Mapping[str, Sequence[str]]] = dict

    def are_done(self, connection: sa.Connection) -> bool:
        """Return whether nothing is left to do, without Alembic, which is slow to load."""
        import sqlalchemy as sa

        if not sa.inspect(connection).has_table(self.versions):
            return False
        version = connection.scalar(sa.text(f"SELECT version_num FROM {self.versions}"))
        return bool(version == self.last)

    def take(self, connection: sa.Connection) -> None:
        """Make or change the tables; does nothing if they are as they should be."""
        from alembic.config import Config
        from alembic.runtime.environment import EnvironmentContext
        from alembic.script import ScriptDirectory

        steps = ScriptDirectory(self.folder, version_locations=[self.folder])

        def wanted(revision: Any, _: object) -> Any:
            return steps._upgrade_revs("head", revision)

        config = Config(attributes=dict(self.statements()))
        with EnvironmentContext(config, steps, fn=wanted, destination_rev="head") as environment:
            environment.configure(
                connection=connection, version_table=self.versions, transactional_ddl=False
            )
            environment.run_migrations()
