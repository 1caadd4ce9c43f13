# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Tools: what an agent may call and a tool node calls, with checked arguments."""

import asyncio
import inspect
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_type_hints

from langgraph.errors import GraphBubbleUp
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from .errors import FINAL_KINDS, Leave, ToolError, kind_of, message_of
from .events import ToolCalled
from .json_schema import problems
from .run import Entry, current, current_node, emit, span
from .simulate import maker, seed_of, simulated_text

__all__ = ["ArgumentError", "Leave", "Tool", "call_tool", "function_tool", "prepared"]


class ArgumentError(ToolError):
    """A tool was called with arguments it does not take; it has done nothing."""

    def __init__(self, tool: str, problem: str) -> None:
        super().__init__(f"`{tool}` cannot take these arguments: {problem}", kind="ToolError")


# A tool that raises one of these has not failed: a pause, the end of the agent or of the run.
PASSED_ON = (GraphBubbleUp, Leave)


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `parameters` and `returns` are JSON schemas; `call` takes the arguments by name.

    read_only: it changes nothing. effects: what outside the program it touches (`network`,
    `files`, `process`, ...). on_error: whether an agent is told of a failure or fails itself.
    """

    name: str
    description: str
    parameters: Mapping[str, object]
    call: Callable[..., Awaitable[object]]
    read_only: bool = False
    effects: frozenset[str] = frozenset()
    on_error: Literal["continue", "fail"] = "continue"
    returns: Mapping[str, object] | None = None
    # Calls nothing but models and tools, whose answers a saved run has when it is continued.
    composed: bool = False
    # Asks a server for the description and parameters that only it knows.
    prepare: Callable[[], Awaitable["Tool"]] | None = None

    @property
    def pure(self) -> bool:
        """Whether a simulated run may really call it: it reads, and nothing beyond this machine."""
        return self.read_only and self.effects <= {"files", "memory"}


async def prepared(tools: Sequence[Tool]) -> list[Tool]:
    """Return the tools as they can be offered to a model: description and parameters filled in."""
    return [await tool.prepare() if tool.prepare else tool for tool in tools]


async def call_tool(tool: Tool, /, **arguments: object) -> object:
    """Call a tool with checked arguments; a simulated run only calls pure ones.

    A saved run that is continued takes the result it has got before.

    Raises:
        ToolError: the arguments do not fit, or the tool failed.
    """
    found = problems(arguments, tool.parameters)
    if found:
        raise ArgumentError(tool.name, "; ".join(found))
    journal = None if tool.composed else current().journal
    entry: Entry | None = None
    if journal is not None:
        asked = json.dumps(arguments, sort_keys=True, default=str)
        entry = await journal.entry(f"tool {tool.name} {asked}")
        if entry.content is not None:
            return _known(tool, arguments, entry.content)
    begun = time.monotonic()
    failure: str | None = None
    try:
        with span(tool.name, "tool", arguments) as opened:
            if current().simulate and not tool.pure:
                result = _simulated(tool, arguments)
            else:
                result = await tool.call(**arguments)
            opened.set_outputs(result)
    except Exception as error:
        if isinstance(error, PASSED_ON) or kind_of(error) in FINAL_KINDS:
            raise
        failure = message_of(error)
        fault = error if isinstance(error, ToolError) else _fault(tool, error)
        if entry is not None and not isinstance(error, ArgumentError):
            await entry.record(json.dumps({"failure": fault.message, "kind": fault.kind}))
        if fault is error:
            raise
        raise fault from error
    else:
        dumped = _dumped(result) if entry is not None else None
        if entry is not None and dumped is not None:
            await entry.record(dumped)
        return result
    finally:
        emit(ToolCalled(current_node(), tool.name, time.monotonic() - begun, failure))


def _fault(tool: Tool, error: Exception) -> ToolError:
    """Return the error of a tool that failed with another one, whose own kind `on_error` matches."""
    kind = getattr(error, "kind", None)
    own = kind if isinstance(kind, str) else None
    return ToolError(f"`{tool.name}` failed: {message_of(error)}", kind=own)


def _dumped(result: object) -> str | None:
    """Return a result as a journal keeps it, None if it is not plain data."""
    try:
        dumped = json.dumps({"result": result})
        is_plain = json.loads(dumped)["result"] == result
    except (TypeError, ValueError, RecursionError):
        return None
    return dumped if is_plain else None


def _known(tool: Tool, arguments: Mapping[str, object], dumped: str) -> object:
    """Return what a call gave before the run was continued."""
    outcome: dict[str, object] = json.loads(dumped)
    with span(tool.name, "tool", arguments) as opened:
        opened.set_attribute("replayed", True)
        if "failure" in outcome:
            raise ToolError(str(outcome["failure"]), kind=str(outcome["kind"]))
        opened.set_outputs(outcome["result"])
    return outcome["result"]


def _simulated(tool: Tool, arguments: Mapping[str, object]) -> object:
    if tool.returns is None:
        return simulated_text(tool.name, ", ".join(f"{k}={v}" for k, v in arguments.items()))
    return maker(tool.returns)(tool.name, seed_of(tool.name, repr(sorted(arguments.items()))), 0)


def function_tool(
    function: Callable[..., object],
    *,
    name: str | None = None,
    description: str | None = None,
    read_only: bool = False,
    effects: frozenset[str] = frozenset(),
    on_error: Literal["continue", "fail"] = "continue",
) -> Tool:
    """Make a tool of a function; its type hints give the schema, its docstring the description.

    A function that is not async runs in a thread, so that it cannot hold up the run.
    """
    title = name or function.__name__
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, tuple[object, object]] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints.get(parameter.name, object), default)
    # create_model's signature cannot say that the keys are computed
    make = cast(Callable[..., type[BaseModel]], create_model)
    model = make(f"{title}_arguments", __config__=ConfigDict(extra="forbid"), **fields)

    async def call(**arguments: object) -> object:
        try:
            checked = model.model_validate(arguments)
        except ValidationError as error:
            raise ArgumentError(title, _summary(error)) from None
        values = {n: getattr(checked, n) for n in checked.model_fields_set}
        if inspect.iscoroutinefunction(function):
            return await function(**values)
        return await asyncio.to_thread(function, **values)

    returned = hints.get("return", object)
    return Tool(
        name=title,
        description=description or inspect.getdoc(function) or title,
        parameters=model.model_json_schema(),
        call=call,
        read_only=read_only,
        effects=effects,
        on_error=on_error,
        returns=None if returned is object else TypeAdapter(returned).json_schema(),
    )


def _summary(error: ValidationError) -> str:
    return "; ".join(f"`{'.'.join(str(p) for p in e['loc'])}`: {e['msg']}" for e in error.errors())
