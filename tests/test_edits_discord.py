"""Edits of pictures on Discord, by every door and with every choice. Whole bot, virtual time."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.events import Aside
from bot.notices import ASIDES
from tests.harness import Harness, harness
from tests.studio import BIRD, CAT, DOG, Studio, mask_of, opening, wish

pytestmark = pytest.mark.virtual

PUBLIC = {"PUBLIC_URL": "https://bot.example"}


@pytest.fixture
async def h(tmp_path: Path) -> AsyncIterator[Harness]:
    async with harness(tmp_path, segmind=True, settings=PUBLIC) as one:
        yield one


@pytest.fixture
def studio(h: Harness) -> Studio:
    return Studio(h)


# --- the command -----------------------------------------------------------------------------


async def test_a_command_with_a_picture_edits_it(h: Harness, studio: Studio) -> None:
    used = h.command("edit-image", person=1, prompt="make it pink", image=("cat.png", CAT))
    work = await studio.edited(1)
    assert work.wish == wish("make it pink")
    assert work.mask is None
    studio.check_posted(work, CAT)
    turn = await h.ended(used)
    assert (turn["outcome"], turn["kind"]) == ("answered", "ask")
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    assert "make it pink" in seen.text and "#1 → #2" in seen.text
    before, after = (words for _, words in h.folk.gallery(studio.gallery()))
    assert "#1" in before and "#2" in after and "make it pink" in after
    assert [each.partition(":")[0] for each in seen.buttons] == [
        *("adjust", "vary", "undo", "base", "paint", "details", "remove"),
    ]
    assert h.interaction(used)["state"] == "answered"
    assert not any(each.loading for each in h.ours())


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("size", "1536x1024", "size"),
        ("size", "1024x1536", "size"),
        ("quality", "low", "quality"),
        ("quality", "high", "quality"),
        ("background", "transparent", "background"),
        ("background", "opaque", "background"),
        ("format", "webp", "format"),
        ("format", "jpeg", "format"),
        ("moderation", "low", "moderation"),
    ],
)
async def test_every_choice_comes_to_the_service(
    h: Harness, studio: Studio, option: str, value: str, field: str
) -> None:
    given: dict[str, Any] = {option: value}
    h.command("edit-image", prompt="make it blue", image=("cat.png", CAT), **given)
    work = await studio.edited(1)
    assert work.wish == wish("make it blue", **{field: value})
    studio.check_posted(work, CAT)


async def test_all_choices_come_together(h: Harness, studio: Studio) -> None:
    chosen: dict[str, Any] = {
        "size": "1536x1024",
        "quality": "medium",
        "background": "opaque",
        "format": "jpeg",
        "compression": 35,
        "moderation": "low",
    }
    h.command("edit-image", prompt="make it green", image=("cat.png", CAT), **chosen)
    work = await studio.edited(1)
    assert work.wish == wish("make it green", **chosen)
    studio.check_posted(work, CAT)
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    for word in ("1536x1024", "medium", "jpeg", "35"):
        assert word in seen.text


async def test_references_come_behind_the_picture(h: Harness, studio: Studio) -> None:
    files: dict[str, Any] = {
        "image": ("cat.png", CAT),
        "image2": ("dog.png", DOG),
        "image5": ("bird.jpg", BIRD),
    }
    h.command("edit-image", prompt="make it red like #2", **files)
    work = await studio.edited(1)
    studio.check_posted(work, CAT, DOG, BIRD)
    assert work.wish.prompt == "make it red like picture 2"


async def test_a_mask_lets_only_its_part_change(h: Harness, studio: Studio) -> None:
    mask = mask_of((96, 96), (0, 0, 48, 96))
    files: dict[str, Any] = {
        "mask": ("mask.png", mask),
        "image": ("cat.png", CAT),
        "image2": ("dog.png", DOG),
    }
    h.command("edit-image", prompt="make it pink", **files)
    work = await studio.edited(1)
    assert work.mask is not None
    assert opening(work.mask) == {(x, y) for x in range(48) for y in range(96)}
    studio.check_posted(work, CAT, DOG, mask=work.mask)
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    assert "mask" in seen.text


async def test_the_see_through_part_may_be_the_mask(h: Harness, studio: Studio) -> None:
    picture = Image.open(io.BytesIO(CAT)).convert("RGBA")
    picture.paste((0, 0, 0, 0), (10, 20, 40, 60))
    out = io.BytesIO()
    picture.save(out, "PNG")
    given: dict[str, Any] = {"image": ("cat.png", out.getvalue()), "mask_from": "transparency"}
    h.command("edit-image", prompt="make it pink", **given)
    work = await studio.edited(1)
    assert work.mask is not None
    assert opening(work.mask) == {(x, y) for x in range(10, 40) for y in range(20, 60)}


async def test_in_a_thread_the_latest_picture_is_edited(h: Harness, studio: Studio) -> None:
    thread = await studio.begin()
    first = studio.works[0].made
    h.command("edit-image", place=thread, prompt="make it darker")
    work = await studio.edited(2)
    studio.check_posted(work, first)
    assert work.wish == wish("make it darker")


async def test_in_a_thread_a_picture_is_named_by_number(h: Harness, studio: Studio) -> None:
    thread = await studio.begin()
    h.command("edit-image", place=thread, prompt="make it darker", picture="#1")
    work = await studio.edited(2)
    studio.check_posted(work, CAT)
    told = await h.told(h.command("edit-image", place=thread, prompt="x", picture="#9"))
    assert "#9" in told and "Nothing was charged" in told


async def test_a_command_in_a_direct_channel(h: Harness, studio: Studio) -> None:
    h.command(
        "edit-image", place=h.direct(1), person=1, prompt="make it pink", image=("cat.png", CAT)
    )
    studio.check_posted(await studio.edited(1), CAT)


# --- forms -----------------------------------------------------------------------------------


async def test_a_command_without_anything_offers_recent_pictures(
    h: Harness, studio: Studio
) -> None:
    channel = h.folk.channels[0]
    h.say(channel, "one", files=[("cat.png", CAT)])
    h.say(channel, "two", files=[("dog.png", DOG)])
    used = h.command("edit-image", person=1)
    fields = await studio.form(used)
    names = [option["label"] for option in fields["picture"]["options"]]
    assert ["dog.png" in names[0], "dog.png" in names[1], "cat.png" in names[2]] == [True] * 3
    assert [option["default"] for option in fields["picture"]["options"]] == [True, False, False]
    values = [option["value"] for option in fields["picture"]["options"]]
    h.submit(used, person=1, prompt="make it pink", picture=values[2], size="1024x1536")
    work = await studio.edited(1)
    assert work.wish == wish("make it pink", size="1024x1536")
    studio.check_posted(work, CAT)


async def test_where_nothing_is_chosen_the_newest_picture_is_edited(
    h: Harness, studio: Studio
) -> None:
    channel = h.folk.channels[0]
    h.say(channel, "one", files=[("cat.png", CAT)])
    h.say(channel, "two", files=[("dog.png", DOG)])
    for count, uploads, edited in ((1, [], DOG), (2, [("cat.png", CAT)], CAT)):
        used = h.command("edit-image", person=1)
        await studio.form(used)
        given: dict[str, Any] = {"image": uploads} if uploads else {}
        h.submit(used, person=1, prompt="make it pink", **given)
        studio.check_posted(await studio.edited(count), edited)


async def test_a_form_takes_uploads(h: Harness, studio: Studio) -> None:
    used = h.command("edit-image", prompt="make it pink")
    fields = await studio.form(used)
    assert fields["prompt"]["value"] == "make it pink"
    files = [("cat.png", CAT), ("dog.png", DOG)]
    h.submit(used, prompt="make it blue", image=files, quality="low")
    work = await studio.edited(1)
    assert work.wish == wish("make it blue", quality="low")
    studio.check_posted(work, CAT, DOG)


async def test_a_form_lives_through_a_restart_and_is_used_once(h: Harness, studio: Studio) -> None:
    used = h.command("edit-image")
    await studio.form(used)
    await h.restart_bot()
    h.submit(used, prompt="make it pink", image=[("cat.png", CAT)])
    studio.check_posted(await studio.edited(1), CAT)
    again = h.submit(used, prompt="make it pink", image=[("cat.png", CAT)])
    assert "sent already" in await h.told(again)
    assert len(studio.works) == 1


async def test_flaws_are_told_and_the_form_is_mended(h: Harness, studio: Studio) -> None:
    used = h.command("edit-image")
    await studio.form(used)
    h.say(h.folk.channels[0], "hello")
    flawed = h.submit(used, prompt=" \u200b ", image=[("cat.png", CAT)])
    assert (await h.told(flawed)).startswith(ASIDES[Aside.FORM_FLAWED])
    message = h.interaction(flawed)["message"]
    button = message["components"][0]["components"][0]["custom_id"]
    ada, channel = h.folk.people[0], h.folk.channels[0]
    again = h.people.press(ada, channel, message["id"], button)
    await studio.form(again)
    h.submit(again, prompt="make it pink", image=[("cat.png", CAT)])
    studio.check_posted(await studio.edited(1), CAT)


# --- the menu of a message -------------------------------------------------------------------


async def test_the_menu_edits_the_pictures_of_a_message(h: Harness, studio: Studio) -> None:
    message = h.say(h.folk.channels[0], "look", files=[("cat.png", CAT)])
    used = h.menu(message, person=2)
    fields = await studio.form(used)
    assert "picture" not in fields
    h.submit(used, person=2, prompt="make it pink")
    studio.check_posted(await studio.edited(1), CAT)
    assert (await h.ended(studio.turns()[0]["source"]))["outcome"] == "answered"


async def test_the_menu_works_within_a_thread(h: Harness, studio: Studio) -> None:
    thread = await studio.begin()
    message = h.say(thread, "and this", person=1, files=[("dog.png", DOG)])
    await studio.rest()
    used = h.menu(message)
    await studio.form(used)
    h.submit(used, prompt="make it blue")
    await h.until(lambda: any(one.wish.prompt == "make it blue" for one in studio.works))
    await studio.rest()
    studio.check_posted(studio.works[-1], DOG)
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    assert seen.place == thread


async def test_the_menu_of_our_picture_goes_on_from_it(h: Harness, studio: Studio) -> None:
    thread = await studio.begin()
    used = h.menu(studio.gallery())
    fields = await studio.form(used)
    assert fields["prompt"]["value"] == "make it pink"
    h.submit(used, prompt="make it darker")
    work = await studio.edited(2)
    studio.check_posted(work, studio.works[0].made)
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    assert seen.place == thread


async def test_the_menu_of_a_message_without_pictures_says_so(h: Harness) -> None:
    message = h.say(h.folk.channels[0], "no picture here")
    assert "no picture" in await h.told(h.menu(message))


# --- words -----------------------------------------------------------------------------------


async def test_a_mention_that_begins_with_edit(h: Harness, studio: Studio) -> None:
    asked = h.mention("edit: make it pink", files=[("cat.png", CAT), ("dog.png", DOG)])
    work = await studio.edited(1)
    assert work.wish == wish("make it pink")
    studio.check_posted(work, CAT, DOG)
    assert (await h.ended(asked))["kind"] == "prompt"
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    assert seen.place == asked
    h.say(asked, "EDIT: make it darker")
    work = await studio.edited(2)
    studio.check_posted(work, studio.works[0].made)
    h.say(asked, "edit: brighter #2")
    work = await studio.edited(3)
    studio.check_posted(work, DOG)


async def test_an_edit_without_a_picture_is_refused(h: Harness, studio: Studio) -> None:
    asked = h.mention("edit: make it pink")
    answer = await h.answer_to(asked)
    assert "Nothing was charged" in answer
    assert (await h.ended(asked))["outcome"] == "refused"
    assert studio.works == []


async def test_a_reply_to_our_picture_edits_it(h: Harness, studio: Studio) -> None:
    thread = await studio.begin()
    first = studio.gallery()
    h.say(thread, "make it darker", person=1, reply_to=first, ping=False)
    work = await studio.edited(2)
    assert work.wish.prompt == "make it darker"
    studio.check_posted(work, studio.works[0].made)
    h.say(thread, "make it blue", reply_to=first)
    work = await studio.edited(3)
    studio.check_posted(work, studio.works[0].made)


async def test_a_question_about_our_picture_is_a_question(h: Harness, studio: Studio) -> None:
    thread = await studio.begin()
    asked = h.say(thread, "what do you see here?", reply_to=studio.gallery())
    assert "SIMULATED" in await h.answer_to(asked)
    assert len(studio.works) == 1
