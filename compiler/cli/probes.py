"""Looks at the machine for `agentc doctor`; nothing here shows the value of a key."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from compiler import __version__
from compiler.record import dataclass

Status = Literal["ok", "missing", "unknown", "broken"]

_CORE: Final = ("black", "click", "jinja2", "pydantic", "pyyaml", "ruamel.yaml")
_RUN: Final = (
    "httpx",
    "langgraph",
    "langgraph-checkpoint-sqlite",
    "litellm",
    "RestrictedPython",
)
_MORE: Final = ("mlflow", "langgraph-checkpoint-postgres", "mcp", "dbos", "temporalio")
_KEYS: Final = (
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "MISTRAL_API_KEY",
    "GROQ_API_KEY",
    "DEEPSEEK_API_KEY",
    "OPENROUTER_API_KEY",
    "XAI_API_KEY",
    "COHERE_API_KEY",
    "SERPER_API_KEY",
    "TAVILY_API_KEY",
)
_SECONDS: Final = 2.0
_OLLAMA_PORT: Final = 11434
_POSTGRES_PORT: Final = 5432
_TEMPORAL_PORT: Final = 7233


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `broken` means that agentc itself cannot work."""

    group: str
    name: str
    status: Status
    detail: str = ""


def look_around(*, online: bool) -> list[Finding]:
    """Return what was found; only with `online` is anything connected to."""
    return [
        *_agentc(),
        *_libraries("run (pip install 'agentc[run]')", _RUN),
        *_libraries("more", _MORE),
        *_keys(),
        *_services(online=online),
    ]


def _agentc() -> Iterator[Finding]:
    version = platform.python_version()
    fits = sys.version_info >= (3, 11)
    yield Finding("agentc", "agentc", "ok", __version__)
    yield Finding("agentc", "python", "ok" if fits else "broken", f"{version}, needs 3.11 or later")
    yield Finding("agentc", "system", "ok", f"{platform.system()} {platform.machine()}")
    for finding in _libraries("agentc", _CORE):
        is_missing = finding.status == "missing"
        yield Finding("agentc", finding.name, "broken" if is_missing else "ok", finding.detail)


def _libraries(group: str, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        try:
            yield Finding(group, name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(group, name, "missing")


def _keys() -> Iterator[Finding]:
    for name in _KEYS:
        is_set = bool(os.environ.get(name, "").strip())
        yield Finding("keys", name, "ok" if is_set else "missing", "set" if is_set else "")


def _services(*, online: bool) -> Iterator[Finding]:
    docker = shutil.which("docker")
    if docker is None:
        yield Finding("services", "docker", "missing", "the command is not on PATH")
    else:
        yield _docker(docker) if online else _not_asked("docker", f"the command is {docker}")
    ollama = os.environ.get("OLLAMA_HOST") or f"http://localhost:{_OLLAMA_PORT}"
    yield _service("ollama", ollama, _OLLAMA_PORT, online=online)
    queue = os.environ.get("DBOS_SYSTEM_DATABASE_URL")
    if queue and not queue.startswith("sqlite"):
        yield _service("dbos", queue, _POSTGRES_PORT, online=online)
    temporal = os.environ.get("TEMPORAL_ADDRESS")
    if temporal:
        yield _service("temporal", temporal, _TEMPORAL_PORT, online=online)
    mlflow = os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db"
    if mlflow.startswith(("http://", "https://")):
        yield _service("mlflow", mlflow, 80, online=online)
    else:
        file = mlflow.removeprefix("sqlite:///").removeprefix("file:")
        state = "exists" if Path(file).exists() else "is made by the first traced run"
        yield Finding("services", "mlflow", "ok", f"local: `{_without_secrets(mlflow)}` {state}")


def _docker(command: str) -> Finding:
    line = [command, "version", "--format", "{{.Server.Version}}"]
    try:
        done = subprocess.run(
            line, capture_output=True, text=True, timeout=_SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return Finding("services", "docker", "missing", "the engine does not answer")
    if done.returncode:
        return Finding("services", "docker", "missing", "the engine does not answer")
    return Finding("services", "docker", "ok", f"engine {done.stdout.strip()}")


def _service(name: str, address: str, port: int, *, online: bool) -> Finding:
    """Look whether anything listens at an address, at `port` unless it has one; nothing is sent."""
    import socket

    shown = _without_secrets(address)
    if not online:
        return _not_asked(name, shown)
    parts = urlsplit(address if "//" in address else f"//{address}")
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, port)
        with socket.create_connection((parts.hostname or "localhost", port), timeout=_SECONDS):
            return Finding("services", name, "ok", f"{shown} answers")
    except (OSError, ValueError):
        return Finding("services", name, "missing", f"{shown} does not answer")


def _not_asked(name: str, detail: str) -> Finding:
    return Finding("services", name, "unknown", f"{detail}; --online asks it")


def _without_secrets(address: str) -> str:
    """Take a user's name and password out of an address."""
    start, separator, rest = address.partition("//")
    host, slash, path = rest.partition("/")
    path = path.partition("?")[0]
    return f"{start}{separator}{host.rpartition('@')[2]}{slash}{path}"
