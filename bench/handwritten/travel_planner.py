"""An agent plans a trip with a clock from an MCP server and two specialists, who are agents too."""

import os
import shlex
from typing import Any, TypedDict
from urllib.parse import quote

from langgraph.graph import END, START, StateGraph
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import TextContent
from pydantic import BaseModel, Field

from bench.handwritten.agent import Tool, run_agent, tool
from bench.handwritten.calling import run
from bench.handwritten.tools import calculator
from bench.handwritten.web import CLIENT, page_text, web_search

SUPERVISOR, SPECIALIST = "openai/gpt-4.1", "openai/gpt-4.1-mini"
SYSTEM = "You plan trips. You ask your specialists instead of guessing, and add costs with the calculator."


class Day(BaseModel):
    """What is done on one day."""

    title: str
    plan: list[str]


class Trip(BaseModel):
    """The whole plan."""

    days: list[Day]
    costs: float = Field(description="Estimate in euros")
    warnings: list[str] = Field(description="What is not certain")


class State(TypedDict, total=False):
    """What goes in and comes out."""

    wish: str
    days: list[Day]
    costs: float
    warnings: list[str]


async def trains(start: str, goal: str, day: str) -> object:
    """Train connections between two places on a day."""
    answer = await CLIENT.get(
        f"{os.environ['TRAINS_URL']}/{quote(start, safe='')}/{quote(goal, safe='')}",
        params={"day": day},
        headers={"authorization": f"Bearer {os.environ['TRAINS_TOKEN']}"},
    )
    return answer.raise_for_status().json()


async def web_scrape(url: str) -> str:
    """Fetch a web page and return the beginning of its main text as Markdown."""
    return await page_text(url, 4000)


TRAIN_TOOLS = [tool(trains)]
PLACE_TOOLS = [tool(web_search), tool(web_scrape)]


async def find_trains(task: str) -> str:
    """Knows train connections and their prices."""
    prompt = f"Answer with at most three connections, each with times and price.\n\n{task}"
    return await run_agent("find_trains", prompt, TRAIN_TOOLS, model=SPECIALIST, max_turns=4)


async def find_places(task: str) -> str:
    """Knows hotels, museums and restaurants, with prices."""
    prompt = f"Answer with at most five places, each with one sentence and a price.\n\n{task}"
    return await run_agent("find_places", prompt, PLACE_TOOLS, model=SPECIALIST, max_turns=6)


OWN_TOOLS = [tool(calculator), tool(find_trains), tool(find_places)]


async def from_server(server: Client, name: str) -> Tool:
    """Return a tool of an MCP server."""
    offered = next(each for each in (await server.list_tools()).tools if each.name == name)

    async def call(**arguments: object) -> str:
        result = await server.call_tool(name, arguments)
        return "\n".join(part.text for part in result.content if isinstance(part, TextContent))

    return Tool(f"clock_{name}", offered.description or "", offered.input_schema, call)


async def plan_trip(state: State) -> State:
    """Let the agent plan."""
    program, *arguments = shlex.split(os.environ["CLOCK"])
    server = StdioServerParameters(command=program, args=arguments)
    async with Client(stdio_client(server)) as clock:
        text = await run_agent(
            "plan_trip",
            state["wish"],
            [await from_server(clock, "get_current_time"), *OWN_TOOLS],
            model=SUPERVISOR,
            max_turns=12,
            system=SYSTEM,
            response_format=Trip,
        )
    trip = Trip.model_validate_json(text)
    return {"days": trip.days, "costs": trip.costs, "warnings": trip.warnings}


graph = StateGraph(State)
graph.add_node("plan_trip", plan_trip)
graph.add_edge(START, "plan_trip")
graph.add_edge("plan_trip", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("travel_planner", APP, inputs)
