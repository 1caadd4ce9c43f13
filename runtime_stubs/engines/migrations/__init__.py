# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The steps that bring the tables of workers to the present version."""

from pathlib import Path

from ...alembic_steps import AlembicSteps
from . import first, second

__all__ = ["is_current", "upgrade"]

_STEPS = AlembicSteps(
    str(Path(__file__).parent), "agentc_schema", max(first.revision, second.revision)
)

is_current = _STEPS.are_done
upgrade = _STEPS.take
