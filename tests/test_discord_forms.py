"""What opens a form on Discord, what is seen of it, and what becomes of it when it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord.client import DiscordPlatform
from adapters.discord.forms import filled_in
from adapters.discord.modals import NO_VALUE, modal, values_of
from bot.domain import Edit, Options, ThreadRef
from bot.events import Action, Aside, Asked, Button, ButtonPressed, File, Post, Verdict
from bot.notices import ASIDES
from bot.ports import EDIT_MENU, FORM_AGAIN, Field, FieldKind, Flaws, Form, FormCall, FormSent
from tests.discord_desk import EDIT, FORM, TABLE, Desk
from tests.virtual import until

pytestmark = pytest.mark.virtual

EPHEMERAL = 1 << 6
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (7).to_bytes(4) + (5).to_bytes(4) + bytes(9)
ADJUST = Button(Action.ADJUST, "t1", "Edit again")
UNDO = Button(Action.UNDO, "t1", "Undo")
BASE = Button(Action.BASE, "t1", "Use as base")
REMOVE = Button(Action.REMOVE, "t1", "Delete mine", danger=True)
VARY = Button(Action.VARY, "t1", "Vary")


class Stage:
    """A bot whose commands open forms, and the people around it."""

    def __init__(self, desk: Desk, platform: DiscordPlatform) -> None:
        self.desk = desk
        self.platform = platform
        self.people = desk.people
        self.ben = desk.people.find("ben")

    def use(self, place: str | None = None, **given: Any) -> str:
        """Use the command that opens a form."""
        where = place or self.desk.general
        return self.people.command(self.ben, where, EDIT.name, given)

    def use_menu(self, message: str, place: str | None = None) -> str:
        """Use the entry in a message's own menu."""
        where = place or self.desk.general
        return self.people.menu(self.ben, where, message, ASIDES[Aside.EDIT_MENU])

    async def press(self, button: Button, place: str | None = None) -> str:
        """Press a button of ours that is new."""
        where = place or self.desk.general
        message = await self.platform.post(where, Post("here", (button,)), f"n{button.action}")
        return self.people.press(self.ben, where, message, f"{button.action}:{button.turn}")

    def submit(self, interaction: str, **fields: Any) -> str:
        """Fill in the form that is open and send it."""
        return self.people.submit(self.ben, interaction, fields)

    async def state(self, interaction: str, *states: str) -> dict[str, Any]:
        """Wait for what the person sees of an interaction."""
        people = self.people
        await until(lambda: people.interaction(interaction)["state"] in states, within=20)
        return people.interaction(interaction)

    async def opened(self, interaction: str) -> dict[str, Any]:
        """Return the form that an interaction opened."""
        shown = await self.state(interaction, "answered")
        modal: dict[str, Any] = shown["modal"]
        assert modal, shown
        return modal

    async def told(self, interaction: str) -> dict[str, Any]:
        """Return the message that only its person sees."""
        shown = await self.state(interaction, "answered")
        message: dict[str, Any] = shown["message"]
        assert message["flags"] & EPHEMERAL
        return message

    @property
    def call(self) -> FormCall:
        """Return the one call that was made."""
        (call,) = self.desk.forms.calls
        return call

    @property
    def sent(self) -> FormSent:
        """Return the one form that was sent."""
        (sent,) = self.desk.forms.sent
        return sent


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Desk() as desk:
        desk.clerk.table = (*TABLE, EDIT)
        platform = await desk.start()
        people = desk.people
        ben = people.find("ben")
        await until(lambda: len(people.commands(ben, desk.general)) == 4, within=5)
        yield Stage(desk, platform)


def asked(call: FormCall | FormSent) -> Asked:
    """Return the event that a call comes to."""
    place = call.interaction.place
    return Asked(
        thread=ThreadRef("discord", "1", place, call.interaction.id),
        interaction=call.interaction,
        position=call.position,
        author=call.author,
        text="brighter",
        options=Options(),
        opens_thread=True,
        sent_at=call.sent_at,
        edit=Edit(),
    )


# --- what opens a form -----------------------------------------------------------------------


async def test_a_command_tells_its_files_by_option(stage: Stage) -> None:
    interaction = stage.use(
        prompt="Make it blue",
        image=("cat.png", PNG),
        mask=("mask.png", PNG + b"m"),
        compression=80,
        size="1024x1024",
    )
    await stage.opened(interaction)
    call = stage.call
    assert call.name == "edit-image"
    assert call.arguments == {"prompt": "Make it blue", "compression": 80, "size": "1024x1024"}
    assert call.files == ("image", "mask")
    assert [one.name for one in call.attachments] == ["cat.png", "mask.png"]
    assert await stage.platform.download(call.attachments[1], 1_000) == PNG + b"m"
    assert (call.interaction.id, call.position) == (interaction, int(interaction))
    assert call.place == stage.desk.general
    assert call.thread.thread == interaction
    assert (call.in_thread, call.direct) == (False, False)
    assert call.author.id == stage.ben
    assert stage.desk.inbox.events == []


async def test_the_menu_of_a_message_brings_its_pictures(stage: Stage) -> None:
    message = stage.desk.say("look", files=[("cat.png", PNG), ("dog.png", PNG + b"2")])
    await stage.opened(stage.use_menu(message))
    call = stage.call
    assert (call.name, call.message, call.files) == (EDIT_MENU, message, ())
    assert [one.name for one in call.attachments] == ["cat.png", "dog.png"]
    assert {(one.message, one.place) for one in call.attachments} == {(message, stage.desk.general)}
    assert await stage.platform.download(call.attachments[1], 1_000) == PNG + b"2"


async def test_the_menu_works_within_a_thread_and_alone(stage: Stage) -> None:
    desk = stage.desk
    root = desk.say("topic")
    thread = stage.people.start_thread(stage.ben, desk.general, "topic", root)
    message = desk.say("look", thread, files=[("cat.png", PNG)])
    await stage.opened(stage.use_menu(message, thread))
    first = stage.call
    assert (first.in_thread, first.direct) == (True, False)
    assert (first.thread.channel, first.thread.thread) == (desk.general, thread)
    assert first.attachments[0].place == thread
    alone = stage.people.open_dm(stage.ben)
    message = desk.say("look", alone, files=[("cat.png", PNG)])
    await stage.opened(stage.use_menu(message, alone))
    assert desk.forms.calls[-1].direct
    assert desk.forms.calls[-1].in_thread


async def test_the_menu_of_a_forwarded_picture_brings_it(stage: Stage) -> None:
    desk = stage.desk
    first = desk.say("look", files=[("cat.png", PNG)])
    people = stage.people
    forwarded = people.forward(stage.ben, people.channel("random"), first, source=desk.general)
    await stage.opened(stage.use_menu(str(forwarded["id"]), people.channel("random")))
    (attachment,) = stage.call.attachments
    assert (attachment.name, attachment.message) == ("cat.png", str(forwarded["id"]))


async def test_the_menu_of_our_own_picture_names_the_message_alone(stage: Stage) -> None:
    post = Post("done", (VARY,), files=(File("a.png", PNG), File("b.png", PNG)), gallery=True)
    message = await stage.platform.post(stage.desk.general, post, "n")
    await stage.opened(stage.use_menu(message))
    assert (stage.call.message, stage.call.attachments) == (message, ())


async def test_a_button_that_opens_a_form_names_its_turn(stage: Stage) -> None:
    await stage.opened(await stage.press(ADJUST))
    call = stage.call
    assert (call.name, call.turn) == ("adjust", "t1")
    assert call.message and call.thread.thread == call.message
    assert not call.in_thread
    assert stage.desk.inbox.events == [], "it is no event by itself"


async def test_who_acts_has_the_roles_that_discord_names(stage: Stage) -> None:
    ada = stage.people.find("ada")
    stage.people.command(ada, stage.desk.general, EDIT.name, {})
    await until(lambda: stage.desk.forms.calls, within=5)
    world = stage.desk.standin.world
    assert stage.call.author.roles == tuple(world.members[stage.desk.guild, ada].roles)
    assert stage.call.author.roles
    stage.desk.say("@bot hello", who="ada")
    await until(lambda: stage.desk.inbox.messages, within=5)
    assert stage.desk.inbox.messages[0].author.roles == stage.call.author.roles


# --- the form --------------------------------------------------------------------------------


async def test_a_form_shows_its_first_five_fields(stage: Stage) -> None:
    shown = await stage.opened(stage.use())
    assert (shown["custom_id"], shown["title"]) == ("form:draft1", "Edit a picture")
    labels = [one["label"] for one in shown["components"]]
    assert labels == ["What to change", "Which", "Pictures", "Size", "Title"]
    prompt, base, files, size, title = (one["component"] for one in shown["components"])
    assert (prompt["type"], prompt["style"], prompt["required"]) == (4, 2, True)
    assert prompt["max_length"] == 4000
    assert [one["value"] for one in base["options"]] == [NO_VALUE, "1"]
    assert [one.get("default") for one in base["options"]] == [True, False]
    assert (files["type"], files["min_values"], files["max_values"]) == (19, 0, 3)
    assert files["required"] is False
    assert shown["components"][2]["description"] == "Up to three"
    assert [one["default"] for one in size["options"]] == [True, False]
    assert (title["value"], title["max_length"]) == ("Sky", 20)


async def test_what_was_filled_in_comes_back_by_field(stage: Stage) -> None:
    interaction = stage.use()
    await stage.opened(interaction)
    files = [("cat.png", PNG), ("dog.png", PNG + b"2")]
    sent = stage.submit(interaction, prompt=" pink\x00 sky ", base="1", files=files)
    assert (await stage.told(sent))["content"] == "taken"
    got = stage.sent
    assert got.values == {"prompt": " pink sky ", "base": "1", "size": "auto", "title": "Sky"}
    assert got.files == ("files", "files")
    assert [(one.name, one.message) for one in got.attachments] == [
        ("cat.png", ""),
        ("dog.png", ""),
    ]
    assert await stage.platform.download(got.attachments[0], 1_000) == PNG
    assert (got.form, got.interaction.id, got.author.id) == ("draft1", sent, stage.ben)


async def test_no_value_can_be_chosen(stage: Stage) -> None:
    interaction = stage.use()
    await stage.opened(interaction)
    stage.submit(interaction, prompt="x")
    await until(lambda: stage.desk.forms.sent, within=5)
    assert stage.sent.values["base"] == ""


async def test_a_form_can_be_sent_after_a_restart(stage: Stage) -> None:
    interaction = stage.use()
    await stage.opened(interaction)
    await stage.desk.stop(stage.platform)
    await stage.desk.start()
    sent = stage.submit(interaction, prompt="pink")
    await stage.told(sent)
    assert stage.sent.form == "draft1"


async def test_a_form_that_is_sent_becomes_a_turn(stage: Stage) -> None:
    stage.desk.forms.takes = asked
    interaction = stage.use()
    await stage.opened(interaction)
    sent = stage.submit(interaction, prompt="pink")
    shown = await stage.state(sent, "deferred")
    assert not shown["ephemeral"], "the answer comes in its place"
    (event,) = stage.desk.inbox.events
    assert isinstance(event, Asked)
    assert (event.interaction.id, event.interaction.token != "") == (sent, True)


async def test_flaws_are_told_and_the_form_opens_again_as_it_was(stage: Stage) -> None:
    stage.desk.forms.takes = lambda sent: Flaws({"prompt": "The words are too many."})
    interaction = stage.use()
    await stage.opened(interaction)
    sent = stage.submit(interaction, prompt="many words", base="1", files=("cat.png", PNG))
    message = await stage.told(sent)
    assert message["content"] == f"{ASIDES[Aside.FORM_FLAWED]}\n- The words are too many."
    again = stage.people.press(stage.ben, stage.desk.general, message["id"], "form:draft1")
    prompt, base, files, *_ = (
        one["component"] for one in (await stage.opened(again))["components"]
    )
    assert prompt["value"] == "many words"
    assert [one["default"] for one in base["options"]] == [False, True]
    assert "value" not in files
    stage.desk.forms.takes = lambda sent: "taken"
    assert (await stage.told(stage.submit(again)))["content"] == "taken"
    assert stage.desk.forms.sent[-1].values["prompt"] == "many words"


async def test_a_form_that_is_not_kept_is_asked_for_anew(stage: Stage) -> None:
    stage.desk.forms.takes = lambda sent: Flaws({"prompt": "The words are too many."})
    interaction = stage.use()
    await stage.opened(interaction)
    message = await stage.told(stage.submit(interaction, prompt="many words"))
    await stage.desk.stop(stage.platform)
    await stage.desk.start()
    again = stage.people.press(stage.ben, stage.desk.general, message["id"], "form:draft1")
    assert (await stage.opened(again))["custom_id"] == "form:draft1"
    call = stage.desk.forms.calls[-1]
    assert (call.name, call.form, call.author.id) == (FORM_AGAIN, "draft1", stage.ben)
    await stage.desk.stop(next(iter(stage.desk._running)))
    await stage.desk.start()
    stage.desk.forms.opens = lambda call: "It is gone."
    gone = stage.people.press(stage.ben, stage.desk.general, message["id"], "form:draft1")
    assert (await stage.told(gone))["content"] == "It is gone."


# --- nothing left to ask, or nothing to be had -------------------------------------------------


async def test_a_command_with_everything_needs_no_form(stage: Stage) -> None:
    stage.desk.forms.opens = asked
    interaction = stage.use(prompt="brighter", image=("cat.png", PNG))
    assert not (await stage.state(interaction, "deferred"))["ephemeral"]
    (event,) = stage.desk.inbox.events
    assert isinstance(event, Asked) and event.text == "brighter"
    # The status of the edit comes in the placeholder's place.
    await stage.platform.post(stage.desk.general, Post("Working"), "n", event.interaction)
    assert stage.people.interaction(interaction)["message"]["content"] == "Working"


async def test_what_is_not_to_be_had_is_told_alone(stage: Stage) -> None:
    stage.desk.forms.opens = lambda call: "The picture is no longer kept."
    message = await stage.told(await stage.press(UNDO))
    assert message["content"] == "The picture is no longer kept."


async def test_words_are_cut_to_what_discord_takes(stage: Stage) -> None:
    stage.desk.forms.opens = lambda call: "x" * 3000
    assert len((await stage.told(stage.use()))["content"]) == 2000


async def test_a_fault_is_told_too(stage: Stage) -> None:
    def fail(call: FormCall) -> str:
        raise RuntimeError("broken")

    stage.desk.forms.opens = fail
    assert (await stage.told(stage.use()))["content"] == ASIDES[Aside.COMMAND_FAILED]


@pytest.mark.parametrize(
    ("verdict", "aside"),
    [
        (None, Aside.NOT_STORED),
        (Verdict.DUPLICATE, Aside.ALREADY_DONE),
        (Verdict.DENIED, Aside.NOT_YOURS),
        (Verdict.GONE, Aside.OVER),
    ],
)
async def test_a_form_whose_turn_is_not_taken_is_told(
    stage: Stage, verdict: Verdict | None, aside: Aside
) -> None:
    stage.desk.inbox.decide(verdict)
    stage.desk.forms.opens = asked
    assert (await stage.told(stage.use()))["content"] == ASIDES[aside]


# --- slow stores -----------------------------------------------------------------------------


async def test_a_form_that_comes_late_is_opened_by_a_button(stage: Stage) -> None:
    stage.desk.forms.seconds = 4
    interaction = stage.use()
    assert (await stage.state(interaction, "deferred"))["ephemeral"]
    message = await stage.told(interaction)
    assert message["content"] == ASIDES[Aside.FORM_READY]
    again = stage.people.press(stage.ben, stage.desk.general, message["id"], "form:draft1")
    assert (await stage.opened(again))["custom_id"] == "form:draft1"
    assert len(stage.desk.forms.calls) == 1


async def test_a_turn_that_comes_late_stands_for_itself(stage: Stage) -> None:
    stage.desk.forms.seconds = 4
    stage.desk.forms.opens = asked
    interaction = stage.use()
    assert (await stage.told(interaction))["content"] == ASIDES[Aside.ON_ITS_WAY]
    (event,) = stage.desk.inbox.events
    assert isinstance(event, Asked)
    posted = await stage.platform.post(stage.desk.general, Post("Hi"), "n", event.interaction)
    shown = stage.desk.read(stage.desk.general, "ada")
    assert [one["id"] for one in shown if one["content"] == "Hi"] == [posted]
    await stage.platform.dismiss(event.interaction)
    assert (await stage.told(interaction))["content"] == ASIDES[Aside.ON_ITS_WAY]


async def test_a_late_turn_that_is_not_taken_is_told(stage: Stage) -> None:
    stage.desk.forms.seconds = 4
    stage.desk.forms.opens = asked
    stage.desk.inbox.decide(None)
    assert (await stage.told(stage.use()))["content"] == ASIDES[Aside.NOT_STORED]


async def test_late_flaws_are_told_with_their_button(stage: Stage) -> None:
    interaction = stage.use()
    await stage.opened(interaction)
    stage.desk.forms.seconds = 4
    stage.desk.forms.takes = lambda sent: Flaws({"prompt": "Too many words."})
    message = await stage.told(stage.submit(interaction, prompt="x"))
    assert message["content"].endswith("- Too many words.")
    assert message["components"][0]["components"][0]["custom_id"] == "form:draft1"


async def test_a_commit_has_what_opening_left_of_the_time(stage: Stage) -> None:
    stage.desk.forms.seconds = 1
    stage.desk.forms.opens = asked
    stage.desk.inbox.slow = True
    interaction = stage.use()
    before = stage.desk.standin.world.interactions[interaction].at
    await stage.state(interaction, "deferred")
    assert stage.desk.clock.now() - before < 2_000
    stage.desk.inbox.catch_up()


# --- buttons that leave nothing behind ---------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("button", "aside"), [(REMOVE, Aside.REMOVED), (BASE, Aside.BASE_CHOSEN)])
async def test_what_shows_nothing_leaves_no_placeholder(
    stage: Stage, button: Button, aside: Aside, late: bool
) -> None:
    stage.desk.inbox.decide(Verdict.ADMITTED)
    stage.desk.inbox.slow = late
    interaction = await stage.press(button)
    await stage.state(interaction, "deferred", "answered")
    stage.desk.inbox.catch_up()
    message = await stage.told(interaction)
    await until(lambda: stage.people.interaction(interaction)["message"]["content"], within=20)
    message = await stage.told(interaction)
    assert message["content"] == ASIDES[aside]
    (event,) = stage.desk.inbox.events
    assert isinstance(event, ButtonPressed)
    calls = len(stage.desk.standin.history.entries)
    await stage.platform.dismiss(event.interaction)
    assert len(stage.desk.standin.history.entries) == calls, "there is nothing to dismiss"
    assert (await stage.told(interaction))["content"] == ASIDES[aside]


async def test_a_variation_comes_in_a_placeholder(stage: Stage) -> None:
    interaction = await stage.press(VARY)
    assert not (await stage.state(interaction, "deferred"))["ephemeral"]


# --- limits ----------------------------------------------------------------------------------


def test_a_form_keeps_to_discords_limits() -> None:
    fields = (
        Field("a", FieldKind.TEXT, "l" * 99, "v" * 9999, "h" * 999, most=32_000),
        Field("b", FieldKind.CHOICE, "b", choices=()),
        Field("c", FieldKind.CHOICE, "c", choices=tuple((f"{n}" * 60, f"{n}") for n in range(40))),
        Field("d", FieldKind.FILES, "d", required=True, most=16),
    )
    shown = modal("form:x", Form("x", "t" * 99, "Send", fields))
    a, c, d = shown["components"]
    assert len(shown["title"]) == len(a["label"]) == 45
    assert len(a["component"]["value"]) == a["component"]["max_length"] == 4000
    assert len(a["description"]) == 100
    assert len(c["component"]["options"]) == 25
    assert max(len(one["label"]) for one in c["component"]["options"]) == 100
    assert (d["component"]["min_values"], d["component"]["max_values"]) == (1, 10)


def test_odd_values_are_passed_over() -> None:
    for odd in (
        {},
        {"components": None},
        {"components": [7, {"custom_id": "a", "value": 1}]},
        {"components": [{"type": 19, "custom_id": "a", "values": ["1"]}]},
    ):
        assert values_of(odd) == {}
    empty = {"components": [{"type": 3, "custom_id": "a", "values": []}]}
    assert values_of(empty) == {"a": ""}


def test_files_are_not_filled_in_again() -> None:
    again = filled_in(FORM, {"prompt": "x", "files": "y"})
    assert [one.value for one in again.fields][:3] == ["x", "", ""]
    assert replace(again, fields=()) == replace(FORM, fields=())
