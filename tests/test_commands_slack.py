"""Commands on Slack: written as they are typed there, and with the levels that are there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import texts, usage_texts
from bot.commands.dispatcher import Dispatcher
from bot.commands.table import ROWS
from bot.domain import Author, ThreadRef
from bot.ports import Chosen, CommandCall, Level, SettingName, Spoken
from tests.commanded import Chat, chat
from tests.stored import NOW, dump

ANN = Author("T1/U1", "Ann")
BEN = Author("T1/U2", "Ben")
ADMIN = Author("T1/U3", "Ada", moderator=True, admin=True)
THREAD = ThreadRef("slack", "T1", "T1/C1", "T1/C1/1700000000.000100")
DIRECT = ThreadRef("slack", "T1", "T1/D1", "T1/D1/1700000000.000200")
MINI = "segmind:gpt-5-mini"
DEFAULT = "aimlapi:openai/gpt-5-mini-2025-08-07"
# Everything that is shown as code.
CODE = re.compile(r"`([^`\n]+)`")


def typed(c: Chat, words: str, who: Author = ANN, *, direct: bool = False) -> CommandCall:
    """Return the call of a slash command in a channel, or in the direct messages."""
    found = Dispatcher(c.desk).parse(words)
    assert isinstance(found, Spoken), found
    thread = replace(DIRECT if direct else THREAD, thread="T1/C1/trigger")
    if direct:
        thread = replace(thread, thread="T1/D1/trigger")
    name, arguments = found.command.name, found.arguments
    return CommandCall(name, arguments, thread, who, NOW * 1000, in_thread=False, direct=direct)


def said(c: Chat, words: str, who: Author = ANN, *, direct: bool = False) -> CommandCall:
    """Return the call of words in a thread, after a mention where one is needed."""
    found = Dispatcher(c.desk).recognise(words)
    assert isinstance(found, Spoken), found
    thread = DIRECT if direct else THREAD
    name, arguments = found.command.name, found.arguments
    return CommandCall(name, arguments, thread, who, NOW * 1000, in_thread=True, direct=direct)


async def test_every_command_that_is_shown_is_one_that_can_be_typed_there(tmp_path: Path) -> None:
    async with chat(tmp_path, SLACK_COMMAND="/helper") as c:
        commands = Dispatcher(c.desk)
        names = [row.command.name for row in ROWS]
        for words in ("help", "model", "persona", "settings"):
            shown = CODE.findall(await c.run(typed(c, words)))
            slashed = [code for code in shown if code.startswith("/")]
            assert slashed, words
            for code in slashed:
                command, _, rest = code.replace("…", "never").partition(" ")
                assert command in ("/helper", "/ask", "/edit-image"), code
                rest = rest if command == "/helper" else f"{command} {rest}"
                assert isinstance(commands.parse(rest), Spoken), code
        for words in ("help", "model", "persona", "settings", "settings follow:true"):
            shown = CODE.findall(await c.run(said(c, words)))
            spoken = [code for code in shown if code.split()[0] in names]
            assert spoken, words
            for code in spoken:
                if not code.endswith("…"):
                    assert isinstance(commands.recognise(code), Spoken), code


async def test_help_is_short_and_says_who_is_admin(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        for call in (typed(c, "help"), said(c, "help"), said(c, "help", direct=True)):
            lines = (await c.run(call)).splitlines()
            assert len(lines) <= 10
            assert "Admins: the admins and owners of this workspace, and those whom" in lines[-2]
            assert "may be wrong" in lines[-1]
            assert "sent to AI/ML API or Segmind" in lines[-1]
        assert "server" not in await c.run(typed(c, "help"))


async def test_levels_are_called_as_on_slack(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        whole = await c.run(typed(c, f"model {MINI} for:workspace", ADMIN))
        assert whole.startswith(f"Done: this workspace is answered by `{MINI}`")
        assert "this channel" in await c.run(typed(c, f"model {MINI}", ADMIN))
        assert "this thread" in await c.run(said(c, f"model {MINI}"))
        c.clock.at += 5 * 60_000
        lines = (await c.run(said(c, "model"))).splitlines()
        assert lines[1:5] == [
            f"• this thread: `{MINI}` (set by you, 5 minutes ago)",
            f"• this channel: `{MINI}` (set, 5 minutes ago)",
            f"• this workspace: `{MINI}` (set, 5 minutes ago)",
            f"• else: `{DEFAULT}`, the bot's default",
        ]
        assert "<@" not in "".join(lines)
        assert lines[-1] == (f"Change it: `model {MINI.replace('5', '5.4')}`; `model reset:true`")


async def test_a_channel_and_the_workspace_need_an_admin(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        before = await dump(c.store)
        for call in (
            typed(c, f"model {MINI}"),
            said(c, f"model {MINI} for:workspace"),
            typed(c, "settings mentions:never"),
            typed(c, "persona Be kind for:workspace", direct=True),
        ):
            refused = await c.run(call)
            assert refused.startswith("Only the admins and owners of this workspace, and those "), (
                refused
            )
        assert await dump(c.store) == before
        assert "Done" in await c.run(typed(c, "persona Be kind for:workspace", ADMIN, direct=True))


async def test_direct_messages_are_set_by_whoever_they_are_with(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        done = await c.run(typed(c, f"model {MINI}", direct=True))
        assert done.startswith(f"Done: our direct chat is answered by `{MINI}`")
        done = await c.run(said(c, "persona text:Be kind", direct=True))
        assert done.startswith("Done: in this conversation the model")
        chosen = {(each.level, each.name) for each in await c.store.chosen(DIRECT)}
        assert chosen == {(Level.CHANNEL, SettingName.MODEL), (Level.THREAD, SettingName.PERSONA)}
        other = replace(DIRECT, channel="T1/D2", thread="T1/D2/1700000000.000300")
        assert await c.store.chosen(other) == []
        for words in ("settings mentions:never", "settings follow:false"):
            assert await c.run(said(c, words, ADMIN, direct=True)) == texts.ALWAYS_FOLLOWED
        assert c.listened == []
        shown = await c.run(said(c, "settings", direct=True))
        assert "this thread" not in shown.lower() and "this channel" not in shown


async def test_new_outside_of_a_thread_says_what_begins_one(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        assert "mention me with your question. `new` after a mention" in await c.run(
            typed(c, "new")
        )
        assert "just write your question" in await c.run(typed(c, "new", direct=True))
        for direct in (False, True):
            assert await c.run(said(c, "new", direct=direct)) == texts.STARTED_AFRESH


async def test_what_is_for_a_thread_says_how_it_is_written_in_one(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        for words in ("settings follow:yes", f"model {MINI} for:thread"):
            told = await c.run(typed(c, words))
            # No slash command is to be had in a thread of Slack.
            assert told.endswith("write it after a mention, without the slash."), told
            told = await c.run(typed(c, words, direct=True))
            assert "mention" not in told.lower() and told.endswith("without the slash."), told
            assert "Done" in await c.run(said(c, words))


async def test_values_are_listed_as_people_call_them_there(tmp_path: Path) -> None:
    """Whichever way they are given, and understood by both names."""
    async with chat(tmp_path) as c:
        call = typed(c, "quota set 50 requests per day", ADMIN)
        assert "`member`, `workspace` or" in await c.run(call)
        call = replace(call, name="model", arguments={"for": "galaxy"})
        assert "`thread`, `channel`, `workspace`." in await c.run(call)
        there = replace(call, thread=ThreadRef("discord", "1", "2", "3"))
        assert "`thread`, `channel`, `server`." in await c.run(there)
        for word in ("server", "workspace"):
            spoken = typed(c, f"model for:{word}", ADMIN)
            assert spoken.arguments == {"for": Level.SERVER}


async def test_words_that_are_no_command_are_counted(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        commands = Dispatcher(c.desk)
        assert isinstance(commands.parse("modle"), str)
        assert isinstance(commands.recognise("model for:galaxy"), str)
        assert commands.recognise("model airplanes are cool") is None
        exposed = c.meter.expose().decode()
        assert 'commands_total{command="words",outcome="unusable"} 2.0' in exposed


@pytest.mark.parametrize(
    ("word", "is_command"),
    [
        (MINI, True),
        ("gpt-5-mini", True),
        ("GPT-5.4-Mini", True),
        ("gpt-5-mni", True),
        ("airplanes", False),
        ("gpt", False),
        ("x" * 40_000, False),
    ],
)
async def test_a_model_is_recognised_by_its_name_or_nearly(
    tmp_path: Path, word: str, is_command: bool
) -> None:
    async with chat(tmp_path) as c:
        found = Dispatcher(c.desk).recognise(f"model {word}")
        assert isinstance(found, Spoken) == is_command
        assert found is None or is_command


# --- home ----------------------------------------------------------------------------------


async def test_the_home_says_what_it_is_what_may_be_used_and_what_holds(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await c.run(typed(c, f"model {MINI}", direct=True))
        await c.run(typed(c, "persona Be a pirate for:workspace", ADMIN))
        home = await Dispatcher(c.desk).home(typed(c, "help", direct=True))
        assert len(home) == 4
        what, pictures, uses, holds = home
        assert "`edit: make the sky pink` after a mention" in pictures
        assert "whoever has their address can open them" in pictures
        assert "I am an AI and may be wrong" in what
        assert "sent to AI/ML API or Segmind" in what
        for row in ROWS:
            if row.command.admin:
                assert row.command.group not in uses
                continue
            alone = row.command.asks or row.command.opens
            prefix = "/" if alone else "/bot " if row.command.name != "new" else ""
            assert f"`{prefix}{row.command.name}`" in uses
        assert "set by admins: the admins and owners of this workspace" in uses
        assert f"• our direct chat: `{MINI}` (set by you" in holds
        assert "• this workspace: “Be a pirate” (set" in holds
        as_admin = await Dispatcher(c.desk).home(typed(c, "help", ADMIN, direct=True))
        assert "You are an admin here" in as_admin[2]
        assert "• `/bot quota` show, set, unset, grant, reset, block, unblock," in as_admin[2]
        assert "You are an admin" not in uses


async def test_a_home_is_within_what_a_section_holds(tmp_path: Path) -> None:
    many = "; ".join(f"aimlapi:{n}{'-long' * 15}" for n in range(200))
    async with chat(tmp_path, MODELS=many) as c:
        call = typed(c, "help", direct=True)
        for level in (Level.CHANNEL, Level.SERVER):
            for name in SettingName:
                choice = Chosen(level, name, "🏴‍☠️ " * 400, ANN.id, NOW)
                await c.store.choose(call.thread, choice)
        for section in await Dispatcher(c.desk).home(call):
            assert 0 < len(section) <= 2_900


async def test_a_home_that_cannot_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path) as c:

        async def broken(thread: ThreadRef) -> list[Chosen]:
            raise OSError(f"no disk: {thread}")

        monkeypatch.setattr(c.store, "chosen", broken)
        home = await Dispatcher(c.desk).home(typed(c, "help", direct=True))
        assert "may be wrong" in home[0]
        assert home[1:] == [texts.FAILED]


async def test_a_question_for_a_model_that_is_not_there_is_told_so_at_once(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        commands = Dispatcher(c.desk)
        for found in (commands.parse("ask model:nosuch hi"), commands.recognise("/ask model:x hi")):
            assert isinstance(found, str)
            assert "`model` must be a model that is to be had here, such as `" in found
            assert texts.NOTHING_DONE in found
            assert "[model:…] [effort:…] [max_tokens:…] prompt…`." in found
        near = commands.parse("ask model:gpt-5-mino hi")
        assert isinstance(near, str) and f"`{MINI}`" in near
        for words in (f"ask model:{MINI.upper()} hi", f"ask hi model:{MINI.upper()}"):
            spoken = commands.parse(words)
            assert isinstance(spoken, Spoken)
            assert spoken.arguments == {"prompt": "hi", "model": MINI}
        unplaced = commands.parse("ask hi model:nosuch")
        assert isinstance(unplaced, Spoken)
        assert unplaced.arguments == {"prompt": "hi model:nosuch"}


async def test_everything_that_was_set_is_taken_back_by_the_same_word(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await c.run(typed(c, "settings mentions:never", ADMIN))
        await c.run(typed(c, f"model {MINI}", ADMIN))
        await c.run(typed(c, "persona You are a pirate", ADMIN))
        shown = await c.run(typed(c, "settings"))
        assert "• this channel: to every message of the channel (set" in shown
        back = shown.splitlines()[-1]
        for command in ("model", "persona", "settings"):
            assert f"`/bot {command} reset:true`" in back
            assert "Done" in await c.run(typed(c, f"{command} reset", ADMIN))
        assert await c.store.chosen(THREAD) == []
        assert "Take back" not in await c.run(typed(c, "settings"))
        both = await c.run(typed(c, "settings reset mentions:never", ADMIN))
        assert usage_texts.EITHER in both


async def test_nothing_is_suggested_that_holds_already(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        last = c.desk.models.known()[-1].id
        shown = await c.run(typed(c, "model"))
        assert f"Change it: `/bot model {last}`" in shown and "reset" not in shown
        await c.run(typed(c, f"model {last}", ADMIN))
        change = (await c.run(typed(c, "model"))).splitlines()[-1]
        assert last not in change and "`/bot model reset:true`" in change
        assert "reset" not in await c.run(typed(c, "persona"))
