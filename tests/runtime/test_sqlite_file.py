"""SQLite files that are kept open."""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from runtime_stubs.sqlite_file import keep_open


def _write(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (text TEXT)")


def test_the_log_stays_when_others_close_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    keep_open(path)
    _write(path)
    assert path.with_name("a.sqlite-wal").exists()  # else it was written back and deleted


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_connection_is_carried_into_another_process(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    keep_open(path)
    child = os.fork()
    if not child:
        mine = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
        os._exit(str(path) in mine)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    keep_open(path)
    _write(path)
    assert path.with_name("a.sqlite-wal").exists()
