"""A workflow that is deployed for tests: its folder, the model server it asks, and all that Docker has of it."""

from __future__ import annotations

import json
import os
import subprocess
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.smoke.agentc import agentc, command, environment
from tests.support.docker import run as docker
from tests.support.fake_llm import FakeLLM

FLOW = """\
flow: {name: teller}
config:
  llm: {provider: openai, model: gpt-4.1-mini}
  execution: {checkpoint: sqlite}
state:
  topic: {type: str, required: true}
  first: str
  second: str
nodes:
  - {id: begin, prompt: "FIRST about {topic}", outputs: [first]}
  - {id: end, prompt: "SECOND about {first}", outputs: [second]}
edges:
  - START -> begin -> end -> END
"""
SECRET = "sk-very-secret-0123456789"


@dataclass
class Site:
    """A folder with a workflow; `fake` answers its models."""

    folder: Path
    fake: FakeLLM
    name: str
    variables: dict[str, str] = field(default_factory=dict)
    flow: str = FLOW

    def __post_init__(self) -> None:
        text = self.flow.replace("teller", self.package)
        (self.folder / "flow.yaml").write_text(text, "utf-8")
        port = self.fake.url.rpartition(":")[2]
        self.variables = {
            **self.variables,
            "OPENAI_API_KEY": SECRET,
            "OPENAI_API_BASE": f"http://host.docker.internal:{port}/v1",
            "AGENTC_DATA": str(self.folder / "data"),
            # Compose's files are named in labels: where they lie must not depend on a test's own folder.
            "AGENTC_CACHE": str(self.folder / "cache"),
        }

    @property
    def package(self) -> str:
        """What the workflow of this folder is called: tests beside this one have deployments too."""
        return f"teller_{zlib.crc32(str(self.folder).encode()):x}"

    def agentc(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `agentc ARGUMENTS` here."""
        return agentc(
            *arguments, cwd=self.folder, env={**self.variables, **(env or {})}, seconds=900
        )

    def deploy(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `agentc deploy flow.yaml` under this site's name."""
        return self.agentc("deploy", "flow.yaml", "--name", self.name, *arguments, env=env)

    def start_deploy(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the same without waiting for it."""
        # A shell that started the tests in the background lets them, and what they start, ignore Ctrl-C.
        line = ["env", "--default-signal=INT"]
        return subprocess.Popen(
            line + command("deploy", "flow.yaml", "--name", self.name, *arguments),
            cwd=self.folder,
            env=environment(self.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def key(self) -> str:
        """The key that agentc made for the server."""
        text = (self.folder / "data" / "deploy" / f"{self.name}.env").read_text("utf-8")
        return dict(line.split("=", 1) for line in text.splitlines())["AGENTC_API_KEY"]

    def everything(self) -> set[str]:
        """All that Docker has of it, and all files that keep keys; images are counted, whatever their tags."""
        asked = (
            ("ps", "--all", "--format", "container {{.Names}}"),
            ("volume", "ls", "--format", "volume {{.Name}}"),
            ("network", "ls", "--format", "network {{.Name}}"),
        )
        found = {line for each in asked for line in docker(*each).stdout.splitlines()}
        mine = {line for line in found if self.name in line}
        mine |= {f"image {number}" for number, _ in enumerate(self._images())}
        kept = (self.folder / "data").glob(f"deploy/{self.name}*")
        return mine | {f"file {path.name}" for path in kept}

    def _images(self) -> list[str]:
        form = "{{.Repository}}:{{.Tag}}"
        return docker("images", "--format", form, f"agentc/{self.name}").stdout.split()

    def remove(self) -> None:
        """Remove what a failed test has left."""
        for kind in ("container", "volume", "network"):
            for line in self.everything():
                if line.startswith(f"{kind} "):
                    force = ("--force",) if kind == "container" else ()
                    docker(kind, "rm", *force, line.partition(" ")[2], check=False)
        for image in self._images():
            docker("image", "rm", image, check=False)


def ask(
    url: str, key: str | None, body: object = None, *, seconds: float = 60
) -> tuple[int, dict[str, object]]:
    """Send a request; return status and answer."""
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data, headers), timeout=seconds) as response:
            return response.status, json.loads(response.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())


def ask_when_up(url: str, key: str) -> dict[str, object]:
    """Ask until the server has started."""
    end = time.monotonic() + 90
    while True:
        try:
            return ask(url, key)[1]
        except OSError:
            assert time.monotonic() < end, f"{url} does not answer"
            time.sleep(0.3)


def unique(word: str) -> str:
    """Return a name for a deployment that no other test uses."""
    return f"{word}-{os.getpid()}-{time.monotonic_ns() % 100000}"
