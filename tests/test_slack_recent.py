"""Pictures that people posted last, and the user groups that they are in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack.directory import KEEP_SECONDS
from bot.domain import Author
from bot.errors import Forbidden, Gone
from bot.events import ButtonPressed, Incoming, MessageReceived
from tests.slack_api import TS, Desk, pressed, said

pytestmark = pytest.mark.virtual

ROOT = "1767225000.000000"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP."""
    async with Desk() as desk:
        yield desk


def file(name: str, **rest: Any) -> dict[str, Any]:
    """Return a file as a message carries it."""
    return {"id": name, "name": f"{name}.png", "mimetype": "image/png", "mode": "hosted", **rest}


def posted(second: int, *files: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """Return a person's message with files."""
    ts = f"17672256{second:02}.000000"
    return {"type": "message", "user": "U2", "ts": ts, "text": "", "files": [*files], **rest}


# --- pictures ----------------------------------------------------------------------------------


async def test_the_newest_come_first_and_each_once(desk: Desk) -> None:
    """Of several in one message the last is the newest."""
    rows = [
        posted(9, file("F9")),
        posted(5, file("F4"), file("F5"), subtype="file_share"),
        posted(3, file("F9"), file("F1")),
    ]
    desk.api.replies["conversations.history"] = {"messages": rows}
    found = await desk.platform.recent_pictures("T1/C1", 9)
    assert [each.id for each in found] == ["F9", "F5", "F4", "F1"]
    assert (found[0].message, found[0].place) == ("1767225609.000000", "T1/C1")
    assert [each.id for each in await desk.platform.recent_pictures("T1/C1", 2)] == ["F9", "F5"]
    assert len(desk.api.asked("conversations.history")) == 2


async def test_what_is_no_picture_of_a_persons_is_left_out(desk: Desk) -> None:
    rows = [
        posted(9, file("F1", mimetype="text/plain")),
        posted(8, file("F2", mimetype="", filetype="png")),
        posted(7, file("F3", mimetype="", filetype="pdf")),
        posted(6, {"id": "F4", "mode": "tombstone"}),
        posted(5, {"id": "F5", "mode": "file_access", "file_access": "check_file_info"}),
        posted(4, file("F6"), user="UBOT"),
        posted(3, file("F7"), bot_id="B9"),
        posted(2, file("F8"), subtype="channel_join"),
        posted(1, file("F9")),
    ]
    desk.api.replies["conversations.history"] = {"messages": rows}
    found = await desk.platform.recent_pictures("T1/C1", 9)
    assert [each.id for each in found] == ["F2", "F9"]


async def test_a_thread_is_read_to_its_end(desk: Desk) -> None:
    """Slack gives its oldest first, and the first message with every page."""
    first = posted(0, file("F0"), ts=ROOT, thread_ts=ROOT)
    pages = [
        {"messages": [first, posted(1, file("F1"), thread_ts=ROOT)], "more": "c1"},
        {"messages": [first, posted(2, file("F2"), thread_ts=ROOT)], "more": ""},
    ]

    def replies(arguments: dict[str, Any]) -> dict[str, Any]:
        page = pages[1 if arguments.get("cursor") else 0]
        return {"messages": page["messages"], "response_metadata": {"next_cursor": page["more"]}}

    desk.api.replies["conversations.replies"] = replies
    found = await desk.platform.recent_pictures(f"T1/C1/{ROOT}", 9)
    assert [each.id for each in found] == ["F2", "F1", "F0"]
    assert [each.place for each in found] == [*[f"T1/C1/{ROOT}"] * 2, "T1/C1"]


async def test_what_may_not_be_read_says_which_permission_it_takes(desk: Desk) -> None:
    refused = {"error": "missing_scope", "needed": "channels:history"}
    desk.api.replies["conversations.history"] = refused
    with pytest.raises(Forbidden) as raised:
        await desk.platform.recent_pictures("T1/C1", 9)
    assert raised.value.permission == "channels:history"
    for place in ("nowhere", "T1/C1/x/y"):
        with pytest.raises(Gone):
            await desk.platform.recent_pictures(place, 9)


# --- user groups -------------------------------------------------------------------------------

GROUPS = {
    "usergroups": [
        {"id": "S2", "users": ["U1", "U3"]},
        {"id": "S1", "users": ["U1"]},
        {"id": "S3", "users": []},
        {"id": "S4"},
    ]
}


def author_of(event: Incoming) -> Author:
    """Return whose message or press it is."""
    assert isinstance(event, MessageReceived | ButtonPressed)
    return event.author


async def test_a_person_has_the_groups_that_they_are_in(desk: Desk) -> None:
    """Asked once for all, and again after ten minutes."""
    desk.api.replies["usergroups.list"] = GROUPS
    await desk.event(said("<@UBOT> hi"))
    await desk.event(said("<@UBOT> hi", ts="1767225601.000100", user="U2"))
    await desk.interact(pressed(desk, "retry"))
    roles = [author_of(event).roles for event in desk.inbox.events]
    assert roles == [("T1/S1", "T1/S2"), (), ("T1/S1", "T1/S2")]
    (asked,) = desk.api.asked("usergroups.list")
    assert asked["include_users"] == "true"
    await desk.clock.sleep(KEEP_SECONDS + 5)
    await desk.event(said("<@UBOT> hi", ts="1767225602.000100"))
    assert len(desk.api.asked("usergroups.list")) == 2


async def test_without_the_scope_nobody_is_in_any(desk: Desk) -> None:
    """It is not asked for again and again."""
    desk.api.replies["usergroups.list"] = {"error": "missing_scope", "needed": "usergroups:read"}
    for number in range(4):
        await desk.event(said("<@UBOT> hi", ts=f"176722560{number}.000100"))
    assert all(author_of(event).roles == () for event in desk.inbox.events)
    assert len(desk.api.asked("usergroups.list")) == 1


async def test_groups_that_come_late_are_known_the_next_time(desk: Desk) -> None:
    """A message waits for them no longer than for names."""

    async def slow(arguments: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(1.5)
        return GROUPS

    desk.api.replies["usergroups.list"] = slow
    began = desk.clock.monotonic()
    await desk.event(said("<@UBOT> hi", ts=TS))
    assert desk.clock.monotonic() - began < 1.3
    await asyncio.sleep(1)
    await desk.event(said("<@UBOT> hi", ts="1767225609.000100"))
    roles = [author_of(event).roles for event in desk.inbox.events]
    assert roles == [(), ("T1/S1", "T1/S2")]
