"""`sql_query` on a real SQLite file, and on PostgreSQL where there is one."""

import contextlib
import sqlite3
import time
from pathlib import Path

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.tools.sql_query import sql_query

from .calling import call, refusal


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with three people."""
    path = tmp_path / "people.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table people (id integer primary key, name text, photo blob)")
        connection.executemany(
            "insert into people (name, photo) values (?, ?)",
            [("Ann", None), ("Bob", b"\x01\xff"), ("Cid", None)],
        )
    connection.close()
    return f"sqlite:///{path}"


def count(url: str) -> object:
    return (
        sqlite3.connect(url.removeprefix("sqlite:///"))
        .execute("select count(*) from people")
        .fetchone()[0]
    )


def test_rows_are_objects(url: str) -> None:
    answer = call(
        sql_query(url=url),
        sql="select id, name, photo from people where name = :n",
        params={"n": "Bob"},
    )
    assert answer == {
        "rows": [{"id": 2, "name": "Bob", "photo": "01ff"}],
        "row_count": 1,
        "truncated": False,
    }


def test_values_are_bound(url: str) -> None:
    tool = sql_query(url=url)
    answer = call(tool, sql="select name from people where name = :n", params={"n": "x' or '1'='1"})
    assert answer == {"rows": [], "row_count": 0, "truncated": False}


def test_rows_are_limited(url: str) -> None:
    answer = call(sql_query(url=url, max_rows=2), sql="select name from people order by id")
    assert answer == {"rows": [{"name": "Ann"}, {"name": "Bob"}], "row_count": 2, "truncated": True}


def test_bytes_are_limited(url: str) -> None:
    sql = (
        "with recursive n(i) as (select 1 union all select i + 1 from n limit 90)"
        " select printf('%.900000c', 'x') as x from n"
    )
    assert "more than 10000000 characters" in refusal(sql_query(url=url), sql=sql)


def test_no_pattern_takes_long(url: str) -> None:
    started = time.monotonic()
    refused_or_not = sql_query(url=url, timeout=2)
    sql = "select printf('%.30000c', 'a') like '" + "%a" * 2000 + "b' as x"
    with contextlib.suppress(ToolError):
        call(refused_or_not, sql=sql)
    assert time.monotonic() - started < 4


WRITES = [
    "insert into people (name) values ('Eve')", "update people set name = 'Eve'", "delete from people",
    "drop table people", "create table x (y)", "attach database '{tmp}/new.db' as n", "vacuum",
    "vacuum into '{tmp}/copy.db'", "pragma journal_mode = wal", "pragma writable_schema = 1",
    "with x as (select 1) insert into people (name) select 'Eve'", "select load_extension('x')",
    "begin", "commit", "select 1; delete from people", "replace into people values (1, 'x', 1)",
    "create temp table t (x)", "alter table people rename to p", "select * from pragma_table_info('people')",
    "explain delete from people; delete from people", "select zeroblob(2000000000)",
]  # fmt: skip


@pytest.mark.parametrize("sql", WRITES)
def test_reading_only(sql: str, url: str, tmp_path: Path) -> None:
    assert refusal(sql_query(url=url), sql=sql.replace("{tmp}", str(tmp_path)))
    assert count(url) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["people.db"]


BEYOND = [
    "attach database '{tmp}/new.db' as n",
    "vacuum into '{tmp}/copy.db'",
    "select load_extension('x')",
    "pragma writable_schema = 1",
]


@pytest.mark.parametrize("sql", BEYOND)
def test_writing_stays_in_the_database(sql: str, url: str, tmp_path: Path) -> None:
    assert refusal(sql_query(url=url, allow_writes=True), sql=sql.replace("{tmp}", str(tmp_path)))
    assert not (tmp_path / "new.db").exists() and not (tmp_path / "copy.db").exists()


def test_writing_when_allowed(url: str) -> None:
    tool = sql_query(url=url, allow_writes=True)
    answer = call(tool, sql="insert into people (name) values (:n)", params={"n": "Eve"})
    assert answer == {"rows": [], "row_count": 1, "truncated": False}
    assert count(url) == 4
    returned = call(tool, sql="delete from people where name = 'Eve' returning id")
    assert returned == {"rows": [{"id": 4}], "row_count": 1, "truncated": False}
    assert count(url) == 3
    assert not tool.read_only and sql_query(url=url).read_only


def test_time_is_limited(url: str) -> None:
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    )
    started = time.monotonic()
    assert "took longer than 0.3 s" in refusal(sql_query(url=url, timeout=0.3), sql=endless)
    assert time.monotonic() - started < 5


def test_problems_are_told(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(sql_query(url=url), sql="select missing") == "SQL: no such column: missing"
    assert "binding" in refusal(sql_query(url=url), sql="select :a").lower()
    missing = f"sqlite:///{tmp_path}/none.db"
    assert refusal(sql_query(url=missing), sql="select 1").endswith("none.db` does not exist")
    assert "names no file" in refusal(sql_query(url="sqlite://"), sql="select 1")
    assert "not one SQLAlchemy knows" in refusal(sql_query(url="nosuch://x/y"), sql="select 1")
    monkeypatch.delenv("DB", raising=False)
    assert "environment variable `DB`" in refusal(sql_query(url_env="DB"), sql="select 1")
    monkeypatch.setenv("DB", url)
    assert call(sql_query(url_env="DB"), sql="select 1 as one")["rows"] == [{"one": 1}]  # type: ignore[index]
    with pytest.raises(ToolError, match="either"):
        sql_query()


def test_postgres(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    tool = sql_query(url_env="DB", timeout=0.5, max_rows=2)
    answer = call(
        tool,
        sql="select n, n * 1.5 as d, now() as t from generate_series(1, :n) n",
        params={"n": 5},
    )
    assert isinstance(answer, dict) and answer["truncated"]
    assert [row["d"] for row in answer["rows"]] == [1.5, 3]
    assert "only reads" in refusal(tool, sql="create table agentc_test (x int)")
    writing = "with x as (insert into agentc_test values (1) returning 1) select * from x"
    assert "agentc_test" in refusal(tool, sql=writing)
    assert "statement timeout" in refusal(tool, sql="select pg_sleep(5)")
    assert "one statement" in refusal(tool, sql="commit; create table agentc_test (x int)")


# What a transaction that only reads lets a superuser do all the same; `{}` is a file.
ESCAPES = [
    "copy (select 1) to program 'touch {}'",
    "copy (select 1) to '{}'",
    "/* select */ copy (select 1) to '{}'",
    "-- select\ncopy (select 1) to '{}'",
    "do 'begin perform 1; end'",
    "call x()",
    "set session characteristics as transaction read write",
    "(select 1) into outfile '{}'",
    "select 1 into/**/dumpfile '{}'",
]


@pytest.mark.parametrize("sql", ESCAPES)
def test_postgres_is_only_read(sql: str, postgres_url: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    made = tmp_path / "made"
    tool = sql_query(url=postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    refusal(tool, sql=sql.replace("{}", str(made)))
    assert not made.exists()


def test_many_rows_of_postgres_do_not_fill_the_memory(postgres_url: str) -> None:
    tool = sql_query(url=postgres_url.replace("postgresql:", "postgresql+psycopg:"), max_rows=3)
    sql = "with n as (select generate_series(1, 3000000) as i) select i from n"
    answer = call(tool, sql=sql)
    assert answer == {"rows": [{"i": 1}, {"i": 2}, {"i": 3}], "row_count": 3, "truncated": True}
