"""Promises about messages of ours: one outcome each (I2), none left over (I7, I8)."""

from __future__ import annotations

from bot import notices, notices_delivery, notices_operators
from bot.errors import BackendFault
from tests.checker_case import (
    LONG,
    Breaks,
    Case,
    add_row,
    add_seen,
    both,
    interaction,
    part,
    shown,
)
from tests.checker_runs import alerted, by_command, drawn, named_what_went, regenerated, with_card
from tests.violation import Kind


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


MESSAGES: Breaks = {
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
    "command's question missing": (
        "I2", Kind.LOST, "are not the stored text",
        both(by_command, lambda case: case.see(4100, text="Answer 4.")),
    ),
    "card of another question": (
        "I2", Kind.LOST, "its card says",
        both(with_card, lambda case: case.see(5001, text="**Ann** asked:\n> something else")),
    ),
    "card of another question whose picture went": (
        "I2", Kind.LOST, "its card says",
        both(
            named_what_went,
            lambda case: case.see(5001, text="**Ann** asked:\n> something else"),
        ),
    ),
    "card that names what never came": (
        "I2", Kind.LOST, "its card says",
        both(named_what_went, lambda case: case.drop("picture", number=1)),
    ),
    "card with buttons": (
        "I2", Kind.OTHER, "its card has buttons",
        both(with_card, lambda case: case.see(5001, buttons=("retry:t5",))),
    ),
    "card for a mention": (
        "I2", Kind.DOUBLED, "shows its question 1 times",
        both(
            add_row(part(2, 0, 2050, purpose="question")),
            add_seen(shown(2050, notices_delivery.question_card("Ann", "and?", []))),
        ),
    ),
    "marked as replaced by nothing": (
        "I2", Kind.LOST, "are not the stored text",
        lambda case: case.see(2100, text=f"Answer 2.\n{notices_delivery.superseded(True)}"),
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
            add_seen(shown(8001, notices_operators.account_trouble("segmind", BackendFault.AUTH),
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
    "caption differs": (
        "I2", Kind.LOST, "are not the stored text",
        both(drawn, lambda case: case.see(8100, text="**blue**")),
    ),
}  # fmt: skip
