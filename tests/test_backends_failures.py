"""What the Chat Completions client makes of answers that are none."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from adapters.backends.chat_completions import OPENAI_COMPATIBLE, ChatCompletions
from adapters.backends.chunks import Transcript
from adapters.backends.http import Bounds, Http
from bot.errors import BackendError, BackendFault
from bot.events import Completed, Finish, TextDelta
from tests.backend_wire import (
    BROKEN_HTTP,
    CHUNKED,
    CUTS,
    DONE,
    KEY,
    REQUEST,
    STOP,
    Handler,
    Wire,
    answer,
    chunk,
    chunked,
    frame,
    head,
    raw,
    refuse,
    stream,
    wire,
)

__all__ = ["wire"]

pytestmark = pytest.mark.virtual


UNUSABLE = [
    b"<!DOCTYPE html><html>Bad gateway</html>",
    b'{"choices": [{"mess',
    b'{"choices":[]}{"choices":[]}',
    b'{"choices":[]} trailing',
    b"{}",
    b"[]",
    b"null",
    b'"x"',
    b"5",
    b"",
    b"[" * 100_000 + b"]" * 100_000,
    b'{"choices":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"choices":[],"x":' + b"9" * 5000 + b"}",
    b'{"choices":[],"x":1e999}',
    b'{"choices":[],"x":NaN}',
    b'{"choices":[],"x":-Infinity}',
]


@pytest.mark.parametrize("body", UNUSABLE, ids=range(len(UNUSABLE)))
@pytest.mark.parametrize("media", ["application/json", "text/html"])
async def test_a_body_that_is_no_answer_is_unusable(wire: Wire, body: bytes, media: str) -> None:
    error = (await wire.hear(answer(body, media=media))).failure
    assert (error.fault, error.ambiguous) == (BackendFault.PROTOCOL, True)


@pytest.mark.parametrize(
    "data",
    [
        b"{bad", b"[]", b"null", b"5", b'"x"', b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"choices":[{"delta":{"content":"b"}}', b"<html>",
    ],
)  # fmt: skip
async def test_a_chunk_that_is_no_object_keeps_the_text_before_it(wire: Wire, data: bytes) -> None:
    heard = await wire.hear(stream(chunk("a") + b"data: " + data + b"\n\n" + chunk("c"), DONE))
    assert heard.text == "a"
    assert heard.failure.fault is BackendFault.PROTOCOL


async def test_brackets_in_text_are_no_nesting(wire: Wire) -> None:
    text = "[{" * 2000 + '\\"' * 100 + "}]"
    heard = await wire.hear(stream(chunk(text), STOP, DONE))
    assert heard.text == text


@pytest.mark.parametrize("handler", CUTS, ids=range(len(CUTS)))
async def test_a_cut_stream_keeps_its_text(wire: Wire, handler: Handler) -> None:
    heard = await wire.hear(handler)
    assert heard.text == "ab"
    assert (heard.failure.fault, heard.failure.ambiguous) == (BackendFault.CUT, True)
    assert len(heard.requests) == 1


async def test_a_reset_keeps_what_had_arrived(wire: Wire) -> None:
    async def reset(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head() + chunk("a"))
        await writer.drain()
        await asyncio.sleep(1)
        writer.transport.abort()

    heard = await wire.hear(reset)
    assert (heard.text, heard.failure.fault) == ("a", BackendFault.CUT)


async def test_a_slow_reader_loses_nothing_to_a_cut(wire: Wire) -> None:
    wire._handlers = [raw(CHUNKED, *chunked(chunk("a")), 1.0, *chunked(chunk("b"), chunk("c")))]
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    text = ""
    with pytest.raises(BackendError) as caught:
        async for event in backend.stream(REQUEST):
            text += event.text if isinstance(event, TextDelta) else ""
            await asyncio.sleep(5)  # storing what came
    assert text == "abc"
    assert caught.value.fault is BackendFault.CUT
    await http.close()


async def test_what_breaks_after_the_finish_costs_only_the_tail(wire: Wire) -> None:
    whole = (
        stream(chunk("a"), STOP),
        raw(CHUNKED, *chunked(chunk("a"), STOP)),
        raw(CHUNKED, *chunked(chunk("a"), STOP), 1.0, b"zz\r\n"),
        raw(head(), chunk("a"), STOP, hang=True),
    )
    loop = asyncio.get_running_loop()
    for handler in whole:
        started = loop.time()
        heard = await wire.hear(handler)
        assert (heard.text, heard.end.finish) == ("a", Finish.STOP)
        assert loop.time() - started <= 11


async def test_a_connection_held_open_after_done_delays_nothing(wire: Wire) -> None:
    started = asyncio.get_running_loop().time()
    heard = await wire.hear(raw(head(), chunk("a"), STOP, DONE, hang=True))
    assert heard.end.finish is Finish.STOP
    assert asyncio.get_running_loop().time() - started < 0.2


async def test_the_connection_is_kept_though_its_end_comes_late() -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        try:
            while asked := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(asked.split(b"Content-Length: ")[1].split()[0]))
                writer.write(CHUNKED + b"".join(chunked(chunk("a"), STOP, DONE)))
                await asyncio.sleep(0.05)
                writer.write(b"0\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, base, KEY, http)
    for _ in range(3):
        assert [event async for event in backend.stream(REQUEST)][-1].__class__ is Completed
    assert connections == 1
    await http.close()
    server.close()


@pytest.mark.parametrize("handler", BROKEN_HTTP, ids=range(len(BROKEN_HTTP)))
async def test_broken_http_is_a_failure_of_ours_alone(wire: Wire, handler: Handler) -> None:
    heard = await wire.hear(handler)
    assert heard.failure.fault in (BackendFault.CUT, BackendFault.PROTOCOL)
    assert heard.failure.ambiguous
    assert len(heard.requests) == 1


async def test_an_event_over_the_cap(wire: Wire) -> None:
    heard = await wire.hear(stream(chunk("a"), b"data: " + b"x" * (2 << 20) + b"\n\n", DONE))
    assert (heard.text, heard.failure.fault) == ("a", BackendFault.PROTOCOL)


async def test_a_body_or_stream_without_end_is_stopped(wire: Wire) -> None:
    async def pour(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head(media="application/json") + b"[")
        while True:
            writer.write(b" " * 65536)
            await writer.drain()

    async def pour_events(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head())
        while True:
            writer.write(b": nothing\n\n" * 1000)
            await writer.drain()

    heard = await wire.hear(pour)
    assert (heard.failure.fault, heard.failure.ambiguous) == (BackendFault.PROTOCOL, True)
    heard = await wire.hear(pour_events, bounds=Bounds(stream_bytes=1 << 20))
    assert heard.failure.fault is BackendFault.PROTOCOL


def test_text_without_end_is_stopped() -> None:
    transcript = Transcript()
    taken = 0
    while not transcript.over:
        transcript.add_event(chunk("x" * 900_000)[6:-2])
        taken += 1
    assert taken == 10
    assert transcript.failure is not None
    assert transcript.failure.fault is BackendFault.PROTOCOL


ERRORS_WITHIN: list[tuple[Any, BackendFault]] = [
    ("it broke", BackendFault.UPSTREAM),
    ({"message": "overloaded", "type": "overloaded_error"}, BackendFault.BUSY),
    ({"message": "Rate limit reached", "code": "rate_limit_exceeded"}, BackendFault.BUSY),
    ({"message": "x", "code": 429}, BackendFault.BUSY),
    ({"message": "x", "code": "503"}, BackendFault.BUSY),
    ({"message": "x", "code": 502}, BackendFault.UPSTREAM),
    ({"message": "You exceeded your current quota"}, BackendFault.FUNDS),
    ({"message": "x", "code": "insufficient_quota"}, BackendFault.FUNDS),
    ({"message": "flagged by moderation", "code": 403}, BackendFault.BLOCKED),
    ({"message": "x", "code": "context_length_exceeded"}, BackendFault.TOO_LONG),
    ({"message": "generation timed out"}, BackendFault.TIMEOUT),
    ({"message": "x", "type": "server_error"}, BackendFault.UPSTREAM),
    ({"message": "x", "type": "invalid_request_error"}, BackendFault.INVALID),
    ({"message": 5, "code": [1], "type": {}}, BackendFault.UPSTREAM),
    (["x"], BackendFault.UPSTREAM),
    (True, BackendFault.UPSTREAM),
]


@pytest.mark.parametrize(("error", "fault"), ERRORS_WITHIN)
async def test_an_error_inside_a_stream_has_a_class(
    wire: Wire, error: Any, fault: BackendFault
) -> None:
    bare = error if isinstance(error, dict) else {"error": error}
    for piece in (
        frame({"error": error}),
        frame({"id": "gen-1", "error": error, "choices": [{"finish_reason": "error"}]}),
        b"event: error\n" + frame({"error": error}),
        b"event: error\n" + frame(bare),
    ):
        heard = await wire.hear(stream(chunk("a") + piece + chunk("b"), DONE))
        assert (heard.text, heard.failure.fault) == ("a", fault)
        assert heard.failure.ambiguous
    heard = await wire.hear(answer(json.dumps({"error": error}).encode()))
    assert heard.failure.fault is fault


NO_MODEL = BackendFault.NO_MODEL
REFUSALS: list[tuple[int, Any, BackendFault]] = [
    (400, {"message": "Body validation error", "statusCode": "400"}, BackendFault.INVALID),
    (400, {"error": {"message": "violates our usage policies"}}, BackendFault.BLOCKED),
    (400, {"error": {"message": "x", "code": "content_filter"}}, BackendFault.BLOCKED),
    (400, {"error": {"message": "maximum context length is 5"}}, BackendFault.TOO_LONG),
    (400, {"error": "the request exceeds the available context size"}, BackendFault.TOO_LONG),
    (400, {"error": {"message": "messages: content must be a string"}}, BackendFault.INVALID),
    (400, {"error": {"message": "The model `x` does not exist"}}, BackendFault.NO_MODEL),
    (401, {"message": "credit"}, BackendFault.AUTH),
    (402, {}, BackendFault.FUNDS),
    (403, {"title": "Forbidden", "message": "You have run out of funds."}, BackendFault.FUNDS),
    (403, {"title": "Insufficient balance"}, BackendFault.FUNDS),
    (403, {"error": "request blocked by content policy"}, BackendFault.BLOCKED),
    (403, {"error": "no"}, BackendFault.AUTH),
    (403, {"error": "Your organization must be verified to use the model `o3`"}, NO_MODEL),
    (403, {"error": "The model x needs a higher subscription"}, NO_MODEL),
    (403, {"error": "Verify your organization for llama3:8b"}, NO_MODEL),
    (403, {"error": "Out of credits: top up to use this model"}, BackendFault.FUNDS),
    (404, "<html>nothing here</html>", BackendFault.NO_MODEL),
    (406, {"error": "Insufficient credits: have 0.01"}, BackendFault.FUNDS),
    (408, {}, BackendFault.TIMEOUT),
    (410, {}, BackendFault.NO_MODEL),
    (413, {}, BackendFault.TOO_LONG),
    (418, {}, BackendFault.INVALID),
    (420, {}, BackendFault.BUSY),
    (422, [], BackendFault.INVALID),
    (429, {"error": {"message": "x", "code": "insufficient_quota"}}, BackendFault.FUNDS),
    (429, {"error": {"message": "You exceeded your current quota"}}, BackendFault.FUNDS),
    (429, {"message": "Rate limit reached; see billing to raise quota"}, BackendFault.BUSY),
    (429, None, BackendFault.BUSY),
    (451, {}, BackendFault.BLOCKED),
    (499, {}, BackendFault.TIMEOUT),
    (500, {"error": "partner"}, BackendFault.UPSTREAM),
    (502, "<html></html>", BackendFault.UPSTREAM),
    (503, "", BackendFault.BUSY),
    (504, {}, BackendFault.TIMEOUT),
    *[(status, {}, BackendFault.UPSTREAM) for status in (*range(520, 524), *range(525, 531))
      if status != 529],
    (524, {}, BackendFault.TIMEOUT),
    (529, {}, BackendFault.BUSY),
    *[(status, {}, BackendFault.PROTOCOL) for status in (201, 204, 206, 300, 304, 307)],
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "fault"), REFUSALS)
async def test_every_status_has_a_class(
    wire: Wire, status: int, body: Any, fault: BackendFault
) -> None:
    bodiless = status in (204, 304)
    heard = await wire.hear(raw(head(status)) if bodiless else refuse(status, body))
    assert (heard.failure.fault, heard.failure.status) == (fault, status)
    assert heard.failure.ambiguous == (status in (408, 499, 502, 504, 520, 524))
    tries = 3 if status in (429, 503) and fault is BackendFault.BUSY else 1
    assert (len(heard.requests), len(heard.slept)) == (tries, tries - 1)
    assert heard.events == []


async def test_no_redirect_is_followed(wire: Wire) -> None:
    for status in (301, 302, 303, 307, 308):
        elsewhere = f"http://127.0.0.1:{wire.port}/stolen"
        heard = await wire.hear(refuse(status, {}, Location=elsewhere), stream(chunk("x"), DONE))
        assert heard.failure.fault is BackendFault.PROTOCOL
        assert len(heard.requests) == 1


async def test_what_comes_before_the_answer_is_skipped(wire: Wire) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    heard = await wire.hear(raw(early, head(), chunk("a"), STOP, DONE))
    assert heard.text == "a"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 1), ("-5", 1), ("1e9", None), ("99999999999999999999", 30), ("2.5", 2.5), ("7", 7),
        ("soon", None), ("", None), ("NaN", None), ("٣", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1), ("Wed, 21 Oct 2099 07:28:00 GMT", 30),
        ("Fri, 15 Jan 2027 08:00:12 GMT", 12), ("Wed, 99 Foo 2015", None),
    ],
)  # fmt: skip
async def test_retry_after_is_held_to_sense(wire: Wire, value: str, seconds: float | None) -> None:
    busy = raw(
        b"HTTP/1.1 429 Slow\r\nRetry-After: " + value.encode() + b"\r\nConnection: close\r\n\r\n"
    )
    heard = await wire.hear(busy, stream(chunk("a"), STOP, DONE))
    assert heard.text == "a"
    if seconds is None:
        assert 1 <= heard.slept[0] <= 1.5
    else:
        assert heard.slept == [pytest.approx(seconds)]
    assert (await wire.hear(busy)).failure.retry_after == (
        None if seconds is None else pytest.approx(seconds)
    )


async def test_no_try_begins_after_the_deadline(wire: Wire) -> None:
    busy = refuse(503, {}, Retry_After="20")
    heard = await wire.hear(busy, bounds=Bounds(total=15))
    assert (len(heard.requests), heard.slept) == (1, [])
    assert heard.failure.fault is BackendFault.BUSY


async def test_no_connection_is_tried_again_and_surely_not_run() -> None:
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    http = Http()
    backend = ChatCompletions(
        OPENAI_COMPATIBLE, f"http://127.0.0.1:{port}/v1", KEY, http, sleep=sleep
    )
    with pytest.raises(BackendError) as caught:
        await anext(backend.stream(REQUEST))
    assert (caught.value.fault, caught.value.ambiguous) == (
        BackendFault.UNREACHABLE,
        False,
    )
    assert len(slept) == 2
    await http.close()
