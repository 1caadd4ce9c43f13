"""The state that the steps of approval share."""

import operator
from typing import Annotated

from typing_extensions import TypedDict

from ._runtime.merge import merge_with


class State(TypedDict, total=False):
    """All fields; one that no step has written yet is absent."""

    topic: str
    notes: Annotated[list[str], merge_with(operator.add)]
    rounds: int
    verdict: str
    second: str
    items: list[int]
    done: bool
