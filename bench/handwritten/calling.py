"""Model calls with a trace, shared by the hand-written programs."""

import asyncio
import os
from collections.abc import Sequence
from typing import Any, TypeVar

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "true")

import litellm
import mlflow
from mlflow.entities import SpanType
from pydantic import BaseModel

MODEL = "openai/gpt-4.1-nano"

litellm.suppress_debug_info = True
mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db"))

_places = asyncio.Semaphore(int(os.environ.get("BENCH_CONCURRENCY", "100")))


A = TypeVar("A", bound=BaseModel)


async def ask(
    node: str,
    prompt: str,
    *,
    model: str = MODEL,
    system: str | None = None,
    history: Sequence[tuple[str, str]] = (),
    **settings: Any,
) -> str:
    """Return the model's answer to one prompt, traced as a call inside the span of its node."""
    return await _asked(node, _conversation(system, history, prompt), model, settings)


async def ask_for(
    node: str,
    prompt: str,
    answer: type[A],
    *,
    model: str = MODEL,
    system: str | None = None,
    examples: Sequence[tuple[str, str]] = (),
    **settings: Any,
) -> A:
    """Return the model's answer in the form of a pydantic model."""
    settings["response_format"] = answer
    messages = _conversation(system, examples, prompt)
    return answer.model_validate_json(await _asked(node, messages, model, settings))


def _conversation(
    system: str | None, turns: Sequence[tuple[str, str]], prompt: str
) -> list[dict[str, Any]]:
    messages = [{"role": "system", "content": system}] if system else []
    for question, reply in turns:
        messages += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": reply},
        ]
    return [*messages, {"role": "user", "content": prompt}]


async def _asked(
    node: str, messages: list[dict[str, Any]], model: str, settings: dict[str, Any]
) -> str:
    with mlflow.start_span(node, span_type=SpanType.CHAIN) as step:
        step.set_inputs({"messages": messages})
        text: str = (await complete(messages, model, **settings)).content or ""
        step.set_outputs(text)
    return text


async def complete(messages: list[dict[str, Any]], model: str, **settings: Any) -> litellm.Message:
    """Return what the model says to a conversation, traced as one call."""
    with mlflow.start_span("model", span_type=SpanType.CHAT_MODEL) as span:
        span.set_inputs({"messages": messages})
        given = {"max_retries": 0, "timeout": 60, **settings}
        async with _places:
            reply = await litellm.acompletion(model=model, messages=messages, **given)
        message = reply.choices[0].message
        span.set_outputs(message.content or message.model_dump())
        span.set_attribute(
            "mlflow.chat.tokenUsage",
            {
                "input_tokens": reply.usage.prompt_tokens,
                "output_tokens": reply.usage.completion_tokens,
                "total_tokens": reply.usage.total_tokens,
            },
        )
    return message


async def run(name: str, app: Any, inputs: Any, **settings: Any) -> dict[str, Any]:
    """Run a compiled graph once, traced."""
    with mlflow.start_span(name, span_type=SpanType.CHAIN) as span:
        span.set_inputs(inputs)
        state: dict[str, Any] = await app.ainvoke(inputs, **settings)
        span.set_outputs(state)
    return state
