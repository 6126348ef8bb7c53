"""What was said on Slack while the bot was away for longer than Slack repeats it is found."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack import SlackStandIn
from adapters.playground.slack.problems import refuse
from adapters.playground.slack.records import Message
from bot.notices import LATE_LEAD
from tests.fault_acts_slack import Resend
from tests.harness import Harness, harness
from tests.standins import SLACK

pytestmark = pytest.mark.virtual
transports = pytest.mark.parametrize("transport", ["socket", "http"])

LIST, HISTORY, REPLIES = "users.conversations", "conversations.history", "conversations.replies"
# Longer than Slack repeats an event, and so long that an answer is late.
AWAY_SECONDS, LONG_SECONDS = 400.0, 20 * 60.0
GENERAL, RANDOM = 0, 1


def slack(h: Harness) -> SlackStandIn:
    found = h.standins.slack
    assert found is not None
    return found


def calls(h: Harness, method: str) -> list[Any]:
    return [each for each in h.standins.history.entries if each.route == method]


async def recovered(h: Harness) -> int:
    """Return how many messages this bot has found."""
    assert h.service is not None and h.service.surface is not None
    address = f"http://127.0.0.1:{h.service.surface.port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        lines = (await answer.text()).splitlines()
    (line,) = (each for each in lines if each.startswith("threadbot_catchup_recovered_total "))
    return round(float(line.rpartition(" ")[2]))


async def level(h: Harness) -> None:
    """Wait until everything that was missed has been read."""
    assert h.service is not None
    platform: Any = h.service.platforms["slack"]
    await h.until(lambda: platform.caught_up)


async def settled(h: Harness) -> None:
    """Wait until all is read, and it is written how far."""
    await level(h)
    await h.clock.sleep(5)


async def away(h: Harness, seconds: float = AWAY_SECONDS) -> None:
    """Let the bot be dead for so long that Slack gives up what was said before."""
    await h.clock.sleep(seconds)
    assert not slack(h).deliveries.pending


def turns(h: Harness, *messages: str) -> list[bool]:
    return [h.turn(message) is not None for message in messages]


@transports
@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_what_was_asked_meanwhile_is_answered_wherever_it_was(
    tmp_path: Path, transport: str, killed: bool
) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        known = h.mention("What is a monad?")
        alone = h.dm("Just between us?", person=1)
        theirs = h.say(h.folk.channels[GENERAL], "Shall we talk about it?", person=1)
        await h.ended(known)
        await h.ended(alone)
        await settled(h)
        await (h.kill_bot() if killed else h.stop_bot())
        asked = [
            h.mention("What is a functor?", channel=RANDOM, person=2),
            h.say(known, "And what is it good for?"),
            h.say(alone, "And now?", person=1),
            h.dm("Something new, between us?", person=1),
            # Nobody was told of these before: direct messages, and a thread of others'.
            h.dm("Are you there?", person=2),
            h.mention("Do you think so, too?", channel=h.thread(theirs), person=2),
        ]
        h.say(theirs, "I think so.", person=1)
        await away(h)
        await h.start_bot()
        for question in asked:
            assert (await h.ended(question))["outcome"] == "answered"
        await level(h)
        assert turns(h, theirs) == [False]
        # What was said in the thread of others' may be for the bot: the store knows.
        assert await recovered(h) == len(asked) + 1


async def test_an_answer_after_a_long_absence_says_that_it_is_late(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        question = h.mention("Is anybody there?")
        await away(h, LONG_SECONDS)
        await h.start_bot()
        assert (await h.answer_to(question)).startswith(LATE_LEAD.strip())


async def test_nothing_older_than_the_bot_is_answered(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", start=False) as h:
        old = h.mention("Is anybody there?")
        await away(h)
        # Also what Slack has not given up on when the bot comes.
        slack(h).settings.retry_seconds = ()
        fresh = h.mention("Hello?")
        await h.clock.sleep(1)
        await h.start_bot()
        await level(h)
        assert turns(h, old, fresh) == [False, False]
        h.unheard |= {old, fresh}


@transports
async def test_the_last_repetition_that_comes_beside_it_is_known(
    tmp_path: Path, transport: str
) -> None:
    """Before it is read, while it is taken, and after it."""
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        await h.kill_bot()
        asked = [h.mention(f"Question {n}?", channel=n % 2, person=n) for n in range(3)]
        await away(h)
        slow = Fault(HISTORY, "delay", seconds=3.0, times=2)
        h.standins.faults[SLACK].add(slow)
        await h.start_bot()
        stage: Any = type("Stage", (), {"h": h, "names": dict(enumerate(asked))})
        for pause in (0.0, 3.0, 1.0, 60.0):
            await h.clock.sleep(pause)
            for n in range(3):
                await Resend(n, attempt=3)(stage)  # type: ignore[arg-type]
        for question in asked:
            await h.ended(question)
        assert slow.hits == 2
        assert len(h.ours()) == len(asked)


@transports
async def test_a_kill_in_the_midst_of_it_loses_and_doubles_nothing(
    tmp_path: Path, transport: str
) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        known = h.mention("What is a monad?", channel=RANDOM)
        await h.ended(known)
        await settled(h)
        await h.kill_bot()
        asked = [h.mention(f"Question {n}?", channel=n % 2) for n in range(4)]
        asked.append(h.say(known, "And then?"))
        await away(h)
        # One channel is read, the other is not, and somebody speaks in both.
        second = Fault(HISTORY, "delay", nth=2, seconds=30.0)
        h.standins.faults[SLACK].add(second)
        await h.start_bot()
        await h.until(lambda: second.hits)
        live = [h.mention(f"Live {n}?", channel=n, person=1) for n in range(2)]
        for question in live:
            await h.ended(question)
        await h.clock.sleep(5)
        await h.kill_bot()
        await h.start_bot()
        for question in (*asked, *live):
            assert (await h.ended(question))["outcome"] == "answered"


async def test_what_could_not_be_read_is_left_for_the_next_start(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        missed = h.mention("Is anybody there?")
        await away(h)
        broken = refuse(HISTORY, "internal_error", times=99)
        h.standins.faults[SLACK].add(broken)
        await h.start_bot()
        live = h.mention("And now?")
        await h.ended(live)
        await level(h)
        assert broken.hits >= 4 and turns(h, missed) == [False]
        h.standins.faults[SLACK].clear()
        await h.restart_bot()
        await h.ended(missed)


@pytest.mark.parametrize("failing", [LIST, HISTORY])
async def test_what_could_not_be_read_is_read_later(tmp_path: Path, failing: str) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        missed = h.mention("Is anybody there?")
        await away(h)
        h.standins.faults[SLACK].add(refuse(failing, "internal_error", times=99))
        await h.start_bot()
        await level(h)
        assert turns(h, missed) == [False]
        h.standins.faults[SLACK].clear()
        await h.ended(missed)
        await settled(h)
        assert await recovered(h) == 1
        before = len(calls(h, LIST))
        await h.clock.sleep(1_000)
        assert len(calls(h, LIST)) == before


@pytest.mark.parametrize("refused", [LIST, HISTORY])
async def test_what_may_not_be_read_costs_nobody_else(tmp_path: Path, refused: str) -> None:
    async with harness(tmp_path, platform="slack") as h:
        scopes = next(iter(slack(h).world.teams.values())).scopes
        await h.kill_bot()
        lacking = "channels:read" if refused == LIST else "channels:history"
        slack(h).people.switch(scopes=[each for each in scopes if each != lacking])
        hidden = h.mention("Is anybody there?")
        alone = h.dm("And here?")
        await away(h)
        await h.start_bot()
        await h.ended(alone)
        await level(h)
        assert turns(h, hidden) == [False]
        h.unheard.add(hidden)
        assert any(each.answer.get("error") == "missing_scope" for each in calls(h, refused))


async def test_a_channel_that_the_bot_left_is_none_of_its_business(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        left = h.mention("Is anybody there?")
        slack(h).people.invite_bot(h.folk.channels[GENERAL], invited=False)
        other = h.mention("Is anybody here?", channel=RANDOM)
        await away(h)
        await h.start_bot()
        await h.ended(other)
        await level(h)
        assert turns(h, left) == [False]
        h.unheard.add(left)


async def test_what_was_said_before_the_bot_came_to_a_channel_is_not_for_it(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        world, general = slack(h).world, h.folk.channels[GENERAL]
        slack(h).people.invite_bot(general, invited=False)
        before = h.mention("Where are you?")
        slack(h).people.invite_bot(general)
        team, channel = general.split("/")
        bot = world.teams[team].bot
        world.post(
            Message(
                team=team,
                channel=channel,
                ts=world.new_ts(team),
                user=bot,
                subtype="channel_join",
                text=f"<@{bot}> has joined the channel",
            )
        )
        after = h.mention("There you are?")
        await away(h)
        await h.start_bot()
        await h.ended(after)
        assert turns(h, before) == [False]
        h.unheard.add(before)


async def test_only_the_last_day_and_the_newest_hundred_are_read(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        general = h.folk.channels[GENERAL]
        ancient = h.mention("Too long ago?", channel=RANDOM)
        await h.clock.sleep(25 * 3600)
        said = [h.mention("Too far up?")]
        for n in range(99):
            said.append(h.say(general, f"Just talking: {n}", person=1))
        said[50] = h.mention("In the midst?")
        said.append(h.mention("At last?"))
        await away(h)
        await h.start_bot()
        await h.ended(said[-1])
        await h.ended(said[50])
        await level(h)
        assert turns(h, ancient, said[0]) == [False, False]
        h.unheard |= {ancient, said[0]}


async def test_what_is_none_of_ours_live_is_none_afterwards(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        general = h.folk.channels[GENERAL]
        known = h.mention("What is a monad?")
        await h.ended(known)
        await settled(h)
        await h.kill_bot()
        mention = slack(h).people.mention()
        talk = h.say(general, "Just talking.", person=1)
        gone = h.mention("Never mind?")
        h.delete(gone)
        changed = h.mention("What is a functor?")
        h.edit(changed, "What is a group?")
        world = slack(h).world
        team, channel = general.split("/")
        world.post(
            Message(
                team=team,
                channel=channel,
                ts=world.new_ts(team),
                user="U0OTHER",
                bot_id="B0OTHER",
                text=f"{mention} from a machine",
            )
        )
        await away(h)
        await h.start_bot()
        assert "group" in await h.answer_to(changed)
        await level(h)
        assert turns(h, talk, gone) == [False, False]
        assert await recovered(h) == 1


async def test_of_what_was_heard_before_nothing_is_done_again(tmp_path: Path) -> None:
    """A restart reads back behind what it heard: commands and mere talk are not taken again."""
    async with harness(tmp_path, platform="slack") as h:
        talk = h.say(h.folk.channels[GENERAL], "Who knows what a monad is?", person=1)
        reply = h.say(h.thread(talk), "Not me.", person=2)
        command = h.mention("help", person=1)
        assert "Mention me" in await h.told(command)
        whispers = len(calls(h, "chat.postEphemeral"))
        question = h.mention("Do you?", channel=h.thread(talk))
        await h.ended(question)
        await settled(h)
        await h.restart_bot(killed=True)
        await level(h)
        await h.clock.sleep(5)
        assert turns(h, talk, reply, command) == [False] * 3
        assert len(calls(h, "chat.postEphemeral")) == whispers
        assert await recovered(h) == 0


async def test_of_what_is_heard_while_it_is_read_nothing_is_done_again(tmp_path: Path) -> None:
    """Where history is given once a minute, much is said before the last channel is read.

    In the end the threads are followed: what was said there before asks for nothing all the same.
    """
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        missed = [h.mention("Is anybody there?", channel=n) for n in (GENERAL, RANDOM)]
        await away(h)
        slow = refuse(HISTORY, "ratelimited", times=4, retry_after=60)
        h.standins.faults[SLACK].add(slow)
        await h.start_bot()
        await h.ended(h.mention("And now?", person=2))
        places = [h.folk.channels[n] for n in (GENERAL, RANDOM)]
        talk = [h.say(place, "Who knows what a monad is?", person=1) for place in places]
        replies = [h.say(h.thread(each), "Not me.", person=2) for each in talk]
        h.unheard.update(replies)
        for each in talk:
            await h.told(h.mention("settings follow:on", channel=h.thread(each), person=1))
        assert turns(h, *missed, *replies) == [False] * 4
        for question in missed:
            await h.ended(question, within=3600)
        await level(h)
        await h.clock.sleep(5)
        assert turns(h, *talk, *replies) == [False] * 4
        assert await recovered(h) == 2


async def test_what_never_came_while_newer_words_did_is_found_if_it_is_to_the_bot(
    tmp_path: Path,
) -> None:
    """Slack promises no order, and may come with it when the bot is gone."""
    async with harness(tmp_path, platform="slack") as h:
        await level(h)
        for route in ("event:app_mention", "event:message"):
            h.standins.faults[SLACK].add(Fault(route, "lose"))
        lost = h.mention("Is anybody there?")
        await h.clock.sleep(1)
        newer = h.mention("And now?")
        await h.ended(newer)
        await h.clock.sleep(10)
        assert turns(h, lost) == [False]
        await h.restart_bot(killed=True)
        assert (await h.ended(lost))["outcome"] == "answered"


async def test_after_long_without_a_socket_what_was_missed_is_read(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        known = h.mention("What is a monad?")
        await h.ended(known)
        await level(h)
        await h.clock.sleep(30)
        opened = "apps.connections.open"
        h.standins.faults[SLACK].add(refuse(opened, "internal_error", times=999))
        slack(h).sockets.drop()
        missed = [h.mention("Is anybody there?"), h.say(known, "And what is it good for?")]
        await away(h, 600)
        before = len(calls(h, LIST))
        h.standins.faults[SLACK].clear()
        for question in missed:
            await h.ended(question)
        assert len(calls(h, LIST)) > before
        assert await recovered(h) == 2


async def test_a_socket_that_is_made_anew_reads_nothing(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await level(h)
        before = len(calls(h, LIST))
        slack(h).sockets.drop()
        await h.clock.sleep(120)
        assert slack(h).sockets.count == 2
        assert len(calls(h, LIST)) == before


async def test_an_app_that_may_read_little_reads_it_slowly_and_in_nobodys_way(
    tmp_path: Path,
) -> None:
    """Once a minute, 15 messages: every other turn is left to whom people wait for."""
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        slack(h).settings.unlisted = True
        asked = []
        for n in range(40):
            h.say(h.folk.channels[n % 2], f"Just talking: {n}", person=1)
            if n % 10 == 0:
                asked.append(h.mention(f"Question {n}?", channel=n // 10 % 2))
        await away(h)
        await h.start_bot()
        live = h.mention("And now?")
        await h.ended(live, within=60)
        for question in asked:
            await h.ended(question, within=3600)
        await level(h)
        refused = [each for each in calls(h, HISTORY) if each.status == 429]
        taken = [each.at for each in calls(h, HISTORY) if each.status == 200]
        assert len(taken) >= 4 and len(refused) <= len(taken)
        pauses = [after - before for before, after in pairwise(taken)]
        assert min(pauses) >= 2 * 59_000


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_a_command_that_is_read_again_is_run_once(tmp_path: Path, killed: bool) -> None:
    """X166: heard while its channel is not read yet, and found there by the next start."""
    async with harness(tmp_path, platform="slack") as h:
        await level(h)
        h.standins.faults[SLACK].add(refuse(HISTORY, "internal_error", times=99))
        await h.restart_bot(killed=True)
        command = h.mention("help", person=1)
        assert "Mention me" in await h.told(command)
        question = h.mention("And what is a monad?")
        await h.ended(question)
        whispers = len(calls(h, "chat.postEphemeral"))
        h.standins.faults[SLACK].clear()
        for _ in range(2):
            await h.restart_bot(killed=killed)
            await settled(h)
            stage: Any = type("Stage", (), {"h": h, "names": {"c": command}})
            await Resend("c", attempt=3)(stage)
            await h.clock.sleep(5)
        assert len(calls(h, "chat.postEphemeral")) == whispers
        assert turns(h, command) == [False]


async def test_a_command_that_nobody_heard_is_run(tmp_path: Path) -> None:
    """Also where newer words of its channel were heard."""
    async with harness(tmp_path, platform="slack") as h:
        await level(h)
        for route in ("event:app_mention", "event:message"):
            h.standins.faults[SLACK].add(Fault(route, "lose"))
        lost = h.mention("help", person=1)
        await h.clock.sleep(1)
        await h.ended(h.mention("And now?"))
        await h.clock.sleep(10)
        await h.restart_bot(killed=True)
        assert "Mention me" in await h.told(lost)
