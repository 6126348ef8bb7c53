"""Bad replies and odd streams: bytes that a service may send for an answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from adapters.backends.segmind_calls import SHORT_BYTES
from bot.errors import BackendFault
from bot.events import Finish
from tests.backend_rows import (
    CHAT,
    EVERY,
    PROTOCOL,
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
    STOP,
    answer,
    chunk,
    frame,
    head,
    raw,
    refuse,
    stream,
)


def add_no_answers() -> None:
    """Add the rows of replies that are none."""
    NO_ANSWERS = {
        "X170": [b"<!DOCTYPE html><html><h1>Bad gateway</h1></html>"],
        "X172": [b'{"choices": [{"mess', b'{"a":1}{"a":2}', b'{"a":1} trailing', b""],
        "X173": [b"{}", b"[]", b"null", b'"x"', b"5", b"true"],
        "X175": [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000],
        "X176": [b"9" * 5000, b"1e999", b"NaN", b"-Infinity"],
    }
    for id_, bodies in NO_ANSWERS.items():
        for body in bodies:
            for tongue in EVERY:
                tries = 5 if tongue in (STATUS, RESULT) else 1
                # A status so long holds its result, which is then asked for at its own place.
                tries += tongue is STATUS and len(body) > SHORT_BYTES
                row(
                    id_,
                    repr(body[:30]),
                    [tongue],
                    answer(body),
                    fault=PROTOCOL,
                    ambiguous=True,
                    tries=tries,
                )
    for number in (b"9" * 5000, b"1e999", b"NaN"):
        bad = b'{"choices":[],"x":' + number + b"}"
        row("X176", "within", [CHAT], answer(bad), fault=PROTOCOL, ambiguous=True)
    for broken in ('{"id":"x","choices":[{"mess', '{"choices":' + "[" * 100_000, '{"data": [}'):
        what: dict[str, Any] = {"fault": PROTOCOL, "ambiguous": True, "tries": 5}
        if "data" in broken:
            what = {"text": broken, "finish": Finish.STOP}
        row(
            "X172",
            "output cut",
            [RESULT],
            ended(broken),
            **what,
        )
    for tongue in WHOLE:
        row(
            "X178",
            "surrogates",
            [tongue],
            said(tongue, native("a\ud800b")),
            text="a\ufffdb",
            finish=Finish.STOP,
        )

    async def pour(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head(media="application/json") + b"[")
        while True:
            writer.write(b" " * 65536)
            await writer.drain()

    row("X179", "no end", [CHAT, V1, SUBMIT], pour, fault=PROTOCOL, ambiguous=True)
    row("X179", "no end", [RESULT], pour, fault=PROTOCOL, ambiguous=True, tries=5)
    row(
        "X179",
        "no end of a refusal",
        [CHAT, V1, SUBMIT],
        raw(head(401, "text/plain"), *([b"x" * 65536] * 40)),
        fault=BackendFault.AUTH,
    )


def add_streams() -> None:
    """Add the rows of streams."""
    TEXT = "h\u00e9llo \U0001f600 w\u00f6rld"
    parts = [{"choices": [{"delta": {"content": part}}]} for part in TEXT.split(" ")]
    frames = [f"data: {json.dumps(part, ensure_ascii=False)}\n\n".encode() for part in parts]
    BYTES = b"".join(frames) + STOP + DONE
    JOINED = {"text": TEXT.replace(" ", ""), "finish": Finish.STOP}
    for charset in ("latin-1", "utf-8", "nonsense"):
        row(
            "X181",
            charset,
            [CHAT],
            raw(head(media=f"text/event-stream; charset={charset}"), BYTES),
            **JOINED,
        )
    row(
        "X181",
        "no UTF-8",
        [CHAT],
        raw(head(), b'data: {"choices":[{"delta":{"content":"a\xffb"}}]}\n\n', STOP, DONE),
        text="a\ufffdb",
        finish=Finish.STOP,
    )
    row(
        "X182",
        "byte by byte",
        [CHAT],
        raw(head(), *(BYTES[i : i + 1] for i in range(len(BYTES)))),
        **JOINED,
    )
    row("X184", "all at once", [CHAT], raw(head() + BYTES), **JOINED)
    for end in (b"\r", b"\n", b"\r\n"):
        lines = BYTES.replace(b"\n", end)
        row("X185", repr(end), [CHAT], raw(head(), lines), **JOINED)
        row(
            "X185",
            f"{end!r} cut",
            [CHAT],
            raw(head(), *(lines[i : i + 1] for i in range(len(lines)))),
            **JOINED,
        )
    row(
        "X187",
        "two data lines",
        [CHAT],
        raw(head(), b'data: {"choices":[{"delta":\ndata: {"content":"ok"}}]}\n\n', STOP, DONE),
        **STOPPED,
    )
    row("X188", "BOM", [CHAT], raw(head(), b"\xef\xbb\xbf" + BYTES), **JOINED)
    row(
        "X190",
        "2 MB without a line end",
        [CHAT],
        raw(head(), chunk("a"), b"data: " + b"x" * (2 << 20)),
        text="a",
        fault=PROTOCOL,
        ambiguous=True,
    )
    ODD = "a\u2028b\u0085c\u000bd\u000ce\u0000f"
    row(
        "X191",
        "separators of other standards",
        [CHAT],
        raw(
            head(),
            f'data: {{"choices":[{{"delta":{{"content":"{ODD}"}}}}]}}\n\n'.encode(),
            STOP,
            DONE,
        ),
        text=ODD,
        finish=Finish.STOP,
    )
    for words, fault in (
        ("overloaded", BackendFault.BUSY),
        ("maximum context length is 5", BackendFault.TOO_LONG),
        ("it broke", UPSTREAM),
    ):
        what = {"fault": fault, "ambiguous": True}
        error = {"error": {"message": words}}
        row("X193", words, [CHAT], stream(chunk("a"), frame(error)), text="a", **what)
        row(
            "X193",
            words,
            [CHAT],
            raw(head(), chunk("a"), b"event: error\n", frame(error["error"])),
            text="a",
            **what,
        )
        row("X193", words, [CHAT, V1, SUBMIT], refuse(200, error), **what)
        row("X193", words, [RESULT], ended(error), **what)


add_no_answers()
add_streams()
