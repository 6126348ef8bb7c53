"""Limits from the command line: on the database of a bot that runs, by the same functions."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from bot import __main__ as program
from bot.ports import Metric, Scope, ScopeKind
from tests.commanded import Chat, chat
from tests.configured import REAL
from tests.test_quota_report import NOON, busy


def run(folder: Path, *words: str, answer: str = "", **settings: str) -> Result:
    """Run a command with these settings only."""
    environment = {
        **REAL,
        "SEGMIND_API_KEY": "SG_of-nobody",
        "PLAYGROUND": "off",
        "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        **settings,
    }
    return CliRunner().invoke(program.main, [*words], env=environment, input=answer)


async def in_thread(folder: Path, *words: str, **more: str) -> Result:
    """Run it beside the bot that has the database open."""
    return await asyncio.to_thread(run, folder, *words, **more)


@pytest.fixture
async def c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chat]:
    monkeypatch.chdir(tmp_path)
    async with chat(tmp_path) as opened:
        opened.clock.at = NOON
        yield opened
    structlog.reset_defaults()


async def test_limits_are_set_while_the_bot_runs(c: Chat, tmp_path: Path) -> None:
    here = ("--platform", "discord", "--workspace", "guild")
    done = await in_thread(
        tmp_path, "quota", "set", "user", "777", "50", "requests", "per", "day", *here
    )
    assert done.exit_code == 0, done.output
    assert "Done: 777 may use 50 requests per day (there was none)." in done.output
    (limit,) = await c.store.limits("discord", "guild")
    assert limit.scope == Scope(ScopeKind.USER, "discord", "guild", "777")
    shown = await in_thread(tmp_path, "quota", "show", *here)
    assert "777: 50 requests per day: 0 used, 50 left; starts anew 2" in shown.output
    beyond = await in_thread(tmp_path, "quota", "show")
    assert "Limits of the bot as a whole" in beyond.output and "--workspace" in beyond.output
    assert "\x02" not in shown.output and "**" not in shown.output
    (change,) = await c.store.audit("discord", "guild", 9)
    assert (change.actor, change.what) == ("operator", "set")


async def test_what_cannot_be_read_is_shown_as_it_is_written_there(c: Chat, tmp_path: Path) -> None:
    told = await in_thread(tmp_path, "quota", "set", "everything", "5", "€", "per", "day")
    assert "what € is to mean" in told.output
    assert "python -m bot quota set user:ID 50 requests per day;" in told.output


async def test_what_is_hard_to_take_back_is_asked_about(c: Chat, tmp_path: Path) -> None:
    words = ("quota", "set", "everything", "20", "USD", "per", "month")
    asked = await in_thread(tmp_path, *words, answer="n\n")
    assert asked.exit_code == 1 and "no such limit → $20.00 per month" in asked.output
    # There is no button there.
    assert "Nothing is changed yet. Do it?" in asked.output and "Press" not in asked.output
    assert await c.store.limits("discord", "guild") == []
    nobody = await in_thread(tmp_path, *words)
    assert nobody.exit_code == 1 and await c.store.limits("discord", "guild") == []
    assert "Nothing was changed" in nobody.output and "--yes" in nobody.output
    done = await in_thread(tmp_path, *words, answer="y\n")
    assert done.exit_code == 0 and "Done: everything the bot does may use" in done.output
    (limit,) = await c.store.limits("discord", "guild")
    assert (limit.scope, limit.metric, limit.amount) == (
        Scope(ScopeKind.EVERYTHING),
        Metric.MONEY,
        20_000_000,
    )
    gone = await in_thread(tmp_path, "quota", "unset", "everything", "--yes")
    assert gone.exit_code == 0 and await c.store.limits("discord", "guild") == []
    assert "$20.00 per month → no such limit" in gone.output
    assert "Nothing is changed yet" not in gone.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("set", "everything", "-5", "requests", "per", "day"), "`amount` must be a whole number"),
        (("set", "50", "requests", "per", "day"), "say for whom or where"),
        (("set", "channel", "1", "5", "images", "per", "day"), "name the server or workspace"),
        (("dance",), "Write one of"),
        ((), "Write one of"),
    ],
)
async def test_what_cannot_be_read_is_told_and_ends_with_1(
    words: tuple[str, ...], says: str, c: Chat, tmp_path: Path
) -> None:
    told = await in_thread(tmp_path, "quota", *words)
    assert told.exit_code == 1
    assert says.replace("`", "") in told.output
    assert await c.store.limits("", "") == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("help",), "Write one of show, set"),
        (("set", "help"), "• amount: How much"),
        (("help", "set"), "• amount: How much"),
        (("-h",), "Write one of show, set"),
    ],
)
async def test_who_asks_for_help_has_done_nothing_wrong(
    words: tuple[str, ...], says: str, c: Chat, tmp_path: Path
) -> None:
    told = await in_thread(tmp_path, "quota", *words)
    assert told.exit_code == 0 and says in told.stdout, told.output


async def test_ids_of_slack_are_taken_as_slack_shows_them(c: Chat, tmp_path: Path) -> None:
    """Without their workspace's, which all that is stored begins with."""
    here = ("--platform", "slack", "--workspace", "T1AB")
    for named in ("user:U1AB", "user:T1AB/U1AB", "channel:C1AB", "role:S1AB"):
        words = ("quota", "set", named, "5", "requests", "per", "day")
        done = await in_thread(tmp_path, *words, *here)
        assert done.exit_code == 0, done.output
    found = await c.store.limits("slack", "T1AB")
    assert sorted((each.scope.kind, each.scope.id) for each in found) == [
        (ScopeKind.CHANNEL, "T1AB/C1AB"),
        (ScopeKind.ROLE, "T1AB/S1AB"),
        (ScopeKind.USER, "T1AB/U1AB"),
    ]
    shown = await in_thread(tmp_path, "quota", "show", *here)
    assert "Limits of this workspace" in shown.output


@pytest.mark.parametrize(
    ("named", "here", "says"),
    [
        ("user:abc", ("discord", "1"), "user must be an id as Discord shows it"),
        ("user:U1AB", ("discord", "1"), "user must be an id as Discord shows it"),
        ("user:777", ("slack", "T1AB"), "user must be an id as Slack shows it"),
        ("user:C1AB", ("slack", "T1AB"), "user must be an id as Slack shows it"),
        ("user:T2AB/U1AB", ("slack", "T1AB"), "user must be an id as Slack shows it"),
        ("user:U1AB", ("slack", ""), "user must be an id as Slack shows it"),
        ("channel:here", ("discord", "1"), "channel must be named"),
    ],
)
async def test_what_is_no_id_there_holds_for_nobody_and_is_refused(
    named: str, here: tuple[str, str], says: str, c: Chat, tmp_path: Path
) -> None:
    platform, workspace = here
    place = ("--platform", platform, "--workspace", workspace)
    words = ("quota", "set", named, "5", "requests", "per", "day", "--yes")
    told = await in_thread(tmp_path, *words, *place)
    assert told.exit_code == 1 and says in told.output, told.output
    assert await c.store.limits(platform, workspace or "T1AB") == []


async def test_a_workspace_is_one_of_a_platform(c: Chat, tmp_path: Path) -> None:
    for words in (("quota", "set", "member", "5", "requests", "per", "day"), ("report",)):
        told = await in_thread(tmp_path, *words, "--workspace", "guild")
        assert told.exit_code == 2 and "--platform" in told.output, told.output
    assert await c.store.limits("discord", "guild") == []


async def test_a_person_everywhere_is_named_so(c: Chat, tmp_path: Path) -> None:
    done = await in_thread(tmp_path, "quota", "block", "user:777", "--platform", "discord", "--yes")
    assert "Done: 777 (wherever the bot is) is blocked" in done.output


async def test_a_report_shows_spending_and_writes_files(c: Chat, tmp_path: Path) -> None:
    await busy(c)
    said = await in_thread(tmp_path, "report", "ever")
    assert said.exit_code == 0, said.output
    assert "30 questions, 30 requests" in said.output
    assert "Whole bot, this month, every attempt counted" in said.output
    assert "Credit: no service has said yet" in said.output
    written = await in_thread(tmp_path, "report", "ever", "--out", str(tmp_path / "out"))
    assert written.exit_code == 0, written.output
    assert (tmp_path / "out" / "report.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "out" / "report.csv").read_bytes()


async def test_the_ledger_goes_where_it_is_piped(c: Chat, tmp_path: Path) -> None:
    await busy(c)
    sent = await in_thread(tmp_path, "quota", "export")
    rows = list(csv.DictReader(io.StringIO(sent.output.removeprefix("\ufeff"))))
    assert len(rows) == 30 and rows[0]["platform"] == "discord"


def test_without_a_database_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run(tmp_path, "quota", "show")
    assert told.exit_code == 1 and "start the bot once" in told.output
    assert not (tmp_path / "bot.db").exists()
    structlog.reset_defaults()


async def test_the_bot_within_the_playground_is_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in REAL:
        monkeypatch.delenv(name, raising=False)
    inside = tmp_path / "data" / "bot"
    inside.mkdir(parents=True)
    async with chat(inside):
        (inside / "bot.db").rename(inside / "threadbot.db")
    words = ("quota", "set", "member", "50", "requests", "per", "day")
    here = ("--platform", "slack", "--workspace", "T1")
    settings = {"PLAYGROUND": "auto", "DATA_DIR": str(tmp_path / "data")}
    alone = CliRunner().invoke
    done = await asyncio.to_thread(alone, program.main, [*words, *here], env=settings)
    assert done.exit_code == 0, done.output
    assert "Done: each member may use 50 requests per day" in done.output
    structlog.reset_defaults()
