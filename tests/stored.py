"""Builders for the tests of storage: events as they come in, and a look into the tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain import (
    Amounts,
    Attachment,
    Author,
    Edit,
    EditOptions,
    FileState,
    ImageModel,
    InteractionRef,
    Model,
    Options,
    Outcome,
    StoredFile,
    ThreadRef,
    Turn,
)
from bot.events import Action, Asked, ButtonPressed, MaskPainted, MessageEdited, MessageReceived
from bot.ports import Conclusion, Draft, DraftKind, Made, PartState, Purpose
from storage.engine import Operation, Rows
from storage.store import SqliteStore, open_store
from tests.fresh import lay_database

ANN = Author("u-ann", "Ann")
BEN = Author("u-ben", "Ben")
MODERATOR = Author("u-mod", "Mo", moderator=True)
MODEL = Model("aimlapi", "gpt-5-mini")
HOLD = Amounts(requests=1, tokens=1_000, micros=500)
IMAGE_MODEL = ImageModel("segmind", "gpt-image-1-edit-mini")
IMAGE_HOLD = Amounts(requests=1, images=1, micros=50_000)
OPTIONS = EditOptions(size="1024x1024", quality="high", compression=80)
WORKER = "w1"
NOW = 1_000_000
LATER = NOW + 60_000


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStore]:
    """Open a store, and leave it closed and intact."""
    lay_database(path)
    store = await open_store(path)
    try:
        yield store
        assert await store.check() == "ok"
    finally:
        await store.aclose()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Have a store on a file of its own."""
    async with opened(tmp_path / "bot.db") as store:
        yield store


def thread(name: str = "100", *, workspace: str = "guild", channel: str = "chan") -> ThreadRef:
    return ThreadRef("discord", workspace, channel, name)


def mention(
    message: str = "100",
    *,
    of: ThreadRef | None = None,
    text: str = "hello",
    author: Author = ANN,
    addressed: bool = True,
    **more: Any,
) -> MessageReceived:
    """Return a message; by default one in a channel, which its thread is started from."""
    return MessageReceived(
        thread=of or thread(message),
        message=message,
        position=int(message),
        author=author,
        text=text,
        addressed=addressed,
        opens_thread=of is None,
        sent_at=NOW - 5,
        **more,
    )


def attachment(id: str = "f1", *, message: str = "100", place: str = "chan") -> Attachment:
    return Attachment(id, f"{id}.png", 7, "image/png", f"https://cdn/{id}?ex=1", message, place)


def asked(
    interaction: str = "500",
    *,
    of: ThreadRef | None = None,
    text: str = "hello",
    author: Author = ANN,
    **more: Any,
) -> Asked:
    """Return a slash command; by default in a channel, where its thread has no id yet."""
    at = of or thread(interaction)
    return Asked(
        thread=at,
        interaction=InteractionRef(
            interaction, "app", f"token-{interaction}", LATER, of.thread if of else "chan"
        ),
        position=int(interaction),
        author=author,
        text=text,
        options=more.pop("options", Options()),
        opens_thread=of is None,
        sent_at=NOW - 5,
        **more,
    )


def edited(
    message: str = "100",
    text: str = "changed",
    *,
    at: str = "chan",
    position: int = 5_000,
    files: tuple[str, ...] = (),
    workspace: str = "guild",
) -> MessageEdited:
    return MessageEdited("discord", workspace, at, message, ANN, text, files, position)


def press(
    action: Action,
    turn: str,
    *,
    by: Author = ANN,
    interaction: str = "900",
    workspace: str = "guild",
) -> ButtonPressed:
    return ButtonPressed(
        thread=thread(workspace=workspace),
        interaction=InteractionRef(interaction, "app", f"token-{interaction}", LATER, "here"),
        position=int(interaction),
        author=by,
        action=action,
        turn=turn,
        message="m1",
        place="100",
    )


async def admitted(store: SqliteStore, event: MessageReceived | Asked) -> str:
    """Admit an event and return its turn."""
    return (await store.admit(event, NOW)).turn


async def claimed(store: SqliteStore, worker: str = WORKER, now: int = NOW) -> Turn:
    """Claim the one turn that can be claimed, by a worker that lives for a minute."""
    await store.beat(worker, now, now + 60_000)
    (turn,) = await store.claim(worker, now, 10)
    return turn


async def ended(
    store: SqliteStore,
    event: MessageReceived | Asked,
    outcome: Outcome = Outcome.ANSWERED,
    answer: str = "the answer",
) -> Turn:
    """Bring a turn from its event to its end."""
    await store.admit(event, NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    charge = Amounts(1, 10, 0, 5) if answer else Amounts()
    await store.conclude(turn, Conclusion(outcome, answer, charge=charge), NOW)
    await store.end(turn, outcome, NOW)
    return turn


async def select(store: SqliteStore, sql: str, **params: Any) -> list[tuple[Any, ...]]:
    """Look into the tables."""

    def look() -> Operation[Rows]:
        return (yield sql, params)

    return [tuple(row) for row in await store.engine.read(look())]


async def dump(store: SqliteStore) -> dict[str, list[tuple[Any, ...]]]:
    """Return the whole content of the database, to show that nothing changed."""
    tables = await select(store, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name: await select(store, f"SELECT * FROM {name}") for (name,) in tables}


# --- pictures ----------------------------------------------------------------------------------


def made(blob: str = "made-1", *inputs: int, prompt: str = "make it pink", **more: Any) -> Made:
    """Return a picture as an edit made it."""
    given: dict[str, Any] = {"mime": "image/png", "width": 30, "height": 20, "options": OPTIONS}
    return Made(blob, inputs=inputs or (1,), prompt=prompt, model=IMAGE_MODEL.id, **given | more)


def picture_file(blob: str, *, position: int = 100, n: int = 0, **more: Any) -> StoredFile:
    """Return a file that was read as a picture."""
    return StoredFile(
        position,
        n,
        attachment(f"f{n + 1}"),
        FileState.READ,
        blob=blob,
        mime="image/png",
        width=64,
        height=48,
        **more,
    )


async def made_by(
    store: SqliteStore,
    event: MessageReceived | Asked | ButtonPressed | MaskPainted,
    result: Made | None = None,
    *,
    outcome: Outcome = Outcome.ANSWERED,
    at: int = NOW,
    message: str = "",
) -> Turn:
    """Bring an edit from its event to its end; `message` is the one that shows its picture."""
    await store.admit(event, at)
    turn = await claimed(store, now=at)
    await concluded(store, turn, result or made(), at=at)
    if message:
        await shown(store, turn, message)
    await store.end(turn, outcome, at)
    return turn


async def concluded(store: SqliteStore, turn: Turn, result: Made, *, at: int = NOW) -> None:
    """Store what an edit made."""
    await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, at)
    charge = Amounts(requests=1, images=1, micros=40_000)
    end = Conclusion(Outcome.ANSWERED, "as asked", model=IMAGE_MODEL.id, charge=charge, made=result)
    await store.conclude(turn, end, at)


async def shown(store: SqliteStore, turn: Turn, message: str, place: str = "100") -> None:
    """Post the message that shows a picture."""
    await store.begin_part(turn, Purpose.PICTURE, 0, place, f"nonce-{message}", NOW)
    await store.mark_part(turn, Purpose.PICTURE, 0, PartState.SENT, message, NOW)


def draft(id: str = "d1", **more: Any) -> Draft:
    """Return a form's draft, of a thread and for an hour."""
    given: dict[str, Any] = {
        "kind": DraftKind.FORM,
        "thread": thread("100"),
        "place": "100",
        "author": ANN,
        "opens_thread": False,
        "edit": Edit(numbers=(1,), options=OPTIONS),
        "prompt": "make it pink",
        "attachments": (),
        "about": "",
        "created_at": NOW,
        "expires_at": NOW + 3_600_000,
    }
    return Draft(id, **given | more)


def painted(draft: str = "d1", mask: str = "mask-1", text: str = "only this") -> MaskPainted:
    """Return a mask that was painted on a page."""
    return MaskPainted("discord", "guild", draft, mask, text, NOW)
