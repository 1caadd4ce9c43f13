# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Values from outside (tools, code, people) against the types that a step promises."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .errors import RuntimeFault

__all__ = ["ResultError", "checked"]

M = TypeVar("M", bound=BaseModel)


class ResultError(RuntimeFault):
    """What came out of a step is not what it promises."""


def checked(value: object, model: type[M]) -> M:
    """Return `value` as `model`, whose fields are the outputs of a step.

    A model of one field takes the bare value, else the value must be a mapping with all fields.

    Raises:
        ResultError: saying for each output what was found.
    """
    names = [field.alias or name for name, field in model.model_fields.items()]
    if len(names) == 1:
        given: object = {names[0]: value}
    elif isinstance(value, Mapping):
        given = dict(value)
    else:
        raise ResultError(
            f"gave {type(value).__name__}, expected a mapping with {', '.join(f'`{n}`' for n in names)}"
        )
    try:
        return model.model_validate(given, strict=True)
    except ValidationError as error:
        problems = "; ".join(
            f"`{'.'.join(map(str, each['loc']))}`: {each['msg'].lower()}" for each in error.errors()
        )
        raise ResultError(f"gave a result that does not fit: {problems}") from None
