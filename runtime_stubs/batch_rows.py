# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The rows of a batch, read one by one, and the file their results are added to."""

import errno
import itertools
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from .errors import InputError

__all__ = ["Results", "Row", "read_rows"]

MAX_ROW = 16 * 1024 * 1024  # bytes; a longer line is no row


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `index` counts the lines from 0, `problem` says why it holds no inputs."""

    index: int
    id: str | None = None
    inputs: Mapping[str, object] = field(default_factory=dict)
    problem: str | None = None

    @property
    def key(self) -> str:
        """Tells the rows of a file apart."""
        return row_key(self.index, self.id)


def row_key(index: object, id: object) -> str:
    """Return what tells a row from the others: its id, else its place."""
    return f"line {index}" if id is None else f"id {id}"


def read_rows(lines: BinaryIO, *, keeps_id: bool) -> Iterator[Row]:
    """Yield the rows of a file, one object of inputs a line; empty lines are passed over.

    Args:
        keeps_id: the key `id` is an input of the workflow as well.
    """
    for index in itertools.count():
        line = lines.readline(MAX_ROW + 1)
        if not line:
            return
        if len(line) > MAX_ROW:
            while line and not line.endswith(b"\n"):
                line = lines.readline(MAX_ROW)
            yield Row(index, problem=f"the line is longer than {MAX_ROW} bytes")
        elif line.strip():
            yield _row(index, line, keeps_id)


def _row(index: int, line: bytes, keeps_id: bool) -> Row:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Row(index, problem=f"the line is not JSON: {error}")
    if not isinstance(content, dict):
        return Row(index, problem="found no object, expected one key per input")
    id = content.get("id") if keeps_id else content.pop("id", None)
    if id is not None and (isinstance(id, bool) or not isinstance(id, str | int)):
        return Row(index, problem="`id` must be text or a whole number")
    return Row(index, None if id is None else str(id), content)


class Results:
    """The output: one line of JSON a row, each written at once, so none is ever torn.

    What has a result is remembered in a temporary table, which SQLite keeps on disk when it
    grows; a small file beside the output holds the batch's name and keeps a second batch away.

    Args:
        path: the output; results in it are kept.
        reopened: the statuses whose rows are run again; their lines are dropped.
    """

    def __init__(self, path: Path, reopened: AbstractSet[str]) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._side = path.with_name(f"{path.name}.batch")
        self._table = sqlite3.connect(self._side, isolation_level=None, timeout=0)
        try:
            self.name = self._take()
            self._load(reopened)
        except BaseException:
            self._table.close()
            raise
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY, 0o644)

    def claim(self, row: Row) -> bool:
        """Return whether a row is to be run: it has no result yet.

        Raises:
            InputError: an earlier row of this file has the same id.
        """
        values = (row.key, row.index)
        if self._table.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", values).rowcount:
            return True
        [first] = self._table.execute("SELECT line FROM seen WHERE key = ?", (row.key,)).fetchone()
        if first is not None:
            raise InputError([f"line {first} has the id `{row.id}` already"])
        return False

    def add(self, record: Mapping[str, object]) -> None:
        """Append the result of a row, whole or not at all."""
        line = json.dumps(record, ensure_ascii=False, default=str).encode("utf-8", "replace")
        before = os.fstat(self._file).st_size
        if os.write(self._file, line + b"\n") <= len(line):
            os.ftruncate(self._file, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self.counts[str(record["status"])] += 1

    def close(self, *, is_complete: bool) -> None:
        """Close the output; `is_complete`: nothing will be continued under the batch's name."""
        os.close(self._file)
        self._table.close()
        if is_complete:
            self._side.unlink(missing_ok=True)

    def _take(self) -> str:
        """Keep other batches away from the output and return the name of this one."""
        table = self._table
        try:
            table.execute("PRAGMA locking_mode = EXCLUSIVE")
            table.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorname == "SQLITE_BUSY"
            why = "another batch is writing there" if busy else f"{self._side}: {error}"
            raise InputError([f"cannot write to `{self.path}`: {why}"]) from error
        table.execute("CREATE TABLE IF NOT EXISTS batch (name TEXT)")
        if table.execute("SELECT name FROM batch").fetchone() is None:
            table.execute("INSERT INTO batch VALUES (?)", (os.urandom(4).hex(),))
        table.execute("COMMIT")
        table.execute("CREATE TEMP TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        [name] = table.execute("SELECT name FROM batch").fetchone()
        return str(name)

    def _load(self, reopened: AbstractSet[str]) -> None:
        """Read the results there are; drop reopened ones and the line that a crash has torn."""
        if not self.path.exists():
            return
        dropped = False
        self._table.execute("BEGIN")
        with self.path.open("rb") as lines:
            for line in lines:
                record = _record(line)
                if record is None or record["status"] in reopened:
                    dropped = True
                    continue
                key = row_key(record["index"], record.get("id"))
                self._table.execute("INSERT OR IGNORE INTO seen VALUES (?, NULL)", (key,))
                self.counts[str(record["status"])] += 1
        self._table.execute("COMMIT")
        if dropped:
            draft = self.path.with_name(f"{self.path.name}.part")
            with self.path.open("rb") as old, draft.open("wb") as new:
                for line in old:
                    record = _record(line)
                    if record is not None and record["status"] not in reopened:
                        new.write(line)
            draft.replace(self.path)


_BINARY = getattr(os, "O_BINARY", 0)


def _record(line: bytes) -> Mapping[str, object] | None:
    """Return a result that was written before, None for a torn line.

    Raises:
        InputError: the file holds something else, which is nobody's to drop.
    """
    if not line.endswith(b"\n"):
        return None
    try:
        content = json.loads(line)
    except ValueError:
        content = None
    if not isinstance(content, dict) or not {"index", "status"} <= content.keys():
        raise InputError(["the output holds something other than results of a batch"])
    return cast(Mapping[str, object], content)
