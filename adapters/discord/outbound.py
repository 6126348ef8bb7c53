"""Say things in channels: post, edit, delete, mark what waits, open threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

import discord
import structlog

from adapters.discord.calls import ARCHIVED, NO_READ_HISTORY, THREAD_EXISTS
from adapters.discord.components import components, has_buttons
from adapters.discord.line import Requests
from adapters.discord.payloads import NO_PINGS, created, parameters, uploaded
from adapters.discord.permissions import has_threads, is_thread, to_post
from bot.domain import ThreadRef
from bot.errors import Gone, PlatformRefused, Throttled, TooBig, TooLong
from bot.events import Button, Post
from bot.ports import Limits, Meter
from bot.text import is_blank, utf16_length

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

# https://docs.discord.com/developers/resources/message#create-message
MAX_NONCE = 25
MAX_TITLE = 100
# https://docs.discord.com/developers/components/reference#text-display
MOST_GALLERY_TEXT = 4000
ARCHIVE_MINUTES: Final = 1440
# Says "it waits" on a question without a message between the parts of the answer before it.
QUEUED = "\N{HOURGLASS WITH FLOWING SAND}"
# The buttons last shown on a message are remembered for about this many messages.
MOST_SHOWN = 4096


LIMITS = Limits(text=2000, length=utf16_length)


class Outbound:
    """The sending half of `bot.ports.Platform`, as far as it is channels and messages."""

    def __init__(self, requests: Requests, meter: Meter, limits: Limits) -> None:
        self._requests = requests
        self._meter = meter
        self._limits = limits
        self._shown: OrderedDict[str, tuple[Button, ...]] = OrderedDict()

    # --- threads ---------------------------------------------------------------------

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Start a thread from its message; a second time it is found by its known id."""
        if not has_threads(self._requests.client, thread.channel):
            return thread.channel
        name = " ".join(title.split())[:MAX_TITLE].strip() or "Conversation"
        try:
            await self._requests.make(
                "open_thread",
                lambda http: http.start_thread_with_message(
                    int(thread.channel),
                    int(thread.thread),
                    name=name,
                    auto_archive_duration=ARCHIVE_MINUTES,
                ),
            )
        except (Gone, Throttled):
            raise
        except PlatformRefused as error:
            if error.code == THREAD_EXISTS:
                return thread.thread
            # Not permitted, no threads in this kind of channel, too many active ones: the
            # answer then stands in the channel itself.
            self._meter.count("discord_thread_refused")
            log.info("no thread here", channel=thread.channel, code=error.code)
            return thread.channel
        return thread.thread

    # --- messages --------------------------------------------------------------------

    async def post(self, place: str, post: Post, nonce: str) -> str:
        """Post a message and return its id."""
        self.check(place, post)
        if len(nonce) > MAX_NONCE:
            raise PlatformRefused(f"A nonce has at most {MAX_NONCE} characters.")
        try:
            row = await self._send(place, post, nonce)
        except PlatformRefused as error:
            refers = error.code in ("50035", NO_READ_HISTORY) and not isinstance(error, TooLong)
            if post.reply_to is None or not refers:
                raise
            # The message replied to is gone or may not be read: answer without a reference.
            row = await self._send(place, replace(post, reply_to=None), nonce)
        message = str(row["id"])
        # A repeated nonce returns what was posted first, and that may have had other buttons.
        if has_buttons(row, post.buttons):
            self.remember(message, post.buttons)
        else:
            self._shown.pop(message, None)
        return message

    async def edit(self, place: str, message: str, post: Post) -> None:
        """Replace a message's text, and its buttons where they have changed."""
        self.check(place, post)
        payload: dict[str, Any] = {"content": post.text, "allowed_mentions": NO_PINGS}
        if self._shown.get(message) != post.buttons:
            payload["components"] = components(post.buttons)
            # Until this is known to be done, nobody knows what is shown.
            self._shown.pop(message, None)
        await self._in_open_thread(
            place,
            lambda: self._requests.make(
                "edit",
                lambda http: http.edit_message(
                    int(place), int(message), params=parameters(payload, post.files)
                ),
                when_late=dict,
                place=place,
                needs=to_post(self._in_thread(place), files=bool(post.files)),
            ),
        )
        self.remember(message, post.buttons)

    async def delete(self, place: str, message: str) -> None:
        """Remove a message of ours."""
        self._shown.pop(message, None)
        try:
            await self._in_open_thread(
                place,
                lambda: self._requests.make(
                    "delete",
                    lambda http: http.delete_message(int(place), int(message)),
                    when_late=lambda: None,
                    place=place,
                ),
            )
        except Gone:
            return

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """Put an hourglass on a person's message, or take ours away."""
        await self._requests.make(
            "mark" if queued else "unmark",
            lambda http: (
                http.add_reaction(int(place), int(message), QUEUED)
                if queued
                else http.remove_own_reaction(int(place), int(message), QUEUED)
            ),
            when_late=lambda: None,
        )

    def check(self, place: str, post: Post) -> None:
        """Raise what Discord would answer to a text or file that it does not take."""
        most_text = MOST_GALLERY_TEXT if post.gallery else self._limits.text
        if self._limits.length(post.text) > most_text:
            raise TooLong(f"More than {most_text} characters.")
        if is_blank(post.text) and not post.files:
            raise PlatformRefused("Discord takes no empty message.", code="50006")
        most = self._most_bytes(place) if post.files else 0
        if any(len(file.content) > most for file in post.files):
            raise TooBig(f"More than {most} bytes.")

    def remember(self, message: str, buttons: tuple[Button, ...]) -> None:
        """Note the buttons that a message now has."""
        self._shown[message] = buttons
        self._shown.move_to_end(message)
        while len(self._shown) > MOST_SHOWN:
            self._shown.popitem(last=False)

    def _most_bytes(self, place: str) -> int:
        """Return the largest file that may be posted: boosted servers take more."""
        guild = getattr(self._requests.client.get_channel(int(place)), "guild", None)
        known = guild.filesize_limit if isinstance(guild, discord.Guild) else 0
        return max(known, self._limits.file_bytes)

    async def _send(self, place: str, post: Post, nonce: str) -> Mapping[str, Any]:
        payload = created(post, nonce)
        row: Mapping[str, Any] = await self._requests.make(
            "post",
            lambda http: http.send_message(int(place), params=parameters(payload, uploaded(post))),
            place=place,
            needs=to_post(
                self._in_thread(place), files=bool(post.files), reply=bool(post.reply_to)
            ),
        )
        return row

    async def _in_open_thread(self, place: str, call: Callable[[], Awaitable[_T]]) -> _T:
        """Make a call; if the thread is archived, open it again first, once.

        Sending un-archives, editing does not:
        https://docs.discord.com/developers/topics/threads#archiving
        """
        try:
            return await call()
        except Gone as error:
            if error.code != ARCHIVED:
                raise
            await self._requests.make(
                "unarchive", lambda http: http.edit_channel(int(place), archived=False)
            )
            self._meter.count("discord_unarchived")
            return await call()

    def _in_thread(self, place: str) -> bool:
        return is_thread(self._requests.client, place)
