"""Buttons: committed first, acknowledged in time, answered in the placeholder's place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.client import DiscordPlatform
from adapters.playground.discord import buckets
from adapters.playground.discord.interaction_payloads import render_interaction
from bot.domain import InteractionRef, ThreadRef
from bot.errors import PlatformUnknown, Throttled
from bot.events import Action, Button, ButtonPressed, Post, Verdict
from tests.discord_desk import Desk
from tests.virtual import until

pytestmark = pytest.mark.virtual

ANSWER = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
DISMISS = "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original"
HISTORY = "GET /channels/{channel_id}/messages"
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"

STOP = Button(Action.STOP, "t1", "Stop", danger=True)
RETRY = Button(Action.RETRY, "t1", "Retry")
CONTINUE = Button(Action.CONTINUE, "t1", "Continue")
LOADING = 1 << 7
EPHEMERAL = 1 << 6


class Stage:
    """A thread with a message of ours that has the buttons."""

    def __init__(self, desk: Desk, platform: DiscordPlatform, place: str, message: str) -> None:
        self.desk = desk
        self.platform = platform
        self.place = place
        self.message = message

    def press(self, button: Button, who: str = "ben") -> str:
        """Press a button and return the interaction's id."""
        person = self.desk.people.find(who)
        custom_id = f"{button.action}:{button.turn}"
        return self.desk.people.press(person, self.place, self.message, custom_id)

    async def pressed(self, button: Button, who: str = "ben") -> ButtonPressed:
        """Press a button and return the event."""
        count = len(self.desk.inbox.events)
        self.press(button, who)
        await until(lambda: len(self.desk.inbox.events) > count, within=5)
        event = self.desk.inbox.events[-1]
        assert isinstance(event, ButtonPressed)
        return event

    async def state(self, interaction: str, *states: str) -> None:
        """Wait for what the person sees of the press."""
        people = self.desk.people
        await until(lambda: people.interaction(interaction)["state"] in states, within=10)

    def decide(self, verdict: Verdict | None) -> None:
        """Let intake decide so from now on; None is a store that fails."""
        self.desk.inbox._decide = lambda event: verdict

    def shown(self, who: str = "ben") -> list[dict[str, Any]]:
        """Return what a person sees after our message, newest last."""
        return [one for one in self.desk.read(self.place, who) if one["id"] > self.message]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Desk() as desk:
        platform = await desk.start()
        asked = desk.say("@bot hello")
        thread = ThreadRef("discord", desk.guild, desk.general, asked)
        place = await platform.open_thread(thread, "hello")
        message = await platform.post(place, Post("so far", (STOP, RETRY, CONTINUE)), "n")
        yield Stage(desk, platform, place, message)


async def test_a_press_becomes_an_event(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    desk = stage.desk
    assert event.thread == ThreadRef("discord", desk.guild, desk.general, stage.place)
    assert (event.action, event.turn) == (Action.RETRY, "t1")
    assert (event.message, event.place) == (stage.message, stage.place)
    assert event.author.id == desk.people.find("ben")
    assert not event.author.moderator
    assert event.position == int(event.interaction.id)
    assert event.interaction.application == desk.standin.world.application
    left = event.interaction.expires_at - desk.clock.now()
    assert 14 * 60_000 < left < 15 * 60_000
    assert event.interaction.token not in repr(event)


async def test_a_moderator_is_known_from_the_press(stage: Stage) -> None:
    event = await stage.pressed(STOP, "ada")
    assert event.author.moderator


async def test_stop_is_acknowledged_without_a_new_message(stage: Stage) -> None:
    stage.decide(Verdict.DONE)
    interaction = stage.press(STOP)
    await stage.state(interaction, "answered")
    assert stage.shown() == []
    (body,) = stage.desk.bodies(CALLBACK)
    assert body["type"] == 6


@pytest.mark.parametrize("button", [RETRY, CONTINUE])
async def test_a_new_answer_takes_the_placeholders_place(stage: Stage, button: Button) -> None:
    interaction = stage.press(button)
    await stage.state(interaction, "deferred")
    (placeholder,) = stage.shown()
    assert placeholder["flags"] & LOADING
    event = stage.desk.inbox.events[-1]
    assert isinstance(event, ButtonPressed)
    posted = await stage.platform.post(
        stage.place, Post("once more", (STOP,)), "n2", event.interaction
    )
    (answer,) = stage.shown()
    assert answer["id"] == posted == placeholder["id"]
    assert answer["content"] == "once more"
    assert answer["components"]
    assert not answer["flags"] & LOADING
    await stage.platform.edit(stage.place, posted, Post("once more, edited"))
    assert stage.shown()[0]["content"] == "once more, edited"
    for body in stage.desk.bodies(ANSWER):
        assert body["allowed_mentions"] == {"parse": []}


async def test_an_answer_faster_than_the_acknowledgement_waits_for_it(stage: Stage) -> None:
    stage.desk.fault(CALLBACK, "delay", seconds=1.0)
    event = await stage.pressed(RETRY)
    posted = await stage.platform.post(stage.place, Post("quick"), "n2", event.interaction)
    await stage.state(event.interaction.id, "answered")
    (answer,) = stage.shown()
    assert (answer["id"], answer["content"]) == (posted, "quick")


async def test_nothing_is_acknowledged_before_it_is_committed(stage: Stage) -> None:
    stage.desk.inbox.slow = True
    await stage.pressed(RETRY)
    await stage.desk.clock.sleep(1.0)
    assert stage.desk.bodies(CALLBACK) == []
    stage.desk.inbox.catch_up()
    await until(lambda: stage.desk.bodies(CALLBACK), within=1)


async def test_a_slow_commit_is_acknowledged_in_time_all_the_same(stage: Stage) -> None:
    stage.desk.inbox.slow = True
    interaction = stage.press(RETRY)
    await stage.state(interaction, "deferred")
    event = stage.desk.inbox.events[-1]
    assert isinstance(event, ButtonPressed)
    stage.desk.inbox.catch_up()
    await stage.platform.post(stage.place, Post("answer"), "n2", event.interaction)
    assert [one["content"] for one in stage.shown()] == ["answer"]


async def test_a_commit_that_fails_late_makes_the_placeholder_a_notice(stage: Stage) -> None:
    stage.desk.inbox.slow = True
    interaction = stage.press(RETRY)
    await stage.state(interaction, "deferred")
    stage.decide(None)
    stage.desk.inbox.catch_up()
    await stage.state(interaction, "answered")
    (notice,) = stage.shown()
    assert "nothing was charged" in notice["content"]
    assert "try again" in notice["content"]
    found = await stage.platform.find_ours(stage.place, stage.message)
    assert found == [], "it belongs to no turn, so no turn may take it for its own"


async def test_a_commit_that_fails_late_is_told_to_who_pressed_stop(stage: Stage) -> None:
    stage.desk.inbox.slow = True
    interaction = stage.press(STOP)
    await stage.state(interaction, "answered")
    stage.decide(None)
    stage.desk.inbox.catch_up()
    await until(lambda: stage.shown(), within=5)
    (notice,) = stage.shown()
    assert notice["flags"] & EPHEMERAL
    assert stage.shown("ada") == []


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.DUPLICATE, "already pressed"),
        (Verdict.DENIED, "Only the person who asked"),
        (Verdict.GONE, "nothing left to do"),
        (Verdict.IGNORED, "do not know this button"),
        (None, "could not store"),
    ],
)
async def test_what_is_not_done_is_said_to_the_person_alone(
    stage: Stage, verdict: Verdict | None, words: str
) -> None:
    stage.decide(verdict)
    interaction = stage.press(RETRY)
    await stage.state(interaction, "answered")
    (notice,) = stage.shown()
    assert words in notice["content"]
    assert notice["flags"] & EPHEMERAL
    assert stage.shown("ada") == []


async def test_an_unknown_button_is_not_met_with_silence(stage: Stage) -> None:
    world = stage.desk.standin.world
    button = world.messages[stage.message].components[0]["components"][0]
    button["custom_id"] = "fly:t1"
    person = stage.desk.people.find("ben")
    interaction = stage.desk.people.press(person, stage.place, stage.message, "fly:t1")
    await stage.state(interaction, "answered")
    assert "do not know this button" in stage.shown()[0]["content"]
    assert not any(isinstance(one, ButtonPressed) for one in stage.desk.inbox.events)


async def test_buttons_work_after_a_restart(stage: Stage) -> None:
    await stage.desk.stop(stage.platform)
    await stage.desk.start()
    event = await stage.pressed(RETRY)
    assert (event.action, event.turn) == (Action.RETRY, "t1")


# --- when the placeholder cannot be had -------------------------------------------------


async def test_a_press_never_acknowledged_is_answered_in_the_channel(stage: Stage) -> None:
    stage.desk.fault(CALLBACK, "refuse", status=404, body={"code": 10062, "message": "x"})
    event = await stage.pressed(RETRY)
    posted = await stage.platform.post(stage.place, Post("answer"), "n2", event.interaction)
    (answer,) = stage.shown()
    assert (answer["id"], answer["content"]) == (posted, "answer")


async def test_a_dead_token_leads_to_the_channel_and_closes_the_placeholder(
    stage: Stage,
) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    await stage.desk.clock.sleep(16 * 60)
    posted = await stage.platform.post(stage.place, Post("late"), "n2", event.interaction)
    (answer,) = stage.shown()
    assert (answer["id"], answer["content"]) == (posted, "late")


async def test_a_placeholder_is_dismissed_after_its_token_died(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    await stage.desk.clock.sleep(16 * 60)
    assert stage.shown(), "it is there, thinking"
    await stage.platform.dismiss(event.interaction)
    assert stage.shown() == []
    await stage.platform.dismiss(event.interaction)


async def test_a_placeholder_is_found_before_much_talk(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    await stage.desk.clock.sleep(16 * 60)
    for n in range(1000):
        stage.desk.say(f"talk {n}", stage.place)
    await stage.platform.dismiss(event.interaction)
    assert not any(one["flags"] & LOADING for one in stage.shown())


async def test_a_token_that_dies_early_does_not_keep_the_placeholder(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    stage.desk.fault(DISMISS, "refuse", status=401, body={"code": 50027, "message": "x"})
    await stage.platform.dismiss(event.interaction)
    assert stage.shown() == []


async def test_dismissing_late_spares_an_answer(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    await stage.platform.post(stage.place, Post("answer"), "n2", event.interaction)
    await stage.desk.clock.sleep(16 * 60)
    await stage.platform.dismiss(event.interaction)
    assert [one["content"] for one in stage.shown()] == ["answer"]


async def test_a_placeholder_that_cannot_be_looked_for_now_is_not_given_up(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    await stage.desk.clock.sleep(16 * 60)
    stage.desk.standin.faults.add(buckets.throttle(HISTORY, 90.0))
    with pytest.raises(Throttled):
        await stage.platform.post(stage.place, Post("late"), "n2", event.interaction)
    await stage.desk.clock.sleep(90)
    await stage.platform.post(stage.place, Post("late"), "n2", event.interaction)
    assert [one["content"] for one in stage.shown()] == ["late"]


async def test_an_answer_whose_outcome_was_lost_is_not_posted_twice(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    stage.desk.fault(ANSWER, "lose_answer")
    with pytest.raises(PlatformUnknown):
        await stage.platform.post(stage.place, Post("answer"), "n2", event.interaction)
    await stage.desk.clock.sleep(16 * 60)
    posted = await stage.platform.post(stage.place, Post("answer!"), "n2", event.interaction)
    (answer,) = stage.shown()
    assert (answer["id"], answer["content"]) == (posted, "answer!")


async def test_a_placeholder_is_not_taken_for_a_lost_message(stage: Stage) -> None:
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    assert await stage.platform.find_ours(stage.place, stage.message) == []
    await stage.platform.post(stage.place, Post("answer"), "n2", event.interaction)
    assert len(await stage.platform.find_ours(stage.place, stage.message)) == 1


async def test_an_interaction_of_another_life_is_answered_in_the_channel(stage: Stage) -> None:
    unknown = InteractionRef(
        id=str(int(stage.message) + 1),
        application=stage.desk.standin.world.application,
        token="never-seen",
        place=stage.place,
        expires_at=stage.desk.clock.now() + 60_000,
    )
    await stage.platform.post(stage.place, Post("answer"), "n2", unknown)
    assert [one["content"] for one in stage.shown()] == ["answer"]


async def test_presses_in_direct_messages_have_their_place(stage: Stage) -> None:
    desk = stage.desk
    ben = desk.people.find("ben")
    dm = desk.people.open_dm(ben)
    message = await stage.platform.post(dm, Post("x", (RETRY,)), "n9")
    desk.inbox.events.clear()
    desk.people.press(ben, dm, message, "retry:t1")
    await until(lambda: desk.inbox.events, within=5)
    event = desk.inbox.events[-1]
    assert isinstance(event, ButtonPressed)
    assert event.thread == ThreadRef("discord", "@me", dm, dm)


async def test_an_acknowledgement_whose_outcome_was_lost_is_used(stage: Stage) -> None:
    stage.desk.fault(CALLBACK, "lose_answer")
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    posted = await stage.platform.post(stage.place, Post("answer"), "n2", event.interaction)
    (answer,) = stage.shown()
    assert (answer["id"], answer["content"]) == (posted, "answer")


async def test_an_acknowledgement_repeated_in_vain_is_used(stage: Stage) -> None:
    # Discord answers 40060 to the second of two: the first one was done.
    stage.desk.fault(CALLBACK, "fail_after", status=500)
    event = await stage.pressed(RETRY)
    await stage.state(event.interaction.id, "deferred")
    await stage.platform.post(stage.place, Post("answer"), "n2", event.interaction)
    assert [one["content"] for one in stage.shown()] == ["answer"]


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"custom_id": 7, "component_type": 2}},
        {"member": None},
        {"member": {}},
        {"message": None},
        {"data": None},
        {"token": None},
    ],
)
async def test_a_malformed_press_costs_only_itself(stage: Stage, change: dict[str, object]) -> None:
    desk = stage.desk
    event = await stage.pressed(RETRY)
    world = desk.standin.world
    payload = render_interaction(world, "", world.interactions[event.interaction.id])
    desk.standin.gateway.send_event("INTERACTION_CREATE", payload | change)
    assert (await stage.pressed(STOP)).action is Action.STOP
    assert stage.platform.ready
    assert not any(name.startswith("discord_handler") for name in desk.tally.counts)
