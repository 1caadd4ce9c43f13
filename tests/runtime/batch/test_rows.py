"""Rows and results of a batch without a workflow: sizes, full disks."""

import json
import os
import resource
import sys
from io import BytesIO
from pathlib import Path

import pytest

from runtime_stubs import batch_rows
from runtime_stubs.batch_rows import Results, read_rows


def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    count = 200_000
    source = tmp_path / "rows.jsonl"
    with source.open("w") as file:
        for number in range(count):
            file.write(f'{{"id": "customer-{number:09}", "text": "{"x" * 40}"}}\n')
    path = tmp_path / "out.jsonl"

    def run() -> int:
        results = Results(path, set())
        new = 0
        with source.open("rb") as lines:
            for row in read_rows(lines, keeps_id=False):
                if results.claim(row):
                    new += 1
                    results.add({"index": row.index, "id": row.id, "status": "finished"})
        results.close(is_complete=True)
        return new

    before = _peak()
    assert run() == count
    assert run() == 0
    assert _peak() - before < 24_000_000
    assert path.read_bytes().count(b"\n") == count


def _peak() -> int:
    """The most memory the process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def test_an_endless_line_is_one_failed_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_rows, "MAX_ROW", 100)
    lines = b'{"a": 1}\n' + b"x" * 350 + b'\n{"a": 2}'
    rows = list(read_rows(BytesIO(lines), keeps_id=False))
    assert [row.index for row in rows] == [0, 1, 2]
    assert rows[1].problem == "the line is longer than 100 bytes"
    assert rows[2].inputs == {"a": 2}


def test_deep_nesting_is_a_failed_row() -> None:
    [row] = read_rows(BytesIO(b"[" * 100_000), keeps_id=False)
    assert row.problem is not None


def test_a_full_disk_tears_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = Results(tmp_path / "out.jsonl", set())
    results.add({"index": 0, "status": "finished"})
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:7]))
    with pytest.raises(OSError, match="No space left"):
        results.add({"index": 1, "status": "finished"})
    assert [json.loads(line)["index"] for line in (tmp_path / "out.jsonl").open()] == [0]
