"""`Flow` means what the reference semantics say, on random regions."""

import contextlib
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, interrupt

from tests.runtime.region_model import Region, fold, graph_of, interpret, regions
from tests.runtime.virtual_time import run_virtually

BASES = st.fixed_dictionaries(
    {}, optional={"trace": st.just(["base"]), "low": st.integers(0, 99), "last": st.just("base")}
)


RANDOM = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@RANDOM
@given(regions(), BASES)
def test_flow_equals_the_interpreter(region: Region, base: dict[str, Any]) -> None:
    # LangGraph runs nothing without any input, so one field is always there.
    begin: Any = {"trace": [], **base}
    expected_runs: list[str] = []
    told = interpret(region, begin, expected_runs)
    runs: list[str] = []

    result, seconds = run_virtually(graph_of(region, runs).compile().ainvoke(begin))

    assert result == fold(begin, [update for each in told for update in each.updates])
    assert Counter(runs) == Counter(expected_runs)
    assert abs(seconds - max(each.end for each in told)) < 1e-6, "not the critical path"


class Tripwire:
    """Stops one step, the one that comes at `place`, until it is `cut`."""

    def __init__(self, place: int, *, pause: bool) -> None:
        self.place = place
        self.pause = pause
        self.victim: str | None = None
        self.cut = False
        self.over = False

    def __call__(self, name: str) -> None:
        """Fail or pause if it is time to."""
        if self.victim is None:
            self.place -= 1
            if self.place < 0:
                self.victim = name
        if name == self.victim and not self.over:
            if self.pause:
                interrupt("go on?")
            elif not self.cut:
                raise ValueError("told to fail")
            self.over = True


@RANDOM
@given(regions(), st.integers(0, 12), st.booleans())
def test_a_stopped_region_goes_on_where_it_was(region: Region, place: int, pause: bool) -> None:
    begin: Any = {"trace": []}
    expected_runs: list[str] = []
    told = interpret(region, begin, expected_runs)
    runs: list[str] = []
    wire = Tripwire(place, pause=pause)
    app = graph_of(region, runs, wire).compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "one"}}

    async def stop_and_resume() -> Any:
        with contextlib.suppress(ValueError):
            await app.ainvoke(begin, config, durability="sync")
        state = await app.aget_state(config)
        if wire.victim is None:
            assert not state.next
            return state.values
        assert state.next == ("region",)
        assert len(state.interrupts) == pause
        wire.cut = True
        answers = {question.id: "yes" for question in state.interrupts}
        return await app.ainvoke(Command(resume=answers) if pause else None, config)

    result, _ = run_virtually(stop_and_resume())

    assert result == fold(begin, [update for each in told for update in each.updates])
    stopped = [wire.victim] if wire.victim else []
    assert Counter(runs) == Counter(expected_runs + stopped), "only the stopped step runs again"
