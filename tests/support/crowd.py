"""`python -m tests.support.crowd ADDRESS MEMORY PROCESSES RUNS`: many processes save runs in one database.

Each process makes RUNS runs of two steps: the first asks a tool and remembers a turn, the second fails once in
every second run, which is then continued. All processes begin at the same moment, when there is no table yet.
Prints what was lost as JSON: runs without the right result, turns that are missing, tools called twice, records left.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import TypedDict

from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict as StateDict

from runtime_stubs.durable import Checkpoints, DurableApp
from runtime_stubs.errors import NodeError
from runtime_stubs.inputs import Input
from runtime_stubs.memory.memory import Memory
from runtime_stubs.memory.sqlite import SqliteStore
from runtime_stubs.node import node
from runtime_stubs.saved_name import saved_name
from runtime_stubs.tool import call_tool, function_tool
from tests.support.run_stores import RunStore, kind_of_store


class State(StateDict, total=False):
    """What a run writes."""

    name: str
    drawn: str
    done: bool


class Inputs(TypedDict):
    """What a run is given."""

    name: str


def crowd_app(store: Checkpoints, memory: Memory, drawn: Path) -> DurableApp[State]:
    """Return the app that all processes run."""
    failed: set[str] = set()

    async def draw(name: str) -> str:
        """Leave a line for each call."""
        with drawn.open("a") as lines:
            lines.write(f"{name}\n")
        return f"{name} drew"

    tool = function_tool(draw)

    def build_graph() -> StateGraph[State]:
        @node
        async def ask(state: State) -> State:
            answer = await call_tool(tool, name=state["name"])
            await memory.remember(None, state["name"], answer)
            return {"drawn": str(answer)}

        @node
        async def end(state: State) -> State:
            if state["name"].endswith("1") and state["name"] not in failed:
                failed.add(state["name"])
                raise ValueError("told to fail")
            return {"done": True}

        graph = StateGraph(State)
        graph.add_node("ask", ask)
        graph.add_node("end", end)
        graph.add_edge(START, "ask")
        graph.add_edge("ask", "end")
        graph.add_edge("end", END)
        return graph

    return DurableApp(
        name="crowd",
        build_graph=build_graph,
        input_types=Inputs,
        inputs=(Input("name", "str", required=True),),
        outputs=("name", "drawn", "done"),
        checkpoints=store,
        graph_hash="one",
        max_steps=2,
    )


async def make_runs(app: DurableApp[State], process: int, runs: int) -> None:
    """Make the runs of one process, three at a time."""
    waiting = iter(range(runs))

    async def work() -> None:
        for number in waiting:
            name = f"{process}-{number}-{number % 2}"
            try:
                await app.arun({"name": name}, thread=name)
            except NodeError:
                await app.aresume(name)

    await asyncio.gather(*(work() for _ in range(3)))


def main(address: str, memory_file: str, processes: int, runs: int) -> None:
    """Start the processes and look at what they have left."""
    store = RunStore(kind_of_store(address), address).checkpoints()
    memory = Memory(SqliteStore(memory_file))
    drawn = Path(memory_file).with_name("drawn")
    app = crowd_app(store, memory, drawn)
    begin = time.time() + 0.5
    children = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                time.sleep(max(begin - time.time(), 0.0))
                asyncio.run(make_runs(app, process, runs))
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    codes = [os.waitpid(child, 0)[1] for child in children]
    names = {f"{p}-{n}-{n % 2}" for p in range(processes) for n in range(runs)}
    print(json.dumps({"codes": codes, **asyncio.run(lost(app, memory, drawn, names))}))


async def lost(
    app: DurableApp[State], memory: Memory, drawn: Path, names: set[str]
) -> dict[str, object]:
    """Say what is missing or too much."""
    wrong = [
        name
        for name in sorted(names)
        if await app.aresume(name) != {"name": name, "drawn": f"{name} drew", "done": True}
    ]
    turns = await memory.store.turns("agent:default", after=0, limit=len(names) * 2)
    told = [json.loads(turn.value)["prompt"] for turn in turns]
    async with app.checkpoints.open() as opened:
        places = opened.journals.places
        left = [name for name in sorted(names) if await places(saved_name(app.name, name))]
    calls = drawn.read_text().split()
    return {
        "wrong": wrong,
        "turns": len(told) - len(names) + len(names.symmetric_difference(told)),
        "calls": len(calls) - len(names) + len(names.symmetric_difference(calls)),
        "left": left,
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
