# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Step 1: runs, what happened in them, what was delivered, which server has them."""

from __future__ import annotations

__all__ = ["down_revision", "revision", "upgrade"]

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables: the SQL that files are made of too, so it comes from `schema`."""
    from alembic import op

    config = op.get_context().config
    assert config is not None, "the steps are taken with one"
    for statement in config.attributes[revision]:
        op.execute(statement)
