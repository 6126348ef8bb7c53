"""Slack over HTTP against the running surface: what is let in, and how the rest is answered.

Rows X206-X223 of the bad inputs; those of slow bodies, sizes and hosts are the surface's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack.endpoint import is_signed, read_body
from bot.errors import StoreError
from tests.slack_api import FORM, SECRET, Desk, envelope, said, signed
from tests.virtual import until

pytestmark = pytest.mark.virtual

HELLO = json.dumps(envelope(said("<@UBOT> hi"))).encode()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP."""
    async with Desk() as desk:
        yield desk


async def test_a_signed_event_is_answered_once_it_is_committed(desk: Desk) -> None:
    """X206: 200, and not before the commit."""
    desk.inbox.slow = True
    began = desk.clock.monotonic()

    async def commit() -> None:
        await desk.clock.sleep(2.5)
        desk.inbox.catch_up()

    task = asyncio.create_task(commit())
    response = await desk.post(HELLO)
    assert response.status == 200 and await response.text() == ""
    assert 2.5 <= desk.clock.monotonic() - began < 2.7
    assert desk.inbox.texts == ["hi"]
    await task


async def test_an_event_that_is_not_committed_in_time_comes_again(desk: Desk) -> None:
    """F29: a stall of four seconds is no acknowledgement; the repetition is one."""
    desk.inbox.slow = True
    began = desk.clock.monotonic()
    response = await desk.post(HELLO)
    assert response.status == 503
    assert desk.clock.monotonic() - began < 3.0
    assert desk.tally.counts["slack_acks_late"] == 1
    desk.inbox.catch_up()
    desk.inbox.slow = False
    again = await desk.post(HELLO, headers={"X-Slack-Retry-Num": "1"})
    assert again.status == 200
    assert desk.inbox.texts == ["hi", "hi"]


async def test_an_event_that_cannot_be_stored_comes_again(desk: Desk) -> None:
    """A disk that is full is no reason to forget a question."""
    desk.inbox._decide = lambda event: None
    assert (await desk.post(HELLO)).status == 503


def bad_signatures() -> list[Any]:
    """Return headers that are no signature of HELLO at the beginning of time."""
    good = signed(HELLO, 0)["X-Slack-Signature"]
    digest = good.removeprefix("v0=")
    flipped = ("1" if digest[0] == "0" else "0") + digest[1:]
    return [
        pytest.param(f"v0={flipped}", id="one-bit"),
        pytest.param(f"v1={digest}", id="prefix"),
        pytest.param(f"v0={digest.upper()}", id="upper"),
        pytest.param(good[:-1], id="cut"),
        pytest.param(digest, id="bare"),
        pytest.param("", id="empty"),
        pytest.param("v0=é", id="accent"),
        pytest.param("v0=\udce9", id="byte"),
        pytest.param("v0=" + "a" * 4_000, id="long"),
    ]


@pytest.mark.parametrize("signature", bad_signatures())
def test_a_wrong_signature_is_none(signature: str) -> None:
    """X208, X209: whatever it is, it neither matches nor raises."""
    secret = SECRET.encode()
    assert is_signed(secret, ["0"], [signed(HELLO, 0)["X-Slack-Signature"]], HELLO, 0)
    assert not is_signed(secret, ["0"], [signature], HELLO, 0)


BAD_TIMES = ["", "x", "1.5", "-1", "+1", " 1", "1 ", "1_0", "١٢٣", "９", "1" * 13, "1" * 5_000]


@pytest.mark.parametrize("time", BAD_TIMES)
def test_a_time_is_digits_and_few_of_them(time: str) -> None:
    """Python would read some of these as numbers, and raise for others."""
    good = signed(HELLO, 1)["X-Slack-Signature"]
    assert not is_signed(SECRET.encode(), [time], [good], HELLO, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "1" * 5_000},
        {"X-Slack-Request-Timestamp": "1.5"},
    ],
)
async def test_what_is_not_signed_is_refused(desk: Desk, headers: dict[str, str]) -> None:
    """401 over the wire, where Bolt's own check would be a 500."""
    assert (await desk.post(HELLO, headers=headers)).status == 401
    assert not desk.inbox.events
    assert desk.tally.counts["slack_requests unsigned"] == 1


@pytest.mark.parametrize(("off", "status"), [(-301, 401), (301, 401), (-299, 200), (299, 200)])
async def test_a_signature_is_good_for_five_minutes(desk: Desk, off: int, status: int) -> None:
    """X211, X212: by the clock that the bot is given, either way."""
    headers = signed(HELLO, desk.clock.now() // 1000 + off)
    assert (await desk.post(HELLO, headers=headers)).status == status
    assert len(desk.inbox.events) == (status == 200)


@pytest.mark.parametrize("name", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
async def test_two_of_a_header_are_as_good_as_none(desk: Desk, name: str) -> None:
    """X214: which of them would be meant?"""
    good = signed(HELLO, desk.clock.now() // 1000)
    twice = [("Content-Type", "application/json"), *good.items(), (name, good[name])]
    async with desk.http.post(desk.url, data=HELLO, headers=twice) as response:
        assert response.status == 401
    without = [(key, value) for key, value in good.items() if key != name]
    async with desk.http.post(desk.url, data=HELLO, headers=without) as response:
        assert response.status == 401


async def test_the_very_bytes_are_signed(desk: Desk) -> None:
    """X215: the same JSON with other spaces is another body."""
    spaced = json.dumps(json.loads(HELLO), indent=1).encode()
    headers = signed(HELLO, desk.clock.now() // 1000)
    assert (await desk.post(spaced, headers=headers)).status == 401


UNREADABLE = [
    b"{not json",
    b"[]",
    b"null",
    b'"x"',
    b"7",
    b"",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"type":"event_callback","event":NaN}',
    b'{"a":' + b"9" * 5_000 + b"}",
    b"\xff\xfe{}",
    b"\xc3\x28",
]


@pytest.mark.parametrize("raw", UNREADABLE, ids=range(len(UNREADABLE)))
async def test_what_is_no_object_is_a_bad_request(desk: Desk, raw: bytes) -> None:
    """X217: 400, where Bolt's own reading would be a 500."""
    assert (await desk.post(raw)).status == 400
    assert desk.tally.counts["slack_requests unreadable"] == 1


@pytest.mark.parametrize(
    "raw", [b"payload={not json", b"payload=[]", b"payload=", b"a=1", b"x", b"&" * 500 + b"=1"]
)
async def test_a_form_holds_a_command_or_an_object(desk: Desk, raw: bytes) -> None:
    """Anything else is none of Slack's."""
    assert (await desk.post(raw, headers=FORM)).status == 400


@pytest.mark.parametrize("content_type", ["application/json; charset=nonsense", "text/x", ""])
async def test_the_content_type_only_helps(desk: Desk, content_type: str) -> None:
    """A body that begins like an object is one, whatever it is called."""
    response = await desk.post(HELLO, headers={"Content-Type": content_type})
    assert response.status == 200
    assert desk.inbox.texts == ["hi"]


MISSHAPEN: list[dict[str, Any]] = [
    envelope(None),
    {key: value for key, value in envelope({}).items() if key != "event"},
    envelope([]),
    envelope("x"),
    envelope({}),
    envelope({"type": "message"}),
    envelope({"type": ["message"]}),
    envelope({"type": "message", "channel": {}, "text": [], "user": 7, "ts": None}),
    envelope({"type": "app_mention", "user": "U1", "text": "<@UBOT>", "ts": "x", "channel": "C1"}),
    envelope({"type": "message", "subtype": "message_changed", "message": []}),
    envelope({"type": "message", "subtype": "message_deleted"}),
    envelope({"type": "channel_deleted"}),
    envelope({"type": "unheard_of"}),
    envelope({"type": "app_home_opened", "tab": "messages"}),
    {"type": "unheard_of"},
    {"type": {}},
    {},
    {"type": "block_actions", "team": {"id": "T1"}, "actions": []},
    {"type": "block_actions", "team": {"id": "T1"}},
    {"type": "view_submission", "team": {"id": "T1"}},
    {"type": "view_closed", "team": {"id": "T1"}},
    {"type": "block_suggestion", "team": {"id": "T1"}},
    {"type": "dialog_submission", "team": {"id": "T1"}},
    {"type": "event_callback", "team_id": {"a": 1}, "event": {"type": "message"}},
    envelope(said("<@UBOT> hi"), authorizations=[5, None, "x"]) | {"team_id": "T1"},
]


@pytest.mark.parametrize("body", MISSHAPEN, ids=range(len(MISSHAPEN)))
async def test_what_makes_no_sense_does_not_come_again(desk: Desk, body: dict[str, Any]) -> None:
    """X218: signed, so it is Slack's; repeated it would make no more sense."""
    assert (await desk.post(json.dumps(body).encode())).status == 200
    assert desk.tally.counts["slack_handler_errors bolt"] == 0


@pytest.mark.parametrize("event", [None, [], "x"])
async def test_events_without_an_event_are_counted(desk: Desk, event: Any) -> None:
    """X218."""
    await desk.event(event)
    assert desk.tally.counts["slack_malformed event_callback"] == 1


async def test_the_address_proves_itself(desk: Desk) -> None:
    """X220: only to Slack itself."""
    raw = json.dumps({"type": "url_verification", "challenge": "c3VyZQ"}).encode()
    response = await desk.post(raw)
    assert response.status == 200
    assert (await response.json())["challenge"] == "c3VyZQ"
    assert (await desk.post(raw, headers={"X-Slack-Signature": "v0=0"})).status == 401


async def test_a_look_at_the_certificate_runs_nothing(desk: Desk) -> None:
    """X221: unsigned, and answered with nothing, whatever else it holds."""
    for raw in (b"ssl_check=1&token=x", b"ssl_check=1&command=/bot&text=settings&team_id=T1"):
        async with desk.http.post(desk.url, data=raw, headers=FORM) as response:
            assert response.status == 200 and await response.read() == b""
    for raw in (b"ssl_check=2", b'{"ssl_check=1": 1}', b"ssl_check=1" + b"&a=1" * 1000):
        async with desk.http.post(desk.url, data=raw, headers=FORM) as response:
            assert response.status == 401
    assert not desk.clerk.calls


async def test_other_workspaces_are_none_of_ours(desk: Desk) -> None:
    """X223: ignored and counted; in a shared channel the authorisation says whose event it is."""
    stranger: dict[str, Any] = {"team_id": "T9", "authorizations": [{"team_id": "T9"}]}
    assert await desk.event(said("<@UBOT> hi"), **stranger) == 200
    organisation: dict[str, Any] = {"team_id": None, "enterprise_id": "E1", "authorizations": []}
    assert await desk.event(said("<@UBOT> hi"), **organisation) == 200
    assert await desk.command("settings", team_id="T9") == 200
    assert desk.tally.counts["slack_ignored workspace"] == 3
    assert not desk.inbox.events and not desk.api.whispers and not desk.clerk.calls
    assert await desk.event(said("<@UBOT> hi"), team_id="T9") == 200
    assert desk.inbox.texts == ["hi"]


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "HEAD", "DELETE", "PATCH", "TRACE"])
async def test_only_posts_are_taken(desk: Desk, method: str) -> None:
    """X224."""
    async with desk.http.request(method, desk.url) as response:
        assert response.status == 405


async def test_before_the_bot_knows_itself_slack_has_to_come_again() -> None:
    """What comes while Slack's own API is away is not lost."""
    async with Desk(wait=False) as desk:
        desk.api.replies["auth.test"] = {"error": "internal_error"}
        assert (await desk.post(HELLO)).status == 503
        assert desk.platform.problems() == ["slack: not logged in yet"]
        desk.api.replies["auth.test"] = {"team_id": "T1", "user_id": "UBOT", "bot_id": "BBOT"}
        await until(lambda: desk.platform.ready, within=60)
        assert (await desk.post(HELLO)).status == 200


async def test_after_the_end_nothing_is_taken(desk: Desk) -> None:
    """Slack repeats it, and the next start hears it."""
    await desk.platform.hush()
    assert (await desk.post(HELLO)).status == 503
    assert not desk.inbox.events


async def test_a_handler_that_breaks_is_counted(desk: Desk) -> None:
    """And the event comes again: nothing is lost without a word."""

    def broken(platform: str, workspace: str, channel: str) -> bool:
        raise StoreError("broken")

    desk.inbox.listens = broken  # type: ignore[method-assign]
    assert await desk.event(said("hi all")) == 503
    assert desk.tally.counts["slack_handler_errors event_callback"] == 1


async def test_what_we_said_ourselves_is_not_heard(desk: Desk) -> None:
    """Bolt drops it, by who we are."""
    assert await desk.event(said("<@UBOT> hi", user="UBOT")) == 200
    assert await desk.event(said("<@UBOT> hi", bot_id="BBOT")) == 200
    assert not desk.inbox.events


def test_a_command_may_be_about_payloads() -> None:
    """Bolt reads a form with that word in it as empty."""
    assert read_body("command=%2Fask&text=what+is+a+payload%3F", "")["text"] == "what is a payload?"
