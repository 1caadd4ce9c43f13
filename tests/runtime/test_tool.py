"""Tools take checked arguments and are not really called in a simulated run."""

import asyncio
import threading
from typing import Literal

import pytest
from typing_extensions import TypedDict

from runtime_stubs.errors import BudgetExceeded, ToolError
from runtime_stubs.events import ToolCalled
from runtime_stubs.run import Run
from runtime_stubs.tool import Leave, Tool, call_tool, function_tool
from tests.runtime.models import in_run


class Place(TypedDict):
    city: str


def look_up(place: Place, unit: Literal["C", "F"] = "C", days: int = 1) -> str:
    """Look the weather up."""
    assert threading.current_thread() is not threading.main_thread()
    return f"{place['city']} {unit} {days}"


LOOK_UP = function_tool(look_up)


def test_schema_of_a_function() -> None:
    assert (LOOK_UP.name, LOOK_UP.description) == ("look_up", "Look the weather up.")
    assert LOOK_UP.parameters["required"] == ["place"]
    assert LOOK_UP.parameters["additionalProperties"] is False
    assert LOOK_UP.returns == {"type": "string"}


def test_call() -> None:
    result, events = in_run(call_tool(LOOK_UP, place={"city": "Bonn"}, days=2))
    assert result == "Bonn C 2"
    [called] = events
    assert isinstance(called, ToolCalled)
    assert (called.node, called.tool, called.error) == ("work", "look_up", None)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "`place` is missing"),
        ({"place": {"city": "Bonn"}, "unit": "K"}, "`unit` must be one of 'C', 'F', found 'K'"),
        ({"place": {}}, "`place.city` is missing"),
        ({"place": {"city": "Bonn"}, "day": 1}, "`day` is unknown"),
    ],
)
def test_arguments_are_checked(arguments: dict[str, object], problem: str) -> None:
    with pytest.raises(ToolError, match=problem) as failure:
        in_run(call_tool(LOOK_UP, **arguments))
    assert failure.value.kind == "ToolError"


class RateLimited(Exception):
    kind = "rate_limited"


@pytest.mark.parametrize(
    ("error", "kind"), [(OSError("disk full"), "ToolError"), (RateLimited("slow"), "rate_limited")]
)
def test_failures_become_tool_errors(error: Exception, kind: str) -> None:
    async def fail() -> None:
        raise error

    with pytest.raises(ToolError, match="`fail` failed") as failure:
        in_run(call_tool(function_tool(fail)))
    assert failure.value.kind == kind


@pytest.mark.parametrize("error", [Leave(), BudgetExceeded("no"), asyncio.CancelledError()])
def test_what_is_no_failure_passes(error: BaseException) -> None:
    async def leave() -> None:
        raise error

    with pytest.raises(type(error)):
        in_run(call_tool(function_tool(leave)))


def test_simulation_calls_only_pure_tools() -> None:
    calls: list[str] = []

    def made(name: str, **settings: object) -> Tool:
        async def call() -> list[int]:
            calls.append(name)
            return [0]

        return function_tool(call, name=name, **settings)  # type: ignore[arg-type]

    tools = [
        made("pure", read_only=True),
        made("web", read_only=True, effects=frozenset({"network"})),
        made("write"),
    ]

    async def all_of_them() -> list[object]:
        return [await call_tool(tool) for tool in tools]

    results, events = in_run(all_of_them(), Run(simulate=True))
    assert calls == ["pure"]
    assert results[0] == [0]
    for result in results[1:]:  # made up, in the form that the function returns
        assert isinstance(result, list) and all(isinstance(n, int) for n in result)
    assert len(events) == 3
