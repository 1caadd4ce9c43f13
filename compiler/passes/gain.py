"""What the rewrites are worth, by rule of thumb: the longest way and the model calls before and after."""

from __future__ import annotations

from compiler.ir.schedule import schedule
from compiler.ir.workflow import Workflow
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Gain:
    """Seconds on the longest way and model calls of a run, as written and as optimized (`ir/schedule.py`)."""

    seconds_before: float
    seconds_after: float
    calls_before: int
    calls_after: int

    @property
    def text(self) -> str:
        """The gain as a sentence, empty when there is none that can be told beforehand."""
        said: list[str] = []
        if self.seconds_after < self.seconds_before:
            said.append(
                f"about {self.seconds_after:.0f} s instead of {self.seconds_before:.0f} s on the longest way"
            )
        if self.calls_after < self.calls_before:
            said.append(f"{self.calls_after} instead of {self.calls_before} model calls")
        return f"in all {', '.join(said)} (estimated)" if said else ""


def estimate_gain(before: Workflow, after: Workflow) -> Gain:
    """Compare a workflow with what the rewrites made of it; both must be sound."""
    old, new = schedule(before), schedule(after)
    return Gain(old.seconds, new.seconds, old.calls, new.calls)
