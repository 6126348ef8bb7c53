"""Limits through the whole bot, on both platforms: set, run into, granted, and asked again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.evidence import Database
from tests.harness import Harness, harness

pytestmark = pytest.mark.virtual

ADA, BEN = 0, 1
PLATFORMS = ("discord", "slack")


def named(h: Harness, person: int) -> str:
    """Return a person as a command is given them."""
    id = h.folk.people[person]
    return f"<@{id.rpartition('/')[2]}>" if "/" in id else id


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_member_runs_into_a_limit_and_is_granted_more(
    platform: str, tmp_path: Path
) -> None:
    async with harness(tmp_path, platform=platform) as h:
        await h.ended(h.mention("First, to be known", person=BEN))
        told = await h.told(
            h.command("quota set", user=named(h, BEN), amount="2", metric="requests", per="day")
        )
        assert "2 requests per day (there was none)" in told.replace("*", "")
        used = await h.told(h.command("usage", person=BEN))
        assert "1 used" in used and "1 left" in used
        assert (":f> (<t:" in used) if platform == "discord" else (" UTC" in used)
        await h.ended(h.mention("Second", person=BEN))
        refused = h.mention("Third", person=BEN)
        row = await h.ended(refused)
        assert row["outcome"] == "refused"
        # Somebody else is not held to it.
        assert (await h.ended(h.mention("Mine", person=ADA)))["outcome"] == "answered"
        granted = await h.told(
            h.command("quota grant", user=named(h, BEN), amount="1", metric="requests")
        )
        assert "1 request more" in granted and "Retry" in granted
        again = await h.ended(h.press("retry", person=BEN, turn=row["id"]))
        assert again["outcome"] == "answered"
        assert (await h.ended(h.mention("Fourth", person=BEN)))["outcome"] == "refused"


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_confirmation_outlives_the_bot(platform: str, tmp_path: Path) -> None:
    async with harness(tmp_path, platform=platform) as h:
        await h.ended(h.mention("Known", person=BEN))
        asked = await h.told(h.command("quota block", user=named(h, BEN)))
        assert "Nothing is changed yet" in asked
        await h.restart_bot(killed=True)
        done = await h.told(h.press("confirm"))
        assert "blocked" in done and done.startswith("Done")
        refused = await h.ended(h.mention("Hello?", person=BEN))
        assert refused["outcome"] == "refused"
        back = await h.told(h.command("quota unblock", user=named(h, BEN)))
        assert "neither blocked nor exempt" in back
        assert (await h.ended(h.mention("Hello!", person=BEN)))["outcome"] == "answered"
        kinds = [row["what"] for row in Database.rows(h.database, "change")]
        assert sorted(kinds) == ["block", "unblock"]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_what_is_no_person_here_is_refused(platform: str, tmp_path: Path) -> None:
    """X152: the bot itself, and ids that never were."""
    async with harness(tmp_path, platform=platform) as h:
        if platform == "discord":
            ids = [h.people.world.bot]
        else:
            assert h.standins.slack is not None
            team = h.folk.people[ADA].partition("/")[0]
            ids = [
                f"{team}/{h.standins.slack.people.world.teams[team].bot}",
                "<@U0NOBODY>",
                "T9/U9",
            ]
        for id in ids:
            used = h.command("quota set", user=id, amount="5", metric="images", per="day")
            assert "there is no such person here" in await h.told(used)
        assert Database.rows(h.database, "quota") == []


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_report_comes_with_its_files(platform: str, tmp_path: Path) -> None:
    async with harness(tmp_path, platform=platform) as h:
        await h.ended(h.mention("Something to report", person=BEN))
        used = h.command("quota report")
        told = await h.told(used, within=120)
        assert "1 question" in told
        if platform == "slack":
            assert "in your direct messages" in told
            assert h.standins.slack is not None
            world = h.standins.slack.people.world
            names = {each.name for each in world.files.values()}
        else:
            (message,) = [each for each in h.people.world.messages.values() if each.attachments]
            assert message.only_for == h.folk.people[ADA]
            names = {each.filename for each in message.attachments}
            # What it shows is told to those who do not see it.
            assert any("Who: Ben" in (each.description or "") for each in message.attachments)
        assert names == {"report.png", "report.csv"}


async def test_on_slack_words_behind_no_limit_open_a_form(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        used = h.command("quota set")
        await h.until(lambda: h.folk.form(used))
        wrong = h.submit(used, scope="member", metric="requests", amount="five", per="day")
        del wrong
        sent = h.submit(used, scope="member", metric="requests", amount="5", per="day")
        assert "5 requests per day" in await h.told(sent)
        limits = Database.rows(h.database, "quota")
        assert [(row["kind"], row["amount"]) for row in limits] == [("member", 5)]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_an_extra_that_does_not_help_yet_says_so(platform: str, tmp_path: Path) -> None:
    """A limit was lowered below its use: what is granted goes to that first."""
    async with harness(tmp_path, platform=platform) as h:
        for n in range(3):
            await h.ended(h.mention(f"Question {n}", person=BEN))
        ben = named(h, BEN)
        await h.told(h.command("quota set", user=ben, amount="1", metric="requests", per="day"))
        refused = await h.ended(h.mention("Refused", person=BEN))
        assert refused["outcome"] == "refused"
        told = await h.told(h.command("quota grant", user=ben, amount="1", metric="requests"))
        assert "3 requests of 1 request per day are used already" in told.replace("*", "")
        assert "Grant at least 2 requests more" in told
        assert "Retry" not in told
        told = await h.told(h.command("quota grant", user=ben, amount="2", metric="requests"))
        assert "can press Retry now" in told
        again = await h.ended(h.press("retry", person=BEN, turn=refused["id"]))
        assert again["outcome"] == "answered"


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_an_extra_names_what_else_is_used_up(platform: str, tmp_path: Path) -> None:
    """Of the places around and of other metrics: Retry would only be refused again."""
    async with harness(tmp_path, platform=platform) as h:
        ben: dict[str, Any] = {"user": named(h, BEN)}
        one: dict[str, Any] = {"amount": "1", "metric": "requests"}
        await h.ended(h.mention("Question", person=BEN))
        await h.told(h.command("quota set", **ben, **one, per="day"))
        await h.told(h.command("quota set", **ben, amount="5", metric="tokens", per="week"))
        await h.told(h.command("quota set", channel=h.folk.channels[0], **one, per="day"))
        await h.told(h.command("quota set", scope="server", **one, per="hour"))
        # None of a question's.
        await h.told(h.command("quota set", **ben, amount="0", metric="images", per="day"))
        await h.told(h.press("confirm"))
        refused = await h.ended(h.mention("Refused", person=BEN))
        assert refused["outcome"] == "refused"
        told = await h.told(h.command("quota grant", **ben, **one))
        assert "can press Retry now" not in told and "image" not in told
        assert "used up as well" in told.lower()
        for limit in ("5 tokens per week", ": 1 request per day", ": 1 request per hour"):
            assert limit in told, told
        again = await h.ended(h.press("retry", person=BEN, turn=refused["id"]))
        assert again["outcome"] == "refused"


async def test_the_form_of_a_limit_can_be_opened_after_a_restart(tmp_path: Path) -> None:
    """By the button that a mention is answered with, once: a mention comes twice."""
    async with harness(tmp_path, platform="slack") as h:
        said = h.mention("quota set")
        h.unheard.add(said)
        await h.told(said)
        await h.restart_bot(killed=True)
        used = h.press("form")
        await h.until(lambda: h.folk.form(used))
        sent = h.submit(used, scope="member", metric="requests", amount="5", per="day")
        assert "5 requests per day" in await h.told(sent)
        assert len(Database.rows(h.database, "quota")) == 1
