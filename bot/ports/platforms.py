"""Platforms, and what they hand events to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain import Attachment, InteractionRef, ThreadRef
from bot.events import Incoming, Post
from bot.ports.quotas import Scope
from bot.ports.stores import Overheard
from bot.ports.turns import Decision


class Intake(Protocol):
    """Take events from a platform's handlers."""

    def listens(self, platform: str, workspace: str, channel: str) -> bool:
        """Tell whether every message of a channel is a question; costs nothing."""

    async def follows(self, thread: ThreadRef) -> bool:
        """Tell whether a thread's messages are questions without a mention, as far as stored."""

    def put(self, event: Incoming) -> asyncio.Future[Decision]:
        """Queue an event without waiting, which keeps arrival order.

        The future resolves once the event is committed (an event that is not ours: once
        that is decided) and raises `StoreError` if it could not be, or if the queue is full.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows.

    `text` is the longest message in the platform's own units, counted by `length`;
    `file_bytes` the largest file that may be posted.
    `edit_seconds` is the shortest time between two calls in one place, `call_seconds` the
    deadline of a call. The whole bot may make `requests_per_second`, counted over
    `burst_seconds`.
    `settle_seconds`: a request whose answer was lost is surely done, or surely not, so long
    after it left; 0: its repetition is recognised by the nonce. `file_settle_seconds` is that
    of a post that carries files, counted from when it was begun. `part_seconds`: no message may
    grow longer than this; the answer then goes on in the next.
    `always_threads`: a thread needs no starting, so everything may be said in one.
    `repeat_seconds`: the platform brings an event that was not taken again, until so long
    after the first time; 0: it never does. `unshown`: the kinds of pictures (`webp`) that it
    shows only as files. `replies`: a message shows, in a thread too, what it replies to.
    """

    text: int
    length: Callable[[str], int]
    file_bytes: int = 10 * 1024 * 1024
    edit_seconds: float = 1.2
    requests_per_second: float = 45.0
    call_seconds: float = 20.0
    burst_seconds: float = 1.0
    settle_seconds: float = 0.0
    file_settle_seconds: float = 0.0
    part_seconds: float = float("inf")
    always_threads: bool = False
    repeat_seconds: float = 0.0
    unshown: frozenset[str] = frozenset()
    replies: bool = True


@dataclass(frozen=True, slots=True)
class Manner:
    """How a growing answer is shown at a place.

    `status`: beside the messages the platform shows, behind the bot's name, what is being done
    (`show_status`), so no message stands for it. `bare`: a message that grows takes no buttons;
    Stop is then a message of its own, unless the platform has a Stop of its own (`own_stop`).
    """

    status: bool = False
    bare: bool = False
    own_stop: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A message of ours, as found by looking.

    `turn` is the one that its buttons name, `interaction` the one that it came from, `nonce`
    the one that it was posted with, where the platform tells.
    """

    message: str
    reply_to: str | None = None
    turn: str = ""
    interaction: str = ""
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Permissions that the bot lacks, in the words of the platform's settings.

    Without `answer` nothing can be said where the answer belongs; without `thread` it stands
    in the channel.
    """

    answer: str = ""
    thread: str = ""


class Platform(Protocol):
    """Speak on one platform. Calls raise only `PlatformError`, each within its deadline."""

    name: str
    limits: Limits

    def missing(self, thread: ThreadRef, place: str | None) -> Missing:
        """Say what is known to be missing for an answer; costs nothing, may know nothing."""

    def manner(self, place: str, person: str = "") -> Manner:
        """Say how a growing answer is shown at a place now, to a person; costs nothing.

        Whoever `person` is asked there, maybe before this process began.
        """

    async def show_status(self, place: str, text: str) -> None:
        """Show what is being done beside a thread's messages; "" takes it away again.

        The words go on after the bot's name, which the platform sets before them: "is thinking…".
        Only where `Manner.status`.
        """

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Start the thread (or find it started) and return the place to post to.

        Where a thread cannot be had, the channel itself is returned.
        """

    async def post(
        self, place: str, post: Post, nonce: str, interaction: InteractionRef | None = None
    ) -> str:
        """Post and return the message's id. With an interaction (of this place) whose token
        lives, its placeholder becomes the message.
        """

    async def edit(self, place: str, message: str, post: Post) -> None:
        """Replace a message's text and buttons.

        Raises `Lost` where the message cannot be changed any more, so that it is posted anew;
        `Gone` where somebody wanted it, or its whole thread, away.
        """

    async def delete(self, place: str, message: str) -> None:
        """Remove a message of ours; already gone is fine."""

    async def dismiss(self, interaction: InteractionRef) -> None:
        """Remove an interaction's placeholder: the answer stands elsewhere."""

    async def whisper(self, interaction: InteractionRef, text: str) -> bool:
        """Tell whoever used an interaction alone, there; tell whether that is possible (still).

        Nothing of it can be found or changed later.
        """

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """Show on a person's message that it waits its turn (or take that mark away)."""

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """Return our own messages at `place` newer than the position `after`, oldest first."""

    async def read_thread(self, place: str, after: int, before: int, most: int) -> list[Overheard]:
        """Return what was said in a thread between two positions, oldest first.

        The newest `most` messages; the one that the thread was started from is among them if
        it lies in between. Raises `Forbidden` (its `permission` named) where it may not.
        """

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """Return a file's bytes; an expired link is had anew through its message, once.

        Raises `TooBig` beyond `most` bytes, `Elsewhere` if only a link to them was posted,
        `NotAFile` if there are none,
        `Gone` if it cannot be had any more, `Forbidden`
        (its `permission` named) if it can be had once an admin granted that, and
        `PlatformUnknown` or `Throttled` if it may be had later.
        """

    async def recent_pictures(self, place: str, most: int) -> list[Attachment]:
        """Return the newest pictures that people posted at a place, newest first.

        Ours are not among them. Raises `Forbidden` (its `permission` named) where the place may
        not be read.
        """

    async def direct(self, person: str) -> str:
        """Return the place of a person's direct messages with the bot. Raises `Forbidden` if
        there is none.
        """

    async def describe(self, scope: Scope) -> str | None:
        """Return what a USER, ROLE or CHANNEL of a scope's workspace is called, None where there
        is none such for anybody to ask: of elsewhere, deleted, a bot, or the bot itself.

        Without a workspace a USER is looked for wherever the bot is.
        """

    async def tell(self, person: str, post: Post, nonce: str) -> str:
        """Write to a person alone and return the message's id. Raises `Forbidden` if they
        take no messages from the bot.
        """
