"""`python -m bench.services`: what examples ask besides models, on this machine: search, pages, weather, trains."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.fake_llm.http import HttpRequest, HttpResponse, json_response, serve
from tests.support.server_process import ServerProcess

CLOCK = [sys.executable, "-I", "-S", str(Path(__file__).with_name("clock.py"))]
PARAGRAPH = (
    "Trees, water and white roofs make a city cooler in summer, and each of them costs something. "
)
PAGE = "<html><head><title>{name}</title></head><body><article><h1>{name}</h1>{text}</article></body></html>"


class Services(ServerProcess):
    """The services in a process of their own; they answer at once."""

    module = "bench.services"

    def env(self) -> Mapping[str, str]:
        """Return the variables by which programs find the services."""
        return {
            "SEARXNG_URL": self.url,
            "WEATHER_URL": f"{self.url}/forecast",
            "TRAINS_URL": f"{self.url}/connections",
            "TRAINS_TOKEN": "none",
            "CLOCK": shlex.join(CLOCK),
        }

    def localized(self, text: str) -> str:
        """Return the text of a workflow that asks these services instead of those of the internet."""
        search = f'config: {{backend: searxng, url: "{self.url}"}}'
        for old, new in (
            ("tool: web_search\n", f"tool: web_search\n    {search}\n"),
            ("tool: web_scrape\n", "tool: web_scrape\n    config: {allow_private: true}\n"),
            ("- web_search\n", f"- {{name: web_search, {search}}}\n"),
            ("tools: [web_search, {name", f"tools: [{{name: web_search, {search}}}, {{name"),
            ("on_error: continue}]", "on_error: continue, config: {allow_private: true}}]"),
            ("max_characters: 4000", "max_characters: 4000, allow_private: true"),
            ("https://api.open-meteo.com/v1/forecast", f"{self.url}/forecast"),
            ("https://trains.example", self.url),
            ("[uvx, mcp-server-time]", json.dumps(CLOCK)),
        ):
            text = text.replace(old, new)
        return text


async def answer(request: HttpRequest) -> HttpResponse:
    """Answer one request."""
    base = f"http://{request.headers['host']}"
    match request.path.partition("?")[0].split("/")[1:]:
        case ["search"]:
            hits = [
                {"title": f"Page {n}", "url": f"{base}/pages/{n}", "content": PARAGRAPH}
                for n in range(5)
            ]
            return json_response({"results": hits})
        case ["pages", name]:
            page = PAGE.format(name=f"Page {name}", text=f"<p>{PARAGRAPH * 3}</p>" * 5)
            return HttpResponse(body=page.encode(), content_type="text/html")
        case ["forecast"]:
            return json_response({"daily": {"temperature_2m_max": [21.5]}})
        case ["connections", start, goal]:
            train = {"start": start, "goal": goal, "leaves": "08:12", "arrives": "11:24"}
            return json_response([{**train, "euros": 39.0}])
    return json_response({"error": "not found"}, 404)


async def main() -> None:
    """Serve until killed."""
    server = await serve(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
