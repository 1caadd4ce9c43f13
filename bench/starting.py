"""From the start of a process to the first request on the wire, to the help text, and the memory before that."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.measure import ROOT, Sample, Samples, compare, environment, execute
from bench.report import Section, ratio, verdict


class Wire:
    """A port that notes when the first bytes arrive, and never answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._arrived = threading.Event()
        self._at = 0.0
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.recv(1)
            self._at = time.perf_counter()
            self._arrived.set()

    def wait(self, seconds: float) -> float:
        """Return when the first bytes came."""
        if not self._arrived.wait(seconds):
            raise RuntimeError("no request came")
        return self._at


def section(folder: Path, project: Path, python: str, *, quick: bool) -> Section:
    """Measure the start of a generated package and of the hand-written program, in turn."""
    repeats = 2 if quick else 6
    ours = [python, "-m", "starting", "run", "-i", "topic=tea"]
    theirs = [python, "-m", "bench.handwritten.article", "tea"]
    first: dict[str, list[Sample]] = {"generated": [], "by hand": []}
    for number in range(repeats + 1):
        for name, command, path in (("generated", ours, project), ("by hand", theirs, ROOT)):
            taken = _first_request(command, path, folder)
            if number:  # the first one fills caches
                first[name].append(taken)
    generated, by_hand = (Samples(tuple(first[name])) for name in ("generated", "by hand"))
    help = compare(
        {
            "help": lambda: execute([python, "-m", "starting", "--help"], env=_path(project))[0],
            "bare": lambda: execute([python, "-c", "import argparse"], env=_path(project))[0],
            "typed": lambda: execute([python, "-c", TYPED], env=_path(project))[0],
        },
        repeats * 2,
    )
    rest, rest_by_hand = _at_rest(python, "starting", project), _at_rest(python, THEIRS, ROOT)
    rows = (
        (
            "start to first request, s wall (median)",
            f"{generated.wall:.2f}",
            f"{by_hand.wall:.2f}",
            ratio(generated.wall, by_hand.wall),
            f"≤ 0.6x: {verdict(generated.wall <= 0.6 * by_hand.wall)}",
        ),
        (
            "start to first request, s CPU (least)",
            f"{generated.cpu:.2f}",
            f"{by_hand.cpu:.2f}",
            ratio(generated.cpu, by_hand.cpu),
            f"≤ 0.6x: {verdict(generated.cpu <= 0.6 * by_hand.cpu)}",
        ),
        (
            "`--help` / `python -c 'import argparse'`, s CPU",
            f"{help['help'].cpu:.3f}",
            f"{help['bare'].cpu:.3f}",
            ratio(help["help"].cpu, help["bare"].cpu),
            f"≤ 1.5x: {verdict(help['help'].cpu <= 1.5 * help['bare'].cpu)}",
        ),
        (
            f"`--help` / `python -c '{TYPED}'`, s CPU",
            f"{help['help'].cpu:.3f}",
            f"{help['typed'].cpu:.3f}",
            ratio(help["help"].cpu, help["typed"].cpu),
            "",
        ),
        (
            "memory at rest (imported), MB",
            f"{rest:.0f}",
            f"{rest_by_hand:.0f}",
            ratio(rest, rest_by_hand),
            f"≤ 1.0x: {verdict(rest <= rest_by_hand)}",
        ),
    )
    return Section(
        "Start and memory",
        "A workflow of three calls; the hand-written program imports langgraph, litellm and mlflow at its top. Warm "
        "caches and bytecode.",
        ("measure", "generated", "by hand", "ratio", "target"),
        rows,
        (
            (
                "The help text tells a workflow's inputs with their types. The standard modules that typed code needs "
                "(dataclasses bring inspect and re) take more than twice as long as argparse alone, which is the limit "
                "for `--help` as long as it comes from the package's own code; nothing of LangGraph, LiteLLM, MLflow, "
                "asyncio, YAML or pydantic is imported for it."
            ),
        ),
    )


TYPED = "import argparse, dataclasses, json, logging, pathlib, typing, typing_extensions"
THEIRS = "bench.handwritten.article"


def _path(project: Path) -> Mapping[str, str]:
    return {"PYTHONPATH": str(project)}


def _first_request(command: Sequence[str], path: Path, folder: Path) -> Sample:
    wire = Wire()
    env = environment(
        {
            "PYTHONPATH": str(path),
            "OPENAI_BASE_URL": wire.url,
            "OPENAI_API_BASE": wire.url,
            "OPENAI_API_KEY": "none",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'start.db'}",
        }
    )
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wall = wire.wait(180) - begun
        return Sample(_cpu(process.pid), wall)
    finally:
        process.kill()
        process.wait()


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process that runs (`man 5 proc`: fields 14 and 15 of `stat`)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _at_rest(python: str, module: str, path: Path) -> float:
    code = (
        f"import {module}, resource; from pathlib import Path; "
        "print(int(Path('/proc/self/statm').read_text().split()[1]) * resource.getpagesize() / 2**20)"
    )
    return float(execute([python, "-c", code], env={"PYTHONPATH": str(path)})[1])
