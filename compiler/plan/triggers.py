"""`triggers.py` of a package: what starts runs from outside, as a constant."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.ir.workflow import Trigger, Workflow
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.text import Code, literal, tuple_of

_CLASSES = {
    "webhook": ("triggers.webhook", "Webhook"),
    "telegram": ("triggers.telegram", "Telegram"),
    "whatsapp": ("triggers.whatsapp", "WhatsApp"),
    "schedule": ("triggers.schedule", "Schedule"),
}
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "webhook": {"path": "/webhook"},
    "telegram": {"token_env": "TELEGRAM_BOT_TOKEN"},
    "whatsapp": {
        "token_env": "WHATSAPP_TOKEN",
        "verify_token_env": "WHATSAPP_VERIFY_TOKEN",
        "app_secret_env": "WHATSAPP_APP_SECRET",
        "phone_number_id_env": "WHATSAPP_PHONE_NUMBER_ID",
    },
    "schedule": {},
}
"""What a trigger takes that the file says nothing about."""


def trigger_constants(workflow: Workflow, imports: Imports) -> tuple[ConstantView, ...]:
    """Return the constant with all triggers of a workflow."""
    triggers = tuple_of(_trigger(workflow, each, imports) for each in workflow.triggers)
    return (ConstantView(Code("TRIGGERS"), triggers),)


def trigger_variables(workflow: Workflow) -> frozenset[str]:
    """Return the environment variables that the triggers read."""
    return frozenset(
        value
        for trigger in workflow.triggers
        for name, value in _settings(trigger).items()
        if name.endswith("_env") and isinstance(value, str)
    )


def _settings(trigger: Trigger) -> Mapping[str, object]:
    given = trigger.settings.data
    assert isinstance(given, Mapping), "a section is a mapping"
    known = {name: value for name, value in given.items() if value is not None}
    return {**_DEFAULTS[trigger.kind], **known}


def _trigger(workflow: Workflow, trigger: Trigger, imports: Imports) -> Code:
    settings = dict(_settings(trigger))
    inputs = settings.pop("map", None) or settings.pop("inputs", None)
    chats = settings.pop("allowed_chats", None)
    if trigger.kind == "webhook":
        settings["path"] = f"/{str(settings['path']).lstrip('/')}"
    arguments = {name: literal(value) for name, value in settings.items()}
    if isinstance(chats, list) and chats:
        arguments["allowed_chats"] = tuple_of(literal(each) for each in chats)
    if inputs:
        arguments["inputs"] = literal(inputs)
    elif trigger.kind in ("telegram", "whatsapp"):
        arguments["inputs"] = literal({_text_field(workflow): "$.text"})
    if trigger.reply is not None:
        arguments["reply"] = literal(trigger.reply)
    name = imports.use_runtime(*_CLASSES[trigger.kind])
    return Code(f"{name}({', '.join(f'{key}={value}' for key, value in arguments.items())})")


def _text_field(workflow: Workflow) -> str:
    """Return the input that takes the text of a message: lowering has made sure that it is clear."""
    return next(field.name for field in workflow.fields if field.required)
