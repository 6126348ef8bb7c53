"""Commands in the page: listed, filled in and used by keyboard alone, answered in private."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.newcomer import ask, be, file, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")

SEGMIND = "gpt-5.4-mini"


async def _open(page: Page, command: str, pane: str = "main") -> Locator:
    """Open a command's form by keyboard, once the bot has registered it."""
    await ready(page)
    box = page.locator(f"#composer-{pane}")
    await box.focus()
    await page.keyboard.type(f"/{command}")
    option = page.get_by_role("option", name=f"/{command} ")
    await expect(option).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    return page.get_by_role("form", name=f"Command /{command}")


async def test_a_slash_lists_the_commands_with_what_they_do(page: Page) -> None:
    await ready(page)
    box = page.locator("#composer-main")
    await box.press_sequentially("/")
    options = page.get_by_role("listbox", name="Commands").get_by_role("option")
    # Nine of one word, and eleven about limits, which the admin is shown.
    await expect(options).to_have_count(20)
    for name in ("ask", "help", "model", "new", "persona", "settings", "status", "usage"):
        await expect(options.filter(has_text=f"/{name}")).to_have_count(1)
    await box.press("ArrowDown")
    chosen = options.nth(1)
    await expect(chosen).to_have_attribute("aria-selected", "true")
    await expect(box).to_have_attribute(
        "aria-activedescendant", str(await chosen.get_attribute("id"))
    )
    await box.press("Escape")
    await expect(options).to_have_count(0)
    await box.press_sequentially("nothing")
    await expect(page.get_by_text("There is no command /nothing.")).to_be_visible()


async def test_what_is_wrong_with_an_option_is_named_beside_it(page: Page) -> None:
    form = await _open(page, "ask")
    prompt = form.get_by_role("textbox", name="prompt")
    await expect(prompt).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(form.get_by_text("prompt is required.")).to_be_visible()
    await expect(prompt).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("what is a tide?")
    tokens = form.get_by_role("textbox", name="max_tokens")
    await tokens.fill("3")
    await prompt.press("Enter")
    await expect(tokens).to_be_focused()
    fault = form.get_by_text("max_tokens must be a whole number, 16 to 128,000.")
    await expect(fault).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#composer-main")).to_be_focused()


async def test_a_question_by_command_is_answered_in_a_thread_of_its_own(page: Page) -> None:
    form = await _open(page, "ask")
    await page.keyboard.type("what is in this file?")
    await form.locator("input[type=file]").set_input_files(
        [file("tides.txt", "text/plain", b"Twice a day.\n" * 20)]
    )
    await form.get_by_role("button", name="Use command").press("Enter")
    card = page.locator("#pane-main .message.bot", has_text="what is in this file?").last
    await expect(card.locator(".reply")).to_contain_text("Ada used /ask")
    await card.locator(".thread-card").click()
    answer = page.locator("#pane-thread .message.bot", has_text="SIMULATED").last
    await expect(answer).to_contain_text("tides.txt")


async def test_help_is_for_ones_own_eyes_and_can_be_put_away(page: Page) -> None:
    form = await _open(page, "help")
    await expect(form.get_by_role("button", name="Use command")).to_be_focused()
    await page.keyboard.press("Enter")
    mine = page.locator("#pane-main .message.ephemeral")
    await expect(mine).to_have_count(1)
    await page.get_by_role("button", name="Help").click()
    await expect(mine).to_have_count(2)
    await mine.first.get_by_role("button", name="Dismiss message").click()
    told = mine.last
    await expect(told).to_contain_text("Only you can see this")
    await expect(told.locator(".reply")).to_contain_text("Ada used /help")
    await told.get_by_role("button", name="Dismiss message").press("Enter")
    await expect(page.locator("#pane-main .message.ephemeral")).to_have_count(0)


async def test_a_model_chosen_by_command_answers_with_honest_progress(page: Page) -> None:
    messages = await ask(page, "hello before the change")
    await expect(messages.last).to_contain_text("SIMULATED")
    form = await _open(page, "model", "thread")
    model = form.get_by_role("combobox", name="model")
    await model.fill("")
    await model.press_sequentially(SEGMIND)
    choice = page.get_by_role("listbox", name="Choices for model").get_by_role("option")
    await expect(choice.first).to_contain_text(SEGMIND)
    await expect(choice.first.locator(".tag")).to_have_text("SIMULATED")
    await page.keyboard.press("Enter")
    await form.get_by_role("button", name="Use command").press("Enter")
    told = page.locator("#pane-thread .message.ephemeral").last
    await expect(told).to_contain_text(SEGMIND)
    await page.locator("#composer-thread").fill("and after it?")
    await page.locator("#composer-thread").press("Enter")
    answer = page.locator("#pane-thread .message.bot:not(.ephemeral)").last
    await expect(answer.get_by_role("button", name="Stop")).to_be_visible()
    await expect(answer.locator(".content")).to_contain_text(" s")
    await page.locator("#weather-button").click()
    quick = page.get_by_role("checkbox", name="Quick jobs")
    await quick.check()
    await expect(answer).to_contain_text("and after it?")
    await expect(answer).to_contain_text("SIMULATED")
    await quick.uncheck()


async def test_only_admins_are_shown_to_be_and_members_are_told_why_not(page: Page) -> None:
    await expect(page.locator("#person option").first).to_have_text("Ada (admin)")
    await be(page, "Ben")
    form = await _open(page, "persona")
    await form.get_by_role("textbox", name="text").fill("Speak like a pirate.")
    await form.get_by_role("combobox", name="for").select_option(label="server")
    await form.get_by_role("button", name="Use command").press("Enter")
    told = page.locator("#pane-main .message.ephemeral").last
    await expect(told).to_contain_text("Manage Server")
