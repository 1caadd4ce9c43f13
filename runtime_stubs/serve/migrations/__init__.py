# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The steps that bring the tables of a server to the present version."""

from pathlib import Path

from ...alembic_steps import AlembicSteps
from ..schema import postgres_steps
from . import first as last

__all__ = ["STEPS"]

STEPS = AlembicSteps(
    str(Path(__file__).parent), "agentc_serve_schema", last.revision, postgres_steps
)
