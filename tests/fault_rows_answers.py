"""Answers that come, and are empty, cut short by the model, or counted by nobody's rules."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from adapters.playground.aimlapi import CHAT
from adapters.playground.segmind import RESULT, SUBMIT
from tests.fault_rows import Holds, Row
from tests.fault_rows_streams import chunk, frame
from tests.fault_services import (
    AIMLAPI,
    QUEUED,
    asked,
    ill,
    refuse,
    series,
    speak,
    told,
    well,
    work,
)

EMPTY = "The model returned an empty answer. Nothing was charged. Press Retry."
SPENT = (
    "The model used its whole length limit on reasoning and wrote no text. Nothing was charged. "
    "Ask for something smaller, or press Retry."
)
FILTERED = (
    "The model service declined this request under its content rules. Nothing was charged. "
    "Put it in other words and ask again."
)
DONE = frame("[DONE]")


def whole(content: Any, finish: str = "stop") -> dict[str, Any]:
    """Return a whole answer in the words of the protocol."""
    message = {"role": "assistant", "content": content}
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}


NO_RETRY = "In a living process nothing is repeated: an empty answer gives the notice with Retry."
# What was used is kept with the step, for those who run the bot; nobody is charged for it.
OPERATOR = Holds(
    "SELECT reasoning_tokens FROM step WHERE finish = 'length' AND completion_tokens > 0",
    ((4000,),),
)
EMPTY_ROWS = (
    series(
        "F55",
        "AI/ML",
        "Answers of AI/ML API hold nothing that anybody could see, in several ways.",
        ill("no text", speak(kind="empty"), sentence=EMPTY, error="empty"),
        ill("white space", speak(kind="blank"), sentence=EMPTY, error="empty"),
        ill("only reasoning", speak(kind="spent"), sentence=SPENT, error="empty"),
        ill(
            "null",
            speak(body=chunk(None) + chunk(None, "stop") + DONE),
            sentence=EMPTY,
            error="empty",
        ),
        ill("no choice", speak(body=frame({"choices": []}) + DONE), sentence=EMPTY, error="empty"),
        ill("whole", refuse(CHAT, 200, {"choices": []}), sentence=EMPTY, error="empty"),
        ill(
            "filtered",
            speak(kind="empty", finish="content_filter"),
            sentence=FILTERED,
            error="empty",
        ),
        met=(asked(CHAT, 7),),
        stored=(OPERATOR,),
        instead=NO_RETRY,
    ),
    series(
        "F55",
        "Segmind",
        "Answers of Segmind hold nothing that anybody could see, in several ways.",
        *(
            ill(name, script, sentence=sentence, error="empty", slow=True)
            for name, script, sentence in (
                ("no text", work(kind="empty"), EMPTY),
                ("white space", work(kind="blank"), EMPTY),
                ("only reasoning", work(kind="spent"), SPENT),
                ("null", work(output=json.dumps(whole(None))), EMPTY),
                ("no choice", work(output={"choices": []}), EMPTY),
            )
        ),
        met=(asked(SUBMIT, 5), asked(RESULT, 5)),
        world=QUEUED,
        stored=(OPERATOR,),
        instead=NO_RETRY,
    ),
)

AT_LENGTH = told(
    "(stopped at the length limit; the text above was charged) Press Continue for the rest."
)
BY_FILTER = told(
    "(the model service's filter stopped this here; the text above was charged) "
    "Put it in other words and ask again."
)
FINISHES = (
    ("length", AT_LENGTH, "length"),
    ("content_filter", BY_FILTER, ""),
    ("tool_calls", "", ""),
    ("something new", "", ""),
)
FINISH_ROWS = tuple(
    series(
        "F56",
        name,
        f"Answers of {name} end in every way but by themselves.",
        *(
            well(finish, shape(finish=finish), note=note, error=error)
            for finish, note, error in FINISHES
        ),
        met=(asked(route, len(FINISHES)),),
        world=world,
        stored=(
            Holds(
                "SELECT finish FROM step ORDER BY started_at",
                (("length",), ("blocked",), ("tool_calls",), ("unknown",)),
            ),
        ),
    )
    for name, shape, route, world in (
        ("AI/ML", speak, CHAT, AIMLAPI),
        ("Segmind", work, SUBMIT, QUEUED),
    )
)

MOST = 900_050
# What nobody can count with is estimated, and said to be so where it is stored.
USAGES: tuple[tuple[str, Any], ...] = (
    ("missing", {}),
    ("zero", {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
    ("negative", {"prompt_tokens": -7, "completion_tokens": -1, "total_tokens": -8}),
    ("NaN", {"prompt_tokens": float("nan"), "completion_tokens": float("inf")}),
    ("1e18", {"prompt_tokens": 1e18, "completion_tokens": 1e18, "total_tokens": 1e18}),
    ("of another kind", {"prompt_tokens": "many", "completion_tokens": [], "total_tokens": True}),
    ("less than its parts", {"prompt_tokens": 50, "completion_tokens": 40, "total_tokens": 1}),
    ("beyond max_tokens", {"prompt_tokens": 50, "completion_tokens": MOST - 50}),
)
ESTIMATED = ((1,), (1,), (1,), (1,), (1,), (1,), (0,), (0,))
USAGE_ROWS = tuple(
    series(
        "F57",
        name,
        f"{name} reports usage that nobody can believe, and then one beyond what was allowed.",
        *(
            well(
                what,
                shape(usage=usage),
                booked=("settle", "overrun") if what.startswith("beyond") else ("settle",),
            )
            for what, usage in USAGES
        ),
        met=(asked(route, len(USAGES)),),
        world=world,
        stored=(
            Holds("SELECT estimated FROM step ORDER BY started_at", ESTIMATED),
            # The questions and answers are of one length, and so are their estimates.
            Holds(
                "SELECT count(DISTINCT l.tokens) FROM ledger l JOIN step s ON s.turn = l.turn"
                " WHERE s.estimated",
                ((1,),),
            ),
            # All of it is booked: within the reservation, and what is over it.
            Holds(
                "SELECT sum(l.tokens), min(l.tokens) = max(r.tokens), min(r.tokens) > 16000"
                " FROM ledger l JOIN reservation r ON r.turn = l.turn WHERE l.turn IN"
                " (SELECT turn FROM ledger WHERE kind = 'overrun')",
                ((MOST, 1, 1),),
            ),
            # Nobody is charged more than could be written in what they were shown.
            Holds(
                "SELECT max(tokens) < 1000 FROM ledger WHERE turn NOT IN"
                " (SELECT turn FROM ledger WHERE kind = 'overrun')",
                ((1,),),
            ),
        ),
    )
    for name, shape, route, world in (
        ("AI/ML", speak, CHAT, AIMLAPI),
        ("Segmind", partial(work, cost="free"), SUBMIT, QUEUED),
    )
)
ANSWER_ROWS: tuple[Row, ...] = (*EMPTY_ROWS, *FINISH_ROWS, *USAGE_ROWS)
