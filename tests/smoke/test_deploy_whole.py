"""`agentc deploy --target compose`, all of it: the image of a workflow, with real servers of PostgreSQL, Redis and MLflow.

Their images are stand-ins with the same programs, since none can be pulled where the tests run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from compiler.deploy.compose import MLFLOW
from tests.smoke.deploy_site import SECRET, Site, ask, ask_when_up, unique
from tests.support import stand_ins
from tests.support.docker import run as docker
from tests.support.fake_llm import FakeLLM, Step

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.smoke]

CLERKS = """\
flow: {name: teller}
config:
  llm: {provider: openai, model: gpt-4.1-mini}
  execution: {checkpoint: postgres, engine: dbos}
  storage: {backend: "${env:DATABASE_URL}"}
state:
  topic: {type: str, required: true}
  text: str
nodes:
  - {id: write, prompt: "ABOUT {topic}", outputs: [text]}
edges:
  - START -> write -> END
"""
REMEMBERING = """\
flow: {name: teller}
config:
  llm: {provider: openai, model: gpt-4.1-mini}
  execution: {checkpoint: redis}
  storage: {backend: "${env:REDIS_URL}"}
  observability: {mlflow: {enabled: false}}
memory: {enabled: true, default_scope: workflow}
state:
  message: {type: str, required: true}
  reply: str
nodes:
  - {id: talk, prompt: "{message}", outputs: [reply]}
edges:
  - START -> talk -> END
"""
PATIENCE = 90.0


@pytest.fixture
def fake() -> Iterator[FakeLLM]:
    with FakeLLM("0.0.0.0") as server:
        yield server


@pytest.fixture
def composed(tmp_path: Path, fake: FakeLLM) -> Iterator[Callable[..., Site]]:
    """Make a workflow that is deployed by its test; whatever is left of it goes."""
    made: list[Site] = []

    def make(flow: str, **variables: str) -> Site:
        made.append(Site(tmp_path, fake, unique("agentc-test"), variables, flow))
        return made[-1]

    yield make
    for site in made:
        docker("compose", "--project-name", site.name, "down", "--volumes", check=False)
        site.remove()


@pytest.fixture
def mlflow() -> Iterator[dict[str, str]]:
    """Variables for the MLflow that deploys start; it goes with the test."""
    with stand_ins.only_mlflow():
        yield {"MLFLOW_IMAGE": stand_ins.mlflow_image(), "MLFLOW_PORT": "127.0.0.1:0"}


def test_postgresql_workers_and_traces(
    composed: Callable[..., Site], mlflow: dict[str, str], fake: FakeLLM
) -> None:
    # What traces of runs on this machine go to, or that they do not, is not for containers.
    here = {"MLFLOW_TRACKING_URI": "http://localhost:5000", "OTEL_SDK_DISABLED": "true"}
    site = composed(CLERKS, POSTGRES_IMAGE=stand_ins.servers_image(), **mlflow, **here)
    fake.always(Step(text="done"))
    url = deployed(site)
    code, run = ask(f"{url}/runs?wait=60", site.key(), {"inputs": {"topic": "tea"}})
    assert (code, run["status"]) == (200, "finished"), run
    assert run["state"] == {"topic": "tea", "text": "done"}

    mine = traces_of(site, 1)[0]
    assert mine["state"] == "OK"
    assert "tea" in str(mine["request_preview"])

    agent = f"{site.name}-agent-1"
    assert queue(site, agent)["finished"] == 1, "a worker did it"
    package = ("python", "-m", site.package)
    assert len(queue(site, agent)["workers"]) == 2
    line = (*package, "submit", "-i", "topic=rain", "--id", "one", "--wait", "--json")
    submitted = docker("exec", agent, *line).stdout
    assert json.loads(submitted)["text"] == "done"
    assert len(traces_of(site, 2)) == 2, "that of a worker arrives too"

    for service in ("postgres", "agent"):
        docker("restart", "--time", "40", f"{site.name}-{service}-1")
    url = address(site)
    assert ask_when_up(f"{url}/runs/{run['id']}", site.key())["state"] == run["state"]
    assert json.loads(docker("exec", agent, *line).stdout)["text"] == "done"
    assert len(fake.requests) == 2, "a run that is done is not done again"

    assert status(site) == ("compose", "healthy", url)
    logs = site.agentc("deploy", "logs", "flow.yaml").stdout
    assert "GET /health" in logs
    assert "worker-2" in logs
    stopped_and_back(site)
    code, found = ask(f"{address(site)}/runs/{run['id']}", site.key())
    assert (code, found["state"]) == (200, run["state"])
    assert SECRET not in docker("compose", "--project-name", site.name, "logs").stdout
    gone(site)


def test_memory_in_redis(composed: Callable[..., Site], fake: FakeLLM) -> None:
    site = composed(REMEMBERING, REDIS_IMAGE=stand_ins.servers_image())
    fake.always(Step(text="Hello Ann"))
    say(deployed(site), site, "I am Ann")
    say(address(site), site, "Who am I?")
    assert "I am Ann" in fake.requests[-1].prompt
    redis = f"{site.name}-redis-1"
    assert password(site) not in docker("top", redis).stdout
    docker("kill", redis)
    assert status(site)[1] == "unhealthy", "what it needs is away"
    docker("start", redis)
    healthy(redis)
    say(address(site), site, "And now?")
    assert "Who am I?" in fake.requests[-1].prompt
    stopped_and_back(site)
    say(address(site), site, "Still?")
    assert "And now?" in fake.requests[-1].prompt
    gone(site)


def deployed(site: Site) -> str:
    done = site.deploy("--target", "compose", "--port", "0")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def stopped_and_back(site: Site) -> None:
    """Stop it, change it and deploy it again: a database knows its password from its first start on."""
    stopped = site.agentc("deploy", "stop", site.name)
    assert stopped.returncode == 0, stopped.stderr
    assert not [each for each in site.everything() if each.startswith("container")]
    flow = site.folder / "flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("-mini", "-nano"), "utf-8")
    deployed(site)
    assert "image 1" not in site.everything(), "the image of before stays"


def gone(site: Site) -> None:
    done = site.agentc("deploy", "stop", site.name, "--volumes")
    assert done.returncode == 0, done.stderr
    assert site.everything() == set()


def address(site: Site) -> str:
    """Where the site is now: a port that Docker chose changes when a container starts again."""
    return f"http://{docker('port', f'{site.name}-agent-1', '8000').stdout.splitlines()[0]}"


def status(site: Site) -> tuple[str, str, str]:
    """What `agentc deploy status` says of target, health and address."""
    [row] = json.loads(site.agentc("deploy", "status", site.name, "--json").stdout)
    return row["target"], row["health"], row["url"]


def say(url: str, site: Site, message: str) -> None:
    code, run = ask(f"{url}/runs?wait=60", site.key(), {"inputs": {"message": message}})
    assert (code, run["status"]) == (200, "finished"), run


def queue(site: Site, container: str) -> dict[str, Any]:
    """What the queue says that a container asks."""
    command = ("python", "-m", site.package, "queue", "--json")
    found: dict[str, Any] = json.loads(docker("exec", container, *command).stdout)
    return found


def password(site: Site) -> str:
    text = (site.folder / "data" / "deploy" / f"{site.name}.env").read_text("utf-8")
    return dict(line.split("=", 1) for line in text.splitlines())["REDIS_PASSWORD"]


def healthy(container: str) -> None:
    end = time.monotonic() + PATIENCE
    while (
        docker("inspect", "--format", "{{.State.Health.Status}}", container).stdout != "healthy\n"
    ):
        assert time.monotonic() < end, f"{container} is not healthy"
        time.sleep(0.3)


def traces_of(site: Site, count: int) -> list[dict[str, object]]:
    """What the MLflow beside it has of its runs, asked over its REST interface; waits for so many."""
    port = docker("port", f"{MLFLOW}-mlflow-1", "5000").stdout.splitlines()[0]
    name = quote(site.package)
    end = time.monotonic() + PATIENCE
    found: list[dict[str, object]] = []
    while len(found) < count:
        assert time.monotonic() < end, f"{len(found)} of {count} traces arrived"
        time.sleep(0.5)
        path = f"api/2.0/mlflow/experiments/get-by-name?experiment_name={name}"
        code, answer = ask(f"http://{port}/{path}", None)
        if code != 200:
            continue
        experiment = answer["experiment"]["experiment_id"]  # type: ignore[index]
        place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
        body = {"locations": [place], "max_results": 100}
        _, answer = ask(f"http://{port}/api/3.0/mlflow/traces/search", None, body)
        found = answer.get("traces", [])  # type: ignore[assignment]
    return found
