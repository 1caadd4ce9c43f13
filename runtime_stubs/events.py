# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What happens in a run, told to its listeners (progress, cost, streaming)."""

from dataclasses import dataclass

__all__ = [
    "Continued",
    "Event",
    "ModelCalled",
    "NodeFailed",
    "NodeFinished",
    "NodeStarted",
    "Retrying",
    "Taken",
    "Token",
    "ToolCalled",
    "Traced",
    "Warned",
]


@dataclass(frozen=True, slots=True)
class Taken:
    """A worker has begun the run, or goes on with it."""

    worker: str


@dataclass(frozen=True, slots=True)
class Continued:
    """A saved run goes on; its model calls so far, those without a price, and what the others cost."""

    calls: int
    unpriced: int
    dollars: float


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """A node has begun."""

    node: str


@dataclass(frozen=True, slots=True)
class NodeFinished:
    """A node is done, all retries included."""

    node: str
    seconds: float


@dataclass(frozen=True, slots=True)
class NodeFailed:
    """A node has failed for good; `handled`: its `on_error` takes over."""

    node: str
    seconds: float
    kind: str
    message: str
    handled: bool = False


@dataclass(frozen=True, slots=True)
class Retrying:
    """Attempt number `attempt` (from 1) failed; the next starts after `delay` seconds."""

    node: str | None
    attempt: int
    delay: float
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ModelCalled:
    """One model call. `cost` in USD; None: the price of the model is not known."""

    node: str | None
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost: float | None
    seconds: float
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """One tool call; `error`: what went wrong, None for success."""

    node: str | None
    tool: str
    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text a model has just produced."""

    node: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the user should know that did not stop the run."""

    message: str


@dataclass(frozen=True, slots=True)
class Traced:
    """The run has begun and is traced under the id `trace`; `where`: the file of its trace."""

    trace: str
    where: str


Event = (
    Continued
    | NodeStarted
    | NodeFinished
    | NodeFailed
    | Retrying
    | Taken
    | ModelCalled
    | ToolCalled
    | Token
    | Traced
    | Warned
)
