"""What a run of approval is given."""

from typing import TypedDict


class Inputs(TypedDict):
    """The inputs of one run."""

    topic: str
