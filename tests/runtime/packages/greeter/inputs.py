"""What a run of greeter is given."""

from typing import Literal, NotRequired, TypedDict


class Inputs(TypedDict):
    """The inputs of one run."""

    who: str
    times: NotRequired[int]
    tone: NotRequired[Literal["warm", "cold"]]
    tags: NotRequired[list[str]]
