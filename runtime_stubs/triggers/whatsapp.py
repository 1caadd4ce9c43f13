# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A message over the WhatsApp Cloud API starts a run."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..serve.ports import Inbox, QueueFull
from .chat import pieces
from .paths import mapped
from .request import BadBody, json_object, missing, said
from .signatures import BadSignature, check_hub_signature

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

__all__ = ["WhatsApp"]

BASE = "WHATSAPP_API_BASE"  # environment variable: another address or version of the Graph API
GRAPH = "https://graph.facebook.com/v26.0"
MAX_TEXT = 4096  # characters


@dataclass(frozen=True, kw_only=True)
class WhatsApp:
    """Messages to a business number.

    Attributes:
        token_env: variable with the access token.
        verify_token_env: variable with the word Meta proves itself with when it is told the address.
        app_secret_env: variable with the secret that signs deliveries.
        phone_number_id_env: variable with the id of the number that answers.
        inputs: where each input stands in the delivery, which holds one message and has the keys
            `text`, `message` and `contact` besides.
        reply: the field of the final state that is sent back.
    """

    token_env: str
    verify_token_env: str
    app_secret_env: str
    phone_number_id_env: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    reply: str | None = None

    @property
    def name(self) -> str:
        """The variable tells numbers apart."""
        return f"whatsapp {self.phone_number_id_env}"

    def problems(self) -> Sequence[str]:
        """Say what is missing in the environment."""
        answering = [self.token_env] if self.reply else []
        return missing(
            self.name,
            [*answering, self.verify_token_env, self.app_secret_env, self.phone_number_id_env],
        )

    def routes(self, inbox: Inbox) -> Sequence[Route]:
        """Return the address; Meta asks for it once with GET."""
        from starlette.routing import Route

        async def verify(request: Request) -> Response:
            return self._verify(request, inbox)

        async def receive(request: Request) -> Response:
            return await self._receive(request, inbox)

        path = f"/triggers/whatsapp/{self.phone_number_id_env.lower()}"
        return [Route(path, verify, methods=["GET"]), Route(path, receive, methods=["POST"])]

    async def watch(self, inbox: Inbox) -> None:
        """Requests bring everything."""

    async def send(self, target: str, text: str) -> None:
        """Send a text to a person: `recipient:ID` or `to:NUMBER`."""
        import httpx

        base = os.environ.get(BASE, GRAPH).rstrip("/")
        kind, _, who = target.partition(":")
        async with httpx.AsyncClient(timeout=30) as client:
            for piece in pieces(text, MAX_TEXT):
                response = await client.post(
                    f"{base}/{os.environ[self.phone_number_id_env]}/messages",
                    headers={"Authorization": f"Bearer {os.environ[self.token_env]}"},
                    json={
                        "messaging_product": "whatsapp",
                        kind: who,
                        "type": "text",
                        "text": {"body": piece},
                    },
                )
                response.raise_for_status()

    def _verify(self, request: Request, inbox: Inbox) -> Response:
        from starlette.responses import PlainTextResponse

        query = request.query_params
        given = query.get("hub.verify_token", "")
        wanted = os.environ[self.verify_token_env]
        is_meta = hmac.compare_digest(given.encode(), wanted.encode())
        if query.get("hub.mode") != "subscribe" or not is_meta:
            inbox.refused(self.name, "wrong verify token")
            return said(403, error="the verify token is wrong")
        return PlainTextResponse(query.get("hub.challenge", ""))

    async def _receive(self, request: Request, inbox: Inbox) -> Response:
        body = await request.body()
        try:
            check_hub_signature(request.headers, body, os.environ[self.app_secret_env])
            delivery = json_object(body)
            for each in _messages(delivery, os.environ[self.phone_number_id_env]):
                await inbox.accept(
                    self.name,
                    mapped(each.document, self.inputs),
                    key=each.id,
                    user=each.sender and each.sender.partition(":")[2],
                    session=each.sender and f"{self.name}:{each.sender}",
                    reply_to=each.sender if self.reply else None,
                    keeps_bad=True,
                )
        except BadSignature as error:
            inbox.refused(self.name, str(error))
            return said(401, error="the signature is missing or wrong")
        except BadBody as error:
            inbox.refused(self.name, str(error))
            return said(400, error=str(error))
        except QueueFull as error:
            return said(503, error=error.message)
        return said(200, ok=True)


@dataclass(frozen=True, slots=True)
class _Message:
    """One message; `sender` is whom a reply goes to, in the words of `WhatsApp.send`."""

    id: str
    sender: str | None
    document: Mapping[str, object]


def _messages(delivery: Mapping[str, object], number: str) -> Iterator[_Message]:
    """Yield each message to a number as a delivery of its own; states of sent messages are none.

    Raises:
        BadBody: this is no delivery.
    """
    for entry in _objects(delivery, "entry"):
        for change in _objects(entry, "changes"):
            value = change.get("value")
            if not isinstance(value, Mapping) or change.get("field") != "messages":
                continue
            metadata = value.get("metadata")
            if isinstance(metadata, Mapping) and str(metadata.get("phone_number_id")) != number:
                continue
            contacts = _objects(value, "contacts") if "contacts" in value else []
            for message in _objects(value, "messages") if "messages" in value else []:
                id = message.get("id")
                if not isinstance(id, str):
                    raise BadBody("a message has no id")
                contact = _contact(contacts, message)
                alone = {**value, "messages": [message], "contacts": [contact]}
                inner = {**entry, "changes": [{**change, "value": alone}]}
                document = {**delivery, "entry": [inner], "message": message, "contact": contact}
                text = message.get("text")
                if isinstance(text, Mapping) and "body" in text:
                    document["text"] = text["body"]
                yield _Message(id, _sender(message, contact), document)


def _objects(holder: Mapping[str, object], key: str) -> list[dict[str, object]]:
    found = holder.get(key)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadBody(f"`{key}` is no list of objects")
    return found


def _contact(
    contacts: list[dict[str, object]], message: Mapping[str, object]
) -> Mapping[str, object]:
    """Return the person a message is from; since 2026 people may come without a phone number."""
    for contact in contacts:
        ids = {contact.get("wa_id"), contact.get("user_id")} - {None}
        if ids & {message.get("from"), message.get("from_user_id")}:
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def _sender(message: Mapping[str, object], contact: Mapping[str, object]) -> str | None:
    number = message.get("from") or contact.get("wa_id")
    if number:
        return f"to:{number}"
    user = message.get("from_user_id") or contact.get("user_id")
    return f"recipient:{user}" if user else None
