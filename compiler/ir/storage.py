"""Which database a `storage.backend` means."""

from __future__ import annotations

from typing import Literal

from compiler.ir.workflow import EnvRef, EnvText, Setting

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


def is_redis(backend: Setting) -> bool:
    """Whether a backend is Redis, which keeps no runs: LangGraph needs its search module for that."""
    return database_of(backend) == "redis"
