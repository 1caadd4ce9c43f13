# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The program's side of the process sandbox: start it, talk to it, stop it in time."""

import asyncio
import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["Exchange", "Silent", "TooMuch", "open_exchange"]

# The guest is loaded as a package of its own, so that neither the program's modules nor the
# directory it stands in can be imported there.
BOOTSTRAP = """
import importlib.util, sys
here, libraries, task = sys.argv[1:4]
sys.path.append(libraries)
spec = importlib.util.spec_from_file_location("sandbox", here + "/__init__.py",
                                              submodule_search_locations=[here])
sys.modules["sandbox"] = importlib.util.module_from_spec(spec)
from sandbox import guest
guest.serve(0) if task == "serve" else guest.once(0, 1)
"""


START_TIMEOUT = 30.0  # seconds, on top of what the code may take


class Silent(Exception):
    """The guest ended without an answer."""


class TooMuch(Exception):
    """The guest sends more than it may."""


class Exchange:
    """One call to the guest: send a request, receive its reply, within `limit` bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: object, limit: int) -> bytes:
        """Send `request` as JSON and return the bytes of the reply."""
        data = json.dumps(request).encode()
        try:
            self._writer.write(b"%d\n" % len(data) + data)
            await self._writer.drain()
            size = int(await self._reader.readuntil(b"\n"))
            if size > limit:
                raise TooMuch
            return await self._reader.readexactly(size)
        except (EOFError, ConnectionError, ValueError, asyncio.LimitOverrunError):
            raise Silent from None


@asynccontextmanager
async def open_exchange() -> AsyncIterator[Exchange]:
    """Open a fresh guest process; it is dead when the block ends, however it ends."""
    if sys.platform == "linux":
        async with _forked() as exchange:
            yield exchange
    else:
        async with _spawned() as exchange:
            yield exchange


def guest_command(task: str) -> list[str]:
    """Return the command of a guest that finds the standard library and RestrictedPython only."""
    import RestrictedPython

    from . import guest

    libraries = Path(RestrictedPython.__file__).parent.parent
    here = Path(guest.__file__).parent
    flags = ("-S", "-s", "-P", "-B")
    return [sys.executable, *flags, "-c", BOOTSTRAP, str(here), str(libraries), task]


def guest_environment() -> dict[str, str]:
    """Return the guest's environment: no secrets, and sets iterate in the same order every time."""
    kept = {name: os.environ[name] for name in ("TZ", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


if sys.platform == "linux":

    class _Zygote:
        """The warm process that is forked for each call; ends when the program does."""

        def __init__(self) -> None:
            self.owner = os.getpid()
            self.spare: socket.socket | None = None  # to a child that waits for the next call
            self.control, theirs = socket.socketpair()
            with theirs:
                self.process = subprocess.Popen(
                    guest_command("serve"),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=guest_environment(),
                    cwd="/",
                    start_new_session=True,
                )

        def connect(self) -> socket.socket:
            """Return a connection to a new child."""
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(self.control, [b"c"], [theirs.fileno()])
            return ours

        def close(self) -> None:
            """End the process, and the child that waits: it sees that nobody will ask it."""
            if self.spare is not None:
                self.spare.close()
            self.control.close()
            if self.owner == os.getpid():
                self.process.kill()
                self.process.wait()

    _lock = threading.Lock()
    _running: list[_Zygote] = []

    def _connect() -> socket.socket:
        """Return a connection to a child of the zygote, to the one that waits if it still does."""
        with _lock:
            zygote = _zygote()
            spare, zygote.spare = zygote.spare, None
            if spare is not None and _is_alive(spare):
                return spare
            if spare is not None:
                spare.close()
            return zygote.connect()

    def _is_alive(connection: socket.socket) -> bool:
        """Say whether there is still a child at the other end: its id may be another's by now."""
        poller = select.poll()
        poller.register(connection, select.POLLRDHUP)
        return not poller.poll(0)

    def _zygote() -> _Zygote:
        """Return the zygote of this process, which is started when there is none."""
        # After a fork of the program the zygote belongs to the parent: take a new one.
        if _running and (
            _running[0].owner != os.getpid() or _running[0].process.poll() is not None
        ):
            _running.pop().close()
        if not _running:
            _running.append(_Zygote())
        return _running[0]

    def _prepare() -> None:
        """Have a child forked for the next call: that takes longer than most code does."""
        with _lock, contextlib.suppress(OSError):
            if _running and _running[0].owner == os.getpid() and _running[0].spare is None:
                _running[0].spare = _running[0].connect()

    @atexit.register
    def _close() -> None:
        while _running:
            _running.pop().close()

    @asynccontextmanager
    async def _forked() -> AsyncIterator[Exchange]:
        connection = _connect()
        reader, writer = await asyncio.open_connection(sock=connection)
        child = None
        try:
            # A guest that never says its id never answers either: `ask` will tell.
            with contextlib.suppress(EOFError, ValueError, OSError):
                async with asyncio.timeout(START_TIMEOUT):
                    child = os.pidfd_open(int(await reader.readuntil(b"\n")))
            yield Exchange(reader, writer)
        finally:
            if child is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    signal.pidfd_send_signal(child, signal.SIGKILL)
                os.close(child)
            writer.close()
            _prepare()


@asynccontextmanager
async def _spawned() -> AsyncIterator[Exchange]:
    process = await asyncio.create_subprocess_exec(
        *guest_command("once"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=guest_environment(),
    )
    if process.stdin is None or process.stdout is None:
        raise Silent
    try:
        yield Exchange(process.stdout, process.stdin)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
