"""The bound on supersteps, on shapes whose longest run can be counted by hand."""

from __future__ import annotations

import pytest

from compiler.passes.steps import step_bound
from tests.unit.passes.sketch import sketch

TAIL = "field s: int = 0\n"
NESTED = """
START -> a
a: -> b
b: if s > 1 -> c; else -> b max 2 then c
c: if s > 1 -> END; else -> a max 3 then END
"""


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("START -> a\na: -> b\nb: -> END", 2),
        ("START -> a, b\na: -> c\nb: -> c\nc: -> END", 2),
        ("START -> a, b\na: -> a2\na2: -> c\nb: -> c\nc: -> END", 2),
        ("START -> a\na: if s > 1 -> b; else -> END\nb: -> c\nc: -> END", 3),
        ("START -> a\na: -> b\nb: if s > 1 -> END; else -> a max 3 then END", 6),
        # `fix` runs in all iterations but the last: 3 * check + 2 * fix.
        ("START -> check\ncheck: if s > 1 -> END; else -> fix max 3 then END\nfix: -> check", 5),
        # An inner loop of 2 in an outer one of 3, with one more node around it.
        (
            NESTED,
            12,
        ),
        # A region in a loop is one step.
        (
            "START -> a\na: -> b, c\nb: -> d\nc: -> d\nd: if s > 1 -> END; else -> a max 2 then END",
            6,
        ),
    ],
)
def test_the_longest_run_is_counted(text: str, steps: int) -> None:
    assert step_bound(sketch(TAIL + text)) == steps


def test_a_loop_bounded_by_max_steps_alone_has_no_bound() -> None:
    text = "max_steps 9\nSTART -> a\na: if s > 1 -> END; else -> a"
    assert step_bound(sketch(TAIL + text)) is None
