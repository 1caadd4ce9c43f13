"""Which answers of models the database has got, and when: noted by PostgreSQL itself, in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from runtime_stubs.journal_sql import SCHEMA

# The journal of a run is deleted when the run has ended, so a trigger keeps a copy of what was written to it.
_NOTE = """
CREATE TABLE answers_written (content TEXT, at FLOAT8);
CREATE FUNCTION note_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO answers_written VALUES (NEW.content, extract(epoch FROM clock_timestamp()));
    RETURN NULL;
END $$;
CREATE TRIGGER note_answer AFTER INSERT ON agentc_journal
    FOR EACH ROW WHEN (NEW.model IS NOT NULL) EXECUTE FUNCTION note_answer();
"""
_FORGET = """
DROP TRIGGER note_answer ON agentc_journal;
DROP FUNCTION note_answer;
DROP TABLE answers_written;
"""


@dataclass(frozen=True)
class WrittenAnswers:
    """What was written to the journals of all runs of a database since `noted_answers` began."""

    connection: psycopg.Connection[tuple[str, float]]

    def times(self) -> dict[str, list[float]]:
        """Return when an answer was written, in seconds since the epoch, by its text."""
        found: dict[str, list[float]] = {}
        for content, at in self.connection.execute("SELECT content, at FROM answers_written"):
            found.setdefault(json.loads(content)["text"], []).append(at)
        return found


@contextmanager
def noted_answers(address: str) -> Iterator[WrittenAnswers]:
    """Have a database note the answers that are written to its journals."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
        connection.execute(_NOTE)
        try:
            yield WrittenAnswers(connection)
        finally:
            connection.execute(_FORGET)
