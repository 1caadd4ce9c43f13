# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Reads a model's answer: lenient about wrapping, strict about content."""

import json
import re
from collections.abc import Sequence
from typing import Literal, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from .errors import AnswerError
from .messages import Message
from .model import Model
from .redact import shortened
from .reply import Reply
from .run import current_node

__all__ = [
    "ATTEMPTS",
    "Unfit",
    "UnusableAnswer",
    "asked_again",
    "check_usable",
    "parsed",
    "unfit_answer",
]

A = TypeVar("A", bound=BaseModel)

ATTEMPTS = 3  # an answer that does not fit is asked for again, so often in all

FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)
THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)


class UnusableAnswer(AnswerError):
    """The last answer of a model after `attempts` attempts; `raw` is what it said, shortened."""

    def __init__(
        self,
        message: str,
        *,
        reason: Literal["invalid", "empty", "refused", "truncated"],
        attempts: int = 1,
        raw: str = "",
    ) -> None:
        super().__init__(message, kind="AnswerError", node=current_node())
        self.reason = reason
        self.attempts = attempts
        self.raw = shortened(raw)


class Unfit(Exception):
    """An answer that does not fit its shape; the message tells the model what to change."""


def parsed(text: str, shape: type[A]) -> A:
    """Read a structured answer.

    Raises:
        Unfit: it is no JSON or does not fit.
    """
    if not text.strip():
        raise Unfit("it is empty")
    value = _json_in(text)
    if not isinstance(value, dict) and len(shape.model_fields) == 1:
        value = {next(iter(shape.model_fields)): value}  # the value alone stands for its object
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        lines = [
            f"`{'.'.join(str(p) for p in e['loc']) or 'answer'}`: {e['msg']}"
            for e in error.errors(include_url=False, include_context=False)
        ]
        raise Unfit("; ".join(lines[:10])) from None


def _json_in(text: str) -> object:
    """Find the JSON of an answer: all of it, in a code fence, or after some words."""
    text = THOUGHTS.sub("", text).strip()
    fenced = FENCE.search(text)
    for candidate in (text, fenced.group(1) if fenced else ""):
        try:
            return _loads(candidate)
        except ValueError:
            continue
    start = min((i for i in (text.find("{"), text.find("[")) if i >= 0), default=-1)
    try:
        if start >= 0:
            value: object = json.JSONDecoder(parse_constant=_no_constant).raw_decode(text, start)[0]
            return value
        return _loads(text)
    except ValueError as error:
        raise Unfit(f"it is not valid JSON: {error}") from None


def _loads(text: str) -> object:
    value: object = json.loads(text, parse_constant=_no_constant)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def check_usable(model: Model, reply: Reply, attempts: int) -> None:
    """Raise UnusableAnswer for an answer that asking again cannot mend."""
    if reply.refusal is not None or reply.finish == "content_filter":
        said = reply.refusal or reply.text
        words = f": {shortened(said)}" if said else ""
        raise UnusableAnswer(
            f"`{model.name}` refused to answer{words}",
            reason="refused",
            attempts=attempts,
            raw=said,
        )
    if reply.finish == "length":
        limit = f" of {model.max_tokens}" if model.max_tokens else ""
        raise UnusableAnswer(
            f"the answer of `{model.name}` was cut off at its `max_tokens`{limit}",
            reason="truncated",
            attempts=attempts,
            raw=reply.text,
        )


def asked_again(
    messages: Sequence[Message], last: str, problem: str, *, as_json: bool
) -> list[Message]:
    """Return the conversation that goes on with what was wrong about the last answer."""
    said: list[Message] = [{"role": "assistant", "content": last}] if last.strip() else []
    form = ", with the corrected JSON only" if as_json else ""
    request = f"That answer does not fit: {problem}. Answer again{form}."
    return [*messages, *said, {"role": "user", "content": request}]


def unfit_answer(model: Model, last: str, problem: str, attempts: int) -> UnusableAnswer:
    """Return the error of a model whose last answer still does not fit."""
    words = f"; it said: {shortened(last)}" if last.strip() else ""
    return UnusableAnswer(
        f"`{model.name}` gave no usable answer in {attempts} attempts: {problem}{words}",
        reason="invalid" if last.strip() else "empty",
        attempts=attempts,
        raw=last,
    )
