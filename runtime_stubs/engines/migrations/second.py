# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Step 2: what happens in runs that servers have handed to workers."""

from __future__ import annotations

__all__ = ["down_revision", "revision", "upgrade"]

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Make the table: its rows wait for the server, which deletes those it takes."""
    import sqlalchemy as sa
    from alembic import op

    # SQLite counts by itself only in keys of the type INTEGER.
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "agentc_relay",
        sa.Column("number", number, sa.Identity(), primary_key=True),
        sa.Column("run", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("told", sa.Double, nullable=False, index=True),
    )
