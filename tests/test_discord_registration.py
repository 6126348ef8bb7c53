"""Commands are registered with Discord when their table changed, and only then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.discord.registration import MEMO, digest, payload_of
from bot.commands.table import ROWS
from bot.ports import Command, Option, OptionKind
from tests.discord_desk import TABLE, Desk, desk
from tests.virtual import until

__all__ = ["desk"]

GLOBAL = "PUT /applications/{application_id}/commands"
MENU = "Edit image"
IN_SERVER = "PUT /applications/{application_id}/guilds/{guild_id}/commands"


def registered(desk: Desk, server: str | None = None) -> list[str]:
    return [one.body["name"] for one in desk.standin.world.commands.values() if one.guild == server]


async def started(desk: Desk, **options: object) -> None:
    """Start, wait, and stop an adapter."""
    platform = await desk.start(**options)
    await desk.clock.sleep(30)
    await desk.stop(platform)


@pytest.mark.virtual
async def test_commands_are_registered_once_for_all_servers(desk: Desk) -> None:
    await started(desk)
    assert registered(desk) == ["ask", "settings"]
    await started(desk)
    assert len(desk.bodies(GLOBAL)) == 1
    (payload,) = desk.bodies(GLOBAL)
    ask, settings = payload
    assert ask["contexts"] == [0, 1]
    assert ask["integration_types"] == [0]
    assert ask["default_member_permissions"] is None
    prompt, model, effort, most, file = ask["options"]
    assert prompt == {
        "type": 3,
        "name": "prompt",
        "description": "What to ask",
        "required": True,
        "min_length": 1,
        "max_length": 6000,
    }
    assert model["autocomplete"] is True
    assert effort["choices"] == [{"name": "low", "value": "low"}]
    assert (most["type"], most["min_value"], most["max_value"]) == (4, 16, 4096)
    assert file["type"] == 11
    assert settings["options"][0]["type"] == 5


@pytest.mark.virtual
async def test_a_changed_table_is_registered_again(desk: Desk) -> None:
    await started(desk)
    desk.clerk.table = [replace(TABLE[0], description="Ask something"), *TABLE[1:]]
    await started(desk)
    assert len(desk.bodies(GLOBAL)) == 2


@pytest.mark.virtual
async def test_in_development_commands_are_those_of_one_server(desk: Desk) -> None:
    await started(desk, dev_server=desk.guild)
    assert registered(desk, desk.guild) == ["ask", "settings"]
    assert registered(desk) == []
    (payload,) = desk.bodies(IN_SERVER)
    assert "contexts" not in payload[0], "Discord knows those of global commands only"
    await started(desk)
    assert registered(desk) == ["ask", "settings"]
    assert registered(desk, desk.guild) == [], "they would show twice"


@pytest.mark.virtual
async def test_registration_waits_for_discord_and_the_store(desk: Desk) -> None:
    desk.fault(GLOBAL, "refuse", status=503, times=3)
    platform = await desk.start()
    await until(lambda: registered(desk), within=600, every=1)
    await desk.stop(platform)
    desk.clerk.table = TABLE[:1]
    desk.marks.refuse = True
    await desk.start()
    await desk.clock.sleep(60)
    assert registered(desk) == ["ask", "settings"]
    desk.marks.refuse = False
    await until(lambda: registered(desk) == ["ask"], within=600, every=1)


@pytest.mark.virtual
async def test_a_table_that_discord_refuses_does_not_stop_the_bot(desk: Desk) -> None:
    fault = desk.fault(GLOBAL, "refuse", status=400, body={"code": 50035, "message": "x"}, times=99)
    platform = await desk.start()
    await desk.clock.sleep(600)
    assert fault.hits == 1
    assert platform.ready
    assert MEMO not in desk.marks.memos


def test_the_digest_changes_with_everything_it_is_of() -> None:
    payload = payload_of(TABLE, everywhere=True, menu=MENU)
    digests = {
        digest(payload, 1, "global"),
        digest(payload, 2, "global"),
        digest(payload, 1, "7"),
        digest(payload_of(TABLE[:1], everywhere=True, menu=MENU), 1, "global"),
    }
    assert len(digests) == 4


def test_required_options_come_first() -> None:
    options = (
        Option("a", OptionKind.TEXT, "x"),
        Option("b", OptionKind.INTEGER, "x", required=True, choices=(("one", "1"),)),
    )
    (command,) = payload_of([Command("c", "x", options)], everywhere=False, menu=MENU)
    assert [one["name"] for one in command["options"]] == ["b", "a"]
    assert command["options"][0]["choices"] == [{"name": "one", "value": 1}]


def test_a_command_that_opens_a_form_stands_in_the_menu_of_messages_too() -> None:
    opening = Command("edit", "x", opens=True)
    edit, menu = payload_of([opening], everywhere=True, menu=MENU)
    assert edit["type"] == 1
    assert menu == {
        "type": 3,
        "name": MENU,
        "default_member_permissions": None,
        "contexts": [0, 1],
        "integration_types": [0],
    }
    assert "contexts" not in payload_of([opening], everywhere=False, menu=MENU)[1]
    assert digest([edit, menu], 1, "global") != digest([edit], 1, "global")


@pytest.mark.virtual
async def test_the_real_table_is_one_that_discord_takes(desk: Desk) -> None:
    desk.clerk.table = [row.command for row in ROWS]
    await started(desk)
    names = dict.fromkeys(row.command.group or row.command.name for row in ROWS)
    assert registered(desk) == [*names, MENU]
