# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Names what went wrong with a request: what LiteLLM raised, in terms of status and waiting."""

import email.utils
import json
import re
import time
from collections.abc import Iterator, Mapping

from .errors import ModelError
from .redact import shortened
from .run import current_node

__all__ = ["RequestFailed", "failed", "timed_out"]

PREFIXES = re.compile(r"^(?:(?:litellm\.)?\w+(?:Error|Exception|Timeout)(?:: | - ))+")
# What LiteLLM adds for its own developers.
ADVICE = re.compile(r"Traceback \(most recent|\.? Handle with `litellm|File an issue if litellm")


class RequestFailed(ModelError):
    """A request that got no answer; `status` is the HTTP status, None if none came.

    `retry_after`: seconds the provider asks to wait. `temporary`: whether waiting can help.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        temporary: bool = True,
    ) -> None:
        super().__init__(message, kind="ModelError", node=current_node())
        self.status = status
        self.retry_after = retry_after
        self.temporary = temporary


def timed_out(model: str, seconds: float) -> RequestFailed:
    """Return the failure of a request that took too long."""
    return RequestFailed(f"`{model}` gave no answer within {seconds:g} s", status=408)


def failed(model: str, error: Exception) -> RequestFailed:
    """Return the failure that an exception of LiteLLM stands for."""
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return RequestFailed(f"`{model}`: {_words(error)}", temporary=False)
    if any(isinstance(e, json.JSONDecodeError) for e in _chain(error)):
        return RequestFailed(f"`{model}` sent an answer that is not valid JSON", status=status)
    spent = status == 429 and "insufficient_quota" in str(error)
    return RequestFailed(
        f"`{model}` failed with status {status}: {_words(error)}",
        status=status,
        retry_after=_retry_after(error),
        temporary=not spent and (status in (408, 409, 425, 429) or status >= 500),
    )


def _words(error: Exception) -> str:
    """Return the provider's words: no class names, no traceback, no key."""
    text = ADVICE.split(str(getattr(error, "message", None) or error))[0]
    return shortened(_in_body(text) or PREFIXES.sub("", text), 300) or type(error).__name__


def _in_body(text: str) -> str | None:
    """Return the message of the JSON body that an error quotes."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        body, _ = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return None
    inner = body.get("error", body)
    message = inner.get("message") if isinstance(inner, dict) else inner
    return message if isinstance(message, str) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error and those it came from, LiteLLM's wrappers included."""
    seen: set[int] = set()
    todo: list[object] = [error]
    while todo:
        one = todo.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            todo += [one.__cause__, one.__context__, getattr(one, "original_exception", None)]


def _retry_after(error: Exception) -> float | None:
    """Return the seconds to wait that a provider asks for, given as seconds or as a date."""
    for one in _chain(error):
        response = getattr(one, "response", None)
        for source in (one, response):
            for name in ("litellm_response_headers", "headers"):
                headers = getattr(source, name, None)
                if not isinstance(headers, Mapping):
                    continue
                value = headers.get("retry-after") or headers.get("Retry-After")
                if value is not None and (seconds := _seconds(str(value))) is not None:
                    return seconds
    return None


def _seconds(value: str) -> float | None:
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
