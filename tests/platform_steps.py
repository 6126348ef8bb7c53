"""What the contract of platforms is written in: a stage, mishaps, and the steps on it."""

from __future__ import annotations

import asyncio
import io
from enum import StrEnum
from typing import Protocol, TypeVar

from PIL import Image

from adapters.playground.faults import Fault
from bot.domain import ThreadRef
from bot.events import Action, Button, MessageReceived
from bot.ports import Platform
from tests.discord_desk import Inbox
from tests.evidence import Seen, World
from tests.folk import Folk, Told
from tests.slack_api import Clerk
from tests.virtual import until

STOP = Button(Action.STOP, "t1", "Stop", danger=True)
RETRY = Button(Action.RETRY, "t1", "Retry")
GOOD = Button(Action.GOOD, "t1", "Good answer")
BAD = Button(Action.BAD, "t1", "Bad answer")
# As many as an edited picture has at most.
EDITED = tuple(
    Button(action, "t1", f"{action}".title())
    for action in (
        *(Action.ADJUST, Action.VARY, Action.UNDO, Action.BASE),
        *(Action.PAINT, Action.REMOVE, Action.DETAILS),
    )
)

E = TypeVar("E")


class Verb(StrEnum):
    """A kind of call that can end badly."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"
    LOOK = "look"


class Mishap(StrEnum):
    """How a call ends. `LOST`: it is done, and nobody says so. `CUT`: nobody knows, it is not.

    `THROTTLED`: the platform asks to wait for 40 seconds.
    """

    LOST = "lost"
    CUT = "cut"
    THROTTLED = "throttled"


class Stage(Protocol):
    """An adapter at work against a stand-in, and the means to look behind its back.

    `inbox` takes what it hears, and decides about that as it is told to; `clerk` runs its
    commands.
    """

    @property
    def platform(self) -> Platform:
        """Return the adapter."""

    @property
    def folk(self) -> Folk:
        """Return the people."""

    inbox: Inbox
    clerk: Clerk

    def look(self) -> World:
        """Return what people see now."""

    def calls(self) -> int:
        """Return how many calls were made so far."""

    def script(self, verb: Verb, mishap: Mishap) -> Fault:
        """Let the next call of a kind end so."""

    def shut(self, place: str) -> None:
        """Let the bot say nothing more in the channel of a place."""

    def say_as_bot(self, place: str, text: str) -> None:
        """Write there, and mention the bot, as another bot."""

    def tell_again(self) -> None:
        """Tell the adapter of the newest message of a person once more."""


async def heard(stage: Stage, kind: type[E]) -> E:
    """Wait for an event of a kind and return it; it and all that came with it is forgotten."""

    def found() -> E | None:
        return next((each for each in stage.inbox.events if isinstance(each, kind)), None)

    await until(found, within=10)
    event = found()
    assert event is not None
    await asyncio.sleep(0.5)
    stage.inbox.events.clear()
    return event


async def told(stage: Stage, used: str) -> Told:
    """Wait for what something that a person used is answered."""
    await until(lambda: stage.folk.told(used), within=10)
    found = stage.folk.told(used)
    assert found is not None
    return found


async def begun(stage: Stage) -> tuple[ThreadRef, str]:
    """Return a thread that a person's question has begun, and its place."""
    stage.folk.mention(stage.folk.people[1], stage.folk.channels[0], "What is a monad?")
    event = await heard(stage, MessageReceived)
    return event.thread, await stage.platform.open_thread(event.thread, "What is a monad?")


def picture(colour: str) -> bytes:
    """Return a small picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (12, 8), colour).save(out, "PNG")
    return out.getvalue()


def root_of(thread: ThreadRef) -> str:
    """Return the message that a thread was started from."""
    return thread.thread.rpartition("/")[2]


def ours(stage: Stage) -> list[Seen]:
    """Return the bot's lasting messages."""
    return stage.look().ours()
