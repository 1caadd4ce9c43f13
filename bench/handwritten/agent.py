"""An agent written by hand: the model calls tools until it answers, in a bounded number of turns."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import mlflow
from mlflow.entities import SpanType
from pydantic import TypeAdapter, validate_call

from bench.handwritten.calling import complete

# What may go wrong in a tool: the model is told and may try something else.
TOLD = (ValueError, LookupError, ArithmeticError, SyntaxError, OSError, httpx.HTTPError)


@dataclass(frozen=True)
class Tool:
    """What a model may call; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    call: Callable[..., Awaitable[object]]

    def offer(self) -> dict[str, Any]:
        """Return how models are told of it."""
        said = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": said}


def tool(function: Callable[..., Awaitable[object]]) -> Tool:
    """Return a tool that calls a function; its hints are its schema, its docstring describes it."""
    checked: Any = TypeAdapter(function)  # type: ignore[arg-type]  # pydantic takes functions too
    description = inspect.getdoc(function) or ""
    return Tool(function.__name__, description, checked.json_schema(), validate_call(function))


async def run_agent(
    node: str,
    prompt: str,
    tools: Sequence[Tool],
    *,
    model: str,
    max_turns: int,
    system: str | None = None,
    **settings: Any,
) -> str:
    """Return the text with which the agent ends; in the last turn it must answer."""
    known = {each.name: each for each in tools}
    offered = [each.offer() for each in tools]
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": prompt})
    with mlflow.start_span(node, span_type=SpanType.AGENT) as span:
        span.set_inputs({"messages": messages})
        for turn in range(1, max_turns + 1):
            if turn == max_turns:
                settings["tool_choice"] = "none"
            message = await complete(messages, model, tools=offered, **settings)
            if not message.tool_calls:
                break
            results = await asyncio.gather(*(_called(known, each) for each in message.tool_calls))
            messages = [*messages, message.model_dump(exclude_none=True), *results]
        text: str = message.content or ""
        span.set_outputs(text)
    return text


async def _called(known: Mapping[str, Tool], request: Any) -> dict[str, Any]:
    """Return the message with a tool's result, or with what went wrong."""
    name = request.function.name
    with mlflow.start_span(name, span_type=SpanType.TOOL) as span:
        span.set_inputs(request.function.arguments)
        try:
            result = await known[name].call(**json.loads(request.function.arguments or "{}"))
            text = result if isinstance(result, str) else json.dumps(result)
        except TOLD as error:
            text = f"error: {error or type(error).__name__}"
        span.set_outputs(text)
    return {"role": "tool", "tool_call_id": request.id, "name": name, "content": text}
