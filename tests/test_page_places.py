"""Every kind of channel in the page, what moderators do there, and what is taken from the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.newcomer import ask, be, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _go(page: Page, name: str) -> None:
    await page.locator("#sidebar").get_by_role("button", name=name).first.click()
    await expect(page.locator("#pane-main h2")).to_contain_text(name)


@asynccontextmanager
async def _weather(page: Page, title: str) -> AsyncIterator[None]:
    """Switch something on for a while, and wait until the bot has come through it."""
    await page.locator("#weather-button").click()
    box = page.get_by_role("checkbox", name=title)
    await box.check()
    try:
        yield
    finally:
        await box.uncheck()
        await page.locator("#weather-button").click()


async def _start_anew(page: Page) -> None:
    await page.get_by_role("button", name="Kill the bot").click()
    await page.get_by_role("button", name="Start it").click()
    await ready(page)


@pytest.mark.parametrize(
    ("place", "kind"), [("news", "announcements"), ("lounge", "chat of a voice channel")]
)
async def test_a_channel_of_another_kind_is_named_and_answered_in(
    page: Page, place: str, kind: str
) -> None:
    await ready(page)
    await _go(page, place)
    await expect(page.locator("#pane-main h2")).to_contain_text(f"({kind})")
    await page.locator("#composer-main").fill(f"@Threadbot hello from {place}")
    await page.locator("#composer-main").press("Enter")
    # Threads of announcements are threads; a voice channel has none, so the answer is a reply.
    pane = "#pane-thread" if place == "news" else "#pane-main"
    answer = page.locator(f"{pane} .message.bot").last
    await expect(answer).to_contain_text(f"hello from {place}")


async def test_a_post_in_a_forum_is_answered_in_it(page: Page) -> None:
    await ready(page)
    await _go(page, "ideas")
    await page.get_by_role("textbox", name="Title of the post").fill("A tide table")
    await page.get_by_role("textbox", name="First message").fill("@Threadbot is it any use?")
    await page.keyboard.press("Enter")
    await expect(page.locator("#pane-thread h2")).to_contain_text("A tide table")
    answer = page.locator("#pane-thread .message.bot").last
    await expect(answer).to_contain_text("is it any use?")
    post = page.get_by_role("list", name="Posts in ideas").get_by_role("button")
    await expect(post.filter(has_text="A tide table")).to_contain_text("Ada")


async def test_a_thread_is_locked_reopened_and_deleted_by_moderators_only(page: Page) -> None:
    await ask(page, "shall this stay?")
    await be(page, "Ben")
    tools = page.locator("#pane-thread").get_by_role("button", name="Thread tools")
    await tools.click()
    await page.get_by_role("button", name="Lock the thread").click()
    await expect(page.locator(".toast")).to_contain_text("You lack the permission")
    await be(page, "Ada (admin)")
    await page.get_by_role("button", name="Lock the thread").click()
    await expect(page.get_by_role("button", name="Unlock the thread")).to_be_focused()
    await expect(page.locator("#pane-thread .hint").first).to_contain_text("locked")
    await page.get_by_role("button", name="Unlock the thread").click()
    await page.get_by_role("button", name="Archive the thread").click()
    await page.get_by_role("button", name="Reopen the thread").click()
    await page.get_by_role("button", name="Delete the thread").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator("#pane-thread")).to_be_hidden()
    await expect(page.locator("#sidebar")).not_to_contain_text("shall this stay?")


async def test_a_thread_of_somebody_else_is_read_once_and_not_followed(page: Page) -> None:
    await ready(page)
    await page.locator("#composer-main").fill("Who likes the sea?")
    await page.locator("#composer-main").press("Enter")
    message = page.locator("#pane-main .message", has_text="Who likes the sea?").last
    await message.hover()
    await message.get_by_role("button", name="Start a thread").click()
    await expect(page.locator("#pane-thread h2")).to_contain_text("Who likes the sea?")
    box = page.locator("#composer-thread")
    for words in ("I do, says Ada.", "@Threadbot who likes it?"):
        await box.fill(words)
        await box.press("Enter")
    bots = page.locator("#pane-thread .message.bot")
    await expect(bots).to_have_count(1)
    await expect(bots).to_contain_text("earlier message")
    await expect(bots.get_by_role("button", name="Regenerate")).to_be_visible()
    await box.fill("Nobody asked you now.")
    await box.press("Enter")
    await box.fill("@Threadbot and now?")
    await box.press("Enter")
    await expect(bots.last).to_contain_text("and now?")
    await expect(bots).to_have_count(2)


async def test_a_bot_that_was_removed_is_silent_until_it_is_invited_again(page: Page) -> None:
    await ready(page)
    async with _weather(page, "Remove it from the server"):
        await page.locator("#composer-main").press_sequentially("/")
        await expect(page.get_by_text("registered no commands")).to_be_visible()
        await page.locator("#composer-main").fill("")
    messages = await ask(page, "are you back?")
    await expect(messages.last).to_contain_text("SIMULATED")


async def test_without_message_content_it_answers_mentions_and_says_so_once(page: Page) -> None:
    await ready(page)
    async with _weather(page, "No message content"):
        await _start_anew(page)
        messages = await ask(page, "can you read me?")
        bots = page.locator("#pane-thread .message.bot")
        await expect(bots.get_by_role("button", name="Regenerate")).to_be_visible()
        box = page.locator("#composer-thread")
        for words in ("and without a mention?", "still without?", "@Threadbot and with one?"):
            await box.fill(words)
            await box.press("Enter")
        await expect(bots.last).to_contain_text("and with one?")
        told = messages.filter(has_text="Message Content intent")
        await expect(told).to_contain_text("can't read messages here")
        await expect(bots).to_have_count(3)
    await _start_anew(page)


async def test_an_example_of_the_first_thread_is_put_into_the_composer(page: Page) -> None:
    await page.locator("#sidebar").get_by_role("button", name="How to try things").click()
    example = page.locator("#pane-thread .message", has_text="A table and some code.")
    await example.get_by_role("button", name="Try it in #general").click()
    box = page.locator("#composer-main")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("@Threadbot A table and code, please")
