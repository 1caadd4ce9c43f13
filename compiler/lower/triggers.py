"""`triggers`: ways a run is started from outside, checked against the state."""

from __future__ import annotations

import re
from typing import Literal

from compiler.ir.names import FieldName
from compiler.ir.workflow import Trigger
from compiler.lower.context import Context
from compiler.lower.data import plain_data
from compiler.lower.fitting import data_misfit
from compiler.spec import Spec, TriggerSpec
from compiler.spec.triggers import ScheduleSpec, WebhookSpec
from compiler.syntax import Mapping, Path, find, to_data

Kind = Literal["webhook", "telegram", "whatsapp", "schedule"]
_KINDS: tuple[Kind, ...] = ("webhook", "telegram", "whatsapp", "schedule")

_CRON_NAMES = {
    "month": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    "weekday": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
_CRON_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 7),
)
_CRON_WORDS = ("@hourly", "@daily", "@weekly", "@monthly", "@yearly")
_PATH = re.compile(r"""\$(\.[^.\[\]]+|\[-?\d{1,6}\]|\['[^']*'\]|\["[^"]*"\])*""")
"""`$.a.b[0]['c d']`."""
_ADDRESS = re.compile(r"/?[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")
_TAKEN = frozenset({"runs", "health", "metrics", "openapi.json", "triggers"})
"""First parts of addresses that the server itself has."""
_STEP = re.compile(r"(?P<range>[^/]+)(?:/(?P<step>\d{1,4}))?")


def lower_triggers(ctx: Context) -> tuple[Trigger, ...]:
    """Return the triggers in file order. Codes: AC302, AC408, AC705."""
    found = []
    addresses: set[str] = set()
    for spec in ctx.spec.triggers or ():
        if spec.webhook is not None:
            _check_address(ctx, spec.webhook, addresses)
        for kind in _KINDS:
            section: Spec | None = getattr(spec, kind)
            if section is not None:
                found.append(_trigger(ctx, spec, kind, section))
    return tuple(found)


def _trigger(ctx: Context, spec: TriggerSpec, kind: Kind, section: Spec) -> Trigger:
    mapped: dict[str, str] | None = getattr(section, "map", None)
    _check_map(ctx, mapped, (*section.at, "map"))
    if isinstance(section, ScheduleSpec):
        _check_schedule(ctx, section)
    elif mapped or not isinstance(section, WebhookSpec):
        _check_inputs(ctx, kind, section, mapped or {})
    reply = spec.reply
    reply_at: Path = (*spec.at, "reply")
    if reply is None:
        reply, reply_at = getattr(section, "reply", None), (*section.at, "reply")
    node = find(ctx.tree, section.at)
    data = to_data(node) if isinstance(node, Mapping) else {}
    settings = (
        {key: value for key, value in data.items() if key != "reply"}
        if isinstance(data, dict)
        else {}
    )
    return Trigger(
        kind=kind,
        settings=plain_data(ctx, section.at, settings),
        reply=None if reply is None else _reply(ctx, reply, reply_at),
        span=ctx.key_at(section.at),
    )


def _check_map(ctx: Context, section: dict[str, str] | None, at: Path) -> None:
    for name, path in (section or {}).items():
        if name not in ctx.fields:
            ctx.report_unknown("AC302", ctx.key_at((*at, name)), name, ctx.fields, what="field")
        if not path.startswith("$"):
            ctx.report(
                "AC705",
                ctx.at((*at, name)),
                f"`{path}` is not a path into the message",
                help=f"write `$.{path}`",
            )
        elif not _PATH.fullmatch(path):
            ctx.report(
                "AC705",
                ctx.at((*at, name)),
                f"`{path}` is not a path into the message",
                help="write names and numbers of items, such as `$.order.items[0].name`",
            )


def _check_inputs(ctx: Context, kind: Kind, section: Spec, mapped: dict[str, str]) -> None:
    """Every run needs all required inputs; without `map` the text of a message is the only one."""
    required = [name for name, field in ctx.fields.items() if field.required]
    if not mapped and len(required) == 1:
        return
    if not mapped:
        ctx.report(
            "AC705",
            ctx.key_at(section.at),
            f"it is not clear which of {len(required)} required inputs takes the text of a message",
            help="add `map: {field: $.text}`",
        )
        return
    missing = [name for name in required if name not in mapped and name not in ctx.spec.poisoned]
    if missing and all(name in ctx.fields for name in mapped):
        ctx.report(
            "AC705",
            ctx.key_at(section.at),
            f"a run of this {kind} lacks the required input `{missing[0]}`",
            help=f"add `{missing[0]}: $.…` to `map`",
        )


def _check_address(ctx: Context, spec: WebhookSpec, known: set[str]) -> None:
    path = (spec.path or "/webhook").lstrip("/")
    at: Path = (*spec.at, "path")
    span = ctx.at(at) if spec.path is not None else ctx.key_at(spec.at)
    if not _ADDRESS.fullmatch(path):
        help = "letters, digits and `-._~` between slashes, such as `/hooks/orders`"
        ctx.report("AC705", span, f"`{spec.path}` is not a path of an address", help=help)
    elif path.partition("/")[0] in _TAKEN:
        ctx.report(
            "AC705", span, f"`/{path}` is an address of the server itself", help=f"`/hooks/{path}`"
        )
    elif path in known:
        ctx.report(
            "AC705", span, f"two webhooks have the path `/{path}`", help="give each a `path`"
        )
    known.add(path)


def _reply(ctx: Context, text: str, at: Path) -> FieldName | None:
    name = text.strip().removeprefix("{").removesuffix("}").removeprefix("state.")
    if name in ctx.fields:
        return FieldName(name)
    ctx.report_unknown("AC302", ctx.at(at), name, ctx.fields, what="field")
    return None


def _check_schedule(ctx: Context, spec: ScheduleSpec) -> None:
    problem = _cron_problem(spec.cron)
    if problem is not None:
        message, start, end = problem
        help = "five fields: minute, hour, day, month, weekday, such as `0 8 * * 1-5`"
        span = ctx.written((*spec.at, "cron"), spec.cron).part(start, end)
        ctx.report("AC705", span, message, help=help)
    given = spec.inputs or {}
    for name, value in given.items():
        at = (*spec.at, "inputs", name)
        field = ctx.fields.get(name)
        if field is None:
            ctx.report_unknown("AC302", ctx.key_at(at), name, ctx.fields, what="field")
            continue
        misfit = data_misfit(ctx, value, field.type, at)
        if misfit is not None:
            misfit.report(ctx, "AC408", f"the input does not fit `{name}`")
    missing = [name for name, field in ctx.fields.items() if field.required and name not in given]
    missing = [name for name in missing if name not in ctx.spec.poisoned]
    if missing and all(name in ctx.fields for name in given):
        ctx.report(
            "AC705",
            ctx.key_at(spec.at),
            f"a scheduled run lacks the required input `{missing[0]}`",
            help=f"add `inputs: {{{missing[0]}: …}}`",
        )


def _cron_problem(text: str) -> tuple[str, int, int] | None:
    """Say what is wrong with a cron line, and from where to where in it."""
    parts = list(re.finditer(r"\S+", text))
    if len(parts) == 1 and text.strip() in _CRON_WORDS:
        return None
    if len(parts) != len(_CRON_FIELDS):
        return f"`{text}` is not a cron line: it has {len(parts)} fields", 0, len(text)
    for part, (name, low, high) in zip(parts, _CRON_FIELDS, strict=True):
        if not all(_is_cron(each, name, low, high) for each in part[0].split(",")):
            wanted = f"expected numbers from {low} to {high}, `*`, `-`, `/`"
            return f"`{part[0]}` for the {name}: {wanted}", *part.span()
    return None


def _is_cron(text: str, name: str, low: int, high: int) -> bool:
    match = _STEP.fullmatch(text)
    if match is None or match["step"] == "0":
        return False
    if match["range"] == "*":
        return True
    ends = [_cron_number(each, name) for each in match["range"].split("-")]
    numbers = [each for each in ends if each is not None and low <= each <= high]
    return len(numbers) == len(ends) <= 2 and numbers == sorted(numbers)


def _cron_number(text: str, name: str) -> int | None:
    if text.isdecimal() and text.isascii():
        return int(text[:4])
    names = _CRON_NAMES.get(name, [])
    if text.lower() in names:
        return names.index(text.lower()) + (1 if name == "month" else 0)
    return None
