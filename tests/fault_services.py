"""What the rows about model services are made of: worlds, scripts, and the sentences said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from adapters.playground.segmind import SUBMIT
from tests.fault_acts import Act, Advance, Ended, Mention, Script, Stage
from tests.fault_rows import (
    ANSWER,
    ANYTHING,
    Booked,
    Called,
    Met,
    Row,
    Stored,
    Turn,
    World,
    shows,
)
from tests.standins import MODEL, SEGMIND

AIMLAPI = World()
QUEUED = World(
    segmind=True, settings={"DEFAULT_MODEL": "segmind:gpt-5.4-mini", "SEGMIND_RPM": "60"}
)
WHOLE = World(segmind=True, settings={**QUEUED.settings, "SEGMIND_API": "v1"})

LONG = "write 300 words"

# Sentences, without the reference that ends each.
BUSY = "The model service is busy right now. Nothing was charged. Press Retry in a minute."
TIMEOUT = "The model service did not answer in time. Nothing was charged. Press Retry."
UNFINISHED = (
    "The model service did not answer in time. Nothing was charged to you; the person who runs "
    "this bot may still be charged, since the service may finish it. Press Retry."
)
CUT = (
    "The connection to the model service was lost before any text came. Nothing was charged. "
    "Press Retry."
)
UPSTREAM = "The model service had an internal error. Nothing was charged. Press Retry."
UNUSABLE = (
    "The model service sent something unusable. Nothing was charged. Press Retry; if it stays "
    "so, ask the person who runs this bot to look at the log."
)
INVALID = (
    "The model service did not understand the bot's request. Nothing was charged. Ask the "
    "person who runs this bot to look at the log, then press Retry."
)
BLOCKED = (
    "The model service declined this request under its content rules. Nothing was charged. "
    "Put it in other words and ask again."
)
EMPTY = "The model returned an empty answer. Nothing was charged. Press Retry."
SPENT = (
    "The model used its whole length limit on reasoning and wrote no text. Nothing was charged. "
    "Ask for something smaller, or press Retry."
)
NO_MODEL = (
    "The model that is set here is not available. Nothing was charged. "
    "Use `/model` to choose another, then press Retry."
)

# --- scripts ----------------------------------------------------------------------------------


def speak(times: int = 1, **options: Any) -> Script:
    """Shape answers of AI/ML API: `kind`, or fields of its `Wire`."""
    return Script(MODEL, Fault(CHAT, "answer", times=times, options=options))


def work(times: int = 1, route: str = SUBMIT, **options: Any) -> Script:
    """Shape jobs of Segmind: `kind`, or fields of its `Course`."""
    return Script(SEGMIND, Fault(route, "answer", times=times, options=options))


def meet(route: str, action: str, **fields: Any) -> Script:
    """Put any other fault of a route in force, at the service that has it."""
    service = MODEL if route == CHAT else SEGMIND
    return Script(service, Fault(route, action, **fields))


def refuse(
    route: str,
    status: int,
    body: Any = None,
    *,
    nth: int = 1,
    times: int = 1,
    headers: Mapping[str, str] | None = None,
) -> Script:
    """Let the script answer calls of a route, from the nth on."""
    return meet(
        route,
        "refuse",
        status=status,
        body=body,
        nth=nth,
        times=times,
        headers=dict(headers or {}),
    )


async def name_admin(stage: Stage) -> None:
    """Set Ada as the one who runs the bot; her id is known only now."""
    platform = next(iter(stage.h.standins.folk))
    stage.h.settings["ADMIN_IDS"] = f"{platform}:{stage.h.standins.people[0]}"
    await stage.h.restart_bot()
    stage.h.calm = True


# --- rows -------------------------------------------------------------------------------------


def told(sentence: str) -> str:
    """Return a notice: its sentence, and the reference that it ends with."""
    return f"{sentence} Reference: `{ANYTHING}`"


@dataclass(frozen=True)
class Case:
    """One question, what happens to it, and what comes of it.

    `note` is the notice, or what stands below the `answer`. `slow`: so late that something
    was shown before. `booked` are its entries in the ledger.
    """

    name: str
    scripts: Sequence[Act]
    within: float
    asks: str = ""
    answer: str = ""
    note: str = ""
    error: str = ""
    outcome: str = "answered"
    slow: bool = False
    booked: tuple[str, ...] = ("settle",)

    def turn(self, question: str) -> Turn:
        """Return how its turn ends."""
        said = (f"assistant: {self.answer}",) if self.answer else ()
        part = "answer sent" if self.slow or self.answer else "notice sent"
        history = (f"user: {question}", *said)
        return Turn(self.name, self.outcome, (part,), history, self.error, self.note)

    def text(self) -> str:
        """Return what people see of it."""
        return "\n\n".join(filter(None, (self.answer, self.note)))


def well(
    name: str,
    *scripts: Act,
    within: float = 20,
    asks: str = "",
    answer: str = ANSWER,
    note: str = "",
    error: str = "",
    booked: tuple[str, ...] = ("settle",),
) -> Case:
    """Return a question that is answered all the same."""
    return Case(name, scripts, within, asks, answer, note, error, booked=booked)


def ill(
    name: str,
    *scripts: Act,
    sentence: str,
    error: str,
    within: float = 20,
    asks: str = "",
    outcome: str = "failed",
    slow: bool = False,
    booked: tuple[str, ...] = ("release",),
) -> Case:
    """Return a question of which only a notice comes."""
    return Case(
        name,
        scripts,
        within,
        asks,
        note=told(sentence),
        error=error,
        outcome=outcome,
        slow=slow,
        booked=booked,
    )


def cut(name: str, *scripts: Act, why: str, error: str, within: float = 20) -> Case:
    """Return a long answer that breaks off: what was said stays, and can be gone on with."""
    note = told(f"… (cut off: {why}) Only the text above was charged. Press Continue for the rest.")
    return Case(name, scripts, within, LONG, ANSWER, note, f"cut:{error}")


def series(
    id_: str,
    variant: str,
    happens: str,
    *cases: Case,
    met: tuple[Met, ...],
    world: World = AIMLAPI,
    stored: tuple[Stored, ...] = (),
    instead: str = "",
) -> Row:
    """Return a row that asks one question after the other, each in a thread of its own."""
    acts: list[Act] = []
    turns: list[Stored] = []
    for number, case in enumerate(cases, 1):
        question = case.asks or f"Question {number}?"
        # Looking whether it is over costs more than letting the time pass.
        rest = min(case.within, 20.0)
        acts += [*case.scripts, Mention(question, case.name)]
        acts += [Advance(case.within - rest), Ended(case.name, rest)]
        turns.append(case.turn(question))
    return Row(
        id=id_,
        variant=variant,
        happens=happens,
        acts=acts,
        met=met,
        sees=tuple(shows(case.name, case.text()) for case in cases),
        stored=(*turns, *stored),
        ledger=tuple(Booked(case.name, case.booked) for case in cases),
        world=world,
        instead=instead,
    )


def asked(route: str = CHAT, times: int = 1, status: int = 200) -> Called:
    """Return that a route was called so often, no more, with that answer."""
    return Called(route, times=times, status=status)
