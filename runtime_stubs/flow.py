# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Parallel steps inside one node: each starts as soon as its own inputs are ready.

A step is a LangGraph task, so a run that is continued after a crash repeats only what had not
finished. LangGraph tells tasks apart by the order of their calls; therefore every step is
started at once, in the order of the program, and waits for its predecessors inside its task.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, cast

from langgraph.errors import GraphInterrupt
from langgraph.func import task
from langgraph.types import Interrupt, Overwrite

from .merge import Operator, apply_updates, operators_of

__all__ = ["Arrow", "Flow", "Started"]

S = TypeVar("S")
Update: TypeAlias = Mapping[str, object]
# What a step that ran has done: its updates in order and the targets it chose. Plain data, because
# it is saved; a skipped step has None.
Outcome: TypeAlias = tuple[list[Update], list[str]]


@functools.cache
def _operators_of(state_type: Hashable) -> dict[str, Operator]:
    return operators_of(cast(type[object], state_type))


class Started:
    """A step that has been started."""

    def __init__(self, after: Sequence[Arrow], outcome: asyncio.Future[Outcome | None]) -> None:
        self.after = after
        self._outcome = outcome

    def to(self, target: str) -> Arrow:
        """Return the edge that is taken when the step ran and chose `target`."""
        return Arrow(self, target)

    @property
    def outcome(self) -> Outcome | None:
        """What the step has done; only to be read once it has settled."""
        return self._outcome.result()

    @property
    def failure(self) -> BaseException | None:
        """Why the step stopped, None if it did not; only to be read once it has settled."""
        return self._outcome.exception()

    async def settled(self) -> None:
        """Wait until the step has finished, failed or paused; never raises its error."""
        await asyncio.wait([self._outcome])


class Arrow:
    """An edge out of a step; `target` None: taken when the step ran and chose nothing."""

    def __init__(self, step: Started, target: str | None) -> None:
        self.step = step
        self.target = target

    @property
    def taken(self) -> bool:
        """Whether the flow goes along this edge."""
        outcome = self.step.outcome
        if outcome is None:
            return False
        return self.target in outcome[1] if self.target is not None else not outcome[1]


class Flow(Generic[S]):
    """The steps of one region, or of one round of a loop in it."""

    def __init__(self, state_type: type[S], state: S) -> None:
        self._type = state_type
        self._operators: Mapping[str, Operator] = _operators_of(cast(Hashable, state_type))
        self._base = cast(Update, state)  # S is a TypedDict of the generated package
        self._steps: list[Started] = []
        self._back: list[Arrow] = []
        self._out: list[Arrow] = []

    def start(
        self,
        step: Callable[[S], Coroutine[Any, Any, S]],
        *,
        after: Sequence[Started | Arrow] = (),
        choose: Callable[[S], str | None] | None = None,
    ) -> Started:
        """Start a step.

        Args:
            step: reads the base state with the updates of its ancestors, returns its update.
            after: edges into the step. It runs when all are decided and one is taken, or there
                are none.
            choose: says where the flow goes next, from what the step read and wrote; None: along
                all edges that are not chosen.
        """

        async def run(view: S) -> Outcome:
            update = cast(Update, await step(view))
            if choose is None:
                return [update], []
            target = choose(self._after_updates(view, [update]))
            return [update], [] if target is None else [target]

        return self._launch(step.__name__, run, after)

    def enter(self, choose: Callable[[S], str] | None = None) -> Started:
        """Return a beginning that does nothing, or nothing but choose where the flow goes."""
        outcome: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        outcome.set_result(([], [choose(cast(S, dict(self._base)))] if choose else []))
        started = Started((), outcome)
        self._steps.append(started)
        return started

    def loop(
        self,
        name: str,
        body: Callable[[Flow[S]], None],
        *,
        after: Sequence[Started | Arrow] = (),
    ) -> Started:
        """Start a loop: `body` starts the steps of one round and says where it goes on.

        Outside, the loop is one step that chooses the targets of the edges its last round left by.
        """

        async def run(view: S) -> Outcome:
            updates: list[Update] = []
            while True:
                round_ = Flow(self._type, self._after_updates(view, updates))
                body(round_)
                updates += await round_._settle()
                if not any(arrow.taken for arrow in round_._back):
                    return updates, [str(arrow.target) for arrow in round_._out if arrow.taken]

        return self._launch(name, run, after)

    def again(self, arrow: Arrow) -> None:
        """Make `arrow` the edge of a loop body that begins the next round."""
        self._back.append(arrow)

    def leave(self, arrow: Arrow) -> None:
        """Make `arrow` an edge that leaves the loop."""
        self._out.append(arrow)

    async def finish(self) -> S:
        """Wait for all steps and return what they wrote together.

        When a step fails, the others finish first (and are saved), then its error is raised.
        """
        updates = await self._settle()
        after = apply_updates(self._operators, self._base, updates)
        written = {field for update in updates for field in update}
        result: dict[str, object] = {}
        for field in after:
            if field in written:
                # The merge is done; only where there is no value yet does LangGraph take a plain one.
                merged = field in self._operators and field in self._base
                result[field] = Overwrite(after[field]) if merged else after[field]
        return cast(S, result)

    def _launch(
        self,
        name: str,
        run: Callable[[S], Coroutine[Any, Any, Outcome]],
        after: Sequence[Started | Arrow],
    ) -> Started:
        arrows = [edge if isinstance(edge, Arrow) else Arrow(edge, None) for edge in after]

        async def body() -> Outcome | None:
            for arrow in arrows:
                await arrow.step.settled()
            if any(arrow.step.failure for arrow in arrows):
                raise GraphInterrupt(())  # never had its turn: neither a result nor a failure
            if arrows and not any(arrow.taken for arrow in arrows):
                return None
            return await run(self._view(arrows))

        body.__name__ = name  # the name of the task
        # Inside a node the call returns an asyncio future, whatever its annotation says.
        outcome = cast("asyncio.Future[Outcome | None]", task(body)())
        started = Started(arrows, outcome)
        self._steps.append(started)
        return started

    def _view(self, arrows: Sequence[Arrow]) -> S:
        """Return the base state with the updates of all ancestors over edges that were taken."""
        visible: set[Started] = set()
        open_arrows = list(arrows)
        while open_arrows:
            arrow = open_arrows.pop()
            if arrow.taken and arrow.step not in visible:
                visible.add(arrow.step)
                open_arrows += arrow.step.after
        steps = [step for step in self._steps if step in visible]
        return self._after_updates(cast(S, self._base), _updates_of(steps))

    def _after_updates(self, state: S, updates: Sequence[Update]) -> S:
        return cast(S, apply_updates(self._operators, cast(Update, state), updates))

    async def _settle(self) -> list[Update]:
        """Wait for all steps; return their updates in order or raise the first failure."""
        for step in self._steps:
            await step.settled()
        failures = [step.failure for step in self._steps if step.failure]
        questions: list[Interrupt] = []
        for failure in failures:
            if not isinstance(failure, GraphInterrupt):
                raise failure
            questions += failure.args[0]
        if failures:
            # LangGraph shows only the questions of whole nodes, so they are handed up.
            raise GraphInterrupt(questions)
        return _updates_of(self._steps)


def _updates_of(steps: Sequence[Started]) -> list[Update]:
    return [update for step in steps if step.outcome for update in step.outcome[0]]
