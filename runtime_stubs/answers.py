# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Which answer belongs to which question of a paused run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .errors import InputError, PendingQuestion
from .inputs import nearest

if TYPE_CHECKING:
    from langgraph.types import Command

__all__ = ["match_answers"]


def match_answers(
    questions: Sequence[PendingQuestion], answers: Sequence[str], now: float
) -> Command[str] | None:
    """Return what continues a run, None when nothing is answered.

    A question nobody has answered by its deadline (`now` and it in seconds since the epoch) is
    answered by its default.

    Raises:
        InputError: naming every answer that fits no question or is not among the choices.
    """
    if answers and not questions:
        raise InputError(["the run does not wait for an answer"])
    replies: dict[str, Mapping[str, str]] = {}
    problems: list[str] = []
    for answer in answers:
        try:
            question, text = _addressed(questions, answer)
            if question.id in replies:
                raise ValueError(f"`{question.node}` is answered twice")
            replies[question.id] = {"answer": _chosen(question, text)}
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise InputError(problems)
    for question in questions:
        expired = question.deadline is not None and question.deadline <= now
        if expired and question.id not in replies:
            replies[question.id] = {}
    if not replies:
        return None
    from langgraph.types import Command

    return Command(resume=replies)


def _addressed(questions: Sequence[PendingQuestion], answer: str) -> tuple[PendingQuestion, str]:
    """Return the question an answer is for: `node=text`, `id=text`, or the only one."""
    name, equals, text = answer.partition("=")
    named = [question for question in questions if equals and name in (question.node, question.id)]
    if len(named) == 1:
        return named[0], text
    if named:
        ids = ", ".join(f"`{question.id}`" for question in named)
        raise ValueError(f"`{name}` asks several questions: answer as `ID=text` with ID of {ids}")
    if len(questions) == 1:
        return questions[0], answer
    nodes = sorted({question.node for question in questions})
    hint = nearest(name, nodes) if equals else ""
    waiting = ", ".join(f"`{node}`" for node in nodes)
    raise ValueError(f"found `{answer}`, expected `node=text` with node one of {waiting}{hint}")


def _chosen(question: PendingQuestion, text: str) -> str:
    if question.choices and text not in question.choices:
        choices = ", ".join(f"`{choice}`" for choice in question.choices)
        hint = nearest(text, question.choices)
        raise ValueError(f"`{text}` is no answer to `{question.node}`, expected {choices}{hint}")
    return text
