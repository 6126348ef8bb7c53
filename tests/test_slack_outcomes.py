"""What each failure of a call to Slack is taken for: done, surely not done, or unknown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import Calls
from adapters.slack.failures import read_code, read_failure, retry_after
from bot.errors import (
    Forbidden,
    Gone,
    Lost,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooBig,
    TooLong,
)
from tests.discord_desk import Tally
from tests.virtual import VirtualClock

pytestmark = pytest.mark.virtual

TOKEN = "xoxb-canary"
DEADLINE = 10.0


class Wire:
    """Answer every request as told, and keep what came."""

    def __init__(self) -> None:
        self.answer: Any = {"ok": True}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.content_type = "application/json"
        self.cut = ""
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.port = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one request."""
        if self.cut == "before":
            assert request.transport is not None
            request.transport.abort()
        body = await request.read()
        self.came.append((request.path, dict(request.headers), body))
        if self.cut == "after":
            assert request.transport is not None
            request.transport.abort()
        if self.cut == "hang":
            await asyncio.sleep(60)
        said = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return web.Response(
            body=said.encode(),
            status=self.status,
            headers={**self.headers, "Content-Type": self.content_type},
        )


class Revoked(list[str]):
    """The workspaces that an answer was said to have revoked, and whether that is believed."""

    believed = True

    def note(self, team: str, code: str) -> bool:
        self.append(team)
        return self.believed


@asynccontextmanager
async def wired() -> AsyncIterator[tuple[Wire, Calls, Revoked, Tally]]:
    """Serve a wire and hand out calls over it."""
    wire, revoked, meter = Wire(), Revoked(), Tally()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", wire.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    wire.port = int(site.name.rpartition(":")[2])
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            TOKEN, base_url=f"{site.name}/api/", session=session, retry_handlers=[]
        )
        calls = Calls(client, VirtualClock(), meter, deadline=DEADLINE, believes=revoked.note)
        yield wire, calls, revoked, meter
    await runner.cleanup()


async def fail(calls: Calls, method: str = "chat.postMessage") -> PlatformError:
    with pytest.raises(PlatformError) as raised:
        await calls.make("T1", method, channel="C1", text="x")
    assert TOKEN not in repr(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


async def test_a_call_takes_its_arguments_as_slack_reads_them() -> None:
    async with wired() as (wire, calls, _, meter):
        wire.answer = {"ok": True, "ts": "1.000001"}
        answer = await calls.make("T1", "chat.postMessage", channel="C1", thread_ts=None, blocks=[])
        assert answer["ts"] == "1.000001"
        await calls.make("T1", "files.info", file="F1", limit=5, all=True, names=["ä"])
        (path, headers, body), (other, theirs, form) = wire.came
        assert path == "/api/chat.postMessage"
        assert headers["Authorization"] == theirs["Authorization"] == f"Bearer {TOKEN}"
        assert json.loads(body) == {"channel": "C1", "blocks": []}
        assert other == "/api/files.info"
        assert theirs["Content-Type"] == "application/x-www-form-urlencoded"
        assert form == b"file=F1&limit=5&all=true&names=%5B%22%C3%A4%22%5D"
        assert meter.counts["slack_calls chat.postMessage done"] == 1


async def test_who_the_bot_is_is_asked_once() -> None:
    async with wired() as (wire, calls, _, _meter):
        wire.answer = {"ok": True, "user_id": "U1", "bot_id": "B1"}
        assert (await calls.me("T1")) == (await calls.me("T1"))
        assert [path for path, _, _ in wire.came] == ["/api/auth.test"]


@pytest.mark.parametrize("cut", ["before", "after", "hang"])
async def test_what_may_have_arrived_is_unknown(cut: str) -> None:
    async with wired() as (wire, calls, _, _meter):
        wire.cut = cut
        clock = asyncio.get_running_loop().time
        start = clock()
        error = await fail(calls)
        assert isinstance(error, PlatformUnknown)
        assert clock() - start <= DEADLINE
        # Nothing repeats a post by itself.
        assert len(wire.came) <= 1


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "text/html", "<html>"),
        (200, "text/plain", "ok"),
        (200, "application/json", "{not json"),
        (200, "application/json", "[1]"),
        (200, "application/json", "[]"),
        (200, "application/json", "null"),
        (200, "application/json", "{}"),
        (404, "text/html", "<html>"),
        (500, "application/json", '{"ok": true}'),
        (500, "text/plain", "no"),
        (502, "text/html", "<html>"),
        (503, "application/json", '{"ok": false, "error": "service_unavailable"}'),
        (504, "text/html", ""),
        (200, "application/json", '{"ok": false}'),
        (200, "application/json", '{"ok": false, "error": "internal_error"}'),
        (200, "application/json", '{"ok": false, "error": "fatal_error"}'),
    ],
)
async def test_an_answer_that_says_nothing_is_unknown(
    status: int, content_type: str, body: str
) -> None:
    async with wired() as (wire, calls, _, _meter):
        wire.status, wire.content_type, wire.answer = status, content_type, body
        for method in ("chat.postMessage", "conversations.replies"):
            assert isinstance(await fail(calls, method), PlatformUnknown)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with wired() as (wire, calls, _, _meter):
        calls.client.base_url = "http://127.0.0.1:1/api/"
        waits = []
        for _ in range(8):
            error = await fail(calls)
            assert isinstance(error, Throttled)
            waits.append(error.retry_after)
        assert waits == [1, 2, 4, 8, 16, 32, 32, 32]
        calls.client.base_url = f"http://127.0.0.1:{wire.port}/api/"
        await calls.make("T1", "chat.postMessage")
        calls.client.base_url = "http://127.0.0.1:1/api/"
        assert (await fail(calls)).retry_after == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        ("0", 1.0),
        ("86400", 60.0),
        ("-1", 5.0),
        ("soon", 5.0),
        ("٣", 5.0),
        ("9" * 500, 5.0),
        (None, 5.0),
    ],
)
async def test_a_rate_limit_is_waited_out_within_reason(said: str | None, wait: float) -> None:
    headers = {"Retry-After": said} if said is not None else {}
    assert retry_after(headers) == wait
    for status, body in ((429, {"ok": False, "error": "ratelimited"}), (429, None)):
        error = read_failure(
            "chat.update", status, {k.lower(): v for k, v in headers.items()}, body
        )
        assert isinstance(error, Throttled)
        assert error.retry_after == wait


async def test_a_rate_limit_over_the_wire() -> None:
    async with wired() as (wire, calls, _, meter):
        wire.status, wire.headers = 429, {"Retry-After": "7"}
        wire.answer = {"ok": False, "error": "ratelimited"}
        error = await fail(calls)
        assert isinstance(error, Throttled)
        assert error.retry_after == 7
        assert meter.counts["slack_throttled chat.postMessage"] == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("message_not_found", Gone),
        ("channel_not_found", Gone),
        ("is_archived", Gone),
        ("thread_not_found", Gone),
        ("cant_update_message", Lost),
        ("cant_delete_message", Lost),
        ("edit_window_closed", Lost),
        ("not_in_channel", Forbidden),
        ("restricted_action", Forbidden),
        ("restricted_action_read_only_channel", Forbidden),
        ("missing_scope", Forbidden),
        ("token_revoked", Forbidden),
        ("msg_too_long", TooLong),
        ("msg_blocks_too_long", TooLong),
        ("file_upload_size_restricted", TooBig),
        ("invalid_blocks", PlatformRefused),
        ("something_new", PlatformRefused),
    ],
)
def test_slacks_words(code: str, kind: type[PlatformError]) -> None:
    error = read_code("chat.postMessage", code, {})
    assert type(error) is kind
    assert error.code == code


def test_a_message_that_is_changed_and_not_there_is_lost() -> None:
    for method in ("chat.update", "chat.appendStream", "chat.stopStream"):
        assert isinstance(read_code(method, "message_not_found", {}), Lost)
    for method in ("chat.delete", "reactions.add"):
        assert isinstance(read_code(method, "message_not_found", {}), Gone)


async def test_a_missing_scope_is_named() -> None:
    async with wired() as (wire, calls, revoked, _):
        wire.answer = {"ok": False, "error": "missing_scope", "needed": "chat:write"}
        error = await fail(calls)
        assert isinstance(error, Forbidden)
        assert error.permission == "chat:write"
        assert revoked == []


@pytest.mark.parametrize(
    "code", ["token_revoked", "account_inactive", "invalid_auth", "not_authed"]
)
async def test_a_workspace_that_removed_the_bot_is_told_of(code: str) -> None:
    async with wired() as (wire, calls, revoked, _):
        wire.answer = {"ok": False, "error": code}
        assert isinstance(await fail(calls), Forbidden)
        assert revoked == ["T1"]
        # Until that is believed it may be done later.
        revoked.believed = False
        error = await fail(calls)
        assert isinstance(error, Throttled)
        assert error.code == code


async def test_bytes_are_sent_without_the_token() -> None:
    async with wired() as (wire, calls, _, _meter):
        wire.content_type, wire.answer = "text/plain", "OK - 3"
        url = f"http://127.0.0.1:{wire.port}/upload/v1/abc"
        await calls.send_bytes(url, b"abc", "files.upload")
        ((path, headers, body),) = wire.came
        assert (path, body) == ("/upload/v1/abc", b"abc")
        assert "Authorization" not in headers
        for status, kind in (
            (302, PlatformRefused),
            (404, PlatformRefused),
            (408, PlatformUnknown),
            (429, Throttled),
            (500, PlatformUnknown),
            (504, PlatformUnknown),
        ):
            wire.status = status
            with pytest.raises(kind):
                await calls.send_bytes(url, b"abc", "files.upload")
        wire.cut = "hang"
        with pytest.raises(PlatformUnknown):
            await calls.send_bytes(url, b"abc", "files.upload")
