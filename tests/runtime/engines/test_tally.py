"""What a worker says of a run's model calls, and what a batch makes of it."""

import io
from pathlib import Path

from runtime_stubs.batch import _Bar
from runtime_stubs.batch_rows import Results
from runtime_stubs.engines.tally import Tally
from runtime_stubs.events import Continued, ModelCalled

CALL = ModelCalled("write", "fast", 10, 5, 0, 0.25, 0.1)


def bar_of(folder: Path) -> _Bar:
    return _Bar(io.StringIO(), Results(folder / "results.jsonl", set()), 2)


def test_calls_before_and_after_a_run_was_continued_are_added_up(tmp_path: Path) -> None:
    tally = Tally()
    tally(Continued(calls=3, unpriced=1, dollars=0.5))
    tally(CALL)
    bar = bar_of(tmp_path)
    for _ in range(2):
        bar.count(tally.noted()["spent"])  # type: ignore[arg-type]
    numbers = bar.numbers()
    assert (numbers["model_calls"], numbers["unpriced_calls"]) == (8, 2)
    assert numbers["cost_usd"] == 1.5


def test_totals_are_left_out_when_the_calls_of_a_run_are_not_known(tmp_path: Path) -> None:
    tally = Tally()
    assert tally.noted() == {}  # the run had ended before it came here
    tally(CALL)
    bar = bar_of(tmp_path)
    bar.count(tally.noted()["spent"])  # type: ignore[arg-type]
    bar.count(None)
    assert not {"model_calls", "cost_usd", "unpriced_calls"} & bar.numbers().keys()
    assert "model call" not in bar.summary()
