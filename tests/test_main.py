"""The command line: what each command prints, and how each failure ends."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from storage.sqlite import open_engine

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
    assert run(tmp_path, "links", PLAYGROUND="on").returncode == 78


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


def test_nobody_home_is_not_well(tmp_path: Path) -> None:
    done = run(tmp_path, "health", **complete(tmp_path, HTTP_PORT=str(free_port())))
    assert done.returncode == 1
