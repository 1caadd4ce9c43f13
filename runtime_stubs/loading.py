# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What takes long to load: a process that stays loads it before its first run, others when they need it."""

from collections.abc import Callable
from typing import TypeVar

__all__ = ["load_all", "loads"]

_LOADERS: list[Callable[[], None]] = []
L = TypeVar("L", bound=Callable[[], None])


def loads(loader: L) -> L:
    """Note what loads a part of this package; it may be called more than once."""
    _LOADERS.append(loader)
    return loader


def load_all() -> None:
    """Load what the modules that are imported by now will need."""
    for loader in _LOADERS:
        loader()
