"""The faults of services: refusals, silence, odd answers, echoes."""

from __future__ import annotations

from typing import Any

from bot.errors import BackendFault
from bot.events import Finish
from tests.backend_rows import (
    CHAT,
    COMPLETED,
    QUESTION,
    RESULT,
    STATUS,
    STOPPED,
    SUBMIT,
    UPSTREAM,
    V1,
    WHOLE,
    ended,
    native,
    row,
    said,
)
from tests.backend_wire import (
    DONE,
    DRIP,
    KEY,
    STOP,
    answer,
    chunk,
    frame,
    head,
    raw,
    refuse,
    stream,
)


def add_faults() -> None:
    """Add the rows of faults."""
    for status, error, fault in (
        (401, "key rejected", BackendFault.AUTH),
        (403, "no", BackendFault.AUTH),
        (402, "", BackendFault.FUNDS),
        (403, "You have run out of funds", BackendFault.FUNDS),
        (406, "Insufficient credits: have 0.01, need 0.03", BackendFault.FUNDS),
    ):
        row(
            "F49",
            f"{status} {error}",
            [CHAT, V1, SUBMIT],
            refuse(status, {"error": error}),
            fault=fault,
        )
    for status, error, fault in (
        (406, "", BackendFault.FUNDS),
        (406, "Not enough credits", BackendFault.FUNDS),
        (406, "team spend limit reached", BackendFault.FUNDS),
        (406, "Unsupported content type", BackendFault.INVALID),
        (406, "size must be one of auto, 1024x1024", BackendFault.INVALID),
        (403, "model not permitted for this account", BackendFault.NO_MODEL),
        (400, "messages is required", BackendFault.INVALID),
        (400, "content is required", BackendFault.INVALID),
        (500, "blocked by safety filter", BackendFault.BLOCKED),
    ):
        row(
            "F49",
            f"Segmind: {status} {error}",
            [V1, SUBMIT],
            refuse(status, {"error": error}),
            fault=fault,
        )
    row(
        "F49",
        "405 is a page",
        [V1, SUBMIT],
        answer(b"<html></html>", 405, "text/html"),
        fault=BackendFault.INVALID,
    )

    row(
        "F50",
        "closed without a finish",
        [CHAT],
        stream(chunk("a"), chunk("b")),
        text="ab",
        fault=BackendFault.CUT,
        ambiguous=True,
    )
    row(
        "F50",
        "falls silent",
        [CHAT],
        raw(head(), chunk("a"), hang=True),
        text="a",
        fault=BackendFault.TIMEOUT,
        ambiguous=True,
        within=121,
    )
    row(
        "F51",
        "nothing comes",
        [CHAT],
        raw(hang=True),
        fault=BackendFault.TIMEOUT,
        ambiguous=True,
        within=61,
    )
    row(
        "F51",
        "nothing comes",
        [V1],
        raw(hang=True),
        fault=BackendFault.TIMEOUT,
        ambiguous=True,
        within=601,
    )
    row(
        "F51",
        "nothing comes, once",
        [STATUS],
        raw(hang=True),
        ended(native()),
        tries=2,
        within=40,
        **STOPPED,
    )
    row(
        "F52",
        "drips",
        [CHAT],
        raw(head(), chunk("a"), *(DRIP * 400)),
        text="a",
        within=601,
        fault=BackendFault.TIMEOUT,
        ambiguous=True,
    )
    row(
        "F52",
        "never done",
        [STATUS],
        refuse(200, {"status": "PROCESSING"}),
        within=601,
        fault=BackendFault.TIMEOUT,
        ambiguous=True,
        tries=None,
    )
    row(
        "F53",
        "error after text",
        [CHAT],
        stream(chunk("a"), frame({"error": "it broke"})),
        text="a",
        fault=UPSTREAM,
        ambiguous=True,
    )
    for words, fault in (
        ("content_policy_violation", BackendFault.BLOCKED),
        ("context_length_exceeded", BackendFault.TOO_LONG),
        ("", UPSTREAM),
        (None, UPSTREAM),
    ):
        failed = {"status": "FAILED", "error": words, "metrics": {"total_time": 3.1}}
        for status in (422, 200, 500):
            row(
                "F53",
                f"{status} FAILED {words}",
                [STATUS, RESULT],
                refuse(status, failed),
                fault=fault,
            )
    row(
        "F54",
        "unknown events and comments",
        [CHAT],
        raw(
            head(),
            b"event: ping\ndata: {}\n\n: alive\n\nretry: 5\n\nid: 1\n\n",
            chunk("ok"),
            STOP,
            DONE,
        ),
        **STOPPED,
    )
    row(
        "F54",
        "a status that nobody knows",
        [STATUS],
        refuse(200, {"status": "DREAMING"}),
        refuse(200, {"status": 7}),
        ended(native()),
        tries=None,
        **STOPPED,
    )
    empties: tuple[Any, ...] = ("", None, " \n", [])
    for empty in empties:
        for tongue in WHOLE:
            row(
                "F55",
                repr(empty),
                [tongue],
                said(tongue, native(empty)),
                finish=Finish.STOP,
                text=empty if isinstance(empty, str) else "",
            )
    for tongue in WHOLE:
        row("F55", "no choice", [tongue], said(tongue, {"choices": []}), finish=Finish.UNKNOWN)
    for reason, finish in (
        ("length", Finish.LENGTH),
        ("content_filter", Finish.BLOCKED),
        ("tool_calls", Finish.TOOL_CALLS),
        ("something", Finish.UNKNOWN),
        (None, Finish.UNKNOWN),
    ):
        for tongue in WHOLE:
            row(
                "F56",
                str(reason),
                [tongue],
                said(tongue, native("ok", reason)),
                text="ok",
                finish=finish,
            )
    for usage in (
        {},
        None,
        {"prompt_tokens": 0},
        {"prompt_tokens": -1},
        {"total_tokens": 1e18},
        "x",
    ):
        for tongue in WHOLE:
            row("F57", repr(usage), [tongue], said(tongue, native(usage=usage)), **STOPPED)
    costs: tuple[Any, ...] = (None, "x", -1, 1e18, True, [], {})
    for cost in costs:
        row(
            "F57",
            f"cost {cost!r}",
            [RESULT],
            ended(native(), cost=cost, remaining_credits=cost),
            **STOPPED,
        )
    row(
        "F57",
        "NaN",
        [RESULT],
        answer(b'{"status":"COMPLETED","output":"ok","metrics":{"cost":NaN}}'),
        **STOPPED,
    )
    row(
        "F58",
        "after the end",
        [CHAT],
        stream(chunk("ok"), STOP, DONE, chunk("more"), DONE),
        **STOPPED,
    )
    row(
        "F58",
        "twice completed",
        [STATUS],
        COMPLETED,
        COMPLETED,
        COMPLETED,
        ended(native()),
        tries=None,
        **STOPPED,
    )
    row(
        "F58",
        "completed, but its result is refused",
        [RESULT],
        refuse(500, {"status": "COMPLETED"}),
        refuse(502, {"status": "COMPLETED", "output": "not this"}),
        ended(native()),
        tries=3,
        after=2.5,
        **STOPPED,
    )
    for status in (404, 410):
        row(
            "F61",
            str(status),
            [CHAT, V1, SUBMIT],
            refuse(status, {"error": "gone"}),
            fault=BackendFault.NO_MODEL,
        )
    ECHO = f"Incorrect key {KEY} (Bearer {KEY}), for '{QUESTION}' {KEY[:12]}***{KEY[-9:]}"
    for status in (400, 401, 406, 422, 500):
        row(
            "F66",
            str(status),
            [CHAT, V1, SUBMIT],
            refuse(status, {"error": ECHO}),
            tries=None,
            fault=None,
        )
    row(
        "F66",
        "failed",
        [STATUS, RESULT],
        refuse(422, {"status": "FAILED", "error": ECHO}),
        fault=None,
    )
    row("F66", "within", [RESULT], ended({"error": {"message": ECHO}}), fault=None, ambiguous=True)


add_faults()
