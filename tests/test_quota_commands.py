"""Commands about limits: who may, what is shown, what is asked first, what is written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import quota_change_texts, quota_report_texts, quota_texts
from bot.commands.here import by_mention, by_slash
from bot.commands.table import ROWS
from bot.commands.words import parse, recognise
from bot.domain import ThreadRef
from bot.ports import (
    CONFIRM,
    CONFIRMED,
    CommandCall,
    CommandReply,
    Metric,
    Scope,
    ScopeKind,
    Spoken,
    Window,
)
from bot.text import show_moments
from tests.commanded import ADMIN, ANN, DIRECT, OWNER, THREAD, Chat, chat, in_direct, in_thread
from tests.stored import dump

BEN, STAFF, ROOM = "777", "888", "999"
DAY_MS = 24 * 3_600_000
TABLE = [row.command for row in ROWS]
COMMANDS = [row.command for row in ROWS if row.command.admin]


@pytest.fixture
async def c(tmp_path: Path) -> AsyncIterator[Chat]:
    async with chat(tmp_path) as opened:
        opened.known = {
            ("guild", BEN): "Ben",
            ("guild", STAFF): "Staff",
            ("guild", ROOM): "room",
            ("guild", "chan"): "general",
            ("", BEN): "Ben",
        }
        yield opened


async def confirm(c: Chat, reply: CommandReply, who: object = ADMIN) -> str:
    """Press the button of a reply."""
    assert reply.confirm, reply.text
    call = in_thread(CONFIRM)
    assert isinstance(who, type(ADMIN))
    return await c.run(replace(call, author=who, arguments={CONFIRMED: reply.confirm}))


async def limits(c: Chat) -> list[tuple[str, str, str, str, int]]:
    found = await c.store.limits("discord", "guild")
    return [
        (each.scope.kind.value, each.scope.id, each.metric.value, each.window.value, each.amount)
        for each in found
    ]


# --- who may -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [each.name for each in COMMANDS])
async def test_a_member_may_not_and_learns_nothing(name: str, c: Chat) -> None:
    before = await dump(c.store)
    for call in (in_thread(name), in_thread(name, user="1"), in_thread(name, spare="x")):
        said = await c.run(call)
        assert "Only whoever has the permission *Manage Server*" in said
        assert "`/usage`" in said
    assert await dump(c.store) == before


async def test_what_holds_beyond_a_server_is_the_owners(c: Chat) -> None:
    def calls(who: object) -> list[CommandCall]:
        words = {"amount": "5", "metric": "images", "per": "day"}
        asked: list[dict[str, str | int | bool]] = [
            {**words, "scope": "everything"},
            {**words, "scope": "member", "everywhere": True},
            {**words, "user": BEN, "everywhere": True},
        ]
        call = in_thread("quota set")
        assert isinstance(who, type(ADMIN))
        return [replace(call, author=who, arguments=each) for each in asked]

    for call in calls(ADMIN):
        assert await c.run(call) == quota_texts.ONLY_OWNERS
    assert await limits(c) == []
    for call in calls(OWNER):
        reply = await c.reply(call)
        assert "Nothing is changed yet" in reply.text
        assert "Done" in await confirm(c, reply, OWNER)
    scopes = [each.scope for each in await c.store.limits("discord", "elsewhere")]
    assert set(scopes) == {
        Scope(ScopeKind.EVERYTHING),
        Scope(ScopeKind.MEMBER),
        Scope(ScopeKind.USER, "discord", "", BEN),
    }
    # An admin of one place sees it and cannot take it back.
    reply = await c.reply(in_thread("quota unset", ADMIN, scope="everything"))
    assert reply.text == quota_texts.ONLY_OWNERS


async def test_direct_messages_belong_to_no_server(c: Chat) -> None:
    for who in (ADMIN, OWNER):
        said = await c.run(in_direct("quota show", who))
        assert "Limits belong to a server" in said
    assert "What you have used" in await c.run(in_direct("usage"))


# --- set and unset -------------------------------------------------------------------------


async def test_a_limit_is_set_and_old_and_new_are_shown(c: Chat) -> None:
    first = await c.say("quota set", ADMIN, user=BEN, amount="50", metric="requests", per="day")
    assert first.startswith(f"Done: <@{BEN}> may use **50 requests per day** (there was none).")
    assert "0 used, **50 left**; starts anew \x02" in first
    again = await c.say("quota set", ADMIN, user=BEN, amount="60", metric="requests", per="day")
    assert "**60 requests per day** (it was 50 requests per day)" in again
    assert await limits(c) == [("user", BEN, "requests", "day", 60)]
    written = await c.store.audit("discord", "guild", 9)
    assert [(each.what, each.before, each.after) for each in written] == [
        ("set", "50 requests per day", "60 requests per day"),
        ("set", "none", "50 requests per day"),
    ]
    assert {(each.actor, each.name) for each in written} == {(ADMIN.id, ADMIN.name)}


@pytest.mark.parametrize(
    ("given", "kind", "id", "said"),
    [
        ({"role": STAFF}, "role", STAFF, f"each person with <@&{STAFF}>"),
        ({"channel": ROOM}, "channel", ROOM, f"<#{ROOM}>"),
        ({"channel": "here"}, "channel", "chan", "<#chan>"),
        ({"scope": "server"}, "workspace", "", "the whole server"),
        ({"scope": "member"}, "member", "", "each member"),
    ],
)
async def test_limits_are_for_people_roles_channels_and_servers(
    given: dict[str, str], kind: str, id: str, said: str, c: Chat
) -> None:
    told = await c.say("quota set", ADMIN, amount="$5", per="month", **given)
    assert told.startswith(f"Done: {said} may use **$5.00 per month**")
    assert await limits(c) == [(kind, id, "money", "month", 5_000_000)]
    reply = await c.reply(in_thread("quota unset", ADMIN, **given))
    assert "**$5.00 per month** → **no such limit**" in reply.text
    assert await confirm(c, reply) == f"Done: {said} is no longer held to $5.00 per month."
    assert await limits(c) == []


async def test_a_setting_shows_as_what_was_there_before(tmp_path: Path) -> None:
    async with chat(tmp_path, LIMITS="member:requests:day=9") as c:
        said = await c.say(
            "quota set", ADMIN, scope="member", amount="4 ", metric="requests", per="day"
        )
        assert "I could not read that" not in said
        assert "(it was 9 requests per day by the setting LIMITS)" in said
        assert "9 requests per day** by the setting LIMITS" in await c.say("quota show", ADMIN)
        gone = await c.say("quota unset", ADMIN, scope="server")
        assert gone == quota_texts.NO_LIMIT


async def test_a_limit_of_money_names_models_without_a_price(tmp_path: Path) -> None:
    async with chat(
        tmp_path,
        OPENAI_COMPATIBLE_BASE_URL="http://127.0.0.1:9/v1",
        OPENAI_COMPATIBLE_MODELS="mine",
    ) as c:
        said = await c.say("quota set", ADMIN, scope="server", amount="5 USD", per="week")
        assert "No price is known of `openai_compatible:mine`" in said


async def test_a_limit_of_one_model_names_it(c: Chat) -> None:
    said = await c.say(
        "quota set",
        ADMIN,
        scope="server",
        amount="5",
        metric="requests",
        per="hour",
        model="gpt-9",
    )
    assert "I could not read that: `model` must be a model" in said
    said = await c.say(
        "quota set",
        ADMIN,
        scope="server",
        amount="5",
        metric="requests",
        per="hour",
        model="segmind:gpt-5-mini",
    )
    assert "**5 requests per hour of `segmind:gpt-5-mini`**" in said
    image = await c.say(
        "quota set",
        ADMIN,
        scope="server",
        amount="5",
        metric="images",
        per="hour",
        model="segmind:gpt-image-1-edit-mini",
    )
    assert "Done" in image


# --- what is asked about first -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "shown"),
    [
        (
            "quota set",
            {"scope": "member", "amount": "0", "metric": "images", "per": "ever"},
            "each member: **no such limit** → **0 images in all**",
        ),
        (
            "quota set",
            {"scope": "server", "amount": "$101", "per": "month"},
            "the whole server: **no such limit** → **$101.00 per month**",
        ),
        (
            "quota grant",
            {"user": BEN, "amount": "$101"},
            f"<@{BEN}>: **no such extra** → **$101.00 more**",
        ),
        ("quota reset", {"user": BEN}, f"What <@{BEN}> has used would count no more"),
        ("quota block", {"user": BEN}, f"<@{BEN}>: **neither blocked nor exempt** → **blocked**"),
        ("quota exempt", {"role": STAFF}, "→ **exempt from limits**"),
    ],
)
async def test_what_is_large_or_shuts_out_is_asked_about_first(
    name: str, given: dict[str, str], shown: str, c: Chat
) -> None:
    reply = await c.reply(in_thread(name, ADMIN, **given))
    assert shown in reply.text
    assert "Nothing is changed yet. Press *Confirm*" in reply.text
    assert await c.store.audit("discord", "guild", 9) == []
    # Nobody confirms for another, and nothing but what was asked last.
    other = replace(ADMIN, id="223")
    assert await confirm(c, reply, other) == quota_change_texts.CONFIRM_LOST
    forged = replace(reply, confirm=f"{reply.confirm}x")
    assert await confirm(c, forged) == quota_change_texts.CONFIRM_LOST
    # Whoever is an admin no more does nothing by a button of then.
    assert "Only whoever has" in await confirm(c, reply, replace(ADMIN, admin=False))
    assert (await confirm(c, reply)).startswith("Done")
    assert len(await c.store.audit("discord", "guild", 9)) == 1
    # Pressed twice it is done once.
    assert await confirm(c, reply) == quota_texts.NO_CHANGE
    assert len(await c.store.audit("discord", "guild", 9)) == 1


async def test_a_button_is_good_for_an_hour_and_after_a_restart(tmp_path: Path) -> None:
    async with chat(tmp_path) as c:
        c.known = {("guild", BEN): "Ben"}
        reply = await c.reply(in_thread("quota block", ADMIN, user=BEN))
    async with chat(tmp_path) as c:
        c.known = {("guild", BEN): "Ben"}
        c.clock.at += 3_600_000 - 1
        assert "Done" in await confirm(c, reply)
        late = await c.reply(in_thread("quota block", ADMIN, user=BEN))
        c.clock.at += 3_600_000
        assert await confirm(c, late) == quota_change_texts.CONFIRM_LOST


# --- the others ----------------------------------------------------------------------------


async def test_an_extra_is_given_with_its_end(c: Chat) -> None:
    said = await c.say("quota grant", ADMIN, user=BEN, amount="5", metric="requests")
    assert f"Done: <@{BEN}> may use 5 requests more (before: no such extra), until" in said
    assert "At present no limit on requests holds there." in said
    assert "Retry" not in said
    (grant,) = await c.store.grants("discord", "guild", c.clock.at)
    assert grant.ends == c.clock.at + 7 * DAY_MS
    await c.say("quota set", ADMIN, user=BEN, amount="1", metric="requests", per="day")
    said = await c.say("quota grant", ADMIN, user=BEN, amount="2", metric="requests", until="never")
    assert "without an end" in said
    assert "At present" not in said
    shown = await c.say("quota show", ADMIN, user=BEN)
    assert "**8 left** (7 extra counted in)" in shown
    assert "2 left of 2 requests extra, without an end" in shown
    third = await c.say("quota grant", ADMIN, user=BEN, amount="3", metric="requests")
    assert "3 requests more (before: 7 requests extra left; now 10), until" in third
    other = await c.say("quota grant", ADMIN, user=BEN, amount="3", metric="images")
    assert "(before: no such extra)" in other
    large = await c.say("quota grant", ADMIN, user=BEN, amount="10001", metric="requests")
    assert f"<@{BEN}>: **10 requests extra left** → **10,001 requests more**" in large
    newest = (await c.store.audit("discord", "guild", 9))[1]
    assert (newest.before, newest.after) == ("7 requests extra left", "3 requests more")
    assert "must be more than 0" in await c.say("quota grant", ADMIN, user=BEN, amount="$0")


@pytest.mark.parametrize("amount", ["$0.013", "0.013 USD", "0.013 dollars", "$1,000"])
async def test_that_cents_are_the_least_is_said(amount: str, c: Chat) -> None:
    """What is meant as money is told how money is written, also without its metric."""
    said = await c.say("quota set", ADMIN, scope="member", amount=amount, per="day")
    assert "`amount` must be dollars in plain digits, at most two of them behind the point" in said
    assert await limits(c) == []


async def test_who_is_blocked_is_told_by_usage_and_unblocked(c: Chat) -> None:
    reply = await c.reply(in_thread("quota block", ADMIN, user=BEN))
    await confirm(c, reply)
    ben = replace(ANN, id=BEN)
    assert "You are blocked here" in await c.run(replace(in_thread("usage"), author=ben))
    shown = await c.say("quota show", ADMIN)
    assert f"<@{BEN}>: **blocked** since" in shown
    # They may have left the server since.
    c.known.clear()
    said = await c.say("quota unblock", ADMIN, user=BEN)
    assert said == f"Done: <@{BEN}> is **neither blocked nor exempt** (before: blocked)."
    assert "blocked" not in await c.run(replace(in_thread("usage"), author=ben))


async def test_who_is_blocked_is_not_sent_to_retry_by_an_extra(c: Chat) -> None:
    await c.say("quota set", ADMIN, user=BEN, amount="9", metric="requests", per="day")
    await confirm(c, await c.reply(in_thread("quota block", ADMIN, user=BEN)))
    said = await c.say("quota grant", ADMIN, user=BEN, amount="5", metric="requests")
    assert "press Retry now" not in said
    assert f"<@{BEN}> is **blocked**, which no extra lifts: `/quota unblock` does." in said


async def test_an_exemption_is_taken_back(c: Chat) -> None:
    await confirm(c, await c.reply(in_thread("quota exempt", ADMIN, role=STAFF)))
    told = await c.say("quota exempt", ADMIN, role=STAFF, reset=True)
    assert "**neither blocked nor exempt** (before: exempt from limits)" in told


@pytest.mark.parametrize(
    ("stands", "back", "said"),
    [
        ("quota exempt", "quota unblock", "not blocked, but exempt from limits"),
        ("quota block", "quota exempt", "not exempt from limits, but blocked"),
        ("", "quota unblock", "not blocked"),
        ("", "quota exempt", "not exempt from limits"),
    ],
)
async def test_nothing_is_taken_back_but_what_was_named(
    stands: str, back: str, said: str, c: Chat
) -> None:
    """Whoever lifts an exemption does not let in who was blocked meanwhile."""
    if stands:
        await confirm(c, await c.reply(in_thread(stands, ADMIN, user=BEN)))
    before = await c.store.standings("discord", "guild")
    more = {"reset": True} if back == "quota exempt" else {}
    told = await c.say(back, ADMIN, user=BEN, **more)
    assert f"<@{BEN}> is {said}. Nothing was changed" in told
    assert await c.store.standings("discord", "guild") == before
    assert len(await c.store.audit("discord", "guild", 9)) == len(before)


async def test_a_place_without_a_limit_of_its_own_is_not_called_unlimited(c: Chat) -> None:
    await c.say("quota set", ADMIN, scope="server", amount="5", metric="images", per="day")
    shown = await c.say("quota show", ADMIN, channel=ROOM)
    assert f"**Limits of** <#{ROOM}>\nNo limit of its own is set there" in shown
    assert "`/quota show`" in shown


async def test_usage_says_what_is_left_until_when_and_who_grants_more(c: Chat) -> None:
    await c.say("quota set", ADMIN, scope="member", amount="50", metric="requests", per="day")
    await c.say("quota set", ADMIN, scope="server", amount="$20", per="month")
    said = await c.say("usage")
    assert "• You: **50 requests per day**: 0 used, **50 left**; starts anew \x02" in said
    assert "• This server: **$20.00 per month**: $0.00 used, **$20.00 left**" in said
    assert "More can be granted by whoever has the permission *Manage Server*" in said
    assert "<t:" in show_moments(said, lambda ms: f"<t:{ms // 1000}:R>")


async def test_usage_in_a_direct_message_sends_for_no_admin(tmp_path: Path) -> None:
    async with chat(tmp_path, LIMITS="member:requests:day=9; server:requests:day=50") as c:
        said = await c.run(in_direct("usage"))
        assert "More can be granted by the person who runs me." in said
        assert "• All direct messages together: **50 requests per day**" in said


async def test_usage_sends_for_no_admin_where_only_the_owner_grants_more(tmp_path: Path) -> None:
    async with chat(tmp_path, LIMITS="everything:requests:day=50") as c:
        assert "More can be granted by the person who runs me." in await c.say("usage")


async def test_audit_says_who_changed_what(c: Chat) -> None:
    assert await c.say("quota audit", ADMIN) == quota_report_texts.NO_CHANGES
    await c.say("quota set", ADMIN, user=BEN, amount="50", metric="requests", per="day")
    said = await c.say("quota audit", ADMIN)
    assert f"<@{ADMIN.id}>: set <@{BEN}>: none → 50 requests per day" in said


async def test_a_command_that_comes_twice_runs_once(c: Chat) -> None:
    """X166: a double click, or a platform that brings it again."""
    call = replace(in_thread("quota grant", ADMIN, user=BEN, amount="$5"), key="1001")
    assert "Done" in await c.run(call)
    assert await c.run(call) == quota_texts.NO_CHANGE
    assert len(await c.store.grants("discord", "guild", c.clock.at)) == 1
    assert "Done" in await c.run(replace(call, key="1002"))


async def test_the_last_of_two_admins_wins_and_both_are_written_down(c: Chat) -> None:
    """X167: each line says what it really changed."""
    other = replace(ADMIN, id="223")
    await asyncio.gather(
        *(
            c.say("quota set", who, user=BEN, amount=amount, metric="requests", per="day")
            for who, amount in ((ADMIN, "50"), (other, "60"))
        )
    )
    assert await limits(c) == [("user", BEN, "requests", "day", 60)]
    written = await c.store.audit("discord", "guild", 9)
    assert sorted((each.actor, each.before, each.after) for each in written) == [
        (ADMIN.id, "none", "50 requests per day"),
        ("223", "50 requests per day", "60 requests per day"),
    ]


async def test_a_platform_that_does_not_answer_changes_nothing(c: Chat) -> None:
    c.unreachable = True
    said = await c.say("quota set", ADMIN, user=BEN, amount="5", metric="images", per="day")
    assert said == quota_texts.NOT_LOOKED_UP
    assert await limits(c) == []


# --- words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name", "given"),
    [
        (
            "quota set <@T1/U2> 50 requests per day",
            "quota set",
            {"user": "T1/U2", "amount": "50", "metric": "requests", "per": "day"},
        ),
        (
            "quota set <@T1/U2> $5 a month",
            "quota set",
            {"user": "T1/U2", "amount": "$5", "per": "month"},
        ),
        (
            "quota set workspace 5 USD per week model:segmind:gpt-5-mini",
            "quota set",
            {"scope": "server", "amount": "5 USD", "per": "week", "model": "segmind:gpt-5-mini"},
        ),
        (
            "Quota Set here 0 images ever",
            "quota set",
            {"channel": "here", "amount": "0", "metric": "images", "per": "ever"},
        ),
        (
            "quota grant <@&T1/S3> amount:7 metric:tokens until:2w",
            "quota grant",
            {"role": "T1/S3", "amount": "7", "metric": "tokens", "until": "2w"},
        ),
        ("quota show <#T1/C4>", "quota show", {"channel": "T1/C4"}),
        ("quota report last-month", "quota report", {"period": "last-month"}),
        ("quota exempt <@T1/U2> reset", "quota exempt", {"user": "T1/U2", "reset": True}),
        ("quota set", "quota set", {}),
        ("quota export.", "quota export", {}),
    ],
)
def test_words_are_read_by_what_they_are(words: str, name: str, given: dict[str, object]) -> None:
    def is_model(word: str) -> bool:
        return word == "segmind:gpt-5-mini"

    for found in (
        parse(words, TABLE, by_slash("/bot"), is_model, "/bot"),
        recognise(words, TABLE, by_mention(), is_model, is_model, "/bot"),
    ):
        assert isinstance(found, Spoken), found
        assert (found.command.name, dict(found.arguments)) == (name, given)


def test_words_that_are_no_command_are_questions_or_told_how() -> None:
    def heard(words: str) -> Spoken | str | None:
        never = str.isdigit
        return recognise(words, TABLE, by_mention(), never, never, "/bot")

    assert heard("quota systems in fishery, please explain") is None
    told = heard("quota")
    assert isinstance(told, str) and "`set`" in told
    wrong = heard("quota set <@T1/U2> 50 requets per day")
    assert isinstance(wrong, str) and "I could not read that" in wrong
    away = parse("quota shwo", TABLE, by_slash("/bot"), str.isdigit, "/bot")
    assert isinstance(away, str) and "Write one of" in away


async def test_slack_names_people_by_what_they_are_called(c: Chat) -> None:
    c.known = {("T1", "T1/U2"): "Ben <!channel>"}
    where = ThreadRef("slack", "T1", "T1/C1", "T1/C1/1.2")
    admin = replace(ADMIN, id="T1/U1")
    words: dict[str, str | int | bool] = {
        "user": "T1/U2",
        "amount": "5",
        "metric": "images",
        "per": "day",
    }
    call = CommandCall("quota set", words, where, admin, 600, in_thread=False, key="1.2")
    assert "Done: **Ben" in await c.run(call)
    said = await c.run(replace(call, name="quota show", arguments={}))
    assert "<@" not in said
    assert "5 images per day" in said


async def test_limits_of_another_workspace_are_not_shown(c: Chat) -> None:
    await c.say("quota set", ADMIN, scope="server", amount="5", metric="images", per="day")
    elsewhere = replace(THREAD, workspace="other")
    said = await c.run(replace(in_thread("quota show", ADMIN), thread=elsewhere))
    assert "Nothing is limited there" in said
    assert (DIRECT.workspace, Metric.IMAGES, Window.DAY) == ("@me", "images", "day")
