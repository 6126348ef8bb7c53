"""Discord and Slack keep the one contract of platforms."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.platform_contract import PlatformContract
from tests.platform_stages import DiscordStage, SlackStage
from tests.platform_steps import Stage

pytestmark = pytest.mark.virtual


class TestDiscord(PlatformContract):
    """Discord, by its gateway and REST."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with DiscordStage.open() as stage:
            yield stage


class TestSlack(PlatformContract):
    """Slack, by sockets and its Web API."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with SlackStage.open() as stage:
            yield stage


class TestSlackOverHttp(PlatformContract):
    """Slack, by signed requests and its Web API."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with SlackStage.open("http") as stage:
            yield stage
