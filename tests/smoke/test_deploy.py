"""`agentc deploy --target docker` with a real engine: what runs, what fails, and what is left."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.deploy.container import wait_until_healthy
from compiler.deploy.docker import Docker
from compiler.deploy.image import build_image
from compiler.deploy.order import STOP_SECONDS, Order
from compiler.deploy.problem import DeployError
from compiler.deploy.undo import undone_unless_finished
from tests.smoke.deploy_site import SECRET, Site, ask, ask_when_up, unique
from tests.support.docker import command as docker_command
from tests.support.docker import run as docker
from tests.support.fake_llm import FakeLLM, Step

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.smoke]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A workflow that is deployed by the first test that asks for `url`."""
    with FakeLLM("0.0.0.0") as fake:
        found = Site(tmp_path_factory.mktemp("site"), fake, unique("agentc-test"))
        yield found
        found.remove()


@pytest.fixture(scope="module")
def url(site: Site) -> str:
    done = site.deploy("--port", "0")
    assert done.returncode == 0, done.stderr
    assert "curl" in done.stderr
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def answers(site: Site) -> None:
    site.fake.reset()
    site.fake.always(Step(text="one"), match="FIRST")
    site.fake.always(Step(text="two"), match="SECOND")


def test_a_deployed_workflow_runs_over_http(site: Site, url: str) -> None:
    assert ask(f"{url}/runs", None, {"inputs": {"topic": "tea"}})[0] == 401
    code, run = ask(f"{url}/runs?wait=60", site.key(), {"inputs": {"topic": "tea"}})
    assert (code, run["status"]) == (200, "finished")
    assert run["state"] == {"topic": "tea", "first": "one", "second": "two"}
    assert len(site.fake.requests) == 2


def test_the_container_may_do_nothing_it_need_not(site: Site, url: str) -> None:
    [found] = json.loads(docker("inspect", site.name).stdout)
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert [binding["HostIp"] for binding in host["PortBindings"]["8000/tcp"]] == ["127.0.0.1"]
    assert found["Config"]["User"] not in ("", "0", "root")
    assert [mount["Name"] for mount in found["Mounts"]] == [f"{site.name}-state"]


def test_keys_stand_in_no_label_image_or_file_of_the_project(site: Site, url: str) -> None:
    [found] = json.loads(docker("inspect", site.name).stdout)
    image = found["Config"]["Image"]
    seen = (
        json.dumps([found["Config"]["Labels"], found["Args"]])
        + docker("history", "--no-trunc", image).stdout
    )
    seen += docker("image", "inspect", image).stdout
    for path in (site.folder / "cache").rglob("*"):
        seen += path.read_text("utf-8", errors="replace") if path.is_file() else ""
    assert SECRET not in seen
    assert site.key() not in seen
    kept = site.folder / "data" / "deploy" / f"{site.name}.env"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_status_and_logs_find_it_by_name_and_by_file(site: Site, url: str) -> None:
    done = site.agentc("deploy", "status", site.name, "--json")
    [row] = json.loads(done.stdout)
    assert (row["status"], row["health"], row["url"]) == ("running", "healthy", url)
    assert (row["target"], row["package"]) == ("docker", site.package)
    assert site.name in site.agentc("deploy", "status").stdout
    assert "GET /health" in _both(site.agentc("deploy", "logs", "flow.yaml", "--tail", "50"))
    unknown = site.agentc("deploy", "status", f"{site.name}x")
    assert unknown.returncode == 2
    assert f"`{site.name}`" in unknown.stderr


def test_docker_stop_lets_a_run_end(site: Site, url: str) -> None:
    site.fake.reset()
    site.fake.always(Step(text="one"), match="FIRST")
    site.fake.always(Step(text="slow", delay=3), match="SECOND")
    run = start_and_wait_for_second(site, url)
    docker("stop", site.name)
    docker("start", site.name)
    found = ask_when_up(f"{_url(site)}/runs/{run}", site.key())
    assert found["status"] == "finished", found
    assert len(site.fake.requests) == 2


@pytest.mark.parametrize(("seconds", "code"), [(1, 137), (STOP_SECONDS, 0)])
def test_a_run_that_is_cut_off_goes_on_where_it_stood(
    site: Site, url: str, seconds: int, code: int
) -> None:
    """SIGTERM, and SIGKILL a second later; or enough time to end: the run is saved, as it takes too long."""
    site.fake.reset()
    site.fake.always(Step(text="one"), match="FIRST")
    site.fake.script(Step(text="never", delay=60), match="SECOND")
    run = start_and_wait_for_second(site, _url(site))
    docker("stop", "--time", str(seconds), site.name)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", site.name).stdout == f"{code}\n"
    site.fake.always(Step(text="again"), match="SECOND")
    docker("start", site.name)
    ask_when_up(f"{_url(site)}/health", site.key())
    answer, found = ask(f"{_url(site)}/runs/{run}?wait=60", site.key())
    assert (answer, found["status"]) == (200, "finished"), found
    assert found["state"] == {"topic": "tea", "first": "one", "second": "again"}
    assert sum("FIRST" in request.prompt for request in site.fake.requests) == 1


def test_what_cannot_start_leaves_the_old_one_running(site: Site, url: str) -> None:
    before, container = site.everything(), _id(site)
    (site.folder / "bad.env").write_text("PYTHONHOME=/nowhere\n", "utf-8")
    done = site.deploy("--env-file", "bad.env")
    assert done.returncode == 1
    assert "the container ended at its start with exit code" in done.stderr
    assert "/nowhere" in done.stderr, "its last words are shown"
    assert (site.everything(), _id(site)) == (before, container)
    assert ask(f"{_url(site)}/health", None)[0] == 200


def test_a_redeploy_keeps_port_and_runs(site: Site, url: str) -> None:
    _, run = ask(f"{_url(site)}/runs?wait=60", site.key(), {"inputs": {"topic": "tea"}})
    before, container, address = site.everything(), _id(site), _url(site)
    (site.folder / "more.env").write_text('TZ="Europe/Paris"\n# a comment\n', "utf-8")
    done = site.deploy("--env-file", "more.env")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == address
    assert _id(site) != container
    assert site.everything() == before
    assert ask(f"{address}/runs/{run['id']}", site.key())[1]["state"] == run["state"]


def test_ctrl_c_leaves_nothing(site: Site, url: str) -> None:
    name = unique("agentc-test")
    other = Site(site.folder, site.fake, name)
    before = other.everything()
    process = other.start_deploy("--port", "0")
    end = time.monotonic() + 240
    while not docker("ps", "--quiet", "--filter", f"name={name}-new").stdout:
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert other.everything() == before


def test_a_taken_port_is_named_with_who_has_it(site: Site, url: str) -> None:
    other = Site(site.folder, site.fake, unique("agentc-test"))
    before = other.everything()
    number = int(_url(site).rpartition(":")[2])
    done = other.deploy("--port", str(number))
    assert done.returncode == 1
    assert f"port {number} is taken: the container `{site.name}` has it" in done.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        done = other.deploy("--port", str(number))
    assert f"port {number} is taken: another program has it" in done.stderr
    assert f"--port {number + 1}" in done.stderr
    assert other.everything() == before


def test_a_stopped_deployment_comes_back_and_an_ended_one_leaves_nothing(
    site: Site, url: str
) -> None:
    site.agentc("deploy", "stop", site.name)
    assert f"container {site.name}" not in site.everything()
    assert f"volume {site.name}-state" in site.everything()
    assert site.deploy("--port", "0").returncode == 0
    done = site.agentc("deploy", "stop", site.name, "--volumes")
    assert done.returncode == 0, done.stderr
    assert site.everything() == set()


def test_a_build_that_fails_shows_its_last_lines(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.11-slim\nRUN echo too bad && false\n")
    name = unique("agentc-test")
    order = Order(name, "x", tmp_path, f"agentc/{name}:1", None, {})
    with pytest.raises(DeployError) as failure, undone_unless_finished() as undo:
        build_image(Docker(), order, undo)
    assert failure.value.message == "the image cannot be built"
    assert "too bad" in failure.value.log
    assert docker("images", "--quiet", f"agentc/{name}").stdout == ""


def test_a_container_that_never_answers_is_given_up() -> None:
    name = unique("agentc-test")
    program = "print('thinking', flush=True); import time; time.sleep(60)"
    docker("run", "--detach", "--name", name, "python:3.11-slim", "python", "-c", program)
    try:
        with pytest.raises(DeployError) as failure:
            wait_until_healthy(Docker(), name, seconds=2)
    finally:
        docker("rm", "--force", name)
    assert failure.value.message == "the container is not healthy after 2 s"
    assert failure.value.log == "thinking"


def test_a_user_without_rights_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real engine refuses whoever may not open its socket: here `docker` runs as such a user."""
    wrapper = tmp_path / "docker"
    line = f'exec setpriv --reuid=65534 --regid=65534 --clear-groups {docker_command()} "$@"'
    wrapper.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(DeployError) as refused:
        Docker().check()
    assert refused.value.message == "this user may not use the Docker engine"
    assert "`docker`" in str(refused.value.help)


def start_and_wait_for_second(site: Site, url: str) -> str:
    """Start a run and wait until its second model call is under way; return its id."""
    code, run = ask(f"{url}/runs", site.key(), {"inputs": {"topic": "tea"}})
    assert code == 202
    end = time.monotonic() + 120
    while not any("SECOND" in request.prompt for request in site.fake.requests):
        assert time.monotonic() < end
        time.sleep(0.05)
    return str(run["id"])


def _url(site: Site) -> str:
    """Where the site is now: a port that Docker chose changes when a container starts again."""
    return f"http://{docker('port', site.name, '8000').stdout.splitlines()[0]}"


def _id(site: Site) -> str:
    return docker("inspect", "--format", "{{.Id}}", site.name).stdout.strip()


def _both(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr
