"""The command line: what each command prints, and how each failure ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession
from click.testing import CliRunner

from bot import __main__ as program
from bot import config
from storage.sqlite import open_engine
from tests import patience

ROOT = Path(__file__).parent.parent
# Made up; its first segment is the id 1200000000000000000 in base64.
TOKEN = "MTIwMDAwMDAwMDAwMDAwMDAwMA.Gtests.of-the-command-line-which-opens-nothing"


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these settings only."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complete(folder: Path, **settings: str) -> dict[str, str]:
    """Return settings with which the bot would start (nothing listens at the addresses)."""
    return {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10",
        "DISCORD_GATEWAY_URL": "ws://127.0.0.1:9",
        "AIMLAPI_API_KEY": "a-key-which-opens-nothing-at-all",
        "AIMLAPI_BASE_URL": "http://127.0.0.1:9/v1",
        "DATA_DIR": str(folder / "data"),
        **settings,
    }


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def test_every_problem_is_told_at_once_and_no_secret(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "run",
        PLAYGROUND="off",
        DISCORD_TOKN=TOKEN,
        HTTP_PORT="many",
        DATABASE_URL="postgresql://somebody:hidden-word@db/bot",
    )
    assert done.returncode == 78
    assert "DISCORD_TOKN" in done.stderr
    assert "DISCORD_TOKEN" in done.stderr
    assert "HTTP_PORT" in done.stderr
    assert "DATABASE_URL" in done.stderr
    for secret in (TOKEN, "hidden-word"):
        assert secret not in done.stderr + done.stdout


def test_the_invite_link_needs_only_the_token(tmp_path: Path) -> None:
    done = run(tmp_path, "links", **complete(tmp_path))
    assert done.returncode == 0
    assert "client_id=1200000000000000000&permissions=309237763136" in done.stdout
    assert "client_id=42&" in run(tmp_path, "links", "42").stdout


def test_links_are_printed_before_anything_is_set(tmp_path: Path) -> None:
    done = run(tmp_path, "links")
    assert done.returncode == 0
    assert "Set DISCORD_TOKEN (get it: https://discord.com/developers/applications" in done.stdout
    assert made_of(done.stdout)["settings"]["socket_mode_enabled"]
    # Nor does it matter what else is missing or wrong.
    half = run(tmp_path, "links", SLACK_BOT_TOKEN="xoxb-1-of-nobody", HTTP_PORT="many")
    assert half.stdout == done.stdout
    wrong = run(tmp_path, "links", DISCORD_TOKEN="your-token-here")
    assert wrong.returncode == 78
    assert "DISCORD_TOKEN holds a placeholder still" in wrong.stderr


def made_of(said: str) -> dict[str, Any]:
    """Return the manifest that the link to Slack among some lines holds."""
    (link,) = re.findall(r"https://api\.slack\.com/apps\?\S+", said)
    query = parse_qs(urlsplit(link).query)
    assert query["new_app"] == ["1"]
    found: dict[str, Any] = json.loads(query["manifest_json"][0])
    return found


def test_the_manifest_is_printed_and_the_link_holds_it(tmp_path: Path) -> None:
    words = ("--http", "https://bot.example.org/", "--command", "/helper", "--name", "Our Bot")
    done = run(tmp_path, "manifest", "slack", *words)
    assert done.returncode == 0, done.stderr
    manifest = json.loads(done.stdout)
    assert manifest["display_information"]["name"] == "Our Bot"
    assert not manifest["settings"]["socket_mode_enabled"]
    url = manifest["settings"]["event_subscriptions"]["request_url"]
    assert url == "https://bot.example.org/slack/events"
    commands = [row["command"] for row in manifest["features"]["slash_commands"]]
    assert commands == ["/helper", "/ask", "/edit-image"]
    assert made_of(run(tmp_path, "links", *words).stdout) == manifest
    (tmp_path / ".env").write_text("SLACK_COMMAND=/ours\n")
    ours = json.loads(run(tmp_path, "manifest", "slack").stdout)
    assert ours["features"]["slash_commands"][0]["command"] == "/ours"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--http", "http://bot.example.org"), "must begin with https://"),
        (("--http", "bot.example.org"), "is not an address"),
        (("--command", "Bot"), "must be /"),
        (("--command", "/ask"), "another of the bot's"),
        (("--name", " "), "at most 35"),
        (("--name", "x" * 36), "at most 35"),
    ],
)
def test_a_manifest_that_slack_would_not_take_is_not_printed(
    words: tuple[str, str], says: str
) -> None:
    for command in (["manifest", "slack"], ["links"]):
        done = CliRunner().invoke(program.main, [*command, *words])
        assert done.exit_code == 2
        assert says in " ".join(done.output.split())
        assert "https://api.slack.com" not in done.output


def test_a_second_bot_on_the_same_data_ends_with_75(tmp_path: Path) -> None:
    settings = complete(tmp_path, HTTP_PORT=str(free_port()))

    async def hold() -> subprocess.CompletedProcess[str]:
        engine = open_engine(tmp_path / "data" / "threadbot.db")
        try:
            return run(tmp_path, "run", **settings)
        finally:
            await engine.close()

    done = asyncio.run(hold())
    assert done.returncode == 75, done.stderr


def test_a_taken_port_ends_with_71(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = str(server.getsockname()[1])
        done = run(tmp_path, "run", **complete(tmp_path, HTTP_PORT=port))
    assert done.returncode == 71, done.stderr
    assert "HTTP_PORT" in done.stderr


@pytest.mark.parametrize("content", [b"this is no database at all, " * 400, b"\x00" * 8192])
def test_a_damaged_database_ends_with_65_and_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / "threadbot.db"
    database.write_bytes(content)
    done = run(tmp_path, "run", **complete(tmp_path, HTTP_PORT=str(free_port())))
    assert done.returncode == 65, done.stderr
    assert database.read_bytes() == content


def test_a_data_folder_that_cannot_be_made_ends_with_73(tmp_path: Path) -> None:
    # Not even root can make a folder there.
    settings = complete(tmp_path, HTTP_PORT=str(free_port()), DATA_DIR="/proc/threadbot")
    done = run(tmp_path, "run", **settings)
    assert done.returncode == 73, done.stderr
    assert "/proc/threadbot" in done.stderr + done.stdout


def test_the_settings_are_shown_as_one_would_write_them(tmp_path: Path) -> None:
    done = run(tmp_path, "config", "show", SYSTEM_PROMPT="One.\\nTwo.", ADMIN_IDS="discord:1")
    assert done.returncode == 0, done.stderr
    assert "SYSTEM_PROMPT=One.\\nTwo.  (environment)\n" in done.stdout
    assert "ADMIN_IDS=discord:1  (environment)\n" in done.stdout
    assert "OPENAI_COMPATIBLE_MODELS=  (default)\n" in done.stdout


@pytest.mark.parametrize("words", [("config", "show"), ("run",)])
def test_an_unknown_default_model_ends_with_78_and_the_known_ones(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    server = {"OPENAI_COMPATIBLE_BASE_URL": "http://127.0.0.1:9/v1"}
    server |= {"OPENAI_COMPATIBLE_MODELS": "alpha,beta", "DEFAULT_MODEL": "gamma"}
    done = run(tmp_path, *words, **complete(tmp_path, **server))
    assert done.returncode == 78, done.stderr
    assert "DEFAULT_MODEL must be one of the models that are set up:" in done.stderr
    for model in ("openai_compatible:alpha", "openai_compatible:beta", "aimlapi:openai/gpt-5"):
        assert model in done.stderr


def test_a_default_model_of_the_playground_is_judged_by_the_simulated_ones(tmp_path: Path) -> None:
    name = "aimlapi:openai/gpt-5-mini-2025-08-07"
    assert run(tmp_path, "config", "show", DEFAULT_MODEL=name).returncode == 0
    assert run(tmp_path, "config", "show", DEFAULT_MODEL="gamma").returncode == 78


def test_the_start_is_logged_with_version_addresses_and_model(tmp_path: Path) -> None:
    port = str(free_port())
    settings = complete(tmp_path, HTTP_PORT=port, LOG_LEVEL="DEBUG")
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings},
        stderr=subprocess.PIPE,
        text=True,
    ) as bot:
        assert bot.stderr is not None
        said = ""
        while "bot started" not in said and (line := bot.stderr.readline()):
            said += line
        bot.terminate()
        assert bot.wait(20) == 0
    (line,) = [line for line in said.splitlines() if "bot started" in line]
    assert f"http=127.0.0.1:{port}" in line
    assert "discord=http://127.0.0.1:9/api/v10" in line
    assert "model=aimlapi:openai/" in line
    assert "version=" in line
    assert TOKEN not in said
    assert "[debug" in said
    assert f"HTTP_PORT={port}" in said


LIGHT = """
import asyncio, os, sys
from bot import composition, config
async def main():
    service = await composition.compose(config.Settings.load(os.environ))
    await service._close()
    print([name for name in ("PIL", "pypdf", "slack_bolt", "openai") if name in sys.modules])
asyncio.run(main())
"""


def test_what_decodes_pictures_and_documents_is_not_in_the_bots_own_process(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **complete(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


STUBBORN = """
import asyncio
from bot.__main__ import stop_on_signals
async def main():
    stop = asyncio.Event()
    stop_on_signals(stop)
    print("ready", flush=True)
    await stop.wait()
    print("stopping", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_at_once(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        begun = time.monotonic()
        process.send_signal(number)
        # Make, a terminal and others in between may pass one Ctrl-C on twice.
        process.send_signal(number)
        while process.stdout.readline() != "stopping\n":
            assert process.poll() is None
        while time.monotonic() < begun + patience.SECONDS:
            process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                break
        code = process.poll()
        process.kill()
        assert code == 128 + number
        assert time.monotonic() - begun >= 0.4


async def test_while_it_stops_it_says_so(tmp_path: Path) -> None:
    settings = config.Settings.load(complete(tmp_path))
    service = await program.compose(replace(settings, http_port=0))
    stop, answered = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(service.run(stop))

    async def ready() -> list[str]:
        url = f"http://127.0.0.1:{service.surface.port}/readyz"
        async with ClientSession() as http, http.get(url) as answer:
            assert answer.status == 503
            reasons: list[str] = (await answer.json())["reasons"]
            return reasons

    async with asyncio.timeout(patience.SECONDS):
        while not service.surface.port:
            await asyncio.sleep(0.01)
        assert "stopping" not in await ready()
        # An answer is under way until the test lets it end.
        service.worker._turns.add(asyncio.create_task(answered.wait()))  # type: ignore[arg-type]
        stop.set()
        while not service.stopping:
            await asyncio.sleep(0.01)
        assert await ready() == ["stopping"]
        answered.set()
        await running


def test_nobody_home_is_not_well(tmp_path: Path) -> None:
    done = run(tmp_path, "health", **complete(tmp_path, HTTP_PORT=str(free_port())))
    assert done.returncode == 1
