"""The checker finds each kind of broken promise, and nothing in a run that kept them all."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.playground.history import Entry
from bot import notices
from bot.errors import BackendFault
from tests.checker import Report, check
from tests.evidence import Command, Database, Evidence, Job, Seen, World
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


def test_a_run_that_kept_its_promises_is_clean(tmp_path: Path) -> None:
    report = good().judge(tmp_path)
    assert report.violations == ()
    assert (report.turns, report.messages) == (3, 4)
    report.require_none()


Break = Callable[[Case], Any]


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


def swap_parts(case: Case) -> None:
    case.rows = [each for each in case.rows if each[0] != "part" or each[1]["turn"] != "t1"]
    case.rows += [part(1, 0, 1101), part(1, 1, 1100)]


def interleave(case: Case) -> None:
    case.drop("part", turn="t2")
    case.unsee(2100)
    case.rows.append(part(2, 0, 1101, nonce="x"))
    case.change("part", {"turn": "t1", "idx": 1}, message="1102")
    case.see(1101, text="Answer 2.")
    case.world.messages.append(shown(1102, LONG[1980:] + "\n\n" + notices.stopped("t1", True)))


def swap_turns(case: Case) -> None:
    case.change("turn", {"id": "t2"}, ended_at=3999, started_at=3500)


def by_command(case: Case) -> None:
    """Let a fourth turn be asked by command in the thread, and answered."""
    case.rows += [
        turn(4, kind="ask", source="4000", answer="Answer 4."), *step(4), part(4, 0, 4100),
        asked(4, "by command?"),
    ]  # fmt: skip
    lead = notices.question_lead("by command?")
    case.world.messages.append(shown(4100, f"{lead}Answer 4."))
    case.world.commands.append(Command("4000", "ask", "answered", text=f"{lead}Answer 4."))


def with_card(case: Case) -> None:
    """Let a fifth turn be asked by command in the channel, and answered in its thread."""
    thread = {"thread": "5000", "source": "5000"}
    case.rows += [
        turn(5, kind="ask", opens_thread=1, answer="Answer 5.", **thread), *step(5),
        part(5, 0, 5001, purpose="question", place="10"), part(5, 0, 5100, place="5001"),
        asked(5, "in the channel?", thread="5000", place="10"),
        row("conversation", platform="discord", workspace="1", channel="10", thread="5000",
            place="5001", created_at=1, touched_at=1),
    ]  # fmt: skip
    card = notices.question_card("Ann", "in the channel?", [])
    case.world.messages += [
        shown(5001, card, place="10"),
        shown(5100, "Answer 5.", place="5001"),
    ]
    case.world.commands.append(Command("5000", "ask", "answered", text=card))


def regenerated(case: Case) -> None:
    """Let the second turn be answered again, and marked as replaced."""
    case.rows += [
        turn(6, kind="regenerate", about="t2", once="regenerate:t2", answer="Answer 6."),
        *step(6), part(6, 0, 6100),
    ]  # fmt: skip
    case.world.messages.append(shown(6100, "Answer 6."))
    case.see(2100, text=f"Answer 2.\n{notices.superseded(True)}")


def edited(case: Case) -> None:
    """Let the second question be changed after its answer, which is offered again."""
    offer = notices.question_edited("t7")
    case.rows += [
        turn(7, kind="edited", about="t2", source="edited:t2", once="edited:t2", answer="",
             outcome="refused", note=offer),
        part(7, 0, 7100, purpose="notice"),
    ]  # fmt: skip
    case.world.messages.append(shown(7100, offer))
    case.world.edited["2000"] = 6500


def alerted(case: Case) -> None:
    """Let an admin be told of an alert in their direct messages."""
    text = notices.account_trouble("segmind", BackendFault.AUTH)
    case.rows.append(row("alert", name="x", text=text, raised_at=1))
    case.world.direct["70"] = "7"
    case.world.messages.append(shown(8000, text, place="70"))


def deleted(case: Case) -> None:
    """Let the third question be deleted, with its words."""
    case.change("message", {"turn": "t3"}, text="", erased=1, hidden=1)
    case.world.messages = [one for one in case.world.messages if one.id != "3000"]
    case.world.by_others.add("3000")


def submitted(case: Case) -> None:
    """Let the second turn be answered by a service that bills what it accepts."""
    case.change("step", {"turn": "t2"}, model="segmind:gpt-5-mini", request_id="job-1")
    case.change("message", {"turn": "t2"}, text="a question of its own")
    case.jobs.append(Job("job-1", "Ann: a question of its own"))


def submitted_anew(case: Case) -> None:
    """Let its job follow one that failed, which cost nothing."""
    submitted(case)
    case.jobs.insert(0, Job("job-0", "Ann: a question of its own", failed=True))


def pictured(number: int, of: int | None = None, **values: Any) -> tuple[str, dict[str, Any]]:
    base = {
        "platform": "discord", "workspace": "1", "channel": "10", "thread": "1000",
        "number": number, "turn": "t8", "blob": f"blob-{number}", "mime": "image/png",
        "width": 1, "height": 1, "author": "7", "name": "Ann", "created_at": 1,
    }  # fmt: skip
    made = {"made": 1, "base": of, "inputs": f"[{of}]", "model": "segmind:edit", "prompt": "pink"}
    return "picture", base | (made if of is not None else {}) | values


def asks_edit(**values: Any) -> str:
    return json.dumps({"shows": None, "removes": None, "late_of": ""} | values)


def made_step(number: int, job: str = "job-8") -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a step that made a picture."""
    (_, taken), (_, held), (_, booked), attempted = step(number)
    taken |= {"kind": "image", "model": "segmind:edit", "request_id": job}
    held |= {"images": 1, "tokens": 0}
    booked |= {"images": 1, "tokens": 0}
    return [("step", taken), ("reservation", held), ("ledger", booked), attempted]


def counted(case: Case) -> None:
    """Let limits be set that count what was asked: a person's tokens, and the cap on attempts."""
    base = {"platform": "discord", "workspace": "", "span": "ever", "model": "", "starts": 0,
            "ends": 2**53, "reserved": 0, "forgiven": 0, "extra": 0}  # fmt: skip
    case.rows += [
        row("counter", **base, id="c1", kind="person", subject="7", metric="tokens", spent=80),
        row("counter", **base | {"platform": ""}, id="c2", kind="attempts", subject="",
            metric="money", spent=6),
    ]  # fmt: skip


def drawn(case: Case) -> None:
    """Let an eighth turn make picture 2 of picture 1, which came along."""
    case.rows += [
        turn(8, edit=asks_edit(), answer="**pink**"), *made_step(8),
        part(8, 0, 8100, purpose="picture"), asked(8, "edit: pink"), pictured(1), pictured(2, 1),
    ]  # fmt: skip
    case.world.messages += [said(8000, "edit: pink"), shown(8100, "**pink**")]
    case.jobs.append(Job("job-8", "pink", edits=True))


def by_form(case: Case) -> None:
    """Let what was drawn come of a form, and be shown once more by a button."""
    drawn(case)
    case.rows += [
        drafted("d1", used="t8"), drafted("d2"),
        turn(9, kind="ask", about="t8", edit=asks_edit(shows=1), answer="**Back to #1**"),
        part(9, 0, 9100, purpose="picture"),
    ]  # fmt: skip
    case.world.messages.append(shown(9100, "**Back to #1**"))
    case.world.commands.append(Command("9000", "undo", "answered", text="**Back to #1**"))


def drafted(name: str, **values: Any) -> tuple[str, dict[str, Any]]:
    base = {
        "id": name, "kind": "form", "platform": "discord", "workspace": "1", "channel": "10",
        "thread": "1000", "place": "1000", "author": "7", "name": "Ann", "roles": "",
        "moderator": 0, "admin": 0, "opens_thread": 0, "edit": "{}", "prompt": "",
        "attachments": "[]", "about": "", "created_at": 1, "expires_at": 90_000,
    }  # fmt: skip
    return "draft", base | values


def came_late(case: Case) -> None:
    """Let what an eighth turn waited for in vain be posted by a ninth."""
    drawn(case)
    note = f"It goes on. {notices.NOTHING_CHARGED}"
    case.change("turn", {"id": "t8"}, outcome="failed", answer="", note=note)
    case.change("part", {"turn": "t8"}, purpose="notice")
    case.see(8100, text=note)
    case.change("step", {"turn": "t8"}, state="failed")
    case.change("reservation", {"turn": "t8"}, state="released")
    case.change("ledger", {"turn": "t8"}, kind="release", images=0, requests=0, micros=0)
    case.change("picture", {"number": 2}, turn="t9")
    case.rows += [
        turn(9, kind="picture", source="late:t8", about="t8", edit=asks_edit(late_of="t8"),
             answer="**pink**"),
        *made_step(9), part(9, 0, 9100, purpose="picture"),
    ]  # fmt: skip
    case.world.messages.append(shown(9100, "**pink**"))


def painted(case: Case) -> None:
    """Let what was drawn come of a link, which was refused once before."""
    drawn(case)
    case.world.messages = [one for one in case.world.messages if one.id != "8000"]
    note = f"Too many at once. {notices.NOTHING_CHARGED}"
    case.change("turn", {"id": "t8"}, kind="picture", source="d1:1")
    case.rows += [
        drafted("d1", kind="paint", used="t8", tries=2), drafted("d2", kind="paint"),
        turn(7, kind="picture", source="d1", edit=asks_edit(), outcome="refused", answer="",
             note=note),
        part(7, 0, 7100, purpose="notice"),
    ]  # fmt: skip
    case.world.messages.append(shown(7100, note))
    case.painted = frozenset({"d1"})


def taken_away(case: Case) -> None:
    """Let its asker have what was drawn deleted."""
    drawn(case)
    case.change("picture", {"number": 2}, blob="", removed=1, prompt="", name="")
    case.rows.append(
        turn(9, kind="picture", about="t8", edit=asks_edit(removes=2), outcome="cancelled",
             answer="")
    )  # fmt: skip
    case.unsee(8100)
    case.world.by_us.add("8100")


def withdrawn(case: Case) -> None:
    """Let the request for what was drawn be deleted afterwards."""
    by_form(case)
    case.change("message", {"turn": "t8"}, text="", erased=1, hidden=1)
    case.world.messages = [one for one in case.world.messages if one.id != "8000"]
    case.world.by_others.add("8000")
    case.change("picture", {"number": 1}, blob="", removed=1)
    case.change("picture", {"number": 2}, prompt="")
    case.change("draft", {"id": "d1"}, revoked=1)


def gone_on_from(case: Case) -> None:
    """Let somebody go on from a picture that stands, when the request for it is deleted."""
    withdrawn(case)
    case.entries.append(
        Entry(1, 20, "discord", "event:MESSAGE_DELETE", "", 0, "ok", answer={"id": "8000"})
    )
    case.rows.append(drafted("d3", about="t8", created_at=30, revoked=0))


GOOD: tuple[Callable[[Case], None], ...] = (
    by_command, with_card, regenerated, edited, alerted, deleted, submitted, submitted_anew,
    drawn, by_form, came_late, painted, taken_away, withdrawn,
    gone_on_from, counted,
)  # fmt: skip


@pytest.mark.parametrize("happens", GOOD)
def test_what_may_happen_is_no_violation(happens: Callable[[Case], None], tmp_path: Path) -> None:
    case = good()
    happens(case)
    case.calm = True
    assert case.judge(tmp_path).violations == ()


BREAKS: dict[str, tuple[str, Kind, str, Break]] = {
    "no turn": (
        "I1", Kind.LOST, "message 2500 has no turn",
        add_seen(said(2500, "hello?", addressed=True)),
    ),
    "follow-up without turn": (
        "I1", Kind.LOST, "message 2500 has no turn", add_seen(said(2500, "hello?")),
    ),
    "answered what was not asked": (
        "I1", Kind.OTHER, "asked for nothing",
        lambda case: case.change("turn", {"id": "t2"}, source="1500"),
    ),
    "two turns for a message": (
        "I1", Kind.DOUBLED, "has 2 turns", add_row(turn(9, source="2000", channel="11")),
    ),
    "turn never ends": (
        "I1", Kind.LOST, "is not over",
        lambda case: case.change("turn", {"id": "t2"}, state="delivering", ended_at=None),
    ),
    "message of ours without a row": (
        "I2", Kind.DOUBLED, "has no row", add_seen(shown(2101, "Answer 2.")),
    ),
    "answer vanished": ("I2", Kind.LOST, "is not there", lambda case: case.unsee(2100)),
    "answer and notice": (
        "I2", Kind.DOUBLED, "an answer and a notice",
        both(add_row(part(2, 0, 2101, purpose="notice")), add_seen(shown(2101, "Sorry."))),
    ),
    "two notices": (
        "I2", Kind.DOUBLED, "its notice 2 times",
        both(add_row(part(3, 1, 3101, purpose="notice")), add_seen(shown(3101, "Sorry."))),
    ),
    "nothing shown": (
        "I2", Kind.LOST, "shows nothing",
        both(lambda case: case.drop("part", turn="t2"), lambda case: case.unsee(2100)),
    ),
    "cancelled but shown": (
        "I2", Kind.DOUBLED, "shows 1 messages",
        lambda case: case.change("turn", {"id": "t3"}, outcome="cancelled"),
    ),
    "text cut": (
        "I2", Kind.LOST, "are not the stored text",
        lambda case: case.see(1101, text=LONG[1980:-30] + "\n\n" + notices.stopped("t1", True)),
    ),
    "note missing": (
        "I2", Kind.LOST, "are not the stored text",
        lambda case: case.see(1101, text=LONG[1980:]),
    ),
    "text twice": (
        "I2", Kind.LOST, "are not the stored text",
        lambda case: case.see(2100, text="Answer 2. Answer 2."),
    ),
    "notice differs": (
        "I2", Kind.LOST, "stored", lambda case: case.see(3100, text="Something else."),
    ),
    "parts shuffled": ("I2", Kind.DISORDER, "are shuffled", swap_parts),
    "turn between parts": ("I2", Kind.DISORDER, "stands between parts", interleave),
    "turns swapped": ("I3", Kind.DISORDER, "came before", swap_turns),
    "messages swapped": (
        "I3", Kind.DISORDER, "came before",
        both(
            lambda case: case.change("part", {"turn": "t3"}, message="2050"),
            lambda case: case.see(3100, id="2050"),
        ),
    ),
    "counted too little": (
        "I4", Kind.OTHER, "has 79, the ledger 80",
        both(counted, lambda case: case.change("counter", {"id": "c1"}, spent=79)),
    ),
    "forgiven twice": (
        "I4", Kind.OTHER, "has 85, the ledger 80",
        both(counted, lambda case: case.change("counter", {"id": "c1"}, forgiven=5)),
    ),
    "reserved for nobody": (
        "I4", Kind.OTHER, "reserves 5, not 0",
        both(counted, lambda case: case.change("counter", {"id": "c1"}, reserved=5)),
    ),
    "held on": (
        "I5", Kind.OTHER, "still holds something back",
        both(counted, lambda case: case.rows.append(
            row("hold", turn="t2", step=1, counter="c1", amount=0, extra=0))),
    ),
    "attempt not counted": (
        "I4", Kind.OTHER, "attempts are counted as 0 + 5, not 0 + 6",
        both(counted, lambda case: case.change("counter", {"id": "c2"}, spent=5)),
    ),
    "attempt left open": (
        "I4", Kind.OTHER, "is still open",
        lambda case: case.change("attempt", {"turn": "t2"}, billed=None),
    ),
    "no attempt": (
        "I4", Kind.OTHER, "was no attempt", lambda case: case.drop("attempt", turn="t2"),
    ),
    "settled beyond": (
        "I4", Kind.OTHER, "settles more tokens",
        lambda case: case.change("ledger", {"turn": "t2"}, tokens=101),
    ),
    "ledger without reservation": (
        "I4", Kind.OTHER, "without reservation",
        lambda case: case.drop("reservation", turn="t2"),
    ),
    "booked on another": (
        "I4", Kind.OTHER, "on somebody else",
        lambda case: case.change("ledger", {"turn": "t2"}, author="8"),
    ),
    "step without reservation": (
        "I5", Kind.OTHER, "without a reservation",
        both(
            lambda case: case.drop("reservation", turn="t2"),
            lambda case: case.drop("ledger", turn="t2"),
        ),
    ),
    "reservation left open": (
        "I5", Kind.OTHER, "is still open",
        lambda case: case.change("reservation", {"turn": "t2"}, state="open", closed_at=None),
    ),
    "never booked": (
        "I5", Kind.OTHER, "closed by 0 entries", lambda case: case.drop("ledger", turn="t3"),
    ),
    "settled and released": (
        "I5", Kind.OTHER, "closed by 2 entries",
        lambda case: case.rows.append(
            ("ledger", next(r for t, r in case.rows if t == "ledger") | {"kind": "release"})
        ),
    ),
    "step still running": (
        "I5", Kind.OTHER, "still runs",
        lambda case: case.change("step", {"turn": "t2"}, state="running"),
    ),
    "charged for nothing": (
        "I6", Kind.OTHER, "for nothing",
        both(
            lambda case: case.change("ledger", {"turn": "t3"}, kind="settle", tokens=5),
            lambda case: case.change("reservation", {"turn": "t3"}, state="settled"),
        ),
    ),
    "not charged": (
        "I6", Kind.OTHER, "nobody paid",
        both(
            lambda case: case.change("ledger", {"turn": "t2"}, kind="release"),
            lambda case: case.change("reservation", {"turn": "t2"}, state="released"),
        ),
    ),
    "lied about the charge": (
        "I6", Kind.OTHER, "says that nothing was charged",
        lambda case: case.change("turn", {"id": "t2"}, note=notices.NOTHING_CHARGED),
    ),
    "left in sending": (
        "I7", Kind.LOST, "is left sending",
        lambda case: case.change("part", {"turn": "t2"}, state="sending", message=None),
    ),
    "left unknown": (
        "I7", Kind.LOST, "is left unknown",
        lambda case: case.change("part", {"turn": "t2"}, state="unknown", message=None),
    ),
    "status left": (
        "I8", Kind.LOST, "still stands", lambda case: case.see(2100, text=notices.STATUS),
    ),
    "stop button left": (
        "I8", Kind.OTHER, "Stop button", lambda case: case.see(2100, buttons=("stop:t2",)),
    ),
    "mark of waiting left": (
        "I8", Kind.OTHER, "still marked", lambda case: case.see(2000, waiting=True),
    ),
    "token kept": (
        "I8", Kind.OTHER, "token is still stored",
        add_row(interaction("t2", "x")),
    ),
    "pings let through": (
        "I9", Kind.OTHER, "allowed_mentions is None",
        lambda case: case.entries.append(post(3, "@everyone", allowed_mentions=None)),
    ),
    "users let through": (
        "I9", Kind.OTHER, "lets some through",
        lambda case: case.entries.append(
            post(3, "hi", allowed_mentions={"parse": [], "users": ["7"]})
        ),
    ),
    "too long": (
        "I9", Kind.OTHER, "2001 characters",
        lambda case: case.entries.append(post(3, "x" * 2001)),
    ),
    "no nonce": (
        "I9", Kind.OTHER, "nonce None",
        lambda case: case.entries.append(post(3, "x", nonce=None)),
    ),
    "nonce not enforced": (
        "I9", Kind.OTHER, "not enforced",
        lambda case: case.entries.append(post(3, "x", enforce_nonce=False)),
    ),
    "unknown traffic": (
        "I9", Kind.OTHER, "no such field",
        lambda case: case.strange.append("entry 1: no such field"),
    ),
    "crash": (
        "log", Kind.OTHER, "KeyError: 'x'",
        lambda case: case.outputs.update(log="Traceback (most recent\n  at\nKeyError: 'x'"),
    ),
    "secret shown": (
        "I10", Kind.OTHER, "is in entry 3",
        lambda case: case.entries.append(post(3, f"my key is {CANARY}")),
    ),
    "secret logged": (
        "I10", Kind.OTHER, "is in log", lambda case: case.outputs.update(log=f"Bot {CANARY}"),
    ),
    "secret stored": (
        "I10", Kind.OTHER, "is in database",
        lambda case: case.change("turn", {"id": "t3"}, error=CANARY),
    ),
    "command without turn": (
        "I1", Kind.LOST, "command 4000 was taken up and has no turn",
        lambda case: case.world.commands.append(Command("4000", "ask", "deferred")),
    ),
    "form without turn": (
        "I1", Kind.LOST, "command 4000 was taken up and has no turn",
        lambda case: case.world.commands.append(Command("4000", "form", "deferred")),
    ),
    "edit without turn": (
        "I1", Kind.LOST, "command 4000 was taken up and has no turn",
        lambda case: case.world.commands.append(
            Command("4000", "edit-image", "answered", text="Editing")
        ),
    ),
    "command with two turns": (
        "I1", Kind.DOUBLED, "command 4000 has 2 turns",
        both(by_command, add_row(turn(9, kind="ask", source="4000", channel="11"))),
    ),
    "other command with a turn": (
        "I1", Kind.OTHER, "the command new 4000 has a turn",
        both(by_command, lambda case: case.world.commands.append(Command("4000", "new", "x"))),
    ),
    "command of nobody": (
        "I1", Kind.OTHER, "nobody used that command",
        both(by_command, lambda case: case.world.commands.clear()),
    ),
    "change without offer": (
        "I1", Kind.LOST, "was changed, and nothing was offered",
        both(
            lambda case: setattr(case, "calm", True),
            lambda case: case.world.edited.update({"2000": 6500}),
        ),
    ),
    "offer without change": (
        "I1", Kind.OTHER, "nobody changed that question",
        both(edited, lambda case: case.world.edited.clear()),
    ),
    "two offers": (
        "I1", Kind.DOUBLED, "has 2 offers",
        both(edited, add_row(turn(9, kind="edited", about="t2", answer=""))),
    ),
    "cannot read, said twice": (
        "I1", Kind.DOUBLED, "said a short while ago",
        both(
            *(
                lambda case, name=name: case.change(
                    "turn", {"id": name}, error="unreadable", outcome="refused"
                )
                for name in ("t2", "t3")
            )
        ),
    ),
    "sticker answered": (
        "I1", Kind.OTHER, "asked for nothing", lambda case: case.see(2000, says=False),
    ),
    "answered where a mention is needed": (
        "I1", Kind.OTHER, "asked for nothing",
        both(
            add_row(row("setting", platform="discord", workspace="1", channel="10", thread="",
                        name="mentions", value="always", author="7", at=5)),
            lambda case: case.see(2000, at=6),
        ),
    ),
    "not answered where none is needed": (
        "I1", Kind.LOST, "message 1500 has no turn",
        both(
            add_row(row("setting", platform="discord", workspace="1", channel="10", thread="",
                        name="mentions", value="never", author="7", at=5)),
            lambda case: case.see(1500, at=6),
        ),
    ),
    "command's question missing": (
        "I2", Kind.LOST, "are not the stored text",
        both(by_command, lambda case: case.see(4100, text="Answer 4.")),
    ),
    "card of another question": (
        "I2", Kind.LOST, "its card says",
        both(with_card, lambda case: case.see(5001, text="**Ann** asked:\n> something else")),
    ),
    "card with buttons": (
        "I2", Kind.OTHER, "its card has buttons",
        both(with_card, lambda case: case.see(5001, buttons=("retry:t5",))),
    ),
    "card for a mention": (
        "I2", Kind.DOUBLED, "shows its question 1 times",
        both(
            add_row(part(2, 0, 2050, purpose="question")),
            add_seen(shown(2050, notices.question_card("Ann", "and?", []))),
        ),
    ),
    "marked as replaced by nothing": (
        "I2", Kind.LOST, "are not the stored text",
        lambda case: case.see(2100, text=f"Answer 2.\n{notices.superseded(True)}"),
    ),
    "marked in other words": (
        "I2", Kind.LOST, "are not the stored text",
        both(regenerated, lambda case: case.see(2100, text="Answer 2.\n(old)")),
    ),
    "told alone without reason": (
        "I2", Kind.DOUBLED, "has no row",
        both(alerted, lambda case: case.see(8000, text="Hello!")),
    ),
    "alert in a channel": (
        "I2", Kind.DOUBLED, "has no row",
        both(alerted, lambda case: case.world.direct.clear()),
    ),
    "alert told twice": (
        "I2", Kind.DOUBLED, "says again",
        both(
            alerted,
            add_seen(shown(8001, notices.account_trouble("segmind", BackendFault.AUTH),
                           place="70")),
        ),
    ),
    "still loading": (
        "I8", Kind.LOST, "is still loading", lambda case: case.see(2100, loading=True),
    ),
    "progress left": (
        "I8", Kind.LOST, "still stands",
        lambda case: case.see(2100, text=notices.progress(notices.READING_FILES, 5, 0)),
    ),
    "picture lost": (
        "I11", Kind.OTHER, "is not kept",
        both(
            add_row(attached(2, blob="0" * 64)),
            lambda case: setattr(case, "blobs", Path(__file__).parent / "vendor"),
        ),
    ),
    "deleted words kept": (
        "I12", Kind.OTHER, "is still stored: 'and now?'",
        both(deleted, lambda case: case.change("message", {"turn": "t3"}, text="and now?")),
    ),
    "deleted file kept": (
        "I12", Kind.OTHER, "of a deleted message is still kept",
        both(deleted, add_row(attached(3, text="secret"))),
    ),
    "deleted quote kept": (
        "I12", Kind.OTHER, "what quotes a deleted message still has: 'so'",
        both(deleted, lambda case: case.change(
            "message", {"turn": "t2"}, quote_source="3000", quote_text="so")),
    ),
    "deleted place kept": (
        "I12", Kind.OTHER, "is still stored", lambda case: case.world.gone.add("1000"),
    ),
    "submitted again": (
        "I13", Kind.DOUBLED, "2 jobs for 1 steps",
        both(
            submitted,
            lambda case: case.jobs.append(Job("job-2", "Ann: a question of its own")),
        ),
    ),
    "job of nobody": (
        "I13", Kind.OTHER, "was never accepted",
        both(submitted, lambda case: case.jobs.clear()),
    ),
    "picture lost from the line": (
        "I11", Kind.OTHER, "picture #1 in 1000 is not kept",
        both(drawn, lambda case: setattr(case, "blobs", Path(__file__).parent / "vendor")),
    ),
    "mask lost": (
        "I11", Kind.OTHER, "the mask of turn t2 is not kept",
        both(
            add_row(row("mask", turn="t2", blob="0" * 64, created_at=1)),
            lambda case: setattr(case, "blobs", Path(__file__).parent / "vendor"),
        ),
    ),
    "deleted picture kept": (
        "I12", Kind.OTHER, "came with a deleted message and is still kept",
        both(withdrawn, lambda case: case.change("picture", {"number": 1}, blob="x")),
    ),
    "deleted words kept with a picture": (
        "I12", Kind.OTHER, "still has the deleted words 'pink'",
        both(withdrawn, lambda case: case.change("picture", {"number": 2}, prompt="pink")),
    ),
    "deleted words kept in a form": (
        "I12", Kind.OTHER, "draft d1 goes on from a deleted message",
        both(withdrawn, lambda case: case.change("draft", {"id": "d1"}, revoked=0)),
    ),
    "a form about what was deleted since": (
        "I12", Kind.OTHER, "draft d3 goes on from a deleted message",
        both(gone_on_from, lambda case: case.change("draft", {"id": "d3"}, created_at=10)),
    ),
    "deleted words kept in a later form": (
        "I12", Kind.OTHER, "draft d3 goes on from a deleted message",
        both(gone_on_from, lambda case: case.change("draft", {"id": "d3"}, prompt="pink")),
    ),
    "numbers with a gap": (
        "I14", Kind.OTHER, "have the numbers [1, 3]",
        both(drawn, lambda case: case.change("picture", {"number": 2}, number=3)),
    ),
    "made of what is not there": (
        "I14", Kind.OTHER, "which are not all there",
        both(drawn, lambda case: case.change("picture", {"number": 2}, inputs="[1, 7]")),
    ),
    "made of itself": (
        "I14", Kind.OTHER, "which came after it",
        both(drawn, lambda case: case.change("picture", {"number": 2}, inputs="[1, 2]")),
    ),
    "another base than its first picture": (
        "I14", Kind.OTHER, "has the base None",
        both(drawn, lambda case: case.change("picture", {"number": 2}, base=None)),
    ),
    "sent, yet made": (
        "I14", Kind.OTHER, "was sent, yet made of",
        both(drawn, lambda case: case.change("picture", {"number": 1}, inputs="[2]")),
    ),
    "made by nobody": (
        "I14", Kind.OTHER, "made by t77",
        both(drawn, lambda case: case.change("picture", {"number": 2}, turn="t77")),
    ),
    "made without a step": (
        "I14", Kind.OTHER, "made a picture by 0 image steps",
        both(drawn, lambda case: case.change("step", {"turn": "t8"}, state="failed")),
    ),
    "made for nothing": (
        "I14", Kind.OTHER, "that nobody paid",
        both(
            drawn,
            lambda case: case.change("reservation", {"turn": "t8"}, state="released"),
            lambda case: case.change("ledger", {"turn": "t8"}, kind="release"),
        ),
    ),
    "made by another model": (
        "I14", Kind.OTHER, "by another model than was asked",
        both(drawn, lambda case: case.change("picture", {"number": 2}, model="a:b")),
    ),
    "answered without a picture": (
        "I14", Kind.LOST, "is answered without a picture",
        both(drawn, lambda case: case.drop("picture", number=2)),
    ),
    "a step for a picture nobody asked for": (
        "I14", Kind.OTHER, "asked for no picture, yet has a step",
        both(drawn, lambda case: case.change("turn", {"id": "t8"}, edit="")),
    ),
    "a model asked to show a picture": (
        "I14", Kind.OTHER, "needs no model, yet asked one",
        both(by_form, add_row(*made_step(9, "job-9"))),
    ),
    "two steps for a picture": (
        "I14", Kind.DOUBLED, "has 2 steps",
        both(drawn, add_row(*[(t, r | ({"n": 2} if t == "step" else {"step": 2}))
                              for t, r in made_step(8, "job-9")])),
    ),
    "picture shown twice": (
        "I14", Kind.DOUBLED, "shows its picture 2 times",
        both(drawn, add_row(part(8, 1, 8101, purpose="picture")),
             add_seen(shown(8101, "**pink**"))),
    ),
    "picture not shown": (
        "I14", Kind.LOST, "does not show its picture",
        both(drawn, lambda case: case.drop("part", turn="t8")),
    ),
    "a picture under a question": (
        "I14", Kind.OTHER, "shows a picture that it has not",
        lambda case: case.change("part", {"turn": "t2"}, purpose="picture"),
    ),
    "caption differs": (
        "I2", Kind.LOST, "are not the stored text",
        both(drawn, lambda case: case.see(8100, text="**blue**")),
    ),
    "deleted, yet kept": (
        "I14", Kind.OTHER, "picture #2 is still kept",
        both(taken_away, lambda case: case.change("picture", {"number": 2}, blob="x")),
    ),
    "deleted, yet there": (
        "I14", Kind.OTHER, "picture #2 still stands",
        both(taken_away, add_seen(shown(8100, "**pink**"))),
    ),
    "edit handed over twice": (
        "I14", Kind.DOUBLED, "2 pictures were asked for by 1 steps",
        both(came_late, lambda case: case.jobs.append(Job("job-9", "pink", edits=True))),
    ),
    "two steps of one request": (
        "I14", Kind.DOUBLED, "2 steps have the request job-8",
        both(came_late, lambda case: case.change("turn", {"id": "t9"}, edit=asks_edit())),
    ),
    "fetched what nobody asked for": (
        "I14", Kind.OTHER, "fetches what nobody asked for",
        both(came_late, lambda case: case.change("step", {"turn": "t9"}, request_id="job-9")),
    ),
    "two forms, one turn": (
        "I14", Kind.DOUBLED, "turn t8 came of 2 drafts",
        both(by_form, lambda case: case.change("draft", {"id": "d2"}, used="t8")),
    ),
    "form of nobody's turn": (
        "I14", Kind.OTHER, "was used by t77, which is not there",
        both(by_form, lambda case: case.change("draft", {"id": "d2"}, used="t77")),
    ),
    "form used by another": (
        "I14", Kind.OTHER, "was used by somebody else",
        both(by_form, lambda case: case.change("draft", {"id": "d1"}, author="8")),
    ),
    "form used too late": (
        "I14", Kind.OTHER, "when it had expired",
        both(by_form, lambda case: case.change("draft", {"id": "d1"}, expires_at=8000)),
    ),
    "link used twice": (
        "I14", Kind.DOUBLED, "draft d1 was used 2 times",
        both(painted, lambda case: case.change("turn", {"id": "t7"}, outcome="failed")),
    ),
    "link that forgot its use": (
        "I14", Kind.OTHER, "which it does not know",
        both(painted, lambda case: case.change("draft", {"id": "d1"}, used="")),
    ),
    "painted for nothing": (
        "I14", Kind.LOST, "draft d2 was painted by, and no edit came of it",
        both(painted, lambda case: setattr(case, "painted", frozenset({"d2"}))),
    ),
    "painted by nothing": (
        "I14", Kind.LOST, "draft d3 was painted by, and is not there",
        both(painted, lambda case: setattr(case, "painted", frozenset({"d3"}))),
    ),
    "row without its turn": (
        "I11", Kind.OTHER, "foreign_key_check",
        add_row(interaction("t77", "")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_each_broken_promise_is_found(name: str, tmp_path: Path) -> None:
    invariant, kind, words, breaking = BREAKS[name]
    case = good()
    breaking(case)
    found = case.judge(tmp_path).violations
    assert any(
        each.invariant == invariant and each.kind is kind and words in each.text for each in found
    ), found


def test_every_invariant_has_a_way_to_be_broken() -> None:
    assert {each[0] for each in BREAKS.values()} == {f"I{n}" for n in range(1, 15)} | {"log"}


def test_a_torn_file_is_found(tmp_path: Path) -> None:
    case = good()
    case.judge(tmp_path)
    path = tmp_path / "bot.db"
    connection = sqlite3.connect(path)
    # An index that no longer agrees with its table, as a lost page leaves it.
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema "
                       "WHERE name = 'watermark') WHERE name = 'part_message'")  # fmt: skip
    connection.commit()
    connection.close()
    evidence = Evidence(copy.deepcopy(case.world), case.entries, Database.read(path))
    assert any(each.invariant == "I11" for each in check(evidence).violations)


def test_a_placeholder_may_be_older_than_what_stands_elsewhere(tmp_path: Path) -> None:
    case = good()
    case.change("part", {"turn": "t3"}, message="2050", place="10")
    case.see(3100, id="2050", place="10")
    assert case.judge(tmp_path).violations == ()


def test_what_others_removed_is_not_held_against_us(tmp_path: Path) -> None:
    case = good()
    case.unsee(1101)
    case.world.by_others.add("1101")
    assert case.judge(tmp_path).violations == ()


def test_a_message_heard_of_late_may_be_answered_late(tmp_path: Path) -> None:
    case = good()
    case.change(
        "turn", {"id": "t2"}, received_at=3500, started_at=3501, concluded_at=3510, ended_at=3999
    )
    assert case.judge(tmp_path).violations == ()


def test_an_unfinished_run_may_have_open_turns(tmp_path: Path) -> None:
    case = good()
    case.change("turn", {"id": "t3"}, state="delivering", ended_at=None)
    assert case.judge(tmp_path, final=False).violations == ()


def test_a_job_that_only_quotes_a_question_is_none_of_it(tmp_path: Path) -> None:
    case = good()
    submitted(case)
    case.jobs.append(Job("job-2", "Bot wrote:\n> a question of its own\n\nWhat is meant?"))
    assert not [each for each in case.judge(tmp_path).violations if each.invariant == "I13"]
