"""Figures as people read them."""

from __future__ import annotations


def seconds(value: float) -> str:
    """Return a time with three figures: `85 ms`, `1.25 s`, `12.3 s`, `4 min 10 s`."""
    if value < 0.9995:
        return f"{value * 1000:.3g} ms"
    if value < 120:
        return f"{value:.3g} s"
    return f"{value // 60:.0f} min {value % 60:.0f} s"


def percent(share: float) -> str:
    """Return a share from 0 to 1 as a percentage."""
    return f"{share * 100:.0f} %"


def money(value: float) -> str:
    """Return US dollars with enough figures for what a model call costs."""
    return f"${value:.6f}" if value < 0.01 else f"${value:.4f}" if value < 1 else f"${value:.2f}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun: `1 run`, `3 runs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
