"""What can be done with an answer: again, on, good, bad and why, and an edit of the question."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.newcomer import ask

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_answer_is_made_again_and_the_old_one_says_so(page: Page) -> None:
    await ask(page, "tell me something")
    bots = page.locator("#pane-thread .message.bot")
    again = bots.first.get_by_role("button", name="Regenerate")
    await again.click()
    await expect(bots).to_have_count(2)
    await expect(bots.last.get_by_role("button", name="Regenerate")).to_be_visible()
    await expect(bots.first).to_contain_text("replaced")
    await expect(again).to_have_count(0)


async def test_an_answer_that_was_cut_at_its_length_goes_on(page: Page) -> None:
    await ask(page, "simulate length")
    bots = page.locator("#pane-thread .message.bot")
    await bots.first.get_by_role("button", name="Continue").click()
    await expect(bots).to_have_count(2)
    await expect(bots.last).to_contain_text("SIMULATED")


async def test_a_bad_answer_is_told_with_a_reason_by_keyboard_alone(page: Page) -> None:
    messages = await ask(page, "say something wrong")
    bad = messages.last.get_by_role("button", name="Bad answer")
    await expect(bad).to_be_visible()
    await bad.press("Enter")
    form = page.get_by_role("dialog")
    await expect(form.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("It is not true.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(form.get_by_role("button", name="Submit")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(form).to_have_count(0)
    await expect(page.locator("#pane-thread .message.ephemeral").last).to_be_visible()


async def test_a_good_answer_is_thanked_in_private(page: Page) -> None:
    messages = await ask(page, "say something right")
    await messages.last.get_by_role("button", name="Good answer").click()
    told = page.locator("#pane-thread .message.ephemeral").last
    await expect(told).to_contain_text("Only you can see this")


async def test_a_reply_in_the_channel_goes_on_with_its_conversation(page: Page) -> None:
    await ask(page, "remember the number 42")
    answer = page.locator("#pane-thread .message.bot").first
    await expect(answer).to_contain_text("SIMULATED")
    await answer.focus()
    await page.keyboard.press("r")
    await expect(page.locator("#composer-thread")).to_be_focused()
    await expect(page.locator("#pane-thread .answering")).to_contain_text("Replying to Threadbot")
    await page.keyboard.type("which number was it?")
    await page.keyboard.press("Enter")
    question = page.locator("#pane-thread .message", has_text="which number was it?").first
    await expect(question.locator(".reply")).to_contain_text("Threadbot: SIMULATED")
    await expect(page.locator("#pane-thread .message.bot").last).to_contain_text(
        "which number was it?"
    )


async def test_a_question_that_is_changed_after_its_answer_offers_to_be_asked_again(
    page: Page,
) -> None:
    messages = await ask(page, "what is a cat?")
    bots = page.locator("#pane-thread .message.bot")
    await expect(bots.last.get_by_role("button", name="Regenerate")).to_be_visible()
    await page.locator("#composer-thread").press_sequentially("and a fish?")
    await page.locator("#composer-thread").press("Enter")
    await expect(bots).to_have_count(2)
    await expect(bots.last.get_by_role("button", name="Regenerate")).to_be_visible()
    await page.locator("#composer-thread").press("ArrowUp")
    editor = page.get_by_role("textbox", name="Edit your message")
    await editor.fill("and a bird?")
    await editor.press("Enter")
    await expect(messages.filter(has_text="and a bird?").first).to_be_visible()
    await expect(bots.last).to_contain_text("Regenerate")
    await expect(bots).to_have_count(3)
