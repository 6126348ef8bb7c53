"""Faults of Discord and of the store that no question may get lost in, or answered twice by."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.playground.faults import Fault
from tests.harness import Harness, harness
from tests.standins import DISCORD, MODEL

pytestmark = pytest.mark.virtual

POST = "POST /channels/{channel_id}/messages"
HISTORY = "GET /channels/{channel_id}/messages"
CHANNEL = "GET /channels/{channel_id}"
CHAT = "POST /v1/chat/completions"
LOADING = 1 << 7


def questions(h: Harness) -> int:
    """Return how often a model was asked."""
    return sum(1 for entry in h.standins.history.entries if entry.route == CHAT)


def fill_disk(h: Harness) -> None:
    """Let the store take nothing more that needs room."""
    assert h.service is not None
    connection = h.service.store.engine._connection  # type: ignore[attr-defined]
    connection.execute("VACUUM")  # what tables of earlier versions took is free
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


def free_disk(h: Harness) -> None:
    assert h.service is not None
    h.service.store.engine._connection.execute(  # type: ignore[attr-defined]
        "PRAGMA max_page_count = 1000000"
    )


# --- catch-up -----------------------------------------------------------------------------


async def test_everything_missed_is_found_after_a_kill_and_nothing_twice(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        people = h.standins.discord.people
        dm = people.open_dm(h.standins.people[0])
        thread = h.mention("Hello")
        direct = h.say(dm, "Hello to you alone")
        await h.ended(thread)
        await h.ended(direct)
        # Of this nobody has written a mark when the process dies.
        fresh = h.mention("What is a monad?", channel=1)
        await h.until(lambda: h.turn(fresh) is not None)
        await h.kill_bot()
        missed = [
            h.mention("What is a functor?"),
            h.mention("What is a group?", channel=1),
            h.say(thread, "And then?"),
            h.say(dm, "And to me?"),
        ]
        await h.start_bot()
        for each in (fresh, *missed):
            await h.ended(each)
        await h.restart_bot(killed=True)
        await h.clock.sleep(60)
        assert questions(h) - 7 in (0, 1), "only the killed one may be asked again"


async def test_a_first_direct_message_is_known_to_a_bot_killed_at_once(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        dm = h.standins.discord.people.open_dm(h.standins.people[0])
        first = h.say(dm, "Hello")
        await h.until(lambda: h.turn(first) is not None, within=2)
        await h.kill_bot()
        second = h.say(dm, "Are you there?")
        await h.start_bot()
        await h.ended(first)
        await h.ended(second)


async def test_a_gap_is_read_by_a_later_start_whatever_was_said_after_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        await h.ended(h.mention("Hello"))
        await h.clock.sleep(5)
        await h.stop_bot()
        missed = h.mention("What is a monad?")
        h.standins.faults[DISCORD].add(Fault(HISTORY, "refuse", status=503, times=100))
        await h.start_bot()
        await h.until(lambda: h.service is not None and h.service.platform.caught_up)
        h.standins.faults[DISCORD].clear()
        await h.ended(h.mention("What is a functor?"))
        await h.clock.sleep(5)
        assert h.turn(missed) is None
        await h.restart_bot(killed=True)
        await h.ended(missed)


async def test_what_a_full_disk_refused_is_read_by_the_next_start(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        await h.clock.sleep(5)
        fill_disk(h)
        refused = h.say(thread, "x " * 900)
        await h.clock.sleep(5)
        free_disk(h)
        assert h.turn(refused) is None
        await h.ended(h.say(thread, "short?"))
        await h.clock.sleep(5)
        await h.restart_bot()
        await h.ended(refused)


async def test_a_thread_that_cannot_be_asked_for_at_once_is_answered(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        # As with a thread that came back from the archive unannounced.
        assert h.service is not None
        client = h.service.platform._gateway.client
        client.guilds[0]._remove_thread(SimpleNamespace(id=int(thread)))
        hiccup = h.standins.faults[DISCORD].add(Fault(CHANNEL, "refuse", status=503, times=2))
        await h.ended(h.say(thread, "Still there?"))
        assert hiccup.hits == 2


# --- messages that may be there -------------------------------------------------------------


async def test_a_refused_repetition_of_what_was_done_posts_nothing_twice(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.discord_settings.nonce_seconds = 60
        script = h.standins.faults[DISCORD]
        script.add(Fault(POST, "fail_after", status=500))
        ban = script.add(
            Fault(
                POST,
                "refuse",
                nth=2,
                status=429,
                body="<html>",
                content_type="text/html",
                headers={"Retry-After": "120"},
            )
        )
        question = h.mention("What is a monad?")
        await h.ended(question)
        assert ban.hits == 1
        assert len(h.ours(question)) == 1


async def test_no_placeholder_thinks_for_ever(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("What is a monad?")
        await h.ended(question)
        h.say(question, "write 900 words")
        await h.until(lambda: any("SIMULATED" in each.text for each in h.ours(question)))
        pressed = h.press("retry")
        await h.until(lambda: h.turn(pressed) is not None)
        await h.clock.sleep(1)
        await h.kill_bot()
        await h.clock.sleep(16 * 60)
        await h.start_bot()
        await h.ended(pressed)
        await h.clock.sleep(60)
        assert not any(each.flags & LOADING for each in h.standins.world.messages.values())


# --- servers that go ----------------------------------------------------------------------


async def test_turns_end_soon_in_a_server_that_removed_the_bot(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        # Still before its answer is posted.
        h.standins.faults[MODEL].add(Fault(CHAT, "delay", seconds=5.0))
        question = h.say(thread, "What is a monad?")
        await h.until(lambda: h.turn(question) is not None)
        world = h.standins.world
        world.kick_bot(str(world.channels[thread].guild))
        turn = await h.ended(question, within=60)
        assert turn["outcome"] == "cancelled"
