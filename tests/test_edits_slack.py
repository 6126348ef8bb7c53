"""Edits of pictures on Slack, by every door, over both transports. Whole bot, virtual time."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.playground.slack.people import People
from adapters.slack.modals import option_value
from bot.events import Aside
from bot.notices import ASIDES
from tests.harness import Harness, harness
from tests.studio import BIRD, CAT, DOG, Studio, mask_of, opening, wish

pytestmark = pytest.mark.virtual


@pytest.fixture(params=["socket", "http"])
async def h(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    async with harness(tmp_path, platform="slack", transport=request.param, segmind=True) as one:
        yield one


@pytest.fixture
def studio(h: Harness) -> Studio:
    return Studio(h)


def people_of(h: Harness) -> People:
    """Return everything that people of Slack can do."""
    assert h.standins.slack is not None
    return h.standins.slack.people


async def shown_form(h: Harness, used: str) -> dict[str, dict[str, Any]]:
    """Wait for the form that something opened; return its fields' elements by name."""
    await h.until(lambda: h.folk.form(used), within=10)
    view = people_of(h).interaction(used)["view"]
    return {one["block_id"]: one["element"] for one in view["blocks"] if one["type"] == "input"}


async def begun(studio: Studio, prompt: str = "make it pink") -> str:
    """Have a first picture edited after a mention; return its question, which names the thread."""
    question = studio.h.mention(f"edit: {prompt}", files=[("cat.png", CAT)])
    await studio.edited(1)
    return question


def place_of(h: Harness, message: str) -> str:
    """Return where a message of ours stands."""
    (seen,) = [each for each in h.ours() if each.id == message]
    return seen.place


# --- the slash command -----------------------------------------------------------------------


@pytest.mark.parametrize("alone", [True, False])
async def test_a_slash_command_opens_a_form_with_recent_pictures(
    h: Harness, studio: Studio, alone: bool
) -> None:
    """By its own name, or behind that of all: it can carry no file."""
    channel = h.folk.channels[0]
    h.say(channel, "one", files=[("cat.png", CAT)])
    h.say(channel, "two", files=[("dog.png", DOG)])
    if alone:
        used = h.command("edit-image", person=1, prompt="make it", size="1024x1024")
    else:
        people = people_of(h)
        words = "edit-image size:1024x1024 make it"
        used = people.command(h.folk.people[1], channel, "/bot", words)
    fields = await shown_form(h, used)
    names = [option["text"]["text"] for option in fields["picture"]["options"]]
    assert ["dog.png" in names[0], "dog.png" in names[1], "cat.png" in names[2]] == [True] * 3
    assert fields["picture"]["initial_option"]["text"]["text"] == names[0]
    assert fields["prompt"]["initial_value"] == "make it"
    assert fields["size"]["initial_option"]["value"] == option_value("1024x1024")
    sent = h.submit(used, person=1, prompt="make it pink", picture="@1", quality="low")
    work = await studio.edited(1)
    assert work.wish == wish("make it pink", size="1024x1024", quality="low")
    studio.check_posted(work, CAT)
    turn = await h.ended(sent)
    assert (turn["outcome"], turn["kind"]) == ("answered", "ask")
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    assert "make it pink" in seen.text and "#1 → #2" in seen.text
    before, after = (words for _, words in h.folk.gallery(studio.gallery()))
    assert "#1" in before and "#2" in after and "make it pink" in after
    # It stands in the thread of the card that says in the channel what was asked.
    (card,) = [each for each in h.ours() if each.place == channel]
    assert seen.place == f"{channel}/{card.id}" and "make it pink" in card.text


@pytest.mark.parametrize("h", ["socket"], indirect=True)
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("size", "1536x1024"),
        ("size", "1024x1536"),
        ("quality", "medium"),
        ("quality", "high"),
        ("background", "transparent"),
        ("background", "opaque"),
        ("format", "jpeg"),
        ("format", "webp"),
        ("moderation", "low"),
    ],
)
async def test_every_choice_of_the_form_comes_to_the_service(
    h: Harness, studio: Studio, option: str, value: str
) -> None:
    used = h.command("edit-image")
    await shown_form(h, used)
    chosen: dict[str, Any] = {option: value}
    h.submit(used, prompt="make it blue", image=[("cat.png", CAT)], **chosen)
    work = await studio.edited(1)
    assert work.wish == wish("make it blue", **chosen)
    studio.check_posted(work, CAT)


async def test_all_choices_come_together(h: Harness, studio: Studio) -> None:
    chosen: dict[str, Any] = {
        "size": "1536x1024",
        "quality": "medium",
        "background": "opaque",
        "format": "jpeg",
        "moderation": "low",
    }
    used = h.command("edit-image", **chosen)
    fields = await shown_form(h, used)
    for name, value in chosen.items():
        assert fields[name]["initial_option"]["value"] == option_value(value)
    h.submit(used, prompt="make it green", image=[("cat.png", CAT)], compression="35")
    work = await studio.edited(1)
    assert work.wish == wish("make it green", compression=35, **chosen)
    studio.check_posted(work, CAT)
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    for word in ("1536x1024", "medium", "jpeg", "35"):
        assert word in seen.text


async def test_a_forms_own_files_are_edited(h: Harness, studio: Studio) -> None:
    """They are their person's, shared nowhere, and fetched at once; the first is the base."""
    used = h.command("edit-image", person=1)
    await shown_form(h, used)
    files = [("cat.png", CAT), ("dog.png", DOG), ("bird.jpg", BIRD)]
    h.submit(used, person=1, prompt="make it red like #2", image=files)
    work = await studio.edited(1)
    studio.check_posted(work, CAT, DOG, BIRD)
    assert work.wish.prompt == "make it red like picture 2"


async def test_a_mask_lets_only_its_part_change(h: Harness, studio: Studio) -> None:
    mask = mask_of((96, 96), (0, 0, 48, 96))
    used = h.command("edit-image")
    await shown_form(h, used)
    pictures = [("cat.png", CAT), ("dog.png", DOG)]
    h.submit(used, prompt="make it pink", image=pictures, mask=[("mask.png", mask)])
    work = await studio.edited(1)
    assert work.mask is not None
    assert opening(work.mask) == {(x, y) for x in range(48) for y in range(96)}
    studio.check_posted(work, CAT, DOG, mask=work.mask)


async def test_the_see_through_part_may_be_the_mask(h: Harness, studio: Studio) -> None:
    picture = Image.open(io.BytesIO(CAT)).convert("RGBA")
    picture.paste((0, 0, 0, 0), (10, 20, 40, 60))
    out = io.BytesIO()
    picture.save(out, "PNG")
    used = h.command("edit-image")
    await shown_form(h, used)
    own = [("cat.png", out.getvalue())]
    h.submit(used, prompt="make it pink", image=own, mask_from="transparency")
    work = await studio.edited(1)
    assert work.mask is not None
    assert opening(work.mask) == {(x, y) for x in range(10, 40) for y in range(20, 60)}


async def test_a_command_in_direct_messages(h: Harness, studio: Studio) -> None:
    used = h.command("edit-image", place=h.direct(1), person=1, prompt="make it pink")
    await shown_form(h, used)
    h.submit(used, person=1, image=[("cat.png", CAT)])
    work = await studio.edited(1)
    assert work.wish == wish("make it pink")
    studio.check_posted(work, CAT)
    assert place_of(h, studio.gallery()).startswith(h.direct(1))


async def test_where_the_bot_is_not_it_asks_to_be_invited(h: Harness, studio: Studio) -> None:
    quiet = people_of(h).channel("quiet")
    message = h.say(quiet, "look", person=1, files=[("cat.png", CAT)])
    for used in (h.menu(message, person=1), h.command("edit-image", place=quiet, person=1)):
        assert await h.told(used) == ASIDES[Aside.NOT_INVITED]
    assert studio.turns() == []


# --- forms -----------------------------------------------------------------------------------


async def test_a_form_lives_through_a_death_and_is_used_once(h: Harness, studio: Studio) -> None:
    used = h.command("edit-image")
    await shown_form(h, used)
    await h.restart_bot(killed=True)
    h.submit(used, prompt="make it pink", image=[("cat.png", CAT)])
    studio.check_posted(await studio.edited(1), CAT)
    assert len(studio.works) == 1


async def test_flaws_are_told_in_the_form_and_it_is_mended(h: Harness, studio: Studio) -> None:
    """It stays on the screen, with everything that is in it; the same form is then taken."""
    people, ada = people_of(h), h.folk.people[0]
    used = h.command("edit-image", prompt="make it pink")
    await shown_form(h, used)
    h.submit(used, image=[("cat.png", CAT)], compression="999")
    await h.until(lambda: (people.view(ada) or {}).get("errors"), within=10)
    view = people.view(ada)
    assert view is not None and [*view["errors"]] == ["compression"]
    assert studio.turns() == []
    h.submit(used, image=[("cat.png", CAT)], compression="80", format="jpeg")
    work = await studio.edited(1)
    assert work.wish == wish("make it pink", compression=80, format="jpeg")
    studio.check_posted(work, CAT)
    assert people.view(ada) is None


async def test_a_form_edits_what_is_uploaded_else_the_newest_picture(
    h: Harness, studio: Studio
) -> None:
    """Where nothing was chosen; what was chosen is edited, and what is uploaded goes with it."""
    h.say(h.folk.channels[0], "one", files=[("cat.png", CAT)])
    h.say(h.folk.channels[0], "two", files=[("dog.png", DOG)])
    upload = [("bird.jpg", BIRD)]
    for count, chosen, sent in (
        (1, {}, [DOG]),
        (2, {"image": upload}, [BIRD]),
        (3, {"picture": "@0", "image": upload}, [DOG, BIRD]),
    ):
        used = h.command("edit-image", prompt="make it pink")
        await shown_form(h, used)
        h.submit(used, **chosen)
        studio.check_posted(await studio.edited(count), *sent)


# --- the shortcut of a message ---------------------------------------------------------------


async def test_the_shortcut_edits_the_pictures_of_a_message(h: Harness, studio: Studio) -> None:
    """In the thread of that message, which begins with it."""
    channel = h.folk.channels[0]
    message = h.say(channel, "look", files=[("cat.png", CAT)])
    used = h.menu(message, person=2)
    fields = await shown_form(h, used)
    assert "picture" not in fields
    sent = h.submit(used, person=2, prompt="make it pink")
    studio.check_posted(await studio.edited(1), CAT)
    assert (await h.ended(sent))["outcome"] == "answered"
    assert place_of(h, studio.gallery()) == f"{channel}/{message}"


async def test_the_shortcut_works_on_replies(h: Harness, studio: Studio) -> None:
    thread = await begun(studio)
    message = h.say(thread, "and this", person=1, files=[("dog.png", DOG)])
    await studio.rest()
    used = h.menu(message)
    await shown_form(h, used)
    h.submit(used, prompt="make it blue")
    await studio.edited(2)
    studio.check_posted(studio.works[-1], DOG)
    assert place_of(h, studio.gallery()) == h.thread(thread)


async def test_the_shortcut_of_our_picture_goes_on_from_it(h: Harness, studio: Studio) -> None:
    thread = await begun(studio)
    used = h.menu(studio.gallery())
    fields = await shown_form(h, used)
    assert fields["prompt"]["initial_value"] == "make it pink"
    h.submit(used, prompt="make it darker")
    work = await studio.edited(2)
    studio.check_posted(work, studio.works[0].made)
    assert place_of(h, studio.gallery()) == h.thread(thread)


async def test_the_shortcut_of_a_message_without_pictures_says_so(h: Harness) -> None:
    message = h.say(h.folk.channels[0], "no picture here")
    assert "no picture" in await h.told(h.menu(message))


# --- words -----------------------------------------------------------------------------------


async def test_a_mention_that_begins_with_edit(h: Harness, studio: Studio) -> None:
    asked = h.mention("edit: make it pink", files=[("cat.png", CAT), ("dog.png", DOG)])
    work = await studio.edited(1)
    assert work.wish == wish("make it pink")
    studio.check_posted(work, CAT, DOG)
    assert (await h.ended(asked))["kind"] == "prompt"
    assert place_of(h, studio.gallery()) == h.thread(asked)
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


async def test_the_commands_words_after_a_mention(h: Harness, studio: Studio) -> None:
    """With a picture they ask for no more; else a button opens the form."""
    asked = h.mention("edit-image quality:low make it pink", files=[("cat.png", CAT)])
    work = await studio.edited(1)
    assert work.wish == wish("make it pink", quality="low")
    studio.check_posted(work, CAT)
    assert place_of(h, studio.gallery()) == h.thread(asked)
    again = h.mention("edit-image size:1024x1024", channel=h.thread(asked))
    assert await h.told(again) == ASIDES[Aside.FORM_READY]
    people, ada = people_of(h), h.folk.people[0]
    (offer,) = [
        each
        for each in people.thread(ada, h.thread(asked))
        if each["ephemeral"] and ASIDES[Aside.FORM_READY][:20] in str(each["blocks"])
    ]
    used = people.press(ada, h.thread(asked), offer["ts"], "form")
    fields = await shown_form(h, used)
    assert fields["size"]["initial_option"]["value"] == option_value("1024x1024")
    h.submit(used, prompt="make it darker")
    work = await studio.edited(2)
    assert work.wish == wish("make it darker", size="1024x1024")
    studio.check_posted(work, studio.works[0].made)


async def test_a_form_that_was_offered_can_be_opened_after_a_restart(
    h: Harness, studio: Studio
) -> None:
    """What it is about is stored, so that its button says no more than its name."""
    said = h.mention("edit-image quality:low make it pink")
    h.unheard.add(said)
    assert await h.told(said) == ASIDES[Aside.FORM_READY]
    await h.restart_bot(killed=True)
    used = h.press("form")
    fields = await shown_form(h, used)
    assert fields["prompt"]["initial_value"] == "make it pink"
    assert fields["quality"]["initial_option"]["value"] == option_value("low")
    kinds = [option["text"]["text"] for option in fields["format"]["options"]]
    assert "stands here as a file" in kinds[-1]
    h.submit(used, image=[("cat.png", CAT)])
    studio.check_posted(await studio.edited(1), CAT)
    used = h.press("form")
    assert "sent already" in await h.told(used)
