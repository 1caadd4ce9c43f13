"""Triggers of a compiled workflow, with servers that speak the APIs of others."""

import base64
import hashlib
import hmac
import json
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.runtime.serve.serving import Serving, build, wait_until, with_hooks
from tests.runtime.triggers.fakes import FakeGraph, FakeTelegram
from tests.support.project import ROOT, Project

PAGE = (ROOT / "docs/guide/triggers.md").read_text("utf-8")
WORKFLOW = with_hooks(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
KEY = b"a key of twenty-four byt"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
WHATSAPP = "/triggers/whatsapp/whatsapp_phone_number_id"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build(WORKFLOW, tmp_path_factory.mktemp("asker"))


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture(scope="module")
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as fake:
        yield fake


def environment(telegram: FakeTelegram, graph: FakeGraph, **more: str) -> dict[str, str]:
    return {
        "ASK_SECRET": SECRET,
        "BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE": telegram.url,
        "WHATSAPP_TOKEN": "graph-token",
        "WHATSAPP_VERIFY_TOKEN": "verify-me",
        "WHATSAPP_APP_SECRET": "app-secret",
        "WHATSAPP_PHONE_NUMBER_ID": "555",
        "WHATSAPP_API_BASE": graph.url,
        **more,
    }


@pytest.fixture(scope="module")
def server(
    project: Project,
    telegram: FakeTelegram,
    graph: FakeGraph,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("server")
    with Serving(project, folder, env=environment(telegram, graph)) as serving:
        yield serving


# webhook


def signed(
    server: Serving, id: str, body: bytes, *, age: float = 0, key: bytes = KEY, extra: str = ""
) -> httpx.Response:
    stamp = str(int(time.time() - age))
    digest = hmac.digest(key, f"{id}.{stamp}.".encode() + body, "sha256")
    headers = {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"{extra}v1,{base64.b64encode(digest).decode()}",
    }
    return server.client.post("/ask", content=body, headers=headers)


def test_a_signed_request_is_answered(server: Serving) -> None:
    done = signed(server, "m1", b'{"text": "why", "more": 1}')
    assert done.status_code == 200, done.text
    assert done.json()["reply"] == "WHY"
    run = server.run(done.json()["id"])
    assert (run["source"], run["status"]) == ("webhook /ask", "finished")
    rotated = signed(server, "m1b", b'{"text": "who"}', extra="v1,b2xk v1a,bmV3 ")
    assert rotated.json()["reply"] == "WHO"


def test_a_second_delivery_starts_no_run(server: Serving) -> None:
    first = signed(server, "m2", b'{"text": "twice"}').json()
    again = signed(server, "m2", b'{"text": "twice"}').json()
    assert (again["id"], again["reply"]) == (first["id"], "TWICE")
    assert server.log().count("think twice") == 1
    other = signed(server, "m2", b'{"text": "thrice"}')
    assert (other.status_code, "another content" in other.text) == (422, True)


@pytest.mark.parametrize(
    ("age", "key", "code"),
    [(299, KEY, 200), (302, KEY, 401), (-299, KEY, 200), (-302, KEY, 401), (0, b"x" * 24, 401)],
)
def test_the_signature_holds_for_five_minutes(
    server: Serving, age: float, key: bytes, code: int
) -> None:
    response = signed(server, f"m3{age}{code}", b'{"text": "when"}', age=age, key=key)
    assert response.status_code == code


def test_bad_requests_are_refused_and_logged(server: Serving) -> None:
    unsigned = server.client.post("/ask", json={"text": "x"})
    assert unsigned.status_code == 401
    odd = {
        "webhook-id": "m",
        "webhook-timestamp": "²",
        "webhook-signature": "v1,ü".encode().decode("latin-1"),
    }
    assert server.client.post("/ask", json={}, headers=odd_bytes(odd)).status_code == 401
    assert signed(server, "m4", b"{torn").status_code == 400
    assert signed(server, "m5", b"[1]").status_code == 400
    assert signed(server, "m5b", b"[" * 90_000).status_code == 400
    assert signed(server, "m6", b'{"txt": "x"}').status_code == 422
    assert signed(server, "m7", b'{"text": 5}').status_code == 422
    assert signed(server, "m8", json.dumps({"text": "x" * 1_000_001}).encode()).status_code == 413
    said = server.messages()
    for words in ("no header 'webhook-id'", "the body is not JSON", "`question` (str) is required"):
        assert f"webhook /ask: refused: {words}" in said or words in said
    metrics = server.client.get("/metrics").text
    assert 'agentc_deliveries_total{source="webhook /ask",outcome="refused"}' in metrics
    # A delivery that was refused may come again, mended.
    assert signed(server, "m6", b'{"text": "mended"}').json()["reply"] == "MENDED"


def odd_bytes(headers: dict[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode("latin-1", "replace") for name, value in headers.items()}


def test_a_failed_run_gives_its_id(server: Serving) -> None:
    failed = signed(server, "m9", b'{"text": "bad"}')
    assert (failed.status_code, failed.json()["status"]) == (202, "failed")
    assert "reply" not in failed.json()


# telegram


def people(server: Serving) -> dict[str, tuple[str, str]]:
    """Return user and session of the runs, by question."""
    with sqlite3.connect(server.folder / ".agentc/asker-runs.sqlite") as db:
        rows = db.execute('SELECT inputs, "user", session FROM agentc_runs').fetchall()
    return {str(json.loads(row[0]).get("question")): (row[1], row[2]) for row in rows}


def test_a_message_is_answered(server: Serving, telegram: FakeTelegram) -> None:
    telegram.receive("hello")
    wait_until(lambda: ("7", "HELLO") in telegram.sent)
    wait_until(lambda: not telegram.waiting)
    telegram.receive("from bob", chat=8, username="Bob")
    wait_until(lambda: ("8", "FROM BOB") in telegram.sent)
    assert people(server)["from bob"] == ("8", "telegram BOT_TOKEN:8")


def test_messages_of_others_start_nothing(server: Serving, telegram: FakeTelegram) -> None:
    telegram.receive("let me in", chat=666, username="eve")
    wait_until(lambda: "chat 666 is not among `allowed_chats`" in server.messages())
    assert "think let me in" not in server.log()


def test_what_does_not_fit_is_kept_as_failed(server: Serving, telegram: FakeTelegram) -> None:
    telegram.receive(None)
    wait_until(lambda: not telegram.waiting)
    with sqlite3.connect(server.folder / ".agentc/asker-runs.sqlite") as db:
        rows = db.execute(
            "SELECT outcome FROM agentc_runs WHERE status = 'failed' AND source LIKE 'telegram%'"
        ).fetchall()
    assert "`question` (str) is required" in rows[0][0]


def test_a_repeated_update_starts_one_run(server: Serving, telegram: FakeTelegram) -> None:
    telegram.forgets_offset = True
    telegram.receive("again and again")
    time.sleep(1)
    telegram.forgets_offset = False
    wait_until(lambda: not telegram.waiting)
    assert server.log().count("think again and again") == 1
    assert telegram.sent.count(("7", "AGAIN AND AGAIN")) == 1


def test_long_replies_come_in_pieces(server: Serving, telegram: FakeTelegram) -> None:
    text = ("many words " * 500).strip()
    before = len(telegram.sent)
    telegram.receive(text)
    wait_until(lambda: sum(len(sent) for _, sent in telegram.sent[before:]) > 5000)
    pieces = [sent for _, sent in telegram.sent[before:]]
    assert all(len(each) <= 4000 for each in pieces)
    assert " ".join(pieces) == text.upper()


def test_a_reply_is_tried_again(server: Serving, telegram: FakeTelegram) -> None:
    telegram.failures = 1
    telegram.receive("persist")
    wait_until(lambda: ("7", "PERSIST") in telegram.sent)
    said = server.messages()
    assert "reply failed" in said
    assert telegram.token not in said


def test_no_message_is_lost_by_a_crash(project: Project, graph: FakeGraph, tmp_path: Path) -> None:
    with FakeTelegram() as telegram:
        env = environment(telegram, graph, NAP="2")
        with Serving(project, tmp_path, env=env) as server:
            telegram.receive("slow one")
            wait_until(lambda: "think slow one" in server.log())
            server.stop(signal.SIGKILL)
        telegram.receive("two")
        with Serving(project, tmp_path, env=env):
            wait_until(lambda: len(telegram.sent) == 2)
        assert sorted(telegram.sent) == [("7", "SLOW ONE"), ("7", "TWO")]


def test_telegram_sends_messages_to_a_public_address(
    project: Project, telegram: FakeTelegram, graph: FakeGraph, tmp_path: Path
) -> None:
    env = environment(telegram, graph, AGENTC_API_KEY="sesame")
    with Serving(project, tmp_path, "--public-url", "https://bot.example", env=env) as server:
        wait_until(lambda: bool(telegram.webhook))
        assert telegram.webhook["url"] == "https://bot.example/triggers/telegram/bot_token"
        path = "/triggers/telegram/bot_token"
        good = {"x-telegram-bot-api-secret-token": telegram.webhook["secret_token"]}
        update = telegram.message("pushed")
        for headers in ({}, {"x-telegram-bot-api-secret-token": "guess"}):
            assert server.client.post(path, json=update, headers=headers).status_code == 401
        assert server.client.post(path, content=b"{", headers=good).status_code == 400
        assert server.client.post(path, json={"ok": 1}, headers=good).status_code == 400
        for _ in range(2):
            assert server.client.post(path, json=update, headers=good).status_code == 200
        wait_until(lambda: ("7", "PUSHED") in telegram.sent)
        assert telegram.sent.count(("7", "PUSHED")) == 1


# whatsapp


def delivery(*messages: dict[str, Any], number: str = "555", **value: object) -> bytes:
    content = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number},
        "contacts": [{"profile": {"name": "Kim"}, "wa_id": "4912", "user_id": "DE.9"}],
        "messages": list(messages),
        **value,
    }
    entry = {"id": "0", "changes": [{"field": "messages", "value": content}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def text(id: str, body: str, **more: str) -> dict[str, Any]:
    return {
        "id": id,
        "from": "4912",
        "timestamp": "1",
        "type": "text",
        "text": {"body": body},
        **more,
    }


def deliver(server: Serving, body: bytes, secret: str = "app-secret") -> httpx.Response:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={digest}"}
    return server.client.post(WHATSAPP, content=body, headers=headers)


def test_meta_proves_the_address(server: Serving) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    good = server.client.get(WHATSAPP, params={**query, "hub.verify_token": "verify-me"})
    assert (good.status_code, good.text) == (200, "1158201444")
    bad = server.client.get(WHATSAPP, params={**query, "hub.verify_token": "guess"})
    assert bad.status_code == 403
    assert server.client.get(WHATSAPP).status_code == 403


def test_each_message_of_a_delivery_is_answered(server: Serving, graph: FakeGraph) -> None:
    body = delivery(text("wamid.1", "one"), text("wamid.2", "two"))
    for _ in range(3):  # Meta repeats deliveries for days
        assert deliver(server, body).status_code == 200
    wait_until(lambda: len(graph.sent) >= 2)
    assert sorted(each["text"]["body"] for each in graph.sent) == ["ONE", "TWO"]
    assert graph.sent[0]["to"] == "4912"
    assert graph.sent[0]["messaging_product"] == "whatsapp"
    assert graph.requests[0] == ("/555/messages", "Bearer graph-token")
    assert server.log().count("think one") == 1


def test_people_without_a_number_are_answered(server: Serving, graph: FakeGraph) -> None:
    message = {k: v for k, v in text("wamid.3", "nameless").items() if k != "from"}
    person = [{"profile": {"name": "Kim"}, "user_id": "DE.9"}]
    assert deliver(server, delivery(message, contacts=person)).status_code == 200
    wait_until(lambda: any(each.get("recipient") == "DE.9" for each in graph.sent))


def test_other_deliveries_start_nothing(server: Serving) -> None:
    read = {"id": "wamid.out", "status": "read", "timestamp": "1", "recipient_id": "4912"}
    assert deliver(server, delivery(statuses=[read])).status_code == 200
    assert deliver(server, delivery(text("wamid.4", "not mine"), number="777")).status_code == 200
    time.sleep(0.5)
    assert "think not mine" not in server.log()


def test_forged_and_malformed_deliveries_are_refused(server: Serving) -> None:
    body = delivery(text("wamid.5", "forged"))
    assert deliver(server, body, secret="guess").status_code == 401
    assert server.client.post(WHATSAPP, content=body).status_code == 401
    for malformed in (b"", b"{", b"[]", b"{}", b'{"entry": [1]}', delivery({"type": "text"})):
        assert deliver(server, malformed).status_code == 400, malformed
    assert deliver(server, b" " * 1_000_001).status_code == 413
    assert "wrong signature" in server.messages()
    assert "think forged" not in server.log()


def test_the_graph_api_may_be_away_for_a_while(server: Serving, graph: FakeGraph) -> None:
    graph.failures = 1
    deliver(server, delivery(text("wamid.6", "patience")))
    wait_until(lambda: any(each["text"]["body"] == "PATIENCE" for each in graph.sent))
    assert "graph-token" not in server.messages()


# schedule


def test_the_last_missed_tick_is_made_up_for_once(
    project: Project, telegram: FakeTelegram, graph: FakeGraph, tmp_path: Path
) -> None:
    env = environment(telegram, graph)
    database = tmp_path / ".agentc/asker-runs.sqlite"
    with Serving(project, tmp_path, env=env) as server:
        time.sleep(1)
        assert "think What is new?" not in server.log()  # nothing to miss before the first start
    with sqlite3.connect(database) as db:
        source = "source LIKE 'schedule%'"
        [count] = db.execute(f"SELECT count(*) FROM agentc_deliveries WHERE {source}").fetchone()
        assert count == 1
        db.execute(f"UPDATE agentc_deliveries SET key = '2026-01-05T00:00:00+00:00' WHERE {source}")
    db.close()
    for _ in range(2):
        with Serving(project, tmp_path, env=env) as server:
            wait_until(lambda: "think What is new?" in server.log())
            time.sleep(0.5)
    assert server.log().count("think What is new?") == 1


def test_what_is_missing_in_the_environment_is_said_at_once(
    project: Project, telegram: FakeTelegram, graph: FakeGraph, tmp_path: Path
) -> None:
    env = environment(telegram, graph, ASK_SECRET="whsec_short", BOT_TOKEN="")
    refused = project.run("serve", cwd=tmp_path, env=env)
    assert refused.returncode == 2
    assert "`ASK_SECRET` is no secret (`whsec_` and base64)" in refused.stderr
    assert "telegram BOT_TOKEN needs the environment variable `BOT_TOKEN`" in refused.stderr
