"""Judging an answer: a press is thanked for in private, and a bad answer may be told why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.client import DiscordPlatform
from adapters.discord.components import components, turn_of
from adapters.discord.modals import modal, values_of
from adapters.discord.presses import Reply, reply_to
from bot.domain import Author, InteractionRef, ThreadRef
from bot.events import OPENING, Action, Aside, Button, ButtonPressed, Post, ReasonGiven, Verdict
from bot.notices import ASIDES
from bot.ports import Field, FieldKind, Form
from tests.discord_desk import Desk
from tests.virtual import until

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
GOOD = Button(Action.GOOD, "t1", "Good answer")
BAD = Button(Action.BAD, "t1", "Bad answer")
AGAIN = Button(Action.REGENERATE, "t1", "Regenerate")
EPHEMERAL = 1 << 6


class Stage:
    """A message of ours with the buttons of an answer."""

    def __init__(self, desk: Desk, platform: DiscordPlatform, message: str) -> None:
        self.desk = desk
        self.platform = platform
        self.message = message

    def press(self, button: Button, who: str = "ben") -> str:
        """Press a button and return the interaction's id."""
        people = self.desk.people
        custom_id = f"{button.action}:{button.turn}"
        return people.press(people.find(who), self.desk.general, self.message, custom_id)

    async def state(self, interaction: str, *states: str) -> dict[str, Any]:
        """Wait for what the person sees of an interaction."""
        people = self.desk.people
        await until(lambda: people.interaction(interaction)["state"] in states, within=20)
        return people.interaction(interaction)

    async def form(self) -> str:
        """Press the thumb down and return the interaction, once its form is open."""
        interaction = self.press(BAD)
        shown = await self.state(interaction, "answered")
        assert shown["modal"]
        return interaction

    def submit(self, interaction: str, words: str) -> str:
        """Fill the form in and send it."""
        people = self.desk.people
        return people.submit(people.find("ben"), interaction, {"words": words})

    def whispered(self) -> list[str]:
        """Return what the person alone was told."""
        shown = self.desk.read(self.desk.general)
        return [one["content"] for one in shown if one["flags"] & EPHEMERAL]

    def decide(self, verdict: Verdict | None) -> None:
        """Let intake decide so from now on; None is a store that fails."""
        self.desk.inbox._decide = lambda event: verdict


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Desk() as desk:
        platform = await desk.start()
        message = await platform.post(desk.general, Post("answer", (AGAIN, GOOD, BAD)), "n")
        stage = Stage(desk, platform, message)
        stage.decide(Verdict.DONE)
        yield stage


@pytest.mark.virtual
async def test_a_thumb_up_is_thanked_for_in_private(stage: Stage) -> None:
    await stage.state(stage.press(GOOD), "answered")
    assert stage.whispered() == [ASIDES[Aside.THANKS_GOOD]]
    (event,) = stage.desk.inbox.events
    assert isinstance(event, ButtonPressed)
    assert (event.action, event.turn) == (Action.GOOD, "t1")


@pytest.mark.virtual
async def test_a_thumb_down_opens_a_form_and_its_words_are_kept(stage: Stage) -> None:
    desk = stage.desk
    interaction = await stage.form()
    opened = desk.people.interaction(interaction)["modal"]
    assert opened["title"] == ASIDES[Aside.FORM_TITLE]
    assert isinstance(desk.inbox.events[0], ButtonPressed), "committed before it opened"
    await stage.state(stage.submit(interaction, "  it was\x00 wrong "), "answered")
    reason = desk.inbox.events[1]
    assert isinstance(reason, ReasonGiven)
    assert (reason.workspace, reason.turn, reason.text) == (desk.guild, "t1", "it was wrong")
    assert reason.author.id == desk.people.find("ben")
    assert stage.whispered() == [ASIDES[Aside.THANKS_REASON]]


@pytest.mark.virtual
async def test_a_form_works_after_a_restart(stage: Stage) -> None:
    interaction = await stage.form()
    await stage.desk.stop(stage.platform)
    await stage.desk.start()
    await stage.state(stage.submit(interaction, "why"), "answered")
    assert isinstance(stage.desk.inbox.events[-1], ReasonGiven)


@pytest.mark.virtual
async def test_a_form_opens_in_time_though_the_commit_is_slow(stage: Stage) -> None:
    stage.desk.inbox.slow = True
    interaction = await stage.form()
    stage.desk.inbox.catch_up()
    await stage.desk.clock.sleep(5)
    assert stage.whispered() == []
    (body,) = stage.desk.bodies(CALLBACK)
    assert body["type"] == 9
    assert interaction


@pytest.mark.virtual
async def test_slow_thanks_come_in_private_too(stage: Stage) -> None:
    stage.desk.inbox.slow = True
    interaction = stage.press(GOOD)
    await stage.state(interaction, "deferred")
    stage.desk.inbox.catch_up()
    await stage.state(interaction, "answered")
    assert stage.whispered() == [ASIDES[Aside.THANKS_GOOD]]
    assert stage.desk.read(stage.desk.general, "ada")[-1]["content"] == "answer"


@pytest.mark.virtual
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("button", [GOOD, BAD])
@pytest.mark.parametrize(
    ("verdict", "aside"), [(None, Aside.NOT_STORED), (Verdict.GONE, Aside.OVER)]
)
async def test_a_judgement_that_is_not_kept_is_told(
    stage: Stage, late: bool, button: Button, verdict: Verdict | None, aside: Aside
) -> None:
    stage.decide(verdict)
    stage.desk.inbox.slow = late
    interaction = stage.press(button)
    await stage.state(interaction, "deferred", "answered")
    stage.desk.inbox.catch_up()
    await until(lambda: stage.whispered() == [ASIDES[aside]], within=20)


@pytest.mark.virtual
async def test_a_reason_that_cannot_be_stored_is_told(stage: Stage) -> None:
    interaction = await stage.form()
    stage.decide(None)
    await stage.state(stage.submit(interaction, "why"), "answered")
    assert stage.whispered() == [ASIDES[Aside.NOT_STORED]]


@pytest.mark.virtual
async def test_another_form_is_not_met_with_silence(stage: Stage) -> None:
    interaction = await stage.form()
    stage.desk.standin.world.interactions[interaction].modal["custom_id"] = "else:t1"  # type: ignore[index]
    await stage.state(stage.submit(interaction, "why"), "answered")
    assert stage.whispered() == [ASIDES[Aside.UNKNOWN_BUTTON]]


# --- looks ----------------------------------------------------------------------------------


def test_thumbs_are_signs_and_the_others_keep_their_words() -> None:
    (row,) = components([AGAIN, GOOD, BAD])
    again, good, bad = row["components"]
    assert again["label"] == "Regenerate"
    assert again["emoji"] == {"name": "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}"}
    assert good["emoji"] == {"name": "\N{THUMBS UP SIGN}"}
    assert "label" not in good
    assert bad["custom_id"] == "bad:t1"
    assert turn_of({"components": [row]}) == "t1"


def test_a_reason_keeps_to_discords_limits_and_is_read_back() -> None:
    field = Field("words", FieldKind.TEXT, "y" * 99, hint="z" * 999, most=1000, long=True)
    made = modal("reason:t1", Form("t1", "x" * 99, "", (field,)))
    assert len(made["title"]) == len(made["components"][0]["label"]) == 45
    shown = made["components"][0]["component"]
    assert len(shown["placeholder"]) == 100
    assert shown["required"] is False
    labelled = {"components": [{"type": 18, "component": {"custom_id": "words", "value": "a"}}]}
    assert values_of(labelled) == {"words": "a"}
    in_row = {"components": [{"type": 1, "components": [{"custom_id": "words", "value": "b"}]}]}
    assert values_of(in_row) == {"words": "b"}
    for odd in ({}, {"components": None}, {"components": [7, {"custom_id": "words", "value": 1}]}):
        assert values_of(odd) == {}


def test_every_aside_has_its_words() -> None:
    assert set(ASIDES) == set(Aside)
    assert all(ASIDES.values())
    assert len(ASIDES[Aside.FORM_TITLE]) <= 45
    assert len(ASIDES[Aside.FORM_LABEL]) <= 45
    assert len(ASIDES[Aside.FORM_HINT]) <= 100


def test_every_button_has_its_reply() -> None:
    replies = {action: reply_to(_press(action)) for action in set(Action) - OPENING}
    assert replies == {
        Action.STOP: Reply.NOTHING,
        Action.RETRY: Reply.ANSWER,
        Action.CONTINUE: Reply.ANSWER,
        Action.REGENERATE: Reply.ANSWER,
        Action.VARY: Reply.ANSWER,
        Action.GOOD: Reply.WORD,
        Action.BASE: Reply.WORD,
        Action.REMOVE: Reply.WORD,
        Action.BAD: Reply.FORM,
    }


def _press(action: Action) -> ButtonPressed:
    ref = InteractionRef(id="1", application="2", token="t")
    thread = ThreadRef("discord", "1", "2", "3")
    return ButtonPressed(thread, ref, 1, Author("1", "x"), action, "t1", "4", "3")
