"""G13: what was deleted on Slack while the bot was away leaves the store, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack.problems import refuse
from adapters.slack import absences, pages
from bot.errors import StoreError
from bot.events import MessageDeleted
from tests.evidence import Database
from tests.harness import Harness, harness
from tests.slack_api import TEAM, Desk
from tests.standins import SLACK
from tests.virtual import START_MS, until

HISTORY, REPLIES = "conversations.history", "conversations.replies"
AWAY_SECONDS = 400.0
RANDOM = 1


# --- the whole bot


def words(h: Harness) -> set[str]:
    """Return what people said that is stored."""
    rows = Database.rows(h.database, "message")
    return {row["text"] for row in rows if row["role"] == "user" and row["text"]}


async def level(h: Harness) -> None:
    """Wait until all was looked at, and it is stored what came of it."""
    assert h.service is not None
    platform: Any = h.service.platforms["slack"]
    await h.until(lambda: platform.caught_up)
    await h.clock.sleep(5)


async def away(h: Harness) -> None:
    """Let the bot be dead for so long that Slack gives up what it would tell."""
    await h.clock.sleep(AWAY_SECONDS)
    assert h.standins.slack is not None and not h.standins.slack.deliveries.pending


@pytest.mark.virtual
@pytest.mark.parametrize("transport", ["socket", "http"])
@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_what_was_deleted_meanwhile_leaves_the_store(
    tmp_path: Path, transport: str, killed: bool
) -> None:
    """In a channel, where replies leave a stone in its place, in threads, and alone."""
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        one = h.mention("What is one?")
        two = h.mention("What is two?", channel=RANDOM, person=1)
        alone = h.dm("What is three?", person=1)
        for each in (one, two, alone):
            await h.ended(each)
        replies = [h.say(one, f"And {n}?") for n in range(3)]
        for each in replies:
            await h.ended(each)
        await level(h)
        await (h.kill_bot() if killed else h.stop_bot())
        h.delete(two)
        h.delete(alone)
        h.delete(replies[1])
        await away(h)
        await h.start_bot()
        await level(h)
        assert words(h) == {"What is one?", "And 0?", "And 2?"}


@pytest.mark.virtual
async def test_a_question_that_is_deleted_before_it_is_answered_is_not(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", tokens_per_second=2) as h:
        question = h.mention("write 300 words")
        await h.until(lambda: h.turn(question) is not None)
        await level(h)
        await h.kill_bot()
        h.delete(question)
        await away(h)
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "cancelled"
        await level(h)
        assert words(h) == set()


@pytest.mark.virtual
@pytest.mark.parametrize(
    "fault",
    [
        refuse(HISTORY, "internal_error", times=99),
        refuse(HISTORY, "missing_scope", times=99),
        refuse(HISTORY, "channel_not_found", times=99),
        refuse(HISTORY, "not_in_channel", times=99),
        Fault(HISTORY, "refuse", status=503, times=99),
    ],
    ids=["error", "scope", "hidden", "left", "outage"],
)
async def test_what_cannot_be_read_counts_as_standing(tmp_path: Path, fault: Fault) -> None:
    """And is found out by the next start that can read."""
    async with harness(tmp_path, platform="slack") as h:
        question = h.mention("What is one?")
        await h.ended(question)
        other = h.mention("What is two?")
        await h.ended(other)
        await level(h)
        await h.kill_bot()
        h.delete(question)
        await away(h)
        h.standins.faults[SLACK].add(fault)
        await h.start_bot()
        await level(h)
        assert words(h) == {"What is one?", "What is two?"}
        h.standins.faults[SLACK].clear()
        await h.restart_bot()
        await level(h)
        assert words(h) == {"What is two?"}


@pytest.mark.virtual
async def test_an_app_that_may_read_little_finds_it_out_slowly(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        asked = [h.mention(f"What is {n}?") for n in range(3)]
        for each in asked:
            await h.ended(each)
        await level(h)
        await h.kill_bot()
        assert h.standins.slack is not None
        h.standins.slack.settings.unlisted = True
        h.delete(asked[1])
        for n in range(30):
            h.say(h.folk.channels[0], f"Just talking: {n}", person=1)
        await away(h)
        await h.start_bot()
        left = {"What is 0?", "What is 2?"}
        await until(lambda: words(h) == left, within=3600, every=15)


# --- what Slack may answer


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP, of which nothing is read yet."""
    async with Desk(wait=False) as desk:
        await until(lambda: desk.platform.ready and desk.platform.caught_up, within=900)
        yield desk


def at(seconds: float) -> str:
    """Return the `ts` of so long before the adapter began."""
    micros = START_MS * 1000 - round(seconds * 1_000_000)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def row(ts: str, **rest: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "hi", "ts": ts, **rest}


def stores(desk: Desk, *messages: str, place: str = "T1/C1") -> None:
    desk.memos.sources.setdefault(TEAM, {})[place] = [*messages]


def shows(desk: Desk, *rows: dict[str, Any], method: str = HISTORY, **rest: Any) -> None:
    """Let one method show what stands in the stretch that it is asked for."""

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        first, last = float(args["oldest"]), float(args["latest"])
        root = args.get("ts")
        found = [one for one in rows if first <= float(one["ts"]) <= last or one["ts"] == root]
        return {"messages": found, **rest}

    desk.api.replies[method] = answer


async def told(desk: Desk) -> list[str]:
    """Look, and return what is told of as deleted."""
    desk.platform._opened(600.0)
    await desk.clock.sleep(1)
    await until(lambda: desk.platform.caught_up, within=7200)
    return [one.message for one in desk.inbox.events if isinstance(one, MessageDeleted)]


@pytest.mark.virtual
async def test_only_what_is_not_there_when_it_is_asked_for_is_gone(desk: Desk) -> None:
    """However little a page shows."""
    one, two, three = at(300), at(200), at(100)
    stores(desk, one, two, three)
    standing = {one: row(one), three: row(three, subtype="tombstone")}

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        found = standing.get(args["oldest"]) if args["oldest"] == args["latest"] else None
        return {"messages": [found] if found else []}

    desk.api.replies[HISTORY] = answer
    assert await told(desk) == [two, three]
    assert desk.tally.counts["catchup_deleted"] == 2
    asked = [each for each in desk.api.asked(HISTORY) if each.get("inclusive")]
    assert [(each["oldest"], each["latest"]) for each in asked] == [
        (one, three),
        (one, one),
        (two, two),
        (three, three),
    ]


@pytest.mark.virtual
async def test_what_stands_is_asked_for_once(desk: Desk) -> None:
    stores(desk, *(at(n) for n in range(90, 10, -1)))
    shows(desk, *(row(at(n)) for n in range(100)))
    assert await told(desk) == []
    assert len([each for each in desk.api.asked(HISTORY) if each.get("inclusive")]) == 1


@pytest.mark.virtual
@pytest.mark.parametrize(
    "rest",
    [{"has_more": True}, {"response_metadata": {"next_cursor": "more"}}],
    ids=["more", "cursor"],
)
async def test_a_page_that_says_that_there_is_more_says_nothing(
    desk: Desk, rest: dict[str, Any]
) -> None:
    stores(desk, at(100))
    shows(desk, **rest)
    assert await told(desk) == []


@pytest.mark.virtual
async def test_what_a_workspace_may_not_see_is_not_gone(desk: Desk) -> None:
    """Only what is old is hidden from those who pay nothing."""
    old, new = at(pages.ALWAYS_SHOWN / 1_000_000 + 100), at(100)
    stores(desk, old, new)
    shows(desk, is_limited=True)
    assert await told(desk) == [new]


@pytest.mark.virtual
async def test_a_reply_is_gone_where_its_thread_is_shown_without_it(desk: Desk) -> None:
    root, one, two = at(300), at(200), at(100)
    place = f"T1/C1/{root}"
    stores(desk, one, two, place=place)
    shows(desk, row(two), method=REPLIES)
    assert await told(desk) == []
    shows(desk, row(root), row(two), method=REPLIES)
    assert await told(desk) == [one]
    assert MessageDeleted("slack", TEAM, place, one) in desk.inbox.events


@pytest.mark.virtual
async def test_of_a_thread_that_is_gone_all_is_gone(desk: Desk) -> None:
    """If its first message surely is."""
    root, one, two = at(300), at(200), at(100)
    stores(desk, one, two, place=f"T1/C1/{root}")
    desk.api.replies[REPLIES] = {"error": "thread_not_found"}
    shows(desk, row(root))
    assert await told(desk) == []
    shows(desk)
    assert await told(desk) == [one, two]


@pytest.mark.virtual
async def test_what_was_heard_since_is_not_looked_for(desk: Desk) -> None:
    """Nor what stands nowhere: what was asked by a command."""
    stores(desk, "13.37.abc", at(-3600))
    shows(desk)
    assert await told(desk) == []
    assert not [each for each in desk.api.asked(HISTORY) if each.get("inclusive")]


@pytest.mark.virtual
async def test_of_very_much_that_is_not_shown_the_newest_is_asked_for(desk: Desk) -> None:
    stores(desk, *(at(n) for n in range(200, 100, -1)))
    shows(desk)
    assert await told(desk) == [at(n) for n in range(100 + absences.MOST_ALONE, 100, -1)]


@pytest.mark.virtual
async def test_a_store_that_fails_ends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stores(desk, at(100))
    shows(desk)

    async def fail(*args: Any) -> None:
        raise StoreError

    with monkeypatch.context() as broken:
        broken.setattr(desk.memos, "recent_sources", fail)
        assert await told(desk) == []
    assert await told(desk) == [at(100)]
    assert desk.platform.ready
