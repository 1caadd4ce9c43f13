# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A model call in a simulated run: a made-up answer, told and counted like a real one."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .answer import unfit_answer
from .events import ModelCalled
from .model import Model
from .run import current, current_node, emit, span
from .shape import shape_of
from .simulate import seed_of, simulated_text

__all__ = ["simulated_answer", "simulated_words"]

A = TypeVar("A", bound=BaseModel)


async def simulated_words(model: Model, prompt: str) -> str:
    """Return a text that depends on who answers and on the prompt only."""
    text = simulated_text(_who(model), prompt)
    await _tell(model, prompt, text)
    return text


async def simulated_answer(model: Model, prompt: str, answer: type[A]) -> A:
    """Return an answer that fits its form and depends on who answers and on the prompt only."""
    who = _who(model)
    value = shape_of(answer).make(who, seed_of(who, prompt), 0)
    await _tell(model, prompt, value)
    try:
        return answer.model_validate(value)
    except ValidationError as error:
        raise unfit_answer(model, str(value), f"no simulated value fits: {error}", 1) from None


def _who(model: Model) -> str:
    """Who answers: each node for itself, but a model at temperature 0 answers all nodes alike."""
    return model.name if model.temperature == 0 else current_node() or "answer"


async def _tell(model: Model, prompt: str, answer: object) -> None:
    """Count the call for `max_llm_calls`, with no tokens and no cost, and tell of it."""
    journal = current().journal
    entry = await journal.entry(f"simulated {model.name} {prompt}") if journal else None
    if entry is not None and entry.content is not None:
        return  # counted before the run was continued
    budget = current().budget
    reserved = budget.reserve(model.name, 0, _free) if budget is not None else None
    with span(model.name, "llm", prompt) as opened:
        opened.set_outputs(answer)
        opened.set_attribute("model", model.full_name)
        opened.set_attribute("simulated", True)
    called = ModelCalled(current_node(), model.name, 0, 0, 0, 0.0, 0.0, simulated=True)
    if reserved is not None:
        reserved.settle(called)
    if entry is not None:
        await entry.record("", called)
    emit(called)


def _free(input_tokens: int, output_tokens: int) -> float:
    return 0.0
