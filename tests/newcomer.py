"""What a newcomer does in the page, in steps that several tests share."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from playwright.async_api import FilePayload, Locator, Page, expect

from tests import patience

expect.set_options(timeout=patience.MILLISECONDS)


async def ready(page: Page) -> None:
    """Wait until the bot is connected."""
    await expect(page.locator("#state-text")).to_have_text("running")


async def be(page: Page, name: str) -> None:
    """Be somebody else; until the page says so, what is sent is sent by the one before."""
    await page.locator("#person").select_option(label=name)
    writes_as = re.compile(rf" as {name.split()[0]}$")
    await expect(page.locator("#composer-main")).to_have_attribute("placeholder", writes_as)


async def ask(page: Page, text: str) -> Locator:
    """Mention the bot in the channel and return the messages of the thread that opens."""
    await ready(page)
    box = page.locator("#composer-main")
    await box.fill(f"@Threadbot {text}")
    await box.press("Enter")
    heading = page.locator("#pane-thread h2")
    await expect(heading).to_contain_text(text[:40])
    return page.locator("#pane-thread .message")


async def hurry(page: Page, on: bool = True) -> None:
    """Let the model answer at once, or at the speed of a real one (to catch it in mid-answer)."""
    wish = {"group": "aimlapi", "switch": "quick", "on": on}
    answer = await page.request.post(urljoin(page.url, "/page/weather"), data=wish)
    assert answer.ok


def file(name: str, kind: str, data: bytes) -> FilePayload:
    """Return a file to pick."""
    return {"name": name, "mimeType": kind, "buffer": data}


async def go_to_slack(page: Page) -> None:
    """Switch to Slack's view, once the bot is connected."""
    await ready(page)
    await page.get_by_role("navigation", name="Platform").get_by_role("link", name="Slack").click()
    await expect(page.locator("#pane-main h2")).to_contain_text("general")


async def go_to_channel(page: Page, channel: str) -> None:
    """Switch to another channel.

    Where much is asked within a minute no status is shown, as Slack takes only so many of a
    channel: who looks for one asks where nobody else does.
    """
    await page.get_by_role("button", name=re.compile(channel)).first.click()
    await expect(page.locator("#pane-main h2")).to_contain_text(channel)


async def ask_on_slack(page: Page, text: str, channel: str = "general") -> Locator:
    """Mention the bot in a channel of Slack and return the messages of the thread that opens."""
    await go_to_slack(page)
    if channel != "general":
        await go_to_channel(page, channel)
    box = page.locator("#composer-main")
    await box.fill(f"@Threadbot {text}")
    await box.press("Enter")
    messages = page.locator("#pane-thread .message")
    await expect(messages.first).to_contain_text(text[:40])
    return messages
