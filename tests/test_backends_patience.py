"""How long the Chat Completions client waits, and how it asks an older server."""

from __future__ import annotations

import asyncio
import json

import pytest

from adapters.backends.chat_completions import AIMLAPI, OPENAI_COMPATIBLE, ChatCompletions
from adapters.backends.http import Http
from bot.domain import Usage
from bot.errors import BackendError, BackendFault
from bot.events import Completed, Finish, TextDelta
from tests.backend_wire import (
    BOUNDS,
    DONE,
    DRIP,
    KEY,
    REQUEST,
    SPACES,
    STOP,
    Handler,
    Wire,
    chunk,
    head,
    raw,
    refuse,
    stream,
    wire,
)
from tests.virtual import until

__all__ = ["wire"]

pytestmark = pytest.mark.virtual


@pytest.mark.parametrize(
    ("handler", "after", "text"),
    [
        (raw(hang=True), 3, ""),
        (raw(head(), hang=True), 5, ""),
        (raw(head(), chunk("a"), 4.0, chunk("b"), hang=True), 9, "ab"),
        (raw(head(), chunk("a"), *(DRIP * 20)), 30, "a"),
        (raw(head(media="application/json"), *(SPACES * 20)), 30, ""),
    ],
    ids=["no headers", "no first byte", "falls silent", "drips", "drips a body"],
)
async def test_silence_ends_in_time(wire: Wire, handler: Handler, after: float, text: str) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    heard = await wire.hear(handler, bounds=BOUNDS)
    assert (heard.failure.fault, heard.failure.ambiguous) == (BackendFault.TIMEOUT, True)
    assert heard.text == text
    assert loop.time() - started == pytest.approx(after, abs=1.01)
    await until(lambda: wire.ended, within=1)


async def test_a_slow_reader_does_not_count_as_silence(wire: Wire) -> None:
    wire._handlers = [raw(head(), chunk("a"), 13.0, chunk("b"), STOP, DONE)]
    http = Http(bounds=BOUNDS)
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    text = ""
    async for event in backend.stream(REQUEST):
        text += event.text if isinstance(event, TextDelta) else ""
        await asyncio.sleep(6)
    assert text == "ab"
    await http.close()


@pytest.mark.parametrize("reading", ["headers", "stream"])
async def test_cancelling_closes_the_request(wire: Wire, reading: str) -> None:
    pieces = (head(), chunk("a")) if reading == "stream" else ()
    task = asyncio.create_task(wire.hear(raw(*pieces, hang=True)))
    await until(lambda: wire.requests, within=1)
    await asyncio.sleep(1)
    assert not wire.ended
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    await until(lambda: wire.ended, within=1)


async def test_an_older_server_is_asked_in_its_own_words(wire: Wire) -> None:
    refusals = [
        refuse(400, {"error": {"message": "Unsupported parameter: 'max_completion_tokens'"}}),
        refuse(422, {"detail": [], "error": {"message": "x", "param": "stream_options"}}),
        refuse(400, {"error": "reasoning_effort: extra fields not permitted"}),
    ]
    wire._handlers = [*refusals, stream(chunk("a"), STOP, DONE)]
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    for _ in range(2):
        assert [e async for e in backend.stream(REQUEST)][-1] == Completed(
            Finish.STOP, Usage(), "m"
        )
    await http.close()
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in wire.requests]
    assert len(bodies) == 5
    plain = {"model": "llama3:8b", "messages": bodies[0]["messages"], "stream": True}
    assert bodies[3] == bodies[4] == {**plain, "max_tokens": 100}


async def test_a_refusal_that_only_names_a_field_is_not_remembered(wire: Wire) -> None:
    too_large = refuse(400, {"error": {"message": "max_completion_tokens is too large"}})
    wire._handlers = [too_large]
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    for _ in range(2):
        with pytest.raises(BackendError) as caught:
            await anext(backend.stream(REQUEST))
        assert caught.value.fault is BackendFault.INVALID
    await http.close()
    fields = [b'"max_completion_tokens"' in request for request in wire.requests]
    assert fields == [True, False, True, False]


async def test_aimlapi_is_not_asked_otherwise(wire: Wire) -> None:
    refusal = refuse(400, {"message": "Body validation error: max_completion_tokens"})
    heard = await wire.hear(refusal, preset=AIMLAPI)
    assert (heard.failure.fault, len(heard.requests)) == (BackendFault.INVALID, 1)
