"""Traces stay in the file whatever happens to those who write and read it."""

import json
import subprocess
import sys
from pathlib import Path

from runtime_stubs.tracing.spool import FORMAT, Spool
from tests.runtime.tracing.made import SECOND, filled_spool, line, made_trace

ROOT = Path(__file__).parents[3]

WRITER = """
import sys
from pathlib import Path
from runtime_stubs.tracing.spool import Spool
spool = Spool(Path(sys.argv[1]))
for number in range(50):
    spool.append([b'{"trace": "%s-%d", "spans": [], "end": 1}' % (sys.argv[2].encode(), number)])
"""


def everything(spool: Spool) -> list[str]:
    return [trace["trace"] for trace in spool.traces()]


def test_each_line_is_a_trace_after_one_that_says_what_the_file_is(tmp_path: Path) -> None:
    spool, ids = filled_spool(tmp_path, 3)
    first, *rest = [json.loads(each) for each in spool.path.read_text().splitlines()]
    assert first["format"] == FORMAT
    assert [each["trace"] for each in rest] == ids == everything(spool)
    assert spool.path.stat().st_mode & 0o077 == 0  # prompts are nobody else's business


def test_reading_in_parts(tmp_path: Path) -> None:
    spool, ids = filled_spool(tmp_path, 5)
    known, position, found = None, 0, []
    while (chunk := spool.read(known, position, lines=2, size=1 << 20)).lines:
        assert len(chunk.lines) <= 2
        found += [json.loads(each)["trace"] for each in chunk.lines]
        known, position = chunk.spool, chunk.next
    assert found == ids
    assert not spool.pending(known, position)
    assert len(spool.read(None, 0, lines=9, size=1).lines) == 1
    assert len(spool.read("another file", position, lines=9, size=1 << 20).lines) == 5


def test_a_line_that_was_cut_off_costs_only_itself(tmp_path: Path) -> None:
    spool, ids = filled_spool(tmp_path, 2)
    whole = spool.path.read_bytes()
    spool.path.write_bytes(whole[:-20])
    assert everything(spool) == ids[:1]
    assert len(spool.read(None, 0, lines=9, size=1 << 20).lines) == 1
    third = made_trace(3)
    spool.append([line(third)])
    assert everything(spool) == [ids[0], third["trace"]]


def test_old_traces_are_dropped_and_positions_stay_valid(tmp_path: Path) -> None:
    spool, ids = filled_spool(tmp_path, 5)
    chunk = spool.read(None, 0, lines=3, size=1 << 20)
    ends = [trace["end"] for trace in spool.traces()]
    spool.drop_before(ends[2])
    assert everything(spool) == ids[2:]
    after = spool.read(chunk.spool, chunk.next, lines=9, size=1 << 20)
    assert [json.loads(each)["trace"] for each in after.lines] == ids[3:]
    spool.drop_before(ends[4] + SECOND)
    assert everything(spool) == []
    last = made_trace(9)
    spool.append([line(last)])
    after = spool.read(chunk.spool, after.next, lines=9, size=1 << 20)
    assert [json.loads(each)["trace"] for each in after.lines] == [last["trace"]]


def test_several_processes_write_at_the_same_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "w.jsonl")
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(spool.path), name], cwd=ROOT)
        for name in ("a", "b", "c")
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert sorted(everything(spool)) == sorted(f"{n}-{i}" for n in "abc" for i in range(50))
