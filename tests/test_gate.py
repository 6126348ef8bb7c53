"""Every door through the same gate: with a limit of zero nothing leads to a model. Whole bot.

What asks a model is found in the code itself (events, buttons, commands, kinds of turns): one
that is new and not walked through here fails the last tests.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import aiohttp
import pytest

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from adapters.playground.segmind import SUBMIT
from bot.commands.table import ROWS
from bot.events import Action, Incoming
from bot.ports import EDIT_MENU, Change, Limit, Metric, Scope, ScopeKind, Window
from bot.turns import run
from tests.evidence import Database, Row
from tests.harness import Harness, harness
from tests.painting import BOX, ORIGIN, Tab
from tests.standins import MODEL, SEGMIND
from tests.studio import CAT, Studio, mask_of

PLATFORMS = ("discord", "slack")
NOBODY = Limit(Scope(ScopeKind.MEMBER), Metric.REQUESTS, Window.EVER, 0)
CHANGE = Change(0, "discord:1", "Ada", "", "", "set", NOBODY.scope, "", "", "", "", "")
FILES = [("cat.png", CAT)]


@dataclass(slots=True)
class Gate:
    """A bot, and a limit that is shut behind what a door needs to be there."""

    h: Harness
    studio: Studio
    platform: str
    asked: int = 0
    known: frozenset[str] = frozenset()

    async def shut(self) -> None:
        """Allow nobody anything."""
        assert self.h.service is not None
        await self.h.service.store.set_limit(NOBODY, CHANGE)
        self.asked = self._asked()
        self.known = frozenset(row["id"] for row in self.rows("turn"))

    async def open(self) -> None:
        """Allow everybody everything."""
        assert self.h.service is not None
        await self.h.service.store.unset_limit(NOBODY, CHANGE)

    def rows(self, table: str) -> list[Row]:
        return Database.rows(self.h.database, table)

    def _asked(self) -> int:
        """Count what services were asked for that costs money."""
        return sum(
            entry.service in (MODEL, SEGMIND)
            and entry.route.startswith("POST")
            and "upload" not in entry.route
            for entry in self.h.standins.history.entries
        )

    async def refused(self) -> Row:
        """Wait for the turn that came through the door, which must have come to nothing."""
        h = self.h
        await h.until(lambda: [row for row in self.rows("turn") if row["id"] not in self.known])
        await self.studio.rest()
        (turn,) = [row for row in self.rows("turn") if row["id"] not in self.known]
        assert (turn["outcome"], turn["error"]) == ("refused", "limit"), turn["note"]
        assert self._asked() == self.asked, "a model was asked"
        assert not [row for row in self.rows("step") if row["turn"] == turn["id"]]
        # What a command asked may stand before it.
        *_, notice = h.shown_for(turn["id"])
        for words in ("You may use no requests here", "Nothing was charged", "press Retry"):
            assert words in notice.text
        assert [button.partition(":")[0] for button in notice.buttons] == ["retry"]
        return turn


Door = Callable[[Gate], Awaitable[None]]
DOORS: dict[str, Door] = {}


def door(name: str) -> Callable[[Door], Door]:
    """Name a door as the code that it leads through does."""

    def add(walk: Door) -> Door:
        DOORS[name] = walk
        return walk

    return add


# --- messages --------------------------------------------------------------------------------


@door("MessageReceived mention")
async def _mention(gate: Gate) -> None:
    await gate.shut()
    gate.h.mention("What is a monad?", person=1)


@door("MessageReceived direct")
async def _direct(gate: Gate) -> None:
    await gate.shut()
    gate.h.dm("What is a monad?", person=1)


@door("MessageReceived follow-up")
async def _follow_up(gate: Gate) -> None:
    question = gate.h.mention("What is a monad?", person=1)
    await gate.h.ended(question)
    await gate.shut()
    gate.h.say(question, "And why?", person=1)


@door("MessageReceived edit")
async def _edit(gate: Gate) -> None:
    await gate.shut()
    gate.h.mention("edit: make it pink", person=1, files=FILES)


@door("MessageReceived edit in a follow-up")
async def _edit_on(gate: Gate) -> None:
    question = await _edited(gate)
    await gate.shut()
    gate.h.say(question, "edit: make it darker", person=1)


# --- commands, menus, forms ------------------------------------------------------------------


@door("Asked ask")
async def _ask(gate: Gate) -> None:
    await gate.shut()
    gate.h.command("ask", person=1, prompt="What is a monad?")


@door("Asked edit-image")
async def _edit_image(gate: Gate) -> None:
    await gate.shut()
    if gate.platform == "discord":
        gate.h.command("edit-image", person=1, prompt="make it pink", image=("cat.png", CAT))
        return
    used = gate.h.command("edit-image", person=1)
    await _form(gate, used)
    gate.h.submit(used, person=1, prompt="make it pink", image=FILES)


@door(f"Asked {EDIT_MENU}")
async def _menu(gate: Gate) -> None:
    message = gate.h.say(gate.h.folk.channels[0], "look", person=1, files=FILES)
    await gate.shut()
    used = gate.h.menu(message, person=1)
    await _form(gate, used)
    gate.h.submit(used, person=1, prompt="make it pink")


# --- buttons ---------------------------------------------------------------------------------


@door("ButtonPressed retry")
async def _retry(gate: Gate) -> None:
    gate.h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=9, status=503))
    await gate.h.ended(gate.h.mention("What is a monad?", person=1))
    gate.h.standins.faults[MODEL].clear()
    await gate.shut()
    gate.h.press("retry", person=1)


@door("ButtonPressed continue")
async def _continue(gate: Gate) -> None:
    gate.h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"cut_after": 5}))
    assert (await gate.h.ended(gate.h.mention("What is a monad?", person=1)))["error"]
    await gate.shut()
    gate.h.press("continue", person=1)


@door("ButtonPressed regenerate")
async def _regenerate(gate: Gate) -> None:
    await gate.h.ended(gate.h.mention("What is a monad?", person=1))
    await gate.shut()
    gate.h.press("regenerate", person=1)


@door("ButtonPressed vary")
async def _vary(gate: Gate) -> None:
    await _edited(gate)
    await gate.shut()
    gate.h.press("vary", person=1)


@door("ButtonPressed adjust")
async def _adjust(gate: Gate) -> None:
    await _edited(gate)
    await gate.shut()
    used = gate.h.press("adjust", person=1)
    await _form(gate, used)
    gate.h.submit(used, person=1, prompt="make it darker")


# --- pages, late results ---------------------------------------------------------------------


@door("MaskPainted paint")
async def _paint(gate: Gate) -> None:
    h = gate.h
    await _edited(gate)
    told = await h.told(h.press("paint", person=1))
    path = str(re.findall(rf"{ORIGIN}(/mask/[A-Za-z0-9_.|-]+)", told)[0])
    await gate.shut()
    assert h.service is not None
    base = f"http://127.0.0.1:{h.service.surface.port}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        tab = Tab(session, base, path)
        await tab.open()
        status, _ = await tab.send(mask_of((96, 96), BOX), "make it red")
        assert status == 200


@door("ResultCame")
async def _late(gate: Gate) -> None:
    script = gate.h.standins.faults[SEGMIND]
    script.add(Fault(SUBMIT, "answer", options={"working": 100.0}))
    turn = await gate.h.ended(gate.h.mention("edit: pink", person=1, files=FILES))
    assert "within the hour" in turn["note"]
    await gate.shut()


async def _edited(gate: Gate) -> str:
    """Have a picture edited; return the question, which names the thread."""
    question = gate.h.mention("edit: make it pink", person=1, files=FILES)
    await gate.studio.edited(1)
    return question


async def _form(gate: Gate, used: str) -> None:
    await gate.h.until(lambda: gate.h.folk.form(used), within=10)


# --- the tests -------------------------------------------------------------------------------


@pytest.mark.virtual
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", sorted(DOORS))
async def test_a_door_leads_through_the_gate(
    name: str, platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "ResultCame":
        monkeypatch.setattr(run, "TURN_SECONDS", 60.0)
    settings = {"PUBLIC_URL": ORIGIN}
    async with harness(tmp_path, platform=platform, segmind=True, settings=settings) as h:
        gate = Gate(h, Studio(h), platform)
        await DOORS[name](gate)
        refused = await gate.refused()
        # What was asked is kept: pressed after a grant, Retry answers it.
        await gate.open()
        h.press("retry", person=1, turn=refused["id"])
        await gate.studio.rest(len(gate.known) + 2)
        (again,) = [row for row in gate.rows("turn") if row["about"] == refused["id"]]
        assert again["outcome"] == "answered", again["note"]
        charged = [row for row in gate.rows("ledger") if row["turn"] == again["id"]]
        assert [row["kind"] for row in charged] == ["settle"]


# Events that make no turn, or one that asks no model.
FREE_EVENTS = {
    *("MessageEdited", "MessageDeleted", "PlaceDeleted", "WorkspaceLeft", "WorkspaceJoined"),
    *("StopAsked", "ReasonGiven"),
}
# Buttons that ask no model. Undo shows what there is; paint gives a link, which is a door.
FREE_BUTTONS = {
    *(Action.STOP, Action.GOOD, Action.BAD, Action.UNDO, Action.BASE, Action.PAINT),
    *(Action.REMOVE, Action.DETAILS),
}


def test_every_event_is_a_door_or_free() -> None:
    events = {event.__name__ for event in get_args(Incoming)}
    assert events == {name.split()[0] for name in DOORS} | FREE_EVENTS


def test_every_button_is_a_door_or_free() -> None:
    walked = {name.split()[1] for name in DOORS if name.startswith("ButtonPressed")}
    assert set(Action) == {Action(name) for name in walked} | FREE_BUTTONS


def test_every_command_that_asks_a_model_is_a_door() -> None:
    asks = {row.command.name for row in ROWS if row.run is None}
    walked = {name.split()[1] for name in DOORS if name.startswith("Asked")}
    assert asks | {EDIT_MENU} == walked


def test_there_is_no_other_way_to_a_model() -> None:
    """A step is started in one place, and a model asked in one place for each kind."""
    sources = {path.name: path.read_text() for path in Path("bot").rglob("*.py")}
    starts = {name for name, text in sources.items() if ".start_step(" in text}
    asks = {
        name for name, text in sources.items() if re.search(r"\.(stream|edit)\(request\)", text)
    }
    assert starts == {"submission.py"}
    assert asks == {"asking.py", "editing.py"}
