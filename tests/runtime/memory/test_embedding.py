"""Embedding through LiteLLM's real code path, against a local server in OpenAI's form."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runtime_stubs.errors import ModelError
from runtime_stubs.memory.embedding import embedding_model
from runtime_stubs.memory.meaning import Embedding


@pytest.fixture
def url() -> Iterator[str]:
    """A server whose vectors are the lengths of the texts; refuses the text `bad`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            data = [
                {"object": "embedding", "index": index, "embedding": [float(len(text)), 1.0]}
                for index, text in enumerate(request["input"])
            ]
            answer: dict[str, object] = {"object": "list", "data": data, "model": request["model"]}
            answer["usage"] = {"prompt_tokens": 1, "total_tokens": 1}
            self.send_response(401 if "bad" in request["input"] else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


def vectors(embedding: Embedding, *texts: str) -> list[list[float]]:
    async def embed() -> list[list[float]]:
        return [list(vector) for vector in await embedding.embed(texts)]

    return asyncio.run(embed())


def test_vectors_come_from_the_model(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_KEY", "k")
    embedding = embedding_model("openai/toy", api_base=url, api_key_env="TOY_KEY")
    assert embedding.model == "openai/toy"
    assert vectors(embedding, "a", "abc") == [[1.0, 1.0], [3.0, 1.0]]


def test_a_refusal_is_a_model_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_KEY", "k")
    embedding = embedding_model("openai/toy", api_base=url, api_key_env="TOY_KEY")
    with pytest.raises(ModelError, match="`openai/toy` cannot embed"):
        vectors(embedding, "bad")
