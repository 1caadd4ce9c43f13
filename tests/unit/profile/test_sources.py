"""Files of traces, whole and broken, and pictures of hostile ones."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from compiler.profile.gantt import gantt_svg
from compiler.profile.measure import measure
from compiler.profile.report import profile_html, profile_json
from compiler.profile.sources.mlflow_database import read_database
from compiler.profile.sources.spool import read_spool
from compiler.profile.trace import Unreadable
from tests.unit.profile.runs import record, run, span, step, write_spool

HOSTILE = "<script>alert(1)</script>&\"'"


def test_the_parts_of_a_continued_run_are_one_trace(tmp_path: Path) -> None:
    first = [span("r", None, 0, 1), span("ask", "r", 0, 1, status="paused")]
    second = [span("r", None, 0, 100), span("ask", "r", 98, 99), span("end", "r", 99, 100)]
    path = write_spool(tmp_path / "t.jsonl", [record("t1", first), record("t1", second)])
    found = read_spool(path)
    assert [trace.id for trace in found.traces] == ["t1"]
    assert found.traces[0].seconds == pytest.approx(3)
    assert found.unreadable == 0


def test_lines_that_were_cut_off_are_counted(tmp_path: Path) -> None:
    path = write_spool(tmp_path / "t.jsonl", [record("t1", [span("r", None, 0, 1)])])
    with path.open("a") as file:
        file.write('{"trace": "t2", "spans": [{"id"\n[]\n{"trace": "t3", "spans": [{}]}\n')
    found = read_spool(path)
    assert [trace.id for trace in found.traces] == ["t1"]
    assert found.unreadable == 3


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"flow: {name: x}\n", b'{"format": "other"}\n']
)
def test_another_kind_of_file_is_told_apart(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="not a file of traces"):
        read_spool(path)


def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    with pytest.raises(Unreadable, match="there is no database"):
        read_database(path, "flow", 10)
    path.write_text("not a database, but long enough to look like a header of one")
    with pytest.raises(Unreadable, match="cannot read traces"):
        read_database(path, "flow", 10)


def test_pictures_and_pages_show_names_and_never_run_them() -> None:
    trace = run(HOSTILE, 2, [step(HOSTILE, 0, 1), step("b", 1, 2)])
    svg = gantt_svg(trace, None)
    titles = [each.text for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}title")]
    assert any(HOSTILE in (title or "") for title in titles)
    page = profile_html(measure([trace], None), (trace,), None)
    assert "<script" not in page
    assert "src=" not in page
    assert "@import" not in page


def test_json_holds_the_figures_of_the_text() -> None:
    found = json.loads(profile_json(measure([run("a", 3, [step("only", 0, 3)])], None)))
    assert found["version"] == 1
    assert found["critical_path"] == {"nodes": ["only"], "runs": 1}
    assert found["nodes"][0]["seconds"] == {"p50": 3.0, "p95": 3.0}
