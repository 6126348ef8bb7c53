"""A stand-in of Discord with the real discord.py on it, held against Discord's document."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest

from adapters.playground.discord.people import People
from tests.openapi import Watch
from tests.standin_discord import Bot, Served, serve

QUIET = discord.AllowedMentions.none()


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """Serve a stand-in whose every REST call is held against Discord's document."""
    async with serve(monkeypatch) as one:
        watch = Watch()
        one.standin.history.watchers.append(watch)
        yield one
        assert not watch.violations


@pytest.fixture
def people(served: Served) -> People:
    return served.standin.people


@pytest.fixture
def ada(people: People) -> str:
    return people.find("ada")


@pytest.fixture
def general(people: People) -> str:
    return people.channel("general")


@pytest.fixture
async def bot(served: Served) -> AsyncIterator[Bot]:
    async with served.bot(allowed_mentions=QUIET) as client:
        yield client
