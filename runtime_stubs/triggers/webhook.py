# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""An HTTP POST from another system starts a run."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InputError
from ..serve.ports import Inbox, KeyReused, QueueFull
from .paths import mapped
from .request import BadBody, json_object, missing, said
from .signatures import BadSignature, check_standard_webhook, signing_key

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

__all__ = ["Webhook"]

MAX_WAIT = 30.0  # seconds a sender waits for a reply; then it gets the id of the run


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A POST to `path`.

    Attributes:
        secret_env: variable with the Standard Webhooks secret; None: requests are not signed, so they
            need the server's API key if it has one.
        inputs: where each input stands in the body; empty: the body holds the inputs.
        reply: the field of the final state the request is answered with.
    """

    path: str
    secret_env: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    reply: str | None = None

    @property
    def name(self) -> str:
        """The path tells webhooks apart."""
        return f"webhook {self.path}"

    def problems(self) -> Sequence[str]:
        """Say what is missing in the environment."""
        found = missing(self.name, [self.secret_env])
        if not found and self.secret_env is not None:
            try:
                signing_key(os.environ[self.secret_env])
            except ValueError as error:
                found.append(f"`{self.secret_env}` is no secret (`whsec_` and base64): {error}")
        return found

    def routes(self, inbox: Inbox) -> Sequence[Route]:
        """Return the address."""
        from starlette.routing import Route

        async def receive(request: Request) -> Response:
            return await self._receive(request, inbox)

        return [Route(self.path, receive, methods=["POST"])]

    async def watch(self, inbox: Inbox) -> None:
        """Requests bring everything."""

    async def send(self, target: str, text: str) -> None:
        """The request itself is answered."""

    async def _receive(self, request: Request, inbox: Inbox) -> Response:
        body = await request.body()
        try:
            key = self._checked_key(request, body, inbox)
            content = json_object(body)
        except BadSignature as error:
            inbox.refused(self.name, str(error))
            return said(401, error="the request is not signed as it has to be")
        except BadBody as error:
            inbox.refused(self.name, str(error))
            return said(400, error=str(error))
        inputs = mapped(content, self.inputs) if self.inputs else content
        try:
            digest = hashlib.sha256(body).hexdigest()
            receipt = await inbox.accept(self.name, inputs, key=key, digest=digest)
        except InputError as error:
            inbox.refused(self.name, str(error))
            return said(422, error=list(error.problems))
        except KeyReused as error:
            inbox.refused(self.name, error.message)
            return said(422, error=error.message)
        except QueueFull as error:
            return said(503, error=error.message)
        return await self._answer(receipt.run, inbox)

    def _checked_key(self, request: Request, body: bytes, inbox: Inbox) -> str | None:
        """Return what the sender calls the delivery, after a look at who it is."""
        headers = request.headers
        if self.secret_env is not None:
            key = signing_key(os.environ[self.secret_env])
            return check_standard_webhook(headers, body, key, time.time())
        if not inbox.is_allowed(headers):
            raise BadSignature("no API key, and no secret to sign with")
        # What is not JSON by its header, a page in a browser may send without asking.
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise BadBody("the content type is not application/json")
        return headers.get("webhook-id") or headers.get("idempotency-key")

    async def _answer(self, run: str, inbox: Inbox) -> Response:
        record = await inbox.result(run, MAX_WAIT if self.reply else 0)
        status = record.status if record else "queued"
        if self.reply is None or record is None or status != "finished":
            return said(202, id=run, status=status)
        state = record.outcome.get("state")
        value = state.get(self.reply) if isinstance(state, Mapping) else None
        return said(200, id=run, status=status, reply=value)
