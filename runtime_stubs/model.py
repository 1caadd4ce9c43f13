# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Which model answers, and how it is called."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from .rate import Rate
from .retry import Retry

__all__ = ["AnswerStore", "Model"]

USUAL_RETRY = Retry()


class AnswerStore(Protocol):
    """Keeps answers, so that the same question need not be paid twice."""

    async def get(self, key: str) -> str | None:
        """Return what was put under a key, None when there is nothing or it is too old."""

    async def put(self, key: str, value: str) -> None:
        """Keep a value under a key."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model as LiteLLM names it (`provider/model`) with the settings of its calls.

    timeout: seconds for one attempt. retry: attempts with this model; then `fallbacks` in turn.
    api_key_env: environment variable with the key, if not the provider's usual one.
    cache: where its answers are kept. limit: what a call must hold while it runs, to bound how
    many run at a time. rates: how often it may be asked. *_cost_per_token: USD, for models whose
    price LiteLLM does not know.
    """

    name: str
    temperature: float | None = None
    max_tokens: int | None = None
    api_base: str | None = None
    api_key_env: str | None = None
    timeout: float = 300.0
    fallbacks: tuple["Model", ...] = ()
    retry: Retry = USUAL_RETRY
    cache: AnswerStore | None = None
    limit: AbstractAsyncContextManager[None] | None = None
    rates: tuple[Rate, ...] = ()
    input_cost_per_token: float | None = None
    output_cost_per_token: float | None = None

    @property
    def full_name(self) -> str:
        """The name with its provider, as LiteLLM is given it; a bare name is OpenAI's.

        Ollama is spoken to through its chat interface, the only one with roles and tools.
        """
        if "/" not in self.name:
            return f"openai/{self.name}"
        provider, _, name = self.name.partition("/")
        return f"ollama_chat/{name}" if provider == "ollama" else self.name

    @property
    def provider(self) -> str:
        """LiteLLM's name of the provider."""
        return self.full_name.partition("/")[0]
