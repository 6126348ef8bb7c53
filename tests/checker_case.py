"""A small run that kept every promise, to break one of them and look what the checker says."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapters.playground.history import Entry
from bot import notices
from tests.checker import Report, check
from tests.evidence import Database, Evidence, Job, Seen, World
from tests.violation import Kind

MIGRATIONS = Path(__file__).parent.parent / "storage/migrations/sqlite"
CANARY = "canary-7f3a-secret"
LONG = ("One sentence of many. " * 150).strip()


def row(table: str, **values: Any) -> tuple[str, dict[str, Any]]:
    return table, values


def turn(number: int, **values: Any) -> tuple[str, dict[str, Any]]:
    base = {
        "id": f"t{number}", "platform": "discord", "workspace": "1", "channel": "10",
        "source": str(1000 * number), "thread": "1000", "kind": "prompt",
        "position": 1000 * number, "author": "7", "name": "Ann", "opens_thread": number == 1,
        "state": "ended", "outcome": "answered", "worker": "w", "attempt": 1,
        "answer": f"Answer {number}.", "sent_at": 1000 * number, "received_at": 1000 * number,
        "started_at": 1000 * number + 1, "concluded_at": 1000 * number + 50,
        "ended_at": 1000 * number + 60,
    }  # fmt: skip
    return "turn", base | values


def step(number: int) -> list[tuple[str, dict[str, Any]]]:
    key = {"turn": f"t{number}", "step": 1}
    amounts = {"requests": 1, "images": 0}
    return [
        row("step", turn=f"t{number}", n=1, kind="chat", model="a:b", state="stored",
            started_at=1, ended_at=2),
        row("reservation", **key, state="settled", **amounts, tokens=100, micros=9,
            opened_at=1, closed_at=2),
        row("ledger", **key, kind="settle", platform="discord", workspace="1", channel="10",
            author="7", **amounts, tokens=40, micros=3, at=2, held_at=1, model="a:b"),
        row("attempt", **key, n=1, model="a:b", held=9, billed=3, at=1),
    ]  # fmt: skip


def part(number: int, idx: int, message: int, **values: Any) -> tuple[str, dict[str, Any]]:
    base = {
        "turn": f"t{number}", "purpose": "answer", "idx": idx, "state": "sent",
        "platform": "discord", "workspace": "1", "place": "1000", "nonce": f"n{number}{idx}",
        "message": str(message), "sending_at": 1, "updated_at": 1,
    }  # fmt: skip
    return "part", base | values


def asked(number: int, text: str, **values: Any) -> tuple[str, dict[str, Any]]:
    base = {
        "platform": "discord", "workspace": "1", "channel": "10", "thread": "1000",
        "position": 1000 * number, "ordinal": 0, "role": "user", "author": "7", "name": "Ann",
        "text": text, "turn": f"t{number}", "hidden": 0, "created_at": 1,
        "source": str(1000 * number), "place": "1000",
    }  # fmt: skip
    return "message", base | values


def attached(number: int, **values: Any) -> tuple[str, dict[str, Any]]:
    base = {
        "platform": "discord", "workspace": "1", "channel": "10", "thread": "1000",
        "position": 1000 * number, "n": 0, "attachment": "5", "name": "a.png", "size": 3,
        "type": "image/png", "url": "", "message": str(1000 * number), "place": "1000",
        "state": "read",
    }  # fmt: skip
    return "file", base | values


def said(
    id_: int, text: str, *, addressed: bool = False, place: str = "1000", **values: Any
) -> Seen:
    return Seen(str(id_), place, "7", False, text, addressed=addressed, channel="10", **values)


def shown(id_: int, text: str, *, place: str = "1000", **values: Any) -> Seen:
    return Seen(str(id_), place, "99", True, text, **values)


def post(n: int, content: str, **values: Any) -> Entry:
    body = {
        "content": content, "nonce": f"n{n}", "enforce_nonce": True,
        "allowed_mentions": {"parse": [], "replied_user": False},
    }  # fmt: skip
    return Entry(
        n, n, "discord", "POST /channels/{channel_id}/messages", "/channels/1000/messages", 200,
        "ok", request=body | values, answer={"id": "1"},
    )  # fmt: skip


@dataclass
class Case:
    """A small run that kept every promise; tests break one and look what is said."""

    rows: list[tuple[str, dict[str, Any]]]
    world: World
    entries: list[Entry]
    outputs: dict[str, str]
    strange: list[str] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    calm: bool = False
    blobs: Path | None = None
    painted: frozenset[str] = frozenset()
    deleted: dict[str, int] = field(default_factory=dict)

    def change(self, table: str, where: dict[str, Any], **values: Any) -> None:
        hits = [
            each
            for name, each in self.rows
            if name == table and all(each.get(key) == value for key, value in where.items())
        ]
        assert hits, (table, where)
        for each in hits:
            each.update(values)

    def drop(self, table: str, **where: Any) -> None:
        kept = [
            (name, each)
            for name, each in self.rows
            if name != table or any(each.get(key) != value for key, value in where.items())
        ]
        assert len(kept) < len(self.rows), (table, where)
        self.rows = kept

    def see(self, id_: int, **values: Any) -> None:
        found = [each for each in self.world.messages if each.id == str(id_)]
        assert found, id_
        self.world.messages.remove(found[0])
        self.world.messages.append(replace(found[0], **values))

    def unsee(self, id_: int) -> None:
        kept = [each for each in self.world.messages if each.id != str(id_)]
        assert len(kept) < len(self.world.messages), id_
        self.world.messages = kept

    def judge(self, folder: Path, **values: Any) -> Report:
        path = folder / "bot.db"
        connection = sqlite3.connect(path)
        for script in sorted(MIGRATIONS.glob("*.sql")):
            connection.executescript(script.read_text())
        for table, each in self.rows:
            names, marks = ", ".join(each), ", ".join(f":{name}" for name in each)
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", each)
        connection.commit()
        connection.close()
        return check(
            Evidence(
                self.world,
                self.entries,
                Database.read(path),
                canaries=(CANARY,),
                outputs=self.outputs,
                strange=self.strange,
                jobs=self.jobs,
                calm=self.calm,
                blobs=self.blobs,
                painted=self.painted,
                deleted=self.deleted,
                **values,
            )
        )


def good() -> Case:
    """Three turns of one thread: two parts with a note, one short answer, one notice."""
    note = notices.stopped("t1", True)
    refusal = f"The model service is busy. {notices.NOTHING_CHARGED}"
    return Case(
        rows=[
            row("conversation", platform="discord", workspace="1", channel="10", thread="1000",
                place="1000", created_at=1, touched_at=1),
            turn(1, answer=LONG, note=note, outcome="stopped"),
            turn(2),
            turn(3, outcome="failed", answer="", note=refusal),
            asked(1, "go"), asked(2, "and?"), asked(3, "and now?"),
            *step(1), *step(2),
            row("step", turn="t3", n=1, kind="chat", model="a:b", state="failed", started_at=1,
                ended_at=2),
            row("reservation", turn="t3", step=1, state="released", requests=1, tokens=9,
                images=0, micros=0, opened_at=1, closed_at=2),
            row("ledger", turn="t3", step=1, kind="release", platform="discord", workspace="1",
                channel="10", author="7", requests=0, tokens=0, images=0, micros=0, at=2),
            row("attempt", turn="t3", step=1, n=1, model="a:b", held=0, billed=0, at=1),
            part(1, 0, 1100), part(1, 1, 1101), part(2, 0, 2100),
            part(3, 0, 3100, purpose="notice"),
        ],
        world=World(
            messages=[
                said(1000, "@bot go", addressed=True, place="10"),
                said(1500, "nothing for the bot", place="10"),
                said(2000, "and?"), said(3000, "and now?"),
                shown(1100, LONG[:1980]), shown(1101, f"{LONG[1980:].strip()}\n\n{note}"),
                shown(2100, "Answer 2."), shown(3100, refusal),
            ]
        ),
        entries=[post(1, LONG[:1980]), post(2, "Answer 2.")],
        outputs={"log": "all is well"},
    )  # fmt: skip


# --- what breaks it ----------------------------------------------------------------------------

Break = Callable[[Case], Any]
# By name: the invariant that it breaks, the kind of that, words of what is said, and how.
Breaks = dict[str, tuple[str, Kind, str, Break]]


def both(*breaks: Break) -> Break:
    def apply(case: Case) -> None:
        for each in breaks:
            each(case)

    return apply


def interaction(turn: str, token: str) -> tuple[str, dict[str, Any]]:
    return row(
        "interaction", turn=turn, id="5", application="6", token=token, place="1", expires_at=1
    )


def add_row(*rows: tuple[str, dict[str, Any]]) -> Break:
    return lambda case: case.rows.extend(rows)


def add_seen(*seen: Seen) -> Break:
    return lambda case: case.world.messages.extend(seen)
