"""What the page asks is read within limits, refused in words, and never for another page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from aiohttp.test_utils import BaseTestServer, TestServer
from aiohttp.web import Application

from adapters.playground.asked import HEADER, Asked, Json, asked
from adapters.playground.discord import limits
from adapters.playground.room_routes import TAKES

OURS = {HEADER: "page"}


async def _echo(wish: Asked) -> Json:
    sizes = [[part, name, len(data)] for part, name, data in wish.files]
    return {"words": wish.text("words"), "files": sizes}


@pytest.fixture
async def server() -> AsyncIterator[BaseTestServer]:
    app = Application()
    app.router.add_post("/files", asked(_echo, files=TAKES))
    app.router.add_post("/plain", asked(_echo))
    async with TestServer(app) as server:
        yield server


def _form(files: list[tuple[str, bytes]], body: bytes = b'{"words": "hello"}') -> FormData:
    form = FormData()
    form.add_field("body", body, filename="body", content_type="application/json")
    for index, (name, data) in enumerate(files):
        form.add_field(f"files[{index}]", BytesIO(data), filename=name)
    return form


async def _ask(server: BaseTestServer, path: str, **how: Any) -> tuple[int, Any]:
    async with ClientSession() as session, session.post(server.make_url(path), **how) as answer:
        json = answer.content_type == "application/json"
        return answer.status, await answer.json() if json else await answer.text()


async def test_files_come_with_the_names_of_their_parts_and_their_own(
    server: BaseTestServer,
) -> None:
    files = [("a.txt", b"one"), ("ü\u202e.png", b"three")]
    status, answer = await _ask(server, "/files", data=_form(files), headers=OURS)
    assert status == 200
    assert answer["words"] == "hello"
    assert [(part, size) for part, _, size in answer["files"]] == [("files[0]", 3), ("files[1]", 5)]


async def test_a_form_that_another_page_could_send_is_not_read(server: BaseTestServer) -> None:
    assert (await _ask(server, "/files", data=_form([])))[0] == 415
    assert (await _ask(server, "/plain", data=_form([]), headers=OURS))[0] == 415
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        how = {"data": b'{"words": "hello"}', "headers": {"Content-Type": kind}}
        assert (await _ask(server, "/files", **how))[0] == 415


@pytest.mark.parametrize(
    ("count", "size", "words"),
    [
        (1, limits.FILE_BYTES + 1, "0.bin is too big"),
        (limits.FILES + 1, 1, "at most 10 files"),
        (3, limits.FILE_BYTES, "at most 25 MB with one message"),
    ],
)
async def test_more_than_discord_takes_is_refused_in_words(
    server: BaseTestServer, count: int, size: int, words: str
) -> None:
    files = [(f"{n}.bin", bytes(size)) for n in range(count)]
    status, answer = await _ask(server, "/files", data=_form(files), headers=OURS)
    assert status == 422
    assert words in answer["error"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "no JSON"),
        (b"[1]", "object was expected"),
        (b"{}", "words is missing"),
        (b'{"words": 1}', "words is missing"),
    ],
)
async def test_nonsense_is_refused_in_words(
    server: BaseTestServer, body: bytes, words: str
) -> None:
    json = {"data": body, "headers": {"Content-Type": "application/json"}}
    for how in (json, {"data": _form([], body), "headers": OURS}):
        status, answer = await _ask(server, "/files", **how)
        assert status == 422
        assert words in answer["error"]


async def test_a_request_that_is_far_too_long_is_not_read(server: BaseTestServer) -> None:
    headers = {"Content-Type": "application/json"}
    assert (await _ask(server, "/plain", data=b" " * 70_000, headers=headers))[0] == 413
    status, answer = await _ask(server, "/files", data=_form([], b" " * 70_000), headers=OURS)
    assert (status, answer["error"]) == (422, "That was no JSON.")
