"""Images that stand in for those of PostgreSQL, Redis and MLflow, which cannot be pulled where the tests run.

They hold the same programs, started in the same way: PostgreSQL and Redis of Debian's packages, MLflow of the
environment that the tests have.
"""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from compiler.deploy.compose import MLFLOW as MLFLOW_PROJECT
from tests.runtime.tracing.conftest import MLFLOW as MLFLOW_PROGRAM
from tests.support import docker

SERVERS = "agentc-test/servers"
MLFLOW = "agentc-test/mlflow"
_POSTGRES = """\
#!/bin/sh
# What the official image does at its start.
set -e
bin=$(echo /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/data
if [ ! -s $data/PG_VERSION ]; then
    (umask 077; echo "$POSTGRES_PASSWORD" >/tmp/password)
    $bin/initdb -D $data -U "$POSTGRES_USER" --pwfile=/tmp/password -A scram-sha-256
    echo "host all all all scram-sha-256" >>$data/pg_hba.conf
    echo "CREATE DATABASE $POSTGRES_DB" | $bin/postgres --single -D $data postgres
fi
exec $bin/postgres -D $data -c listen_addresses=* -k /tmp
"""
_SERVERS = """\
FROM python:3.11-slim
RUN apt-get -qq update \\
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends postgresql redis-server >/dev/null \\
    && rm -rf /var/lib/apt/lists /var/lib/postgresql/*
RUN ln -s /usr/lib/postgresql/*/bin/pg_isready /usr/local/bin/pg_isready \\
    && mkdir -p /data /var/lib/postgresql/data \\
    && chown redis /data && chown postgres /var/lib/postgresql/data && chmod 700 /var/lib/postgresql/data
COPY --chmod=755 start-postgres /
USER postgres
STOPSIGNAL SIGINT
CMD ["/start-postgres"]
"""
_MLFLOW = """\
FROM python:3.11-slim
COPY . /libraries
ENV PYTHONPATH=/libraries
RUN printf '#!/bin/sh\\nexec python -m mlflow "$@"\\n' >/usr/local/bin/mlflow && chmod 755 /usr/local/bin/mlflow
"""
_NOT_NEEDED = ("botocore", "hf_xet", "matplotlib", "scipy*", "sklearn", "litellm/proxy/_exp*")


def servers_image() -> str:
    """Return the name of an image that is PostgreSQL by itself, and has Redis; it is made if need be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Dockerfile").write_text(_SERVERS, encoding="utf-8")
        Path(folder, "start-postgres").write_text(_POSTGRES, encoding="utf-8")
        return docker.build(Path(folder), SERVERS)


def mlflow_image() -> str:
    """Return the name of an image that has `mlflow`; it is made if need be."""
    [libraries] = MLFLOW_PROGRAM.parent.parent.glob("lib/python*/site-packages")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "Dockerfile")
        file.write_text(_MLFLOW, encoding="utf-8")
        ignored = "".join(f"{name}\n" for name in _NOT_NEEDED)
        Path(folder, "Dockerfile.dockerignore").write_text(ignored, encoding="utf-8")
        return docker.build(libraries, MLFLOW, "--file", str(file))


@contextmanager
def only_mlflow() -> Iterator[None]:
    """Let no other test of this machine use the MLflow that deploys share; it goes at the end."""
    with Path(tempfile.gettempdir(), "agentc-test-mlflow.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if docker.run("ps", "--all", "--quiet", "--filter", f"name={MLFLOW_PROJECT}").stdout:
            pytest.skip("agents on this machine have an MLflow, which this test would end")
        try:
            yield
        finally:
            docker.run(
                "compose", "--project-name", MLFLOW_PROJECT, "down", "--volumes", check=False
            )
