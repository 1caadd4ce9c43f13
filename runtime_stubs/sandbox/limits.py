# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What sandboxed code may use."""

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["PRESETS", "Limits", "Preset", "limits_for"]

Preset = Literal["low", "medium", "high", "max"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one execution.

    `cpu` in cores, `memory` in MiB (python mode: on top of the interpreter's own, about 20),
    `timeout` in seconds of wall time, `output` and `printed` in bytes.
    """

    cpu: float
    memory: int
    timeout: float
    output: int = 4 << 20
    printed: int = 16 << 10


PRESETS: dict[Preset, Limits] = {
    "low": Limits(cpu=0.5, memory=128, timeout=10.0),
    "medium": Limits(cpu=1.0, memory=256, timeout=30.0),
    "high": Limits(cpu=2.0, memory=512, timeout=120.0),
    "max": Limits(cpu=4.0, memory=2048, timeout=600.0, output=32 << 20),
}


def limits_for(
    preset: Preset,
    *,
    cpu: float | None = None,
    memory: int | None = None,
    timeout: float | None = None,
) -> Limits:
    """Return the limits of a preset with single values replaced."""
    limits = PRESETS[preset]
    return replace(
        limits,
        cpu=limits.cpu if cpu is None else cpu,
        memory=limits.memory if memory is None else memory,
        timeout=limits.timeout if timeout is None else timeout,
    )
