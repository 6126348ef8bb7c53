"""What the real slack-bolt is told, over both transports, and how often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from adapters.playground.faults import Fault
from tests.standin_slack import App, Served, bolt, serve
from tests.virtual import until

pytestmark = pytest.mark.virtual


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Served]:
    async with serve() as served:
        yield served


class Server:
    """The app's own server: answers with `status` and keeps what came."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.seconds = 0.0
        self.came: list[tuple[float, dict[str, str], bytes]] = []

    async def handle(self, request: web.Request) -> web.Response:
        raw = await request.read()
        now = asyncio.get_running_loop().time()
        self.came.append((now, dict(request.headers), raw))
        await asyncio.sleep(self.seconds)
        return web.Response(status=self.status, headers=self.headers)


@asynccontextmanager
async def listening(served: Served, handle: Any) -> AsyncIterator[None]:
    """Let the stand-in post to a handler."""
    app = web.Application()
    app.router.add_post("/slack/events", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.settings.transport = "http"
    port = runner.addresses[0][1]
    served.settings.request_url = f"http://127.0.0.1:{port}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


async def test_a_mention_comes_as_two_events_of_the_same_message(slack: Served) -> None:
    async with bolt(slack) as app:
        app.listen()
        ts = slack.people.say(slack.ada, slack.general, f"{slack.mention} hello <b>")
        await app.wait(lambda: len(app.got) == 2)
        (mention,), (message,) = app.of("app_mention"), app.of("message")
        assert mention["ts"] == message["ts"] == ts
        assert mention["text"].endswith("hello &lt;b&gt;")
        assert (message["channel_type"], message["channel"]) == ("channel", slack.channel)
        assert "channel_type" not in mention
        first, second = (body["event_id"] for body in app.got)
        assert first != second
        await app.wait(lambda: slack.standin.deliveries.pending == 0)
        assert slack.attempts() == [("event:app_mention", "ok"), ("event:message", "ok")]


async def test_no_mention_is_told_in_direct_messages(slack: Served) -> None:
    dm = slack.people.open_dm(slack.ada)
    group = slack.people.open_mpim(slack.ada, slack.ben)
    slack.people.say(slack.ada, dm, f"{slack.mention} hello")
    slack.people.say(slack.ada, group, f"{slack.mention} hello")
    sent = [one["event"] for one in slack.standin.deliveries.sent.values()]
    assert [(one["type"], one.get("channel_type")) for one in sent] == [
        ("message", "im"),
        ("app_mention", None),
        ("message", "mpim"),
    ]


async def test_the_app_hears_only_where_it_is_and_what_it_may(slack: Served) -> None:
    sent = slack.standin.deliveries.sent
    quiet = slack.people.channel("quiet")
    slack.people.say(slack.ada, quiet, f"{slack.mention} hello")
    assert not sent
    slack.people.switch(scopes=["app_mentions:read"])
    slack.people.say(slack.ada, slack.general, f"{slack.mention} hello")
    assert [one["event"]["type"] for one in sent.values()] == ["app_mention"]
    slack.people.uninstall()
    slack.people.say(slack.ada, slack.general, f"{slack.mention} hello")
    kinds = [one["event"]["type"] for one in sent.values()]
    assert kinds == ["app_mention", "tokens_revoked", "app_uninstalled"]


async def test_an_edit_is_told_with_what_stood_before_and_mentions_again(slack: Served) -> None:
    ts = slack.people.say(slack.ada, slack.general, f"{slack.mention} one")
    slack.people.edit(slack.ada, slack.general, ts, f"{slack.mention} two")
    sent = [one["event"] for one in slack.standin.deliveries.sent.values()][2:]
    again, changed = sent
    assert (again["type"], again["ts"], again["edited"]["user"]) == (
        "app_mention",
        ts,
        slack.user(slack.ada),
    )
    assert again["event_ts"] != ts
    assert changed["subtype"] == "message_changed"
    assert changed["message"]["text"].endswith("two")
    assert changed["previous_message"]["text"].endswith("one")
    slack.people.delete(slack.ada, slack.general, ts)
    gone = [one["event"] for one in slack.standin.deliveries.sent.values()][-1]
    assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", ts)
    assert gone["previous_message"]["text"].endswith("two")


async def test_changes_that_nobody_wrote_come_as_changes(slack: Served) -> None:
    ts = slack.people.say(slack.ada, slack.general, "https://x.org/a")
    slack.people.show_preview(slack.general, ts, "https://x.org/a")
    unfurled = [one["event"] for one in slack.standin.deliveries.sent.values()][-1]
    assert unfurled["subtype"] == "message_changed"
    assert unfurled["message"]["text"] == unfurled["previous_message"]["text"]
    assert "edited" not in unfurled["message"]
    await slack.post("answer", thread_ts=ts)
    reply, counted = [one["event"] for one in slack.standin.deliveries.sent.values()][-2:]
    assert reply["bot_id"] == slack.world.teams[slack.team].bot_id
    assert counted["message"]["reply_count"] == 1
    assert "reply_count" not in counted["previous_message"]
    slack.people.delete(slack.ada, slack.general, ts)
    stone = [one["event"] for one in slack.standin.deliveries.sent.values()][-1]
    assert (stone["subtype"], stone["message"]["subtype"]) == ("message_changed", "tombstone")


async def test_files_come_with_their_message_or_only_with_it(slack: Served) -> None:
    files = [("a.txt", b"one")]
    slack.people.say(slack.ada, slack.general, f"{slack.mention} look", files=files)
    mention, message = [one["event"] for one in slack.standin.deliveries.sent.values()]
    assert mention["files"][0]["name"] == message["files"][0]["name"] == "a.txt"
    assert message["subtype"] == "file_share"
    slack.settings.mentions_with_files = "message"
    slack.people.say(slack.ada, slack.general, f"{slack.mention} look", files=files)
    found = [one["event"]["type"] for one in slack.standin.deliveries.sent.values()][2:]
    assert found == ["message"]


async def test_what_is_not_acked_comes_again_three_times(slack: Served) -> None:
    async with bolt(slack) as app:
        begun = asyncio.get_running_loop().time()
        slack.settings.events = ("app_mention",)
        slack.people.say(slack.ada, slack.general, f"{slack.mention} hello")
        await until(lambda: len(app.got) == 4, within=400)
        # Each unacked attempt has first taken its three seconds.
        assert asyncio.get_running_loop().time() - begun == pytest.approx(369, abs=2)
        assert len({body["event_id"] for body in app.got}) == 1
        assert app.retries == ["0", "1", "2", "3"]
        await until(lambda: slack.standin.deliveries.pending == 0)
        assert slack.attempts() == [("event:app_mention", "refused")] * 4


async def test_a_payload_goes_to_one_connection_of_ten_at_most(slack: Served) -> None:
    async with bolt(slack, connections=2) as app:
        app.listen()
        for n in range(6):
            slack.people.say(slack.ada, slack.general, str(n))
        await app.wait(lambda: len(app.got) == 6)
        await asyncio.sleep(5)
        assert len(app.got) == 6
    async with bolt(slack, connections=10) as app:
        base = slack.standin.api_url(slack.standin.origin)
        headers = {"Authorization": f"Bearer {slack.standin.app_token}"}
        async with slack.http.post(base + "apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        async with slack.http.ws_connect(url) as socket:
            assert (await socket.receive_json())["reason"] == "too_many_websockets"
        async with slack.http.get(url.replace("ws", "http", 1)) as answer:
            assert answer.status == 403


async def test_connections_take_turns_and_any_of_them_may_ack(slack: Served) -> None:
    base = slack.standin.api_url(slack.standin.origin)
    headers = {"Authorization": f"Bearer {slack.standin.app_token}"}
    urls = []
    for _ in range(2):
        async with slack.http.post(base + "apps.connections.open", headers=headers) as answer:
            urls.append((await answer.json())["url"])
    async with slack.http.ws_connect(urls[0]) as one, slack.http.ws_connect(urls[1]) as two:
        hellos = [await one.receive_json(), await two.receive_json()]
        assert [hello["num_connections"] for hello in hellos] == [1, 2]
        for n in range(4):
            slack.people.say(slack.ada, slack.general, str(n))
        envelopes = [await socket.receive_json() for socket in (one, one, two, two)]
        texts = {envelope["payload"]["event"]["text"] for envelope in envelopes}
        assert texts == {"0", "1", "2", "3"}
        assert not any(envelope["accepts_response_payload"] for envelope in envelopes)
        for envelope in envelopes:
            await one.send_json({"envelope_id": envelope["envelope_id"]})
        await until(lambda: slack.standin.deliveries.pending == 0, within=2)
        assert slack.attempts() == [("event:message", "ok")] * 4


async def test_a_cut_connection_is_opened_again(slack: Served) -> None:
    async with bolt(slack) as app:
        app.listen()
        assert slack.standin.sockets.drop() == 1
        await until(lambda: slack.standin.sockets.count == 1)
        slack.people.say(slack.ada, slack.general, "hello")
        await app.wait(lambda: len(app.got) == 1)
        await slack.standin.sockets.ask_reconnect("refresh_requested")
        await until(lambda: slack.standin.sockets.count == 1)
        slack.people.say(slack.ada, slack.general, "again")
        await app.wait(lambda: len(app.got) == 2)


async def test_without_a_connection_an_event_waits_for_its_repetition(slack: Served) -> None:
    slack.people.say(slack.ada, slack.general, "hello")
    await until(lambda: len(slack.attempts()) == 2)
    async with bolt(slack) as app:
        app.listen()
        await until(lambda: len(app.got) == 1, within=70)
        assert app.retries == ["2"]


async def test_faults_lose_delay_and_repeat_events(slack: Served) -> None:
    async with bolt(slack) as app:
        app.listen()
        faults = slack.standin.faults
        faults.add(Fault("event:app_mention", "delay", seconds=5))
        faults.add(Fault("event:message", "repeat", options={"times": 3}))
        slack.people.say(slack.ada, slack.general, f"{slack.mention} hello")
        await app.wait(lambda: len(app.got) == 5)
        assert [body["event"]["type"] for body in app.got] == ["message"] * 4 + ["app_mention"]
        faults.add(Fault("event:message", "lose"))
        slack.people.say(slack.ada, slack.general, "lost")
        await asyncio.sleep(400)
        assert len(app.got) == 5
        slack.standin.deliveries.resend(app.got[0]["event_id"], 1, "http_error")
        await app.wait(lambda: len(app.got) == 6)
        assert app.retries[-1] == "1"


# --- HTTP


async def test_requests_are_signed_and_repeated_until_a_2xx(slack: Served) -> None:
    server = Server()
    server.status = 503
    slack.settings.events = ("app_mention",)
    async with listening(slack, server.handle):
        slack.people.say(slack.ada, slack.general, f"{slack.mention} hello")
        await until(lambda: len(server.came) == 4, within=400)
        first = server.came[0][0]
        # One clock for both: the waits are Slack's.
        assert [round(at - first) for at, _, _ in server.came] == [0, 0, 60, 360]
        told = [headers.get("X-Slack-Retry-Num") for _, headers, _ in server.came]
        assert told == [None, "1", "2", "3"]
        assert server.came[1][1]["X-Slack-Retry-Reason"] == "http_error"
        _, headers, raw = server.came[0]
        at = int(headers["X-Slack-Request-Timestamp"])
        signed = slack.standin.requests.sign(raw, at)
        assert headers["X-Slack-Signature"] == signed["X-Slack-Signature"]


async def test_no_retry_stops_and_a_slow_answer_does_not(slack: Served) -> None:
    server = Server()
    server.status, server.headers = 500, {"X-Slack-No-Retry": "1"}
    async with listening(slack, server.handle):
        slack.people.say(slack.ada, slack.general, "hello")
        await asyncio.sleep(400)
        assert len(server.came) == 1
        server.status, server.headers, server.seconds = 200, {}, 4.0
        slack.people.say(slack.ada, slack.general, "again")
        await until(lambda: len(server.came) == 5, within=400)
        assert server.came[2][1]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_bolt_takes_what_is_posted(slack: Served) -> None:
    app = App(slack)
    app.listen()
    # Bolt holds signatures against the real clock.
    slack.standin.requests._now = lambda: time.time_ns() // 1_000_000

    @app.bolt.command("/bot")
    async def answer(ack: Any, respond: Any) -> None:
        await ack("first")
        await respond("second")

    async def handle(request: web.Request) -> web.Response:
        bolt_request = await to_bolt_request(request)
        return await to_aiohttp_response(await app.bolt.async_dispatch(bolt_request))

    async with listening(slack, handle):
        assert await slack.standin.deliveries.verify()
        slack.people.say(slack.ada, slack.general, f"{slack.mention} hello")
        used = slack.people.command(slack.ada, slack.general, "/bot", "help")
        await until(lambda: len(slack.people.interaction(used)["messages"]) == 2)
        told = {one["text"] for one in slack.people.interaction(used)["messages"]}
        assert told == {"first", "second"}
        assert {"app_mention", "message"} <= {
            body["event"]["type"] for body in app.got if "event" in body
        }
        slack.standin.requests.secret = "0" * 32
        used = slack.people.command(slack.ada, slack.general, "/bot", "help")
        await until(lambda: slack.people.interaction(used)["state"] == "failed")
