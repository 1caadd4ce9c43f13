"""`triggers`: ways a run is started from outside."""

from compiler.spec.base import Data, Field, Spec

_MAP = "State field -> where its value is in the message, as `$.json.path`."
_REPLY = "The state field that is sent back, as `state.field`."


class WebhookSpec(Spec):
    """An HTTP POST starts a run."""

    path: str | None = Field(default=None, description="Path of the address, such as `/hook`.")
    secret_env: str | None = Field(
        default=None, description="Environment variable with the secret that signs requests."
    )
    map: dict[str, str] | None = Field(default=None, description=_MAP)
    reply: str | None = Field(default=None, description=_REPLY)


class TelegramSpec(Spec):
    """A message to a Telegram bot starts a run."""

    token_env: str | None = Field(
        default=None, description="Environment variable with the bot's token."
    )
    allowed_chats: list[int | str] | None = Field(
        default=None, description="Ids or names of the chats that may start runs."
    )
    map: dict[str, str] | None = Field(default=None, description=_MAP)
    reply: str | None = Field(default=None, description=_REPLY)


class WhatsappSpec(Spec):
    """A WhatsApp message starts a run."""

    token_env: str | None = Field(
        default=None, description="Environment variable with the access token."
    )
    verify_token_env: str | None = Field(
        default=None, description="Environment variable with the token that proves the address."
    )
    app_secret_env: str | None = Field(
        default=None, description="Environment variable with the secret that signs requests."
    )
    phone_number_id_env: str | None = Field(
        default=None, description="Environment variable with the id of the sending number."
    )
    map: dict[str, str] | None = Field(default=None, description=_MAP)
    reply: str | None = Field(default=None, description=_REPLY)


class ScheduleSpec(Spec):
    """The clock starts a run."""

    cron: str = Field(description="When, as five cron fields: `0 8 * * 1-5`.")
    inputs: dict[str, Data] | None = Field(
        default=None, description="Inputs of the run: state field -> value."
    )


class TriggerSpec(Spec):
    """One trigger: exactly one of the four; `reply` may stand beside or inside it."""

    exactly_one = ("webhook", "telegram", "whatsapp", "schedule")

    webhook: WebhookSpec | None = Field(default=None, description="An HTTP POST starts a run.")
    telegram: TelegramSpec | None = Field(
        default=None, description="A message to a Telegram bot starts a run."
    )
    whatsapp: WhatsappSpec | None = Field(
        default=None, description="A WhatsApp message starts a run."
    )
    schedule: ScheduleSpec | None = Field(default=None, description="The clock starts a run.")
    reply: str | None = Field(default=None, description=_REPLY)
