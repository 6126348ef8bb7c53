"""What forms are handed: joined once, in the composition root."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot import edits
from bot.domain import Author, EditOptions, ImageModel, StoredPicture, ThreadRef, Turn
from bot.errors import BackendError
from bot.forms import texts
from bot.ports import Blobs, Clock, Draft, ImageModels, Meter, Platform, Spent

# How long a form may stay open on somebody's screen.
FORM_MS = 24 * 3_600_000


class FormStore(Protocol):
    """What forms read and add; part of `bot.ports.Store`."""

    async def read(self, turn: str) -> Turn | None:
        """Return a turn as it stands."""

    async def spent(self, turn: str) -> Spent | None:
        """Return what a turn's last step came to."""

    async def pictures(self, thread: ThreadRef, most: int = 100) -> list[StoredPicture]:
        """Return the newest pictures of a conversation, by number."""

    async def latest_picture(self, thread: ThreadRef) -> StoredPicture | None:
        """Return the picture that an edit goes on from."""

    async def picture_made(self, turn: str) -> StoredPicture | None:
        """Return the picture that a turn made or showed."""

    async def picture_at(
        self, platform: str, workspace: str, place: str, message: str
    ) -> tuple[ThreadRef, StoredPicture] | None:
        """Return the picture that a message of ours shows, and its conversation."""

    async def add_draft(self, draft: Draft) -> None:
        """Keep a draft."""

    async def draft(self, draft: str) -> Draft | None:
        """Return a draft, whatever became of it."""

    async def memo(self, name: str) -> str:
        """Return a fact, or ""."""

    async def put_memo(self, name: str, value: str) -> None:
        """Store a fact."""


class Told(Exception):
    """There is nothing to show or to put; the message is what to tell the person alone."""


class Inks(Protocol):
    """Make the link of a page on which a mask is painted."""

    async def link(self, draft: str, expires_at: int) -> str:
        """Return the address for a draft."""


@dataclass(frozen=True, slots=True)
class FormDesk:
    """The outside, as forms see it.

    `links` is None where no page can be reached (no PUBLIC_URL). `price_is_set`: what a picture
    costs at the most was set by whoever runs the bot. `uploads_public`: the service takes pictures
    by addresses that everybody can open.
    """

    store: FormStore
    models: ImageModels
    platforms: Mapping[str, Platform]
    blobs: Blobs
    clock: Clock
    meter: Meter
    admins: frozenset[str] = frozenset()
    links: Inks | None = None
    price_is_set: bool = False
    uploads_public: bool = True
    slack_command: str = "/bot"

    def price(self, model: ImageModel, options: EditOptions) -> str:
        """Return what one picture costs, in words that go on after "costs"."""
        return texts.price(edits.price_range(model, options), set_here=self.price_is_set)

    def model(self) -> ImageModel:
        """Return the model that edits pictures. Raises `Told`."""
        try:
            return self.models.find(None)[0]
        except BackendError as error:
            raise Told(texts.NO_SERVICE) from error

    def is_admin(self, platform: str, author: Author) -> bool:
        """Tell whether a person may see what things cost."""
        return author.admin or f"{platform}:{author.id}" in self.admins


def new_draft_id() -> str:
    """Return 128 random bits, which nobody guesses and nothing repeats."""
    return secrets.token_urlsafe(16)
