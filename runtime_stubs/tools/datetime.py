# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`datetime`: the time now, and computing with dates."""

import datetime as clock
from collections.abc import Callable
from zoneinfo import ZoneInfo

from ..errors import ToolError
from ..tool import Tool
from .schema import number, parameters, string

__all__ = ["datetime"]

ZONE = "IANA time zone such as `Europe/Berlin`"


def datetime(
    *,
    timezone: str = "UTC",
    now: Callable[[], clock.datetime] = lambda: clock.datetime.now(clock.UTC),
) -> Tool:
    """Make a tool that tells the time and computes with dates; `timezone` is what it assumes.

    `now` is the clock it looks at.
    """
    home = timezone

    async def call(
        operation: str = "now",
        value: str | None = None,
        other: str | None = None,
        timezone: str | None = None,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        format: str | None = None,
    ) -> object:
        zone = _zone(timezone or home)
        when = now().astimezone(zone) if value is None else _moment(value, zone)
        if operation == "difference":
            if other is None:
                raise ToolError("`difference` needs `other`, the later time")
            return _moment(other, zone).timestamp() - when.timestamp()
        try:
            when += clock.timedelta(days=days, hours=hours, minutes=minutes)
            when = when.astimezone(zone)
            if operation == "weekday":
                return when.strftime("%A")
            return when.strftime(format) if format else when.isoformat(timespec="seconds")
        except (OverflowError, ValueError) as error:
            raise ToolError(f"no such time: {error}") from None

    return Tool(
        name="datetime",
        description=(
            "Tell the time now, convert, format or shift a time, give its weekday, or the seconds"
            " between two times."
        ),
        parameters=parameters(
            {
                "operation": string(
                    "`now` (default; with `value`: that time), `weekday`, or `difference` in"
                    " seconds from `value` to `other`",
                    choices=("now", "weekday", "difference"),
                ),
                "value": string("Time in ISO 8601; now if not given"),
                "other": string("Time in ISO 8601"),
                "timezone": string(f"{ZONE}; default `{home}`"),
                "days": number("Days to add"),
                "hours": number("Hours to add"),
                "minutes": number("Minutes to add"),
                "format": string("Form of the result as for strftime, default ISO 8601"),
            },
            optional=(
                "operation",
                "value",
                "other",
                "timezone",
                "days",
                "hours",
                "minutes",
                "format",
            ),
        ),
        call=call,
        read_only=True,
    )


def _zone(name: str) -> clock.tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a LookupError
        raise ToolError(f"time zone `{name}` is not known, expected an {ZONE}") from None


def _moment(text: str, zone: clock.tzinfo) -> clock.datetime:
    try:
        found = clock.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ToolError(f"`{text}` is not a time in ISO 8601") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
