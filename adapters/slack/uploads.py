"""Post files, in three steps, and see that they really stand where they belong.

https://docs.slack.dev/messaging/working-with-files#uploading_files : Slack gives an address,
takes the bytes there, and shares the file some time after it said so, or never.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from adapters.slack.blocks import button_rows, sections
from adapters.slack.calls import Calls
from adapters.slack.messages import BAD_BLOCKS, Messages, thread_for
from adapters.slack.places import Place
from adapters.slack.texts import escape, neutralise
from bot.errors import Forbidden, Gone, PlatformError, PlatformRefused, PlatformUnknown, Throttled
from bot.events import File, Post
from bot.ports import Clock

log = structlog.get_logger(__name__)

NOT_UPLOADED = "not_uploaded"
NOT_SHARED = "not_shared"
BYTES = "files.upload"
TRIES = 3
TRY_AGAIN_SECONDS = 1.0
# About 12 seconds: https://github.com/paradigmxyz/centaur/pull/311 saw shares come late.
LOOKS_SECONDS = (0.3, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0)
SHARES = 2


class Uploads:
    """Post messages that carry files."""

    def __init__(self, calls: Calls, messages: Messages, clock: Clock) -> None:
        self._calls = calls
        self._messages = messages
        self._clock = clock

    async def post(self, where: Place, post: Post, nonce: str) -> str:
        """Upload a post's files, share them in one message, and return its `ts`.

        Raises `PlatformRefused` if the bytes do not arrive or nothing is ever shared.
        """
        names = [await self.put(where.team, one) for one in post.files]
        # A picture's alt text would keep it from ever being shared, so its title has the words:
        # https://github.com/slackapi/python-slack-sdk/issues/1818
        titles = [(post.gallery and one.description) or one.name for one in post.files]
        files = [{"id": name, "title": each} for name, each in zip(names, titles, strict=True)]
        rich, unclear = True, False
        for _ in range(SHARES):
            try:
                rich = await self._share(where, post, files, rich=rich)
                completed = True
            except PlatformUnknown as error:
                # Some blocks end in an internal error; the plain words go the second time.
                log.info("share of unknown fate", code=error.code)
                rich, unclear, completed = False, True, False
            except PlatformRefused as error:
                # After a lost answer: it was done the first time.
                if unclear and isinstance(error, Throttled):
                    raise _unshared() from error
                if not unclear or isinstance(error, Forbidden | Gone):
                    raise
                completed = True
            if ts := await self._find_share(where, post, names[0]):
                return ts
            log.warning("file not shared", file=names[0], completed=completed)
            if completed:
                break
        else:
            raise _unshared()
        try:
            return await self._share_again(where, post, nonce, names)
        except Throttled as error:
            # The first share may come yet: whoever posts again has to look before.
            raise _unshared() from error

    # --- the steps -------------------------------------------------------------------------------

    async def put(self, team: str, file: File) -> str:
        """Upload one file and return its id; nobody sees it yet."""
        answer = await self._calls.make(
            team, "files.getUploadURLExternal", filename=file.name, length=len(file.content)
        )
        url, name = str(answer.get("upload_url") or ""), str(answer.get("file_id") or "")
        if not url or not name:
            raise PlatformRefused("Slack gave no address for the file.", code=NOT_UPLOADED)
        for tries in range(TRIES):
            if tries:
                await self._clock.sleep(TRY_AGAIN_SECONDS)
            try:
                await self._calls.send_bytes(url, file.content, BYTES)
                return name
            except Throttled:
                raise
            except PlatformRefused:
                # An address takes bytes once: after a lost answer they may be there already,
                # and the next step tells.
                if not tries:
                    raise
                return name
            except PlatformUnknown as error:
                log.info("bytes of unknown fate", tries=tries + 1, code=error.code)
        raise PlatformRefused("Slack did not take the file.", code=NOT_UPLOADED)

    async def _share(
        self, where: Place, post: Post, files: Sequence[Mapping[str, str]], *, rich: bool
    ) -> bool:
        """Share files, with the words and buttons of a post; tell whether it has its buttons.

        A `markdown` block is not taken here: https://github.com/slackapi/python-slack-sdk/issues/1756
        """
        to: dict[str, Any] = {
            "files": files,
            "channel_id": where.channel,
            "thread_ts": thread_for(where, post) or None,
        }
        if rich:
            rows = button_rows(post.buttons, feedback=False)
            blocks = [*sections(neutralise(post.text)), *rows]
            try:
                await self._complete(where.team, {**to, "blocks": blocks or None})
                return True
            except PlatformRefused as error:
                if error.code not in BAD_BLOCKS:
                    raise
                log.info("blocks of a file refused", code=error.code)
        await self._complete(where.team, {**to, "initial_comment": escape(post.text) or None})
        return False

    async def _share_again(self, where: Place, post: Post, nonce: str, names: Sequence[str]) -> str:
        """Share uploaded files by their ids, in a message of its own, and return its `ts`."""
        words = replace(post, files=())
        ts = await self._messages.post(where, words, nonce)
        try:
            await self._messages.update(where, ts, words, files=names)
            if found := await self._find_share(where, post, names[0]):
                if found != ts:
                    # The first one came very late.
                    await self._remove(where, ts)
                return found
        except PlatformRefused as error:
            log.warning("file not shared by its id", code=error.code)
        await self._remove(where, ts)
        raise PlatformRefused("Slack did not share the file.", code=NOT_SHARED)

    async def _complete(self, team: str, arguments: Mapping[str, Any]) -> None:
        await self._calls.make(team, "files.completeUploadExternal", **arguments)

    # --- where it stands -------------------------------------------------------------------------

    async def _find_share(self, where: Place, post: Post, file: str) -> str:
        """Return the message that a file was shared with, "" if it is in none for long.

        Of two (the first came very late) the second is removed.
        """
        thread = thread_for(where, post)
        for wait in LOOKS_SECONDS:
            await self._clock.sleep(wait)
            try:
                answer = await self._calls.make(where.team, "files.info", file=file)
            except Forbidden as error:
                # It surely is there, or will be; where, the thread itself tells.
                raise PlatformUnknown("Slack does not show the file.", code=error.code) from None
            except (PlatformRefused, PlatformUnknown):
                # Not yet, or not now.
                continue
            first, *others = [*sorted(set(shares_of(answer, where.channel, thread))), ""]
            for one in filter(None, others):
                await self._remove(where, one)
            if first:
                return first
        return ""

    async def _remove(self, where: Place, ts: str) -> None:
        try:
            await self._calls.make(where.team, "chat.delete", channel=where.channel, ts=ts)
        except PlatformError as error:
            log.warning("second share not removed", code=error.code)


def _unshared() -> PlatformUnknown:
    return PlatformUnknown("The file may have been shared.", code=NOT_SHARED)


def shares_of(answer: Mapping[str, Any], channel: str, thread: str) -> Iterator[str]:
    """Yield the messages of a channel (of one thread there) that a file is in."""
    file = answer.get("file")
    shares = file.get("shares") if isinstance(file, Mapping) else None
    for kind in shares.values() if isinstance(shares, Mapping) else ():
        rows = kind.get(channel) if isinstance(kind, Mapping) else None
        for row in rows if isinstance(rows, list) else ():
            told = row if isinstance(row, Mapping) else {}
            if told.get("ts") and (not thread or told.get("thread_ts") in (None, thread)):
                yield str(told["ts"])
