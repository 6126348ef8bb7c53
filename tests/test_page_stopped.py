"""When whoever runs the playground stops it, the open page says so calmly, and comes back."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests.newcomer import ready
from tests.playgrounds import start_playground

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_orderly_stop_is_no_fault_and_a_new_start_is_found(
    browser: Browser, tmp_path: Path
) -> None:
    running = await start_playground(tmp_path)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(running.url)
    await ready(page)
    assert await running.stop() == 0
    await expect(page.locator("#state-text")).to_have_text("playground stopped")
    await expect(page.locator("#away")).to_contain_text("was stopped. Start it again")
    await expect(page.locator("#crash")).to_be_hidden()
    for name in ("Kill the bot", "Start it"):
        await expect(page.get_by_role("button", name=name)).to_be_hidden()
    port = str(urlsplit(running.url).port)
    again = await start_playground(tmp_path, {"PLAYGROUND_PORT": port})
    try:
        await ready(page)
        await expect(page.locator("#away")).to_be_hidden()
    finally:
        await context.close()
        assert await again.stop() == 0
