"""Who may do what, through the whole bot on both platforms: every door that needs rights.

Rights are those of the moment. Where the platform does not tell them, no door opens, and each says
that, and not that they are missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from bot.commands import texts
from bot.commands.here import here_in
from bot.commands.table import ROWS
from bot.events import Aside
from bot.forms.texts import RIGHTS_UNKNOWN
from bot.notices import ASIDES
from tests.evidence import Database
from tests.harness import Harness, harness
from tests.standins import MODEL
from tests.studio import CAT, Studio

pytestmark = pytest.mark.virtual

ADA, BEN, CLEO = 0, 1, 2
PLATFORMS = ("discord", "slack")
# What lives on by itself: the bot's own beats and marks.
RESTLESS = ("worker", "watermark")

LIMIT: dict[str, Any] = {"amount": "5", "metric": "requests", "per": "day", "scope": "member"}
WHO = {"user": "{ben}"}
# A use of each command that only admins may use.
FOR_ADMINS: dict[str, dict[str, Any]] = {
    "quota show": {},
    "quota set": LIMIT,
    "quota unset": {"scope": "member"},
    "quota grant": {"amount": "1", "metric": "requests", **WHO},
    "quota reset": WHO,
    "quota block": WHO,
    "quota unblock": WHO,
    "quota exempt": WHO,
    "quota report": {},
    "quota export": {},
    "quota audit": {},
}
# Uses of what everybody may use, that only admins may use like this.
FOR_MANY: tuple[tuple[str, dict[str, str]], ...] = (
    ("model", {"for": "channel", "model": "segmind:gpt-5.4-mini"}),
    ("model", {"for": "server", "reset": "true"}),
    ("persona", {"for": "channel", "text": "Be brief"}),
    ("persona", {"for": "server", "reset": "true"}),
    ("settings", {"mentions": "never"}),
    ("settings", {"reset": "true"}),
)


def named(h: Harness, person: int) -> str:
    """Return a person as a command is given them."""
    id = h.folk.people[person]
    return f"<@{id.rpartition('/')[2]}>" if "/" in id else id


def use(h: Harness, name: str, given: dict[str, Any], person: int) -> str:
    """Use a command in a channel."""
    options = {
        key: value.replace("{ben}", named(h, BEN)).replace("server", level(h))
        if value in ("{ben}", "server")
        else value
        for key, value in given.items()
    }
    if h.folk.channels[0].isdigit() and "reset" in options:
        options["reset"] = True
    return h.command(name, person=person, **options)


def level(h: Harness) -> str:
    """Return what the platform calls everything together."""
    return "server" if h.folk.channels[0].isdigit() else "workspace"


def kept(h: Harness) -> dict[str, list[Any]]:
    """Return everything that is stored, but for which commands were run already."""
    tables = Database.rows(h.database, "sqlite_master WHERE type = 'table'")
    names = {row["name"] for row in tables} - set(RESTLESS)
    rows = {name: Database.rows(h.database, name) for name in names}
    told = [row for row in rows["told"] if not str(row["name"]).startswith("command:")]
    return rows | {"told": told}


def test_every_command_for_admins_is_tried() -> None:
    assert set(FOR_ADMINS) == {row.command.name for row in ROWS if row.command.admin}


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_rights_that_are_not_told_open_no_door(platform: str, tmp_path: Path) -> None:
    unknown = texts.rights_unknown(here_in(platform))
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        studio = Studio(h)
        await h.ended(h.mention("Known", person=BEN))
        h.mention("edit: make it pink", person=BEN, files=[("cat.png", CAT)])
        await studio.edited(1)
        await h.told(h.command("quota block", user=named(h, BEN)))
        form = h.command("quota set") if platform == "slack" else ""
        if form:
            await h.until(lambda: h.folk.form(form))
        before = kept(h)
        h.folk.hide_rights()

        for name, given in FOR_ADMINS.items():
            assert await h.told(use(h, name, given, ADA)) == unknown, name
        for name, given in FOR_MANY:
            assert await h.told(use(h, name, given, ADA)) == unknown, name
        assert await h.told(h.press("confirm")) == unknown
        assert await h.told(h.press("details")) == RIGHTS_UNKNOWN
        assert await h.told(h.press("remove")) == ASIDES[Aside.RIGHTS_UNKNOWN]
        shown = await h.told(h.command("status"))
        assert "Credit" not in shown and shown.endswith(texts.more_for_admins(here_in(platform)))
        if form:
            assert await h.told(h.command("quota set")) == unknown
            for words in ("quota set", "quota show", "settings mentions:never"):
                said = h.mention(words)
                h.unheard.add(said)
                assert await h.told(said) == unknown
            h.submit(form, **LIMIT)
            await h.until(lambda: unknown in errors(h, form))
        assert kept(h) == before

        h.folk.hide_rights(hidden=False)
        assert "Done" in await h.told(h.press("confirm"))
        assert "gpt-image" in await h.told(h.press("details"))
        assert "Credit" in await h.told(h.command("status"))
        if form:
            # It stayed open, with all that was in it.
            assert "5 requests per day" in await h.told(h.submit(form, **LIMIT))
        assert await h.told(h.press("remove")) == ASIDES[Aside.REMOVED]
        await studio.rest()


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_nothing_of_others_is_stopped_by_rights_that_are_not_told(
    platform: str, tmp_path: Path
) -> None:
    """Whoever asked stops it all the same: that is no matter of rights."""
    async with harness(tmp_path, platform=platform) as h:
        if h.standins.slack is not None:
            # Else it has a Stop of its own, which is its own matter.
            h.standins.slack.people.switch(agent=False)
        # It thinks before its first word.
        thinks = Fault("POST /v1/chat/completions", "answer", options={"silence": 120.0})
        h.standins.faults[MODEL].add(thinks)
        h.folk.hide_rights()
        question = h.mention("Tell me everything", person=BEN)
        await h.until(lambda: any("stop" in button for _, button in h.folk.buttons()))
        assert await h.told(h.press("stop")) == ASIDES[Aside.RIGHTS_UNKNOWN]
        turn = h.turn(question)
        assert turn is not None and turn["state"] != "ended"
        h.press("stop", person=BEN)
        assert (await h.ended(question))["outcome"] == "stopped"


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_who_is_named_in_the_settings_needs_nobodys_word(
    platform: str, tmp_path: Path
) -> None:
    async with harness(tmp_path, platform=platform, start=False) as h:
        h.settings["ADMIN_IDS"] = f"{platform}:{h.folk.people[CLEO]}"
        # Discord itself hides what only admins of the server use.
        h.folk.promote(h.folk.people[CLEO])
        await h.start_bot()
        h.folk.hide_rights()
        assert "5 requests per day" in await h.told(use(h, "quota set", LIMIT, CLEO))
        told = await h.told(use(h, "settings", {"mentions": "never"}, CLEO))
        assert told.startswith("Done")


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_demoted_admin_is_refused_at_the_very_next_command(
    platform: str, tmp_path: Path
) -> None:
    async with harness(tmp_path, platform=platform) as h:
        ben = h.folk.people[BEN]
        for admin in (True, False, True, False):
            h.folk.promote(ben, admin=admin)
            for name, given in FOR_MANY[2:4]:
                told = await h.told(use(h, name, given, BEN))
                assert told.startswith("Only ") is not admin, told


async def test_who_is_taken_out_of_the_group_of_admins_is_refused_at_once(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", start=False) as h:
        assert h.standins.slack is not None
        world = h.standins.slack.world
        (group,) = world.groups.values()
        h.settings["SLACK_ADMIN_GROUP"] = group.id
        await h.start_bot()
        assert "5 requests per day" in await h.told(use(h, "quota set", LIMIT, BEN))
        # It was learnt beside, for names, a moment ago.
        await h.ended(h.mention("Known", person=BEN))
        ben = h.folk.people[BEN].partition("/")[2]
        group.users = [user for user in group.users if user != ben]
        world.save(group)
        for name, given in (("quota set", LIMIT), ("quota set", {}), *FOR_MANY[2:3]):
            assert (await h.told(use(h, name, given, BEN))).startswith("Only "), name
        said = h.mention("quota set", person=BEN)
        h.unheard.add(said)
        assert (await h.told(said)).startswith("Only ")


async def test_who_lost_the_rights_while_a_form_was_open_is_refused(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        ben = h.folk.people[BEN]
        h.folk.promote(ben)
        form = use(h, "quota set", {}, BEN)
        await h.until(lambda: h.folk.form(form))
        h.folk.promote(ben, admin=False)
        told = await h.told(h.submit(form, person=BEN, **LIMIT))
        assert told.startswith("Only the admins and owners of this workspace")
        assert Database.rows(h.database, "quota") == []


async def test_a_home_says_that_rights_are_not_known(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        assert h.standins.slack is not None
        people, ada = h.standins.slack.people, h.folk.people[ADA]
        people.open_home(ada)
        await h.until(lambda: "You are an admin here" in str(people.home(ada)))
        h.folk.hide_rights()
        people.open_home(ada)
        more = texts.more_for_admins(here_in("slack"))
        await h.until(lambda: more in str(people.home(ada)))
        assert "You are an admin here" not in str(people.home(ada))


def errors(h: Harness, used: str) -> list[str]:
    """Return what is wrong with the form that something opened, as its person sees it."""
    assert h.standins.slack is not None
    return [*h.standins.slack.people.interaction(used)["view"]["errors"].values()]
