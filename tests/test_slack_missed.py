"""Of a channel's history just that is taken which would have been told, and was not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack import missed
from adapters.slack.inbound import Ears
from adapters.slack.missed import Unread, active_threads, plan, select, threads_in
from adapters.slack.places import position_of
from tests.slack_api import BOT_USER, TEAM, Desk, said
from tests.virtual import START_MS, until

SECOND = 1_000_000
NOW = START_MS * 1000
FLOOR = NOW - 24 * 3600 * SECOND
EARS = Ears(TEAM, BOT_USER, "BBOT", lambda workspace, channel: channel == "T1/CLISTEN")


def at(seconds: float) -> str:
    micros = NOW + round(seconds * SECOND)
    return f"{micros // SECOND}.{micros % SECOND:06d}"


def row(seconds: float, text: str = "<@UBOT> hi", **rest: Any) -> dict[str, Any]:
    """Return a message as the history has it: without its channel."""
    found = said(text, at(seconds)) | rest
    return {name: value for name, value in found.items() if not name.startswith("channel")}


def unread(after: float, *, channel: str = "C1", kind: str = "channel") -> Unread:
    position = NOW + round(after * SECOND)
    return Unread(channel, kind, position, position - missed.REPEATS, NOW + 200 * SECOND)


def times(found: list[missed.Missed]) -> list[tuple[float, bool]]:
    return [((one.position - NOW) / SECOND, one.again) for one in found]


def test_a_channel_is_read_from_where_it_was_heard_to() -> None:
    listed = [{"id": name} for name in ("CNEW", "COLD", "CQUIET")]
    known = {"": NOW - 3600 * SECOND, "T1/CNEW": NOW - 60 * SECOND, "T1/COLD": NOW - 7200 * SECOND}
    found = plan(TEAM, listed, known, FLOOR, NOW)
    assert [one.channel for one in found] == ["CNEW", "COLD", "CQUIET"]
    assert [one.after for one in found] == [NOW - 60 * SECOND, known[""], known[""]]
    # Nothing is read that is older than the bot's coming, or than a day.
    assert [one.since for one in found] == [
        NOW - 60 * SECOND - missed.REPEATS,
        known[""],
        known[""],
    ]
    (one,) = plan(TEAM, [{"id": "C1"}], {"": 0}, FLOOR, NOW)
    assert (one.after, one.since) == (FLOOR, FLOOR)


def test_what_came_after_a_silence_is_no_proof_that_all_was_heard() -> None:
    known = {"": FLOOR, "T1/C1": NOW, "T1/C2": NOW - 900 * SECOND}
    found = plan(TEAM, [{"id": "C1"}, {"id": "C2"}], known, FLOOR, NOW, NOW - 600 * SECOND)
    assert [one.after for one in found] == [NOW - 600 * SECOND, NOW - 900 * SECOND]


def test_of_direct_conversations_the_newest_are_read() -> None:
    made = NOW // SECOND
    listed = [{"id": f"D{n}", "is_im": True, "created": made + n} for n in range(60)]
    listed += [{"id": "G1", "is_mpim": True}, {"id": "P1", "is_private": True}, {"id": ""}]
    known = {"": FLOOR, "T1/D3": NOW + 100 * SECOND}
    found = plan(TEAM, listed, known, FLOOR, NOW)
    direct = [one.channel for one in found if one.kind == "im"]
    assert direct == ["D3", *(f"D{n}" for n in range(59, 10, -1))]
    assert {one.channel: one.kind for one in found if one.kind != "im"} == {
        "G1": "mpim",
        "P1": "group",
    }


def test_a_thread_is_read_if_it_is_known_that_there_is_something() -> None:
    rows = [
        row(-100, latest_reply=at(5)),
        row(-90, latest_reply=at(-50)),
        row(-80),
        row(-70, latest_reply="nonsense"),
    ]
    followed = [at(-90), at(-9999)]
    assert active_threads(rows, followed, NOW) == [at(-100), at(-9999)]
    places = [f"T1/C1/{at(1)}", f"T1/C2/{at(2)}", "T1/C1", "nowhere"]
    assert threads_in(places, "T1/C1") == [at(1)]


def test_only_what_is_said_to_the_bot_is_taken_of_what_was_heard_before() -> None:
    rows = [
        row(9),
        row(8, "in a thread", thread_ts=at(-99)),
        row(-8, "in a thread", thread_ts=at(-99)),
        row(-9),
        row(-500),
    ]
    found = select(rows, unread(0), EARS)
    assert times(found) == [(-9, True), (8, False), (9, False)]
    assert found[0].event["channel"] == "C1" and found[0].event["channel_type"] == "channel"
    # So is what is said while its history is waited for.
    rows += [row(201), row(202, "in a thread", thread_ts=at(-99))]
    assert times(select(rows, unread(0), EARS)) == [*times(found), (201, True)]
    # The same message stands in the channel and in its thread.
    assert len(select([*rows, *rows], unread(0), EARS)) == 4


@pytest.mark.parametrize(
    "other",
    [
        {"bot_id": "B9"},
        {"user": BOT_USER},
        {"user": "USLACKBOT"},
        {"subtype": "tombstone", "hidden": True},
        {"subtype": "channel_topic"},
        {"text": "just talking"},
        {"ts": "nonsense"},
        {"ts": None},
    ],
)
def test_what_is_not_for_the_bot_is_not_taken(other: dict[str, Any]) -> None:
    assert select([row(1) | other], unread(0), EARS) == []


def test_where_every_message_is_for_the_bot_it_is_taken() -> None:
    talk = row(1, "just talking")
    assert times(select([talk], unread(0, channel="CLISTEN"), EARS)) == [(1, False)]
    assert times(select([talk], unread(0, channel="D1", kind="im"), EARS)) == [(1, False)]


def test_what_was_said_before_the_bot_came_is_not_taken() -> None:
    came = row(5, "has joined", user=BOT_USER, subtype="channel_join")
    theirs = row(7, "has joined", subtype="channel_join")
    assert times(select([row(1), came, row(6), theirs], unread(0), EARS)) == [(6, False)]


def test_of_very_much_the_newest_is_taken() -> None:
    found = select([row(n) for n in range(-2, 130)], unread(0), EARS)
    fresh = [one.position for one in found if not one.again]
    assert fresh == [position_of(at(n)) for n in range(30, 130)]
    assert len(found) == 103


# --- what may go wrong around it


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP, of which nothing is read yet."""
    async with Desk(wait=False) as desk:
        yield desk


def give(desk: Desk, *rows: dict[str, Any]) -> None:
    """Let one channel have messages, the newest first."""
    desk.api.replies["users.conversations"] = {"channels": [{"id": "C1", "is_channel": True}]}
    desk.api.replies["conversations.history"] = {"messages": [*rows]}


async def level(desk: Desk) -> None:
    await until(lambda: desk.platform.ready and desk.platform.caught_up, within=900)


async def again(desk: Desk) -> None:
    """Begin to read once more, as after a silence of ten minutes."""
    desk.platform._opened(600.0)
    await level(desk)


@pytest.mark.virtual
async def test_a_message_that_is_not_stored_is_tried_again_and_then_left(desk: Desk) -> None:
    await level(desk)
    await desk.clock.sleep(700)
    give(desk, row(650))
    desk.inbox.decide(None)
    await again(desk)
    assert len(desk.inbox.messages) == 4
    await desk.clock.sleep(10)
    assert "T1/C1" not in desk.memos.kept[TEAM], "its channel counts as not read"
    desk.inbox.events.clear()
    desk.inbox._decide = Desk().inbox._decide
    await again(desk)
    assert len(desk.inbox.messages) == 1
    await desk.clock.sleep(10)
    assert desk.memos.kept[TEAM]["T1/C1"] == position_of(at(650))


@pytest.mark.virtual
async def test_a_store_that_fails_lets_no_mark_rise(desk: Desk) -> None:
    await level(desk)
    before = dict(desk.memos.kept[TEAM])
    desk.memos.refuse = True
    await again(desk)
    desk.memos.refuse = False
    assert await desk.event(said("<@UBOT> hi", at(30))) == 200
    await desk.clock.sleep(10)
    assert desk.memos.kept[TEAM] == before


@pytest.mark.virtual
async def test_marks_rise_behind_what_is_taken(desk: Desk) -> None:
    await level(desk)
    assert await desk.event(said("just talking", at(10))) == 200
    desk.inbox.decide(None)
    assert await desk.event(said("<@UBOT> hi", at(20))) == 503
    assert await desk.event(said("just talking", at(30))) == 200
    await desk.clock.sleep(10)
    assert desk.memos.kept[TEAM]["T1/C1"] == position_of(at(20)) - 1
    desk.inbox._decide = Desk().inbox._decide
    assert await desk.event(said("<@UBOT> hi", at(20))) == 200
    await desk.clock.sleep(10)
    assert desk.memos.kept[TEAM]["T1/C1"] == position_of(at(30))


@pytest.mark.virtual
async def test_a_thread_that_is_gone_ends_nothing(desk: Desk) -> None:
    await level(desk)
    await desk.clock.sleep(700)
    give(desk, row(650), row(640, latest_reply=at(660)))
    desk.api.replies["conversations.replies"] = {"error": "thread_not_found"}
    await again(desk)
    assert [event.message for event in desk.inbox.messages] == [at(640), at(650)]


@pytest.mark.virtual
async def test_a_workspace_that_the_bot_comes_back_to_begins_anew(desk: Desk) -> None:
    await level(desk)
    began = desk.memos.kept[TEAM][""]
    await desk.clock.sleep(700)
    desk.platform._left(TEAM)
    desk.platform._back(TEAM)
    await desk.clock.sleep(1)
    assert desk.memos.kept[TEAM][""] >= began + 700 * SECOND


@pytest.mark.virtual
async def test_pages_are_read_until_what_was_heard(desk: Desk) -> None:
    await level(desk)
    await desk.clock.sleep(5000)

    def pages(args: dict[str, Any]) -> dict[str, Any]:
        page = int(args.get("cursor") or 0)
        rows = [row(4990 - 1000 * page - n) for n in range(10)]
        return {"messages": rows, "response_metadata": {"next_cursor": str(page + 1)}}

    assert await desk.event(said("just talking", at(3300))) == 200
    await desk.clock.sleep(10)
    give(desk)
    desk.api.replies["conversations.history"] = pages
    desk.platform._opened(1600.0)
    await level(desk)
    asked = desk.api.asked("conversations.history")
    assert [args.get("cursor") for args in asked] == [None, "1", "2", "3"]
    # Those of the third page may have been heard.
    assert len(desk.inbox.messages) == 30
    assert float(asked[0]["oldest"]) == pytest.approx(START_MS / 1000 + 5010 - 86_400, abs=1)
