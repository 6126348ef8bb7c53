"""Get the files that people attach; their links are signed and die after about a day."""

from __future__ import annotations

import asyncio

import structlog

from adapters.discord.attachments import attached
from adapters.discord.history import TO_READ
from adapters.discord.line import Requests
from adapters.fetch import Allowed, Fetcher, NotAllowed, NotThere, TooLarge, TryLater
from bot.domain import Attachment
from bot.errors import Forbidden, Gone, PlatformUnknown, Throttled, TooBig

log = structlog.get_logger(__name__)

# https://docs.discord.com/developers/reference#signed-attachment-cdn-urls
HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})


class Files:
    """Fetch attachments from Discord's own hosts, or the configured one, within `deadline`."""

    def __init__(
        self, requests: Requests, fetcher: Fetcher, cdn_base: str, *, deadline: float
    ) -> None:
        self._requests = requests
        self._fetcher = fetcher
        self._deadline = deadline
        self._allowed = Allowed(HOSTS, frozenset({cdn_base}))

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """Return a file's bytes; see `bot.ports.Platform`."""
        if attachment.size > most:
            raise TooBig(f"More than {most} bytes.")
        try:
            async with asyncio.timeout(self._deadline):
                return await self._fetch_or_find(attachment, most)
        except TimeoutError as error:
            raise PlatformUnknown("The file took too long.") from error

    async def _fetch_or_find(self, attachment: Attachment, most: int) -> bytes:
        try:
            return await self._fetch(attachment.url, most)
        except Gone:
            if not attachment.message:
                raise
        return await self._fetch(await self._fresh_url(attachment), most)

    async def _fetch(self, url: str, most: int) -> bytes:
        try:
            return await self._fetcher.fetch(url, self._allowed, most, self._deadline)
        except TooLarge as error:
            raise TooBig(f"More than {most} bytes.") from error
        except (NotThere, NotAllowed) as error:
            log.info("file not there", status=error.status, reason=error.reason)
            raise Gone("The file is no longer there.", code=str(error.status or "")) from error
        except TryLater as error:
            raise _later(error) from error

    async def _fresh_url(self, attachment: Attachment) -> str:
        """Return a new link to a file, from its message."""
        try:
            row = await self._requests.make(
                "message",
                lambda http: http.get_message(int(attachment.place), int(attachment.message)),
                place=attachment.place,
                needs=TO_READ,
            )
        except Forbidden as error:
            raise Gone("The file's message may not be read.", code=error.code) from error
        for one in attached(row):
            if str(one.get("id")) == attachment.id:
                return str(one.get("url", ""))
        raise Gone("The file is no longer on its message.")


def _later(error: TryLater) -> Throttled | PlatformUnknown:
    """Return what a file that may be had later is to its caller."""
    if error.retry_after is not None:
        return Throttled("The file is not to be had now.", retry_after=error.retry_after)
    return PlatformUnknown("The file could not be had.", code=str(error.status or ""))
