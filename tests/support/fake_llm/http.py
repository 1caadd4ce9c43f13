"""A small HTTP/1.1 server on asyncio streams: keep-alive, streamed bodies, connections cut on purpose."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
}


@dataclass(frozen=True)
class HttpRequest:
    """One request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class HttpResponse:
    """One response; `chunks` streams the body, `truncate` cuts the connection after that many bytes."""

    status: int = 200
    body: bytes = b""
    chunks: AsyncIterator[bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    truncate: int | None = None


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


def json_response(data: object, status: int = 200) -> HttpResponse:
    """Give a value as a JSON body."""
    return HttpResponse(status=status, body=json.dumps(data).encode())


async def serve(handler: Handler, host: str, port: int) -> asyncio.Server:
    """Listen and answer every request with `handler`."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                if not await _write(writer, await handler(request)):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the server is being stopped
        finally:
            writer.close()

    return await asyncio.start_server(connection, host, port, backlog=1024)


async def _read(reader: asyncio.StreamReader) -> HttpRequest | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = {}
    for line in lines[1:]:
        name, found, value = line.partition(":")
        if found:
            headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return HttpRequest(method, unquote(path), headers, body)


async def _write(writer: asyncio.StreamWriter, response: HttpResponse) -> bool:
    """Send a response; false when the connection must be closed after it."""
    headers = {"content-type": response.content_type, **response.headers}
    if response.chunks is None:
        headers["content-length"] = str(len(response.body))
    else:
        headers["transfer-encoding"] = "chunked"
    reason = REASONS.get(response.status, "Scripted")
    head = f"HTTP/1.1 {response.status} {reason}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    writer.write(head.encode("latin-1"))
    if response.chunks is None:
        writer.write(response.body[: response.truncate])
        await writer.drain()
        return response.truncate is None
    left = response.truncate
    async for chunk in response.chunks:
        if left is not None:
            chunk, left = chunk[:left], left - len(chunk)
        writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        await writer.drain()
        if left is not None and left <= 0:
            return False
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True
