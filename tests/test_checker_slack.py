"""The checker finds each kind of promise that only Slack lets one break."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot import notices, notices_delivery
from tests.checker_case import LONG, Break, Case, add_row, add_seen, both, row, step
from tests.evidence import Seen, World, merged, position_of
from tests.violation import Kind

TEAM, CHANNEL = "T1", "T1/C1"
FIRST, SECOND = "1767225600.000100", "1767225620.000200"
THREAD = f"{CHANNEL}/{FIRST}"
PARTS = ("1767225601.000000", "1767225605.000000")
NOTICE = "1767225621.000000"
REFUSAL = f"The model service is busy. {notices.NOTHING_CHARGED}"
STATUS = "1767225602.000000"


def turn(number: int, source: str, **values: Any) -> tuple[str, dict[str, Any]]:
    at = position_of(source) // 1000
    base = {
        "id": f"t{number}", "platform": "slack", "workspace": TEAM, "channel": CHANNEL,
        "source": source, "thread": THREAD, "kind": "prompt", "position": position_of(source),
        "author": "T1/U1", "name": "Ann", "opens_thread": number == 1, "state": "ended",
        "outcome": "answered", "worker": "w", "attempt": 1, "answer": LONG, "sent_at": at,
        "received_at": at, "started_at": at + 1, "concluded_at": at + 50, "ended_at": at + 60,
    }  # fmt: skip
    return "turn", base | values


def part(number: int, idx: int, ts: str, **values: Any) -> tuple[str, dict[str, Any]]:
    base = {
        "turn": f"t{number}", "purpose": "answer", "idx": idx, "state": "sent",
        "platform": "slack", "workspace": TEAM, "place": THREAD, "nonce": f"n{number}{idx}",
        "message": ts, "sending_at": 1, "updated_at": 1,
    }  # fmt: skip
    return "part", base | values


def asked(number: int, source: str, text: str) -> tuple[str, dict[str, Any]]:
    return row(
        "message", platform="slack", workspace=TEAM, channel=CHANNEL, thread=THREAD,
        position=position_of(source), ordinal=0, role="user", author="T1/U1", name="Ann",
        text=text, turn=f"t{number}", hidden=0, created_at=1, source=source, place=THREAD,
    )  # fmt: skip


def on_slack(entry: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Return a row of the ledger as Slack's."""
    table, values = entry
    where = {"platform": "slack", "workspace": TEAM, "channel": CHANNEL, "author": "T1/U1"}
    return table, values | (where if table == "ledger" else {})


def said(ts: str, text: str, place: str = THREAD, **values: Any) -> Seen:
    return Seen(ts, place, "T1/U1", False, text, channel=CHANNEL, **values)


def shown(ts: str, text: str, place: str = THREAD, **values: Any) -> Seen:
    return Seen(ts, place, "T1/UBOT", True, text, channel=CHANNEL, **values)


def good() -> Case:
    """Two turns of one thread: an answer in two messages, and a notice."""
    return Case(
        rows=[
            row("conversation", platform="slack", workspace=TEAM, channel=CHANNEL, thread=THREAD,
                place=THREAD, created_at=1, touched_at=1),
            turn(1, FIRST),
            turn(2, SECOND, answer="", outcome="failed", note=REFUSAL),
            asked(1, FIRST, "go"), asked(2, SECOND, "and now?"),
            *map(on_slack, step(1)),
            row("step", turn="t2", n=1, kind="chat", model="a:b", state="failed", started_at=1,
                ended_at=2),
            row("reservation", turn="t2", step=1, state="released", requests=1, tokens=9,
                images=0, micros=0, opened_at=1, closed_at=2),
            row("ledger", turn="t2", step=1, kind="release", platform="slack", workspace=TEAM,
                channel=CHANNEL, author="T1/U1", requests=0, tokens=0, images=0, micros=0, at=2),
            row("attempt", turn="t2", step=1, n=1, model="a:b", held=0, billed=0, at=1),
            part(1, 0, PARTS[0]), part(1, 1, PARTS[1]), part(2, 0, NOTICE, purpose="notice"),
        ],
        world=World(
            messages=[
                said(FIRST, "<@UBOT> go", CHANNEL, addressed=True),
                said(SECOND, "and now?"),
                shown(PARTS[0], LONG[:1980]), shown(PARTS[1], LONG[1980:].strip()),
                shown(NOTICE, REFUSAL),
            ]
        ),
        entries=[],
        outputs={"log": "all is well"},
    )  # fmt: skip


def see(case: Case, ts: str, **values: Any) -> None:
    case.see(ts, **values)  # type: ignore[arg-type]


def shuffle(case: Case) -> None:
    case.rows = [each for each in case.rows if each[0] != "part" or each[1]["turn"] != "t1"]
    case.rows += [part(1, 0, PARTS[1]), part(1, 1, PARTS[0])]


def twice(again: bool) -> Break:
    """Let the notice be there twice: `again` says that it may be."""

    def apply(case: Case) -> None:
        case.change("part", {"turn": "t2"}, again=int(again))
        case.world.messages.append(shown("1767225620.500000", REFUSAL))
        if again:
            said = notices_delivery.sent_again(REFUSAL)
            case.world.messages = [
                shown(NOTICE, said) if each.id == NOTICE else each for each in case.world.messages
            ]

    return apply


BROKEN: list[tuple[str, str, Kind, Break]] = [
    ("a status stands", "I8", Kind.LOST, lambda case: case.world.statuses.update({THREAD: "…"})),
    (
        "a status row is left",
        "I8",
        Kind.OTHER,
        add_row(part(1, 0, STATUS, purpose="status", nonce="s")),
    ),
    (
        "a Stop message is left",
        "I8",
        Kind.OTHER,
        both(
            add_row(part(1, 0, STATUS, purpose="stop", nonce="s")),
            add_seen(shown(STATUS, "Press Stop", buttons=("stop:t1",))),
        ),
    ),
    (
        "a Stop message is left without a row",
        "I2",
        Kind.DOUBLED,
        add_seen(shown(STATUS, "Press Stop", buttons=("stop:t1",))),
    ),
    (
        "a Stop button is left",
        "I8",
        Kind.OTHER,
        lambda case: see(case, PARTS[1], buttons=("stop:t1",)),
    ),
    ("a stream is left open", "I8", Kind.LOST, lambda case: see(case, PARTS[1], live=True)),
    ("an hourglass is left", "I8", Kind.OTHER, lambda case: see(case, SECOND, waiting=True)),
    (
        "the notice stands in the channel",
        "I2",
        Kind.OTHER,
        both(
            lambda case: case.change("part", {"turn": "t2"}, place=CHANNEL),
            lambda case: see(case, NOTICE, place=CHANNEL),
        ),
    ),
    (
        "Slack put a part into the channel",
        "I2",
        Kind.LOST,
        lambda case: see(case, PARTS[1], place=CHANNEL),
    ),
    ("a stranger", "I2", Kind.DOUBLED, add_seen(shown("1767225606.000000", "Hello?", CHANNEL))),
    ("the notice twice", "I2", Kind.DOUBLED, twice(False)),
    ("parts are shuffled", "I2", Kind.DISORDER, shuffle),
    (
        "a part of another turn between",
        "I2",
        Kind.DISORDER,
        both(
            lambda case: case.change("part", {"turn": "t2"}, message="1767225603.000000"),
            lambda case: case.world.messages.remove(
                next(each for each in case.world.messages if each.id == NOTICE)
            ),
            add_seen(shown("1767225603.000000", REFUSAL)),
        ),
    ),
    ("a part is cut", "I2", Kind.LOST, lambda case: see(case, PARTS[1], text=LONG[1980:2400])),
    (
        "a mention has no turn",
        "I1",
        Kind.LOST,
        add_seen(said("1767225630.000000", "<@UBOT> hello?", CHANNEL, addressed=True)),
    ),
    (
        "a call that Slack does not know",
        "I9",
        Kind.OTHER,
        lambda case: case.strange.append("chat.post: there is no such method"),
    ),
]


def test_a_run_that_kept_its_promises_is_clean(tmp_path: Path) -> None:
    report = good().judge(tmp_path)
    assert report.violations == ()
    assert (report.turns, report.messages) == (2, 3)


@pytest.mark.parametrize(
    ("invariant", "kind", "spoil"),
    [each[1:] for each in BROKEN],
    ids=[each[0] for each in BROKEN],
)
def test_each_broken_promise_is_found(
    tmp_path: Path, invariant: str, kind: Kind, spoil: Break
) -> None:
    case = good()
    spoil(case)
    found = case.judge(tmp_path).violations
    assert (invariant, kind) in {(one.invariant, one.kind) for one in found}, found


def test_what_may_stand_twice_says_so(tmp_path: Path) -> None:
    """Where nobody could look, the first may have been posted after all."""
    case = good()
    twice(True)(case)
    assert case.judge(tmp_path).violations == ()


OFFER = "1767225640.000000"


def overtaken(case: Case, quoted: str) -> None:
    """Let the first question be heard when the second was being answered: then it is quoted."""
    at = position_of(SECOND) // 1000 + 5
    case.change("turn", {"id": "t1"}, received_at=at, started_at=at, concluded_at=at, ended_at=at)
    lead = notices_delivery.question_lead(quoted)
    see(case, PARTS[0], text=f"{lead}{LONG[:1980]}")


def edited_meanwhile(case: Case) -> None:
    """Let the first question be changed while it is answered, and be offered again."""
    note = notices.question_edited("t3")
    case.change("message", {"turn": "t1"}, text="stop")
    case.rows += [
        turn(3, OFFER, kind="edited", about="t1", once="edited:t1", outcome="refused", answer="",
             note=note),
        part(3, 0, OFFER, purpose="notice"),
    ]  # fmt: skip
    case.change("turn", {"id": "t3"}, source="edited:t1")
    case.world.messages.append(shown(OFFER, note))
    case.world.edited[FIRST] = position_of(SECOND) // 1000


def test_what_was_answered_is_quoted_though_the_question_was_changed(tmp_path: Path) -> None:
    case = good()
    overtaken(case, "go")
    edited_meanwhile(case)
    assert case.judge(tmp_path).violations == ()


def test_what_is_quoted_is_the_question_unless_it_was_changed_meanwhile(tmp_path: Path) -> None:
    case = good()
    overtaken(case, "go")
    case.change("message", {"turn": "t1"}, text="stop")
    (found,) = case.judge(tmp_path).violations
    assert (found.invariant, found.kind) == ("I2", Kind.LOST)


@pytest.mark.parametrize("left", ["shut", "gone", "left"])
def test_nothing_is_tidied_up_where_one_may_not_go(tmp_path: Path, left: str) -> None:
    case = good()
    case.world.statuses[THREAD] = "is thinking…"
    match left:
        case "left":
            case.world.left.add(TEAM)
        case _:
            getattr(case.world, left).add(THREAD)
    found = case.judge(tmp_path).violations
    assert not [one for one in found if one.invariant == "I8"]


def test_a_turn_that_still_runs_may_show_what_it_does(tmp_path: Path) -> None:
    case = good()
    case.change("turn", {"id": "t2"}, state="running", outcome=None, ended_at=None)
    case.drop("part", turn="t2")
    case.world.messages = [each for each in case.world.messages if each.id != NOTICE]
    case.rows.append(part(2, 0, "status", purpose="status", nonce="s", state="sent"))
    case.world.statuses[THREAD] = "is thinking…"
    found = case.judge(tmp_path, final=False).violations
    assert not [one for one in found if one.invariant == "I8"], found


def test_worlds_are_seen_as_one() -> None:
    here = World(messages=[said(FIRST, "a")], gone={"1"}, direct={"2": "3"})
    there = World(messages=[shown(NOTICE, "b")], gone={"4"}, statuses={THREAD: "…"})
    whole = merged([here, there])
    assert [each.text for each in whole.messages] == ["a", "b"]
    assert (whole.gone, whole.direct, whole.statuses) == ({"1", "4"}, {"2": "3"}, {THREAD: "…"})
