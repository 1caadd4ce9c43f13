"""What keeps a deployment from being made."""

from __future__ import annotations

import re


class DeployError(Exception):
    """A deployment that cannot be made; nothing of it is left behind.

    Args:
        message: what is wrong, lower case, no full stop.
        help: a command or an edit that mends it.
        log: the last lines of the program that failed.
        is_usage: the command line or the environment was wrong, nothing was tried.
    """

    def __init__(
        self, message: str, *, help: str | None = None, log: str = "", is_usage: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.log = log
        self.is_usage = is_usage


_SHOWN = 20
_ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def last_lines(text: str, count: int = _SHOWN) -> str:
    """Return the end of a log, without what would steer a terminal."""
    plain = _ESCAPE.sub("", text).replace("\r", "\n")
    lines = [line for line in plain.split("\n") if line.strip()]
    cleaned = ("".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in x) for x in lines)
    return "\n".join(list(cleaned)[-count:])
