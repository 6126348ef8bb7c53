"""What may happen in a run besides, without any promise being broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from adapters.playground.history import Entry
from bot import notices, notices_delivery, notices_operators
from bot.errors import BackendFault
from tests.checker_case import Case, asked, part, row, said, shown, step, turn
from tests.evidence import Command, Job


def by_command(case: Case) -> None:
    """Let a fourth turn be asked by command in the thread, and answered."""
    case.rows += [
        turn(4, kind="ask", source="4000", answer="Answer 4."), *step(4), part(4, 0, 4100),
        asked(4, "by command?"),
    ]  # fmt: skip
    lead = notices_delivery.question_lead("by command?")
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
    card = notices_delivery.question_card("Ann", "in the channel?", [])
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
    case.see(2100, text=f"Answer 2.\n{notices_delivery.superseded(True)}")


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
    text = notices_operators.account_trouble("segmind", BackendFault.AUTH)
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


def gone_on_from_unheard(case: Case) -> None:
    """Let that request be deleted while nobody listened."""
    gone_on_from(case)
    case.entries.pop()
    case.deleted["8000"] = 20


def gone_on_from_again(case: Case) -> None:
    """Let somebody go on from what a button made by the same request, which is deleted first."""
    gone_on_from(case)
    case.change("draft", {"id": "d1"}, used="")
    case.change("turn", {"id": "t8"}, kind="retry", about="t3", once="retry:t3", source="8050")


def named_what_went(case: Case) -> None:
    """Let a card name a picture that was taken along, and whose message was deleted since."""
    with_card(case)
    case.rows.append(pictured(1, thread="5000", turn="t5", blob="", removed=1))
    card = notices_delivery.question_card("Ann", "in the channel?", ["a.png"])
    case.see(5001, text=card)
    case.world.commands[-1] = Command("5000", "ask", "answered", text=card)


def painted_in_vain(case: Case) -> None:
    """Let what was painted by a second link be refused: that may be used again."""
    painted(case)
    note = f"That picture is gone. {notices.NOTHING_CHARGED}"
    case.rows += [
        turn(9, kind="picture", source="d2", edit=asks_edit(), outcome="refused", answer="",
             error="picture_gone", note=note),
        part(9, 0, 9100, purpose="notice"),
    ]  # fmt: skip
    case.world.messages.append(shown(9100, note))
    case.painted = frozenset({"d1", "d2"})


def painted_for_nobody(case: Case) -> None:
    """Let the notice of that refusal stand nowhere."""
    painted_in_vain(case)
    case.change("turn", {"id": "t9"}, outcome="undeliverable")
    case.rows = [row for row in case.rows if row != part(9, 0, 9100, purpose="notice")]
    case.world.messages = [one for one in case.world.messages if one.id != "9100"]


def painted_and_taken_back(case: Case) -> None:
    """Let the thread of that refusal go before it is told."""
    painted_for_nobody(case)
    case.change("turn", {"id": "t9"}, outcome="cancelled", error="", note="", cancel_requested=1)


ALL: tuple[Callable[[Case], None], ...] = (
    by_command, with_card, regenerated, edited, alerted, deleted, submitted, submitted_anew,
    drawn, by_form, came_late, painted, taken_away, withdrawn, gone_on_from, counted,
    gone_on_from_unheard, gone_on_from_again, named_what_went, painted_in_vain, painted_for_nobody,
    painted_and_taken_back,
)  # fmt: skip
