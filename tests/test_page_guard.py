"""Who may talk to the playground, and under which headers its page is served."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from adapters.playground.guard import add_headers, allows_host, guard
from adapters.playground.routes import FOLDER
from tests.axe import FOLDER as AXE


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Serve two routes behind the guard."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="done")

    server = socket.create_server(("127.0.0.1", 0))
    number = int(server.getsockname()[1])
    app = web.Application(middlewares=[guard("127.0.0.1", number)])
    app.router.add_route("*", "/page/anything", answer)
    app.router.add_route("*", "/discord/anything", answer)
    app.on_response_prepare.append(add_headers)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.SockSite(runner, server).start()
        yield number
    finally:
        await runner.cleanup()


async def _ask(port: int, method: str = "GET", path: str = "/page/anything", **headers: str) -> int:
    async with (
        ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{port}{path}", headers=headers) as response,
    ):
        return response.status


async def test_serves_its_own_names_only(port: int) -> None:
    assert await _ask(port) == 200
    assert await _ask(port, Host=f"localhost:{port}") == 200
    for rebound in (f"evil.example:{port}", "evil.example", f"127.0.0.1.evil.example:{port}"):
        assert await _ask(port, Host=rebound) == 403
        assert await _ask(port, path="/discord/anything", Host=rebound) == 403


async def test_refuses_what_another_page_sends(port: int) -> None:
    ours = f"http://127.0.0.1:{port}"
    assert await _ask(port, "POST", Origin=ours) == 200
    assert await _ask(port, "POST") == 200
    for foreign in ("https://evil.example", "null", f"http://localhost:{port}", f"{ours}0"):
        assert await _ask(port, "POST", Origin=foreign) == 403
        assert await _ask(port, "GET", "/discord/anything", Origin=foreign) == 403


async def test_puts_the_policy_on_the_page_but_not_on_the_stand_ins(port: int) -> None:
    async with ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/page/anything") as response:
            policy = response.headers["Content-Security-Policy"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        async with session.get(f"http://127.0.0.1:{port}/discord/anything") as response:
            assert "Content-Security-Policy" not in response.headers
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_beyond_loopback_the_published_port_may_differ_but_not_the_name() -> None:
    assert allows_host("127.0.0.1:9000", "0.0.0.0", 8080)
    assert not allows_host("127.0.0.1:9000", "127.0.0.1", 8080)
    assert not allows_host("evil.example:8080", "0.0.0.0", 8080)
    assert allows_host("[::1]:8080", "127.0.0.1", 8080)
    assert allows_host("localhost", "127.0.0.1", 80)


def test_the_page_has_no_inline_script_or_style_and_loads_nothing_from_elsewhere() -> None:
    html = (FOLDER / "index.html").read_text()
    assert "<script>" not in html
    assert " style=" not in html
    assert " onclick=" not in html
    for name in ("index.html", "style.css"):
        text = (FOLDER / name).read_text().replace("http://www.w3.org/", "")
        assert "http://" not in text
        assert "https://" not in text


def test_the_page_never_parses_text_as_html_outside_the_sanitiser() -> None:
    for module in FOLDER.glob("*.mjs"):
        text = module.read_text()
        for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert sink not in text, f"{module.name}: {sink}"


@pytest.mark.parametrize("folder", [FOLDER / "vendor", AXE])
def test_vendored_files_are_whole(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert set(sums) == {path.name for path in folder.iterdir()} - {"SHA256SUMS", "README.md"}
    for name, expected in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name
