"""A server that takes OTLP over HTTP, and answers the calls of MLflow's API that delivery makes."""

import contextlib
import gzip
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class FakeCollector:
    """Remembers requests, names of headers in lower case. `answer(path, body)` gives the status; 200 unless it is set."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.experiments: dict[str, str] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, str] = {}
        self.answer: Callable[[str, Any], int] = lambda path, body: 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def spans(self) -> list[dict[str, Any]]:
        """Return the spans of all requests that were answered with 200, in their order."""
        return [
            span
            for path, _, body in self.requests
            if path.endswith("/v1/traces")
            for group in body["resourceSpans"]
            for scope in group["scopeSpans"]
            for span in scope["spans"]
        ]

    def traces(self) -> list[str]:
        """Return the ids of the traces that came, one per root."""
        return [span["traceId"] for span in self.spans() if "parentSpanId" not in span]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.partition("experiment_name=")[2]
                found = collector.experiments.get(name)
                collector.requests.append((self.path, self.lower_headers(), None))
                if found is None:
                    self.reply(404, {"message": f"Could not find experiment with name {name}"})
                else:
                    self.reply(200, {"experiment": {"experiment_id": found}})

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    data = gzip.decompress(data)
                body = json.loads(data)
                status = collector.answer(self.path, body)
                if status == 200:
                    collector.requests.append((self.path, self.lower_headers(), body))
                if self.path.endswith("/experiments/create"):
                    id = collector.experiments[body["name"]] = str(len(collector.experiments) + 1)
                    self.reply(status, {"experiment_id": id})
                elif self.path.endswith("/runs/create"):
                    id = f"run{len(collector.runs)}"
                    root = f"mlflow-artifacts:/{body['experiment_id']}/{id}/artifacts"
                    info = {"run_id": id, "artifact_uri": root}
                    collector.runs[id] = {"info": info, "data": {"tags": body["tags"]}}
                    self.reply(status, {"run": collector.runs[id]})
                elif self.path.endswith("/runs/search"):
                    self.reply(status, {"runs": list(collector.runs.values())})
                else:
                    self.reply(status, {})

            def do_PUT(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                status = collector.answer(self.path, None)
                if status == 200:
                    collector.files[self.path.partition("/artifacts/")[2]] = data.decode()
                self.reply(status, {})

            def lower_headers(self) -> dict[str, str]:
                return {name.lower(): value for name, value in self.headers.items()}

            def reply(self, status: int, body: object) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                with contextlib.suppress(ConnectionError):  # the client may not wait
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


def attributes(span: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of a span as a mapping."""
    return {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}
