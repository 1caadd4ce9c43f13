# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A workflow that can be run: inputs checked, graph compiled, limits set, result returned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from .errors import RuntimeFault, RunTimeout, StepLimitExceeded, ThreadError
from .events import Event, Warned
from .inputs import Input, check_inputs
from .run import Budget, Run, Tracer, activate, emit, span

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph import StateGraph
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.typing import StateT as S
else:
    S = TypeVar("S")

__all__ = ["App", "Input", "Listener"]

Listener = Callable[[Event], None]


@dataclass(kw_only=True, eq=False)
class App(Generic[S]):
    """One workflow with everything that holds for all its runs.

    Attributes:
        name: the import name of the package.
        build_graph: builds the graph; imports LangGraph.
        input_types: TypedDict with the types of the inputs.
        inputs: the fields a run accepts.
        outputs: the fields of the final state that are shown, in this order.
        source_map: where each node stands in the workflow file.
        max_supersteps: LangGraph's recursion limit, which the compiler has proven.
        max_steps: executions of nodes a run may take.
        timeout: seconds a run may take.
        budget: what a run may spend.
        tracing: makes the tracer of a run; None if that is not to be traced.
        sessions: whether runs may share memory under a session name.
    """

    name: str
    build_graph: Callable[[], StateGraph[S, Any, Any, Any]]
    input_types: type[object]
    inputs: Sequence[Input] = ()
    outputs: Sequence[str] = ()
    description: str = ""
    source_map: Mapping[str, str] = field(default_factory=dict)
    max_supersteps: int = 10_000
    max_steps: int | None = None
    timeout: float | None = None
    budget: Budget | None = None
    tracing: Callable[[Run], Tracer | None] | None = None
    sessions: bool = False
    durable: ClassVar[bool] = False
    # Runs share it, since it keeps nothing of them; those that are saved take copies.
    _graph: CompiledStateGraph[S, Any, Any, Any] | None = field(
        default=None, init=False, repr=False
    )

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
        """Run the workflow once and return the public fields of its final state.

        Args:
            thread: a name for the run.
            simulate: make answers up instead of calling models.
            session: the memory the run shares with earlier ones.
            user: whom it is for, as its trace names them.
            listeners: are told what happens.
        """
        given = self.check(inputs)
        run = self.make_run(thread, simulate, session, listeners, user)
        result = await self.invoke(self.compile(None), run, given, {})
        if "__interrupt__" in result:
            raise RuntimeFault("a step asked a person, but this workflow does not save its runs")
        return self.public(result)

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
        """Run the workflow for something that may have to repeat what was cut off.

        Where runs are saved, the run `thread` is started, or continued if it has begun; elsewhere
        every call starts anew.
        """
        return await self.arun(
            inputs,
            thread=thread,
            simulate=simulate,
            session=session,
            user=user,
            listeners=listeners,
        )

    async def aresume(
        self,
        thread: str,
        answers: Iterable[str] = (),
        *,
        asked: Iterable[str] | None = None,
        listeners: Iterable[Listener] = (),
    ) -> S:
        """Continue a saved run, where runs are saved."""
        raise ThreadError(f"there is no saved run `{thread}`: this workflow does not save its runs")

    async def forget(self, thread: str) -> None:
        """Delete what is saved of a run, where runs are saved."""

    def check(self, inputs: Mapping[str, object]) -> dict[str, object]:
        """Return complete inputs or raise InputError."""
        return check_inputs(inputs, self.inputs, self.input_types)

    def make_run(
        self,
        thread: str | None,
        simulate: bool,
        session: str | None,
        listeners: Iterable[Listener],
        user: str | None = None,
    ) -> Run:
        """Return a new run with the limits of this workflow."""
        told = list(listeners)
        run = Run(
            workflow=self.name,
            thread=thread,
            session=session,
            user=user,
            simulate=simulate,
            durable=self.durable,
            budget=self.budget.start() if self.budget else None,
            step_limit=self.max_steps,
            source_map=self.source_map,
            stream=any(getattr(each, "wants_tokens", False) for each in told),
            listeners=told,
        )
        if self.tracing:
            run.tracer = self.tracing(run)
        return run

    def compile(
        self, saver: BaseCheckpointSaver[Any] | None
    ) -> CompiledStateGraph[S, Any, Any, Any]:
        """Return the graph, ready to run."""
        if self._graph is None:
            self._graph = self.build_graph().compile(name=self.name)
        if saver is None:
            return self._graph
        # Not LangGraph's own copy, which makes the whole graph ready once more.
        graph = copy(self._graph)
        graph.checkpointer = saver
        return graph

    async def invoke(
        self,
        graph: CompiledStateGraph[S, Any, Any, Any],
        run: Run,
        given: object,
        config: RunnableConfig,
    ) -> dict[str, object]:
        """Run `graph` on what is `given` (inputs, a Command or None) and return LangGraph's result."""
        import asyncio

        from langgraph.errors import GraphRecursionError

        limits: RunnableConfig = {"recursion_limit": self.max_supersteps}
        saved: dict[str, Any] = {"durability": "sync"} if self.durable else {}
        try:
            with activate(run), span(self.name, "workflow", given) as opened:
                if run.simulate:
                    emit(Warned("simulated run: no model is called, its answers are made up"))
                async with asyncio.timeout(self.timeout) as limit:
                    result = await graph.ainvoke(cast(Any, given), {**config, **limits}, **saved)
                opened.set_outputs(self.public(result))
                if "__interrupt__" in result:
                    opened.set_attribute("paused", True)
                return cast(dict[str, object], result)
        except GraphRecursionError as error:
            raise StepLimitExceeded(
                f"the run took all {self.max_supersteps} rounds that the workflow can need"
            ) from error
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise RunTimeout(f"the run took longer than {self.timeout:g} s") from error
        finally:
            await run.close()
            if run.tracer:
                run.tracer.close()

    def public(self, state: Mapping[str, object]) -> S:
        """Return the fields of a state that are shown, in their order; unset ones are left out."""
        return cast(S, {name: state[name] for name in self.outputs if name in state})
