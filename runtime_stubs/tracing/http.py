# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""HTTP requests that carry JSON, with the standard library only."""

import base64
import gzip
import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import unquote, urlsplit, urlunsplit

from .destination import Refused, Unreachable

__all__ = ["Address", "Answered", "put_text", "request_json"]

TIMEOUT = 60.0  # seconds; the first traces an MLflow server takes make it import its price list
LONGEST_REPLY = 1 << 26
REFUSALS = frozenset({400, 413, 422})  # the fault of what was sent, not of the server


class Answered(Exception):
    """The server answered with an error; `detail` is what it said."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"HTTP {status}{f': {detail}' if detail else ''}")
        self.status = status
        self.detail = detail

    def explained(self) -> Unreachable | Refused:
        """Return what it means for the traces that were sent."""
        return Refused(str(self)) if self.status in REFUSALS else Unreachable(str(self))


@dataclass(slots=True)
class Address:
    """The address of a server. `url` holds no password and no slash at its end.

    `answered`: when the server last answered, in seconds of the clock that never goes back.
    """

    url: str
    headers: Mapping[str, str]
    answered: float = 0.0

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Split user and password off a URL."""
        parts = urlsplit(url)
        headers: dict[str, str] = {}
        if parts.username is not None:
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
        host = parts.netloc.rpartition("@")[2]
        return cls(urlunsplit(parts._replace(netloc=host)).rstrip("/"), headers)

    def key(self, *more: str) -> str:
        """Return a short name for the address and what is used of it."""
        return hashlib.sha256("\n".join((self.url, *more)).encode()).hexdigest()[:12]


def request_json(
    address: Address,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    compress: bool = False,
) -> bytes:
    """Return the body of the answer; POST if there is a `body`, else GET.

    Raises:
        Answered: the server answered with an error.
        Unreachable: it did not answer.
    """
    sent = dict(headers or {})
    data: bytes | None = None
    if body is not None:
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        sent["Content-Type"] = "application/json"
        if compress:
            data = gzip.compress(data, compresslevel=3)
            sent["Content-Encoding"] = "gzip"
    return _answer(address, urllib.request.Request(address.url + path, data, sent))


def put_text(address: Address, path: str, text: str) -> None:
    """Put a file; raises what `request_json` does."""
    data = text.encode("utf-8", "replace")
    sent = {"Content-Type": "application/octet-stream"}
    _answer(address, urllib.request.Request(address.url + path, data, sent, method="PUT"))


def _answer(address: Address, request: urllib.request.Request) -> bytes:
    for name, value in {"Accept": "application/json", **address.headers}.items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            found = bytes(answer.read(LONGEST_REPLY))
    except urllib.error.HTTPError as error:
        with error:
            raise Answered(error.code, _detail(error.read(LONGEST_REPLY))) from None
    except urllib.error.URLError as error:
        raise Unreachable(_reason(error.reason)) from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(_reason(error)) from None
    address.answered = time.monotonic()
    return found


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT:g} s"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)


def _detail(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        return text.strip()[:200]
    if isinstance(found, dict):
        found = found.get("message") or found.get("detail") or found
    return str(found)[:200]
