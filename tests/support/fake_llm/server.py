"""The fake server: routes requests to wire formats and plays the script; runs in a thread."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Self

from tests.support.fake_llm import anthropic, gemini, ollama, openai
from tests.support.fake_llm.answers import text_for, value_for
from tests.support.fake_llm.embeddings import ollama_embeddings, openai_embeddings
from tests.support.fake_llm.http import HttpRequest, HttpResponse, json_response, serve
from tests.support.fake_llm.script import Json, Recorded, Script, Step, step_from
from tests.support.fake_llm.wire import Question, Reply, Wire, mapping


def base_urls(url: str) -> dict[str, str]:
    """Give the `api_base` of each provider; `any` is the server's root."""
    return {"openai": f"{url}/v1", "anthropic": url, "gemini": url, "ollama": url, "any": url}


def environment(url: str) -> dict[str, str]:
    """Give the variables that point a program without any `api_base` at the server."""
    return {
        "OPENAI_BASE_URL": f"{url}/v1",
        "OPENAI_API_BASE": f"{url}/v1",
        "OPENAI_API_KEY": "test-openai-key",
        "ANTHROPIC_API_BASE": url,
        "ANTHROPIC_API_KEY": "test-anthropic-key",
        "GEMINI_API_BASE": url,
        "GEMINI_API_KEY": "test-gemini-key",
        "OLLAMA_API_BASE": url,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }


class FakeLLM:
    """A server in a thread of this process; use it as a context manager."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host, self._port = host, port
        self._script = Script()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._main, args=(ready,), daemon=True)
        self._thread.start()
        if not ready.wait(10) or not self.url:
            raise RuntimeError("the fake model server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)

    def _main(self, ready: threading.Event) -> None:
        self._loop = loop = asyncio.new_event_loop()
        try:
            server = loop.run_until_complete(serve(self._answer, self._host, self._port))
            port = server.sockets[0].getsockname()[1]
            self.url = f"http://{self._host}:{port}"
            ready.set()
            loop.run_forever()
            server.close()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
        finally:
            ready.set()
            loop.close()

    def bases(self) -> dict[str, str]:
        """Give the `api_base` of each provider."""
        return base_urls(self.url)

    def env(self) -> dict[str, str]:
        """Give the environment variables of a program that shall use this server."""
        return environment(self.url)

    def script(self, *steps: Step, match: str | None = None) -> None:
        """Answer the next requests (whose prompt contains `match`) with these steps, one each."""
        self._script.add(steps, match, repeat=False)

    def always(self, *steps: Step, match: str | None = None) -> None:
        """Like `script`, but the last step answers all further requests too."""
        self._script.add(steps, match, repeat=True)

    @property
    def requests(self) -> list[Recorded]:
        """All requests since the last reset, in order of arrival."""
        return self._script.requests

    @property
    def timeline(self) -> list[tuple[str, float, float]]:
        """The prompt of each answered request, when it came and when its answer went out."""
        return self._script.timeline

    @property
    def peak(self) -> int:
        """The most requests that were being answered at one time."""
        return self._script.peak

    def reset(self) -> None:
        """Forget all steps and requests."""
        self._script.reset()

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/_admin/"):
            return self._admin(request)
        try:
            parsed = json.loads(request.body) if request.body else {}
        except ValueError:
            return json_response({"error": "the request body is not JSON"}, 400)
        body: Mapping[str, Json] = mapping(parsed)
        path = request.path.partition("?")[0]
        wire = _wire(path)
        question = wire.read(request.path, body) if wire else None
        provider = wire.provider if wire else "none"
        prompt = question.prompt if question else ""
        number = self._script.enter(
            Recorded(provider, request.method, request.path, request.headers, body, prompt)
        )
        try:
            if wire is None or question is None:
                return _other(path, body)
            step = self._script.next(prompt)
            if step.delay:
                await asyncio.sleep(step.delay)
            return _response(wire, question, step, body)
        finally:
            self._script.leave(number)

    def _admin(self, request: HttpRequest) -> HttpResponse:
        match request.path.removeprefix("/_admin/"):
            case "script":
                data = json.loads(request.body)
                try:
                    steps = [step_from(s) for s in data["steps"]]
                except (ValueError, TypeError, KeyError) as error:
                    return json_response({"error": str(error)}, 400)
                self._script.add(steps, data.get("match"), bool(data.get("repeat")))
            case "reset":
                self._script.reset()
            case "requests":
                return json_response([asdict(r) for r in self._script.requests])
            case "stats":
                return json_response(
                    {
                        "requests": len(self._script.requests),
                        "peak": self._script.peak,
                        "pending": self._script.pending(),
                    }
                )
            case _:
                return json_response({"error": "unknown admin path"}, 404)
        return json_response({})


def _wire(path: str) -> Wire | None:
    if path.endswith("/chat/completions"):
        return openai.WIRE
    if path.endswith("/messages"):
        return anthropic.WIRE
    if path.endswith(("enerateContent",)):
        return gemini.WIRE
    if path.endswith("/api/chat"):
        return ollama.CHAT
    return ollama.GENERATE if path.endswith("/api/generate") else None


def _other(path: str, body: Mapping[str, Json]) -> HttpResponse:
    if path.endswith("/embeddings"):
        return json_response(openai_embeddings(body))
    if path.endswith("/api/embed"):
        return json_response(ollama_embeddings(body))
    return json_response({"error": f"unknown path {path}"}, 404)


def _reply(question: Question, step: Step) -> Reply:
    text = step.text
    if text is None and step.value is not None:
        text = json.dumps(step.value)
    if text is None and (step.tool_calls or step.refusal is not None):
        text = ""
    if text is None and question.schema is not None:
        text = json.dumps(value_for(question.schema, question.prompt))
    if text is None:
        text = text_for(question.prompt)
    prompt, completion, cached = step.usage or (
        len(question.prompt) // 4 + 1,
        len(text) // 4 + 1,
        0,
    )
    return Reply(
        model=question.model,
        text=text,
        tool_calls=tuple(step.tool_calls),
        refusal=step.refusal,
        finish=step.finish,
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_tokens=cached,
        forced_tool=question.forced_tool,
    )


def _response(wire: Wire, question: Question, step: Step, body: Mapping[str, Json]) -> HttpResponse:
    if step.raw is not None:
        return HttpResponse(
            step.status, step.raw.encode(), headers=step.headers, truncate=step.truncate
        )
    if step.status != 200:
        data = json.dumps(wire.error(step.status, step.error)).encode()
        return HttpResponse(step.status, data, headers=step.headers, truncate=step.truncate)
    reply = _reply(question, step)
    if not question.stream:
        data = json.dumps(wire.write(reply)).encode()
        return HttpResponse(200, data, headers=step.headers, truncate=step.truncate)
    return HttpResponse(
        chunks=_paced(wire.stream(reply, body), step.chunk_delay),
        headers=step.headers,
        content_type=wire.stream_type,
        truncate=step.truncate,
    )


async def _paced(parts: Sequence[bytes], delay: float) -> AsyncIterator[bytes]:
    for index, part in enumerate(parts):
        if index and delay:
            await asyncio.sleep(delay)
        yield part
