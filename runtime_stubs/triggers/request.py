# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What the triggers with an address of their own have in common."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import JSONResponse

__all__ = ["BadBody", "json_object", "missing", "said"]


class BadBody(Exception):
    """A body that is not an object in JSON."""


def json_object(body: bytes) -> dict[str, object]:
    """Return the object a body holds.

    Raises:
        BadBody: it holds none.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadBody("the body is not JSON") from error
    if not isinstance(content, dict):
        raise BadBody("the body is not an object")
    return content


def said(code: int, **content: object) -> JSONResponse:
    """Return a response with an object in JSON."""
    from starlette.responses import JSONResponse

    headers = {"Retry-After": "10"} if code == 503 else None
    return JSONResponse(json.loads(json.dumps(content, default=str)), code, headers)


def missing(trigger: str, variables: Sequence[str | None]) -> list[str]:
    """Say which environment variables a trigger lacks."""
    return [
        f"{trigger} needs the environment variable `{name}`"
        for name in variables
        if name is not None and not os.environ.get(name)
    ]
