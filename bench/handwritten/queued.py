"""Three calls in a row, saved in PostgreSQL, for workers written by hand."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypedDict

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

import litellm
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

litellm.suppress_debug_info = True


class State(TypedDict, total=False):
    """What the steps read and write."""

    topic: str
    f_n0: str
    f_n1: str
    f_n2: str


async def ask(prompt: str) -> str:
    """Return the model's answer."""
    messages = [{"role": "user", "content": prompt}]
    reply = await litellm.acompletion(
        model="openai/gpt-4.1-nano", messages=messages, max_retries=0, timeout=60
    )
    return reply.choices[0].message.content or ""


async def n0(state: State) -> State:
    """Ask for notes."""
    return {"f_n0": await ask(f"[n0]\nAbout {state['topic']}: \nOne short line.")}


async def n1(state: State) -> State:
    """Ask for a draft."""
    return {"f_n1": await ask(f"[n1]\nAbout {state['topic']}: {state['f_n0']}\nOne short line.")}


async def n2(state: State) -> State:
    """Ask for the article."""
    return {"f_n2": await ask(f"[n2]\nAbout {state['topic']}: {state['f_n1']}\nOne short line.")}


class Runs:
    """Runs the graph for ids: again for one that has begun."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph

    async def once(self, id: str, topic: str) -> dict[str, Any]:
        """Start or continue a run."""
        config = {"configurable": {"thread_id": id}}
        state = await self._graph.aget_state(config)
        given = None if state.created_at else {"topic": topic}
        found: dict[str, Any] = await self._graph.ainvoke(given, config, durability="sync")
        return found


@asynccontextmanager
async def opened() -> AsyncIterator[Runs]:
    """Open the database of `BENCH_DATABASE`."""
    settings = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    address = os.environ["BENCH_DATABASE"]
    pool: Any = AsyncConnectionPool(address, kwargs=settings, max_size=8, open=False)
    async with pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        graph = StateGraph(State)
        graph.add_sequence([("n0", n0), ("n1", n1), ("n2", n2)])
        graph.add_edge(START, "n0")
        graph.add_edge("n2", END)
        yield Runs(graph.compile(checkpointer=saver))
