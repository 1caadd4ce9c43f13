"""From the start of a process to the first request on the wire, to the help text, and the memory before that."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bench.measure import ROOT, Sample, Samples, compare, environment, execute
from bench.report import Section, ratio, verdict

THEIRS = "bench.handwritten.article"


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
    theirs = [python, "-m", THEIRS, "tea"]
    first: dict[str, list[Sample]] = {"generated": [], "by hand": []}
    for number in range(repeats + 1):
        for name, command, path in (("generated", ours, project), ("by hand", theirs, ROOT)):
            taken = _first_request(command, path, folder)
            if number:  # the first one fills caches
                first[name].append(taken)
    generated, by_hand = (Samples(tuple(first[name])) for name in ("generated", "by hand"))
    help = _help(python, project, 5 if quick else 30)
    rest, rest_by_hand = (
        _at_rest(python, f"from {module} import ainvoke", path)
        for module, path in (("starting", project), (THEIRS, ROOT))
    )
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
            "`--help` / the same text from argparse by hand, s CPU",
            f"{help['help'].cpu:.3f}",
            f"{help['by hand'].cpu:.3f}",
            ratio(help["help"].cpu, help["by hand"].cpu),
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
                "`python -c 'import argparse'` neither runs a module nor prints a text. A program of one file that does, "
                "with argparse alone, is the limit: `python -m` imports `importlib.util`, argparse `shutil` for the width "
                "of the terminal and `locale` for translations. What is above that row is the package's own."
            ),
        ),
    )


def _help(python: str, project: Path, repeats: int) -> dict[str, Samples]:
    """Measure the help text of the generated package, and what stands beside it in the table."""
    programs = {
        "help": ([python, "-m", "starting", "--help"], project),
        "by hand": ([python, "-m", "bench.handwritten.bare_help", "--help"], ROOT),
        "bare": ([python, "-c", "import argparse"], ROOT),
    }

    def run(name: str) -> tuple[Sample, str]:
        command, path = programs[name]
        return execute(command, env={"PYTHONPATH": str(path)})

    if run("help")[1] != run("by hand")[1]:
        raise RuntimeError("the program by hand prints another help text")
    return compare({name: lambda name=name: run(name)[0] for name in programs}, repeats)


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


def _at_rest(python: str, load: str, path: Path) -> float:
    """Return the memory in MB after the statement `load`."""
    code = (
        f"{load}; import resource; from pathlib import Path; "
        "print(int(Path('/proc/self/statm').read_text().split()[1]) * resource.getpagesize() / 2**20)"
    )
    return float(execute([python, "-c", code], env={"PYTHONPATH": str(path)})[1])
