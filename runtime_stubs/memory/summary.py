# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Makes the older part of a conversation short."""

from collections.abc import Awaitable, Callable

from ..llm import ask_text
from ..model import Model

__all__ = ["summarizer"]

PROMPT = (
    "Summarise this conversation for whoever goes on with it. Keep names, facts, decisions and open "
    "questions; leave out the rest. Answer with the summary only.\n\n"
)


def summarizer(model: Model) -> Callable[[str], Awaitable[str]]:
    """Return a function that summarises a conversation with `model`; the call counts as any other."""

    async def summarize(conversation: str) -> str:
        return await ask_text(model, PROMPT + conversation)

    return summarize
