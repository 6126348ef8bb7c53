"""Make requests on whatever connection there is, and name the permission that one lacked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import discord
from discord.http import HTTPClient

from adapters.discord.calls import NO_ACCESS, Calls
from adapters.discord.permissions import VIEW_CHANNEL, missing
from bot.errors import Forbidden, PlatformUnknown

_T = TypeVar("_T")


class Line(Protocol):
    """Give the connection as it now is."""

    @property
    def client(self) -> discord.Client:
        """Return the client; it may not have logged in yet."""

    async def http(self) -> HTTPClient:
        """Return what makes requests, once logged in."""


class Requests:
    """Make requests, each within `Calls`' deadline. Raises `PlatformError` only."""

    def __init__(self, line: Line, calls: Calls) -> None:
        self._line = line
        self._calls = calls

    @property
    def client(self) -> discord.Client:
        """Return the client as it now is."""
        return self._line.client

    @property
    def me(self) -> int:
        """Return our own user id."""
        user = self._line.client.user
        if user is None:
            raise PlatformUnknown("Not logged in to Discord yet.")
        return user.id

    async def application(self) -> int:
        """Return our application's id, once logged in."""
        await self._line.http()
        application = self._line.client.application_id
        if application is None:
            raise PlatformUnknown("Not logged in to Discord yet.")
        return application

    async def make(
        self,
        name: str,
        make: Callable[[HTTPClient], Awaitable[_T]],
        *,
        when_late: Callable[[], Any] | None = None,
        place: str = "",
        needs: Sequence[str] = (),
    ) -> _T:
        """Make a request; a refusal names the first of `needs` that is missing at `place`."""

        async def call() -> _T:
            return await make(await self._line.http())

        try:
            return await self._calls.run(name, call, when_late=when_late)
        except Forbidden as error:
            if place:
                error.permission = missing(self._line.client, place, needs)
            if not error.permission and error.code == NO_ACCESS:
                error.permission = VIEW_CHANNEL
            raise
