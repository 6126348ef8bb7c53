"""The buttons under edited pictures on Discord, also after a restart. Whole bot, virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from bot.events import Aside
from bot.notices import ASIDES
from tests.harness import Harness, harness
from tests.standins import DISCORD
from tests.studio import CAT, DOG, Studio, alike, wish

pytestmark = pytest.mark.virtual

PUBLIC = {"PUBLIC_URL": "https://bot.example"}


@pytest.fixture
async def h(tmp_path: Path) -> AsyncIterator[Harness]:
    async with harness(tmp_path, segmind=True, settings=PUBLIC) as one:
        yield one


@pytest.fixture
def studio(h: Harness) -> Studio:
    return Studio(h)


# --- buttons ---------------------------------------------------------------------------------


@pytest.mark.parametrize("restarted", [False, True])
async def test_edit_again_opens_a_form_with_its_words(
    h: Harness, studio: Studio, restarted: bool
) -> None:
    await studio.begin(size="1536x1024")
    if restarted:
        await h.clock.sleep(20 * 60)
        await h.restart_bot()
    used = h.press("adjust", person=2)
    fields = await studio.form(used)
    assert fields["prompt"]["value"] == "make it pink"
    chosen = [one["value"] for one in fields["size"]["options"] if one.get("default")]
    assert chosen == ["1536x1024"]
    h.submit(used, person=2, prompt="make it darker")
    work = await studio.edited(2)
    assert work.wish == wish("make it darker", size="1536x1024")
    studio.check_posted(work, studio.works[0].made)


@pytest.mark.parametrize("restarted", [False, True])
async def test_vary_makes_another_by_the_same(h: Harness, studio: Studio, restarted: bool) -> None:
    await studio.begin(quality="low", image2=("dog.png", DOG))
    if restarted:
        await h.clock.sleep(20 * 60)
        await h.restart_bot()
    used = h.press("vary", person=1)
    twice = h.press("vary", person=1)
    work = await studio.edited(2)
    assert work.wish == wish("make it pink", quality="low")
    studio.check_posted(work, CAT, DOG)
    assert await h.told(twice) == ASIDES[Aside.ALREADY_DONE]
    assert (await h.ended(used))["kind"] == "picture"
    assert len(studio.works) == 2


@pytest.mark.parametrize("restarted", [False, True])
async def test_undo_shows_what_was_before_and_costs_nothing(
    h: Harness, studio: Studio, restarted: bool
) -> None:
    thread = await studio.begin()
    if restarted:
        await h.clock.sleep(20 * 60)
        await h.restart_bot()
    h.press("undo")
    await h.until(lambda: len(studio.galleries()) == 2)
    await studio.rest()
    assert len(studio.works) == 1, "nothing is asked of the service"
    shown = h.folk.gallery(studio.gallery())
    assert alike(shown[-1][0], CAT)
    (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
    # Nobody made it, so that nothing can be made by the same, and it cost nothing.
    assert [each.partition(":")[0] for each in seen.buttons] == [
        "adjust",
        "base",
        "paint",
        "remove",
    ]
    h.say(thread, "edit: make it blue")
    studio.check_posted(await studio.edited(3), CAT)


async def test_undo_asks_which_of_several(h: Harness, studio: Studio) -> None:
    thread = await studio.begin()
    h.say(thread, "edit: make it darker")
    await studio.edited(2)
    used = h.press("undo")
    fields = await studio.form(used)
    values = [option["value"] for option in fields["version"]["options"]]
    assert values == ["#2", "#1"]
    h.submit(used, version="#1")
    await h.until(lambda: len(studio.galleries()) == 3)
    await studio.rest()
    assert alike(h.folk.gallery(studio.gallery())[-1][0], CAT)
    assert len(studio.works) == 2


@pytest.mark.parametrize("restarted", [False, True])
async def test_use_as_base_is_what_edits_go_on_from(
    h: Harness, studio: Studio, restarted: bool
) -> None:
    thread = await studio.begin()
    first = studio.turns()[0]["id"]
    h.say(thread, "edit: make it darker")
    await studio.edited(2)
    if restarted:
        await h.restart_bot()
    used = h.press("base", turn=first)
    assert await h.told(used) == ASIDES[Aside.BASE_CHOSEN]
    h.say(thread, "edit: make it blue")
    studio.check_posted(await studio.edited(3), studio.works[0].made)


async def test_details_are_for_admins(h: Harness, studio: Studio) -> None:
    await studio.begin(quality="low")
    told = await h.told(h.press("details"))
    (job,) = studio.service.jobs.values()
    assert job.id in told and "quality low" in told and "gpt-image-1-edit-mini" in told
    assert "admins" in await h.told(h.press("details", person=1))


async def test_paint_gives_a_link_alone(h: Harness, studio: Studio) -> None:
    await studio.begin()
    told = await h.told(h.press("paint", person=1))
    assert "https://bot.example/mask/" in told


@pytest.mark.parametrize("restarted", [False, True])
async def test_delete_takes_the_picture_away(h: Harness, studio: Studio, restarted: bool) -> None:
    thread = await studio.begin()
    if restarted:
        await h.clock.sleep(20 * 60)
        await h.restart_bot()
    message = studio.gallery()
    assert await h.told(h.press("remove", person=1)) == ASIDES[Aside.NOT_YOURS]
    used = h.press("remove")
    assert await h.told(used) == ASIDES[Aside.REMOVED]
    await h.until(lambda: not h.folk.is_there(message))
    await studio.rest()
    assert await h.told(used) == ASIDES[Aside.REMOVED]
    assert not [each for each in h.ours() if each.loading]
    h.say(thread, "edit: make it blue")
    studio.check_posted(await studio.edited(1), CAT)


async def test_delete_below_what_was_shown_again_takes_both_away(
    h: Harness, studio: Studio
) -> None:
    thread = await studio.begin()
    made = studio.gallery()
    h.say(thread, "edit: make it darker")
    await studio.edited(2)
    darker = studio.gallery()
    used = h.press("undo")
    await studio.form(used)
    h.submit(used, version="#2")
    await h.until(lambda: len(studio.galleries()) == 3)
    await studio.rest()
    again = studio.gallery()
    assert await h.told(h.press("remove")) == ASIDES[Aside.REMOVED]
    await studio.rest()
    there = [h.folk.is_there(message) for message in (made, darker, again)]
    assert there == [False, True, False]


# --- where it cannot be posted ---------------------------------------------------------------


async def test_a_missing_permission_is_named_and_retry_only_posts(
    h: Harness, studio: Studio
) -> None:
    channel = h.folk.channels[0]
    h.standins.world.deny_bot(channel, "attach_files")
    asked = h.mention("edit: make it pink", files=[("cat.png", CAT)])
    answer = await h.answer_to(asked)
    assert "Attach Files" in answer and "Retry only posts it" in answer
    assert studio.galleries() == []
    h.standins.world.deny_bot(channel)
    await h.clock.sleep(5)
    h.press("retry")
    studio.check_posted(await studio.edited(1), CAT)
    assert len(studio.works) == 1


async def test_a_kill_before_the_picture_is_posted_posts_it_once(
    h: Harness, studio: Studio
) -> None:
    create = "POST /channels/{channel_id}/messages"
    fault = h.standins.faults[DISCORD].add(Fault(create, "lose_answer", nth=2, times=1_000))
    asked = h.mention("edit: make it pink", files=[("cat.png", CAT)])
    await h.until(lambda: studio.galleries())
    await h.kill_bot()
    assert fault.hits
    h.standins.faults[DISCORD].clear()
    await h.start_bot()
    studio.check_posted(await studio.edited(1), CAT)
    assert (await h.ended(asked))["outcome"] == "answered"
    assert len(studio.works) == 1
