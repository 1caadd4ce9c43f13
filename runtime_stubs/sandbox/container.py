# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One container for one execution: no network, nothing to write, nobody's rights, little of all."""

import contextlib
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import docker
from docker.errors import DockerException, ImageNotFound, NotFound
from docker.models.containers import Container
from docker.types import LogConfig

from ..errors import SandboxError
from . import contained, plain

__all__ = ["Overdue", "Setup", "Waiting", "start_container"]

START = """
import sys, types
plain = types.ModuleType("plain")
exec(sys.argv[1], plain.__dict__)
contained = types.ModuleType("contained")
exec(sys.argv[2], contained.__dict__)
contained.main(plain)
"""
NOBODY = "65534:65534"
STDOUT = 1
REMOVALS = 3


@dataclass(frozen=True, slots=True)
class Setup:
    """What a container is made of; `cpu` in cores, `memory` in MiB."""

    image: str
    cpu: float
    memory: int
    network: bool


class Overdue(Exception):
    """No reply in time."""


class _Stream(Protocol):
    """The part of a socket that is used here."""

    def sendall(self, data: bytes, /) -> None: ...

    def recv(self, size: int, /) -> bytes: ...

    def settimeout(self, seconds: float, /) -> None: ...

    def close(self) -> None: ...


class Waiting:
    """A started container whose Python waits for its one request."""

    def __init__(self, container: Container, stream: _Stream) -> None:
        self._container = container
        self._stream = stream

    def ask(self, request: bytes, *, timeout: float, limit: int) -> bytes | None:
        """Send the request and return the reply; None if the container ended without one.

        Raises:
            Overdue: no whole reply within `timeout` seconds.
        """
        ends = time.monotonic() + timeout
        try:
            self._stream.settimeout(timeout)
            self._stream.sendall(request + b"\n")
            reply = bytearray()
            for part in self._parts(ends):
                reply += part
                if len(reply) > limit or reply.endswith(b"\n"):
                    break
        except TimeoutError:
            raise Overdue from None
        except OSError:
            return None
        return bytes(reply) if reply.endswith(b"\n") and len(reply) <= limit else None

    def ran_out_of_memory(self) -> bool:
        """Say whether the kernel ended it for want of memory."""
        with contextlib.suppress(DockerException):
            self._container.reload()
            return bool(self._container.attrs["State"].get("OOMKilled"))
        return False

    def remove(self) -> None:
        """End it and leave nothing of it."""
        self._stream.close()
        for _ in range(REMOVALS):  # a busy engine may answer late, and then has removed it
            try:
                self._container.remove(force=True)
            except NotFound:
                return
            except (DockerException, OSError):
                continue
            return

    def _parts(self, ends: float) -> Iterator[bytes]:
        """Give what is written to standard output, out of the engine's frames of both streams."""
        buffer = b""
        while True:
            while len(buffer) < 8 or len(buffer) < 8 + struct.unpack(">I", buffer[4:8])[0]:
                self._stream.settimeout(max(ends - time.monotonic(), 0.001))
                data = self._stream.recv(1 << 16)
                if not data:
                    return
                buffer += data
            size = struct.unpack(">I", buffer[4:8])[0]
            kind, part, buffer = buffer[0], buffer[8 : 8 + size], buffer[8 + size :]
            if kind == STDOUT:
                yield part


def start_container(setup: Setup) -> Waiting:
    """Start a container; raise SandboxError when there is no engine or image."""
    sources = [Path(module.__file__ or "").read_text("utf-8") for module in (plain, contained)]
    try:
        engine = docker.from_env()
        # Proxies are for networks. Looking for them would read the environment while others may change it.
        engine.api.trust_env = False
        container = engine.containers.create(
            setup.image,
            ["python", "-I", "-B", "-c", START, *sources],
            stdin_open=True,  # closed with the connection: the container ends if this program dies
            auto_remove=False,
            network_mode="bridge" if setup.network else "none",
            read_only=True,
            tmpfs={"/tmp": "size=64m,noexec,nosuid,nodev"},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            user=NOBODY,
            pids_limit=64,
            mem_limit=f"{setup.memory}m",
            memswap_limit=f"{setup.memory}m",
            nano_cpus=int(setup.cpu * 1e9),
            ipc_mode="none",
            log_config=LogConfig(type="none"),
            environment={"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            labels={"agentc": "sandbox", "agentc.process": str(os.getpid())},
            working_dir="/tmp",
        )
        options = {"stdin": 1, "stdout": 1, "stderr": 0, "stream": 1}
        stream = container.attach_socket(params=options)
        container.start()
    except ImageNotFound:
        raise SandboxError(
            f"image `{setup.image}` is not there: docker pull {setup.image}"
        ) from None
    except NotFound as error:
        raise SandboxError(f"the sandbox container was lost: {error.explanation}") from None
    except DockerException as error:
        raise SandboxError(f"Docker cannot be used: {error}") from None
    # docker-py gives a reader around the socket
    return Waiting(container, cast(_Stream, getattr(stream, "_sock", stream)))
