# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `batch`: one run per row of a file."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .app import App
from .cli import Command
from .errors import InputError, RuntimeFault
from .events import Event
from .progress import Spent
from .report import FAILED, INTERRUPTED, OK, PAUSED, exit_code, report_object, report_text

if TYPE_CHECKING:
    from .batch_rows import Results, Row

__all__ = ["Batch", "Work"]

_EPILOG = """\
A row is one line of JSON, an object with one key per input; its key `id`, if there is one, names it.
A result is one line too: `index` (the line of the row, from 0), `id`, `status`, then `state` of a
finished run, `error` of a failed one, or the question of one that is paused. The same command goes on
with what was cut off: rows with a result are not run again.

Exits with 1 if rows have failed, with 4 if rows only wait for answers.
"""


class Batch(Command):
    """`batch`: run the workflow for each row of a file."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--inputs", metavar="FILE", required=True, help="the rows, JSON lines")
        parser.add_argument("--output", metavar="FILE", required=True, help="gets the results")
        parser.add_argument(
            "--concurrency",
            type=_positive,
            default=4,
            metavar="N",
            help="rows that run at the same time (default: 4)",
        )
        parser.add_argument(
            "--retry-failed", action="store_true", help="run rows again that failed earlier"
        )
        parser.add_argument(
            "--simulate", action="store_true", help="make answers up instead of calling models"
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")
        parser.epilog = _EPILOG

    def execute(self, options: argparse.Namespace) -> int:
        """Run the rows."""
        import asyncio  # not at the top: `--help` must not wait for it

        from .batch_rows import Results, read_rows

        try:
            reopened = {"paused", "failed"} if options.retry_failed else {"paused"}
            with (
                _opened(Path(options.inputs)) as lines,
                contextlib.redirect_stdout(sys.stderr),
            ):
                rows = read_rows(lines, keeps_id=any(i.name == "id" for i in self._app.inputs))
                results = Results(Path(options.output), reopened)
                work = Work(self._app, results, rows, options.simulate, _total(options.inputs))
                try:
                    asyncio.run(self.run(work, options))
                    code = work.code
                except KeyboardInterrupt:
                    code = INTERRUPTED
                finally:
                    work.bar.close()
                    counts = results.counts
                    left = counts["failed"] or counts["paused"] or not work.is_done
                    results.close(is_complete=not (left and self._app.durable))
        except (RuntimeFault, OSError) as error:
            for line in report_text(error, "", None, False):
                print(line, file=sys.stderr)
            return exit_code(error)
        print(work.bar.summary(), file=sys.stderr)
        if code == INTERRUPTED:
            print("interrupted; help: the same command goes on", file=sys.stderr)
        if options.json:
            print(json.dumps(work.bar.numbers()))
        return code

    async def run(self, work: Work, options: argparse.Namespace) -> None:
        """Run the rows."""
        await work.run(options.concurrency)


class Work:
    """One call of the command."""

    def __init__(
        self, app: App[Any], results: Results, rows: Iterator[Row], simulate: bool, total: int
    ) -> None:
        self.app = app
        self._results = results
        self._rows = rows
        self._simulate = simulate
        self.is_done = False
        self.bar = _Bar(sys.stderr, results, total)

    @property
    def code(self) -> int:
        """The exit code after the last row."""
        counts = self._results.counts
        return FAILED if counts["failed"] else PAUSED if counts["paused"] else OK

    async def run(self, concurrency: int) -> None:
        """Run all rows that have no result, `concurrency` at a time."""
        import asyncio

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(concurrency):
                    group.create_task(self._take_rows())
        except BaseExceptionGroup as failures:  # only the output can fail: each row is caught
            raise failures.exceptions[0] from None
        self.is_done = True

    async def _take_rows(self) -> None:
        """Take rows until none is left: no more are read than are running."""
        import asyncio

        for row in self._rows:
            record = await self._record(row)
            if record is None:
                self.bar.skipped += 1
                await asyncio.sleep(0)  # Ctrl-C must get through
            else:
                self._results.add(record)
                if record["status"] == "finished":
                    await self.app.forget(self._thread(row))  # the output has what is needed
            self.bar.show()

    async def _record(self, row: Row) -> dict[str, object] | None:
        """Run a row and return its result, None if it has one already."""
        record: dict[str, object] = {"index": row.index}
        if row.id is not None:
            record["id"] = row.id
        thread = self._thread(row) if self.app.durable else None
        try:
            if not self._results.claim(row):
                return None
            if row.problem is not None:
                raise InputError([row.problem])
            inputs = self.app.check(row.inputs)
            state = await self.app.arun_once(
                inputs,
                thread=self._thread(row),
                simulate=self._simulate,
                listeners=[self.bar],
            )
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            report = report_object(error, thread)
            status = report.pop("status")
            if status == "paused":
                return {**record, "status": status, **report}
            return {**record, "status": status, "error": report}
        return {**record, "status": "finished", "state": state}

    def _thread(self, row: Row) -> str:
        """Return the name of the run of a row, which it has again when the batch goes on."""
        return f"batch-{self._results.name}-{row.index}"


class _Bar:
    """Says on `out` how far the batch is: on a terminal one line that changes, else now and then."""

    def __init__(self, out: TextIO, results: Results, total: int) -> None:
        self._out = out
        self._results = results
        self._total = total
        self._old = sum(results.counts.values())
        self._started = self._shown = time.monotonic()
        self._spent = Spent()
        self._is_spent_known = True
        self._is_open = False
        self.skipped = 0

    def __call__(self, event: Event) -> None:
        """Count what runs cost."""
        self._spent(event)

    def count(self, spent: Mapping[str, Any] | None) -> None:
        """Count what a run elsewhere has cost: the arguments of `Spent.add`, None: nobody knows."""
        if spent is None:
            self._is_spent_known = False
        else:
            self._spent.add(**spent)

    def show(self) -> None:
        """Write the line if it is time to."""
        now = time.monotonic()
        is_terminal = self._out.isatty()
        if now - self._shown < (0.1 if is_terminal else 10):
            return
        self._shown = now
        done = sum(self._results.counts.values())
        new = done - self._old
        speed = new / (now - self._started)
        left = max(self._total - done, 0)
        line = f"{done}/{self._total} rows, {self._results.counts['failed']} failed"
        if speed > 0:
            minutes, seconds = divmod(int(left / speed), 60)
            line += f", {speed:.1f}/s, {minutes}:{seconds:02} left"
        if is_terminal:
            filled = min(20 * done // max(self._total, 1), 20)
            self._out.write(f"\r\033[K[{'#' * filled}{'.' * (20 - filled)}] {line}")
            self._is_open = True
        else:
            self._out.write(f"{line}\n")
        self._out.flush()

    def close(self) -> None:
        """End the line."""
        if self._is_open:
            self._out.write("\n")
            self._is_open = False

    def numbers(self) -> dict[str, object]:
        """Return the counts; `skipped` rows had a result before."""
        counts = self._results.counts
        spent = self._spent
        numbers: dict[str, object] = {
            **{status: counts[status] for status in ("finished", "failed", "paused")},
            "skipped": self.skipped,
            "output": str(self._results.path),
        }
        if self._is_spent_known:
            numbers["model_calls"] = spent.calls
            numbers["cost_usd"] = spent.dollars
            numbers["unpriced_calls"] = spent.unpriced
        return numbers

    def summary(self) -> str:
        """Return the counts in words."""
        counts = self._results.counts
        parts = [f"{counts['finished']} finished"]
        parts += [f"{counts[each]} {each}" for each in ("failed", "paused") if counts[each]]
        parts += [f"{self.skipped} of them before"] if self.skipped else []
        spent = self._spent.summary() if self._is_spent_known else ""
        parts += [spent] if spent else []
        return f"{self._results.path}: {', '.join(parts)}"


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError([f"`{path}` cannot be read: {error.strerror}"]) from error
    with file:
        yield file


def _total(path: str) -> int:
    """Count the lines of a file."""
    lines, last = 0, b"\n"
    with Path(path).open("rb") as file:
        while block := file.read(1 << 20):
            lines, last = lines + block.count(b"\n"), block
    return lines + (not last.endswith(b"\n"))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("expected 1 or more")
    return number
