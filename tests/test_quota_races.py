"""Limits while others act: two admins at once, an extra that ends, a cap that is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from tests.evidence import Database
from tests.harness import Harness, harness
from tests.standins import MODEL
from tests.test_rights import named

pytestmark = pytest.mark.virtual

ADA, BEN, CLEO = 0, 1, 2
PLATFORMS = ("discord", "slack")
SILENCE = "POST /v1/chat/completions"


def changes(h: Harness) -> list[tuple[str, str]]:
    """Return what was changed from what to what, in order."""
    rows = sorted(Database.rows(h.database, "change"), key=lambda row: (row["at"], row["n"]))
    return [(row["was"], row["became"]) for row in rows]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_two_admins_set_the_same_limit_at_once(platform: str, tmp_path: Path) -> None:
    """Both are told what was so before theirs, and what is written down fits together."""
    async with harness(tmp_path, platform=platform) as h:
        h.folk.promote(h.folk.people[BEN])
        used = [
            h.command(
                "quota set",
                person=person,
                scope="member",
                amount=str(amount),
                metric="requests",
                per="day",
            )
            for person, amount in ((ADA, 5), (BEN, 9))
        ]
        told = [(await h.told(each)).replace("*", "") for each in used]
        written = changes(h)
        assert len(written) == 2
        assert [before for before, _ in written[1:]] == [after for _, after in written[:-1]]
        (limit,) = Database.rows(h.database, "quota")
        assert f"{limit['amount']:,} requests per day" in written[-1][1]
        for before, after in written:
            before = "there was none" if before == "none" else before
            (said,) = [each for each in told if f"may use {after}" in each]
            assert before in said


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_two_admins_confirm_the_same_at_once(platform: str, tmp_path: Path) -> None:
    """Each what they were asked; a person is blocked once, and what is said is so."""
    async with harness(tmp_path, platform=platform) as h:
        h.folk.promote(h.folk.people[BEN])
        asked = [h.command("quota block", person=p, user=named(h, CLEO)) for p in (ADA, BEN)]
        for each in asked:
            assert "Nothing is changed yet" in await h.told(each)
        pressed = [h.press("confirm", person=BEN)]
        await h.told(pressed[0])
        buttons = [button for _, button in h.folk.buttons() if button.startswith("confirm")]
        assert len(buttons) == 2
        message, button = next(pair for pair in h.folk.buttons() if pair[1] == buttons[1])
        pressed += [h.folk.press(message, button, h.folk.people[ADA]) for _ in range(2)]
        told = [await h.told(each) for each in pressed]
        assert all("blocked" in each or "run once" in each for each in told), told
        refused = await h.ended(h.mention("Hello?", person=CLEO))
        assert refused["outcome"] == "refused"
        back = await h.told(h.command("quota unblock", user=named(h, CLEO)))
        assert "neither blocked nor exempt" in back


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_an_extra_that_ends_while_a_question_waits_is_not_used(
    platform: str, tmp_path: Path
) -> None:
    """It counts what holds when the model is asked; who was asked before keeps what was held."""
    async with harness(tmp_path, platform=platform) as h:
        root = h.mention("First", person=BEN)
        await h.ended(root)
        limit: dict[str, Any] = {"amount": "1", "metric": "requests", "per": "month"}
        await h.told(h.command("quota set", user=named(h, BEN), **limit))
        extra: dict[str, Any] = {"amount": "1", "metric": "requests", "until": "1h"}
        assert "1 request more" in await h.told(
            h.command("quota grant", user=named(h, BEN), **extra)
        )
        await h.clock.sleep(3_600 - 30)
        h.standins.faults[MODEL].add(Fault(SILENCE, "answer", options={"silence": 60.0}))
        before = h.say(root, "Somebody else's, which takes long", person=ADA)
        await h.until(lambda: (h.turn(before) or {}).get("state") == "running")
        waits = h.say(root, "Mine", person=BEN)
        assert (await h.ended(before))["outcome"] == "answered"
        refused = await h.ended(waits)
        assert refused["outcome"] == "refused"
        told = "\n".join(each.text for each in h.shown_for(refused["id"]))
        assert "You may use 1 request a month" in told and "Nothing was charged" in told
        assert "extra" not in told
        used = await h.told(h.command("usage", person=BEN))
        assert "1 used" in used and "0 left" in used


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_an_extra_that_ends_while_an_answer_is_written_is_used(
    platform: str, tmp_path: Path
) -> None:
    async with harness(tmp_path, platform=platform) as h:
        await h.ended(h.mention("First", person=BEN))
        limit: dict[str, Any] = {"amount": "1", "metric": "requests", "per": "month"}
        await h.told(h.command("quota set", user=named(h, BEN), **limit))
        extra: dict[str, Any] = {"amount": "1", "metric": "requests", "until": "1h"}
        await h.told(h.command("quota grant", user=named(h, BEN), **extra))
        await h.clock.sleep(3_600 - 30)
        h.standins.faults[MODEL].add(Fault(SILENCE, "answer", options={"silence": 60.0}))
        assert (await h.ended(h.mention("Second", person=BEN)))["outcome"] == "answered"
        assert (await h.ended(h.mention("Third", person=BEN)))["outcome"] == "refused"


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_at_the_cap_a_member_and_an_admin_are_told_what_is_theirs(
    platform: str, tmp_path: Path
) -> None:
    """Both that it is used up and who gives more; how much it is, its owner alone."""
    async with harness(tmp_path, platform=platform, start=False) as h:
        h.settings |= {"SPEND_CAP": "0.01", "ADMIN_IDS": f"{platform}:{h.folk.people[CLEO]}"}
        await h.start_bot()
        refused = []
        for n in range(20):
            turn = await h.ended(h.mention(f"write 300 words, {n}", person=BEN))
            if turn["outcome"] == "refused":
                refused.append(turn)
                break
        assert refused, "the cap is never reached"
        for person in (BEN, ADA):
            turn = await h.ended(h.mention("And now?", person=person))
            assert turn["outcome"] == "refused"
            told = "\n".join(each.text for each in h.shown_for(turn["id"]))
            assert "This bot has used up what its owner lets it spend in a month." in told
            assert "Nothing was charged" in told and "your question is kept" in told
            assert "$" not in told and "admin" not in told
            assert "person who runs this bot" in told
        used = await h.told(h.command("usage", person=BEN))
        assert "$" not in used
        report = await h.told(h.command("quota report", person=ADA), within=120)
        assert "cap" not in report
        h.folk.promote(h.folk.people[CLEO])
        report = await h.told(h.command("quota report", person=CLEO), within=120)
        assert "every attempt counted: at most $0.0" in report and "of a cap of $0.01" in report
        await h.until(lambda: h.told_directly(CLEO), within=120)
        owned = h.told_directly(CLEO)[0].text
        assert "SPEND_CAP" in owned and "$0.01" in owned
