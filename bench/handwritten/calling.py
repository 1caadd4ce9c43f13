"""Model calls with a trace, shared by the hand-written programs."""

import asyncio
import os

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "true")

import litellm
import mlflow
from mlflow.entities import SpanType

MODEL = "openai/gpt-4.1-nano"

litellm.suppress_debug_info = True
mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db"))

_places = asyncio.Semaphore(int(os.environ.get("BENCH_CONCURRENCY", "100")))


async def ask(node: str, prompt: str) -> str:
    """Return the model's answer to one prompt, traced as a call inside the span of its node."""
    with mlflow.start_span(node, span_type=SpanType.CHAIN) as step:
        step.set_inputs({"prompt": prompt})
        with mlflow.start_span("model", span_type=SpanType.CHAT_MODEL) as span:
            messages = [{"role": "user", "content": prompt}]
            span.set_inputs({"messages": messages})
            async with _places:
                reply = await litellm.acompletion(
                    model=MODEL, messages=messages, max_retries=0, timeout=60
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
