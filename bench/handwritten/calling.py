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


async def ask(node: str, prompt: str, *, model: str = MODEL, **settings: Any) -> str:
    """Return the model's answer to one prompt, traced as a call inside the span of its node."""
    return await _asked(node, [{"role": "user", "content": prompt}], model, settings)


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
    messages = [{"role": "system", "content": system}] if system else []
    for question, reply in examples:
        messages += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": reply},
        ]
    messages.append({"role": "user", "content": prompt})
    settings["response_format"] = answer
    return answer.model_validate_json(await _asked(node, messages, model, settings))


async def _asked(
    node: str, messages: list[dict[str, str]], model: str, settings: dict[str, Any]
) -> str:
    with mlflow.start_span(node, span_type=SpanType.CHAIN) as step:
        step.set_inputs({"messages": messages})
        with mlflow.start_span("model", span_type=SpanType.CHAT_MODEL) as span:
            span.set_inputs({"messages": messages})
            async with _places:
                reply = await litellm.acompletion(
                    model=model, messages=messages, max_retries=0, timeout=60, **settings
                )
            text = reply.choices[0].message.content or ""
            span.set_outputs(text)
            span.set_attribute(
                "mlflow.chat.tokenUsage",
                {
                    "input_tokens": reply.usage.prompt_tokens,
                    "output_tokens": reply.usage.completion_tokens,
                    "total_tokens": reply.usage.total_tokens,
                },
            )
        step.set_outputs(text)
    return text


async def run(name: str, app: Any, inputs: Any) -> dict[str, Any]:
    """Run a compiled graph once, traced."""
    with mlflow.start_span(name, span_type=SpanType.CHAIN) as span:
        span.set_inputs(inputs)
        state: dict[str, Any] = await app.ainvoke(inputs)
        span.set_outputs(state)
    return state
