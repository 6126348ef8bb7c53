"""Commands in use: asked through intake, answered to the person alone, completed in time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.client import DiscordPlatform
from adapters.discord.commands import fitting
from adapters.discord.components import cut
from bot.domain import Options, ThreadRef
from bot.events import Action, Aside, Asked, Button, Post, Verdict
from bot.notices import ASIDES
from bot.text import utf16_length
from tests.discord_desk import Desk
from tests.virtual import until

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
PUT = "PUT /applications/{application_id}/commands"
ANSWER = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
LOADING, EPHEMERAL = 1 << 7, 1 << 6

pytestmark = pytest.mark.virtual


class Booth:
    """A desk whose commands are registered."""

    def __init__(self, desk: Desk, platform: DiscordPlatform) -> None:
        self.desk = desk
        self.platform = platform

    def use(self, name: str, given: Any = (), where: str | None = None, who: str = "ben") -> str:
        """Use a command and return the interaction's id."""
        people = self.desk.people
        return people.command(people.find(who), where or self.desk.general, name, given)

    async def state(self, interaction: str, *states: str) -> None:
        """Wait for what the person sees of an interaction."""
        people = self.desk.people
        await until(lambda: people.interaction(interaction)["state"] in states, within=20)

    async def asked(self, given: Any, where: str | None = None, who: str = "ben") -> Asked:
        """Ask by command and return the event."""
        count = len(self.desk.inbox.events)
        self.use("ask", given, where, who)
        await until(lambda: len(self.desk.inbox.events) > count, within=5)
        event = self.desk.inbox.events[-1]
        assert isinstance(event, Asked)
        return event

    def last(self, where: str | None = None, who: str = "ben") -> dict[str, Any]:
        """Return the newest message that a person sees."""
        return self.desk.read(where or self.desk.general, who)[-1]


@pytest.fixture
async def booth() -> AsyncIterator[Booth]:
    async with Desk() as desk:
        platform = await desk.start()
        await until(lambda: desk.bodies(PUT), within=10)
        yield Booth(desk, platform)


# --- asking -------------------------------------------------------------------------------


async def test_a_question_in_a_channel_has_its_thread_yet_to_come(booth: Booth) -> None:
    desk = booth.desk
    given = {"prompt": "a monad?", "model": "x:y", "effort": "low", "max_tokens": 99}
    event = await booth.asked(given, who="ada")
    interaction = event.interaction
    assert event.thread == ThreadRef("discord", desk.guild, desk.general, interaction.id)
    assert event.opens_thread
    assert event.text == "a monad?"
    assert event.options == Options("x:y", "low", 99)
    assert event.position == int(interaction.id)
    assert interaction.place == desk.general
    assert (event.author.name, event.author.admin, event.author.moderator) == ("Ada", True, True)
    assert abs(event.sent_at - desk.clock.now()) < 1000
    assert interaction.token not in repr(event)


async def test_a_question_in_a_thread_belongs_to_it(booth: Booth) -> None:
    desk = booth.desk
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    event = await booth.asked({"prompt": "more"}, thread)
    assert event.thread == ThreadRef("discord", desk.guild, desk.general, thread)
    assert not event.opens_thread
    assert event.options == Options()
    assert not event.author.admin


async def test_a_question_in_a_direct_message_belongs_to_it(booth: Booth) -> None:
    dm = booth.desk.people.open_dm(booth.desk.people.find("ben"))
    event = await booth.asked({"prompt": "more"}, dm)
    assert event.thread == ThreadRef("discord", "@me", dm, dm)
    assert not event.opens_thread


async def test_a_file_of_a_question_comes_with_it(booth: Booth) -> None:
    event = await booth.asked({"prompt": "read", "attachment": ("a.txt", b"abc")})
    (file,) = event.attachments
    assert (file.name, file.size, file.message) == ("a.txt", 3, "")
    assert await booth.platform.download(file, 100) == b"abc"


async def test_a_question_is_committed_then_deferred_then_answered(booth: Booth) -> None:
    desk = booth.desk
    desk.inbox.slow = True
    event = await booth.asked({"prompt": "hello"})
    await desk.clock.sleep(1.0)
    assert desk.bodies(CALLBACK) == []
    desk.inbox.catch_up()
    await booth.state(event.interaction.id, "deferred")
    placeholder = booth.last()
    assert placeholder["flags"] & LOADING
    assert not placeholder["flags"] & EPHEMERAL
    card = Post("Ben asked: hello")
    posted = await booth.platform.post(desk.general, card, "n1", event.interaction)
    assert posted == placeholder["id"]
    place = await booth.platform.open_thread(
        ThreadRef("discord", desk.guild, desk.general, posted), "hello"
    )
    assert place == posted, "a thread can be started from what the command showed"
    stop = Button(Action.STOP, "t1", "Stop")
    await booth.platform.post(place, Post("answer", (stop,)), "n2")
    assert booth.last(place)["content"] == "answer"


async def test_a_question_that_cannot_be_stored_is_told(booth: Booth) -> None:
    booth.desk.inbox._decide = lambda event: None
    interaction = booth.use("ask", {"prompt": "hello"})
    await booth.state(interaction, "answered")
    assert booth.last()["content"] == ASIDES[Aside.NOT_STORED]
    assert booth.last()["flags"] & EPHEMERAL


async def test_a_question_that_fails_late_leaves_a_notice(booth: Booth) -> None:
    desk = booth.desk
    desk.inbox.slow = True
    event = await booth.asked({"prompt": "hello"})
    await booth.state(event.interaction.id, "deferred")
    desk.inbox._decide = lambda event: None
    desk.inbox.catch_up()
    await booth.state(event.interaction.id, "answered")
    assert booth.last()["content"] == ASIDES[Aside.NOT_STORED]
    assert await booth.platform.find_ours(desk.general, event.interaction.id) == []


async def test_the_same_interaction_twice_is_told(booth: Booth) -> None:
    booth.desk.inbox._decide = lambda event: Verdict.DUPLICATE
    interaction = booth.use("ask", {"prompt": "hello"})
    await booth.state(interaction, "answered")
    assert booth.last()["content"] == ASIDES[Aside.ALREADY_DONE]


# --- commands that are answered at once ----------------------------------------------------


async def test_a_command_is_answered_to_the_person_alone(booth: Booth) -> None:
    desk = booth.desk
    desk.clerk.says = "Following <@&1> @everyone."
    interaction = booth.use("settings", {"follow": False})
    await booth.state(interaction, "answered")
    assert booth.last()["content"] == desk.clerk.says
    assert booth.last()["flags"] & EPHEMERAL
    assert all(one["content"] != desk.clerk.says for one in desk.read(desk.general, "ada"))
    (call,) = desk.clerk.calls
    assert (call.name, call.arguments) == ("settings", {"follow": False})
    assert call.thread == ThreadRef("discord", desk.guild, desk.general, interaction)
    assert (call.in_thread, call.direct, call.author.admin) == (False, False, False)
    assert call.position == int(interaction)
    (body,) = desk.bodies(CALLBACK)
    assert body["type"] == 4
    assert body["data"]["allowed_mentions"] == {"parse": []}


async def test_a_command_knows_where_it_was_used(booth: Booth) -> None:
    desk = booth.desk
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    dm = desk.people.open_dm(ben)
    for where in (thread, dm):
        await booth.state(booth.use("settings", {}, where), "answered")
    in_thread, direct = desk.clerk.calls
    assert in_thread.thread == ThreadRef("discord", desk.guild, desk.general, thread)
    assert (in_thread.in_thread, in_thread.direct) == (True, False)
    assert direct.thread == ThreadRef("discord", "@me", dm, dm)
    assert (direct.in_thread, direct.direct) == (True, True)


async def test_a_slow_command_is_deferred_in_time(booth: Booth) -> None:
    booth.desk.clerk.seconds = 8.0
    interaction = booth.use("settings")
    await booth.state(interaction, "deferred")
    assert booth.last()["flags"] & EPHEMERAL
    await booth.state(interaction, "answered")
    assert booth.last()["content"] == "done"


async def test_a_command_that_breaks_is_told(booth: Booth) -> None:
    booth.desk.clerk.fails = True
    interaction = booth.use("settings")
    await booth.state(interaction, "answered")
    assert booth.last()["content"] == ASIDES[Aside.COMMAND_FAILED]
    assert not any(name.startswith("discord_handler") for name in booth.desk.tally.counts)


async def test_a_long_answer_is_cut_to_what_discord_takes(booth: Booth) -> None:
    booth.desk.clerk.says = "\U0001f600" * 1500
    interaction = booth.use("settings")
    await booth.state(interaction, "answered")
    shown = booth.last()["content"]
    assert utf16_length(shown) <= 2000
    assert shown.endswith("\U0001f600…")


async def test_a_command_of_another_table_is_not_met_with_silence(booth: Booth) -> None:
    booth.desk.clerk.table = ()
    interaction = booth.use("settings")
    await booth.state(interaction, "answered")
    assert booth.last()["content"] == ASIDES[Aside.UNKNOWN_COMMAND]


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060), (500, 0)])
async def test_an_answer_that_is_refused_ends_quietly(booth: Booth, status: int, code: int) -> None:
    desk = booth.desk
    fault = desk.fault(
        CALLBACK, "refuse", status=status, body={"code": code, "message": "x"}, times=9
    )
    booth.use("settings")
    booth.use("ask", {"prompt": "x"})
    await until(lambda: fault.hits >= 2, within=60)
    await desk.clock.sleep(60)
    assert not any(name.startswith("discord_handler") for name in desk.tally.counts)
    desk.say("@bot still there?")
    await until(lambda: desk.inbox.texts == ["still there?"], within=5)


@pytest.mark.parametrize(
    "options",
    [
        [{"type": 3, "name": "prompt"}],
        [{"type": 3, "name": "nothing", "value": "x"}],
        [{"type": 11, "name": "attachment", "value": "12"}],
        [{"type": 4, "name": "max_tokens", "value": 2**80}],
        [{}],
    ],
)
async def test_odd_options_are_left_out(booth: Booth, options: list[dict[str, Any]]) -> None:
    event = await booth.asked(options)
    assert (event.text, event.options, event.attachments) == ("", Options(), ())


# --- completion ---------------------------------------------------------------------------


async def test_choices_are_offered_while_one_types(booth: Booth) -> None:
    desk = booth.desk
    desk.clerk.choices = [(f"Model {n}", f"m{n}") for n in range(40)]
    desk.clerk.choices[0] = ("x" * 300, "long label")
    desk.clerk.choices[1] = ("too long to be had", "y" * 101)
    ben = desk.people.find("ben")
    interaction = desk.people.complete(ben, desk.general, "ask", "model", "gp", {"prompt": "hi"})
    await booth.state(interaction, "answered")
    choices = desk.people.interaction(interaction)["choices"]
    assert len(choices) == 25
    assert choices[0] == {"name": "x" * 99 + "…", "value": "long label"}
    assert choices[1] == {"name": "Model 2", "value": "m2"}
    assert desk.clerk.typed == [("model", "gp")]
    assert desk.clerk.calls[0].arguments == {"prompt": "hi", "model": "gp"}


@pytest.mark.parametrize("trouble", ["slow", "broken"])
async def test_no_choices_are_better_than_none_in_time(booth: Booth, trouble: str) -> None:
    desk = booth.desk
    desk.clerk.seconds, desk.clerk.fails = (9.0, False) if trouble == "slow" else (0.0, True)
    ben = desk.people.find("ben")
    interaction = desk.people.complete(ben, desk.general, "ask", "model", "gp")
    await booth.state(interaction, "answered")
    assert desk.people.interaction(interaction)["choices"] == []


def test_choices_fit() -> None:
    assert fitting([("", "v"), ("label", "")]) == [("v", "v")]


def test_cutting_never_splits_what_is_seen_as_one() -> None:
    family = "\U0001f468‍\U0001f469‍\U0001f467"
    assert cut("short", 10) == "short"
    assert cut(family * 3, 20) == family * 2 + "…"
    assert cut(family * 3, 12) == family + "…"
    for most in range(1, 40):
        assert utf16_length(cut(family * 5, most)) <= most
