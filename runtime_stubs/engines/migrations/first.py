# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Step 1: who is alive, who may save which run, whose turn it is."""

from __future__ import annotations

__all__ = ["down_revision", "revision", "upgrade"]

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables. Times are seconds since the epoch by the clock of the database."""
    import sqlalchemy as sa
    from alembic import op

    op.create_table(
        "agentc_workers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("concurrency", sa.Integer, nullable=False),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
    )
    # A row means that the worker may save the run: as long as the worker is alive, and after
    # that until another takes the run. Each taking has a token of its own.
    op.create_table(
        "agentc_leases",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("worker", sa.Text, nullable=False, index=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
    )
    # When the next request under a rate may be sent.
    op.create_table(
        "agentc_rates",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("free_at", sa.Double, nullable=False),
    )
