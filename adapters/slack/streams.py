"""Native streams: a message that grows by what is new, with one writer.

Such a message lives for about five minutes; then, or when a person stops it, appending to it
is refused, and it goes on by being replaced.
https://docs.slack.dev/reference/methods/chat.startStream
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog

from adapters.slack.abilities import NO, Abilities, Ability
from adapters.slack.blocks import button_rows, metadata
from adapters.slack.calls import Calls
from adapters.slack.failures import MISSING_SCOPE, RATE_LIMITED, THREAD_NOT_FOUND
from adapters.slack.lately import Lately
from adapters.slack.messages import Messages
from adapters.slack.places import Place, thread_path
from adapters.slack.readers import MISNAMED, Reader, Readers
from adapters.slack.statuses import Statuses
from adapters.slack.texts import neutralise, neutralise_growing
from bot.errors import Forbidden, Gone, Lost, PlatformRefused, PlatformUnknown, Throttled, TooLong
from bot.events import Post
from bot.ports import Meter

log = structlog.get_logger(__name__)

# One call takes 12,000 characters; the rest of a longer one goes with the next.
MOST_CHARACTERS = 11_000
MOST_STREAMS = 4_096
# What a kind of channel does not take is tried again after a day, like a workspace's refusal.
DAY_SECONDS = 24 * 3_600.0

START = "chat.startStream"
NOT_STREAMING = "message_not_in_streaming_state"
STOPPED = "stopped_by_user"
# The thread's first message was deleted.
_NO_THREAD = "invalid_thread_ts"
# All of its first text may yet become a mention, so that none was sent.
_NO_TEXT = "no_text"
_CHANNEL_TYPE = "channel_type_not_supported"
# The workspace will not have streams; other refusals are about the place, or for all calls.
_NOT_HERE = frozenset({MISSING_SCOPE, "not_allowed_token_type"})


class State(StrEnum):
    """Where a stream stands.

    `UNSURE`: a call's answer was lost, so what it shows is not known. `STOPPED`: a person
    stopped it; it keeps its text until the last word. `CLOSED`: Slack has ended it.
    """

    LIVE = "live"
    UNSURE = "unsure"
    STOPPED = "stopped"
    CLOSED = "closed"


@dataclass(slots=True)
class Stream:
    """One message under way; `shown` is the text that Slack acknowledged."""

    where: Place
    ts: str
    nonce: str
    shown: str = ""
    state: State = State.LIVE
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def keeps_its_text(self) -> bool:
        """Tell whether a person stopped it, so that only its last word is shown."""
        return self.state is State.STOPPED


class Streams:
    """Keep the streams that this process began; of others it knows nothing.

    `on_stopped(place, ts)` is called when Slack says that a person stopped a stream there.
    """

    def __init__(
        self,
        calls: Calls,
        messages: Messages,
        abilities: Abilities,
        statuses: Statuses,
        readers: Readers,
        meter: Meter,
        on_stopped: Callable[[str, str], None] | None = None,
    ) -> None:
        self.on_stopped = on_stopped
        self._calls = calls
        self._messages = messages
        self._abilities = abilities
        self._statuses = statuses
        self._meter = meter
        self._streams: OrderedDict[tuple[str, str, str], Stream] = OrderedDict()
        self._readers = readers
        # Threads that Slack shows to be worked in until a stream there is ended.
        self._at_work: OrderedDict[Place, None] = OrderedDict()
        self._refused_channels: Lately[tuple[str, str], bool] = Lately(calls.clock, DAY_SECONDS)

    def may(self, where: Place) -> bool:
        """Tell whether a message that grows would be streamed there now."""
        if not where.thread_ts or self._abilities.refuses(where.team, Ability.STREAM):
            return False
        if self._refused_channels.get((where.team, where.channel)):
            return False
        if not self._readers.choices(where):
            return False
        return self._calls.allowance.is_left(START, where.team)

    # --- beginning -----------------------------------------------------------------------------

    async def start(self, where: Place, post: Post, nonce: str) -> str | None:
        """Begin a message and return its `ts`; None where it cannot be a stream."""
        text = neutralise_growing(post.growing or "")[:MOST_CHARACTERS]
        choices = self._readers.choices(where)
        for reader in choices:
            try:
                ts = await self._start(where, text, reader)
            except PlatformUnknown:
                self._at_work[where] = None
                self._statuses.note(where, working=None)
                raise
            except Throttled as error:
                if error.code != RATE_LIMITED:
                    raise
                # Enough was begun for now; that says nothing of tomorrow.
                break
            except TooLong:
                break
            except PlatformRefused as error:
                if error.code in MISNAMED:
                    continue
                await self._heed(where, error)
                break
            if len(choices) > 1:
                self._readers.learn(where, reader)
            self._at_work[where] = None
            self._statuses.note(where, working=True)
            self._keep(Stream(where, ts, nonce, text))
            self._meter.count("slack_streams", outcome="started")
            return ts
        self._meter.count("slack_streams", outcome="refused")
        return None

    async def _start(self, where: Place, text: str, reader: Reader | None) -> str:
        answer = await self._calls.make(
            where.team,
            START,
            channel=where.channel,
            thread_ts=where.thread_ts,
            recipient_user_id=reader and reader.user,
            recipient_team_id=reader and reader.team,
            markdown_text=text or None,
        )
        ts = str(answer.get("ts") or "")
        if not ts:
            raise PlatformUnknown("Slack did not name the stream.", code="no_ts")
        await self._messages.refuse_stray(where, ts, answer)
        return ts

    async def _heed(self, where: Place, error: PlatformRefused) -> None:
        """Remember a refusal for as long as it holds; what no message may, is not one."""
        if error.code == _CHANNEL_TYPE:
            self._refused_channels.put((where.team, where.channel), True)
        elif error.code == _NO_THREAD:
            raise Gone("The thread is no longer there.", code=THREAD_NOT_FOUND)
        elif isinstance(error, Gone):
            raise error
        elif error.code == _NO_TEXT:
            return
        elif not isinstance(error, Forbidden) or error.code in _NOT_HERE:
            await self._abilities.put(where.team, Ability.STREAM, NO)

    # --- growing -------------------------------------------------------------------------------

    async def edit(self, where: Place, ts: str, post: Post) -> bool:
        """Make a message show a post, if it is a stream of this process; tell whether it was."""
        stream = self._streams.get(_key(where, ts))
        if stream is None:
            return False
        async with stream.lock:
            try:
                await self._edit(stream, post)
            except Lost:
                self._forget(stream, "lost")
                raise
        return True

    async def _edit(self, stream: Stream, post: Post) -> None:
        if stream.state is State.LIVE and await self._go_on(stream, post):
            return
        if stream.keeps_its_text and post.growing is not None:
            return
        await self._close(stream)
        await self._messages.update(stream.where, stream.ts, post, stream.nonce)
        self._forget(stream, "replaced")

    async def _go_on(self, stream: Stream, post: Post) -> bool:
        """Append what is new, and end the stream with the last of it; tell whether it could."""
        if post.growing is not None and not post.buttons:
            return await self._grow(stream, neutralise_growing(post.growing))
        if not await self._finish(stream, post):
            return False
        self._forget(stream, "finished")
        return True

    async def _grow(self, stream: Stream, text: str) -> bool:
        """Append what is new; tell whether the stream now shows the text."""
        if not text.startswith(stream.shown):
            return False
        while (rest := text[len(stream.shown) :]) and await self._append(stream, rest):
            pass
        return text == stream.shown

    async def _append(self, stream: Stream, text: str) -> bool:
        piece = text[:MOST_CHARACTERS]
        try:
            await self._change(stream, "chat.appendStream", markdown_text=piece)
        except PlatformRefused as error:
            self._meet(stream, error)
            return False
        stream.shown += piece
        return True

    async def _finish(self, stream: Stream, post: Post) -> bool:
        """Append the rest and end the stream; tell whether that is done."""
        text = neutralise(post.text)
        if not text.startswith(stream.shown):
            return False
        while len(text) - len(stream.shown) > MOST_CHARACTERS:
            if not await self._append(stream, text[len(stream.shown) :]):
                return False
        feedback = not self._abilities.refuses(stream.where.team, Ability.FEEDBACK)
        try:
            answer = await self._change(
                stream,
                "chat.stopStream",
                markdown_text=text[len(stream.shown) :] or None,
                blocks=button_rows(post.buttons, feedback=feedback) or None,
                metadata=metadata(stream.nonce),
            )
        except PlatformRefused as error:
            self._meet(stream, error)
            return False
        stream.state = State.CLOSED
        self._note_end(stream.where)
        await self._messages.refuse_stray(stream.where, stream.ts, answer)
        return True

    async def _change(self, stream: Stream, method: str, **arguments: Any) -> dict[str, Any]:
        """Make a call that changes the stream."""
        where = stream.where
        try:
            return await self._calls.make(
                where.team, method, channel=where.channel, ts=stream.ts, **arguments
            )
        except PlatformUnknown:
            # Whether it shows the new text cannot be seen: only the whole text mends that.
            stream.state = State.UNSURE
            self._statuses.note(where, working=None)
            raise

    def _meet(self, stream: Stream, error: PlatformRefused) -> None:
        """Draw the consequences of a refused change; raise what no other call would mend."""
        if isinstance(error, Throttled | Forbidden | Gone | Lost):
            raise error
        log.info("stream refused", ts=stream.ts, code=error.code)
        if error.code == NOT_STREAMING:
            stream.state = State.CLOSED
        elif error.code == STOPPED:
            stream.state = State.STOPPED
            self._meter.count("slack_streams", outcome="stopped")
            if self.on_stopped is not None:
                self.on_stopped(_path(stream.where), stream.ts)

    # --- ending --------------------------------------------------------------------------------

    async def end(self, where: Place, ts: str) -> None:
        """End a stream of this process as it is, so that it can be deleted."""
        stream = self._streams.get(_key(where, ts))
        if stream is None:
            return
        async with stream.lock:
            await self._close(stream)
            self._forget(stream, "withdrawn")

    async def _close(self, stream: Stream) -> None:
        """End a stream, so that its message can be replaced: a live one cannot be."""
        if stream.state in (State.LIVE, State.UNSURE):
            if await self._messages.end_stream(stream.where, stream.ts):
                self._note_end(stream.where)
            stream.state = State.CLOSED

    def _note_end(self, where: Place) -> None:
        """Know that Slack shows a thread to be worked in no more: the end of a stream tells it."""
        self._at_work.pop(where, None)
        self._statuses.note(where, working=False)

    def take_unended(self, where: Place) -> bool:
        """Tell, once, whether the last stream of a thread is over and was never ended."""
        if where not in self._at_work:
            return False
        if any(stream.where == where for stream in self._streams.values()):
            return False
        del self._at_work[where]
        return True

    def _keep(self, stream: Stream) -> None:
        self._streams[_key(stream.where, stream.ts)] = stream
        while len(self._streams) > MOST_STREAMS:
            self._streams.popitem(last=False)
        while len(self._at_work) > MOST_STREAMS:
            self._at_work.popitem(last=False)

    def _forget(self, stream: Stream, outcome: str) -> None:
        self._streams.pop(_key(stream.where, stream.ts), None)
        self._meter.count("slack_streams", outcome=outcome)


def _key(where: Place, ts: str) -> tuple[str, str, str]:
    return where.team, where.channel, ts


def _path(where: Place) -> str:
    return thread_path(where.team, where.channel, where.thread_ts)
