"""The target `compose` with a real engine and Compose, from stored files; agent, MLflow and their answers are stand-ins.

What real ones do is tested in `test_deploy_whole`; here it is how deployments come, fail and go.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from compiler.deploy.compose import MLFLOW, deploy_composition
from compiler.deploy.docker import Docker
from compiler.deploy.order import Order, Port
from compiler.deploy.problem import DeployError
from compiler.deploy.undo import undone_unless_finished
from tests.smoke.agentc import agentc
from tests.smoke.deploy_site import unique
from tests.support.docker import run as docker
from tests.support.project import ROOT
from tests.support.stand_ins import only_mlflow

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.smoke]

SERVER = """\
import http.server, os, signal, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

if os.environ.get("BROKEN"):
    sys.exit("a bad start")
print("started with", sys.argv[1:], flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
"""
AGENT = """\
FROM python:3.11-slim
COPY server.py /server.py
RUN mkdir -p /home/agent && chown 10001:10001 /home/agent
USER 10001:10001
WORKDIR /home/agent
ENTRYPOINT ["python", "/server.py"]
"""
SHARED = """\
FROM python:3.11-slim
COPY server.py /server.py
RUN printf '#!/bin/sh\\nexec python /server.py\\n' >/usr/local/bin/mlflow && chmod 755 /usr/local/bin/mlflow
"""
KEYS = dict.fromkeys(("OPENAI_API_KEY", "ORDERS_TOKEN", "ASK_SECRET"), "sk-secret")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The stored Compose files of a workflow beside a small image."""
    image = unique("agentc-test-mlflow")
    for folder, dockerfile, port in (("project", AGENT, 8000), ("mlflow", SHARED, 5000)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Dockerfile").write_text(dockerfile, "utf-8")
        program = SERVER.replace("PORT", str(port))
        (tmp_path / folder / "server.py").write_text(program, "utf-8")
    for name in ("compose.yaml", "compose.mlflow.yaml"):
        stored = ROOT / "golden" / "deploy" / "server" / "expected" / name
        shutil.copy(stored, tmp_path / "project" / name)
    docker("build", "--tag", image, str(tmp_path / "mlflow"))
    monkeypatch.setenv("MLFLOW_IMAGE", image)
    monkeypatch.setenv("MLFLOW_PORT", "127.0.0.1:0")
    with only_mlflow():
        yield tmp_path / "project"
    docker("image", "rm", image)


def test_agents_share_one_mlflow_and_leave_nothing(project: Path) -> None:
    names = [unique("agentc-test") for _ in range(2)]
    try:
        scenario(project, *names)
    finally:
        for name in names:
            docker("compose", "--project-name", name, "down", "--volumes", check=False)
            docker("image", "rm", f"agentc/{name}:1", check=False)


def scenario(project: Path, one: str, two: str) -> None:
    with pytest.raises(DeployError) as failure:
        deploy(project, one, {"BROKEN": "1"})
    assert failure.value.message == "the container ended at its start with exit code 1"
    assert failure.value.log == "a bad start"
    assert everything(one) == set(), "what could not start left something"

    url = deploy(project, one, {"EXTRA": "from the env file"})
    shared = created(f"{MLFLOW}-mlflow-1")
    deploy(project, two, {})
    assert created(f"{MLFLOW}-mlflow-1") == shared, "the second agent restarted what both share"
    reach = "import urllib.request as r; print(r.urlopen('http://mlflow:5000/health').status)"
    for name in (one, two):
        done = docker("exec", f"{name}-agent-1", "python", "-c", reach)
        assert done.stdout == "200\n"

    rows = json.loads(agentc("deploy", "status", "--json", cwd=project).stdout)
    found = {row["name"]: (row["target"], row["health"], row["url"]) for row in rows}
    assert found[one] == ("compose", "healthy", url)
    assert found[two][:2] == found[MLFLOW][:2] == ("compose", "healthy")
    assert "'serve'" in agentc("deploy", "logs", one, cwd=project).stdout
    [agent] = json.loads(docker("inspect", f"{one}-agent-1").stdout)
    assert agent["HostConfig"]["ReadonlyRootfs"] is True
    assert agent["HostConfig"]["CapDrop"] == ["ALL"]
    assert "sk-secret" not in json.dumps([agent["Config"]["Labels"], agent["Args"]])
    assert "EXTRA=from the env file" in agent["Config"]["Env"]

    before, old = everything(two), created(f"{two}-agent-1")
    with pytest.raises(DeployError):
        deploy(project, two, {"BROKEN": "1"})
    assert (everything(two), created(f"{two}-agent-1")) == (before, old)

    for name in (one, two, MLFLOW):
        done = agentc("deploy", "stop", name, "--volumes", cwd=project)
        assert done.returncode == 0, done.stderr
    assert everything(one) | everything(two) == set()


def deploy(project: Path, name: str, extra: Mapping[str, str]) -> str:
    values = {**KEYS, "AGENTC_API_KEY": "key", **extra}
    image = f"agentc/{name}:1"
    order = Order(name, "order_desk", project, image, Port("127.0.0.1", 0), values)
    with undone_unless_finished() as undo:
        return deploy_composition(Docker(values), order, list(extra), undo)


def everything(name: str) -> set[str]:
    """All that Docker has of a deployment and of the shared MLflow."""
    asked = (
        ("ps", "--all", "--format", "container {{.Names}}"),
        ("volume", "ls", "--format", "volume {{.Name}}"),
        ("network", "ls", "--format", "network {{.Name}}"),
        ("images", "--format", "image {{.Repository}}"),
    )
    found = {line for each in asked for line in docker(*each).stdout.splitlines()}
    return {line for line in found if name in line or line.split()[1].startswith(f"{MLFLOW}")}


def created(container: str) -> str:
    return docker("inspect", "--format", "{{.Created}}", container).stdout
