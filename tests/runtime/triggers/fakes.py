"""Servers that speak Telegram's Bot API and Meta's Graph API."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs


class Fake:
    """An HTTP server in a thread that gives each POST to `answer`."""

    def __init__(self) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                code, content = fake.answer(self.path, dict(self.headers.items()), body)
                data = json.dumps(content).encode()
                self.send_response(code)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        """Return status and content."""
        raise NotImplementedError


class FakeTelegram(Fake):
    """One bot with the token `42:TOKEN`."""

    token = "42:TOKEN"

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[dict[str, Any]] = []
        self.sent: list[tuple[str, str]] = []
        self.webhook: dict[str, str] = {}
        self.failures = 0
        self.forgets_offset = False
        self._next = 100

    def message(self, text: str | None, chat: int = 7, username: str = "ann") -> dict[str, Any]:
        """Return an update with a new message."""
        self._next += 1
        person = {"id": chat, "first_name": "Ann", "is_bot": False}
        message: dict[str, Any] = {
            "message_id": self._next,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "username": username},
            "from": person,
        }
        if text is not None:
            message["text"] = text
        return {"update_id": self._next, "message": message}

    def receive(self, text: str | None, chat: int = 7, username: str = "ann") -> None:
        """Let the bot have a message."""
        self.waiting.append(self.message(text, chat, username))

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        """Do what the Bot API does."""
        token, _, method = path.removeprefix("/bot").partition("/")
        if token != self.token:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        match method.lower():
            case "getme":
                result: object = {
                    "id": 42,
                    "is_bot": True,
                    "first_name": "Bot",
                    "username": "the_bot",
                }
            case "getupdates":
                result = self._updates(given)
            case "sendmessage":
                if self.failures:
                    self.failures -= 1
                    return 500, {"ok": False, "error_code": 500, "description": "Internal"}
                self.sent.append((given["chat_id"], given["text"]))
                result = self.message(given["text"], int(given["chat_id"]))["message"]
            case "setwebhook":
                self.webhook = given
                result = True
            case _:
                result = True
        return 200, {"ok": True, "result": result}

    def _updates(self, given: dict[str, str]) -> list[dict[str, Any]]:
        offset = int(given.get("offset", 0))
        if not self.forgets_offset:
            self.waiting = [each for each in self.waiting if each["update_id"] >= offset]
        deadline = time.monotonic() + min(float(given.get("timeout", 0)), 1.0)
        while not self.waiting and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.forgets_offset:
            time.sleep(0.1)
        return list(self.waiting)


class FakeGraph(Fake):
    """Takes messages that are sent over the Cloud API."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.failures = 0

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        """Do what the Graph API does."""
        self.requests.append((path, headers.get("Authorization", "")))
        if self.failures:
            self.failures -= 1
            return 500, {"error": {"message": "again, please"}}
        self.sent.append(json.loads(body))
        return 200, {"messaging_product": "whatsapp", "messages": [{"id": "wamid.out"}]}
