"""Every view of the page is fit for a screen reader, in light and dark, wide and narrow.

It comes first by its name: in a new world there is less to look at.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.axe import violations
from tests.newcomer import ask, file, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_channel_with_its_card_and_the_weather(page: Page) -> None:
    await ready(page)
    await expect(page.get_by_role("region", name="Welcome")).to_be_visible()
    assert await violations(page) == []
    await page.locator("#weather-button").click()
    assert await violations(page) == []
    # Whoever opened it by mistake stands on its button still.
    await page.keyboard.press("Escape")
    await expect(page.locator("#weather")).to_be_hidden()


async def test_a_thread_with_files_to_send_its_tools_and_a_form(page: Page) -> None:
    messages = await ask(page, "show me some code")
    bad = messages.last.get_by_role("button", name="Bad answer")
    await expect(bad).to_be_visible()
    files = page.locator("#pane-thread input[type=file]")
    await files.set_input_files([file("a.txt", "text/plain", b"a")])
    await messages.last.hover()
    await messages.last.get_by_role("button", name="Reply").click()
    await page.locator("#pane-thread").get_by_role("button", name="Thread tools").click()
    assert await violations(page) == []
    await bad.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []


async def test_the_list_of_commands_and_the_options_of_one(page: Page) -> None:
    await ready(page)
    box = page.locator("#composer-main")
    await box.press_sequentially("/")
    await expect(page.get_by_role("option", name="/ask")).to_be_visible()
    assert await violations(page) == []
    await box.press("Enter")
    await page.get_by_role("button", name="Use command").click()
    await expect(page.get_by_text("prompt is required.")).to_be_visible()
    await page.get_by_role("combobox", name="model").press_sequentially("gpt")
    choices = page.get_by_role("listbox", name="Choices for model")
    await expect(choices.get_by_role("option").first).to_be_visible()
    assert await violations(page) == []


async def test_a_forum_and_direct_messages(page: Page) -> None:
    await ready(page)
    await page.locator("#sidebar").get_by_role("button", name="ideas").click()
    await page.get_by_role("textbox", name="Title of the post").fill("An idea")
    await page.locator("#composer-main").fill("to look at")
    await page.locator("#composer-main").press("Enter")
    await expect(page.locator("#pane-thread .message")).to_have_count(1)
    await page.get_by_role("button", name="Close the thread").click()
    await expect(page.get_by_role("button", name="An idea").last).to_be_visible()
    assert await violations(page) == []
    await page.locator("#sidebar").get_by_role("button", name="Threadbot").click()
    await page.locator("#composer-main").fill("are you there?")
    await page.locator("#composer-main").press("Enter")
    await expect(page.locator("#pane-main .message.bot")).not_to_have_count(0)
    assert await violations(page) == []
