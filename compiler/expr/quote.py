"""Python string literals that are safe to paste."""

from __future__ import annotations


def quote(text: str) -> str:
    """Return a double-quoted Python literal of `text`; what is not printable is escaped."""
    raise NotImplementedError
