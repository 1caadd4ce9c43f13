# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a model call costs: the prices set for a model, else those LiteLLM knows."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from .litellm_setup import prepare
from .model import Model

if TYPE_CHECKING:
    from litellm.types.utils import Usage

__all__ = ["cost_of", "price_of"]

FREE = frozenset({"ollama_chat"})  # run on the user's own machine


def price_of(model: Model) -> Callable[[int, int], float | None]:
    """Return the function from input and output tokens to USD; its result is None if unknown."""

    def price(input_tokens: int, output_tokens: int) -> float | None:
        rates = _rates(model)
        return None if rates is None else input_tokens * rates[0] + output_tokens * rates[1]

    return price


def cost_of(model: Model, usage: "Usage", told: float | None = None) -> float | None:
    """Return the USD of a call, with cached tokens at their own price; None if unknown.

    `told`: what LiteLLM has made of it already, None if it has not.
    """
    if _own_rates(model) is not None or model.provider in FREE:
        return price_of(model)(usage.prompt_tokens or 0, usage.completion_tokens or 0)
    if _known_rates(model.full_name) is None:
        return None
    if told is not None:
        return told
    import litellm

    costs = litellm.cost_per_token(
        model=model.full_name,
        prompt_tokens=usage.prompt_tokens or 0,
        completion_tokens=usage.completion_tokens or 0,
        usage_object=usage,
    )
    return float(costs[0] + costs[1])


def _rates(model: Model) -> tuple[float, float] | None:
    own = _own_rates(model)
    if own is not None:
        return own
    return (0.0, 0.0) if model.provider in FREE else _known_rates(model.full_name)


def _own_rates(model: Model) -> tuple[float, float] | None:
    if model.input_cost_per_token is None and model.output_cost_per_token is None:
        return None
    return model.input_cost_per_token or 0.0, model.output_cost_per_token or 0.0


@functools.cache
def _known_rates(name: str) -> tuple[float, float] | None:
    """Look a model up in the price list that LiteLLM brings along."""
    prepare()
    import litellm
    from litellm.exceptions import ModelNotMappedError

    try:
        info = litellm.get_model_info(name)
    except ModelNotMappedError:
        return None
    return float(info["input_cost_per_token"] or 0), float(info["output_cost_per_token"] or 0)
