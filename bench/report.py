"""Tables in Markdown and the description of the machine, without its name."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

PROGRAMS = "AGENTC_BENCH_PROGRAMS"
"""Variable with the environment that has langgraph, litellm and mlflow; else the one that runs."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the results: a heading, what was measured, a table, and what follows from it."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def markdown(self) -> str:
        """Return the section as Markdown."""
        lines = [f"## {self.title}", "", self.about]
        if self.head:
            lines += ["", *table(self.head, self.rows)]
        if self.notes:
            lines += ["", *(f"- {note}" for note in self.notes)]
        return "\n".join(lines) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join('---' for _ in head)}|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def ratio(value: float, base: float) -> str:
    """Return a ratio as text."""
    return f"{value / base:.2f}x"


def verdict(is_met: bool) -> str:
    """Return whether a target is met, as text."""
    return "met" if is_met else "**not met**"


def machine() -> str:
    """Describe the machine: processor, cores, memory, load, versions; never a name."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    rows = [
        ("processor", _processor()),
        ("cores", str(os.cpu_count())),
        ("memory", f"{_memory():.0f} GB"),
        ("system", f"{platform.system()} {platform.release().split('-')[0]}"),
        ("Python", platform.python_version()),
        ("load at the start (1, 5, 15 min)", load),
        *((name, _version(name)) for name in ("langgraph", "litellm", "mlflow")),
    ]
    return "\n".join(table(("machine", ""), rows)) + "\n"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _version(name: str) -> str:
    """Return the version in the environment of the measured programs."""
    home = os.environ.get(PROGRAMS, sys.prefix)
    folders = [str(path) for path in Path(home).glob("lib/python*/site-packages")]
    found = next(iter(distributions(name=name, path=folders)), None)
    return found.version if found is not None else "none"
