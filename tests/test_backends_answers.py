"""What the Chat Completions client reads out of the bytes of an answer."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from adapters.backends.chat_completions import AIMLAPI
from bot.domain import Usage
from bot.events import Accepted, Completed, Finish
from tests.backend_wire import (
    DONE,
    KEY,
    PROMPT,
    STOP,
    USAGE,
    Handler,
    Wire,
    answer,
    chunk,
    frame,
    head,
    raw,
    stream,
    wire,
)

__all__ = ["wire"]

pytestmark = pytest.mark.virtual


async def test_a_plain_stream(wire: Wire) -> None:
    usage = {**USAGE, "completion_tokens_details": {"reasoning_tokens": 64}}
    meta = {"usage": {"credits_used": 283, "usd_spent": 0.0001415}}
    last = frame({"choices": [], "usage": usage, "meta": meta})
    heard = await wire.hear(stream(chunk("Hel"), chunk("lo"), STOP, last, DONE))
    assert heard.text == "Hello"
    assert heard.events[0] == Accepted("chatcmpl-1")
    assert heard.end == Completed(Finish.STOP, Usage(4, 70, 64, 74, 142), "m")
    head_, _, body = heard.requests[0].partition(b"\r\n\r\n")
    assert head_.startswith(b"POST /v1/chat/completions HTTP/1.1")
    assert f"Authorization: Bearer {KEY}".encode() in head_
    assert b"x-client-request-id" not in head_.lower()
    assert json.loads(body) == {
        "model": "llama3:8b",
        "messages": [{"role": "user", "content": PROMPT}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": 100,
        "reasoning_effort": "low",
    }


async def test_no_key_is_no_header_and_our_id_goes_to_aimlapi_only(wire: Wire) -> None:
    heard = await wire.hear(stream(chunk("x"), STOP, DONE), preset=AIMLAPI, key=None)
    assert b"authorization" not in heard.requests[0].lower()
    assert b"X-Client-Request-Id: r-1\r\n" in heard.requests[0]


@pytest.mark.parametrize(
    "content", [7, True, {"a": 1}, ["x", None, {"type": "text"}], [], None, ""]
)
async def test_content_that_is_no_text_is_nothing(wire: Wire, content: Any) -> None:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": None}
    heard = await wire.hear(stream(frame({"choices": [choice]}), chunk("ok"), STOP, DONE))
    assert heard.text == "ok"


ODD_CHUNKS: list[Any] = [
    {"choices": []},
    {"choices": None},
    {"choices": {}},
    {"choices": "no"},
    {"choices": [None, 3, "x", [], {}]},
    {"choices": [{"index": 0}]},
    {"choices": [{"index": 0, "delta": None, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": "x"}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": 5}]},
    {"choices": [{"index": 1, "delta": {"content": "another answer"}, "finish_reason": "length"}]},
    {"choices": [{"index": -1, "delta": {"content": "no"}}]},
    {"choices": [{"index": "0", "delta": {"content": "no"}}]},
    {"choices": [{"index": True, "delta": {"content": "no"}}]},
    {"id": 5, "model": [], "created": "x"},
    {"type": "ping"},
    {"provider": "OpenAI", "native_finish_reason": None, "reasoning_details": [{"x": 1}]},
    {"usage": None, "meta": None, "error": None},
    {"usage": [], "meta": "x", "error": {}},
    {},
]


@pytest.mark.parametrize("odd", ODD_CHUNKS)
async def test_odd_chunks_change_nothing(wire: Wire, odd: Any) -> None:
    heard = await wire.hear(stream(frame(odd), chunk("a"), frame(odd), chunk("b"), STOP, DONE))
    assert (heard.text, heard.end.finish) == ("ab", Finish.STOP)


@pytest.mark.parametrize(
    "count", ["-1", "NaN", "Infinity", "true", "1e18", "9" * 5000, '"4"', "[]"]
)
async def test_usage_that_makes_no_sense_is_unknown(wire: Wire, count: str) -> None:
    odd = (
        b'data: {"choices":[],"usage":{"prompt_tokens":%b,"completion_tokens":2,"total_tokens":%b,'
    )
    odd += b'"completion_tokens_details":%b},"meta":{"usage":{"usd_spent":%b}}}\n\n'
    value = count.encode()
    heard = await wire.hear(stream(chunk("a"), STOP, odd % (value, value, value, value), DONE))
    assert heard.text == "a"
    assert (heard.end.usage.prompt, heard.end.usage.total) == (None, None)
    assert heard.end.usage.reasoning is None
    assert heard.end.usage.completion in (2, None)
    # "4" is an amount even as text; nothing else of these is one.
    assert heard.end.usage.cost_micros == (4_000_000 if count == '"4"' else None)


@pytest.mark.parametrize(
    ("usd", "micros"),
    [(0.00124, 1240), (0.0001415, 142), (1e-9, 1), (0, 0), (2, 2_000_000), ("0.5", 500_000)],
)
@pytest.mark.parametrize("place", ["usage", "finish", "own", "after finish"])
async def test_cost_is_found_wherever_it_stands(
    wire: Wire, usd: Any, micros: int, place: str
) -> None:
    meta = {"meta": {"usage": {"usd_spent": usd}}}
    usage = frame({"choices": [], "usage": USAGE, **(meta if place == "usage" else {})})
    own = [frame(meta)] if place in ("own", "after finish") else []
    stop = chunk(finish="stop", **(meta if place == "finish" else {}))
    order = [stop, usage, *own] if place != "own" else [*own, stop, usage]
    heard = await wire.hear(stream(chunk("a"), *order, DONE))
    assert heard.end.usage == Usage(4, 70, None, 74, micros)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", Finish.STOP),
        ("length", Finish.LENGTH),
        ("content_filter", Finish.BLOCKED),
        ("tool_calls", Finish.TOOL_CALLS),
        ("function_call", Finish.TOOL_CALLS),
        ("something new", Finish.UNKNOWN),
    ],
)
async def test_finish_reasons(wire: Wire, reason: str, finish: Finish) -> None:
    assert (await wire.hear(stream(chunk("a"), chunk(finish=reason), DONE))).end.finish is finish
    assert (await wire.hear(stream(chunk("a"), chunk(finish=reason)))).end.finish is finish
    assert (await wire.hear(stream(chunk("a"), DONE))).end.finish is Finish.UNKNOWN


async def test_refusal_and_reasoning(wire: Wire) -> None:
    frames = [
        frame({"choices": [{"delta": {"reasoning_content": "hm"}}]}),
        frame({"choices": [{"delta": {"reasoning": "m", "content": ""}}]}),
        frame({"choices": [{"delta": {"refusal": "I cannot"}}]}),
        frame({"choices": [{"delta": {"refusal": " do that."}}]}),
    ]
    heard = await wire.hear(stream(*frames, STOP, DONE))
    assert (heard.reasoning, heard.text) == ("hmm", "I cannot do that.")
    assert heard.end.refusal


async def test_what_follows_done_is_ignored(wire: Wire) -> None:
    after = (chunk("b"), frame({"error": "late"}), chunk("c", "length"), DONE)
    heard = await wire.hear(stream(chunk("a"), STOP, DONE, *after))
    assert (heard.text, heard.end.finish) == ("a", Finish.STOP)


EMPTY = [
    stream(chunk(""), STOP, DONE),
    stream(chunk(None), STOP, DONE),
    stream(frame({"choices": []}), DONE),
    stream(DONE),
    answer(b'{"choices":[]}'),
    answer(b'{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}'),
]


@pytest.mark.parametrize("handler", EMPTY)
async def test_an_empty_answer_is_an_empty_answer(wire: Wire, handler: Handler) -> None:
    heard = await wire.hear(handler)
    assert heard.text == ""
    assert heard.end.usage == Usage()
    assert len(heard.requests) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
async def test_any_cutting_of_the_bytes(wire: Wire, size: int, end: bytes) -> None:
    body = b"\xef\xbb\xbf: ping\n\nevent: x\nid: 4\nretry: 5\n" + "".join(
        frame({"choices": [{"delta": {"content": text}}]}).decode()
        for text in ("Grüße ", "你好", "😀", "\u2028\x85\x0b", "\ud800!", "\\n")
    ).encode("utf-8", "surrogatepass")
    utf8 = 'data: {"choices":[{"delta":{"content":"Ω\u2028\x85"}}]}\n\n'.encode()
    invalid = b'data: {"choices":[{"delta":{"content":"\xff\xe2\x82"}}]}\n\n'
    whole = (body + utf8 + invalid + STOP + DONE).replace(b"\n", end)
    pieces = [whole[i : i + size] for i in range(0, len(whole), size)]
    heard = await wire.hear(stream(*pieces, media="text/event-stream; charset=latin-1"))
    assert heard.text == "Grüße 你好😀\u2028\x85\x0b\ufffd!\\nΩ\u2028\x85\ufffd\ufffd"
    assert heard.end.finish is Finish.STOP


async def test_unknown_events_are_ignored(wire: Wire) -> None:
    others = (b"event: ping\ndata: not json\n\n", b"event: new\ndata: {}\n\n", b": c\n\n", b"x\n\n")
    heard = await wire.hear(stream(*others, chunk("a"), *others, STOP, DONE))
    assert heard.text == "a"


async def test_a_server_that_does_not_stream(wire: Wire) -> None:
    parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}, {"type": "image"}]
    meta = {"usage": {"usd_spent": 0.5}}
    body: dict[str, Any] = {}
    for content in ("hello", parts):
        message = {"role": "assistant", "content": content, "reasoning": "hm"}
        choice = {"index": 0, "message": message, "finish_reason": "length"}
        body = {"id": "x", "model": "m", "choices": [choice], "usage": USAGE, "meta": meta}
        for media in ("application/json", "text/plain", "text/event-stream"):
            heard = await wire.hear(answer(json.dumps(body).encode(), media=media))
            assert heard.text == "hello"
            assert heard.end == Completed(Finish.LENGTH, Usage(4, 70, None, 74, 500_000), "m")
    body.pop("meta")
    priced = answer(json.dumps(body).encode(), x_aimlapi_usd_spent="0.25")
    assert (await wire.hear(priced)).end.usage.cost_micros == 250_000
    refusal = {"choices": [{"message": {"content": None, "refusal": "No."}}]}
    heard = await wire.hear(answer(json.dumps(refusal).encode()))
    assert (heard.text, heard.end.refusal) == ("No.", True)


async def test_a_mislabelled_stream_is_still_read(wire: Wire) -> None:
    for media in ("application/json", "text/plain", "application/octet-stream"):
        heard = await wire.hear(stream(chunk("a"), STOP, DONE, media=media))
        assert heard.text == "a"


async def test_gzip_is_taken_though_not_asked_for(wire: Wire) -> None:
    body = gzip.compress(chunk("a") + STOP + DONE)
    heard = await wire.hear(raw(head(Content_Encoding="gzip"), body))
    assert heard.text == "a"
    assert b"Accept-Encoding: identity" in heard.requests[0]
