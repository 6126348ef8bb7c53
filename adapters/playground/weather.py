"""Things that go wrong on purpose, at a person's wish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.playground.discord import permissions
from adapters.playground.discord.world import World
from adapters.playground.faults import FaultScript
from adapters.playground.room import Refusal

Json = dict[str, Any]

# The permissions whose absence a bot meets most often, in the words of Discord's settings.
DENIABLE = {
    "Send Messages": permissions.SEND_MESSAGES,
    "Create Public Threads": permissions.CREATE_PUBLIC_THREADS,
    "Send Messages in Threads": permissions.SEND_MESSAGES_IN_THREADS,
    "Read Message History": permissions.READ_MESSAGE_HISTORY,
    "Attach Files": permissions.ATTACH_FILES,
}


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that can be made to happen by `strike`; `said` tells what it means."""

    id: str
    title: str
    said: str
    strike: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that is on or off beside all others; `turn` says what it then means."""

    id: str
    title: str
    turn: Callable[[bool], str]


class Weather:
    """Deny permissions, break the line to Discord, spoil or hurry the model's answers.

    `script` is the simulated model's; without one the model is real and nothing can be done.
    """

    def __init__(
        self,
        world: World,
        discord: Sequence[Mishap],
        model: Sequence[Mishap | Switch],
        script: FaultScript | None,
    ) -> None:
        self._world = world
        self._discord = {mishap.id: mishap for mishap in discord}
        offered = model if script else ()
        self._model = {one.id: one for one in offered if isinstance(one, Mishap)}
        self._switches = {one.id: one for one in offered if isinstance(one, Switch)}
        self._on: set[str] = set()
        self._script = script
        self._now: str | None = None

    def describe(self) -> Json:
        """Return what can go wrong and what is set to."""
        return {
            "permissions": list(DENIABLE),
            "denied": {
                channel.id: names
                for channel in self._world.channels.values()
                if (names := self._denied(channel.id))
            },
            "model": [_entry(mishap) for mishap in self._model.values()],
            "now": self._now,
            "switches": [
                _entry(switch) | {"on": switch.id in self._on} for switch in self._switches.values()
            ],
            "discord": [_entry(mishap) for mishap in self._discord.values()],
        }

    def change(self, asked: Json) -> str:
        """Do what the page asked and say in a sentence what it means."""
        match asked:
            case {"channel": str(channel), "deny": str(name), "on": bool(on)}:
                return self._deny(channel, name, on)
            case {"model": None}:
                return self._choose(None)
            case {"model": str(id_)}:
                return self._choose(id_)
            case {"switch": str(id_), "on": bool(on)} if id_ in self._switches:
                self._on = self._on | {id_} if on else self._on - {id_}
                return self._switches[id_].turn(on)
            case {"discord": str(id_)} if id_ in self._discord:
                self._discord[id_].strike()
                return self._discord[id_].said
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

    # --- the model

    def _choose(self, id_: str | None) -> str:
        if self._script is None or (id_ is not None and id_ not in self._model):
            raise Refusal("The model here is real; nothing can be made to go wrong with it.")
        self._script.clear()
        self._now = id_
        if id_ is None:
            return "The model answers as usual."
        self._model[id_].strike()
        return self._model[id_].said


def _entry(offered: Mishap | Switch) -> Json:
    return {"id": offered.id, "title": offered.title}
