"""Things that go wrong on purpose, at a person's wish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.playground.discord import permissions
from adapters.playground.discord.world import World
from adapters.playground.faults import FaultScript
from adapters.playground.refusal import Refusal

Json = dict[str, Any]

# The permissions whose absence a bot meets most often, in the words of Discord's settings.
DENIABLE = {
    "View Channel": permissions.VIEW_CHANNEL,
    "Send Messages": permissions.SEND_MESSAGES,
    "Create Public Threads": permissions.CREATE_PUBLIC_THREADS,
    "Send Messages in Threads": permissions.SEND_MESSAGES_IN_THREADS,
    "Read Message History": permissions.READ_MESSAGE_HISTORY,
    "Attach Files": permissions.ATTACH_FILES,
    "Add Reactions": permissions.ADD_REACTIONS,
}


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that can be made to happen by `strike`; `said` tells what it means.

    `once`: it is over when it has happened, even among others that last.
    """

    id: str
    title: str
    said: str
    strike: Callable[[], object]
    once: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that is on or off beside all others; `turn` says what it then means.

    `said` is that in a sentence beforehand. `look` tells whether it is on, where something
    else knows it; otherwise it is as it was turned last, and off at first.
    """

    id: str
    title: str
    turn: Callable[[bool], str]
    said: str = ""
    look: Callable[[], bool] | None = None


@dataclass(slots=True)
class Group:
    """What can go wrong in one place, under a title and a sentence.

    With a `script` the mishaps last, one at a time, until they are switched off: the script
    is theirs alone. Without one each happens once. `platform` is the one that it is shown with,
    or empty for all.
    """

    id: str
    title: str
    said: str
    offers: Sequence[Mishap | Switch]
    script: FaultScript | None = None
    platform: str = ""
    now: str | None = None
    on: set[str] = field(default_factory=set)

    def describe(self) -> Json:
        """Return what is offered and what is set."""
        mishaps = [one for one in self.offers if isinstance(one, Mishap)]
        return {
            "id": self.id,
            "title": self.title,
            "said": self.said,
            "platform": self.platform,
            "choices": [_entry(one) for one in mishaps if self._lasts(one)],
            "now": self.now,
            "acts": [_entry(one) for one in mishaps if not self._lasts(one)],
            "switches": [
                _entry(one) | {"on": self._is_on(one)}
                for one in self.offers
                if isinstance(one, Switch)
            ],
        }

    def strike(self, id_: str) -> str:
        """Let a mishap happen, or last."""
        mishap = next(
            (one for one in self.offers if isinstance(one, Mishap) and one.id == id_), None
        )
        if mishap is None:
            raise Refusal("There is no such weather.")
        if self._lasts(mishap):
            self.clear()
            self.now = id_
        mishap.strike()
        return mishap.said

    def clear(self) -> str:
        """Switch off what lasts."""
        if self.script:
            self.script.clear()
        self.now = None
        return "All is as usual."

    def turn(self, id_: str, on: bool) -> str:
        """Turn a switch."""
        for one in self.offers:
            if isinstance(one, Switch) and one.id == id_:
                self.on = self.on | {id_} if on else self.on - {id_}
                return one.turn(on)
        raise Refusal("There is no such weather.")

    def _lasts(self, mishap: Mishap) -> bool:
        return self.script is not None and not mishap.once

    def _is_on(self, switch: Switch) -> bool:
        return switch.look() if switch.look else switch.id in self.on


class Weather:
    """Deny permissions, close direct messages, and whatever the groups offer."""

    def __init__(self, world: World, groups: Sequence[Group]) -> None:
        self._world = world
        self._groups = {group.id: group for group in groups}

    def describe(self) -> Json:
        """Return what can go wrong and what is set to."""
        return {
            "permissions": list(DENIABLE),
            "denied": {
                channel.id: names
                for channel in self._world.channels.values()
                if (names := self._denied(channel.id))
            },
            "closed": [user.id for user in self._world.users.values() if not user.dms_open],
            "groups": [group.describe() for group in self._groups.values()],
        }

    def change(self, wish: Json) -> str:
        """Do what the page asked and say in a sentence what it means."""
        match wish:
            case {"channel": str(channel), "deny": str(name), "on": bool(on)}:
                return self._deny(channel, name, on)
            case {"person": str(person), "closed": bool(closed)}:
                return self._close(person, closed)
            case {"group": str(id_), **rest} if group := self._groups.get(id_):
                return _change(group, rest)
            case _:
                raise Refusal("There is no such weather.")

    # --- permissions

    def _denied(self, channel: str) -> list[str]:
        denied = self._overwritten(channel)
        return [name for name, bit in DENIABLE.items() if denied & bit]

    def _overwritten(self, channel: str) -> int:
        for overwrite in self._world.channels[channel].overwrites:
            if (overwrite.kind, overwrite.id) == (1, self._world.bot):
                return overwrite.deny
        return 0

    def _deny(self, channel: str, name: str, on: bool) -> str:
        place = self._world.channels.get(channel)
        if place is None or place.is_thread or name not in DENIABLE:
            raise Refusal("There is no such channel or permission.")
        denied = self._overwritten(channel)
        denied = denied | DENIABLE[name] if on else denied & ~DENIABLE[name]
        self._world.set_overwrite(place, self._world.bot, deny=denied)
        return f"{name} is {'denied' if on else 'allowed'} in #{place.name}."

    # --- people

    def _close(self, person: str, closed: bool) -> str:
        user = self._world.users.get(person)
        if user is None or user.bot:
            raise Refusal("There is no such person here.")
        user.dms_open = not closed
        self._world.save(user)
        return f"{user.shown} takes {'no direct messages' if closed else 'direct messages'}."


def _entry(one: Mishap | Switch) -> Json:
    return {"id": one.id, "title": one.title, "said": one.said}


def _change(group: Group, wish: Json) -> str:
    match wish:
        case {"strike": str(id_)}:
            return group.strike(id_)
        case {"strike": None}:
            return group.clear()
        case {"switch": str(id_), "on": bool(on)}:
            return group.turn(id_, on)
        case _:
            raise Refusal("There is no such weather.")
