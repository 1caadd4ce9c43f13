# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The SQL of both database stores; `?` stands for a value."""

from collections.abc import Sequence

from .store import Row

__all__ = [
    "ADD",
    "CLEAR",
    "GET",
    "PLACES",
    "PRUNE",
    "PUT",
    "ROWS",
    "SET_VECTOR",
    "TURNS",
    "as_row",
    "schema",
]

ADD = "insert into agentc_memory (place, value, text) values (?, ?, ?)"
PRUNE = (
    "delete from agentc_memory where place = ? and key is null and id <= ("
    "select id from agentc_memory where place = ? and key is null order by id desc limit 1 offset ?)"
)
PUT = (
    "insert into agentc_memory (place, key, value, text) values (?, ?, ?, ?)"
    " on conflict (place, key) do update set"
    " value = excluded.value, text = excluded.text, vector = null, model = null"
)
GET = "select value from agentc_memory where place = ? and key = ?"
TURNS = (
    "select id, key, value, text from agentc_memory"
    " where place = ? and key is null and id > ? order by id desc limit ?"
)
ROWS = (
    "select id, key, value, text, vector, model from agentc_memory"
    " where place = ? order by id desc limit ?"
)
PLACES = "select place, count(*) from agentc_memory group by place order by place"
CLEAR = "delete from agentc_memory where place = ?"
SET_VECTOR = "update agentc_memory set model = ?, vector = ? where id = ?"


def schema(id_type: str, bytes_type: str) -> list[str]:
    """Return the statements that make the table where it is missing."""
    return [
        (
            f"create table if not exists agentc_memory (id {id_type}, place text not null, key text,"
            f" value text not null, text text not null, vector {bytes_type}, model text,"
            " unique (place, key))"
        ),
        "create index if not exists agentc_memory_place on agentc_memory (place, id)",
    ]


def as_row(columns: Sequence[object]) -> Row:
    """Return a row of TURNS or ROWS."""
    number, key, value, text, *rest = columns
    vector, model = rest or (None, None)
    return Row(
        id=int(str(number)),
        key=None if key is None else str(key),
        value=str(value),
        text=str(text),
        vector=bytes(vector) if isinstance(vector, (bytes, memoryview)) else None,
        model=None if model is None else str(model),
    )
