"""What people, servers and faults do in a row of the fault table, step by step.

A step is called with the stage; a plain `async def step(stage)` is one, too. What it makes
(a message, a press) goes by the name in `named`, which later steps and expectations use.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.playground.faults import Fault
from tests import virtual
from tests.evidence import Database, Seen
from tests.harness import Harness
from tests.standins import DISCORD


@dataclass
class Stage:
    """The running bot, what the steps have named, and the faults that they put in force.

    `ends` are of what steps began and did not wait for.
    """

    h: Harness
    names: dict[str, str] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    ends: list[Awaitable[None]] = field(default_factory=list)
    metrics: str = ""

    def name(self, named: str, message: str) -> None:
        """Name a message, and its thread: of a deleted one nobody can tell any more."""
        self.names[named] = message
        self.threads[named] = self.h.thread(message)

    def place(self, name: str) -> str:
        """Return the id of a place.

        That is a message's name (its thread), "thread of" a command's, "dm" with a person's
        number, or a channel's name.
        """
        if name.startswith("thread of "):
            rows = Database.read(self.h.database)
            source = self.source(name.removeprefix("thread of "))
            (turn,) = (row["id"] for row in rows["turn"] if row["source"] == source)
            return next(
                str(row["place"])
                for row in rows["part"]
                if row["turn"] == turn and row["purpose"] == "answer"
            )
        if name in self.names:
            return self.threads.get(name, self.names[name])
        if name.startswith("dm"):
            return self.h.direct(int(name.removeprefix("dm") or 0))
        return self.h.folk.channel(name)

    def source(self, name: str) -> str:
        """Return what the bot calls a message, a press or a command, by its name here."""
        return self.h.folk.source(self.names[name])

    def shown(self, place: str) -> list[Seen]:
        """Return the bot's messages in a place, in the order of time."""
        return self.h.ours(self.place(place))


Act = Callable[[Stage], Awaitable[None]]


# --- people -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mention:
    """Ask by mention; `place` is a channel's name or an earlier question's (its thread)."""

    text: str
    named: str = "q"
    place: str = "general"
    person: int = 0
    carried: Mapping[str, Any] = field(default_factory=dict)

    async def __call__(self, stage: Stage) -> None:
        """Ask."""
        where = stage.place(self.place)
        asked = stage.h.mention(self.text, person=self.person, channel=where, **self.carried)
        stage.name(self.named, asked)


@dataclass(frozen=True)
class Say:
    """Write without a mention; `place` as for `Mention`, or "dm"."""

    text: str
    named: str = "q"
    place: str = "dm"
    person: int = 0
    carried: Mapping[str, Any] = field(default_factory=dict)

    async def __call__(self, stage: Stage) -> None:
        """Write."""
        where = stage.place(self.place)
        said = stage.h.say(where, self.text, person=self.person, **self.carried)
        stage.name(self.named, said)


@dataclass(frozen=True)
class Command:
    """Use a slash command."""

    name: str
    named: str = "q"
    place: str = "general"
    person: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)

    async def __call__(self, stage: Stage) -> None:
        """Use it."""
        where = stage.place(self.place)
        stage.names[self.named] = stage.h.command(
            self.name, place=where, person=self.person, **self.options
        )


@dataclass(frozen=True)
class Press:
    """Press the newest button of an action (`stop`, `retry`, ...)."""

    action: str
    named: str = "press"
    person: int = 0

    async def __call__(self, stage: Stage) -> None:
        """Press it."""
        stage.names[self.named] = stage.h.press(self.action, person=self.person)


@dataclass(frozen=True)
class Edit:
    """Change the words of a message, as its author."""

    what: str
    text: str

    async def __call__(self, stage: Stage) -> None:
        """Change them."""
        stage.h.edit(stage.source(self.what), self.text)


@dataclass(frozen=True)
class Delete:
    """Delete a person's message, as its author."""

    what: str

    async def __call__(self, stage: Stage) -> None:
        """Delete it."""
        stage.h.delete(stage.source(self.what))


@dataclass(frozen=True)
class Remove:
    """Remove the bot's newest message of a place, as a moderator."""

    place: str

    async def __call__(self, stage: Stage) -> None:
        """Remove it."""
        stage.h.standins.remove(stage.shown(self.place)[-1].id)


@dataclass(frozen=True)
class StartThread:
    """Start a thread at a message, as a person."""

    at: str

    async def __call__(self, stage: Stage) -> None:
        """Start it."""
        message = stage.source(self.at)
        channel = stage.h.standins.world.messages[message].channel
        stage.h.people.start_thread(stage.h.standins.people[0], channel, "Theirs", message)


# --- servers ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Archive:
    """Archive a question's thread."""

    thread: str

    async def __call__(self, stage: Stage) -> None:
        """Archive it."""
        stage.h.people.archive(stage.h.standins.people[0], stage.place(self.thread))


@dataclass(frozen=True)
class Lock:
    """Lock a question's thread."""

    thread: str

    async def __call__(self, stage: Stage) -> None:
        """Lock it."""
        stage.h.people.lock(stage.h.standins.people[0], stage.place(self.thread))


@dataclass(frozen=True)
class Demolish:
    """Delete a channel or thread."""

    place: str

    async def __call__(self, stage: Stage) -> None:
        """Delete it."""
        stage.h.people.delete_channel(stage.h.standins.people[0], stage.place(self.place))


@dataclass(frozen=True)
class Revoke:
    """Deny the bot exactly these permissions in a channel and its threads; none allows all."""

    permissions: tuple[str, ...] = ()
    channel: str = "general"

    async def __call__(self, stage: Stage) -> None:
        """Deny them."""
        stage.h.standins.world.deny_bot(stage.place(self.channel), *self.permissions)


@dataclass(frozen=True)
class Kick:
    """Remove the bot from its server."""

    async def __call__(self, stage: Stage) -> None:
        """Remove it."""
        stage.h.kick()


@dataclass(frozen=True)
class Available:
    """Take the server away as an outage does, or give it back."""

    on: bool

    async def __call__(self, stage: Stage) -> None:
        """Do so."""
        stage.h.set_available(self.on)


# --- time and the process ---------------------------------------------------------------------


@dataclass(frozen=True)
class Advance:
    """Let virtual time pass."""

    seconds: float

    async def __call__(self, stage: Stage) -> None:
        """Wait."""
        await stage.h.clock.sleep(self.seconds)


@dataclass(frozen=True)
class Writing:
    """Wait until an answer is being written in a place: a simulated one has begun there."""

    place: str = "q"

    async def __call__(self, stage: Stage) -> None:
        """Wait."""
        await stage.h.until(lambda: any("SIMULATED" in one.text for one in stage.shown(self.place)))


@dataclass(frozen=True)
class Taken:
    """Wait until a message or press is stored."""

    what: str = "q"

    async def __call__(self, stage: Stage) -> None:
        """Wait."""
        used = stage.names[self.what]
        await stage.h.until(lambda: stage.h.turn(used) is not None, within=60)


@dataclass(frozen=True)
class Ended:
    """Wait until the turn of a message or press is over; `within` virtual seconds."""

    what: str = "q"
    within: float = 900.0

    async def __call__(self, stage: Stage) -> None:
        """Wait."""
        used = stage.names[self.what]

        def over() -> bool:
            turn = stage.h.turn(used)
            return turn is not None and turn["state"] == "ended"

        await virtual.until(over, within=self.within, every=0.25)


@dataclass(frozen=True)
class Stop:
    """Stop the bot in order."""

    async def __call__(self, stage: Stage) -> None:
        """Stop it."""
        await stage.h.stop_bot()


@dataclass(frozen=True)
class Kill:
    """Kill the bot as SIGKILL does."""

    async def __call__(self, stage: Stage) -> None:
        """Kill it."""
        await stage.h.kill_bot()


@dataclass(frozen=True)
class Start:
    """Start the bot again."""

    async def __call__(self, stage: Stage) -> None:
        """Start it."""
        await stage.h.start_bot()


# --- faults -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Script:
    """Put a fault of a stand-in's script in force; a row in which nothing meets it fails."""

    service: str
    fault: Fault

    async def __call__(self, stage: Stage) -> None:
        """Put a copy in force: rows are data, and a fault counts."""
        stage.faults.append(
            stage.h.standins.faults[self.service].add(replace(self.fault, seen=0, hits=0))
        )


@dataclass(frozen=True)
class Heal:
    """Take all faults of a stand-in out of force."""

    service: str = DISCORD

    async def __call__(self, stage: Stage) -> None:
        """Take them out."""
        stage.h.standins.faults[self.service].clear()
