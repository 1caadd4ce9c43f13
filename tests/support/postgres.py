"""A PostgreSQL server of the tests' own: a new cluster in a folder, reached through a socket there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def postgres_server() -> Iterator[str]:
    """Give the address of an empty database; the server and its data go with the context.

    PostgreSQL must be installed: `make test` sees to that, and a test without it fails.
    """
    programs = subprocess.run(
        ["pg_config", "--bindir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    folder = Path(tempfile.mkdtemp(prefix="agentc_postgres_", dir="/tmp"))
    folder.chmod(0o777)  # the server refuses to run as root

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [*_AS_POSTGRES, f"{programs}/{program}", *arguments],
            cwd="/tmp",
            stdout=subprocess.DEVNULL,
            check=True,
        )

    data = str(folder / "data")
    call("initdb", "-D", data, "-A", "trust", "-U", "postgres")
    options = f"-k {folder} -c listen_addresses=''"
    call("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
