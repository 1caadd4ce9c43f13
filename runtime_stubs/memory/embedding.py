# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Embedding models, through LiteLLM."""

import os
from collections.abc import Sequence

from ..errors import ModelError
from ..litellm_setup import ready
from .meaning import Embedding

__all__ = ["embedding_model"]


def embedding_model(
    model: str,
    *,
    api_base: str | None = None,
    api_key_env: str | None = None,
    timeout: float = 60.0,
) -> Embedding:
    """Return an embedding model by LiteLLM's name for it (`openai/text-embedding-3-small`)."""

    async def embed(texts: Sequence[str]) -> list[list[float]]:
        await ready()
        import litellm

        try:
            response = await litellm.aembedding(
                model=model,
                input=list(texts),
                api_base=api_base,
                api_key=os.environ.get(api_key_env) if api_key_env else None,
                timeout=timeout,
                max_retries=2,
            )
        except Exception as error:  # LiteLLM's errors have no common class of their own
            raise ModelError(f"`{model}` cannot embed: {error}") from error
        return [list(entry["embedding"]) for entry in response.data]

    return Embedding(model, embed)
