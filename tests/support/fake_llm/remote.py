"""The same server in a process of its own, for benchmarks and generated programs."""

import json
from dataclasses import asdict
from typing import cast
from urllib.request import Request, urlopen

from tests.support.fake_llm.script import Recorded, Step
from tests.support.fake_llm.server import base_urls, environment
from tests.support.server_process import ServerProcess


class FakeLLMProcess(ServerProcess):
    """A server in a child process with the interface of `FakeLLM`, driven over HTTP."""

    module = "tests.support.fake_llm"

    def url_in(self, line: str) -> str:
        """Return the address that all providers share."""
        return str(json.loads(line)["any"])

    def bases(self) -> dict[str, str]:
        """Give the `api_base` of each provider."""
        return base_urls(self.url)

    def env(self) -> dict[str, str]:
        """Give the environment variables of a program that shall use this server."""
        return environment(self.url)

    def script(self, *steps: Step, match: str | None = None) -> None:
        """Answer the next requests (whose prompt contains `match`) with these steps, one each."""
        self._add(steps, match, repeat=False)

    def always(self, *steps: Step, match: str | None = None) -> None:
        """Like `script`, but the last step answers all further requests too."""
        self._add(steps, match, repeat=True)

    @property
    def requests(self) -> list[Recorded]:
        """All requests since the last reset, in order of arrival."""
        return [Recorded(**r) for r in cast("list[dict[str, str]]", self._call("requests"))]  # type: ignore[arg-type]  # from our own JSON

    @property
    def peak(self) -> int:
        """The most requests that were being answered at one time."""
        return cast("dict[str, int]", self._call("stats"))["peak"]

    def reset(self) -> None:
        """Forget all steps and requests."""
        self._call("reset", {})

    def _add(self, steps: tuple[Step, ...], match: str | None, repeat: bool) -> None:
        data = {"steps": [asdict(s) for s in steps], "match": match, "repeat": repeat}
        self._call("script", data)

    def _call(self, name: str, data: object = None) -> object:
        body = None if data is None else json.dumps(data).encode()
        with urlopen(Request(f"{self.url}/_admin/{name}", body), timeout=10) as response:
            return cast(object, json.load(response))
