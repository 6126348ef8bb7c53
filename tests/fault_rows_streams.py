"""Answers that break off, never come, come oddly written or in the wrong order."""

from __future__ import annotations

import json
from typing import Any

from adapters.playground.aimlapi import CHAT
from adapters.playground.segmind import RESULT, STATUS, SUBMIT, SYNC
from tests.fault_acts import Advance, Ended, Mention, Press
from tests.fault_rows import (
    ANSWER,
    Called,
    Holds,
    Row,
    Turn,
    charged,
    shows,
)
from tests.fault_services import (
    CUT,
    LONG,
    QUEUED,
    TIMEOUT,
    UNFINISHED,
    UNUSABLE,
    UPSTREAM,
    WHOLE,
    asked,
    cut,
    ill,
    meet,
    refuse,
    series,
    speak,
    told,
    well,
    work,
)

LOST = "connection lost"
GO_ON = "user: Continue exactly where you stopped, without repeating anything."
SILENT = "the model service fell silent"
BROKE = "the model service had an error"

NOT_AGAIN = (
    "In a living process nothing is repeated: a cut answer keeps its text, however little, "
    "with Continue, for a repeat might be paid for twice."
)
PATIENT = (
    "A reasoning model may be silent for tens of seconds: 60 s for the headers, 120 s between "
    "two pieces, 600 s in all."
)


def frame(value: Any) -> str:
    """Return one event of a stream."""
    return f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n"


def chunk(text: Any, finish: str | None = None, index: int = 0) -> str:
    """Return the event of a piece of text."""
    delta = {"content": text}
    return frame({"choices": [{"index": index, "delta": delta, "finish_reason": finish}]})


CUT_ROWS = (
    *(
        Row(
            id="F50",
            variant=f"AI/ML {how}",
            happens=f"After fifty pieces of a longer answer the stream of AI/ML API {what}.",
            acts=(
                speak(cut_after=50, cut=how),
                Mention(LONG),
                Ended("q", within=150),
                Press("continue"),
                Ended("press", within=60),
            ),
            met=(Called(CHAT, times=1, effect="unacked"), Called(CHAT, times=2, status=200)),
            sees=(shows("q", f"{ANSWER}{note}", ANSWER),),
            stored=(
                Turn(
                    "q",
                    "answered",
                    ("answer sent",),
                    (f"user: {LONG}", f"assistant: {ANSWER}"),
                    f"cut:{error}",
                    note,
                ),
                Turn("press", "answered", ("answer sent",), (GO_ON, f"assistant: {ANSWER}")),
            ),
            # What goes on has a reservation of its own.
            ledger=(charged(), charged("press")),
            instead=f"{NOT_AGAIN} {PATIENT}",
        )
        for how, what, why, error in (
            ("reset", "is reset", LOST, "cut"),
            ("close", "ends like one that is whole", LOST, "cut"),
            ("silence", "falls silent", SILENT, "timeout"),
        )
        for note in (
            told(
                f"… (cut off: {why}) Only the text above was charged. Press Continue for the rest."
            ),
        )
    ),
    series(
        "F50",
        "AI/ML at the edges",
        "A stream of AI/ML API breaks before its first text, or only its last word is missing.",
        ill(
            "before",
            speak(cut_after=0),
            sentence=CUT,
            error="cut",
        ),
        well("without DONE", speak(done=False)),
        met=(Called(CHAT, effect="unacked"), asked(CHAT, 2)),
        instead=NOT_AGAIN,
    ),
    series(
        "F50",
        "Segmind",
        "Segmind loses the answer to a submit, and to polls.",
        ill("submit", work(kind="cut"), sentence=CUT, error="cut"),
        well("polls", meet(STATUS, "cut", times=4), meet(RESULT, "cut"), within=60),
        met=(
            Called(SUBMIT, effect="unacked"),
            asked(SUBMIT, 2),
            Called(STATUS, times=4, status=0),
            Called(RESULT, times=1, status=0),
        ),
        world=QUEUED,
        instead=f"{NOT_AGAIN} Polls cost nothing and are.",
    ),
    series(
        "F50",
        "Segmind v1",
        "Segmind loses the whole answer that was waited for.",
        ill("whole", work(route=SYNC, kind="cut"), sentence=CUT, error="cut", slow=True),
        met=(Called(SYNC, effect="unacked"),),
        world=WHOLE,
        instead=NOT_AGAIN,
    ),
)

LATE_ROWS = (
    series(
        "F51",
        "AI/ML",
        "AI/ML API accepts a request and says nothing, or only its headers.",
        ill(
            "headers",
            meet(CHAT, "delay", seconds=120),
            sentence=TIMEOUT,
            error="timeout",
            within=65,
            slow=True,
        ),
        ill(
            "text",
            speak(silence=200),
            sentence=TIMEOUT,
            error="timeout",
            within=125,
            slow=True,
        ),
        met=(Called(CHAT, times=2, effect="unacked"),),
        instead=PATIENT,
    ),
    series(
        "F51",
        "Segmind",
        "Segmind takes a submit without a word; another time it does so with a poll.",
        ill(
            "submit",
            meet(SUBMIT, "delay", seconds=120),
            sentence=UNFINISHED,
            error="timeout",
            within=65,
            slow=True,
        ),
        well("poll", meet(STATUS, "delay", seconds=120), within=60),
        # By then the stand-in has found that nobody listens any more.
        well("later", Advance(130)),
        met=(Called(SUBMIT, effect="unacked"), Called(STATUS, effect="unacked")),
        world=QUEUED,
        instead=f"{PATIENT} A poll is given 30 s, and then made again.",
    ),
    series(
        "F52",
        "AI/ML",
        "After fifty pieces a stream of AI/ML API drips one byte every ten seconds for ever.",
        cut(
            "drip",
            speak(cut_after=50, cut="drip"),
            why=SILENT,
            error="timeout",
            within=605,
        ),
        met=(Called(CHAT, effect="unacked"),),
        instead=PATIENT,
    ),
    series(
        "F52",
        "Segmind",
        "A job of Segmind's is never done.",
        ill(
            "queued",
            work(kind="silent"),
            sentence=UNFINISHED,
            error="timeout",
            within=605,
            slow=True,
        ),
        met=(asked(SUBMIT), Called(STATUS, times=100, most=200, status=200)),
        world=QUEUED,
        instead="Jobs wait in a queue: 600 s in all.",
    ),
)

BAD_GATEWAY = {"message": "The provider failed.", "code": 502}
ERROR_ROWS = (
    series(
        "F53",
        "AI/ML",
        "A stream of AI/ML API, answered 200, holds an error.",
        cut("after text", speak(error_after=50), why=BROKE, error="upstream"),
        cut(
            "of the policy",
            speak(error_after=50, error={"message": "flagged", "code": "content_policy_violation"}),
            why="stopped by the model service's content rules",
            error="blocked",
        ),
        ill("before text", speak(error_after=0), sentence=UPSTREAM, error="upstream"),
        ill(
            "event: error",
            speak(body=f"event: error\n{frame(BAD_GATEWAY)}"),
            sentence=UPSTREAM,
            error="upstream",
        ),
        met=(asked(CHAT, 4),),
    ),
    series(
        "F53",
        "Segmind",
        "A job of Segmind's fails, or its result holds an error.",
        ill(
            "failed",
            work(error="Internal error while processing the request"),
            sentence=UPSTREAM,
            error="upstream",
            slow=True,
        ),
        ill(
            "result",
            work(output={"error": BAD_GATEWAY}),
            sentence=UPSTREAM,
            error="upstream",
            slow=True,
        ),
        met=(asked(STATUS, 1, 422), asked(RESULT)),
        world=QUEUED,
    ),
)

# Each line would break the answer, were it not read as the protocol says.
ODD = (
    "\ufeffevent: of.tomorrow\ndata: not json\n\nevent: ping\ndata: {}\n\n: alive\n\n"
    'retry: 5\n\nid: 1\n\n\n\n\ndata: {"choices":\ndata: []}\n\n'
)
PARSER_ROWS = (
    series(
        "F54",
        "AI/ML",
        "Streams of AI/ML API are written in every way that the protocol allows, and worse.",
        well("unknown events, comments, a BOM, several lines", speak(before=ODD)),
        well("CRLF", speak(crlf=True, comments=True)),
        well("byte by byte", speak(split=1, crlf=True)),
        well("many frames at once", speak(chunk=50, silence=0.0)),
        ill(
            "an event of 2 MB",
            speak(before=frame({"choices": [], "padding": "x" * 2_000_000})),
            sentence=UNUSABLE,
            error="protocol",
        ),
        ill("no JSON", speak(body=frame("{half")), sentence=UNUSABLE, error="protocol"),
        ill("a page", speak(kind="page"), sentence=UNUSABLE, error="protocol"),
        met=(asked(CHAT, 7),),
    ),
    series(
        "F54",
        "Segmind",
        "What Segmind says is written oddly.",
        well(
            "states that nobody knows",
            refuse(STATUS, 200, {"status": "DREAMING", "more": [1]}, times=8),
            refuse(STATUS, 200, {"status": 7}, nth=9),
            within=60,
        ),
        well("a BOM", refuse(STATUS, 200, '\ufeff{"status": "QUEUED"}'), within=30),
        well("an object, not a string", work(double=False)),
        well("text alone", work(shape="text")),
        ill(
            "broken JSON",
            work(output='{"choices": [{"mess'),
            sentence=UNUSABLE,
            error="protocol",
            within=40,
            slow=True,
        ),
        ill("a page", work(kind="page"), sentence=UNUSABLE, error="protocol"),
        met=(asked(SUBMIT, 6),),
        world=QUEUED,
    ),
)
ORDER_ROWS = (
    series(
        "F58",
        "AI/ML",
        "Streams of AI/ML API hold chunks of another answer, ends that are said twice, and more.",
        well(
            "another answer's chunks",
            speak(before=chunk("WRONG", index=1) + chunk(None, "length", index=2)),
        ),
        well("after the end", speak(after=chunk(" WRONG") + frame("[DONE]"))),
        well(
            "an end of two kinds",
            speak(
                body=chunk("**SIMULATED** ")
                + chunk("x", "stop")
                + chunk(None, "length")
                + frame("[DONE]")
                + frame("[DONE]")
            ),
            answer="**SIMULATED** x",
        ),
        met=(asked(CHAT, 3),),
        stored=(Holds("SELECT count(*) FROM turn WHERE answer LIKE '%WRONG%'", ((0,),)),),
    ),
    series(
        "F58",
        "Segmind",
        "Segmind says that a job is done, then that it waits; its result is refused at first.",
        well(
            "back in the queue",
            refuse(STATUS, 200, {"status": "COMPLETED"}),
            within=30,
        ),
        well("refused at first", meet(RESULT, "refuse", status=500, times=2), within=30),
        met=(asked(SUBMIT, 2), asked(RESULT, 2, 500), Called(RESULT, times=2, most=4, status=200)),
        world=QUEUED,
    ),
)
STREAM_ROWS: tuple[Row, ...] = (
    *CUT_ROWS,
    *LATE_ROWS,
    *ERROR_ROWS,
    *PARSER_ROWS,
    *ORDER_ROWS,
)
