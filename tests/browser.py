"""A real browser and a real playground for the tests of the page.

A test module takes them by `pytest_plugins = ("tests.browser",)` and runs its tests on the
session's loop, as the browser does: `pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # a container's root has no user namespace to build a sandbox from
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 20
WAIT_MILLISECONDS = 15_000


def find_browser() -> str:
    """Return the path of a Chromium, or skip the test; with REQUIRE_BROWSER=1 fail it."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    reason = f"no browser on PATH (looked for {', '.join(NAMES)})"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Keep one browser for all tests; each test gets a profile of its own."""
    path = find_browser()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@dataclass(slots=True)
class Playground:
    """A running `python -m adapters.playground` with a world of its own."""

    url: str
    data: Path
    process: Process

    async def stop(self) -> int:
        """End it as Ctrl-C does and return its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        return await asyncio.wait_for(self.process.wait(), 40)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def start_playground(data: Path, environ: Mapping[str, str] | None = None) -> Playground:
    """Start a playground and wait until it says where its page is."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    # Without the settings of whoever runs the tests; `data` holds no .env either.
    root = Path(__file__).parent.parent
    env = inherited | {
        "PYTHONPATH": str(root),
        "DATA_DIR": str(data),
        "PLAYGROUND_PORT": str(free_port()),
        "HTTP_PORT": str(free_port()),
        **(environ or {}),
    }
    data.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "adapters.playground", cwd=data, env=env, stdout=PIPE
    )
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(START_SECONDS):
        while line := await process.stdout.readline():
            said += line
            words = [word for word in line.decode().split() if word.startswith("http://127.0.0.1")]
            if words:
                return Playground(words[0], data, process)
    raise RuntimeError(f"the playground ended at its start:\n{said.decode()}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def playground(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Playground]:
    """Run one playground for a module's tests (none if there is no browser)."""
    running = await start_playground(tmp_path_factory.mktemp("playground"))
    try:
        yield running
    finally:
        assert await running.stop() == 0


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, playground: Playground) -> AsyncIterator[Page]:
    """Open the page as a first visitor; a script's error fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT_MILLISECONDS)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
    )
    await page.goto(playground.url)
    yield page
    await context.close()
    assert errors == []
