# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A workflow whose runs are saved: they survive a crash and may pause for a person."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from .answers import match_answers
from .app import App, Listener
from .errors import Paused, PendingQuestion, ThreadError
from .events import Continued
from .journal import Opened, RunJournal
from .run import Run, Spent
from .saved_name import saved_name

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot
    from langgraph.typing import StateT as S
else:
    S = TypeVar("S")

__all__ = ["Checkpoints", "DurableApp"]


class Checkpoints(Protocol):
    """Where runs are saved."""

    def open(self) -> AbstractAsyncContextManager[Opened]:
        """Open the store for the time of one run."""


class _Saved:
    """One thread in the opened store, which calls it `name`."""

    def __init__(
        self,
        graph: CompiledStateGraph[Any, Any, Any, Any],
        thread: str,
        name: str,
        state: StateSnapshot,
        opened: Opened,
    ) -> None:
        self.graph = graph
        self.opened = opened
        self.thread = thread
        self.name = name
        self.state = state
        self.notes: Mapping[str, Any] = state.metadata or {}

    @property
    def exists(self) -> bool:
        """Whether the thread has ever been saved."""
        return self.state.created_at is not None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do. After a crash only `tasks` tells."""
        return self.exists and not self.state.next and not self.state.tasks

    @property
    def questions(self) -> list[PendingQuestion]:
        """What the thread waits for."""
        found = []
        for interrupt in self.state.interrupts:
            asked: Mapping[str, Any] = interrupt.value
            found.append(PendingQuestion(id=interrupt.id, **asked))
        return found


@dataclass(kw_only=True, eq=False)
class DurableApp(App[S]):
    """A workflow that can be continued.

    Attributes:
        checkpoints: where its runs are saved.
        graph_hash: tells versions of the graph apart; a run is only continued by its own.
    """

    checkpoints: Checkpoints
    graph_hash: str
    durable: ClassVar[bool] = True

    async def arun(
        self,
        inputs: Mapping[str, object],
        *,
        thread: str | None = None,
        simulate: bool = False,
        session: str | None = None,
        user: str | None = None,
        listeners: Iterable[Listener] = (),
    ) -> S:
        """Run the workflow once; raise Paused when it waits for a person, ThreadError when the
        thread exists already."""
        given = self.check(inputs)
        run = self.make_run(thread, simulate, session, listeners, user)
        run.thread = thread or run.id[:12]
        async with self._open(run.thread) as saved:
            if saved.finished:
                raise ThreadError(
                    f"the run `{thread}` has finished already: `resume --thread {thread}` shows "
                    "its result, another name starts a new run"
                )
            if saved.exists:
                raise ThreadError(
                    f"the run `{thread}` has begun already: continue it with "
                    f"`resume --thread {thread}` or give another name"
                )
            return await self._go_on(saved, run, given)

    async def aresume(
        self,
        thread: str,
        answers: Iterable[str] = (),
        *,
        asked: Iterable[str] | None = None,
        listeners: Iterable[Listener] = (),
    ) -> S:
        """Continue a saved run; one that has finished only returns its result.

        Args:
            thread: the name of the run.
            answers: the answer to its question, or `node=answer` for each of several.
            asked: the ids of the questions they are for; when others wait by now, the answers
                were given before, and are left out.
            listeners: are told what happens.
        """
        async with self._open(thread) as saved:
            if not saved.exists:
                raise ThreadError(f"there is no saved run `{thread}`")
            if asked is not None and {each.id for each in saved.questions} != set(asked):
                answers = ()
            return await self._continue(saved, answers, listeners)

    async def arun_once(
        self,
        inputs: Mapping[str, object],
        *,
        thread: str,
        simulate: bool = False,
        session: str | None = None,
        user: str | None = None,
        listeners: Iterable[Listener] = (),
    ) -> S:
        """Start the run `thread`, or continue it if it has begun: may be called any number of
        times, one at a time, by whatever repeats work that was cut off."""
        async with self._open(thread) as saved:
            if saved.exists:
                return await self._continue(saved, (), listeners)
            given = self.check(inputs)
            run = self.make_run(thread, simulate, session, listeners, user)
            return await self._go_on(saved, run, given)

    async def forget(self, thread: str) -> None:
        """Delete all that is saved of a run."""
        name = saved_name(self.name, thread)
        async with self.checkpoints.open() as opened:
            await opened.saver.adelete_thread(name)
            await opened.journals.clear(name)

    async def _continue(
        self, saved: _Saved, answers: Iterable[str], listeners: Iterable[Listener]
    ) -> S:
        """Continue a run that has begun; see `aresume`."""
        notes = saved.notes
        if notes.get("graph_hash") != self.graph_hash:
            raise ThreadError(
                f"the run `{saved.thread}` was begun by another version of {self.name}: "
                "continue it with that version or start a new run"
            )
        replies = match_answers(saved.questions, list(answers), time.time())
        if saved.finished:
            await saved.opened.journals.clear(saved.name)  # a crash may have left it
            return self.public(saved.state.values)
        if saved.questions and not replies:
            raise Paused(saved.thread, saved.questions)
        run = self.make_run(
            saved.thread,
            bool(notes.get("simulate")),
            notes.get("session"),
            listeners,
            notes.get("user"),
        )
        run.id = str(notes.get("run", run.id))
        run.first_started = notes.get("started")
        return await self._go_on(saved, run, replies)

    async def _go_on(self, saved: _Saved, run: Run, given: object) -> S:
        """Run the thread from where it stands; `given` is as in `App.invoke`."""
        notes = {
            "graph_hash": self.graph_hash,
            "run": run.id,
            "started": run.first_started or run.started,
            "session": run.session,
            "user": run.user,
            "simulate": run.simulate,
        }
        config: RunnableConfig = {**_config(saved.name), "metadata": notes}
        run.deadlines = {
            question.node: question.deadline
            for question in saved.questions
            if question.deadline is not None
        }
        journal = RunJournal(saved.opened.journals, saved.name)
        spent = await journal.load()
        if run.budget is not None:
            run.budget.restore(spent)
        run.steps = journal.nodes
        run.journal = journal
        if saved.exists:
            for listener in run.listeners:
                listener(_continued(spent))
        try:
            result = await self.invoke(saved.graph, run, given, config)
        finally:
            await journal.settled()
        if "__interrupt__" in result:
            state = await saved.graph.aget_state(_config(saved.name))
            after = _Saved(saved.graph, saved.thread, saved.name, state, saved.opened)
            raise Paused(saved.thread, after.questions)
        await saved.opened.journals.clear(saved.name)  # it will never be continued
        return self.public(result)

    @asynccontextmanager
    async def _open(self, thread: str) -> AsyncIterator[_Saved]:
        name = saved_name(self.name, thread)
        async with self.checkpoints.open() as opened:
            graph = self.compile(opened.saver)
            yield _Saved(graph, thread, name, await graph.aget_state(_config(name)), opened)


def _continued(spent: Sequence[Spent]) -> Continued:
    """Say what a run had spent; a journal keeps no price for calls whose price is not known."""
    return Continued(
        calls=sum(each.calls for each in spent),
        unpriced=sum(each.calls for each in spent if not each.cost),
        dollars=sum(each.cost for each in spent),
    )


def _config(name: str) -> RunnableConfig:
    return {"configurable": {"thread_id": name}}
