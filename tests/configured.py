"""Load settings as a program does, for the tests of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
# The shape of a bot's token, with nobody's id in it.
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.GabcDe." + "s3cr3tCanary" * 3
REAL = {"DISCORD_TOKEN": TOKEN, "AIMLAPI_API_KEY": "k-canary-123456"}


def problems(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    """Return every problem of settings that must have one."""
    with pytest.raises(ConfigError) as caught:
        Settings.load(environ, env_file)
    return caught.value.problems


def only_problem(environ: dict[str, str], env_file: Path | None = None) -> str:
    """Return the one problem of settings."""
    (problem,) = problems(environ, env_file)
    return problem
