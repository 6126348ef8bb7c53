"""Slack by sockets: two of them, opened anew when they close, and closed for good at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack.client import SlackPlatform
from bot.errors import ConfigError
from bot.notices import ASIDES
from tests.slack_api import Desk, envelope, pressed, said
from tests.virtual import until

pytestmark = pytest.mark.virtual


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter with both of its sockets open."""
    async with Desk(by_socket=True) as desk:
        await until(lambda: len(desk.api.sockets) == 2)
        yield desk


async def acked(desk: Desk, name: str) -> dict[str, Any]:
    """Return an acknowledgement once it is there."""
    await until(lambda: desk.api.acked(name) is not None, within=5)
    found = desk.api.acked(name)
    assert found is not None
    return found


async def test_both_sockets_are_heard(desk: Desk) -> None:
    """And ready is told once."""
    for at in (0, 1):
        name = await desk.api.send(envelope(said("<@UBOT> hi", ts=f"1767225600.00000{at}")), at)
        assert await acked(desk, name) == {"envelope_id": name}
    assert desk.inbox.texts == ["hi", "hi"]
    assert desk.ready == 1 and desk.platform.routes() == []


async def test_an_acknowledgement_waits_for_the_commit(desk: Desk) -> None:
    """What is not committed in time is not acknowledged, so that it comes again."""
    desk.inbox.slow = True
    name = await desk.api.send(envelope(said("<@UBOT> hi")))
    await asyncio.sleep(2)
    assert desk.api.acked(name) is None
    desk.inbox.catch_up()
    await acked(desk, name)
    late = await desk.api.send(envelope(said("<@UBOT> hi", ts="1767225700.000000")))
    await asyncio.sleep(10)
    assert desk.api.acked(late) is None
    assert desk.tally.counts["slack_acks_late"] == 1


async def test_presses_and_forms_come_the_same_way(desk: Desk) -> None:
    """With what the acknowledgement has to say."""
    press = await desk.api.send(pressed(desk, "stop"))
    await acked(desk, press)
    desk.inbox._decide = lambda event: None
    form = {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {
            "id": "V1",
            "hash": "1.2",
            "callback_id": "reason",
            "private_metadata": '{"turn": "t1", "place": "T1/C1"}',
        },
    }
    name = await desk.api.send(form, accepts_response_payload=True)
    answer = await acked(desk, name)
    assert answer["payload"]["response_action"] == "errors"


@pytest.mark.parametrize("payload", [{"type": "event_callback", "event": None}, {}, {"type": []}])
async def test_what_makes_no_sense_does_not_come_again(desk: Desk, payload: Any) -> None:
    """As over HTTP."""
    await acked(desk, await desk.api.send(payload))


async def test_what_is_no_payload_breaks_nothing(desk: Desk) -> None:
    """Whatever a socket brings, the next thing is heard."""
    for text in ("{", "[]", "null", "{}", '{"type": "x", "envelope_id": 1, "payload": []}'):
        await desk.api.sockets[0].send_str(text)
    await acked(desk, await desk.api.send(envelope(said("<@UBOT> hi"))))


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_a_socket_that_is_to_close_is_opened_anew(desk: Desk, reason: str) -> None:
    """F30: the other one hears meanwhile."""
    opened = desk.api.opened
    await desk.api.sockets[0].send_json({"type": "disconnect", "reason": reason})
    await until(lambda: desk.api.opened > opened and len(desk.api.sockets) == 2, within=60)
    assert desk.platform.ready
    for at in (0, 1):
        name = await desk.api.send(envelope(said("<@UBOT> hi", ts=f"1767225600.00000{at}")), at)
        await acked(desk, name)


async def test_sockets_that_are_gone_come_back(desk: Desk) -> None:
    """Also when Slack gives no address for three minutes."""
    reply = desk.api.replies["apps.connections.open"]
    desk.api.replies["apps.connections.open"] = {"error": "internal_error"}
    for socket in list(desk.api.sockets):
        await socket.close()
    await until(lambda: not desk.platform.ready, within=30)
    assert desk.platform.problems() == ["slack: no socket is open"]
    await asyncio.sleep(180)
    desk.api.replies["apps.connections.open"] = reply
    await until(lambda: desk.platform.ready and len(desk.api.sockets) == 2, within=90)
    await acked(desk, await desk.api.send(envelope(said("<@UBOT> hi"))))


async def test_an_address_that_leads_nowhere_is_asked_for_anew(desk: Desk) -> None:
    """slack_sdk would try it for ever: one that it was given is good for a few seconds."""
    good = desk.api.replies["apps.connections.open"]
    desk.api.replies["apps.connections.open"] = {"url": f"{desk.api.origin}/nowhere"}
    for socket in list(desk.api.sockets):
        await socket.close()
    await asyncio.sleep(120)
    assert not desk.platform.ready
    desk.api.replies["apps.connections.open"] = good
    await until(lambda: len(desk.api.sockets) == 2, within=120)
    assert desk.platform.ready


async def test_after_the_end_nothing_is_heard() -> None:
    """The sockets are closed; what was being taken is still acknowledged."""
    async with Desk(by_socket=True) as desk:
        await until(lambda: len(desk.api.sockets) == 2)
        desk.inbox.slow = True
        name = await desk.api.send(envelope(said("<@UBOT> hi")))
        await until(lambda: bool(desk.inbox.events))
        hushing = asyncio.create_task(desk.platform.hush())
        await asyncio.sleep(1.5)
        refused = await desk.api.send(envelope(said("<@UBOT> ho", ts="1767225700.000000")))
        desk.inbox.catch_up()
        await acked(desk, name)
        await hushing
        assert desk.api.acked(refused) is None
        await until(lambda: not desk.api.sockets)
        assert desk.inbox.texts == ["hi"]
        opened, asked = desk.api.opened, len(desk.api.calls)
        await asyncio.sleep(600)
        assert (desk.api.opened, len(desk.api.calls)) == (opened, asked)
        assert not desk.platform.ready


async def test_an_end_while_a_socket_is_being_opened_leaves_none_open() -> None:
    """slack_sdk may have just asked for an address."""
    async with Desk(by_socket=True) as desk:
        await until(lambda: len(desk.api.sockets) == 2)
        good = desk.api.replies["apps.connections.open"]
        gate = asyncio.Event()

        async def later() -> Any:
            await gate.wait()
            return good({}) if callable(good) else good

        desk.api.replies["apps.connections.open"] = lambda arguments: later()
        for socket in list(desk.api.sockets):
            await socket.send_json({"type": "disconnect", "reason": "warning"})
        await asyncio.sleep(1)
        gate.set()
        await desk.platform.hush()
        await asyncio.sleep(60)
        assert not desk.api.sockets


async def test_an_app_token_that_is_refused_is_a_wrong_setting() -> None:
    """Known at the start."""
    async with Desk(by_socket=True, wait=False) as desk:
        desk.api.replies["apps.connections.open"] = {"error": "not_allowed_token_type"}
        with pytest.raises(ConfigError, match="SLACK_APP_TOKEN is refused"):
            await desk.running


async def test_no_ticket_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The address of a socket lets anybody hear."""
    with caplog.at_level(logging.DEBUG):
        desk.api.replies["apps.connections.open"] = {
            "url": f"{desk.api.origin}/nowhere?ticket=secret-ticket"
        }
        for socket in list(desk.api.sockets):
            await socket.close()
        await asyncio.sleep(60)
    assert "nowhere" in caplog.text
    assert "secret-ticket" not in caplog.text and "Traceback" not in caplog.text


async def test_slack_has_to_be_heard_somehow(desk: Desk) -> None:
    """One of the two is needed; nothing is left open where both are missing."""
    with pytest.raises(ConfigError, match="SLACK_APP_TOKEN or SLACK_SIGNING_SECRET"):
        SlackPlatform(
            bot_token="xoxb-1",
            intake=desk.inbox,
            store=desk.memos,
            commands=desk.clerk,
            forms=desk.forms,
            sentences=ASIDES,
            fetcher=desk.fetcher,
            clock=desk.clock,
            meter=desk.tally,
        )
