"""Edits of pictures that go well: whole bot, virtual time, on both platforms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness import harness
from tests.picture_scene import OTHER, PICTURE, galleries, is_like, shown, works
from tests.standins import DISCORD, SLACK
from tests.studio import Studio
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

PLATFORMS = pytest.mark.parametrize("platform", [DISCORD, SLACK])


@PLATFORMS
async def test_a_picture_is_edited_and_shown_beside_what_it_was(
    tmp_path: Path, platform: str
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        turn = await h.ended(question)
        assert turn["outcome"] == "answered"
        (work,) = works(h)
        assert work.wish.prompt == "make the sky pink"
        assert len(work.pictures) == 1
        assert is_like(work.pictures[0], PICTURE)
        (before, after) = shown(h, question)
        assert is_like(before[0], PICTURE)
        assert is_like(after[0], work.made)
        assert before[1].startswith("Picture #1, sent by ")
        assert after[1] == "Picture #2, edited: make the sky pink"
        (message,) = h.ours(question)
        assert "make the sky pink" in message.text
        assert "#1 → #2 · " in message.text
        assert "gpt-image-1-edit-mini" in message.text
        (charge,) = rows(h, "ledger")
        assert (charge["kind"], charge["images"], charge["requests"]) == ("settle", 1, 1)
        assert charge["micros"] > 0
        (step,) = rows(h, "step")
        assert (step["kind"], step["state"]) == ("image", "stored")


@PLATFORMS
async def test_while_it_is_made_stage_and_seconds_are_shown_and_then_taken_away(
    tmp_path: Path, platform: str
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        await h.ended(question)

        def told() -> str:
            return "\n".join(str(entry.request) for entry in h.standins.history.entries).lower()

        # How long it takes is not known of a service before it was seen.
        assert len(set(re.findall(r"editing the picture… (\d+) s", told()))) >= 5
        assert "usually about" not in told()
        await h.ended(h.say(question, "edit: brighter"))
        usual = re.findall(r"editing the picture… (\d+) s, usually about (\d+) s", told())
        assert len(set(usual)) >= 5
        # The stand-in is as slow as the service that it stands for.
        assert {int(seconds) for _, seconds in usual} <= set(range(42, 50))
        assert all("usually about" not in each.text for each in h.ours(question))


@PLATFORMS
async def test_without_a_picture_the_latest_is_edited(tmp_path: Path, platform: str) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        await h.ended(question)
        await h.ended(h.say(question, "edit: brighter"))
        first, second = works(h)
        assert is_like(second.pictures[0], first.made)
        before, after = shown(h, question)
        assert before[1] == "Picture #2, edited: make the sky pink"
        assert after[1] == "Picture #3, edited: brighter"
        assert len(galleries(h, question)) == 2


async def test_pictures_are_named_by_their_numbers(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("What are these?", files=[("a.png", PICTURE), ("b.jpg", OTHER)])
        await h.ended(question)
        await h.ended(h.say(question, "edit: put #2 beside #1"))
        (work,) = works(h)
        assert work.wish.prompt == "put picture 1 beside picture 2"
        assert is_like(work.pictures[0], OTHER)
        assert is_like(work.pictures[1], PICTURE)
        assert "#2 + #1 → #3" in h.ours(question)[-1].text
        before, _ = shown(h, question)
        assert before[1].startswith("Picture #2, sent by ")


async def test_own_pictures_come_before_named_ones(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("What is this?", files=[("a.png", PICTURE)])
        await h.ended(question)
        await h.ended(h.say(question, "edit: like #1", files=[("b.jpg", OTHER)]))
        (work,) = works(h)
        assert work.wish.prompt == "like picture 2"
        assert is_like(work.pictures[0], OTHER)


async def test_a_reply_to_a_picture_of_ours_edits_it(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        await h.ended(question)
        (first,) = h.ours(question)
        await h.ended(h.say(question, "edit: brighter"))
        await h.ended(h.say(question, "darker", reply_to=first.id))
        pink, _, darker = works(h)
        assert darker.wish.prompt == "darker"
        assert is_like(darker.pictures[0], pink.made)


async def test_a_picture_is_said_to_be_of_whoever_sent_it(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        files = [("cat.png", PICTURE)]
        theirs = h.say(h.folk.channels[0], "My cat", person=1, files=files)
        question = h.mention("edit: make the sky pink", reply_to=theirs)
        await h.ended(question)
        assert shown(h, question)[0][1] == "Picture #1, sent by Ben"
        used = h.menu(theirs)
        await h.until(lambda: h.folk.form(used), within=10)
        await h.ended(h.submit(used, prompt="make it blue"))
        newest = Studio(h).gallery()
        assert h.folk.gallery(newest)[0][1] == "Picture #1, as it was sent"
        own = h.mention("edit: make it red", files=files)
        await h.ended(own)
        assert shown(h, own)[0][1] == "Picture #1, sent by Ada"


async def test_a_reply_that_is_a_question_is_answered_in_words(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        await h.ended(question)
        (first,) = h.ours(question)
        answer = await h.answer_to(h.say(question, "Is that pink?", reply_to=first.id))
        assert "SIMULATED" in answer
        assert len(works(h)) == 1


async def test_a_remark_under_a_picture_costs_nothing(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        await h.ended(question)
        (first,) = h.ours(question)
        said = ["thanks, lovely!", "🎉", f"<@{h.folk.people[1]}> look at that, will you?", "!!"]
        h.unheard.update(h.say(question, each, reply_to=first.id) for each in said)
        # It stands behind them, so that they were all heard.
        darker = h.say(question, "thanks, now darker", reply_to=first.id)
        await h.ended(darker)
        await h.clock.sleep(5)
        assert len(rows(h, "turn")) == 2
        assert [work.wish.prompt for work in works(h)] == [
            "make the sky pink",
            "thanks, now darker",
        ]
        assert len(rows(h, "ledger")) == 2
        # Without a reply, or to words of mine, it is a part of the conversation.
        assert "SIMULATED" in await h.answer_to(h.say(question, "thanks, lovely!"))


async def test_a_reply_that_names_somebody_else_is_answered_in_words(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        await h.ended(question)
        (first,) = h.ours(question)
        words = f"that is how <@{h.folk.people[1]}> had it"
        assert "SIMULATED" in await h.answer_to(h.say(question, words, reply_to=first.id))
        assert len(works(h)) == 1


async def test_the_chat_model_reads_what_was_edited(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=[("cat.png", PICTURE)])
        await h.ended(question)
        await h.ended(h.say(question, "What did you do?"))
        chat = next(
            entry.request
            for entry in reversed(h.standins.history.entries)
            if entry.route == "POST /v1/chat/completions"
        )
        said = [each for each in chat["messages"] if each["role"] == "assistant"]
        assert "make the sky pink" in str(said[-1]["content"])


async def test_after_a_plain_question_about_a_picture_it_is_said_once_that_i_can_edit(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, segmind=True) as h:
        first = await h.answer_to(h.mention("What is this?", files=[("a.png", PICTURE)]))
        assert "I can edit pictures too" in first
        again = await h.answer_to(h.mention("And this?", files=[("b.jpg", OTHER)]))
        assert "I can edit pictures too" not in again
        other = await h.answer_to(h.mention("And this?", files=[("b.jpg", OTHER)], person=1))
        assert "I can edit pictures too" in other


async def test_without_an_image_service_nothing_is_said_of_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        answer = await h.answer_to(h.mention("What is this?", files=[("a.png", PICTURE)]))
        assert "I can edit" not in answer
        notice = await h.answer_to(h.mention("edit: pink", files=[("a.png", PICTURE)]))
        assert "no service that edits pictures" in notice
        assert "Nothing was charged." in notice


@pytest.mark.parametrize(
    ("text", "files", "words"),
    [
        ("edit:", [("cat.png", PICTURE)], "Tell me what to change"),
        ("edit: #1", [("cat.png", PICTURE)], "Tell me what to change"),
        ("edit: pink", [], "There is no picture here"),
        ("edit: like #7", [("cat.png", PICTURE)], "There is no picture #7 here"),
        ("edit: like #0", [("cat.png", PICTURE)], "There is no picture #0 here"),
        ("edit: like #99", [("cat.png", PICTURE)], 'put it in quotes: "#99"'),
        ("edit: #1 #1", [("cat.png", PICTURE)], "Tell me what to change"),
        ("edit: pink", [("song.mp3", b"ID3\x04" + bytes(200))], "song.mp3"),
        ("edit: pink", [("x.svg", b"<svg/>")], "charged. Send another picture and ask again."),
    ],
)
async def test_what_cannot_be_asked_for_says_how(
    tmp_path: Path, text: str, files: list[tuple[str, bytes]], words: str
) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention(text, files=files)
        notice = await h.answer_to(question)
        assert words in notice
        assert "Nothing was charged." in notice
        assert (await h.ended(question))["outcome"] == "refused"
        assert works(h) == []
        assert rows(h, "ledger") == []


@pytest.mark.parametrize("words", ["sky #333, #0af", "paint it #ff0000", 'write "#99" on it'])
async def test_what_is_no_picture_to_a_person_is_left_as_it_is(tmp_path: Path, words: str) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: pink", files=[("cat.png", PICTURE)])
        await h.ended(question)
        turn = await h.ended(h.say(question, f"edit: {words}"))
        assert turn["outcome"] == "answered"
        first, second = works(h)
        assert second.wish.prompt == words
        # It goes on from the latest, and from nothing else.
        assert len(second.pictures) == 1
        assert is_like(second.pictures[0], first.made)


async def test_a_number_of_another_thread_is_none_of_this_one(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        await h.ended(h.mention("What are these?", files=[("a.png", PICTURE), ("b.jpg", OTHER)]))
        notice = await h.answer_to(h.mention("edit: like #2", files=[("a.png", PICTURE)]))
        assert "There is no picture #2 here. Nothing was charged. There is one here: #1." in notice


async def test_a_picture_named_twice_is_sent_once(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("What are these?", files=[("a.png", PICTURE), ("b.jpg", OTHER)])
        await h.ended(question)
        await h.ended(h.say(question, "edit: #2 #2 beside #2"))
        (work,) = works(h)
        assert len(work.pictures) == 1
        assert is_like(work.pictures[0], OTHER)
        assert work.wish.prompt == "picture 1 picture 1 beside picture 1"


@pytest.mark.parametrize("platform", [DISCORD, SLACK])
async def test_a_request_that_is_changed_later_can_be_gone_on_from(
    tmp_path: Path, platform: str
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: make it pink", files=[("cat.png", PICTURE)])
        asked = await h.ended(question)
        h.edit(question, "edit: make it blue")
        await h.until(lambda: len(h.ours(question)) == 2)
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))
        offer = h.ours(question)[-1]
        assert "You changed your request after I had begun to edit the picture" in offer.text
        assert "Nothing was charged." in offer.text
        button = f"adjust:{asked['id']}"
        assert (offer.id, button) in h.folk.buttons()
        used = h.folk.press(offer.id, button, h.folk.people[0])
        await h.until(lambda: h.folk.form(used), within=10)
        await h.ended(h.folk.submit(used, h.folk.people[0], {"prompt": "make it blue"}))
        assert [work.wish.prompt for work in works(h)] == ["make it pink", "make it blue"]
        assert len(galleries(h, question)) == 2
