# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The decorator that makes an async function a node: events, steps, timeout, retries, on_error."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict, TypeVar, cast, overload

from langgraph.errors import GraphBubbleUp

from .attempts import RetryRule, of_step, run_attempts
from .errors import NodeError, kind_of, message_of
from .events import NodeFailed, NodeFinished, NodeStarted
from .run import current, emit, inside_node, place_of, span

__all__ = ["ErrorRecord", "Failure", "Step", "node"]

S = TypeVar("S")
Body = Callable[[S], Coroutine[Any, Any, S]]


class ErrorRecord(TypedDict):
    """The state field `error`; all texts are empty when the node that could fail did not."""

    kind: str
    message: str
    node: str


NO_ERROR: ErrorRecord = {"kind": "", "message": "", "node": ""}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a node has failed for good, as `on_error` sees it."""

    kind: str
    message: str
    node: str

    def record(self) -> ErrorRecord:
        """Return the failure as plain data for the state field `error`."""
        return {"kind": self.kind, "message": self.message, "node": self.node}


class Step(Protocol[S]):
    """A node; LangGraph's types want its parameter to be called `state`."""

    def __call__(self, state: S) -> Coroutine[Any, Any, S]:
        """Return the update."""


Handler = Callable[[S, Failure], S | None]


@overload
def node(function: Body[S], /) -> Step[S]: ...
@overload
def node(
    *,
    on_error: Handler[S],
    clears_error: bool = ...,
    name: str | None = ...,
    timeout: float | None = ...,
    retry: RetryRule | None = ...,
    rounds: str | None = ...,
    resets: Sequence[str] = ...,
) -> Callable[[Body[S]], Step[S]]: ...
@overload
def node(
    *,
    name: str | None = ...,
    timeout: float | None = ...,
    retry: RetryRule | None = ...,
    rounds: str | None = ...,
    resets: Sequence[str] = ...,
) -> Callable[[Body[S]], Step[S]]: ...
def node(
    function: Body[S] | None = None,
    /,
    *,
    on_error: Handler[S] | None = None,
    clears_error: bool = False,
    name: str | None = None,
    timeout: float | None = None,
    retry: RetryRule | None = None,
    rounds: str | None = None,
    resets: Sequence[str] = (),
) -> Step[S] | Callable[[Body[S]], Step[S]]:
    """Make an async function from state to update a node of the graph.

    Args:
        on_error: called when the node has failed for good; what it returns is the update, None
            lets the run fail.
        clears_error: a success empties the state field `error`.
        name: the id of the node if the function cannot have that name.
        timeout: seconds for one attempt.
        retry: when a failed attempt is repeated.
        rounds: state field that counts the executions of this node (the bound of a loop).
        resets: state fields of that kind, of inner loops, that start again from 0.
    """

    def decorate(body: Body[S]) -> Step[S]:
        id = name or body.__name__

        @functools.wraps(body)
        async def run(state: S) -> S:
            begun = time.monotonic()
            with inside_node(id):
                await current().count_step(id)
                emit(NodeStarted(id))
                try:
                    with span(id, "node", state) as opened:
                        update = await run_attempts(
                            lambda: of_step(body(state)), timeout=timeout, retry=retry
                        )
                        opened.set_outputs(update)
                except GraphBubbleUp:
                    raise
                except Exception as error:
                    failure = _failure(id, error)
                    handled = on_error(state, failure) if on_error else None
                    seconds = time.monotonic() - begun
                    emit(
                        NodeFailed(
                            failure.node,
                            seconds,
                            failure.kind,
                            failure.message,
                            handled is not None,
                        )
                    )
                    if handled is None:
                        raise _located(id, error) from error
                    if clears_error:
                        # What was set in place of the node's writes is no way to a handler either.
                        handled = cast(S, {"error": NO_ERROR, **_fields(handled)})
                    return _counted(state, handled, rounds, resets)
                emit(NodeFinished(id, time.monotonic() - begun))
            if clears_error:
                update = cast(S, {**_fields(update), "error": NO_ERROR})
            return _counted(state, update, rounds, resets)

        return run

    return decorate if function is None else decorate(function)


def _failure(id: str, error: Exception) -> Failure:
    inner = error.node if isinstance(error, NodeError) and error.node else id
    return Failure(kind_of(error), message_of(error), inner)


def _located(id: str, error: Exception) -> NodeError:
    """Name the node and its place; an error that an inner workflow has located keeps its own."""
    if isinstance(error, NodeError):
        return error
    return NodeError(id, place_of(id), error)


def _fields(values: object) -> Mapping[str, object]:
    # S is a TypedDict of the generated package, which no bound in this module can say.
    return cast(Mapping[str, object], values)


def _counted(state: S, update: S, rounds: str | None, resets: Sequence[str]) -> S:
    """Add the loop counters to an update."""
    if rounds is None and not resets:
        return update
    counters: dict[str, object] = dict.fromkeys(resets, 0)
    if rounds is not None:
        done = _fields(state).get(rounds, 0)
        counters[rounds] = (done if isinstance(done, int) else 0) + 1
    return cast(S, {**_fields(update), **counters})
