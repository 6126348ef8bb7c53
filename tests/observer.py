"""Watch a stand-in Discord and turn what stands there in the end into evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.playground.discord import records
from adapters.playground.discord.world import Change
from adapters.playground.discord.world import World as StandIn
from adapters.playground.history import Entry
from tests.evidence import Seen, World

SPOKEN = frozenset({records.DEFAULT, records.REPLY})
# Ours also come as answers to presses, commands and menus; the rest are system messages.
LASTING = SPOKEN | {records.CHAT_INPUT_COMMAND, records.CONTEXT_MENU_COMMAND}


class Observer:
    """Remember what is deleted, by listening; read the rest at the end."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
        self._deleted: set[str] = set()
        self._gone: set[str] = set()
        standin.watchers.append(self._hear)

    def _hear(self, change: Change) -> None:
        if change.name == "MESSAGE_DELETE":
            self._deleted.add(change.record.id)
        elif change.name == "MESSAGE_DELETE_BULK":
            self._deleted.update(change.extra["ids"])
        elif change.name in ("CHANNEL_DELETE", "THREAD_DELETE"):
            self._gone.add(change.record.id)

    def world(self, entries: Iterable[Entry]) -> World:
        """Return what people see now."""
        by_us = {
            entry.path.rsplit("/", 1)[1].split("?")[0]
            for entry in entries
            if entry.route.startswith("DELETE /channels/") and entry.effect != "refused"
        }
        return World(
            messages=[
                self._seen(message)
                for message in self._standin.messages.values()
                if message.kind in LASTING and self._matters(message.author)
            ],
            by_us=self._deleted & by_us,
            by_others=self._deleted - by_us,
            gone=set(self._gone),
        )

    def _matters(self, author: str) -> bool:
        """Tell people and us from other bots, which nobody answers."""
        return author == self._standin.bot or not self._standin.users[author].bot

    def _seen(self, message: records.Message) -> Seen:
        standin = self._standin
        ours = message.author == standin.bot
        channel = standin.channels.get(message.channel)
        direct = channel is not None and channel.kind == records.DM
        spoken = message.kind in SPOKEN and not ours
        return Seen(
            id=message.id,
            place=message.channel,
            author=message.author,
            ours=ours,
            text=message.content,
            addressed=spoken and (direct or standin.bot in message.mentions),
            buttons=tuple(custom_ids(message.components)),
            files=tuple(
                (each.filename, standin.get_file(each.id) or b"") for each in message.attachments
            ),
            ephemeral=message.only_for is not None,
            waiting=any(standin.bot in who for who in message.reactions.values()),
        )


def custom_ids(components: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the ids of all buttons and menus of a message, or of all fields of a form."""
    for component in components:
        if "custom_id" in component:
            yield component["custom_id"]
        yield from custom_ids(component.get("components", ()))
        yield from custom_ids([component["component"]] if "component" in component else ())
