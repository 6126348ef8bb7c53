"""Stores of everything else, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain import Attachment, Author, ChatMessage, StoredFile, ThreadRef, Turn
from bot.ports.pictures import PictureStore
from bot.ports.quotas import QuotaStore
from bot.ports.turns import PartStore, TurnStore


@dataclass(frozen=True, slots=True)
class Overheard:
    """A message of somebody else's thread, read because the bot was called into it.

    `message` is its id, `position` its place among messages, `ours` true for our own.
    """

    message: str
    position: int
    author: Author
    text: str
    ours: bool = False
    attachments: tuple[Attachment, ...] = ()


class ConversationStore(Protocol):
    """Read and add to conversations."""

    async def history(self, turn: Turn, most: int, characters: int = ...) -> list[ChatMessage]:
        """Return the thread's visible messages up to and with the turn's prompt, oldest
        first, the newest `most` of them, each with its files and its quote.

        What was said before the conversation was last started afresh is not part of it. Of the
        texts of files `characters` are read, the newest messages' first and the prompt's in
        any case; the files whose texts are not have `omitted`.
        """

    async def heard_to(self, turn: Turn) -> int:
        """Return the highest position of the thread before the turn's that is stored, or 0."""

    async def add_overheard(self, turn: Turn, messages: Sequence[Overheard], now: int) -> None:
        """Add what was said in somebody else's thread; what is stored already stays."""

    async def put_file(self, turn: Turn, file: StoredFile) -> None:
        """Store what became of a file of this turn's conversation (by `position` and `n`)."""

    async def start_afresh(self, thread: ThreadRef, position: int, now: int) -> None:
        """Leave everything up to `position` out of the conversation from now on."""

    async def follow(self, thread: ThreadRef, followed: bool, now: int) -> None:
        """Answer, or no longer answer, in a thread without a mention."""

    async def recent_sources(
        self, platform: str, workspace: str, since: int, most: int
    ) -> dict[str, list[str]]:
        """Return place -> ids of people's stored, not erased messages received since a time,
        and of the messages that those quote, which may be older.

        The newest `most` places; for finding out what was deleted while nobody listened.
        """

    async def recent_threads(
        self, platform: str, workspace: str, since: int, most: int
    ) -> list[str]:
        """Return the places of threads that are followed and in which something was asked since
        a time, the newest `most` of them first; for reading what was missed there.
        """

    async def is_followed(self, thread: ThreadRef) -> bool:
        """Tell whether a message in this thread is ours without a mention."""


class WatermarkStore(Protocol):
    """Remember how far each channel was read, so that a restart reads only what it missed."""

    async def watermarks(self, platform: str, workspace: str) -> dict[str, int]:
        """Return channel -> highest position seen. Key "" is the workspace's baseline:
        what was newest when the bot first came there.
        """

    async def raise_watermarks(
        self, platform: str, workspace: str, marks: Mapping[str, int]
    ) -> None:
        """Raise marks; a lower one than the stored changes nothing."""


class WorkerStore(Protocol):
    """Keep one heartbeat row per process."""

    async def beat(self, worker: str, now: int, alive_until: int) -> None:
        """Extend this worker's life."""

    async def retire(self, worker: str) -> None:
        """End this worker's life: its open turns may be taken at once."""

    async def bury_others(self, worker: str) -> None:
        """Declare every other worker dead (only where the caller knows that it is alone)."""


class Level(StrEnum):
    """Where a setting was made; the narrowest that has one wins."""

    THREAD = "thread"
    CHANNEL = "channel"
    SERVER = "server"


class SettingName(StrEnum):
    """What people set from chat.

    `MENTIONS` (of a channel only) is `always` (every question needs a mention), `threads`
    (not in the bot's own threads: what holds where nothing is set) or `never` (every message
    of the channel is a question).
    """

    MODEL = "model"
    PERSONA = "persona"
    MENTIONS = "mentions"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A setting as it was made."""

    level: Level
    name: SettingName
    value: str
    author: str = ""
    at: int = 0


class SettingStore(Protocol):
    """Keep what people set from chat."""

    async def chosen(self, thread: ThreadRef) -> list[Chosen]:
        """Return every setting that holds for a thread, the narrowest level first."""

    async def choose(self, thread: ThreadRef, choice: Chosen) -> None:
        """Store a setting of the thread, its channel or its workspace; "" takes it back."""

    async def listening(self, platform: str) -> set[tuple[str, str]]:
        """Return (workspace, channel) of all channels whose `MENTIONS` is `never`."""


class MemoStore(Protocol):
    """Keep single facts by name."""

    async def memo(self, name: str) -> str:
        """Return a fact, or ""."""

    async def put_memo(self, name: str, value: str) -> None:
        """Store a fact; "" forgets it."""


class OnceStore(Protocol):
    """Keep what is done once, however often a platform brings it."""

    async def note_done(
        self, platform: str, workspace: str, place: str, name: str, now: int
    ) -> bool:
        """Note that something is done in a place; tell whether for the first time.

        It is known for a day, as long as anything is brought again or read again.
        """


@dataclass(frozen=True, slots=True)
class Credit:
    """What was left on a provider's account when it last said so."""

    backend: str
    micros: int
    at: int


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that an admin has yet to be told. `raised_at` tells it from an earlier one."""

    name: str
    text: str
    person: str
    raised_at: int


class OperatorStore(Protocol):
    """Keep what the people who run the bot are told."""

    async def note_credits(self, credit: Credit) -> None:
        """Remember what is left on an account."""

    async def credits(self) -> list[Credit]:
        """Return the newest figure of each backend."""

    async def raise_alert(
        self, name: str, text: str, people: Sequence[str], now: int, *, again_ms: int = 0
    ) -> bool:
        """Raise an alert for these people, unless it stands already; tell whether it is new.

        With `again_ms` one that has stood for so long is new again, and nobody is told of it
        twice within that time.
        """

    async def clear_alert(self, name: str) -> None:
        """End an alert: the next time it is raised, people are told again."""

    async def untold(self) -> list[Alert]:
        """Return what has yet to be told, to whom."""

    async def standing(self) -> list[Alert]:
        """Return the alerts that stand, each once (of nobody: `person` is empty), newest first."""

    async def mark_told(self, alert: Alert) -> None:
        """Remember that a person was told (or cannot be)."""

    async def purge(self, now: int) -> dict[str, int]:
        """Remove what is kept for a time only, and return how many rows went, by kind.

        Answers that could not be shown (a day), what workspaces left behind (30 days),
        copies of the database made before an upgrade (7 days).
        Ledger rows stay: sums must stay right.
        """

    async def unused_blobs(self, among: Sequence[str]) -> set[str]:
        """Return those of these blobs that no file names any more."""


class Store(
    TurnStore,
    PartStore,
    PictureStore,
    ConversationStore,
    WatermarkStore,
    WorkerStore,
    SettingStore,
    MemoStore,
    OnceStore,
    OperatorStore,
    QuotaStore,
    Protocol,
):
    """Everything that the turn machine remembers by."""
