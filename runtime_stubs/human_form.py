# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A question to a person whose answer is more than a text: a number, yes or no, several values."""

from typing import TypeVar

from pydantic import BaseModel

from .checked import ResultError, checked
from .human import ask
from .run import current, current_node
from .simulate import maker, seed_of
from .yaml_text import load_yaml

__all__ = ["ask_form"]

M = TypeVar("M", bound=BaseModel)


async def ask_form(
    question: str, model: type[M], *, wait: float | None = None, default: object = None
) -> M:
    """Return the answer to `question` as `model`, whose fields are the outputs of the node.

    A person writes YAML: the bare value for one output, a mapping of all for several. A simulated
    run does not wait: it takes the default, else makes something up. `wait` and `default` are as for
    `ask_human`. An answer that does not fit is asked for again.
    """
    run = current()
    if run.simulate:
        node = current_node() or run.workflow
        make = maker(model.model_json_schema())
        found = make(node, seed_of(node, question), 0)
        return model.model_validate(found) if default is None else checked(default, model)
    asked = question
    while True:
        answer = ask(asked, choices=(), wait=wait, default=default)
        try:
            return checked(load_yaml(answer) if isinstance(answer, str) else answer, model)
        except (ResultError, ValueError) as error:
            asked = f"That answer was not taken: {error}.\n{question}"
