"""What a platform promises the core, as tests that every platform is held to alike.

A third platform needs, beside its adapter (`bot.ports.Platform`) and its stand-in,

- a `Folk` (tests/folk.py): how its people write, press, use commands and fill in forms, and what
  one sees there in the end;
- a `Stage` (tests/platform_steps.py; there are two in tests/platform_stages.py): the adapter
  running against the stand-in, how to speak as another bot, to tell of an event twice, to shut a
  place, and to let the next call of a kind end badly;
- a class in tests/test_platform_contract.py that has both.

Nothing else in here knows which platform it is; where platforms may differ, the port says how
one asks (`Limits`, `Manner`), and so do these tests.
"""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import PlatformError, PlatformRefused, PlatformUnknown, Throttled
from bot.events import MessageReceived, Post
from tests.evidence import position_of
from tests.platform_contract_heard import Hears
from tests.platform_contract_said import Says
from tests.platform_steps import RETRY, Mishap, Stage, Verb, begun, heard, ours, root_of


class PlatformContract(Hears, Says):
    """The suite; `stage` is a fixture of the class that takes it over."""

    # --- calls that end badly --------------------------------------------------------------

    async def test_a_lost_acknowledgement_never_doubles_a_message(self, stage: Stage) -> None:
        thread, place = await begun(stage)
        fault = stage.script(Verb.POST, Mishap.LOST)
        with pytest.raises(PlatformUnknown):
            await stage.platform.post(place, Post("Once", (RETRY,)), "n1")
        assert fault.hits == 1
        (seen,) = ours(stage)
        if stage.platform.limits.settle_seconds:
            # It is recognised by looking, so soon after it was sent.
            await asyncio.sleep(stage.platform.limits.settle_seconds)
            after = str(position_of(root_of(thread)))
            (found,) = await stage.platform.find_ours(place, after)
            assert (found.message, found.nonce) == (seen.id, "n1")
        else:
            # Its repetition is recognised.
            assert await stage.platform.post(place, Post("Once", (RETRY,)), "n1") == seen.id
        assert [each.id for each in ours(stage)] == [seen.id]

    async def test_a_cut_post_is_unknown_and_not_there(self, stage: Stage) -> None:
        thread, place = await begun(stage)
        stage.script(Verb.POST, Mishap.CUT)
        with pytest.raises(PlatformUnknown):
            await stage.platform.post(place, Post("Once"), "n1")
        assert ours(stage) == []
        after = str(position_of(root_of(thread)))
        assert await stage.platform.find_ours(place, after) == []

    @pytest.mark.parametrize("verb", [Verb.POST, Verb.EDIT, Verb.DELETE, Verb.LOOK])
    async def test_who_is_asked_to_wait_is_told_how_long(self, stage: Stage, verb: Verb) -> None:
        thread, place = await begun(stage)
        message = await stage.platform.post(place, Post("One"), "n1")
        stage.script(verb, Mishap.THROTTLED)
        with pytest.raises(Throttled) as raised:
            match verb:
                case Verb.POST:
                    await stage.platform.post(place, Post("Two"), "n2")
                case Verb.EDIT:
                    await stage.platform.edit(place, message, Post("Two"))
                case Verb.DELETE:
                    await stage.platform.delete(place, message)
                case Verb.LOOK:
                    await stage.platform.find_ours(place, str(position_of(root_of(thread))))
        assert 39 <= raised.value.retry_after <= 41
        assert [each.text for each in ours(stage)] == ["One"]

    async def test_an_edit_whose_answer_was_lost_may_be_made_again(self, stage: Stage) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("One"), "n1")
        stage.script(Verb.EDIT, Mishap.LOST)
        with pytest.raises(PlatformUnknown):
            await stage.platform.edit(place, message, Post("Two"))
        await stage.platform.edit(place, message, Post("Two"))
        assert [(each.id, each.text) for each in ours(stage)] == [(message, "Two")]

    async def test_every_failure_is_one_that_the_core_knows(self, stage: Stage) -> None:
        """A place and a message of nowhere: refused, and never anything but a `PlatformError`."""
        thread, place = await begun(stage)
        message = await stage.platform.post(place, Post("One"), "n1")
        await stage.platform.delete(place, message)
        nowhere = thread.channel.replace("0", "9")
        for call in (
            lambda: stage.platform.edit(place, message, Post("Two")),
            lambda: stage.platform.post(nowhere, Post("Two"), "n2"),
            lambda: stage.platform.find_ours(nowhere, "0"),
        ):
            with pytest.raises(PlatformRefused):
                await call()
        with pytest.raises(PlatformError):
            await stage.platform.read_thread(nowhere, 0, 1 << 62, 10)

    # --- what stands there -----------------------------------------------------------------

    async def test_our_messages_are_found_oldest_first(self, stage: Stage) -> None:
        _, place = await begun(stage)
        first = await stage.platform.post(place, Post("One", (RETRY,)), "n1")
        stage.folk.say(stage.folk.people[1], place, "Between them")
        second = await stage.platform.post(place, Post("Two"), "n2")
        third = await stage.platform.post(place, Post("Three"), "n3")
        found = await stage.platform.find_ours(place, str(position_of(first) - 1))
        assert [each.message for each in found] == [first, second, third]
        assert [each.turn for each in found] == ["t1", "", ""]
        newer = await stage.platform.find_ours(place, str(position_of(first)))
        assert [each.message for each in newer] == [second, third]

    async def test_a_thread_of_others_is_read(self, stage: Stage) -> None:
        person, channel = stage.folk.people[1], stage.folk.channels[0]
        root = stage.folk.mention(person, channel, "Shall we talk?")
        event = await heard(stage, MessageReceived)
        place = await stage.platform.open_thread(event.thread, "Talk")
        said = [
            stage.folk.say(stage.folk.people[number % 3], place, f"Number {number}")
            for number in range(4)
        ]
        read = await stage.platform.read_thread(place, 0, position_of(said[-1]), 50)
        assert [each.message for each in read] == [root, *said[:3]]
        assert [each.text for each in read[1:]] == ["Number 0", "Number 1", "Number 2"]
        assert read[1].author.id == stage.folk.people[0]
        newest = await stage.platform.read_thread(place, 0, position_of(said[-1]), 2)
        assert [each.message for each in newest] == [root, *said[1:3]], (
            "what it is about is missing"
        )
        between = await stage.platform.read_thread(
            place, position_of(said[0]), position_of(said[2]), 50
        )
        assert [each.message for each in between] == [said[1]]

    # --- signs -----------------------------------------------------------------------------

    async def test_a_waiting_message_is_marked_and_unmarked(self, stage: Stage) -> None:
        _, place = await begun(stage)
        reply = stage.folk.say(stage.folk.people[1], place, "And then?")
        await stage.platform.mark_queued(place, reply, True)
        await stage.platform.mark_queued(place, reply, True)
        assert len(stage.folk.marks(reply)) == 1
        await stage.platform.mark_queued(place, reply, False)
        await stage.platform.mark_queued(place, reply, False)
        assert stage.folk.marks(reply) == []

    async def test_the_manner_is_known_without_a_call(self, stage: Stage) -> None:
        thread, place = await begun(stage)
        before = stage.calls()
        stage.platform.manner(place)
        stage.platform.missing(thread, place)
        assert stage.calls() == before

    async def test_a_status_is_shown_and_taken_away(self, stage: Stage) -> None:
        _, place = await begun(stage)
        if not stage.platform.manner(place).status:
            return  # a message stands for it
        await stage.platform.show_status(place, "is thinking…")
        assert stage.look().statuses == {place: "is thinking…"}
        await stage.platform.show_status(place, "is reading…")
        assert stage.look().statuses == {place: "is reading…"}
        await stage.platform.show_status(place, "")
        assert stage.look().statuses == {}
        assert ours(stage) == []
