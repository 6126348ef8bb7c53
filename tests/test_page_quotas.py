"""Limits in the page, in both views: set by the admin, run into, granted, and asked again."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.newcomer import be, go_to_slack, hurry, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _ask(page: Page, text: str) -> Locator:
    """Mention the bot and return the messages of the thread."""
    box = page.locator("#composer-main")
    await box.fill(f"@Threadbot {text}")
    await box.press("Enter")
    messages = page.locator("#pane-thread .message")
    await expect(messages.first).to_contain_text(text)
    return messages


async def _use(page: Page, name: str, **options: str) -> None:
    """Use a command in Discord's view."""
    box = page.locator("#composer-main")
    await box.fill(f"/{name}")
    await expect(page.get_by_role("option", name=f"/{name} ")).to_be_visible()
    await box.press("Enter")
    form = page.get_by_role("form", name=f"Command /{name}")
    for option, value in options.items():
        field = form.get_by_label(option, exact=False).first
        if await field.evaluate("node => node.tagName") == "SELECT":
            await field.select_option(label=value)
        else:
            await field.fill(value)
    await form.get_by_role("button", name="Use command").click()


async def test_a_limit_is_run_into_and_granted_away_on_discord(page: Page) -> None:
    await ready(page)
    await hurry(page)
    await _use(page, "quota set", amount="1", per="day", user="Ben", metric="requests")
    told = page.locator("#pane-main .message", has_text="1 request per day").last
    await expect(told).to_contain_text("there was none")
    await be(page, "Ben")
    first = await _ask(page, "what is a tide?")
    await expect(first.last).to_contain_text("SIMULATED")
    second = await _ask(page, "and what is the moon?")
    retry = second.get_by_role("button", name="Retry")
    await expect(retry).to_be_visible()
    await expect(second.last).to_contain_text("1 request a day")
    await be(page, "Ada (admin)")
    await _use(page, "quota grant", amount="1", user="Ben", metric="requests")
    granted = page.locator("#pane-main .message", has_text="1 request more").last
    await expect(granted).to_be_visible()
    await be(page, "Ben")
    await page.locator("#pane-thread").get_by_role("button", name="Retry").click()
    await expect(page.locator("#pane-thread .message").last).to_contain_text("SIMULATED")


async def test_a_limit_is_run_into_and_granted_away_on_slack(page: Page) -> None:
    await go_to_slack(page)
    await hurry(page)
    box = page.locator("#composer-main")

    async def use(words: str) -> None:
        await box.fill(f"/bot {words}")
        await box.press("Enter")

    await use("quota set @Ben 1 request per day")
    told = page.locator("#pane-main .message", has_text="1 request per day").last
    await expect(told).to_contain_text("there was none")
    await be(page, "Ben")
    first = await _ask(page, "what is a tide on Slack?")
    await expect(first.last).to_contain_text("SIMULATED")
    second = await _ask(page, "and what is the moon there?")
    await expect(second.get_by_role("button", name="Retry")).to_be_visible()
    await be(page, "Ada (admin)")
    await use("quota grant @Ben 1 request")
    granted = page.locator("#pane-main .message", has_text="1 request more").last
    await expect(granted).to_be_visible()
    await be(page, "Ben")
    await page.locator("#pane-thread").get_by_role("button", name="Retry").click()
    await expect(page.locator("#pane-thread .message").last).to_contain_text("SIMULATED")


async def test_a_channel_is_named_in_a_command_on_slack(page: Page) -> None:
    await go_to_slack(page)
    box = page.locator("#composer-main")
    await box.fill("/bot quota set #random 9 requests per hour")
    await box.press("Enter")
    told = page.locator("#pane-main .message", has_text="9 requests per hour").last
    await expect(told).to_contain_text("#random may use")


async def test_models_are_offered_while_a_limit_is_typed(page: Page) -> None:
    await ready(page)
    box = page.locator("#composer-main")
    await box.fill("/quota set")
    await expect(page.get_by_role("option", name="/quota set ")).to_be_visible()
    await box.press("Enter")
    form = page.get_by_role("form", name="Command /quota set")
    model = form.get_by_label("model", exact=False).first
    await model.fill("gpt-5.4")
    offered = page.get_by_role("option", name="gpt-5.4-mini").first
    await expect(offered).to_be_visible()
    await offered.click()
    await expect(model).to_have_value(re.compile("gpt-5.4-mini"))
    await form.get_by_role("button", name="Close").click()
