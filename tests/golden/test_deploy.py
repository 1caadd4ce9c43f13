"""The cases of `golden/deploy`: a workflow, and the files that run it under Compose and on Kubernetes.

They are held to the official schemas of Kubernetes' API, to kustomize, and to Compose itself.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping

import kubernetes_validate  # type: ignore[import-untyped]  # it has no types
import pytest
import yaml

from compiler import api
from compiler.diagnostics.diagnostic import Severity
from compiler.diagnostics.render import render_text
from tests.support.project import ROOT, clean_environment

FOLDER = ROOT / "golden" / "deploy"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
JOB_INPUTS: Mapping[str, Mapping[str, object]] = {"once": {"text": 'A long "text" about ${HOME}'}}
"""What the single run of a case is given; the other cases run as their triggers say."""
VERSIONS = ("1.27", "1.31", "1.37")
"""Of Kubernetes: the first is the oldest that knows all of what is generated."""
Objects = list[dict[str, object]]


def generate(case: str) -> dict[str, str]:
    source = FOLDER / case / "workflow.yaml"
    analysis = api.check_bytes("workflow.yaml", source.read_bytes(), source.parent)
    found = [each for each in analysis.diagnostics if each.severity is not Severity.NOTE]
    assert not found, render_text(found)
    options = api.kubernetes_options(
        "my-agent", "registry.example.org/me/agent:1.2", JOB_INPUTS.get(case)
    )
    built = api.build(analysis, with_server=True, kubernetes=options)
    return {
        path: file.text
        for path, file in built.files.items()
        if path.startswith(("compose", "deploy/"))
    }


def stored(case: str) -> dict[str, str]:
    root = FOLDER / case / "expected"
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("case", CASES)
def test_files_are_the_stored_ones(case: str, pytestconfig: pytest.Config) -> None:
    found = generate(case)
    if pytestconfig.getoption("--update-golden"):
        root = FOLDER / case / "expected"
        shutil.rmtree(root, ignore_errors=True)
        for path, text in found.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8", newline="\n")
    assert found == stored(case)


def base(case: str) -> Iterator[dict[str, object]]:
    """Yield the objects of the base."""
    for path, text in stored(case).items():
        if "/base/" in path and not path.endswith("kustomization.yaml"):
            yield from (each for each in yaml.safe_load_all(text) if each is not None)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES)
def test_objects_fit_the_schemas_of_kubernetes(case: str, version: str) -> None:
    for each in base(case):
        kubernetes_validate.validate(each, version, strict=True)


def test_the_schemas_refuse_a_misspelt_key() -> None:
    [server] = [each for each in base("server") if each["kind"] == "Deployment"]
    server["spec"]["replica"] = 1  # type: ignore[index]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(server, VERSIONS[-1], strict=True)


@pytest.mark.parametrize("overlay", ["dev", "prod"])
@pytest.mark.parametrize("case", CASES)
def test_kustomize_builds_the_overlays(case: str, overlay: str) -> None:
    folder = FOLDER / case / "expected" / "deploy" / "kubernetes" / "overlays" / overlay
    done = run("kubectl", "kustomize", str(folder))
    objects: Objects = [each for each in yaml.safe_load_all(done) if each is not None]
    for each in objects:
        kubernetes_validate.validate(each, VERSIONS[-1], strict=True)
    assert len(objects) == len(list(base(case))) + 1, "the namespace of the overlay is added"
    spaces = {each["metadata"].get("namespace") for each in objects if each["kind"] != "Namespace"}  # type: ignore[attr-defined]
    assert spaces == {f"my-agent-{overlay}"}


def pods(case: str) -> Iterator[dict[str, object]]:
    """Yield the templates of all pods."""
    for each in base(case):
        spec = each.get("spec")
        assert spec is None or isinstance(spec, dict)
        if each["kind"] in ("Deployment", "Job"):
            yield spec["template"]  # type: ignore[index]
        if each["kind"] == "CronJob":
            yield spec["jobTemplate"]["spec"]["template"]  # type: ignore[index]


@pytest.mark.parametrize("case", CASES)
def test_pods_may_do_nothing_they_need_not(case: str) -> None:
    """What the restricted profile of Kubernetes' pod security standards asks for, and a read-only root."""
    found = list(pods(case))
    assert found
    for pod in found:
        spec: dict[str, object] = pod["spec"]  # type: ignore[assignment]
        assert spec["automountServiceAccountToken"] is False
        security: dict[str, object] = spec["securityContext"]  # type: ignore[assignment]
        assert security["runAsNonRoot"] is True
        assert security["runAsUser"] == 10001
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:  # type: ignore[attr-defined]
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]
            for variable in container["env"]:
                assert variable["name"] == "HOME" or "secretKeyRef" in variable["valueFrom"]


@pytest.mark.parametrize("case", CASES)
def test_selectors_find_their_pods(case: str) -> None:
    labels: list[dict[str, str]] = [pod["metadata"]["labels"] for pod in pods(case)]  # type: ignore[index]
    kinds = {str(each["kind"]) for each in base(case)}
    assert "Secret" not in kinds, "values of keys stand in no file"
    for each in base(case):
        spec = each.get("spec", {})
        assert isinstance(spec, dict)
        selector = spec.get("podSelector") or spec.get("selector")
        if selector is not None:
            wanted = selector.get("matchLabels", selector).items()
            assert any(wanted <= found.items() for found in labels), each["kind"]


def test_only_workers_are_scaled() -> None:
    """A server keeps its runs in a file: a second one beside it would not know them."""
    for case in CASES:
        for each in base(case):
            if each["kind"] == "Deployment" and "PersistentVolumeClaim" in str(stored(case)):
                spec: dict[str, object] = each["spec"]  # type: ignore[assignment]
                if "serve" in str(spec):
                    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    scalers = [each for case in CASES for each in base(case) if "Autoscaler" in str(each["kind"])]
    [target] = [each["spec"]["scaleTargetRef"]["name"] for each in scalers]  # type: ignore[index]
    assert target == "my-agent-workers"


@pytest.mark.docker
@pytest.mark.parametrize("case", CASES)
def test_compose_takes_its_files(case: str) -> None:
    for path in stored(case):
        if path.startswith("compose"):
            text = run(
                *("docker", "compose", "--file", str(FOLDER / case / "expected" / path)),
                *("config", "--no-interpolate", "--format", "json"),
            )
            assert '"services"' in text


@pytest.mark.docker
def test_compose_asks_for_the_password_of_the_database() -> None:
    file = FOLDER / "workers" / "expected" / "compose.yaml"
    line = ["docker", "compose", "--file", str(file), "config"]
    done = subprocess.run(
        line, env=clean_environment({}), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "POSTGRES_PASSWORD" in done.stderr
    given = run(*line, POSTGRES_PASSWORD="abc", OPENAI_API_KEY="k")
    agent = yaml.safe_load(given)["services"]["agent"]
    assert agent["environment"]["DATABASE_URL"] == "postgresql://agentc:abc@postgres:5432/agentc"
    assert agent["depends_on"]["postgres"]["condition"] == "service_healthy"


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, env=clean_environment(environment), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
