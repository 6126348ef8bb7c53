"""The composition root: who is joined, what is imported, and that none keeps the others."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.composition import READY_SECONDS, Service, compose
from bot.config import Settings
from storage.sqlite import open_engine
from tests.configured import ROOT
from tests.harness import Harness, harness

# Nothing listens at these addresses.
MODELS = {"AIMLAPI_API_KEY": "a-key-which-opens-nothing-at-all"}
DISCORD = {"DISCORD_TOKEN": "of-nobody", "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-of-nobody", "SLACK_API_BASE": "http://127.0.0.1:9/api"}
SOCKETS = {**SLACK, "SLACK_APP_TOKEN": "xapp-1-of-nobody"}
SIGNED = {**SLACK, "SLACK_SIGNING_SECRET": "0123456789abcdef" * 2}

IMPORTED = """
import asyncio, os, sys
from bot import composition, config
async def main():
    service = await composition.compose(config.Settings.load(os.environ))
    await service._close()
    held = [name for name in ("discord", "slack_bolt") if name in sys.modules]
    print(*service.platforms, "|", *held)
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (DISCORD, "discord | discord"),
        (SOCKETS, "slack | slack_bolt"),
        (SIGNED, "slack | slack_bolt"),
        ({**DISCORD, **SOCKETS}, "discord slack | discord slack_bolt"),
    ],
)
def test_a_platform_is_joined_and_imported_where_it_has_a_token(
    tmp_path: Path, tokens: dict[str, str], expected: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **MODELS, **tokens},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == expected


async def composed(folder: Path, **tokens: str) -> Service:
    """Return the bot, joined, with a port of its own."""
    settings = Settings.load({**MODELS, **tokens, "DATA_DIR": str(folder)})
    return await compose(replace(settings, http_port=0))


@pytest.mark.parametrize(
    ("tokens", "status"), [(SIGNED, 401), (SOCKETS, 404), ({**SIGNED, **SOCKETS}, 404)]
)
async def test_slack_is_served_over_http_only_where_it_has_no_sockets(
    tmp_path: Path, tokens: dict[str, str], status: int
) -> None:
    service = await composed(tmp_path, **tokens)
    try:
        await service.surface.start()
        url = f"http://127.0.0.1:{service.surface.port}/slack/events"
        async with ClientSession() as http, http.post(url, json={}) as answer:
            assert answer.status == status
    finally:
        await service._close()


async def test_every_platform_has_a_budget_within_its_own_limits(tmp_path: Path) -> None:
    service = await composed(tmp_path, **DISCORD, **SOCKETS)
    budgets = service.worker._services.budgets
    assert set(budgets) == set(service.platforms) == {"discord", "slack"}
    for name, platform in service.platforms.items():
        assert budgets[name]._edit_seconds == platform.limits.edit_seconds
    await service._close()


async def test_where_one_platform_cannot_be_closed_everything_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service = await composed(tmp_path, **DISCORD, **SOCKETS)

    async def broken() -> None:
        raise RuntimeError("no way out")

    monkeypatch.setattr(service.platforms["discord"], "hush", broken)
    closed: list[str] = []

    async def close() -> None:
        closed.append("slack")
        await original()

    original = service.platforms["slack"].close
    monkeypatch.setattr(service.platforms["slack"], "close", close)
    await service._close()
    assert closed == ["slack"]
    assert "platform not closed in order" in capsys.readouterr().out
    # Its lock is free: the store was closed, too.
    await open_engine(tmp_path / "threadbot.db").close()


@pytest.mark.virtual
async def test_a_platform_that_cannot_be_reached_keeps_no_other_from_answering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hears_discord(h: Harness) -> bool:
        return h.service is not None and h.service.platforms["discord"].ready

    monkeypatch.setattr(Harness, "_ready", hears_discord)
    async with harness(tmp_path, settings=SOCKETS) as h:
        begun = h.clock.monotonic()
        assert "monad" in await h.answer_to(h.mention("What is a monad?"))
        assert h.clock.monotonic() - begun < READY_SECONDS + 30
        assert h.service is not None
        assert h.service.platforms["slack"].problems() == ["slack: not logged in yet"]
        # What was left by a restart is not kept for it either.
        asked = h.mention("What is a functor?")
        await h.restart_bot(killed=True)
        assert "functor" in await h.answer_to(asked)
