"""Every view of Slack is fit for a screen reader, in light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.axe import violations
from tests.newcomer import ask_on_slack, file, go_to_slack, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_channel_with_its_card_the_commands_and_the_weather(page: Page) -> None:
    await go_to_slack(page)
    await expect(page.get_by_role("region", name="Welcome")).to_be_visible()
    assert await violations(page) == []
    await page.locator("#composer-main").press_sequentially("/")
    await expect(page.get_by_role("option", name="/bot")).to_be_visible()
    await page.locator("#weather-button").click()
    assert await violations(page) == []


async def test_a_thread_with_an_answer_a_private_one_files_and_a_form(page: Page) -> None:
    messages = await ask_on_slack(page, "A table and code, please")
    bad = messages.last.get_by_role("button", name="Bad answer")
    await expect(bad).to_be_visible()
    box = page.locator("#composer-thread")
    await box.fill("@Threadbot help")
    await box.press("Enter")
    await expect(page.locator("#pane-thread .message.ephemeral")).to_be_visible()
    files = page.locator("#pane-thread input[type=file]")
    await files.set_input_files([file("a.txt", "text/plain", b"a")])
    assert await violations(page) == []
    await page.locator("#pane-thread").get_by_role("button", name="Bad answer").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []


async def test_home_and_direct_messages(page: Page) -> None:
    await go_to_slack(page)
    await page.locator("#sidebar").get_by_role("button", name="Threadbot", exact=True).click()
    await page.locator("#composer-main").fill("are you there?")
    await page.locator("#composer-main").press("Enter")
    await expect(page.locator("#pane-thread .message.bot")).not_to_have_count(0)
    assert await violations(page) == []
    await page.get_by_role("button", name="Home", exact=True).click()
    await expect(page.locator(".home")).to_contain_text("Threadbot answers")
    assert await violations(page) == []


async def test_narrow_and_by_keyboard_alone(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 780})
    await page.reload()
    await ready(page)
    slack = page.get_by_role("navigation", name="Platform").get_by_role("link", name="Slack")
    await slack.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Ask what it can do")).to_be_in_viewport()
    await page.locator("#composer-main").focus()
    await page.keyboard.type("@Threadbot hi from a phone")
    await page.keyboard.press("Enter")
    asked = page.locator("#pane-main .message", has_text="hi from a phone")
    card = asked.locator(".thread-card")
    await card.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#pane-thread .message.bot")).to_contain_text("SIMULATED")
    await expect(page.locator("#pane-main")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = await page.evaluate(
        """[...document.querySelectorAll("button:not(.as-link), .platforms a, select, .check")]
            .filter((element) => element.offsetParent && element.offsetHeight < 44)
            .map((element) => element.outerHTML)"""
    )
    assert small == []
    await page.get_by_role("button", name="Close the thread").press("Enter")
    await expect(page.locator("#pane-main")).to_be_visible()
    await expect(card).to_be_focused()
