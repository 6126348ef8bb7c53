"""The links of pages on which masks are painted (`bot.ports.Links`): made, looked at, used.

A token proves only that a link is ours; the draft that it names decides what it can still do.
"""

from __future__ import annotations

import asyncio
from typing import TypeVar

import structlog

from bot.domain import StoredPicture
from bot.errors import StoreError
from bot.events import TOO_MANY, MaskPainted, Verdict
from bot.faults import transition
from bot.forms import texts
from bot.forms.desk import FormDesk, FormStore, Told
from bot.forms.options import read_prompt
from bot.ports import (
    Canvas,
    Clock,
    Closed,
    Draft,
    DraftKind,
    Intake,
    LinkEnd,
    Pictures,
    Taken,
    Unread,
)
from bot.signing import Key, Purpose, Ticket, dump_keys, load_keys, rotate, sign, verify

log = structlog.get_logger(__name__)

Came = TypeVar("Came", Canvas | Closed, Taken | Closed)

MEMO = "links:key"
KEY_AGE_MS = 30 * 24 * 3_600_000
PATH = "/mask/"

_SAID = {
    LinkEnd.UNKNOWN: texts.LINK_UNKNOWN,
    LinkEnd.EXPIRED: texts.LINK_EXPIRED,
    LinkEnd.USED: texts.LINK_USED,
    LinkEnd.GONE: texts.LINK_GONE,
    LinkEnd.REFUSED: texts.LINK_REFUSED,
    LinkEnd.FAILED: texts.LINK_FAILED,
}


class LinkKeys:
    """The keys that links are signed by: made at the first use, and anew every month."""

    def __init__(self, store: FormStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._keys: tuple[Key, ...] | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> tuple[Key, ...]:
        """Return the keys, the one to sign by first. Raises StoreError."""
        async with self._lock:
            if self._keys is None:
                self._keys = load_keys(await self._store.memo(MEMO))
            keys = rotate(self._keys, self._clock.now(), KEY_AGE_MS)
            if keys != self._keys:
                await self._store.put_memo(MEMO, dump_keys(keys))
                self._keys = keys
            return keys


class LinkMaker:
    """Make links to pages of ours, which the world reaches at `public_url`."""

    def __init__(self, keys: LinkKeys, public_url: str) -> None:
        self._keys = keys
        self._public_url = public_url.rstrip("/")

    async def link(self, draft: str, expires_at: int) -> str:
        """Return the address of the page for a draft. Raises StoreError."""
        key, *_ = await self._keys.get()
        return f"{self._public_url}{PATH}{sign(key, Purpose.MASK, draft, expires_at)}"


class _Ended(Exception):
    """A link leads to nothing, or nothing comes of what was sent by it."""

    def __init__(self, end: LinkEnd, said: str = "") -> None:
        super().__init__(end)
        self.closed = Closed(end, said or _SAID[end])


class MaskLinks:
    """Know what links are for; implements `bot.ports.Links`."""

    def __init__(self, desk: FormDesk, keys: LinkKeys, intake: Intake, pictures: Pictures) -> None:
        self._desk = desk
        self._keys = keys
        self._intake = intake
        self._pictures = pictures

    async def look(self, token: str) -> Canvas | Closed:
        """Return what a link's page shows; uses nothing up, raises nothing."""
        try:
            ticket, draft, picture, data = await self._find(token)
            shown: Canvas | Closed = await self._canvas(ticket, draft, picture, data)
        except _Ended as ended:
            shown = ended.closed
        except Exception as error:
            shown = _fail(error)
        return self._count("look", shown)

    async def submit(self, token: str, mask: bytes, prompt: str) -> Taken | Closed:
        """Ask for the edit by a painted mask, once; raises nothing."""
        try:
            _, draft, picture, _ = await self._find(token)
            came: Taken | Closed = await self._take(draft, picture, mask, prompt)
        except _Ended as ended:
            came = ended.closed
        except Exception as error:
            came = _fail(error)
        return self._count("submit", came)

    def _count(self, act: str, came: Came) -> Came:
        outcome = came.end.value if isinstance(came, Closed) else "done"
        self._desk.meter.count("links", act=act, outcome=outcome)
        return came

    async def _find(self, token: str) -> tuple[Ticket, Draft, StoredPicture, bytes]:
        """Return what a link is about. Raises `_Ended`, `StoreError`."""
        ticket = verify(await self._keys.get(), Purpose.MASK, token)
        draft = await self._desk.store.draft(ticket.subject) if ticket else None
        if ticket is None or draft is None or draft.kind is not DraftKind.PAINT:
            raise _Ended(LinkEnd.UNKNOWN)
        if draft.used:
            raise _Ended(LinkEnd.USED)
        if draft.revoked:
            raise _Ended(LinkEnd.GONE)
        # To the millisecond: what our own clock said is over is over.
        if self._desk.clock.now() >= min(ticket.expires_at, draft.expires_at):
            raise _Ended(LinkEnd.EXPIRED)
        picture = await self._desk.store.picture_made(draft.about)
        if picture is None or not picture.is_kept or picture.number not in draft.edit.numbers:
            raise _Ended(LinkEnd.GONE)
        data = await self._desk.blobs.get(picture.blob)
        if data is None:
            raise _Ended(LinkEnd.GONE)
        return ticket, draft, picture, data

    async def _canvas(
        self, ticket: Ticket, draft: Draft, picture: StoredPicture, data: bytes
    ) -> Canvas:
        model = self._desk.model()
        return Canvas(
            picture=data,
            mime=picture.mime,
            width=picture.width,
            height=picture.height,
            prompt=draft.prompt,
            price=texts.page_price(self._desk.price(model, draft.edit.options)),
            model=model.id,
            seconds=model.usual_seconds,
            most_prompt=model.most_prompt,
            most_mask_bytes=model.most_mask_bytes,
            expires_at=draft.expires_at,
            key=sign(ticket.key, Purpose.PAGE, draft.id, draft.expires_at),
        )

    async def _take(
        self, draft: Draft, picture: StoredPicture, mask: bytes, prompt: str
    ) -> Taken | Closed:
        """Store the mask and ask for the edit. Raises `_Ended`, `StoreError`."""
        model = self._desk.model()
        words, wrong = read_prompt(prompt, model)
        if wrong:
            raise _Ended(LinkEnd.FLAWED, texts.prompt_flawed(wrong["prompt"]))
        if len(mask) > model.most_mask_bytes:
            raise _Ended(LinkEnd.FLAWED, texts.mask_too_large(model.most_mask_bytes))
        read = await self._pictures.read_mask(mask, picture.width, picture.height)
        if isinstance(read, Unread):
            raise _Ended(LinkEnd.FLAWED, texts.mask_unread(read.why))
        blob = await self._desk.blobs.put(read.data)
        event = MaskPainted(
            platform=draft.thread.platform,
            workspace=draft.thread.workspace,
            draft=draft.id,
            mask=blob,
            text=words,
            sent_at=self._desk.clock.now(),
        )
        decision = await transition("paint", self._intake.put(event))
        match decision.verdict:
            case Verdict.ADMITTED if await self._is_held_back(decision.turn):
                raise _Ended(LinkEnd.REFUSED)
            case Verdict.ADMITTED:
                return Taken(texts.LINK_TAKEN)
            case Verdict.DUPLICATE:
                raise _Ended(LinkEnd.USED)
            case Verdict.DENIED:
                raise _Ended(LinkEnd.REFUSED)
            case _:
                raise _Ended(LinkEnd.GONE)

    async def _is_held_back(self, turn: str) -> bool:
        """Tell whether a turn only says that its person asks too much at once."""
        try:
            made = await self._desk.store.read(turn)
        except StoreError as error:
            log.warning("not known what became of a link", error=str(error))
            return False
        return made is not None and made.error == TOO_MANY


def _fail(error: Exception) -> Closed:
    """Say that nothing came of it, although the link can still be used."""
    match error:
        case Told():
            return Closed(LinkEnd.FAILED, str(error))
        case StoreError():
            log.error("link not served", error=str(error))
        case _:
            log.error("link failed", exc_info=error)
    return Closed(LinkEnd.FAILED, texts.LINK_FAILED)
