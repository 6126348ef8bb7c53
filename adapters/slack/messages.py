"""Whole messages: posted, replaced and removed, each in the best way that Slack takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from adapters.slack.abilities import NO, Abilities, Ability
from adapters.slack.blocks import Look, looks, metadata, shown
from adapters.slack.calls import Calls
from adapters.slack.failures import THREAD_NOT_FOUND
from adapters.slack.places import Place, position_of
from bot.errors import (
    Forbidden,
    Gone,
    Lost,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooLong,
)
from bot.events import Post
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

# Nothing is fetched for a link, nothing becomes a mention or a link that was not written so.
QUIET: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False, "parse": "none"}

BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "no_text"})
STREAMING = "streaming_state_conflict"
# What a workspace may take at most whose limit is less than Slack's documents say.
_LADDER = (4_000, 3_000, 1_500, 750)
STRAY_TRIES = 3
STRAY_SECONDS = 1.0


class Messages:
    """Post and replace messages of one client."""

    def __init__(self, calls: Calls, abilities: Abilities, clock: Clock, meter: Meter) -> None:
        self._calls = calls
        self._abilities = abilities
        self._clock = clock
        self._meter = meter

    async def post(self, where: Place, post: Post, nonce: str) -> str:
        """Post a message and return its `ts`.

        In a channel it stands in the thread of the message that it replies to.
        """
        arguments = _addressed(where, post, nonce)
        answer = await self._show(where, "chat.postMessage", Ability.POST, post, arguments)
        return await self._posted(where, post, answer)

    async def post_as(
        self, where: Place, post: Post, nonce: str, content: Mapping[str, Any]
    ) -> str:
        """Post a message that looks like `content` and in no other way; see `post`."""
        arguments = _addressed(where, post, nonce)
        answer = await self._calls.make(where.team, "chat.postMessage", **arguments, **content)
        return await self._posted(where, post, answer)

    async def _posted(self, where: Place, post: Post, answer: Mapping[str, Any]) -> str:
        """Return the `ts` of what was just posted, if it stands where it belongs."""
        ts = str(answer.get("ts") or "")
        if not ts:
            raise PlatformUnknown("Slack did not name the message.", code="no_ts")
        if thread_for(where, post):
            await self.refuse_stray(where, ts, answer)
        return ts

    async def update(
        self, where: Place, ts: str, post: Post, nonce: str = "", files: Sequence[str] = ()
    ) -> None:
        """Replace a message's text and buttons; without `nonce` it keeps its metadata.

        `files` are the ids of files that it carries from now on.
        """
        arguments: dict[str, Any] = {"channel": where.channel, "ts": ts, "parse": "none"}
        if nonce:
            arguments["metadata"] = metadata(nonce)
        if files:
            arguments["file_ids"] = list(files)
        await self._show(where, "chat.update", Ability.UPDATE, post, arguments)

    async def delete(self, where: Place, ts: str) -> None:
        """Remove a message; already gone is fine."""
        try:
            await self._delete(where, ts)
        except Lost:
            # A message that is still streamed cannot be deleted.
            await self.end_stream(where, ts)
            await self._delete(where, ts)

    async def end_stream(self, where: Place, ts: str) -> bool:
        """End a native stream as it is, and tell whether it was one; none at all is fine."""
        try:
            await self._calls.make(where.team, "chat.stopStream", channel=where.channel, ts=ts)
        except (Throttled, Forbidden):
            raise
        except PlatformRefused as error:
            log.info("no stream to end", code=error.code)
            return False
        return True

    async def refuse_stray(self, where: Place, ts: str, answer: Mapping[str, Any]) -> None:
        """Raise `Gone` for a reply that Slack put into the channel, and remove it.

        That is what it does, without a word, where the thread's first message was deleted.
        https://github.com/slackapi/bolt-js/issues/2307
        """
        message = answer.get("message")
        if not isinstance(message, Mapping) or message.get("thread_ts"):
            return
        self._meter.count("slack_strays")
        with self._calls.within(None):
            await self._remove_stray(where, ts)
        raise Gone("The thread is no longer there.", code=THREAD_NOT_FOUND)

    async def _remove_stray(self, where: Place, ts: str) -> None:
        for tries in range(STRAY_TRIES):
            try:
                await self.delete(where, ts)
                return
            except PlatformError as error:
                log.warning("stray reply not removed", code=error.code, tries=tries + 1)
                wait = error.retry_after if isinstance(error, Throttled) else STRAY_SECONDS
                await self._clock.sleep(wait)

    # --- ways to show it ---------------------------------------------------------------------

    async def _show(
        self, where: Place, method: str, kind: Ability, post: Post, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Make a call with the best look that Slack takes, and return its answer."""
        length = len(post.text)
        if length > self._abilities.longest(where.team, kind, length):
            raise TooLong("More than this workspace takes.", code="msg_too_long")
        feedback = not self._abilities.refuses(where.team, Ability.FEEDBACK)
        *better, last = looks(post, feedback=feedback)
        refused: Look | None = None
        for look in better:
            try:
                answer = await self._try(where, method, kind, post, look, arguments)
            except PlatformRefused as error:
                if error.code not in BAD_BLOCKS:
                    raise
                log.warning("blocks refused", call=method, look=look, code=error.code)
                refused = look
            else:
                if refused is Look.RICH and look is Look.BUTTONS:
                    await self._abilities.put(where.team, Ability.FEEDBACK, NO)
                return answer
        return await self._try(where, method, kind, post, last, arguments)

    async def _try(
        self,
        where: Place,
        method: str,
        kind: Ability,
        post: Post,
        look: Look,
        arguments: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Make a call; what stands in its way and can be moved, is."""
        content = shown(post, look)
        if method == "chat.postMessage" and not content["blocks"]:
            del content["blocks"]
        moved: set[str] = set()
        while True:
            try:
                return await self._calls.make(where.team, method, **arguments, **content)
            except TooLong:
                if look is not Look.BARE:  # what is shown without blocks has its own limit
                    await self._learn_limit(where.team, kind, len(post.text))
                raise
            except PlatformRefused as error:
                if error.code in moved or not await self._move(where, error, arguments):
                    raise
                moved.add(error.code)

    async def _move(
        self, where: Place, error: PlatformRefused, arguments: Mapping[str, Any]
    ) -> bool:
        """Move what stands in the way of a call; tell whether it is worth another try.

        A channel that the bot is not in is entered by nobody's question: people invite it.
        """
        if error.code == STREAMING:
            await self.end_stream(where, str(arguments["ts"]))
            return True
        return False

    async def _learn_limit(self, team: str, kind: Ability, length: int) -> None:
        fits = next((one for one in _LADDER if one < length), None)
        if fits is not None:
            await self._abilities.put(team, kind, str(fits))

    async def _delete(self, where: Place, ts: str) -> None:
        try:
            await self._calls.make(where.team, "chat.delete", channel=where.channel, ts=ts)
        except Gone:
            return


def _addressed(where: Place, post: Post, nonce: str) -> dict[str, Any]:
    """Return where a post goes, and by what it is known again."""
    to = {"channel": where.channel, "thread_ts": thread_for(where, post) or None}
    return {**to, **QUIET, "metadata": metadata(nonce)}


def thread_for(where: Place, post: Post) -> str:
    """Return the message in whose thread a post goes, "" for none.

    In a channel that is the one that it replies to, named by itself or by its thread.
    """
    if where.thread_ts:
        return where.thread_ts
    last = (post.reply_to or "").rpartition("/")[2]
    try:
        position_of(last)
    except ValueError:
        return ""
    return last
