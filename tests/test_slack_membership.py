"""Whether the bot is in a workspace: never believed by one word, and never given up for good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.errors import Forbidden, Throttled
from bot.events import Post, WorkspaceJoined, WorkspaceLeft
from tests.slack_api import BOT, BOT_USER, TEAM, Desk, said
from tests.virtual import until

pytestmark = pytest.mark.virtual

ME = {"team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT}
LEFT, JOINED = WorkspaceLeft("slack", TEAM), WorkspaceJoined("slack", TEAM)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Desk() as desk:
        desk.inbox.servers.clear()
        yield desk


def refuse(desk: Desk, method: str, code: str, times: int = 1_000_000) -> None:
    """Let a method be refused so often, and answered as before from then on."""
    before = desk.api.replies.get(method, {})
    left = [times]

    def reply(arguments: dict[str, Any]) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            return {"error": code}
        return before(arguments) if callable(before) else before

    desk.api.replies[method] = reply


@pytest.mark.parametrize("code", ["invalid_auth", "not_authed", "account_inactive"])
async def test_f38_one_call_that_says_so_proves_nothing(desk: Desk, code: str) -> None:
    refuse(desk, "chat.postMessage", code, times=1)
    desk.api.replies.setdefault("chat.postMessage", {"ts": "2.0"})
    with pytest.raises(Throttled):
        await desk.platform.post("T1/C1/1.0", Post("hello"), "n")
    await desk.clock.sleep(1)
    assert desk.platform.ready
    assert await desk.event(said("<@UBOT> hi")) == 200
    assert len(desk.inbox.events) == 1
    await desk.clock.sleep(600)
    assert not desk.inbox.servers and desk.platform.ready


async def test_f38_while_it_is_found_out_slack_sends_again(desk: Desk) -> None:
    """Three times it is asked; what comes meanwhile is neither lost nor taken."""
    refuse(desk, "users.info", "invalid_auth")
    refuse(desk, "auth.test", "invalid_auth", times=2)
    asked = len(desk.api.asked("auth.test"))
    assert await desk.event(said("<@UBOT> hi")) == 200
    for _ in range(3):
        await desk.clock.sleep(1)
        assert await desk.event(said("<@UBOT> and", ts="1767225609.000100")) == 503
    await desk.clock.sleep(8)
    assert await desk.event(said("<@UBOT> and", ts="1767225609.000100")) == 200
    assert len(desk.api.asked("auth.test")) - asked >= 3
    assert not desk.inbox.servers and len(desk.inbox.events) == 2


@pytest.mark.parametrize(("code", "most"), [("invalid_auth", 8.0), ("token_revoked", 1.0)])
async def test_f38_what_is_found_out_is_believed(desk: Desk, code: str, most: float) -> None:
    """The event may never come. A token that works again is noticed."""
    for method in ("auth.test", "users.info"):
        refuse(desk, method, code)
    assert await desk.event(said("<@UBOT> hi")) == 200
    await until(lambda: LEFT in desk.inbox.servers, within=most)
    assert desk.platform.problems() == ["slack: the app was removed from the workspace"]
    with pytest.raises(Forbidden):
        desk.api.replies["chat.postMessage"] = {"error": code}
        await desk.platform.post("T1/C1/1.0", Post("hello"), "n")
    asked = len(desk.api.asked("auth.test"))
    await desk.clock.sleep(3 * 3_600)
    assert 10 < len(desk.api.asked("auth.test")) - asked < 30
    desk.api.replies["auth.test"] = ME
    await until(lambda: JOINED in desk.inbox.servers, within=601)
    assert desk.inbox.servers == [LEFT, JOINED]
    assert desk.platform.ready
    assert await desk.event(said("<@UBOT> again", ts="1767225609.000100")) == 200
    assert len(desk.inbox.events) == 2


async def test_f38_the_event_is_believed_at_once_and_the_token_after_it(desk: Desk) -> None:
    assert await desk.event({"type": "app_uninstalled"}) == 200
    assert LEFT in desk.inbox.servers
    assert not desk.platform.ready
    await until(lambda: JOINED in desk.inbox.servers, within=61)
    assert desk.platform.ready


async def test_an_outage_is_no_answer(desk: Desk) -> None:
    """While Slack says nothing, nothing is believed."""
    refuse(desk, "users.info", "invalid_auth")
    desk.api.replies["auth.test"] = {"error": "internal_error"}
    await desk.event(said("<@UBOT> hi"))
    await desk.clock.sleep(600)
    assert not desk.inbox.servers
    assert desk.platform.ready
    desk.api.replies["auth.test"] = ME
    await desk.clock.sleep(61)
    assert await desk.event(said("<@UBOT> and", ts="1767225609.000100")) == 200
    assert len(desk.inbox.events) == 2
