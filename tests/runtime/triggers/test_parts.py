"""The parts of triggers that need no server: paths, signatures, ticks, compile-time checks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from compiler import api
from runtime_stubs.triggers.chat import pieces
from runtime_stubs.triggers.paths import mapped, value_at
from runtime_stubs.triggers.schedule import Schedule
from runtime_stubs.triggers.signatures import (
    BadSignature,
    check_hub_signature,
    check_standard_webhook,
    signing_key,
)

DOCUMENT = {"a": {"b": [{"c d": 1}, 2]}, "x": None}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DOCUMENT),
        ("$.a.b[1]", 2),
        ("$.a.b[-1]", 2),
        ("$.a.b[0]['c d']", 1),
        ('$["a"].b[0]["c d"]', 1),
        ("$.x", None),
    ],
)
def test_paths(path: str, value: object) -> None:
    assert value_at(DOCUMENT, path) == value


@pytest.mark.parametrize("path", ["$.b", "$.a.b[2]", "$.a.b.c", "$.a[0]", "$.x.y", "$.a.b[-3]"])
def test_what_is_not_there_is_left_out(path: str) -> None:
    assert mapped(DOCUMENT, {"field": path, "other": "$.x"}) == {"other": None}


def test_the_signature_of_the_specification() -> None:
    """The example that the libraries of standardwebhooks.com are tested with."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert check_standard_webhook(headers, body, key, 1614265330.0) == headers["webhook-id"]
    with pytest.raises(BadSignature):
        check_standard_webhook(headers, body + b" ", key, 1614265330.0)


def test_the_signature_of_the_graph_api() -> None:
    """The example of https://docs.github.com/webhooks, which signs in the same way."""
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"x-hub-signature-256": f"sha256={digest}"}
    check_hub_signature(headers, b"Hello, World!", "It's a Secret to Everybody")
    with pytest.raises(BadSignature):
        check_hub_signature(headers, b"Hello, World?", "It's a Secret to Everybody")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_ticks_follow_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    daily = Schedule(cron="30 8 * * *")
    assert daily.next(at("2026-03-28T20:00:00+01:00")) == at("2026-03-29T08:30:00+02:00")
    assert daily.next(at("2026-10-24T20:00:00+02:00")) == at("2026-10-25T08:30:00+01:00")
    # The hour that is left out in spring, and the one that comes twice in autumn.
    night = Schedule(cron="30 2 * * *")
    spring = at("2026-03-28T12:00:00+01:00")
    assert spring < night.next(spring) < at("2026-03-29T04:00:00+02:00")
    autumn = night.next(at("2026-10-24T12:00:00+02:00"))
    assert night.next(autumn) > at("2026-10-26T00:00:00+01:00")


def test_the_latest_tick_is_found_once() -> None:
    schedule = Schedule(cron="@hourly")
    now = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
    assert schedule.latest(at("2026-05-01T11:30:00+00:00"), now) == now
    assert schedule.latest(now, now) is None
    later = now.replace(minute=59, microsecond=5)
    assert schedule.latest(now, later) is None
    assert schedule.latest(at("2026-04-01T00:00:00+00:00"), later) == now


def test_long_texts_are_cut_between_words() -> None:
    assert list(pieces("", 10)) == []
    assert list(pieces("one two three", 8)) == ["one two", "three"]
    assert list(pieces("x" * 25, 10)) == ["x" * 10, "x" * 10, "x" * 5]


HEAD = """
flow: {name: f}
state: {q: {type: str, required: true}, p: {type: str, required: true}, a: str}
nodes: [{id: n, set: {a: "q + p"}}]
triggers:
"""


@pytest.mark.parametrize(
    ("trigger", "message"),
    [
        ("webhook: {map: {q: $.q}}", "a run of this webhook lacks the required input `p`"),
        ("webhook: {map: {q: $.q, p: '$.a[x]'}}", "`$.a[x]` is not a path into the message"),
        ("webhook: {map: {q: $.q, p: $.}}", "`$.` is not a path into the message"),
        ("telegram: {}", "it is not clear which of 2 required inputs takes the text of a message"),
        ("webhook: {path: '/{id}'}", "`/{id}` is not a path of an address"),
        ("webhook: {path: /runs/x}", "`/runs/x` is an address of the server itself"),
        ("webhook: {path: /a}\n  - webhook: {path: a}", "two webhooks have the path `/a`"),
    ],
)
def test_mistakes_are_found_by_the_compiler(trigger: str, message: str, tmp_path: Path) -> None:
    found = api.check_bytes("f.yaml", f"{HEAD}  - {trigger}\n".encode(), tmp_path).diagnostics
    assert [(each.code, each.message) for each in found if each.code != "AC610"] == [
        ("AC705", message)
    ]
