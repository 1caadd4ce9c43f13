"""What the fake server answers next, and what it was asked."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True)
class ToolUse:
    """One tool call in an answer; a string for `arguments` is sent as it is, valid JSON or not."""

    name: str
    arguments: Mapping[str, Json] | str = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """How one request is answered; a step without fields gives the default answer."""

    status: int = 200
    text: str | None = None  # the model's text
    value: Json = None  # the model's text, as JSON
    tool_calls: Sequence[ToolUse] = ()
    refusal: str | None = None
    finish: Literal["stop", "length"] = "stop"
    delay: float = 0.0  # seconds before the first byte
    chunk_delay: float = 0.0  # seconds between the chunks of a stream
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = "scripted error"  # message of a status other than 200
    raw: str | None = None  # the whole body, instead of a provider's answer
    truncate: int | None = None  # bytes of the body to send before the connection is closed
    usage: tuple[int, int, int] | None = None  # prompt, completion, cached prompt tokens


def step_from(data: Mapping[str, object]) -> Step:
    """Read a step from the JSON of an admin request."""
    known = {f.name for f in fields(Step)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise ValueError(f"unknown step fields {unknown}; known: {sorted(known)}")
    values = dict(data)
    calls = values.get("tool_calls")
    if isinstance(calls, list):
        values["tool_calls"] = tuple(ToolUse(c["name"], c.get("arguments", {})) for c in calls)
    usage = values.get("usage")
    if isinstance(usage, list):
        values["usage"] = tuple(usage)
    return Step(**values)  # type: ignore[arg-type]  # field types are the test author's business


@dataclass(frozen=True)
class Recorded:
    """One request as it arrived; `prompt` is all its message texts, `body` its JSON."""

    provider: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Json]
    prompt: str


@dataclass
class _Rule:
    steps: list[Step]
    match: str | None
    repeat: bool


class Script:
    """The steps still to be played and the requests seen; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._requests: list[Recorded] = []
        self._active: dict[int, tuple[str, float]] = {}
        self._timeline: list[tuple[str, float, float]] = []
        self._number = 0
        self._peak = 0

    def add(self, steps: Sequence[Step], match: str | None, repeat: bool) -> None:
        """Queue steps for requests whose prompt contains `match`; `repeat` plays the last one for ever."""
        with self._lock:
            self._rules.append(_Rule(list(steps), match, repeat))

    def next(self, prompt: str) -> Step:
        """Take the step of a request with this prompt."""
        with self._lock:
            for rule in self._rules:
                if rule.steps and (rule.match is None or rule.match in prompt):
                    if rule.repeat and len(rule.steps) == 1:
                        return rule.steps[0]
                    return rule.steps.pop(0)
        return Step()

    def enter(self, request: Recorded) -> int:
        """Note a request and that it is being answered; return its number."""
        with self._lock:
            self._requests.append(request)
            self._number += 1
            self._active[self._number] = (request.prompt, time.monotonic())
            self._peak = max(self._peak, len(self._active))
            return self._number

    def leave(self, number: int) -> None:
        """Note that a request has been answered."""
        with self._lock:
            if number in self._active:
                self._timeline.append((*self._active.pop(number), time.monotonic()))

    @property
    def requests(self) -> list[Recorded]:
        """All requests since the last reset, in order of arrival."""
        with self._lock:
            return list(self._requests)

    @property
    def peak(self) -> int:
        """The most requests that were being answered at one time."""
        with self._lock:
            return self._peak

    @property
    def timeline(self) -> list[tuple[str, float, float]]:
        """The prompt of each answered request, when it came and when its answer went out."""
        with self._lock:
            return list(self._timeline)

    def pending(self) -> int:
        """Steps that no request has taken yet, repeated ones left out."""
        with self._lock:
            return sum(len(r.steps) - (1 if r.repeat and r.steps else 0) for r in self._rules)

    def reset(self) -> None:
        """Forget all steps and requests."""
        with self._lock:
            self._rules.clear()
            self._requests.clear()
            self._timeline.clear()
            self._active.clear()  # requests that nobody waits for any more
            self._peak = 0
