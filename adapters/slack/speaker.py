"""What the core has the bot do on Slack: every call of `bot.ports.Platform` but its life."""

from __future__ import annotations

from adapters.slack.census import Census
from adapters.slack.direct import DirectMessages
from adapters.slack.files import Files
from adapters.slack.history import History
from adapters.slack.outbound import Outbound
from adapters.slack.places import PLATFORM
from adapters.slack.recent import RecentPictures
from adapters.slack.responses import Responses
from bot.domain import Attachment, InteractionRef, ThreadRef
from bot.events import Post
from bot.ports import Found, Limits, Manner, Missing, Overheard, Scope


class Speaker:
    """Hand each call to the part that makes it."""

    def __init__(
        self,
        *,
        limits: Limits,
        outbound: Outbound,
        responses: Responses,
        history: History,
        files: Files,
        recent: RecentPictures,
        direct: DirectMessages,
        census: Census,
    ) -> None:
        self.name = PLATFORM
        self.limits = limits
        self._outbound = outbound
        self._responses = responses
        self._history = history
        self._files = files
        self._recent = recent
        self._direct = direct
        self._census = census

    def missing(self, thread: ThreadRef, place: str | None) -> Missing:
        """See `bot.ports.Platform`; Slack tells of no permissions before they are needed."""
        return Missing()

    def manner(self, place: str, person: str = "") -> Manner:
        """See `bot.ports.Platform`."""
        return self._outbound.manner(place, person)

    async def show_status(self, place: str, text: str) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.show_status(place, text)

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """See `bot.ports.Platform`."""
        return await self._outbound.open_thread(thread, title)

    async def post(
        self, place: str, post: Post, nonce: str, interaction: InteractionRef | None = None
    ) -> str:
        """See `bot.ports.Platform`; nothing on Slack holds an interaction's place."""
        message = await self._outbound.post(place, post, nonce)
        if interaction is not None and interaction.place == place:
            # What was asked by command: whoever did reads the thread of its card.
            self._outbound.moved(f"{place}/{interaction.id}", f"{place}/{message}")
        return message

    async def edit(self, place: str, message: str, post: Post) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.edit(place, message, post)

    async def delete(self, place: str, message: str) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.delete(place, message)

    async def dismiss(self, interaction: InteractionRef) -> None:
        """See `bot.ports.Platform`; there is nothing to remove."""

    async def whisper(self, interaction: InteractionRef, text: str) -> bool:
        """See `bot.ports.Platform`; it reaches people where the bot may not post."""
        return await self._responses.answer(interaction, text)

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.mark_queued(place, message, queued)

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """See `bot.ports.Platform`."""
        return await self._history.find_ours(place, after)

    async def read_thread(self, place: str, after: int, before: int, most: int) -> list[Overheard]:
        """See `bot.ports.Platform`."""
        return await self._history.read_thread(place, after, before, most)

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """See `bot.ports.Platform`."""
        return await self._files.download(attachment, most)

    async def recent_pictures(self, place: str, most: int) -> list[Attachment]:
        """See `bot.ports.Platform`; of a channel not those in its threads."""
        return await self._recent.find(place, most)

    async def direct(self, person: str) -> str:
        """See `bot.ports.Platform`."""
        return await self._direct.channel(person)

    async def describe(self, scope: Scope) -> str | None:
        """See `bot.ports.Platform`."""
        return await self._census.describe(scope)

    async def tell(self, person: str, post: Post, nonce: str) -> str:
        """See `bot.ports.Platform`."""
        return await self._direct.tell(person, post, nonce)
