"""Post pictures side by side: uploaded unseen, then shown by one message that is our own.

Its `ts` is known at once, its metadata tells it from every other, and buttons stand below the
pictures. https://docs.slack.dev/reference/block-kit/blocks/image-block
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from adapters.slack.blocks import gallery, pictures_in
from adapters.slack.calls import Calls
from adapters.slack.inbound import NO_FILE
from adapters.slack.messages import BAD_BLOCKS, Messages
from adapters.slack.payloads import part, parts, text
from adapters.slack.places import Place
from adapters.slack.uploads import Uploads
from bot.errors import (
    Forbidden,
    Gone,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
)
from bot.events import File, Post
from bot.ports import Clock

log = structlog.get_logger(__name__)

# "Only png, jpg, jpeg and gif": how such files begin, whatever they are called.
# https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
_SHOWN = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
# Blocks are refused until Slack has processed the pictures, which takes it a few seconds; it
# mostly shows by their type, which they have then.
LOOKS_SECONDS = (0.3, 0.5, 1.0, 1.5, 2.0)
WAITS_SECONDS = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
COMPLETIONS = 2


class Galleries:
    """Post messages that show pictures."""

    def __init__(self, calls: Calls, messages: Messages, uploads: Uploads, clock: Clock) -> None:
        self._calls = calls
        self._messages = messages
        self._uploads = uploads
        self._clock = clock

    async def post(self, where: Place, post: Post, nonce: str) -> str:
        """Show a post's pictures within one message and return its `ts`.

        Where Slack does not show one so, all are files of the message instead. Until the message
        itself is posted nobody sees anything, so that all before may be done twice.
        """
        if all(is_shown(file) for file in post.files):
            names = [await self._uploads.put(where.team, file) for file in post.files]
            await self._complete(where.team, post, names)
            await self._wait(where.team, names)
            if ts := await self._show(where, post, nonce, names):
                return ts
            log.warning("pictures not shown within a message", files=names)
        return await self._uploads.post(where, post, nonce)

    async def _complete(self, team: str, post: Post, names: list[str]) -> None:
        """End the uploads, in no channel: https://docs.slack.dev/reference/methods/files.completeUploadExternal."""
        files = [
            {"id": name, "title": file.name} for file, name in zip(post.files, names, strict=True)
        ]
        unclear = False
        for tries in range(COMPLETIONS):
            try:
                await self._calls.make(team, "files.completeUploadExternal", files=files)
                return
            except PlatformUnknown as error:
                log.info("completion of unknown fate", code=error.code, tries=tries + 1)
                unclear = True
            except (Throttled, Forbidden, Gone):
                raise
            except PlatformRefused:
                # After a lost answer: it was done the first time. The message tells.
                if not unclear:
                    raise
                return

    async def _wait(self, team: str, names: Sequence[str]) -> None:
        """Wait until Slack has most likely processed the pictures, at most a few seconds."""
        waiting = [*names]
        for wait in LOOKS_SECONDS:
            await self._clock.sleep(wait)
            while waiting and await self._is_processed(team, waiting[-1]):
                waiting.pop()
            if not waiting:
                return

    async def _is_processed(self, team: str, name: str) -> bool:
        """See https://docs.slack.dev/reference/objects/file-object."""
        try:
            answer = await self._calls.make(team, "files.info", file=name)
        except PlatformError as error:
            log.info("picture not looked at", code=error.code)
            return False
        return bool(text(part(answer, "file"), "mimetype"))

    async def _show(self, where: Place, post: Post, nonce: str, names: list[str]) -> str:
        """Post the message, as soon as Slack takes its pictures; "" if it never does."""
        content = gallery(post, names)
        for wait in (*WAITS_SECONDS, None):
            try:
                return await self._messages.post_as(where, post, nonce, content)
            except PlatformRefused as error:
                if error.code not in BAD_BLOCKS:
                    raise
                log.info("pictures not taken yet", code=error.code)
            if wait is not None:
                await self._clock.sleep(wait)
        return ""

    async def empty(self, where: Place, ts: str) -> None:
        """Delete the files of a message of ours: they would outlive it.

        https://docs.slack.dev/reference/methods/files.delete . What is not ours stays.
        """
        row = await self._read(where, ts)
        for name in dict.fromkeys([*pictures_in(row), *(text(one, "id") for one in _files(row))]):
            try:
                await self._calls.make(where.team, "files.delete", file=name)
            except (Throttled, PlatformUnknown):
                raise
            except PlatformRefused as error:
                log.info("file not deleted", file=name, code=error.code)

    async def _read(self, where: Place, ts: str) -> Mapping[str, Any]:
        """Return a message as it stands, an empty one where it cannot be read."""
        try:
            answer = await self._calls.make(
                where.team,
                "conversations.replies",
                channel=where.channel,
                ts=where.thread_ts or ts,
                oldest=ts,
                latest=ts,
                inclusive=True,
                limit=1,
            )
        except (Throttled, PlatformUnknown):
            raise
        except PlatformRefused as error:
            log.info("message not read", code=error.code)
            return {}
        rows = parts(answer, "messages")
        return next((row for row in rows if text(row, "ts") == ts), {})


def _files(row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [one for one in parts(row, "files") if text(one, "mode") != NO_FILE]


def is_shown(file: File) -> bool:
    """Tell whether Slack shows a picture within a message: WebP is not."""
    return file.content.startswith(_SHOWN)
