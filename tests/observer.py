"""Watch a stand-in Discord and turn what stands there in the end into evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.playground.discord import components, records
from adapters.playground.discord.interactions import COMMAND, COMPONENT, MODAL_SUBMIT
from adapters.playground.discord.permissions import MANAGE_THREADS, VIEW_CHANNEL
from adapters.playground.discord.world import INTENT_MESSAGE_CONTENT, Change
from adapters.playground.discord.world import World as StandIn
from adapters.playground.history import Entry
from bot.domain import LATE_AFTER_MS
from bot.events import OPENING
from tests.evidence import Command, Seen, World, position_of

SPOKEN = frozenset({records.DEFAULT, records.REPLY})
# Ours also come as answers to presses, commands and menus; the rest are system messages.
LASTING = SPOKEN | {records.CHAT_INPUT_COMMAND, records.CONTEXT_MENU_COMMAND}


class Observer:
    """Remember by listening what will not be there any more; read the rest at the end."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
        self._deleted: set[str] = set()
        self._gone: set[str] = set()
        self._left: set[str] = set()
        self._edited: dict[str, int] = {}
        self._words: dict[str, str] = {}
        self._addressed: dict[str, bool] = {}
        self._unclear: set[str] = set()
        for message in standin.messages.values():
            self._meet(message)
        standin.watchers.append(self._hear)

    def _hear(self, change: Change) -> None:
        match change.name:
            case "MESSAGE_CREATE":
                self._meet(change.record)
            case "MESSAGE_UPDATE" if change.record.author != self._standin.bot:
                message = change.record
                if self._words.get(message.id) != message.content:
                    self._words[message.id] = message.content
                    self._edited[message.id] = message.edited_at
                    # Who forgot the mention puts it in afterwards, if not much later.
                    fresh = message.edited_at - message.at <= LATE_AFTER_MS
                    if fresh and self._standin.bot in message.mentions:
                        self._addressed[message.id] = message.kind in SPOKEN
            case "MESSAGE_DELETE":
                self._deleted.add(change.record.id)
            case "MESSAGE_DELETE_BULK":
                self._deleted.update(change.extra["ids"])
            case "CHANNEL_DELETE" | "THREAD_DELETE":
                self._gone.add(change.record.id)
            case "GUILD_DELETE" if not change.extra["unavailable"]:
                self._left.add(change.record.id)

    def _meet(self, message: records.Message) -> None:
        """Judge a message as it is when it is written: whom it answers may be gone later."""
        standin = self._standin
        channel = standin.channels.get(message.channel)
        if message.author == standin.bot or channel is None:
            return
        self._words[message.id] = message.content
        reference = message.reference
        replied = standin.messages.get(reference.message) if reference else None
        answers = replied is not None and replied.author == standin.bot
        forwards = bool(reference and reference.forwards)
        addressed = message.kind in SPOKEN and (
            channel.kind == records.DM
            or standin.bot in message.mentions
            or (answers and not forwards)
        )
        self._addressed[message.id] = addressed
        may_see = standin.permissions(standin.bot, channel) & VIEW_CHANNEL
        hidden = not addressed and not standin.privileged & INTENT_MESSAGE_CONTENT
        if not may_see or hidden or forwards or message.poll:
            self._unclear.add(message.id)

    def ours(self, place: str | None = None, after: str = "0") -> list[Seen]:
        """Return the messages of the bot alone: a fraction of the work of a whole world."""
        return [
            self._seen(message)
            for message in self._standin.messages.values()
            if message.author == self._standin.bot
            and message.kind in LASTING
            and place in (None, message.channel)
            and position_of(message.id) > position_of(after)
        ]

    def world(self, entries: Iterable[Entry]) -> World:
        """Return what people see now."""
        by_us = {
            entry.path.rsplit("/", 1)[1].split("?")[0]
            for entry in entries
            if entry.route.startswith("DELETE /channels/") and entry.effect != "refused"
        }
        standin = self._standin
        return World(
            messages=[
                self._seen(message)
                for message in standin.messages.values()
                if message.kind in LASTING and self._matters(message.author)
            ],
            by_us=self._deleted & by_us,
            by_others=self._deleted - by_us,
            gone=set(self._gone),
            left=set(self._left),
            shut=set(self._shut()),
            edited=dict(self._edited),
            direct={
                channel.id: channel.recipient
                for channel in standin.channels.values()
                if channel.kind == records.DM
            },
            commands=[
                self._command(one, name)
                for one in standin.interactions.values()
                if (name := _name_of(one))
            ],
        )

    def _shut(self) -> Iterator[str]:
        """Yield the places that the bot may not see, or whose lock it may not open."""
        standin = self._standin
        for channel in standin.channels.values():
            granted = standin.permissions(standin.bot, channel)
            locked = channel.is_thread and channel.locked and not granted & MANAGE_THREADS
            if locked or not granted & VIEW_CHANNEL:
                yield channel.id

    def _matters(self, author: str) -> bool:
        """Tell people and us from other bots, which nobody answers."""
        return author == self._standin.bot or not self._standin.users[author].bot

    def _seen(self, message: records.Message) -> Seen:
        standin = self._standin
        ours = message.author == standin.bot
        channel = standin.channels.get(message.channel)
        return Seen(
            id=message.id,
            place=message.channel,
            author=message.author,
            ours=ours,
            text=message.content or components.text_of(message.components),
            addressed=self._addressed.get(message.id, False),
            buttons=tuple(custom_ids(message.components)),
            files=tuple(
                (each.filename, standin.get_file(each.id) or b"") for each in message.attachments
            ),
            ephemeral=message.only_for is not None,
            waiting=any(standin.bot in who for who in message.reactions.values()),
            says=bool(message.content.strip() or message.attachments or message.components),
            unclear=message.id in self._unclear,
            loading=bool(message.flags & records.LOADING),
            channel=(channel.parent if channel and channel.is_thread else None) or message.channel,
            at=message.at,
        )

    def _command(self, used: records.Interaction, name: str) -> Command:
        answer = self._standin.messages.get(used.response or "")
        return Command(
            id=used.id,
            name=name,
            state="opened" if used.modal else used.state,
            ephemeral=used.ephemeral,
            text=answer.content if answer else "",
        )


def _name_of(used: records.Interaction) -> str:
    """Return what a command is called, "form" of a form that asks for more, or the button.

    "" if it can never become a turn of its own.
    """
    if used.kind == COMMAND:
        return str(used.data["name"])
    kind = str(used.data.get("custom_id", "")).partition(":")[0]
    if used.kind == MODAL_SUBMIT:
        return kind if kind == "form" else ""
    return kind if used.kind == COMPONENT and kind in set(OPENING) else ""


def custom_ids(tree: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the ids of all buttons and menus of a message, or of all fields of a form."""
    for component in tree:
        if "custom_id" in component:
            yield component["custom_id"]
        yield from custom_ids(component.get("components", ()))
        yield from custom_ids([component["component"]] if "component" in component else ())
