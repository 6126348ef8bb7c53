"""Commands, half typed options and forms, as the real discord.py registers and meets them."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands

from adapters.playground.discord import records
from adapters.playground.discord.people import People
from adapters.playground.discord.problems import Problem
from tests.standin_discord import Bot, Served, serve
from tests.standin_discord_scene import ada, bot, general, people, served

__all__ = ["ada", "bot", "general", "people", "served"]


class Desk:
    """A command of every type, and what it was called with."""

    def __init__(self, bot: Bot) -> None:
        self.tree = app_commands.CommandTree(bot)
        self.calls: list[tuple[discord.Interaction, dict[str, Any]]] = []

        @self.tree.command(name="ask", description="Ask the model")
        @app_commands.describe(text="What to ask")
        @app_commands.choices(effort=[app_commands.Choice(name="Low", value="low")])
        async def ask(
            interaction: discord.Interaction,
            text: app_commands.Range[str, 2, 20],
            most: app_commands.Range[int, 1, 100] | None = None,
            effort: str | None = None,
            model: str | None = None,
            loud: bool | None = None,
            file: discord.Attachment | None = None,
            member: discord.Member | None = None,
        ) -> None:
            given: dict[str, Any] = {"text": text, "most": most, "effort": effort, "model": model}
            given |= {"loud": loud, "file": file, "member": member}
            self.calls.append((interaction, given))
            await interaction.response.defer(thinking=True)

        @ask.autocomplete("model")
        async def complete(
            interaction: discord.Interaction, typed: str
        ) -> list[app_commands.Choice[str]]:
            names = ("gpt-5-mini", "gpt-5.4-mini", "o9")
            return [app_commands.Choice(name=one, value=one) for one in names if typed in one]

        limit = app_commands.Group(name="limit", description="Limits")

        @limit.command(name="set", description="Set a limit")
        async def set_limit(
            interaction: discord.Interaction, amount: str, model: str | None = None
        ) -> None:
            self.calls.append((interaction, {"amount": amount, "model": model}))
            await interaction.response.defer(thinking=True)

        set_limit.autocomplete("model")(complete)
        self.tree.add_command(limit)


@pytest.fixture
async def desk(bot: Bot) -> Desk:
    made = Desk(bot)
    await made.tree.sync()
    return made


async def test_options_come_typed_with_what_they_refer_to(
    bot: Bot, desk: Desk, people: People, ada: str, general: str
) -> None:
    given = {
        "text": "why?",
        "most": 7,
        "effort": "low",
        "loud": False,
        "file": ("a.txt", b"inside"),
        "member": people.find("ben"),
    }
    used = people.command(ada, general, "ask", given)
    await bot.wait_event("interaction")
    await bot.wait_event("message")
    [(interaction, came)] = desk.calls
    assert (came["text"], came["most"], came["effort"], came["loud"]) == ("why?", 7, "low", False)
    assert came["model"] is None
    assert isinstance(came["member"], discord.Member)
    assert came["member"].name == "ben"
    assert came["file"].ephemeral
    assert "/ephemeral-attachments/" in came["file"].url
    assert await came["file"].read() == b"inside"
    assert interaction.permissions.manage_guild
    assert interaction.context.guild
    assert interaction.filesize_limit == 10 * 1024 * 1024
    assert interaction.is_guild_integration()
    assert str(interaction.id) == used


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"text": "x"},
        {"text": "x" * 21},
        {"text": "fine", "most": 0},
        {"text": "fine", "most": 101},
        {"text": "fine", "most": True},
        {"text": "fine", "most": "7"},
        {"text": "fine", "effort": "huge"},
        {"text": "fine", "loud": "yes"},
        {"text": "fine", "nothing": 1},
        {"text": "fine", "member": "12"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("desk")
async def test_what_a_client_would_not_send_is_refused(
    people: People, ada: str, general: str, given: dict[str, Any]
) -> None:
    with pytest.raises(Problem, match="50035"):
        people.command(ada, general, "ask", given)


@pytest.mark.usefixtures("desk")
async def test_a_file_over_the_limit_is_refused(
    served: Served, people: People, ada: str, general: str
) -> None:
    served.standin.settings.file_bytes = 10
    with pytest.raises(Problem, match="40005"):
        people.command(ada, general, "ask", {"text": "fine", "file": ("a.txt", bytes(11))})


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("name", "given"), [("ask", {"text": "why?"}), ("limit set", {})])
async def test_a_half_typed_option_gets_choices(
    bot: Bot, people: People, ada: str, general: str, name: str, given: dict[str, str]
) -> None:
    """Also one of a subcommand, whose options stand within it."""
    typed = people.complete(ada, general, name, "model", "mini", given)
    changes = people.subscribe(ada)
    while people.interaction(typed)["state"] == "pending":
        await anext(changes)
    changes.close()
    assert [one["value"] for one in people.interaction(typed)["choices"]] == [
        "gpt-5-mini",
        "gpt-5.4-mini",
    ]
    assert not bot.guilds[0].me.is_timed_out()
    with pytest.raises(Problem, match="50035"):
        people.complete(ada, general, "ask", "text", "wh")


async def test_a_deferral_in_public_can_have_a_thread(
    bot: Bot, desk: Desk, people: People, ada: str, general: str
) -> None:
    people.command(ada, general, "ask", {"text": "why?"})
    await bot.wait_event("message")
    [(interaction, _)] = desk.calls
    original = await interaction.original_response()
    assert original.flags.loading
    thread = (
        await bot.get_channel(int(general))
        .get_partial_message(  # type: ignore[union-attr]
            original.id
        )
        .create_thread(name="why?")
    )
    assert thread.id == original.id
    assert people.read(ada, general)[-1]["flags"] & records.LOADING
    card = await interaction.edit_original_response(content="Ada asked")
    assert not card.flags.loading
    await thread.send("the answer")
    assert people.read(ada, str(thread.id))[-1]["content"] == "the answer"


async def test_an_answer_in_private_is_seen_by_one(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    tree = app_commands.CommandTree(bot)

    @tree.command(name="status", description="How it is")
    async def status(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content="All is well")

    await tree.sync()
    used = people.command(ada, general, "status", {})
    changes = people.subscribe(ada)
    while people.interaction(used)["state"] != "answered":
        await anext(changes)
    changes.close()
    told = people.interaction(used)
    assert (told["ephemeral"], told["message"]["content"]) == (True, "All is well")
    assert people.read(ada, general)[-1]["content"] == "All is well"
    assert people.read(people.find("ben"), general) == []


async def test_who_may_use_a_command_and_where(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    tree = app_commands.CommandTree(bot)

    @tree.command(name="admin", description="For managers")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def admin(interaction: discord.Interaction) -> None:
        pass

    await tree.sync()
    ben = people.find("ben")
    assert [one["name"] for one in people.commands(ada, general)] == ["admin"]
    assert people.commands(ben, general) == []
    assert people.commands(ada, people.open_dm(ada)) == []
    with pytest.raises(Problem, match="10063"):
        people.command(ben, general, "admin", {})
    people.kick_bot(ada)
    assert people.commands(ada, general) == []


def option(**changed: Any) -> dict[str, Any]:
    return {"type": 3, "name": "text", "description": "Text", **changed}


def command(*options: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"name": "ask", "description": "Ask", "options": [*options], **changed}


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        (command(name="Ask"), ("0", "name"), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="x" * 33), ("0", "name"), "BASE_TYPE_BAD_LENGTH"),
        (command(description=""), ("0", "description"), "BASE_TYPE_BAD_LENGTH"),
        (
            command(*[option(name=f"o{n}") for n in range(26)]),
            ("0", "options"),
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            command(option(), option()),
            ("0", "options", "1", "name"),
            "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        ),
        (
            command(option(), option(name="b", required=True)),
            ("0", "options", "1"),
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (command(option(type=99)), ("0", "options", "0", "type"), "BASE_TYPE_CHOICES"),
        (
            command(option(description="x" * 101)),
            ("0", "options", "0", "description"),
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            command(option(choices=[{"name": "a", "value": ""}])),
            ("0", "options", "0", "choices", "0", "value"),
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            command(option(choices=[{"name": "a", "value": "a"}], autocomplete=True)),
            ("0", "options", "0", "autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE",
        ),
        (
            command(
                *[
                    option(
                        name=f"o{n}",
                        choices=[{"name": "x" * 100, "value": "y" * 100}] * 25,
                    )
                    for n in range(2)
                ]
            ),
            ("0",),
            "APPLICATION_COMMAND_TOO_LARGE",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) and one.isupper() else "",
)
async def test_a_bad_command_is_told_field_by_field(
    body: dict[str, Any], where: tuple[str, ...], code: str
) -> None:
    async with serve(limits=False) as served:
        application = served.standin.world.application
        path = f"/applications/{application}/commands"
        status, answer, _ = await served.call("PUT", path, [body])
        assert (status, answer["code"]) == (400, 50035)
        node = answer["errors"]
        for step in where:
            node = node[step]
        assert code in [one["code"] for one in node["_errors"]]
        assert served.standin.world.commands == {}


async def test_a_form_is_filled_in_as_a_client_would(
    served: Served, bot: Bot, people: People, ada: str, general: str
) -> None:
    class Why(discord.ui.Modal, title="What was wrong?"):
        words: discord.ui.Label[Why] = discord.ui.Label(
            text="In your words",
            component=discord.ui.TextInput(
                custom_id="words", required=False, max_length=10, style=discord.TextStyle.long
            ),
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            assert isinstance(self.words.component, discord.ui.TextInput)
            said = self.words.component.value
            await interaction.response.send_message(f"noted: {said}", ephemeral=True)

    class Buttons(discord.ui.View):
        @discord.ui.button(label="bad", custom_id="bad")
        async def bad(
            self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]
        ) -> None:
            await interaction.response.send_modal(Why())

    sent = await bot.get_partial_messageable(int(general)).send("answer", view=Buttons())
    press = people.press(ada, general, str(sent.id), "bad")
    changes = people.subscribe(ada)
    while people.interaction(press)["modal"] is None:
        await anext(changes)
    with pytest.raises(Problem, match="50035"):
        people.submit(ada, press, {"words": "x" * 11})
    with pytest.raises(Problem, match="10062"):
        people.submit(people.find("ben"), press, {"words": "x"})
    submitted = people.submit(ada, press, {"words": "too long"})
    while people.interaction(submitted)["state"] != "answered":
        await anext(changes)
    changes.close()
    assert people.interaction(submitted)["message"]["content"] == "noted: too long"
    form = served.standin.world.interactions[press].modal
    assert form is not None
    assert all(one["id"] for one in form["components"])
