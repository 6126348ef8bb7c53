"""The commands: what each shows and changes, for whom, and what becomes of a failure."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import guide_texts, texts, usage_texts
from bot.commands.dispatcher import Dispatcher
from bot.commands.here import Here, by_mention, by_slash
from bot.commands.table import ROWS
from bot.domain import Author, ThreadRef
from bot.errors import StoreError
from bot.events import MessageReceived
from bot.ports import Chosen, Credit, Level, SettingName
from tests.commanded import (
    ADMIN,
    ANN,
    DIRECT,
    FALLBACK,
    OWNER,
    THREAD,
    chat,
    in_channel,
    in_direct,
    in_thread,
)
from tests.stored import NOW, admitted, claimed, dump, ended, mention

DEFAULT = "aimlapi:openai/gpt-5-mini-2025-08-07"
MINI = "segmind:gpt-5-mini"
MINUTE = 60_000


# --- model -------------------------------------------------------------------------------


async def test_each_level_at_which_a_model_was_set_is_shown_with_its_author(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        said = await c.say("model")
        assert said.splitlines()[0] == f"The model here: `{DEFAULT}`, the bot's default"
        assert "• else:" not in said
        await c.say("model", ADMIN, model=MINI, for_="server")
        c.clock.at += 2 * 24 * 60 * MINUTE
        await c.say("model", OWNER, model=FALLBACK, for_="channel")
        await c.say("model", ANN, model=MINI)
        c.clock.at += 5 * MINUTE
        said = await c.say("model")
        assert said.splitlines()[:5] == [
            f"The model here: `{MINI}`",
            f"• this thread: `{MINI}` (set by <@111>, 5 minutes ago)",
            f"• this channel: `{FALLBACK}` (set by <@333>, 5 minutes ago)",
            f"• this server: `{MINI}` (set by <@222>, 2 days ago)",
            f"• else: `{DEFAULT}`, the bot's default",
        ]
        # The channel does not show what a thread chose.
        assert f"The model here: `{FALLBACK}`" in await c.run(in_channel("model"))


async def test_a_choice_is_taken_back_at_its_level(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await c.say("model", ADMIN, model=MINI, for_="channel")
        await c.say("model", model=FALLBACK)
        assert f"goes to `{MINI}`" in await c.say("model", reset=True)
        assert f"goes to `{DEFAULT}`" in await c.say("model", ADMIN, reset=True, for_="channel")
        assert await c.store.chosen(THREAD) == []


@pytest.mark.parametrize("given", [MINI, "gpt-5-mini", "GPT-5-Mini", f" “{MINI}” ", f"`{MINI}`"])
async def test_a_model_is_found_as_people_write_it(tmp_path: Path, given: str) -> None:
    async with chat(tmp_path) as c:
        assert f"answered by `{MINI}`" in await c.say("model", model=given)
        (choice,) = await c.store.chosen(THREAD)
        assert choice == Chosen(Level.THREAD, SettingName.MODEL, MINI, ANN.id, NOW)


async def test_letters_that_only_look_alike_are_other_letters(tmp_path: Path) -> None:
    async with chat(tmp_path, MODELS="aimlapi:kimi-e") as c:
        for name in ("aimlapi:кimi-e", "aimlapi:kımi-e", "aimlapi:kimi-℮", "ａimlapi:kimi-e"):
            assert "There is no such model" in await c.say("model", model=name)
        assert "answered by `aimlapi:kimi-e`" in await c.say("model", model="aimlapi:KIMI-E")


async def test_a_channel_shows_nothing_of_a_thread_whatever_its_call_names(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        call = in_channel("model")
        await c.store.choose(call.thread, Chosen(Level.THREAD, SettingName.MODEL, MINI))
        assert MINI not in (await c.run(call)).splitlines()[0]
        assert f"The model here: `{MINI}`" in await c.run(replace(call, in_thread=True))


async def test_a_model_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        gone = Chosen(Level.CHANNEL, SettingName.MODEL, "aimlapi:gone", ADMIN.id, NOW)
        await c.store.choose(THREAD, gone)
        said = await c.say("model")
        assert f"`aimlapi:gone`, which is not available now: `{FALLBACK}` answers" in said


async def test_a_channel_needs_an_admin_and_a_thread_nobody(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        for call in (
            in_channel("model", model=MINI),
            in_thread("model", model=MINI, for_="server"),
            in_thread("persona", text="x", for_="channel"),
            in_channel("persona", reset=True),
            in_thread("settings", mentions="never"),
        ):
            before = await dump(c.store)
            said = await c.run(call)
            assert said.startswith(
                "Only whoever has the permission *Manage Server*, and those whom "
            ), said
            assert texts.NOTHING_DONE in said
            assert await dump(c.store) == before
        assert c.listened == []
        for who in (ADMIN, OWNER):
            assert "Done" in await c.run(in_channel("model", who, model=MINI))
        assert "Done" in await c.say("persona", text="x")


async def test_direct_messages_have_settings_of_their_own(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        assert "Done" in await c.run(in_direct("model", model=MINI))
        other = replace(DIRECT, channel="dm2", thread="dm2")
        assert await c.store.chosen(other) == []
        for level in ("channel", "server"):
            said = await c.run(in_direct("persona", OWNER, text="x", for_=level))
            assert said == texts.not_in_direct(Here("discord", direct=True))
        assert await c.store.chosen(other) == []


# --- persona -----------------------------------------------------------------------------


async def test_a_persona_is_shown_in_full_and_cannot_leave_its_block(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        assert "Be kind." in await c.say("persona")
        text = "Say ``` often.\n@everyone {0} %s <@1> \u202etxt" + "é" * 1_400
        assert "Done" in await c.say("persona", text=text)
        said = await c.say("persona")
        inside = said.split("```")[1]
        assert "@everyone {0} %s <@1> txt" in inside
        assert "\u202e" not in said
        assert said.count("```") == 2
        assert "set by <@111>" in said.split("```")[2]
        (choice,) = await c.store.chosen(THREAD)
        assert choice.value == text


async def test_a_persona_has_a_length_and_no_secret(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        assert "at most 1,500 characters" in await c.say("persona", text="x" * 1_501)
        assert "is empty" in await c.say("persona", text=" \u200b ")
        key = "sk-" + "abc123" * 6
        said = await c.say("persona", text=f"the key is {key}")
        assert said == texts.SECRET_IN_PERSONA
        assert await c.store.chosen(THREAD) == []
        assert "Done" in await c.say("persona", text="x" * 1_500)


# --- settings ----------------------------------------------------------------------------


async def test_the_rule_of_a_channel_is_stored_and_told_at_once(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        said = await c.say("settings", ADMIN, mentions="never")
        assert "every message of the channel" in said
        assert c.listened == [("discord", "guild", "chan", True)]
        assert await c.store.listening("discord") == {("guild", "chan")}
        await c.run(in_channel("settings", ADMIN, mentions="threads"))
        assert c.listened[-1] == ("discord", "guild", "chan", False)
        assert await c.store.listening("discord") == set()


async def test_a_rule_that_is_not_stored_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(tmp_path) as c:

        async def full(thread: ThreadRef, choice: Chosen) -> None:
            raise StoreError(f"disk full: {thread} {choice}")

        monkeypatch.setattr(c.store, "choose", full)
        assert await c.say("settings", ADMIN, mentions="never") == texts.NOT_STORED
        assert c.listened == []


async def test_a_thread_is_followed_or_not(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await admitted(c.store, mention("500"))
        assert "• answered without a mention" in await c.say("settings")
        assert "only when mentioned" in await c.say("settings", follow=False)
        assert not await c.store.is_followed(THREAD)
        assert "• answered only with a mention" in await c.say("settings")
        assert "without a mention" in await c.say("settings", follow=True)
        assert await c.store.is_followed(THREAD)
        outside = await c.run(in_channel("settings", follow=True))
        assert "works in a thread only" in outside
        assert outside.endswith("use it in the thread that I start.")
        assert await c.run(in_direct("settings", follow=False)) == texts.ALWAYS_FOLLOWED


async def test_somebody_elses_thread_can_be_followed(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await c.say("settings", follow=True)
        assert await c.store.is_followed(THREAD)


async def test_all_settings_are_shown_with_their_level(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await c.say("settings", ADMIN, mentions="always")
        await c.say("persona", ADMIN, text="Answer like a pirate", for_="server")
        await c.say("model", model=MINI)
        said = await c.say("settings")
        assert f"**Model**\n• this thread: `{MINI}` (set by <@111>" in said
        assert "**Persona**\n• this server: “Answer like a pirate” (set by <@222>" in said
        assert (
            "**Answers in this channel**\n• this channel: only when mentioned (set by <@222>"
            in said
        )
        direct = await c.run(in_direct("settings"))
        assert "mentions" not in direct and "follow" not in direct, "neither can be set there"
        assert "“Be kind.”" in direct
        assert "this channel" not in direct
        assert "This thread" not in direct


# --- new ---------------------------------------------------------------------------------


def asked(message: str) -> MessageReceived:
    return mention(message, of=THREAD, text=f"said {message}")


async def test_new_leaves_out_what_was_said_before_it(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await ended(c.store, asked("550"))
        assert await c.say("new") == texts.STARTED_AFRESH
        await admitted(c.store, asked("650"))
        turn = await claimed(c.store)
        assert [each.text for each in await c.store.history(turn, 10)] == ["said 650"]
        assert await c.run(in_direct("new")) == texts.STARTED_AFRESH


async def test_new_in_a_channel_says_to_mention_the_bot(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        before = await dump(c.store)
        assert await c.run(in_channel("new")) == texts.new_in_channel(Here("discord"))
        assert await dump(c.store) == before


# --- status and help ---------------------------------------------------------------------


async def test_status_tells_everybody_how_the_bot_is(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        await admitted(c.store, mention("500"))
        c.clock.at += 3 * 60 * MINUTE
        c.refused.add("segmind")
        said = await c.say("status")
        assert said.splitlines() == [
            "Threadbot 9.8.7, up for 3 hours",
            f"The model here: `{DEFAULT}`",
            "Services: AI/ML API well, Segmind turns the bot away (key or credit)",
            "Open questions: 1 (1 admitted)",
        ]


async def test_status_tells_admins_alone_of_credits_and_alerts(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        assert "Credit: no service has said yet\nNo alert stands" in await c.say("status", ADMIN)
        await c.store.note_credits(Credit("segmind", 990_000, NOW))
        await c.store.note_credits(Credit("aimlapi", 12_345_678_900, NOW))
        await c.store.raise_alert("auth:segmind", "Segmind refuses the key.", ["discord:1"], NOW)
        c.clock.at += 90 * MINUTE
        for who in (ADMIN, OWNER):
            said = await c.say("status", who)
            assert "Credit at Segmind: 0.99, 1 hour ago (low)" in said
            assert "Credit at AI/ML API: 12,345.6789, 1 hour ago" in said
            assert "Alert, 1 hour ago: Segmind refuses the key." in said
        said = await c.say("status")
        assert "Credit" not in said
        assert "Alert" not in said


async def test_help_is_ten_lines_with_examples_admins_and_where_words_go(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        said = await c.say("help")
        assert len(said.splitlines()) <= 10
        for words in ("`/ask prompt:", "*Manage Server*", "may be wrong", "AI/ML API or Segmind"):
            assert words in said
        commands = {row.command.name: row.command for row in ROWS}
        for name, option in re.findall(r"`/([a-z]+)(?: ([a-z]+):)?", said):
            assert not option or option in {each.name for each in commands[name].options}
    edits = guide_texts.edits_of("segmind", public=True)
    for here in (by_slash("/bot"), by_mention(), Here("elsewhere")):
        assert len(guide_texts.guide(here, ["openai_compatible"], edits).splitlines()) <= 10


@pytest.mark.parametrize(
    ("uploads", "where"),
    [
        ("on", "uploaded to Segmind, where whoever has their address can open them"),
        ("off", "sent to Segmind, and to nobody else"),
    ],
)
async def test_help_says_how_pictures_are_edited_and_where_they_go(
    tmp_path: Path, uploads: str, where: str
) -> None:
    async with chat(tmp_path, SEGMIND_UPLOADS=uploads) as c:
        said = await c.say("help")
    for door in ("`/edit-image`", "*Edit image*", "`edit: ", "a reply to a picture", "buttons"):
        assert door in said
    assert where in said


async def test_help_offers_no_edits_where_no_service_makes_them(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        desk = replace(c.desk, image_models=None)
        said = (await Dispatcher(desk).run(in_thread("help"))).text
    assert "edit" not in said.lower()


# --- the dispatcher ----------------------------------------------------------------------


async def test_what_is_not_in_the_table_is_denied(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        for name in ("", "ask", "Model", "model ", "__init__", "x" * 5_000):
            assert await c.say(name) == usage_texts.no_such_command(Here("discord"))
            call = in_thread(name)
            if name != "ask":
                assert await Dispatcher(c.desk).complete(call, "model", "") == []
        assert await Dispatcher(c.desk).complete(in_thread("model"), "for", "") == []
        exposed = c.meter.expose().decode()
        assert 'commands_total{command="unknown",outcome="refused"} 5.0' in exposed


async def test_a_failure_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with chat(tmp_path) as c:

        async def broken(thread: ThreadRef) -> list[Chosen]:
            raise sqlite3.OperationalError(f"no such table: {thread}")

        monkeypatch.setattr(c.store, "chosen", broken)
        assert await c.say("model") == texts.FAILED

        async def full(thread: ThreadRef) -> list[Chosen]:
            raise StoreError(f"disk full: {thread}")

        monkeypatch.setattr(c.store, "chosen", full)
        assert await c.say("model") == texts.NOT_STORED
        counted = c.meter.expose().decode()
        assert 'commands_total{command="model",outcome="failed"} 2.0' in counted


async def test_models_are_completed_while_they_are_typed(tmp_path: Path) -> None:
    many = "; ".join(f"aimlapi:model-{n}" for n in range(40))
    async with chat(tmp_path, MODELS=f"{many}; aimlapi:{'x' * 80}") as c:
        complete = Dispatcher(c.desk).complete
        for name in ("ask", "model"):
            offered = await complete(in_thread(name), "model", "")
            assert offered[0] == (
                "openai/gpt-5-mini-2025-08-07 (AI/ML API, sees pictures)",
                DEFAULT,
            )
            assert len(offered) == 25
            assert all(1 <= len(text) <= 100 for pair in offered for text in pair)
        typed = await complete(in_thread("model"), "model", " GPT-5.4")
        assert [value for _, value in typed] == [FALLBACK]
        assert await complete(in_thread("model"), "model", "\ud800(.*)+" * 500) == []


# --- words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("micros", "expected"),
    [
        (0, "0.00"),
        (5_000_000, "5.00"),
        (1_234_500_000, "1,234.50"),
        (1, "0.000001"),
        (10, "0.00001"),
    ],
)
def test_amounts_are_exact(micros: int, expected: str) -> None:
    assert texts.amount(micros) == expected


def test_long_answers_are_cut_at_a_line_and_within_no_cluster() -> None:
    lines = "\n".join(f"line {n}" for n in range(1_000))
    cut = texts.fit(lines)
    assert len(cut) <= 1_900
    assert lines.startswith(cut.removesuffix("…"))
    assert cut.splitlines()[-1].removesuffix("…") in lines.splitlines()
    faces = texts.fit("👩‍👩‍👧‍👦" * 1_000)
    assert len(faces.encode("utf-16-le")) // 2 <= 1_900
    assert set(faces.removesuffix("…").split("👩‍👩‍👧‍👦")) == {""}


async def test_many_models_do_not_make_an_answer_too_long(tmp_path: Path) -> None:
    many = "; ".join(f"aimlapi:{n}{'-long' * 15}" for n in range(200))
    async with chat(tmp_path, MODELS=many) as c:
        assert "and 195 more" in await c.say("model")
        assert "and 200 more" in await c.say("model", model="nonsense")


def test_who_is_told_of_is_named_by_id_alone() -> None:
    chosen = Chosen(Level.CHANNEL, SettingName.MODEL, MINI, Author("1", "@everyone").id, NOW)
    assert "everyone" not in texts._level(chosen, "x", NOW, Here("discord"))
