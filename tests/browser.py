"""A real browser and a real playground for the tests of the page.

A test module takes them by `pytest_plugins = ("tests.browser",)` and runs its tests on the
session's loop, as the browser does: `pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests import patience
from tests.newcomer import hurry
from tests.playgrounds import Playground, start_playground

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
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}


def find_program() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def find_browser() -> str:
    """Return the path of a Chromium, or skip the test; with REQUIRE_BROWSER=1 fail it."""
    if path := find_program():
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


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def playground(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Playground]:
    """Run a playground for a module (none if there is no browser).

    Which modules a process runs, and in which order, is the scheduler's: no module meets what
    another left in its world.
    """
    running = await start_playground(tmp_path_factory.mktemp("playground"))
    try:
        yield running
    finally:
        assert await running.stop() == 0


@dataclass(slots=True)
class Tab:
    """One page that every test finds as new, and what its scripts did wrong."""

    page: Page
    errors: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tab(browser: Browser) -> AsyncIterator[Tab]:
    """Keep one tab for all tests: a new one for each would cost more than most tests do."""
    context = await browser.new_context(viewport=VIEWPORT)
    context.set_default_timeout(patience.MILLISECONDS)
    tab = Tab(await context.new_page())
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.page.on("console", lambda said: _note(tab, said.text))
    yield tab
    await context.close()


def _note(tab: Tab, said: str) -> None:
    if "Content Security Policy" in said:
        tab.errors.append(said)


@pytest_asyncio.fixture(loop_scope="session")
async def page(tab: Tab, playground: Playground) -> AsyncIterator[Page]:
    """Open the page as a first visitor, with quick answers; a script's error fails the test."""
    page = tab.page
    await page.set_viewport_size(VIEWPORT)
    await page.emulate_media(color_scheme="light")
    await page.goto(playground.url)
    await hurry(page)
    # Slack's app is made of the manifest a moment after the start.
    while not (found := await _settings(page, playground))["slack"]["shortcuts"]:
        await page.wait_for_timeout(50)
    yield page
    await page.unroute_all(behavior="ignoreErrors")
    for other in page.context.pages:
        if other is not page:
            await other.close()
    await page.evaluate("localStorage.clear()")
    # The address names what was open; the next test is to begin with the first channel.
    await page.goto("about:blank")
    errors, tab.errors = tab.errors, []
    assert errors == []
    # The next test's world is this one: what is changed in it is put back by who changed it.
    assert await _settings(page, playground) == found
    for platform in ("discord", "slack"):
        # What was to go wrong so many times may not have gone wrong as often.
        await page.request.delete(urljoin(playground.url, f"/{platform}/_control/faults"))


async def _settings(page: Page, playground: Playground) -> dict[str, Any]:
    """Return the settings of each platform's stand-in."""
    found = {}
    for platform in ("discord", "slack"):
        control = urljoin(playground.url, f"/{platform}/_control/settings")
        answer = await page.request.post(control, data={})
        found[platform] = await answer.json()
    return found
