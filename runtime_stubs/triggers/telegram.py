# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A message to a Telegram bot starts a run."""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..serve.ports import Inbox, QueueFull
from .chat import pieces
from .paths import mapped
from .request import BadBody, json_object, missing, said

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from telegram import Bot

__all__ = ["Telegram"]

_LOG = logging.getLogger("agentc.triggers")

BASE = "TELEGRAM_API_BASE"  # environment variable: another Bot API server, `https://host`
POLL = 25  # seconds Telegram holds a request for messages open
MAX_TEXT = 4000  # characters; Telegram takes 4096, counted in its own way


@dataclass(frozen=True, kw_only=True)
class Telegram:
    """Messages to a bot: asked for, or sent to the server if it has a public address.

    Attributes:
        token_env: variable with the bot's token.
        allowed_chats: ids, or user names with `@`; empty: everybody.
        inputs: where each input stands in the update, which also has a key `text`.
        reply: the field of the final state that is sent back.
    """

    token_env: str
    allowed_chats: Sequence[int | str] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    reply: str | None = None

    @property
    def name(self) -> str:
        """The variable tells bots apart."""
        return f"telegram {self.token_env}"

    @property
    def _path(self) -> str:
        return f"/triggers/telegram/{self.token_env.lower()}"

    @property
    def _secret(self) -> str:
        """What Telegram proves itself with: known to whoever has the token, and nobody else."""
        return hmac.new(os.environ[self.token_env].encode(), b"webhook", "sha256").hexdigest()

    def problems(self) -> Sequence[str]:
        """Say what is missing in the environment."""
        return missing(self.name, [self.token_env])

    def routes(self, inbox: Inbox) -> Sequence[Route]:
        """Return the address, if the server has a public one."""
        if inbox.public_url is None:
            return []
        from starlette.routing import Route

        async def receive(request: Request) -> Response:
            return await self._receive(request, inbox)

        return [Route(self._path, receive, methods=["POST"])]

    async def watch(self, inbox: Inbox) -> None:
        """Tell Telegram the address, or ask for messages until cancelled."""
        async with self._bot() as bot:
            if inbox.public_url is not None:
                await bot.set_webhook(
                    f"{inbox.public_url.rstrip('/')}{self._path}",
                    secret_token=self._secret,
                    allowed_updates=["message"],
                )
                return
            await bot.delete_webhook()
            offset = None
            while True:
                updates = await bot.get_updates(
                    offset=offset, timeout=POLL, allowed_updates=["message"]
                )
                for update in updates:
                    await self._accept(update.to_dict(), inbox)
                    # Only the next question confirms this one: it has been stored by then.
                    offset = update.update_id + 1

    async def send(self, target: str, text: str) -> None:
        """Send a text to a chat."""
        async with self._bot() as bot:
            for piece in pieces(text, MAX_TEXT):
                await bot.send_message(int(target), piece)

    def _bot(self) -> Bot:
        from telegram import Bot

        base = os.environ.get(BASE, "https://api.telegram.org").rstrip("/")
        return Bot(os.environ[self.token_env], base_url=f"{base}/bot")

    async def _receive(self, request: Request, inbox: Inbox) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            inbox.refused(self.name, "wrong secret token" if given else "no secret token")
            return said(401, error="the secret token is missing or wrong")
        try:
            update = json_object(await request.body())
            if not isinstance(update.get("update_id"), int):
                raise BadBody("the body is not an update")
            await self._accept(update, inbox)
        except BadBody as error:
            inbox.refused(self.name, str(error))
            return said(400, error=str(error))
        except QueueFull as error:
            return said(503, error=error.message)
        return said(200, ok=True)

    async def _accept(self, update: dict[str, object], inbox: Inbox) -> None:
        """Store the run of an update; return without one where it is nobody's to start one."""
        message = update.get("message")
        chat = message.get("chat") if isinstance(message, Mapping) else None
        if not isinstance(message, Mapping) or not isinstance(chat, Mapping):
            _LOG.info("%s: update %s is no message", self.name, update["update_id"])
            return
        if not self._is_allowed(chat):
            inbox.refused(self.name, f"chat {chat.get('id')} is not among `allowed_chats`")
            return
        text = message.get("text", message.get("caption"))
        sender = message.get("from")
        document = {**update, **({"text": text} if isinstance(text, str) else {})}
        await inbox.accept(
            self.name,
            mapped(document, self.inputs),
            key=str(update["update_id"]),
            user=str(sender["id"]) if isinstance(sender, Mapping) and "id" in sender else None,
            session=f"{self.name}:{chat['id']}",
            reply_to=str(chat["id"]) if self.reply else None,
            keeps_bad=True,
        )

    def _is_allowed(self, chat: Mapping[str, object]) -> bool:
        names = {str(each).removeprefix("@").lower() for each in self.allowed_chats}
        return (
            not names
            or {str(chat.get("id")), str(chat.get("username", "")).lower()} & names != set()
        )
