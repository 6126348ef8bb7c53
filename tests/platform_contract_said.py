"""What a platform promises of what the bot says: messages, files, pictures, and words for one."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import Forbidden, Gone, Lost, PlatformUnknown, TooBig, TooLong
from bot.events import Action, ButtonPressed, File, Post
from tests.evidence import position_of
from tests.platform_steps import (
    BAD,
    EDITED,
    GOOD,
    RETRY,
    STOP,
    Mishap,
    Stage,
    Verb,
    begun,
    heard,
    ours,
    picture,
    root_of,
)


class Says:
    """What the bot says stands where it should."""

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
