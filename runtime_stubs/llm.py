# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Asks a model one question: a structured answer or plain text."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from .answer import ATTEMPTS, Unfit, asked_again, check_usable, parsed, unfit_answer
from .call import call_model, keep
from .messages import Message, conversation
from .model import Model
from .run import current
from .shape import shape_of
from .simulated_call import simulated_answer, simulated_words

__all__ = ["Model", "ask", "ask_text"]

A = TypeVar("A", bound=BaseModel)


async def ask(
    model: Model,
    prompt: str,
    answer: type[A],
    *,
    system: str | None = None,
    examples: Sequence[tuple[str, object]] = (),
    history: Sequence[Message] = (),
) -> A:
    """Return a model's answer in the form of `answer`.

    Raises:
        AnswerError: it refused, was cut off, or did not fit after being asked again.
        ModelError: no model answered. BudgetExceeded: the run may not ask.
    """
    if current().simulate:
        return await simulated_answer(model, prompt, answer)
    shape = shape_of(answer)
    messages = conversation(prompt, system=system, examples=examples, history=history)
    for attempt in range(1, ATTEMPTS + 1):
        reply = await call_model(model, messages, shape=shape)
        check_usable(model, reply, attempt)
        try:
            value = parsed(reply.text, answer)
        except Unfit as unfit:
            problem = unfit
        else:
            await keep(model, reply)
            return value
        messages = asked_again(messages, reply.text, str(problem), as_json=True)
    raise unfit_answer(model, reply.text, str(problem), ATTEMPTS)


async def ask_text(
    model: Model,
    prompt: str,
    *,
    system: str | None = None,
    examples: Sequence[tuple[str, object]] = (),
    history: Sequence[Message] = (),
) -> str:
    """Return a model's answer as text; told in pieces when the run streams.

    Raises:
        AnswerError: it refused, was cut off, or stayed empty after being asked again.
        ModelError: no model answered. BudgetExceeded: the run may not ask.
    """
    if current().simulate:
        return await simulated_words(model, prompt)
    messages = conversation(prompt, system=system, examples=examples, history=history)
    for attempt in range(1, ATTEMPTS + 1):
        reply = await call_model(model, messages, stream=current().stream)
        check_usable(model, reply, attempt)
        if reply.text.strip():
            await keep(model, reply)
            return reply.text
    raise unfit_answer(model, "", "it is empty", ATTEMPTS)
