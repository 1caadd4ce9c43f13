# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`memory_search`: look up what the workflow remembers."""

from collections.abc import Sequence

from ..memory.memory import Found, Memory, Scope
from ..memory.sqlite import SqliteStore
from ..tool import Tool
from .schema import integer, parameters, string

__all__ = ["memory_search"]


def memory_search(
    memory: Memory | None = None,
    *,
    path: str = "memory.db",
    scope: Scope | None = None,
    top_k: int = 5,
) -> Tool:
    """Make a tool that gives the memories that fit a query best, as `{key, text, score}`.

    Without `memory` it looks into the SQLite file `path`, by keyword.
    """
    source = memory or Memory(SqliteStore(path))

    async def call(query: str, top_k: int = top_k) -> Sequence[Found]:
        return await source.search(query, top_k, scope=scope)

    return Tool(
        name="memory_search",
        description="Search what was said and noted in earlier runs.",
        parameters=parameters(
            {
                "query": string("What to look for"),
                "top_k": integer("How many entries at most", minimum=1, maximum=50),
            },
            optional=("top_k",),
        ),
        call=call,
        read_only=True,
        effects=frozenset({"memory"}),
    )
