"""A PostgreSQL server of the tests' own: a new cluster in a folder, reached through a socket there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

_AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@dataclass(frozen=True)
class Cluster:
    """A server whose data are in `folder`; a password is asked of the role `guarded` only."""

    folder: Path
    programs: str

    def address(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses=''"
        self.call("pg_ctl", "-D", self.data, "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """Stop the server as a crash would."""
        self.call("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    @property
    def data(self) -> str:
        """The folder of the data."""
        return str(self.folder / "data")

    def call(self, program: str, *arguments: str) -> None:
        """Call one of PostgreSQL's programs; `pg_ctl` waits until it is done."""
        subprocess.run(
            [*_AS_POSTGRES, f"{self.programs}/{program}", *arguments],
            cwd="/tmp",
            stdout=subprocess.DEVNULL,
            check=True,
        )


@contextmanager
def postgres_cluster() -> Iterator[Cluster]:
    """Give a server with an empty database; the server and its data go with the context.

    PostgreSQL must be installed: `make test` sees to that, and a test without it fails.
    """
    programs = subprocess.run(
        ["pg_config", "--bindir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    folder = Path(tempfile.mkdtemp(prefix="agentc_postgres_", dir="/tmp"))
    folder.chmod(0o777)  # the server refuses to run as root
    cluster = Cluster(folder, programs)
    cluster.call("initdb", "-D", cluster.data, "-A", "trust", "-U", "postgres")
    rules = folder / "data" / "pg_hba.conf"
    rules.write_text("local all guarded scram-sha-256\n" + rules.read_text())
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server() -> Iterator[str]:
    """Give the address of an empty database of a server that lasts as long as the context."""
    with postgres_cluster() as cluster:
        yield cluster.address()


def new_database(url: str) -> str:
    """Make an empty database on the server of another one; return its address."""
    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.replace("/postgres?", f"/{name}?")
