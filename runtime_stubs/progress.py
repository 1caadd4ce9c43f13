# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a run tells the terminal while it goes on, and what it has cost."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TextIO

from .events import (
    Event,
    ModelCalled,
    NodeFailed,
    NodeFinished,
    NodeStarted,
    Retrying,
    Token,
    ToolCalled,
    Traced,
    Warned,
)

__all__ = ["EventLines", "Progress", "Spent", "wants_color"]

GREEN, RED, YELLOW, DIM, PLAIN = "\033[32m", "\033[31m", "\033[33m", "\033[2m", "\033[0m"


def wants_color(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether `stream` is a terminal that shows colors (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


class Spent:
    """Counts the model calls of a run. An unknown price stays unknown; it is never taken for 0."""

    def __init__(self) -> None:
        self.calls = 0
        self.simulated = 0
        self.unpriced = 0
        self.dollars = 0.0

    def __call__(self, event: Event) -> None:
        """Count one event."""
        if isinstance(event, ModelCalled):
            self.calls += 1
            self.simulated += event.simulated
            if event.cost is not None:
                self.dollars += event.cost
            elif not event.simulated:
                self.unpriced += 1

    def add(self, calls: int, unpriced: int, dollars: float, simulated: int = 0) -> None:
        """Count calls that were made elsewhere."""
        self.calls += calls
        self.unpriced += unpriced
        self.dollars += dollars
        self.simulated += simulated

    def numbers(self) -> dict[str, int | float]:
        """Return the arguments of an `add` that counts the same."""
        return {
            "calls": self.calls,
            "unpriced": self.unpriced,
            "dollars": self.dollars,
            "simulated": self.simulated,
        }

    def summary(self) -> str:
        """Return calls and cost in words, empty when no model was called."""
        if not self.calls:
            return ""
        calls = f"{self.calls} model call{'s' if self.calls != 1 else ''}"
        if self.simulated == self.calls:
            return f"{calls}, all simulated"
        if self.unpriced == self.calls - self.simulated:
            return f"{calls}, unpriced"
        unpriced = f" + {self.unpriced} unpriced" if self.unpriced else ""
        return f"{calls}, ${self.dollars:.4f}{unpriced}"


class Progress:
    """Writes one line per event; with `stream` also the text of models as it comes."""

    def __init__(self, out: TextIO, *, color: bool, stream: bool, verbose: bool) -> None:
        self._out = out
        self._color = color
        self.wants_tokens = stream
        self._verbose = verbose
        self._speaker: str | None = None
        self._mid_line = False

    def __call__(self, event: Event) -> None:
        """Write one event."""
        match event:
            case Token(node, text):
                if self.wants_tokens:
                    self._token(node, text)
            case NodeStarted(node):
                self._line(DIM, f"{node} ...")
            case NodeFinished(node, seconds):
                self._line(GREEN, f"{node} done in {seconds:.1f} s")
            case NodeFailed(node, seconds, kind, message, handled):
                fate = "failed, on_error takes over" if handled else "failed"
                self._line(
                    YELLOW if handled else RED,
                    f"{node} {fate} after {seconds:.1f} s: {_named(kind, message)}",
                )
            case Retrying(node, attempt, delay, kind, message):
                self._line(
                    YELLOW,
                    f"{node or 'run'} attempt {attempt} failed, next in {delay:.1f} s: "
                    f"{_named(kind, message)}",
                )
            case Traced(trace, where):
                self._line(DIM, f"trace {trace} in {where}")
            case Warned(message):
                self._line(YELLOW, message)
            case ModelCalled():
                if self._verbose:
                    self._line(DIM, _model_line(event))
            case ToolCalled(node, tool, seconds, error):
                if self._verbose:
                    outcome = f"failed: {error}" if error else "done"
                    self._line(DIM, f"{node or 'run'}: tool {tool} {outcome} in {seconds:.1f} s")

    def close(self) -> None:
        """End the line that a model was writing."""
        if self._mid_line:
            self._out.write("\n")
            self._mid_line = False

    def _line(self, color: str, text: str) -> None:
        self.close()
        self._out.write(f"{color}{text}{PLAIN}\n" if self._color else f"{text}\n")
        self._out.flush()

    def _token(self, node: str | None, text: str) -> None:
        if not self._mid_line or node != self._speaker:
            self.close()
            self._out.write(f"[{node}] ")
            self._speaker = node
        self._out.write(text)
        self._out.flush()
        self._mid_line = not text.endswith("\n")


class EventLines:
    """Writes each event as one line of JSON, for programs that follow a run."""

    wants_tokens = True

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        """Write one event."""
        line = {"event": type(event).__name__, **asdict(event)}
        self._out.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._out.flush()


def _named(kind: str, message: str) -> str:
    return message if message.startswith(kind) else f"{kind}: {message}"


def _model_line(call: ModelCalled) -> str:
    cost = "simulated" if call.simulated else "unpriced"
    if call.cost is not None:
        cost = f"${call.cost:.4f}"
    tokens = f"{call.input_tokens} + {call.output_tokens} tokens"
    return f"{call.node or 'run'}: {call.model}, {tokens}, {cost}, {call.seconds:.1f} s"
