# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The numbers that options take."""

from argparse import ArgumentTypeError

__all__ = ["count", "positive", "seconds"]


def count(text: str) -> int:
    """Read a number of things, of which there may be none."""
    number = int(text)
    if number < 0:
        raise ArgumentTypeError("expected 0 or more")
    return number


def positive(text: str) -> int:
    """Read a number of things."""
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("expected 1 or more")
    return number


def seconds(text: str) -> float:
    """Read a length of time."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise ArgumentTypeError("expected 0 or more")
    return number
