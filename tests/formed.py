"""Open and send forms as platforms do, over a real store, for the tests of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapters.backends.http import Http
from adapters.fetch import Fetcher
from adapters.files.darkroom import Darkroom
from adapters.files.worker import Worker
from adapters.web.meter import PrometheusMeter
from bot.composition import join_image_models, join_segmind
from bot.config import Settings
from bot.domain import Attachment, Author, Edit, InteractionRef, Outcome, ThreadRef, Turn
from bot.errors import PlatformError
from bot.events import Action, Asked, Incoming
from bot.forms.command import NAME
from bot.forms.desk import FormDesk
from bot.forms.forms import EditForms
from bot.forms.links import LinkKeys, LinkMaker, MaskLinks
from bot.ports import EDIT_MENU, Conclusion, Field, Flaws, Form, FormCall, FormSent, Limits
from bot.turns.intake import EventIntake
from storage.blobs import FileBlobs
from storage.store import SqliteStore
from tests.commanded import StillClock
from tests.configured import REAL
from tests.stored import (
    ANN,
    HOLD,
    LATER,
    MODEL,
    NOW,
    attachment,
    claimed,
    made,
    made_by,
    mention,
    opened,
    picture_file,
)

PUBLIC = "https://bot.example.org/bot"
THREAD = ThreadRef("discord", "guild", "chan", "100")
MOST_UNITS = 1_900


class PatientClock(StillClock):
    """Let nobody's patience end, unless `hurried`."""

    hurried = False

    async def sleep(self, seconds: float) -> None:
        """Wait for ever, or not at all."""
        if not self.hurried:
            await asyncio.Event().wait()


@dataclass
class Corner:
    """A platform, as far as forms ask it: what people posted last at a place."""

    name: str = "discord"
    recent: list[Attachment] = field(default_factory=list)
    fails: PlatformError | None = None
    stalls: bool = False
    asked: list[str] = field(default_factory=list)
    limits: Limits = Limits(2000, len)  # noqa: RUF009

    async def recent_pictures(self, place: str, most: int) -> list[Attachment]:
        """Return the newest pictures."""
        self.asked.append(place)
        if self.stalls:
            await asyncio.Event().wait()
        if self.fails:
            raise self.fails
        return self.recent[:most]


@dataclass
class Room:
    """The forms of a bot, and everything that they reach."""

    store: SqliteStore
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    clock: PatientClock = field(default_factory=PatientClock)
    meter: PrometheusMeter = field(default_factory=PrometheusMeter)
    corner: Corner = field(default_factory=Corner)
    public_url: str | None = PUBLIC
    calls: int = 900

    def __post_init__(self) -> None:
        keyed = {"SEGMIND_API_KEY": "SG_of-nobody"}
        settings = Settings.load({**REAL, **keyed, **self.settings})
        account = join_segmind(settings, Http(), self.clock)
        self.blobs = FileBlobs(self.folder / "blobs", self.clock)
        self.keys = LinkKeys(self.store, self.clock)
        self.worker = Worker(self.meter)
        self.intake = EventIntake(
            self.store,
            self.clock,
            self.meter,
            admins=frozenset(),
            admitting=lambda: None,
            admitted=lambda turn, thread, message: None,
            wished=lambda turn: None,
            left=lambda platform, workspace: None,
            lost=lambda message: None,
        )
        platforms: Any = {"discord": self.corner, "slack": replace(self.corner, name="slack")}
        self.desk = FormDesk(
            store=self.store,
            models=join_image_models(settings, account, Fetcher(self.meter)),
            platforms=platforms,
            blobs=self.blobs,
            clock=self.clock,
            meter=self.meter,
            admins=settings.admin_ids,
            links=LinkMaker(self.keys, self.public_url) if self.public_url else None,
            price_is_set=settings.image_price is not None,
            uploads_public=settings.segmind_uploads == "on",
        )

    @property
    def links(self) -> MaskLinks:
        """Return what the page of a link is served by."""
        return MaskLinks(self.desk, self.keys, self.intake, Darkroom(self.worker))

    # --- what people do ------------------------------------------------------------------

    async def open(self, call: FormCall) -> Form | Incoming | str:
        """Open what a call opens, and hold it to what holds for all."""
        opened = await EditForms(self.desk).open(call)
        if isinstance(opened, Form):
            _check(opened)
        if isinstance(opened, str):
            assert opened
            assert len(opened.encode("utf-16-le")) // 2 <= MOST_UNITS
        return opened

    async def command(self, prompt: str = "", /, **more: Any) -> Form | Incoming | str:
        """Use the command; files are given by option (`image=attachment()`)."""
        files = {name: more.pop(name) for name in list(more) if isinstance(more[name], Attachment)}
        given = {name: more.pop(name) for name in list(more) if name not in _OF_CALL}
        arguments = {**({"prompt": prompt} if prompt else {}), **given}
        call = self.call(NAME, arguments=arguments, **more)
        return await self.open(replace(call, attachments=tuple(files.values()), files=tuple(files)))

    async def menu(self, *files: Attachment, **more: Any) -> Form | Incoming | str:
        """Use the menu of a message with these files."""
        return await self.open(self.call(EDIT_MENU, message="m7", attachments=files, **more))

    async def press(self, action: Action, turn: Turn, **more: Any) -> Form | Incoming | str:
        """Press a button that a turn's picture has."""
        return await self.open(self.call(str(action), turn=turn.id, **more))

    def call(
        self, name: str, *, of: ThreadRef | None = THREAD, author: Author = ANN, **more: Any
    ) -> FormCall:
        """Return a call; `of` None: in a channel, where its thread has no id yet."""
        self.calls += 1
        id = str(self.calls)
        place = of.thread if of else "chan"
        given: dict[str, Any] = {
            "name": name,
            "interaction": InteractionRef(id, "app", f"token-{id}", LATER, place),
            "thread": of or replace(THREAD, thread=id),
            "place": place,
            "author": author,
            "position": self.calls,
            "sent_at": NOW,
            "in_thread": of is not None,
        }
        return FormCall(**given | more)

    async def send(
        self, form: Form | str, *, author: Author = ANN, files: Any = (), **values: str
    ) -> Incoming | Flaws | str:
        """Send a form as it stands, but for some values; `files` are (field, attachment)."""
        self.calls += 1
        id = str(self.calls)
        standing: dict[str, str] = {}
        if isinstance(form, Form):
            standing = {each.name: each.value for each in form.fields if each.kind != "files"}
        return await EditForms(self.desk).send(
            FormSent(
                form=form.id if isinstance(form, Form) else form,
                interaction=InteractionRef(id, "app", f"token-{id}", LATER, "100"),
                author=author,
                position=self.calls,
                sent_at=NOW,
                values={**standing, **values},
                attachments=tuple(file for _, file in files),
                files=tuple(name for name, _ in files),
            )
        )


_OF_CALL = frozenset({"of", "author", "direct", "in_thread", "place", "position"})


def _check(form: Form) -> None:
    """Hold a form to what both platforms take."""
    assert 1 <= len(form.title) <= 24
    assert 1 <= len(form.send) <= 24
    names = [each.name for each in form.fields]
    assert len(set(names)) == len(names)
    for each in form.fields:
        assert 1 <= len(each.label) <= 45, each.label
        assert len(each.hint) <= 100, each.hint
        assert len(each.choices) <= 25
        values = [value for _, value in each.choices]
        assert len(set(values)) == len(values)
        assert not each.choices or each.value in values or not each.required
        for label, value in each.choices:
            assert 1 <= len(label) <= 75, label
            assert len(value) <= 90


@asynccontextmanager
async def room(folder: Path, **more: Any) -> AsyncIterator[Room]:
    """Open a room, and leave its store intact."""
    async with opened(folder / "bot.db") as store:
        made = Room(store, folder, **more)
        run = asyncio.create_task(made.intake.run())
        try:
            yield made
        finally:
            run.cancel()
            with suppress(asyncio.CancelledError):
                await run
            await made.worker.close()


async def edited(r: Room, *results: str) -> list[Turn]:
    """Bring a thread with a picture that was sent (#1) and results, each made of the one before.

    The turns are returned: of the question first, then those of the results.
    """
    await r.store.admit(mention("100", attachments=(attachment(),)), NOW)
    turn = await claimed(r.store)
    await r.store.set_place(turn, "100")
    await r.store.put_file(turn, picture_file(await r.blobs.put(b"sent")))
    await r.store.start_step(turn, MODEL, HOLD, NOW)
    await r.store.conclude(turn, Conclusion(Outcome.ANSWERED, "nice"), NOW)
    await r.store.end(turn, Outcome.ANSWERED, NOW)
    turns = [turn]
    for n, prompt in enumerate(results):
        event = mention(str(101 + n), of=THREAD, edit=Edit())
        result = made(await r.blobs.put(prompt.encode()), n + 1, prompt=prompt)
        turns.append(await made_by(r.store, event, result, message=f"m{n + 2}"))
    return turns


def form(opened: Form | Incoming | Flaws | str) -> Form:
    """Return what must be a form."""
    assert isinstance(opened, Form), opened
    return opened


def asked(opened: Form | Incoming | Flaws | str) -> Asked:
    """Return what must be an edit."""
    assert isinstance(opened, Asked), opened
    return opened


def told(opened: Form | Incoming | Flaws | str) -> str:
    """Return what must be words."""
    assert isinstance(opened, str), opened
    return opened


def flaws(opened: Form | Incoming | Flaws | str) -> dict[str, str]:
    """Return what must be flaws."""
    assert isinstance(opened, Flaws), opened
    return dict(opened.fields)


def named(form: Form, name: str) -> Field:
    """Return a field of a form."""
    return next(each for each in form.fields if each.name == name)
