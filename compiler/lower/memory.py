"""`memory`: what a node remembers, the workflow's settings filled in."""

from __future__ import annotations

from typing import Final, Literal

from compiler.expr import ANY, DICT, ListType, Scope, Type
from compiler.ir.nodes import Input, MemorySearch, MemoryUse
from compiler.lower.context import Context
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.lower.trees import lower_value
from compiler.lower.values import lower_text
from compiler.record import dataclass
from compiler.spec import AgentNodeSpec, CommonNodeSpec, LlmNodeSpec

DEFAULT_HISTORY: Final = 20
DEFAULT_TOP_K: Final = 5

MemoryScope = Literal["agent", "workflow", "node"]


@dataclass(frozen=True, slots=True)
class MemoryDefaults:
    """The workflow's memory settings; without the section nodes remember nothing by themselves."""

    enabled: bool = False
    scope: MemoryScope = "agent"
    history: int = DEFAULT_HISTORY


def memory_defaults(ctx: Context) -> MemoryDefaults:
    """Return the settings of `memory`, which may also stand under `config`."""
    config = ctx.spec.config
    spec = ctx.spec.memory or (config.memory if config is not None else None)
    if spec is None:
        return MemoryDefaults()
    return MemoryDefaults(
        enabled=spec.enabled is not False,
        scope=spec.default_scope or "agent",
        history=DEFAULT_HISTORY if spec.history is None else spec.history,
    )


def memory_locals(ctx: Context, spec: CommonNodeSpec) -> dict[str, Type]:
    """Return the local names under which the node finds what it remembers. Code: AC307."""
    memory = spec.memory
    if memory is None or memory.enabled is False:
        return {}
    found: dict[str, Type] = {}
    for name in memory.read or {}:
        if not is_name(name):
            report_bad_name(ctx, ctx.key_at((*memory.at, "read", name)), name, what="input")
        found[name] = ANY
    if memory.search is not None:
        into = memory.search.into
        if not is_name(into):
            span = ctx.at((*memory.search.at, "into"))
            report_bad_name(ctx, span, into, what="input")
        found[into] = ListType(DICT)
    return found


def lower_memory(
    ctx: Context, spec: CommonNodeSpec, defaults: MemoryDefaults, before: Scope, inside: Scope
) -> MemoryUse | None:
    """Return what the node remembers; None when that is nothing.

    Args:
        before: what keys may read: the state and the names of a map.
        inside: what the search and the values to be written may read: the inputs as well.
    """
    asks_model = isinstance(spec, LlmNodeSpec | AgentNodeSpec)
    memory = spec.memory
    if memory is None:
        if not (asks_model and defaults.enabled):
            return None
        return MemoryUse(defaults.scope, defaults.history, (), (), None, ctx.key_at(spec.at))
    if memory.enabled is False:
        return None
    history = defaults.history if memory.history is None else memory.history
    read = []
    for name, key in (memory.read or {}).items():
        at = (*memory.at, "read", name)
        read.append(Input(name, lower_text(ctx, ctx.written(at, key), before), ctx.key_at(at)))
    search = None
    if memory.search is not None:
        at = (*memory.search.at, "query")
        query = lower_text(ctx, ctx.written(at, memory.search.query), inside)
        search = MemorySearch(query, memory.search.top_k or DEFAULT_TOP_K, memory.search.into)
    return MemoryUse(
        scope=memory.default_scope or defaults.scope,
        history=history if asks_model else 0,
        read=tuple(read),
        write=_written(ctx, spec, inside),
        search=search,
        span=ctx.key_at(memory.at),
    )


def _written(ctx: Context, spec: CommonNodeSpec, inside: Scope) -> tuple[Input, ...]:
    memory = spec.memory
    if memory is None or memory.write is None:
        return ()
    found = []
    for key, data in memory.write.items():
        at = (*memory.at, "write", key)
        # Keys of memory are free texts; only values are checked.
        found.append(Input(key, lower_value(ctx, at, data, inside), ctx.key_at(at)))
    return tuple(found)
