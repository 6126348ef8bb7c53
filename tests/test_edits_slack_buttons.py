"""The buttons under an edited picture on Slack, over both transports, also after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from adapters.slack.modals import option_value
from bot.events import Aside
from bot.notices import ASIDES
from tests.harness import Harness, harness
from tests.studio import CAT, DOG, Studio, alike, wish
from tests.test_edits_slack import begun, people_of, shown_form

pytestmark = pytest.mark.virtual

PUBLIC = {"PUBLIC_URL": "https://bot.example"}
# Longer than any of Slack's own addresses for answers lives.
LATER_SECONDS = 31 * 60


@pytest.fixture(params=["socket", "http"])
async def h(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    made = harness(
        tmp_path, platform="slack", transport=request.param, segmind=True, settings=PUBLIC
    )
    async with made as one:
        yield one


@pytest.fixture
def studio(h: Harness) -> Studio:
    return Studio(h)


@pytest.fixture
def later(request: pytest.FixtureRequest) -> bool:
    """Tell whether to press only after a death: at once by sockets, later by HTTP."""
    return "http" in request.node.name


async def pause(h: Harness, *, later: bool) -> None:
    """Let time pass and the bot be killed, or go on at once."""
    if later:
        await h.clock.sleep(LATER_SECONDS)
        await h.restart_bot(killed=True)


async def test_edit_again_opens_a_form_with_its_words(
    h: Harness, studio: Studio, later: bool
) -> None:
    used = h.command("edit-image", size="1536x1024")
    await shown_form(h, used)
    h.submit(used, prompt="make it pink", image=[("cat.png", CAT)])
    await studio.edited(1)
    await pause(h, later=later)
    used = h.press("adjust", person=2)
    fields = await shown_form(h, used)
    assert fields["prompt"]["initial_value"] == "make it pink"
    assert fields["size"]["initial_option"]["value"] == option_value("1536x1024")
    h.submit(used, person=2, prompt="make it darker")
    work = await studio.edited(2)
    assert work.wish == wish("make it darker", size="1536x1024")
    studio.check_posted(work, studio.works[0].made)


async def test_edit_again_may_go_on_from_the_one_before(h: Harness, studio: Studio) -> None:
    await begun(studio)
    used = h.press("adjust")
    fields = await shown_form(h, used)
    values = [option["value"] for option in fields["picture"]["options"]]
    assert values == [option_value("#2"), option_value("#1")]
    h.submit(used, prompt="make it blue", picture="#1")
    studio.check_posted(await studio.edited(2), CAT)


async def test_vary_makes_another_by_the_same_and_once(
    h: Harness, studio: Studio, later: bool
) -> None:
    await begun(studio)
    await pause(h, later=later)
    used, twice = h.press("vary", person=1), h.press("vary", person=1)
    work = await studio.edited(2)
    assert work.wish == wish("make it pink")
    studio.check_posted(work, CAT)
    assert await h.told(twice) == ASIDES[Aside.ALREADY_DONE]
    assert (await h.ended(used))["kind"] == "picture"
    assert len(studio.works) == 2


async def test_undo_shows_what_was_before_and_costs_nothing(
    h: Harness, studio: Studio, later: bool
) -> None:
    thread = await begun(studio)
    await pause(h, later=later)
    h.press("undo")
    await h.until(lambda: len(studio.galleries()) == 2)
    await studio.rest()
    assert len(studio.works) == 1, "nothing is asked of the service"
    assert alike(h.folk.gallery(studio.gallery())[-1][0], CAT)
    h.say(thread, "edit: make it blue")
    studio.check_posted(await studio.edited(3), CAT)


async def test_undo_asks_which_of_several(h: Harness, studio: Studio, later: bool) -> None:
    thread = await begun(studio)
    h.say(thread, "edit: make it darker")
    await studio.edited(2)
    await pause(h, later=later)
    used = h.press("undo")
    fields = await shown_form(h, used)
    values = [option["value"] for option in fields["version"]["options"]]
    assert values == [option_value("#2"), option_value("#1")]
    h.submit(used, version="#1")
    await h.until(lambda: len(studio.galleries()) == 3)
    await studio.rest()
    assert alike(h.folk.gallery(studio.gallery())[-1][0], CAT)
    assert len(studio.works) == 2


async def test_use_as_base_is_what_edits_go_on_from(
    h: Harness, studio: Studio, later: bool
) -> None:
    thread = await begun(studio)
    first = studio.turns()[0]["id"]
    h.say(thread, "edit: make it darker")
    await studio.edited(2)
    await pause(h, later=later)
    assert await h.told(h.press("base", turn=first)) == ASIDES[Aside.BASE_CHOSEN]
    h.say(thread, "edit: make it blue")
    studio.check_posted(await studio.edited(3), studio.works[0].made)


async def test_details_are_for_admins(h: Harness, studio: Studio, later: bool) -> None:
    await begun(studio)
    await pause(h, later=later)
    told = await h.told(h.press("details"))
    (job,) = studio.service.jobs.values()
    assert job.id in told and "gpt-image-1-edit-mini" in told
    assert "admins" in await h.told(h.press("details", person=2))


async def test_paint_gives_a_link_alone(h: Harness, studio: Studio, later: bool) -> None:
    await begun(studio)
    await pause(h, later=later)
    assert "https://bot.example/mask/" in await h.told(h.press("paint", person=1))


async def test_delete_takes_the_picture_away(h: Harness, studio: Studio, later: bool) -> None:
    """Its message, what the bot keeps, and the uploads that would outlive both."""
    thread = await begun(studio)
    await pause(h, later=later)
    message = studio.gallery()
    shown = named(h, message)
    assert await h.told(h.press("remove", person=2)) == ASIDES[Aside.NOT_YOURS]
    assert await h.told(h.press("remove")) == ASIDES[Aside.REMOVED]
    await h.until(lambda: not h.folk.is_there(message))
    await studio.rest()
    assert h.standins.slack is not None
    files = h.standins.slack.world.files
    assert len(shown) == 2
    assert all(file.hidden == "tombstone" for (_, name), file in files.items() if name in shown)
    h.say(thread, "edit: make it blue")
    await h.until(lambda: len(studio.works) == 2)
    await studio.rest()
    studio.check_posted(studio.works[-1], CAT)


def named(h: Harness, message: str) -> list[str]:
    """Return the files that a message shows."""
    assert h.standins.slack is not None
    world = h.standins.slack.world
    found = next(each for each in world.messages.values() if each.ts == message)
    blocks: list[Any] = found.blocks
    return [block["slack_file"]["id"] for block in blocks if block["type"] == "image"]


async def test_whoever_may_not_see_a_thread_has_none_of_its_buttons(
    h: Harness, studio: Studio
) -> None:
    """Anybody can, who is in the channel: a guest's edit is the guest's own."""
    await begun(studio)
    people = people_of(h)
    gwen = people.find("gwen")
    button = next(button for message, button in h.folk.buttons() if button.startswith("adjust"))
    used = h.folk.press(studio.gallery(), button, gwen)
    await shown_form(h, used)
    h.folk.submit(used, gwen, {"prompt": "make it blue"})
    work = await studio.edited(2)
    studio.check_posted(work, studio.works[0].made)
    assert studio.turns()[-1]["author"] == gwen


async def test_pictures_of_a_kind_that_slack_does_not_show_are_files(
    h: Harness, studio: Studio
) -> None:
    """WebP keeps its format; its message, its buttons and Delete are the same."""
    used = h.command("edit-image", format="webp")
    await shown_form(h, used)
    h.submit(used, prompt="make it pink", image=[("cat.png", CAT)])
    work = await studio.edited(1)
    studio.check_posted(work, CAT)
    message = studio.gallery()
    assert named(h, message) == []
    assert h.folk.gallery(message)[-1][0][8:12] == b"WEBP"
    used = h.press("adjust")
    await shown_form(h, used)
    h.submit(used, prompt="make it darker")
    studio.check_posted(await studio.edited(2), work.made)


async def test_a_result_is_found_again_after_a_death(h: Harness, studio: Studio) -> None:
    """F43: the answer to its message was lost, and the bot died just then."""
    slack = h.standins.slack
    assert slack is not None
    question = h.mention("What is a monad?", files=[("dog.png", DOG)])
    await h.ended(question)
    slack.faults.add(Fault("chat.postMessage", "lose_answer", nth=1))
    slack.faults.add(Fault("chat.postMessage", "lose_answer", nth=2))
    asked = h.say(question, "edit: make it pink")
    await h.until(lambda: studio.galleries() or h.open_turns() == 0)
    await h.restart_bot(killed=True)
    assert (await h.ended(asked))["outcome"] == "answered"
    assert len(studio.galleries()) == 1 and len(studio.works) == 1
