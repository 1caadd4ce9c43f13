# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Makes LiteLLM ready: no network but the calls, no telemetry, nothing printed."""

import asyncio
import functools
import logging
import os
import warnings

from .loading import loads
from .model import Model

__all__ = ["know_model", "prepare", "ready"]

# Else prices are fetched at import and a list of headers at the first call to Anthropic.
LOCAL = ("LITELLM_LOCAL_MODEL_COST_MAP", "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS")


@loads
@functools.cache
def prepare() -> None:
    """Import LiteLLM, which takes seconds: only called when a model is really about to be asked."""
    for name in LOCAL:
        os.environ.setdefault(name, "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")  # else import reads a .env file
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    # LiteLLM's own types make Pydantic warn, in words that mean nothing to the user of a workflow
    warnings.filterwarnings("ignore", r"Item '\w+' on TypedDict class", UserWarning)
    for name in ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


async def ready() -> None:
    """Import LiteLLM in a thread: it reads files, and other runs go on meanwhile."""
    if not prepare.cache_info().currsize:
        await asyncio.to_thread(prepare)


def know_model(model: Model) -> None:
    """List a local model, or LiteLLM asks the default server about it, blocking, before a call."""
    if model.provider != "ollama_chat":
        return
    import litellm

    litellm.model_cost.setdefault(
        model.full_name,
        {
            "litellm_provider": "ollama_chat",
            "mode": "chat",
            "input_cost_per_token": 0.0,
            "output_cost_per_token": 0.0,
            "supports_response_schema": True,
        },
    )
