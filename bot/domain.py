"""The nouns: who wrote what, where, and what answers it.

Ids are text, times are UTC milliseconds, amounts are integers (tokens, micro-dollars).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """Name one conversation.

    Discord: `workspace` is the guild (`@me` for a direct message), `channel` the parent
    channel, `thread` the thread's id, which is also the id of the message that it was
    started from, so it is known before the thread exists.
    Slack: team, channel, `thread_ts`.
    """

    platform: str
    workspace: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class Author:
    """Name a person. `moderator` is what the platform itself said in the very event."""

    id: str
    name: str
    moderator: bool = False


LATE_AFTER_MS = 15 * 60 * 1000


class TurnState(StrEnum):
    """Where a turn stands: `admitted -> running -> delivering -> ended`.

    A refused turn goes from intake straight to `delivering` its notice.
    """

    ADMITTED = "admitted"
    RUNNING = "running"
    DELIVERING = "delivering"
    ENDED = "ended"


class Outcome(StrEnum):
    """What a turn came to; known from `delivering` on.

    `ANSWERED` and `STOPPED` show text, `FAILED` and `REFUSED` show a notice,
    `CANCELLED` shows nothing, `UNDELIVERABLE` could not be shown anywhere.
    """

    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"


class TurnKind(StrEnum):
    """What asked for the turn."""

    PROMPT = "prompt"
    RETRY = "retry"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class InteractionRef:
    """Let a reply replace a deferred interaction's placeholder while its token lives.

    `place` is where the placeholder stands: where the button was pressed.
    """

    id: str
    application: str
    token: str = field(repr=False)
    expires_at: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of a person and its one outcome, as claimed by a worker.

    `worker` and `attempt` fence every write: after a takeover the old owner's writes fail.
    `answer` and `note` are set from `delivering` on: the text shown is `answer`, a blank
    line, `note` (either may be empty).
    """

    id: str
    thread: ThreadRef
    kind: TurnKind
    source: str
    position: int
    author: Author
    state: TurnState
    attempt: int
    worker: str
    received_at: int
    sent_at: int = 0
    place: str | None = None
    opens_thread: bool = False
    prompt: str = ""
    outcome: Outcome | None = None
    answer: str = ""
    note: str = ""
    error: str = ""
    stop_requested: bool = False
    cancel_requested: bool = False
    interaction: InteractionRef | None = None

    @property
    def is_late(self) -> bool:
        """Tell whether its words had waited long when the bot first heard of them."""
        return self.kind is TurnKind.PROMPT and self.received_at - self.sent_at > LATE_AFTER_MS


class Role(StrEnum):
    """Who speaks, in the words that every chat model knows."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation, as a model is given it."""

    role: Role
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Count what a provider reported; every field may be unknown (None)."""

    prompt: int | None = None
    completion: int | None = None
    reasoning: int | None = None
    total: int | None = None
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a step holds or used: requests, tokens, images, micro-dollars (rounded up)."""

    requests: int = 0
    tokens: int = 0
    images: int = 0
    micros: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """One model of one backend, its limits and prices.

    `window` and `max_output` are tokens; prices are micro-dollars per million tokens,
    None where unknown (never shown as 0).
    """

    backend: str
    name: str
    window: int = 128_000
    max_output: int = 16_384
    input_price: int | None = None
    output_price: int | None = None
    efforts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return `backend:model`, the name that settings and people use."""
        return f"{self.backend}:{self.name}"


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Ask a model for one answer."""

    model: Model
    messages: tuple[ChatMessage, ...]
    max_output_tokens: int
    request_id: str
    effort: str | None = None
