"""Show a person the bot's home when they open it."""

from __future__ import annotations

import structlog

from adapters.slack.calls import Calls
from adapters.slack.directory import Directory
from adapters.slack.invocations import is_direct
from adapters.slack.places import channel_path, thread_of
from adapters.slack.views import home_view
from bot.errors import PlatformError
from bot.ports import Clock, CommandCall, Commands

log = structlog.get_logger(__name__)


class Home:
    """Publish the home of each person anew whenever they look at it."""

    def __init__(
        self, calls: Calls, commands: Commands, directory: Directory, clock: Clock
    ) -> None:
        self._calls = calls
        self._commands = commands
        self._directory = directory
        self._clock = clock

    async def show(self, team: str, user: str, channel: str) -> None:
        """Publish a person's home; `channel` is their conversation with the bot.

        https://docs.slack.dev/reference/methods/views.publish
        """
        now = self._clock.now()
        call = CommandCall(
            name="home",
            arguments={},
            thread=thread_of(team, channel, ""),
            author=await self._directory.author(team, user),
            position=now * 1000,
            in_thread=False,
            direct=is_direct(channel_path(team, channel)),
        )
        view = home_view(await self._commands.home(call))
        try:
            await self._calls.make(team, "views.publish", user_id=user, view=view)
        except PlatformError as error:
            log.info("home not shown", code=error.code, error=str(error))
