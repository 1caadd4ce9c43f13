"""The state that the steps of greeter share."""

import operator
from typing import Annotated, Literal

from typing_extensions import TypedDict

from ._runtime.merge import merge_with


class State(TypedDict, total=False):
    """All fields; one that no step has written yet is absent."""

    who: str
    times: int
    tone: Literal["warm", "cold"]
    tags: list[str]
    greeting: str
    lines: Annotated[list[str], merge_with(operator.add)]
    missing: str
