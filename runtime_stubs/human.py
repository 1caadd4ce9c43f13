# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A question to a person, which pauses the run until somebody answers."""

import time
from collections.abc import Sequence

from langgraph.types import interrupt

from .errors import InputError, NodeTimeout
from .run import current, current_node

__all__ = ["ask", "ask_human"]


async def ask_human(
    question: str,
    *,
    choices: Sequence[str] = (),
    wait: float | None = None,
    default: str | None = None,
) -> str:
    """Return the answer to `question`.

    The node that asks runs from its top again when the answer is there, so it must do nothing
    before. A simulated run does not wait: it takes the default, else the first choice.

    Args:
        choices: the only answers allowed; empty: any text.
        wait: seconds after which nobody is waited for.
        default: the answer then; without it the node fails with NodeTimeout.
    """
    if current().simulate:
        return default or (choices[0] if choices else "simulated answer")
    answer = str(ask(question, choices=choices, wait=wait, default=default))
    if choices and answer not in choices:
        raise InputError([f"`{answer}` is not one of {', '.join(choices)}"])
    return answer


def ask(question: str, *, choices: Sequence[str], wait: float | None, default: object) -> object:
    """Pause the run and return what was answered, or the default when the time is up."""
    run = current()
    node = current_node() or run.workflow
    deadline = run.deadlines.get(node) or (time.time() + wait if wait is not None else None)
    reply = interrupt(
        {
            "ask": question,
            "choices": list(choices),
            "node": node,
            "deadline": deadline,
            "default": default,
        }
    )
    run.deadlines.pop(node, None)
    answer = reply.get("answer") if isinstance(reply, dict) else reply
    if answer is None:  # the deadline has passed
        if default is None:
            raise NodeTimeout(f"nobody answered within {wait:g} s")
        return default
    return answer
