"""What people say: messages with all that they can carry, and what they do to them later."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from adapters.playground.discord import bodies, drafts, limits, permissions, records
from adapters.playground.discord.bodies import Upload
from adapters.playground.discord.looking import Onlooker
from adapters.playground.discord.messages import check_open, find_channel, need
from adapters.playground.discord.problems import problem
from adapters.playground.discord.records import (
    Channel,
    Poll,
    Reference,
    Snapshot,
    Sticker,
)

Json = dict[str, Any]
Files = Sequence[tuple[str, bytes]]

_POLL_MS = 24 * 3_600_000
_THREADED = (records.GUILD_TEXT, records.GUILD_ANNOUNCEMENT)


class Speaker(Onlooker):
    """Speak as the people do."""

    def mention(self) -> str:
        """Return the text that mentions the bot."""
        return f"<@{self.world.bot}>"

    # --- new messages

    def post(
        self,
        person: str,
        channel: str,
        content: str = "",
        *,
        reply_to: str | None = None,
        ping: bool = True,
        files: Files = (),
        stickers: Sequence[str] = (),
    ) -> Json:
        """Post a message. `ping`: a reply notifies the author of what it answers."""
        found, granted = self._may_post(person, channel)
        draft = bodies.Draft(content=content.strip())
        draft.new_files = self._uploads(granted, files)
        if reply_to:
            draft.reference = {"message_id": reply_to}
            if not ping:
                # A client names every kind of ping that it wants, and leaves this one out.
                parse = ["users", "roles", "everyone"]
                draft.allowed_mentions = {"parse": parse, "replied_user": False}
        if drafts.is_empty(draft) and not stickers:
            raise problem(50006)
        if len(content) > limits.CONTENT_CHARS or len(stickers) > limits.STICKERS:
            raise problem(50035)
        drafts.check_automod(self.world, found, person, content)
        reference = drafts.find_reference(self.world, found, draft)
        message = drafts.compose(self.world, found, person, draft, reference=reference)
        message.stickers = [Sticker(id=self.world.new_id(), name=name) for name in stickers]
        self.world.add_message(message)
        return self._render(person, message)

    def speak(self, person: str, channel: str, seconds: float = 2.0, data: bytes = b"") -> Json:
        """Post a voice message: one file, no words."""
        found, granted = self._may_post(person, channel)
        draft = bodies.Draft()
        sound = data or b"OggS" + bytes(round(seconds * 1000))
        draft.new_files = self._uploads(granted, [("voice-message.ogg", sound)])
        message = drafts.compose(self.world, found, person, draft)
        message.attachments[0].duration = seconds
        message.attachments[0].waveform = base64.b64encode(bytes(32)).decode()
        message.flags |= records.IS_VOICE_MESSAGE
        self.world.add_message(message)
        return self._render(person, message)

    def poll(self, person: str, channel: str, question: str, answers: Sequence[str]) -> Json:
        """Post a poll."""
        found, _ = self._may_post(person, channel)
        message = drafts.compose(self.world, found, person, bodies.Draft())
        ends = self.world.now() + _POLL_MS
        message.poll = Poll(question=question, answers=[*answers], ends_at=ends)
        self.world.add_message(message)
        return self._render(person, message)

    def forward(self, person: str, channel: str, message: str, *, source: str) -> Json:
        """Forward a message of the channel `source` to another.

        https://docs.discord.com/developers/resources/message#message-snapshot-object
        """
        found, _ = self._may_post(person, channel)
        target = self._target(find_channel(self.world, source, person)[0], message)
        if target.poll or target.snapshots or target.kind not in records.EDITABLE_TYPES:
            raise problem(50021)
        made = drafts.compose(self.world, found, person, bodies.Draft())
        made.reference = Reference(channel=target.channel, message=target.id, forwards=True)
        made.snapshots = [
            Snapshot(
                channel=target.channel,
                at=target.at,
                kind=target.kind,
                content=target.content,
                edited_at=target.edited_at,
                mentions=[*target.mentions],
                mention_roles=[*target.mention_roles],
                attachments=[*target.attachments],
                embeds=[*target.embeds],
                components=[*target.components],
                flags=target.flags & ~records.HAS_THREAD,
                stickers=[*target.stickers],
            )
        ]
        made.flags |= records.HAS_SNAPSHOT
        self.world.add_message(made)
        return self._render(person, made)

    def forum_post(
        self,
        person: str,
        channel: str,
        title: str,
        content: str,
        *,
        tags: Sequence[str] = (),
        files: Files = (),
    ) -> Json:
        """Start a post in a forum: a thread, and its first message with the same id."""
        forum, granted = find_channel(self.world, channel, person)
        if forum.kind != records.GUILD_FORUM:
            raise problem(50024)
        need(granted, permissions.SEND_MESSAGES)
        draft = bodies.Draft(content=content.strip())
        draft.new_files = self._uploads(granted, files)
        known = {tag.id for tag in forum.tags}
        if not 1 <= len(title.strip()) <= limits.THREAD_NAME_CHARS or not known >= set(tags):
            raise problem(50035)
        if drafts.is_empty(draft):
            raise problem(50006)
        drafts.check_automod(self.world, forum, person, f"{title}\n{content}")
        message = drafts.start_post(self.world, forum, person, draft, title.strip(), tags)
        return self._render(person, message)

    def start_thread(self, person: str, channel: str, name: str, message: str | None = None) -> str:
        """Start a thread, from a message or without one; return its id."""
        found, granted = find_channel(self.world, channel, person)
        if found.kind not in _THREADED:
            raise problem(50024)
        need(granted, permissions.CREATE_PUBLIC_THREADS)
        target = self._target(found, message) if message else None
        if target and target.id in self.world.channels:
            raise problem(160004)
        return self.world.add_thread(found, name, person, message=target).id

    def type(self, person: str, channel: str) -> None:
        """Show that a person types."""
        found, _ = find_channel(self.world, channel, person)
        self.world.tell("TYPING_START", found, user=person)

    def open_dm(self, person: str) -> str:
        """Return the channel of a person's direct messages with the bot."""
        return self.world.dm_with(person).id

    # --- messages that stand

    def edit(
        self,
        person: str,
        channel: str,
        message: str,
        content: str,
        *,
        keep: Sequence[str] | None = None,
    ) -> Json:
        """Edit one's own message; of its files only those with an id in `keep` stay, or all."""
        found, granted = find_channel(self.world, channel, person)
        target = self._target(found, message)
        if target.author != person:
            raise problem(50005)
        check_open(found, granted)
        if len(content) > limits.CONTENT_CHARS:
            raise problem(50035)
        kept = None if keep is None else [{"id": one} for one in keep]
        drafts.revise(self.world, target, bodies.Draft(content=content.strip(), kept=kept))
        return self._render(person, target)

    def delete(self, person: str, channel: str, message: str) -> None:
        """Delete one's own message, with permission anybody's."""
        found, granted = find_channel(self.world, channel, person)
        target = self._target(found, message)
        if person not in (target.author, target.only_for):
            need(granted, permissions.MANAGE_MESSAGES)
        self.world.delete_message(target)

    def purge(self, person: str, channel: str, messages: Sequence[str]) -> None:
        """Delete several messages at once, as a moderator's bot does."""
        found, granted = find_channel(self.world, channel, person)
        need(granted, permissions.MANAGE_MESSAGES)
        self.world.delete_messages([self._target(found, one) for one in messages])

    def show_preview(self, channel: str, message: str, url: str, title: str = "A page") -> None:
        """Let Discord add the preview of a link to a message; nobody edited it."""
        found = self.world.channels[channel]
        target = self._target(found, message)
        target.embeds = [{"type": "link", "url": url, "title": title}]
        self.world.save(target, "MESSAGE_UPDATE")

    def _may_post(self, person: str, channel: str) -> tuple[Channel, int]:
        found, granted = find_channel(self.world, channel, person)
        if found.kind not in records.TEXT_KINDS:
            raise problem(50008)
        if found.is_thread:
            if found.locked and not granted & permissions.MANAGE_THREADS:
                raise problem(160005)
            need(granted, permissions.SEND_MESSAGES_IN_THREADS)
        else:
            need(granted, permissions.SEND_MESSAGES)
        return found, granted

    def _uploads(self, granted: int, files: Files) -> list[tuple[Upload, str | None]]:
        """Return what is uploaded, refused where it is too much or too large."""
        if files:
            need(granted, permissions.ATTACH_FILES)
        if len(files) > limits.FILES:
            raise problem(50035)
        return [(upload(name, data, self.world.settings.file_bytes), None) for name, data in files]


def upload(name: str, data: bytes, most: int) -> Upload:
    """Return a file as it is uploaded; over `most` bytes it is refused."""
    if len(data) > most:
        raise problem(40005)
    cleaned = bodies.clean_name(name)
    return Upload(cleaned, data, bodies.type_of(cleaned))
