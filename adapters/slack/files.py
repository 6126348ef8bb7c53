"""Get the files that people post: by the bot's own token, and never a sign-in page in their place.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.fetch import Allowed, Fetcher, NotAllowed, NotThere, TooLarge, TryLater
from adapters.slack.calls import Calls
from adapters.slack.payloads import part, text
from adapters.slack.places import read_place
from bot.domain import Attachment
from bot.errors import Elsewhere, Forbidden, Gone, NotAFile, PlatformUnknown, Throttled, TooBig

log = structlog.get_logger(__name__)

# Only these are ever given the token.
HOSTS = frozenset({"files.slack.com", "slack-files.com"})
TO_READ = "files:read"
SIGN_IN = "sign_in_page"
# Without the scope Slack answers with its sign-in page: 200, or a redirect to it.
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<head)", re.IGNORECASE)
# A file of another service's, such as a document on Google Drive.
# https://docs.slack.dev/reference/objects/file-object
LINKED = "external"
# Canvases, lists and posts: of these Slack gives out HTML of its own, or its sign-in page.
_PAGES = "application/vnd.slack-"
_NO_BYTES = frozenset({"tombstone", "hidden_by_limit"})


class Files:
    """Fetch files from Slack's own hosts, or the configured one, within `deadline`."""

    def __init__(self, calls: Calls, fetcher: Fetcher, api_base: str, *, deadline: float) -> None:
        self._calls = calls
        self._fetcher = fetcher
        self._deadline = deadline
        self._allowed = Allowed(HOSTS, frozenset({api_base}), bearers=HOSTS)

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """Return a file's bytes; see `bot.ports.Platform`."""
        _expect_bytes(attachment.mime)
        if attachment.size > most:
            raise TooBig(f"More than {most} bytes.")
        try:
            async with asyncio.timeout(self._deadline):
                return await self._fetch_or_find(attachment, most)
        except TimeoutError as error:
            raise PlatformUnknown("The file took too long.") from error

    async def _fetch_or_find(self, attachment: Attachment, most: int) -> bytes:
        if attachment.url:
            try:
                return await self._fetch(attachment, attachment.url, attachment.size, most)
            except Gone:
                log.info("file looked up anew", file=attachment.id)
        # Of a file from another organisation only the id is told.
        file = await self._look_up(attachment)
        if text(file, "mode") == LINKED or file.get("is_external") is True:
            raise Elsewhere("Only a link was posted.", code=text(file, "external_type"))
        _expect_bytes(text(file, "mimetype"))
        size = file.get("size")
        known = size if isinstance(size, int) else 0
        if known > most:
            raise TooBig(f"More than {most} bytes.")
        url = text(file, "url_private_download") or text(file, "url_private")
        if not url or text(file, "mode") in _NO_BYTES:
            raise Gone("The file has no bytes any more.", code=text(file, "mode"))
        return await self._fetch(attachment, url, known, most)

    async def _look_up(self, attachment: Attachment) -> Mapping[str, Any]:
        try:
            team = read_place(attachment.place).team
        except ValueError as error:
            raise Gone("The file stands nowhere.") from error
        answer = await self._calls.make(team, "files.info", file=attachment.id)
        return part(answer, "file")

    async def _fetch(self, attachment: Attachment, url: str, size: int, most: int) -> bytes:
        headers = {"Authorization": f"Bearer {self._calls.client.token}"}
        try:
            data = await self._fetcher.fetch(url, self._allowed, most, self._deadline, headers)
        except TooLarge as error:
            raise TooBig(f"More than {most} bytes.") from error
        except (NotThere, NotAllowed) as error:
            log.info("file not there", status=error.status, reason=error.reason)
            if error.status in (401, 403) or 300 <= error.status < 400:
                raise _not_permitted(str(error.status)) from None
            raise Gone("The file is no longer there.", code=str(error.status or "")) from None
        except TryLater as error:
            # What aiohttp raised may hold the request with its token.
            raise _later(error) from None
        if is_sign_in(data, attachment.mime, size):
            raise _not_permitted(SIGN_IN)
        return data


def is_sign_in(data: bytes, mime: str, size: int) -> bool:
    """Tell whether bytes are a page of Slack's instead of the file.

    A page that a person posted has the size that Slack told of it.
    """
    if _PAGE.match(data[:512]) is None:
        return False
    return len(data) != size if size else "html" not in mime


def _expect_bytes(mime: str) -> None:
    if mime.startswith(_PAGES):
        raise NotAFile("A page of Slack's own.", code=mime.removeprefix(_PAGES))


def _not_permitted(code: str) -> Forbidden:
    return Forbidden("Slack does not show the file.", code=code, permission=TO_READ)


def _later(error: TryLater) -> Throttled | PlatformUnknown:
    """Return what a file that may be had later is to its caller."""
    if error.retry_after is not None:
        return Throttled("The file is not to be had now.", retry_after=error.retry_after)
    return PlatformUnknown("The file could not be had.", code=str(error.status or ""))
