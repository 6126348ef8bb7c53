"""What a platform promises of what it hears: messages, commands, buttons and forms."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import TooBig
from bot.events import (
    Action,
    Aside,
    Asked,
    ButtonPressed,
    File,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Post,
    ReasonGiven,
    Verdict,
)
from bot.notices import ASIDES
from tests.evidence import position_of
from tests.folk import Told
from tests.platform_steps import BAD, GOOD, RETRY, STOP, Stage, begun, heard, picture, told
from tests.virtual import until


class Hears:
    """What people say and use comes as events."""

    # --- what people say -------------------------------------------------------------------

    async def test_a_mention_opens_a_thread(self, stage: Stage) -> None:
        person, channel = stage.folk.people[1], stage.folk.channels[0]
        message = stage.folk.mention(person, channel, "What is a monad?")
        event = await heard(stage, MessageReceived)
        assert (event.message, event.author.id, event.text) == (message, person, "What is a monad?")
        assert event.addressed and event.opens_thread
        assert (event.thread.platform, event.thread.channel) == (stage.platform.name, channel)
        assert event.place == channel
        assert event.position == position_of(message)
        place = await stage.platform.open_thread(event.thread, "What is a monad?")
        assert place == stage.folk.thread(message)
        assert await stage.platform.open_thread(event.thread, "What is a monad?") == place

    async def test_a_reply_belongs_to_its_thread(self, stage: Stage) -> None:
        thread, place = await begun(stage)
        reply = stage.folk.say(stage.folk.people[2], place, "And then?")
        event = await heard(stage, MessageReceived)
        assert (event.message, event.text, event.thread) == (reply, "And then?", thread)
        assert not event.addressed and not event.opens_thread
        assert event.place == place

    async def test_what_is_said_alone_is_addressed(self, stage: Stage) -> None:
        person = stage.folk.people[1]
        stage.folk.say(person, stage.folk.direct(person), "Just between us?")
        event = await heard(stage, MessageReceived)
        assert event.addressed
        assert event.text == "Just between us?"
        assert not event.author.admin

    async def test_messages_come_in_their_order(self, stage: Stage) -> None:
        _, place = await begun(stage)
        for number in range(5):
            stage.folk.say(stage.folk.people[number % 3], place, f"Number {number}")
        await until(lambda: len(stage.inbox.messages) == 5, within=10)
        assert stage.inbox.texts == [f"Number {number}" for number in range(5)]
        positions = [event.position for event in stage.inbox.messages]
        assert positions == sorted(set(positions))

    async def test_an_admin_is_known_for_one(self, stage: Stage) -> None:
        stage.folk.mention(stage.folk.people[0], stage.folk.channels[0], "hello")
        assert (await heard(stage, MessageReceived)).author.admin

    async def test_rights_are_those_of_the_moment(self, stage: Stage) -> None:
        person, channel = stage.folk.people[1], stage.folk.channels[0]
        for admin in (True, False):
            stage.folk.promote(person, admin=admin)
            await told(stage, stage.folk.command(person, channel, "settings", {"follow": True}))
            author = stage.clerk.calls[-1].author
            assert (author.admin, author.moderator) == (admin, admin)
            assert not author.rights_unknown

    async def test_rights_that_are_not_told_are_neither_there_nor_missing(
        self, stage: Stage
    ) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("Working", (STOP,)), "n1")
        person, channel = stage.folk.people[0], stage.folk.channels[0]
        stage.inbox.decide(Verdict.RIGHTS_UNKNOWN)
        stage.folk.hide_rights()
        await told(stage, stage.folk.command(person, channel, "settings", {"follow": True}))
        pressed = stage.folk.press(message, "stop:t1", person)
        authors = (stage.clerk.calls[-1].author, (await heard(stage, ButtonPressed)).author)
        for author in authors:
            assert not (author.admin or author.moderator)
            assert author.rights_unknown
        assert await told(stage, pressed) == Told(ASIDES[Aside.RIGHTS_UNKNOWN], alone=True)
        stage.folk.hide_rights(hidden=False)
        await told(stage, stage.folk.command(person, channel, "settings", {"follow": True}))
        assert stage.clerk.calls[-1].author.admin

    async def test_no_bot_is_heard_and_least_of_all_ourselves(self, stage: Stage) -> None:
        _, place = await begun(stage)
        stage.say_as_bot(place, "Beep?")
        await stage.platform.post(place, Post("hello"), "n1")
        stage.folk.say(stage.folk.people[1], place, "And I?")
        await until(lambda: stage.inbox.messages, within=10)
        await asyncio.sleep(1)
        assert stage.inbox.texts == ["And I?"]

    async def test_what_is_told_twice_names_the_same_message(self, stage: Stage) -> None:
        stage.folk.mention(stage.folk.people[1], stage.folk.channels[0], "Once?")
        first = await heard(stage, MessageReceived)
        stage.tell_again()
        await asyncio.sleep(1)
        assert {(each.message, each.thread) for each in stage.inbox.messages} <= {
            (first.message, first.thread)
        }

    async def test_a_changed_message_is_an_edit_where_it_stands(self, stage: Stage) -> None:
        _, place = await begun(stage)
        reply = stage.folk.say(stage.folk.people[1], place, "Befor?")
        await heard(stage, MessageReceived)
        stage.folk.edit(reply, "After?")
        event = await heard(stage, MessageEdited)
        assert (event.message, event.text, event.channel) == (reply, "After?", place)
        assert event.position > position_of(reply)

    async def test_a_deleted_message_is_told_of_where_it_stood(self, stage: Stage) -> None:
        channel = stage.folk.channels[0]
        question = stage.folk.mention(stage.folk.people[1], channel, "Never mind?")
        event = await heard(stage, MessageReceived)
        stage.folk.delete(question)
        deleted = await heard(stage, MessageDeleted)
        assert (deleted.message, deleted.channel) == (question, event.place)

    async def test_a_file_comes_with_its_message_and_can_be_had(self, stage: Stage) -> None:
        file = ("list.txt", b"milk and honey")
        person, channel = stage.folk.people[1], stage.folk.channels[0]
        message = stage.folk.mention(person, channel, "What is in it?", files=[file])
        (attachment,) = (await heard(stage, MessageReceived)).attachments
        assert (attachment.name, attachment.size) == ("list.txt", len(file[1]))
        assert attachment.message == message
        assert await stage.platform.download(attachment, 1_000) == file[1]
        with pytest.raises(TooBig):
            await stage.platform.download(attachment, 5)

    async def test_recent_pictures_are_those_of_people_newest_first(self, stage: Stage) -> None:
        first, second = ("one.png", picture("red")), ("two.png", picture("green"))
        person, channel = stage.folk.people[1], stage.folk.channels[1]
        older = stage.folk.say(person, channel, "look", files=[first])
        stage.folk.say(person, channel, "read", files=[("list.txt", b"milk")])
        ours = Post("mine", files=(File("mine.png", picture("blue")),))
        await stage.platform.post(channel, ours, "n1")
        newer = stage.folk.say(stage.folk.people[2], channel, "and", files=[second])
        found = await stage.platform.recent_pictures(channel, 5)
        assert [each.name for each in found] == ["two.png", "one.png"]
        assert [each.message for each in found] == [newer, older]
        assert await stage.platform.download(found[1], 100_000) == first[1]
        assert [each.name for each in await stage.platform.recent_pictures(channel, 1)] == [
            "two.png"
        ]

    async def test_a_thread_has_pictures_of_its_own_and_of_its_question(self, stage: Stage) -> None:
        person, channel = stage.folk.people[1], stage.folk.channels[0]
        stage.folk.say(person, channel, "elsewhere", files=[("other.png", picture("red"))])
        file = ("one.png", picture("green"))
        question = stage.folk.mention(person, channel, "What is it?", files=[file])
        event = await heard(stage, MessageReceived)
        place = await stage.platform.open_thread(event.thread, "What")
        reply = stage.folk.say(person, place, "or", files=[("two.png", picture("blue"))])
        found = await stage.platform.recent_pictures(place, 5)
        assert [(each.name, each.message) for each in found] == [
            ("two.png", reply),
            ("one.png", question),
        ]
        assert await stage.platform.download(found[1], 100_000) == file[1]

    # --- what people use -------------------------------------------------------------------

    async def test_a_command_is_run_and_answered_to_its_person_alone(self, stage: Stage) -> None:
        person, channel = stage.folk.people[1], stage.folk.channels[0]
        stage.clerk.says = "All is well."
        used = stage.folk.command(person, channel, "settings", {"follow": True})
        assert await told(stage, used) == Told("All is well.", alone=True)
        (call,) = stage.clerk.calls
        assert (call.name, call.author.id, call.thread.channel) == ("settings", person, channel)
        assert str(call.arguments["follow"]).lower() == "true"
        assert not stage.look().ours()

    async def test_a_command_that_asks_is_an_event(self, stage: Stage) -> None:
        person, channel = stage.folk.people[1], stage.folk.channels[0]
        given = {"prompt": "What is a monad?", "effort": "low"}
        used = stage.folk.command(person, channel, "ask", given)
        event = await heard(stage, Asked)
        assert (event.text, event.options.effort) == ("What is a monad?", "low")
        assert (event.author.id, event.thread.channel) == (person, channel)
        assert event.opens_thread
        assert event.interaction.id == stage.folk.source(used)
        # Its thread has yet to be started, so it is called by what began it.
        assert event.thread.thread.rpartition("/")[2] == event.interaction.id

    async def test_a_button_is_an_event_and_a_refusal_for_its_person_alone(
        self, stage: Stage
    ) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("Working", (STOP, RETRY)), "n1")
        assert stage.folk.buttons() == [(message, "stop:t1"), (message, "retry:t1")]
        stage.inbox.decide(Verdict.DENIED)
        used = stage.folk.press(message, "stop:t1", stage.folk.people[2])
        event = await heard(stage, ButtonPressed)
        assert (event.action, event.turn, event.message) == (Action.STOP, "t1", message)
        assert (event.place, event.author.id) == (place, stage.folk.people[2])
        assert await told(stage, used) == Told(ASIDES[Aside.NOT_YOURS], alone=True)
        assert event.interaction.id == stage.folk.source(used)

    async def test_a_bad_answer_may_be_told_why(self, stage: Stage) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("Forty-two", (GOOD, BAD)), "n1")
        stage.inbox.decide(Verdict.DONE)
        person = stage.folk.people[1]
        used = stage.folk.press(message, "bad:t1", person)
        await until(lambda: stage.folk.form(used), within=10)
        (field,) = stage.folk.form(used)
        sent = stage.folk.submit(used, person, {field: "It is not my question."})
        event = await heard(stage, ReasonGiven)
        assert (event.turn, event.author.id) == ("t1", person)
        assert event.text == "It is not my question."
        assert (await told(stage, sent)).alone
