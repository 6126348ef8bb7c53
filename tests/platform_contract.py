"""What a platform promises the core, as tests that every platform is held to alike.

A third platform needs, beside its adapter (`bot.ports.Platform`) and its stand-in,

- a `Folk` (tests/folk.py): how its people write, press, use commands and fill in forms, and what
  one sees there in the end;
- a `Stage` (below; tests/platform_stages.py has the two that there are): the adapter running
  against the stand-in, how to speak as another bot, to tell of an event twice, to shut a place,
  and to let the next call of a kind end badly;
- a class in tests/test_platform_contract.py that has both.

Nothing else in here knows which platform it is; where platforms may differ, the port says how
one asks (`Limits`, `Manner`), and so do these tests.
"""

from __future__ import annotations

import asyncio
import io
from enum import StrEnum
from typing import Protocol, TypeVar

import pytest
from PIL import Image

from adapters.playground.faults import Fault
from bot.domain import ThreadRef
from bot.errors import (
    Forbidden,
    Gone,
    Lost,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooBig,
    TooLong,
)
from bot.events import (
    Action,
    Aside,
    Asked,
    Button,
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
from bot.ports import Platform
from tests.discord_desk import Inbox
from tests.evidence import Seen, World, position_of
from tests.folk import Folk, Told
from tests.slack_api import Clerk
from tests.virtual import until

STOP = Button(Action.STOP, "t1", "Stop", danger=True)
RETRY = Button(Action.RETRY, "t1", "Retry")
GOOD = Button(Action.GOOD, "t1", "Good answer")
BAD = Button(Action.BAD, "t1", "Bad answer")
# As many as an edited picture has at most.
EDITED = tuple(
    Button(action, "t1", f"{action}".title())
    for action in (
        *(Action.ADJUST, Action.VARY, Action.UNDO, Action.BASE),
        *(Action.PAINT, Action.REMOVE, Action.DETAILS),
    )
)

E = TypeVar("E")


class Verb(StrEnum):
    """A kind of call that can end badly."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"
    LOOK = "look"


class Mishap(StrEnum):
    """How a call ends. `LOST`: it is done, and nobody says so. `CUT`: nobody knows, it is not.

    `THROTTLED`: the platform asks to wait for 40 seconds.
    """

    LOST = "lost"
    CUT = "cut"
    THROTTLED = "throttled"


class Stage(Protocol):
    """An adapter at work against a stand-in, and the means to look behind its back.

    `inbox` takes what it hears, and decides about that as it is told to; `clerk` runs its
    commands.
    """

    @property
    def platform(self) -> Platform:
        """Return the adapter."""

    @property
    def folk(self) -> Folk:
        """Return the people."""

    inbox: Inbox
    clerk: Clerk

    def look(self) -> World:
        """Return what people see now."""

    def calls(self) -> int:
        """Return how many calls were made so far."""

    def script(self, verb: Verb, mishap: Mishap) -> Fault:
        """Let the next call of a kind end so."""

    def shut(self, place: str) -> None:
        """Let the bot say nothing more in the channel of a place."""

    def say_as_bot(self, place: str, text: str) -> None:
        """Write there, and mention the bot, as another bot."""

    def tell_again(self) -> None:
        """Tell the adapter of the newest message of a person once more."""


class PlatformContract:
    """The suite; `stage` is a fixture of the class that takes it over."""

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

    # --- what the bot says -----------------------------------------------------------------

    async def test_a_post_stands_in_its_place(self, stage: Stage) -> None:
        _, place = await begun(stage)
        text = "**Hello**, <!channel> @everyone & <b>you</b>"
        message = await stage.platform.post(place, Post(text, (RETRY,)), "n1")
        (seen,) = ours(stage)
        assert (seen.id, seen.place, seen.text) == (message, place, text)
        assert seen.buttons == ("retry:t1",)

    async def test_an_edit_replaces_text_and_buttons(self, stage: Stage) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("One", (STOP,)), "n1")
        await stage.platform.edit(place, message, Post("Two", (GOOD, BAD)))
        (seen,) = ours(stage)
        assert (seen.id, seen.text, seen.buttons) == (message, "Two", ("good:t1", "bad:t1"))
        await stage.platform.edit(place, message, Post("Three"))
        (seen,) = ours(stage)
        assert (seen.text, seen.buttons) == ("Three", ())

    async def test_a_text_grows_in_one_message_and_ends_whole(self, stage: Stage) -> None:
        _, place = await begun(stage)
        whole = "One word, and then another, and <b>one</b> more.\n\nAnd the last."
        message = ""
        for end in (3, 20, 35, 50):
            text = whole[:end]
            buttons = () if stage.platform.manner(place).bare else (STOP,)
            post = Post(text, buttons, growing=text)
            if message:
                await stage.platform.edit(place, message, post)
            else:
                message = await stage.platform.post(place, post, "n1")
            await asyncio.sleep(1)
        await stage.platform.edit(place, message, Post(whole, (GOOD, BAD)))
        (seen,) = ours(stage)
        assert (seen.id, seen.text) == (message, whole)
        assert seen.buttons == ("good:t1", "bad:t1")
        assert not seen.live

    async def test_a_text_that_grew_may_end_as_another(self, stage: Stage) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("Half an", growing="Half an"), "n1")
        await stage.platform.edit(place, message, Post("Something went wrong.", (RETRY,)))
        (seen,) = ours(stage)
        assert (seen.text, seen.buttons) == ("Something went wrong.", ("retry:t1",))
        assert not seen.live

    async def test_the_longest_text_fits_and_a_longer_one_is_refused(self, stage: Stage) -> None:
        _, place = await begun(stage)
        longest = "x" * stage.platform.limits.text
        assert stage.platform.limits.length(longest) == stage.platform.limits.text
        message = await stage.platform.post(place, Post(longest), "n1")
        (seen,) = ours(stage)
        assert seen.text == longest
        with pytest.raises(TooLong):
            await stage.platform.post(place, Post("x" * 40_100), "n2")
        with pytest.raises(TooLong):
            await stage.platform.edit(place, message, Post("x" * 40_100))
        assert [each.text for each in ours(stage)] == [longest]

    async def test_a_deleted_message_is_gone_and_may_be_gone_before(self, stage: Stage) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("Working", (STOP,)), "n1")
        await stage.platform.delete(place, message)
        assert ours(stage) == []
        await stage.platform.delete(place, message)

    async def test_what_a_moderator_removed_is_gone(self, stage: Stage) -> None:
        _, place = await begun(stage)
        message = await stage.platform.post(place, Post("One"), "n1")
        stage.folk.remove(message)
        # Whether the text is to stand there anew is the platform's to say.
        with pytest.raises((Gone, Lost)):
            await stage.platform.edit(place, message, Post("Two"))
        assert ours(stage) == []

    async def test_where_nothing_may_be_said_it_is_forbidden(self, stage: Stage) -> None:
        _, place = await begun(stage)
        stage.shut(place)
        with pytest.raises(Forbidden):
            await stage.platform.post(place, Post("One"), "n1")
        assert ours(stage) == []

    async def test_a_file_is_posted_with_its_message(self, stage: Stage) -> None:
        _, place = await begun(stage)
        post = Post("See the file.", files=(File("answer.md", "# größer".encode()),))
        message = await stage.platform.post(place, post, "n1")
        (seen,) = ours(stage)
        assert seen.id == message
        assert seen.files == (("answer.md", "# größer".encode()),)

    async def test_pictures_are_shown_side_by_side(self, stage: Stage) -> None:
        _, place = await begun(stage)
        before, after = picture("red"), picture("green")
        pictures = (File("before.png", before, "Before"), File("after.png", after, "Greener"))
        caption = "**Edited:** greener, <!channel> @everyone"
        post = Post(caption, EDITED, files=pictures, gallery=True)
        message = await stage.platform.post(place, post, "n1")
        (seen,) = ours(stage)
        assert (seen.id, seen.place, seen.text) == (message, place, caption)
        assert seen.buttons == tuple(f"{each.action}:t1" for each in EDITED)
        assert stage.folk.gallery(message) == [(before, "Before"), (after, "Greener")]
        (found,) = await stage.platform.find_ours(place, str(position_of(message) - 1))
        assert (found.message, found.turn) == (message, "t1")

    async def test_every_button_under_pictures_can_be_pressed(self, stage: Stage) -> None:
        _, place = await begun(stage)
        post = Post("Edited", EDITED, files=(File("a.png", picture("red")),), gallery=True)
        message = await stage.platform.post(place, post, "n1")
        stage.folk.press(message, "vary:t1", stage.folk.people[2])
        event = await heard(stage, ButtonPressed)
        assert (event.action, event.turn, event.message) == (Action.VARY, "t1", message)

    async def test_a_lost_acknowledgement_never_doubles_pictures(self, stage: Stage) -> None:
        thread, place = await begun(stage)
        post = Post("Edited", EDITED, files=(File("a.png", picture("red"), "A"),), gallery=True)
        fault = stage.script(Verb.POST, Mishap.LOST)
        with pytest.raises(PlatformUnknown):
            await stage.platform.post(place, post, "n1")
        assert fault.hits == 1
        (seen,) = ours(stage)
        if settle := stage.platform.limits.settle_seconds:
            await asyncio.sleep(max(settle, stage.platform.limits.file_settle_seconds))
            after = str(position_of(root_of(thread)))
            (found,) = await stage.platform.find_ours(place, after)
            assert (found.message, found.nonce) == (seen.id, "n1")
        else:
            assert await stage.platform.post(place, post, "n1") == seen.id
        assert [each.id for each in ours(stage)] == [seen.id]

    async def test_a_picture_over_the_limit_is_refused_before_it_leaves(self, stage: Stage) -> None:
        _, place = await begun(stage)
        before = stage.calls()
        content = bytes(stage.platform.limits.file_bytes + 1)
        post = Post("Edited", files=(File("a.png", content),), gallery=True)
        with pytest.raises(TooBig):
            await stage.platform.post(place, post, "n1")
        assert stage.calls() == before

    async def test_a_person_is_told_alone(self, stage: Stage) -> None:
        person = stage.folk.people[1]
        message = await stage.platform.tell(person, Post("Between us"), "n1")
        (seen,) = ours(stage)
        assert (seen.id, seen.place, seen.text) == (
            message,
            stage.folk.direct(person),
            "Between us",
        )

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


# --- steps ------------------------------------------------------------------------------------


async def heard(stage: Stage, kind: type[E]) -> E:
    """Wait for an event of a kind and return it; it and all that came with it is forgotten."""

    def found() -> E | None:
        return next((each for each in stage.inbox.events if isinstance(each, kind)), None)

    await until(found, within=10)
    event = found()
    assert event is not None
    await asyncio.sleep(0.5)
    stage.inbox.events.clear()
    return event


async def told(stage: Stage, used: str) -> Told:
    """Wait for what something that a person used is answered."""
    await until(lambda: stage.folk.told(used), within=10)
    found = stage.folk.told(used)
    assert found is not None
    return found


async def begun(stage: Stage) -> tuple[ThreadRef, str]:
    """Return a thread that a person's question has begun, and its place."""
    stage.folk.mention(stage.folk.people[1], stage.folk.channels[0], "What is a monad?")
    event = await heard(stage, MessageReceived)
    return event.thread, await stage.platform.open_thread(event.thread, "What is a monad?")


def picture(colour: str) -> bytes:
    """Return a small picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (12, 8), colour).save(out, "PNG")
    return out.getvalue()


def root_of(thread: ThreadRef) -> str:
    """Return the message that a thread was started from."""
    return thread.thread.rpartition("/")[2]


def ours(stage: Stage) -> list[Seen]:
    """Return the bot's lasting messages."""
    return stage.look().ours()
