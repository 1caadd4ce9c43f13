# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The API keys of model providers, read from the environment."""

import os
from collections.abc import Mapping

from .errors import ModelError
from .model import Model
from .run import current_node

__all__ = ["key_for"]

# Other providers have LiteLLM look for their key.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "azure": ("AZURE_API_KEY",),
    "cohere": ("COHERE_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "fireworks_ai": ("FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "perplexity": ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY"),
    "xai": ("XAI_API_KEY",),
}


def key_for(model: Model) -> str | None:
    """Return the key for a model; None when its provider needs none or LiteLLM finds it itself.

    Raises:
        ModelError: the key is missing; the message names the variable to set.
    """
    names = (model.api_key_env,) if model.api_key_env else VARIABLES.get(model.provider, ())
    for name in names:
        if value := os.environ.get(name):
            return value
    if not names:
        return None
    if model.api_base and not model.api_key_env:
        return "none"  # a server of the user's own; clients refuse to send no key at all
    raise ModelError(
        f"no API key for `{model.name}`: set the environment variable `{names[0]}`",
        node=current_node(),
    )
