"""Images of a generated project beside a naive one: size by layer, cold start, memory."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.report import Section, ratio, verdict
from bench.starting import Wire
from tests.support import docker
from tests.support.fake_llm.server import environment
from tests.support.project import ROOT, build_project

WORKFLOW = ROOT / "tests" / "docker" / "workflows" / "plain.yaml"
BASE = "python:3.11-slim"
NAIVE = f"""\
FROM {BASE}
ARG PIP_CERT
WORKDIR /app
COPY . .
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \\
    python -m venv /venv \\
    && /venv/bin/pip install --no-cache-dir -r docker/requirements.txt mlflow-tracing
ENV PATH=/venv/bin:$PATH LITELLM_LOCAL_MODEL_COST_MAP=True
ENTRYPOINT ["python", "-m", "image_plain"]
"""
"""What one writes first: everything installed, everything copied. Prices are local, as nothing else works offline."""
LIMITS = {"slim": (None, 85e6), "distroless": (110e6, 45e6)}
"""Bytes promised, unpacked and as gzip, for an agent with LangGraph, LiteLLM and traces for MLflow."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of an image: what it is, its bytes unpacked, and as gzip."""

    name: str
    unpacked: int
    packed: int


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a container: s to the first request on the wire, and MB of its process then."""

    seconds: float
    memory: float


def sections(folder: Path, *, quick: bool) -> Iterator[Section]:
    """Build the three images, measure them, and take them away."""
    project = build_project(WORKFLOW, folder / "project").folder
    naive = folder / "Dockerfile"
    naive.write_text(NAIVE, encoding="utf-8")
    options = {
        "naive": ("--file", str(naive)),
        "slim": ("--target", "slim"),
        "distroless": (),
    }
    images: dict[str, str] = {}
    base = _base()
    try:
        for name, option in options.items():
            images[name] = docker.build(project, f"agentc-bench/{name}", *option)
        if _base() != base:
            raise RuntimeError(f"somebody gave the name {BASE} to another image meanwhile")
        yield _sizes(images, base)
        yield _starts(images, base, repeats=2 if quick else 7)
    finally:
        for image in images.values():
            docker.run("image", "rm", "--force", image, check=False)


def _base() -> str:
    """What tells the image that all others stand on from one that has its name at another time."""
    form = "{{.Id}} {{.Size}}"
    digest, size = docker.run("image", "inspect", "--format", form, BASE).stdout.split()
    return f"`{digest.removeprefix('sha256:')[:12]}`, {_mb(int(size))} MB"


def _sizes(images: dict[str, str], base: str) -> Section:
    rows: list[tuple[str, ...]] = []
    totals: dict[str, tuple[int, int]] = {}
    for name, image in images.items():
        layers = _layers(image)
        totals[name] = (sum(each.unpacked for each in layers), sum(each.packed for each in layers))
        rows += [
            (name, f"`{each.name}`", _mb(each.unpacked), _mb(each.packed), "")
            for each in layers
            if each.unpacked >= 50_000
        ]
        rows.append(
            (f"**{name}**", "all", *(_mb(size) for size in totals[name]), _met(name, totals))
        )
    shrunk = ratio(totals["distroless"][1], totals["naive"][1])
    return Section(
        "Images: size by layer",
        "MB (10^6 bytes), unpacked and as gzip (level 6), which is about what a registry stores. Four nodes, models of four "
        "providers; naive is `pip install` of LangGraph, LiteLLM and mlflow-tracing and `COPY . .` on the same base image "
        f"(a stand-in made of Debian's packages where no registry is reached: {base}). Layers under 0.05 MB are left out.",
        ("image", "layer", "unpacked", "gzip", "target"),
        tuple(rows),
        (f"As gzip, distroless is {shrunk} of naive.",),
    )


def _met(name: str, totals: dict[str, tuple[int, int]]) -> str:
    if name not in LIMITS:
        return ""
    parts = [
        f"{what} ≤ {limit / 1e6:.0f}: {verdict(size <= limit)}"
        for what, limit, size in zip(("unpacked", "gzip"), LIMITS[name], totals[name], strict=True)
        if limit is not None
    ]
    return "; ".join(parts)


def _layers(image: str) -> list[Layer]:
    """The layers from the bottom up, named by the instruction that made each."""
    saved = subprocess.run([docker.command(), "save", image], capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(saved.stdout)) as archive:
        manifest = json.loads(_member(archive, "manifest.json"))[0]
        history = json.loads(_member(archive, manifest["Config"]))["history"]
        texts = [_member(archive, name) for name in manifest["Layers"]]
    names = [each.get("created_by", "") for each in history if not each.get("empty_layer")]
    return [
        Layer(_instruction(name), _unpacked(text), len(gzip.compress(text, 6)))
        for name, text in zip(names, texts, strict=True)
    ]


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    assert found is not None, name
    return found.read()


def _unpacked(layer: bytes) -> int:
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return sum(member.size for member in archive)


def _instruction(created_by: str) -> str:
    text = re.sub(
        r"^(RUN|COPY) |/bin/sh -c (#\(nop\) )?|# buildkit|\|\d+ \S*=\S* ", " ", created_by
    )
    return " ".join(text.split()).replace("|", "/")[:60] or "base image"


def _starts(images: dict[str, str], base: str, *, repeats: int) -> Section:
    starts: dict[str, list[Start]] = {name: [] for name in images}
    helps: dict[str, list[float]] = {name: [] for name in images}
    for number in range(repeats + 1):
        for name, image in images.items():  # in turn, so that a busy moment meets all of them alike
            started, helped = _start(image), _help(image)
            if number:  # the first one fills caches
                starts[name].append(started)
                helps[name].append(helped)
    naive_seconds = median(each.seconds for each in starts["naive"])
    naive_memory = median(each.memory for each in starts["naive"])
    rows: list[tuple[str, ...]] = []
    for name in images:
        seconds = median(each.seconds for each in starts[name])
        memory = median(each.memory for each in starts[name])
        rows.append(
            (
                name,
                f"{seconds:.2f}",
                ratio(seconds, naive_seconds),
                f"{min(each.seconds for each in starts[name]):.2f}",
                f"{memory:.0f}",
                ratio(memory, naive_memory),
                f"{median(helps[name]):.2f}",
            )
        )
    return Section(
        "Images: cold start and memory",
        f"The images of the table above, on the same base image ({base}). From `docker run` to the first model request on the "
        f"wire, median of {repeats} in turn, with a warm page cache; the "
        "peak memory (VmHWM) of the container's process at that moment; `docker run IMAGE --help` to its end.",
        (
            "image",
            "first request, s",
            "/ naive",
            "least, s",
            "memory, MB",
            "/ naive",
            "`--help`, s",
        ),
        tuple(rows),
    )


def _start(image: str) -> Start:
    wire = Wire()
    given = [f"--env={name}={value}" for name, value in environment(wire.url).items()]
    line = ["run", "--detach", "--network=host", *given, image, "run", "-i", "topic=tea"]
    begun = time.perf_counter()
    name = docker.run(*line).stdout.strip()
    try:
        seconds = wire.wait(300) - begun
        process = docker.run("inspect", "--format={{.State.Pid}}", name).stdout.strip()
        status = Path("/proc", process, "status").read_text(encoding="utf-8")
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert peak is not None, status
        return Start(seconds, int(peak[1]) / 1000)
    finally:
        docker.run("rm", "--force", name)


def _help(image: str) -> float:
    begun = time.perf_counter()
    docker.run("run", "--rm", image, "--help")
    return time.perf_counter() - begun


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f}"
