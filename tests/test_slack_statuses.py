"""Statuses and sessions on Slack: what one place refuses is not the workspace's word."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import ThreadRef
from bot.errors import PlatformRefused
from bot.events import Action, Button, Post
from bot.ports import Manner
from tests.slack_speech import Speech, speech

__all__ = ["speech"]

pytestmark = pytest.mark.virtual

STATUS, SESSION = "assistant.threads.setStatus", "agents.sessions.setStatus"
START, STOP = "chat.startStream", "chat.stopStream"
HOUR = 3_600
LAST = (Button(Action.REGENERATE, "t1", "Regenerate"),)
OF_A_PLACE = [
    "cannot_reply_to_message",
    "channel_type_not_supported",
    "invalid_thread_ts",
    "not_in_channel",
    "restricted_action_read_only_channel",
    "user_is_restricted",
]


@pytest.mark.parametrize("code", OF_A_PLACE)
async def test_a_status_that_one_place_refuses_is_shown_in_others(
    speech: Speech, code: str
) -> None:
    here, there = speech.ask(), speech.ask()
    speech.refuse(STATUS, code, times=2)
    with pytest.raises(PlatformRefused):
        await speech.outbound.show_status(here, "is thinking...")
    await speech.outbound.show_status(here, "")
    assert not speech.outbound.manner(here).status
    assert speech.outbound.manner(there).status
    assert f"slack:status:{speech.team}" not in speech.memos.memos
    await speech.outbound.show_status(there, "is thinking...")
    await speech.clock.sleep(HOUR)
    assert speech.outbound.manner(here).status


@pytest.mark.parametrize("code", OF_A_PLACE)
async def test_a_session_that_one_place_refuses_is_had_in_others(speech: Speech, code: str) -> None:
    here, there = speech.ask(), speech.ask()
    speech.know_agent()
    await speech.outbound.load(speech.team)
    assert speech.outbound.manner(here).own_stop
    speech.refuse(SESSION, code)
    await speech.outbound.show_status(here, "is thinking...")
    assert not speech.outbound.manner(here).own_stop
    assert speech.outbound.manner(there).own_stop
    await speech.outbound.show_status(there, "is thinking...")
    assert (speech.work(here), speech.work(there)) == ("", "processing")
    # Slack begins one by itself with a stream.
    await speech.outbound.post(here, Post("a", growing="a"), "n")
    assert speech.outbound.manner(here).own_stop
    assert speech.work(here) == "processing"


@pytest.mark.parametrize("code", ["app_not_agent", "missing_scope", "unknown_method"])
async def test_an_app_that_is_no_agent_is_asked_once_a_day(speech: Speech, code: str) -> None:
    speech.refuse(SESSION, code)
    for _ in range(3):
        place = speech.ask()
        assert not speech.outbound.manner(place).own_stop
        await asyncio.sleep(0.1)
        await speech.outbound.post(place, Post("a", growing="a"), "n")
    assert len(speech.calls_of(SESSION)) == 1
    await speech.clock.sleep(24 * HOUR)
    speech.outbound.manner(speech.ask())
    await asyncio.sleep(0.1)
    assert len(speech.calls_of(SESSION)) == 2


async def test_a_fresh_workspace_knows_whose_stop_it_has_with_the_first_text(
    speech: Speech,
) -> None:
    """Neither two of them side by side, nor none."""
    place = speech.ask()
    await speech.outbound.open_thread(ThreadRef("slack", speech.team, speech.general, place), "x")
    assert speech.outbound.manner(place) == Manner(status=True, bare=True, own_stop=False)
    speech.fault(SESSION, "delay", seconds=0.5)
    await speech.outbound.post(place, Post("a", growing="a"), "n")
    assert speech.outbound.manner(place) == Manner(status=True, bare=True, own_stop=True)
    assert [each.request["status"] for each in speech.calls_of(SESSION)] == ["active"]
    assert speech.work(place) == "processing"


async def test_a_text_does_not_wait_for_long_to_know_it(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(SESSION, "delay", seconds=8.0)
    before = speech.clock.monotonic()
    await speech.outbound.post(place, Post("a", growing="a"), "n")
    assert speech.clock.monotonic() - before < 1.5


async def test_what_the_end_of_a_stream_tells_is_not_told_again(speech: Speech) -> None:
    speech.know_agent()
    place = speech.ask()
    await speech.outbound.show_status(place, "is thinking...")
    ts = await speech.outbound.post(place, Post("a", growing="a"), "n")
    await speech.outbound.edit(place, ts, Post("ab", LAST))
    await speech.outbound.show_status(place, "")
    assert len(speech.calls_of(SESSION)) == 1
    assert speech.work(place) == "active"
    await speech.outbound.show_status(place, "is thinking...")
    assert speech.work(place) == "processing"
    await speech.outbound.show_status(place, "")
    assert speech.work(place) == "active"


@pytest.mark.parametrize("action", ["lose_answer", "cut"])
async def test_a_session_of_unknown_fate_is_told_that_it_is_over(
    speech: Speech, action: str
) -> None:
    speech.know_agent()
    place = speech.ask()
    ts = await speech.outbound.post(place, Post("a", growing="a"), "n")
    speech.fault(STOP, action)
    with pytest.raises(Exception, match="connection"):
        await speech.outbound.edit(place, ts, Post("ab", LAST))
    await speech.outbound.edit(place, ts, Post("ab", LAST))
    await speech.outbound.show_status(place, "")
    assert speech.text(place, ts) == "ab"
    assert speech.work(place) == "active"
