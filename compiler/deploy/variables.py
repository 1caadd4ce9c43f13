"""The environment of a deployment: what it must have, from where, and the keys that agentc makes itself."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from compiler.deploy.problem import DeployError
from compiler.deployment import is_own_machine

SERVER_KEY: Final = "AGENTC_API_KEY"
PASSED_ON: Final = (
    *("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"),
    *("MLFLOW_TRACKING_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"),
    *("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_RESOURCE_ATTRIBUTES"),
    *("OPENAI_API_BASE", "OPENAI_BASE_URL", "ANTHROPIC_API_BASE", "GEMINI_API_BASE"),
    *("OLLAMA_API_BASE", "TZ"),
)
"""What is passed on if it is set, without the workflow naming it."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEERING = re.compile(r"PATH|HOME|DOCKER_.*|COMPOSE_.*|BUILDKIT_.*|LD_.*")


def read_env_file(path: Path) -> dict[str, str]:
    """Return the variables of an env file: `NAME=value` lines, `NAME` alone for one of the environment.

    Values may stand in quotes; `#` begins a comment at the start of a line.

    Raises:
        DeployError: it cannot be read, or a line is none of these. The message holds no value.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (getattr(error, "strerror", None) or "it is not UTF-8").lower()
        raise DeployError(f"cannot read `{path}`: {why}", is_usage=True) from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip().removeprefix("export ").lstrip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in stripped.partition("="))
        if not _NAME.fullmatch(name) or _STEERING.fullmatch(name):
            what = "is no variable" if not _NAME.fullmatch(name) else "steers Docker itself"
            raise DeployError(
                f"`{path}`, line {number}: {what}; expected `NAME=value`", is_usage=True
            )
        if not equals:
            value = os.environ.get(name, "")
        elif len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found[name] = value
    return found


def is_at_own_machine(value: str) -> bool:
    """Whether a value is an address of the machine that asks: in a container that is the container."""
    try:
        host = urlsplit(value).hostname
    except ValueError:
        return False
    return host is not None and is_own_machine(host)


def missing(names: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """Return the names that neither have a value nor are made by agentc."""
    return [name for name in names if name != SERVER_KEY and not values.get(name, "").strip()]


def missing_keys(names: list[str], env_file: str | None) -> DeployError:
    """Return the error for variables without a value."""
    shown = ", ".join(f"`{name}`" for name in names)
    where = f"in `{env_file}` or the environment" if env_file else "in the environment"
    return DeployError(
        f"the workflow reads {shown}, which {'has' if len(names) == 1 else 'have'} no value {where}",
        help=(f"`export {names[0]}=…`, or a line `{names[0]}=…` in a file and `--env-file FILE`"),
        is_usage=True,
    )


def made_keys(deployment: str, names: Iterable[str]) -> tuple[dict[str, str], Path, bool]:
    """Return keys that agentc makes for a deployment, the file that keeps them, and whether it is new.

    They are kept because a database knows its password from its first start on. The file is readable by its
    owner only and lies outside of every project.
    """
    path = _folder() / f"{deployment}.env"
    kept = read_env_file(path) if path.exists() else {}
    wanted = [name for name in names if name not in kept]
    is_new = not path.exists()
    if wanted:
        kept |= {name: secrets.token_hex(24) for name in wanted}
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = "".join(f"{name}={value}\n" for name, value in sorted(kept.items()))
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(text, "utf-8")
        draft.replace(path)
    return kept, path, is_new and bool(wanted)


def forget_keys(deployment: str) -> None:
    """Delete the keys that agentc made for a deployment."""
    (_folder() / f"{deployment}.env").unlink(missing_ok=True)


def _folder() -> Path:
    """Return where this user's data lies; `AGENTC_DATA` names another place."""
    own = os.environ.get("AGENTC_DATA")
    if own:
        return Path(own).expanduser() / "deploy"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return base / "agentc" / "deploy"
