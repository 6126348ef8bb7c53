"""Promises about edits of pictures: paid once, shown once, of what is known (I14)."""

from __future__ import annotations

from tests.checker_case import Breaks, add_row, add_seen, both, part, shown
from tests.checker_runs import (
    asks_edit,
    by_form,
    came_late,
    drawn,
    made_step,
    painted,
    painted_in_vain,
    taken_away,
)
from tests.evidence import Job
from tests.violation import Kind

PICTURES: Breaks = {
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
    "painted too much at once": (
        "I14", Kind.LOST, "draft d2 was painted by, and no edit came of it",
        both(
            painted_in_vain,
            lambda case: case.change("turn", {"id": "t9"}, error="too_many"),
        ),
    ),
    "painted by nothing": (
        "I14", Kind.LOST, "draft d3 was painted by, and is not there",
        both(painted, lambda case: setattr(case, "painted", frozenset({"d3"}))),
    ),
}  # fmt: skip
