"""Which database a `storage.backend` means, and which one keeps saved runs."""

from __future__ import annotations

from typing import Literal

from compiler.ir.workflow import Config, EnvRef, EnvText, Setting

Database = Literal["postgres", "redis", "sqlite"]
_SCHEMES: tuple[tuple[str, Database], ...] = (
    ("redis", "redis"),
    ("unix", "redis"),
    ("postgres", "postgres"),
)


def database_of(backend: Setting) -> Database:
    """Return the database by its address, else by the name of the variable that holds it."""
    first = backend.parts[0] if isinstance(backend, EnvText) else backend
    if isinstance(first, EnvRef):
        return "redis" if "REDIS" in first.variable.upper() else "postgres"
    return next((kind for scheme, kind in _SCHEMES if first.startswith(scheme)), "sqlite")


def database_of_runs(config: Config) -> Database:
    """Return the database of saved runs: `checkpoint` names it, else it is that of the backend."""
    checkpoint = config.execution.checkpoint
    return database_of(config.storage.backend) if checkpoint == "none" else checkpoint
