"""Pictures are edited in Slack's view: by every door, with options, by each button.

What the service was sent, and what is shown of it, is compared byte by byte or pixel by pixel.
"""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from adapters.playground.samples import draw
from tests.axe import violations
from tests.newcomer import go_to_channel, go_to_slack
from tests.ordered import (
    ask_for_edit,
    check_first_edit,
    check_shown,
    edit_form,
    field,
    hurry_edits,
    last_order,
    results,
    take_sample,
    use_every_button,
)
from tests.playgrounds import Playground
from tests.studio import alike, opening

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _ready(page: Page) -> None:
    await go_to_slack(page)
    await hurry_edits(page)


async def test_a_mention_edits_a_sample_and_shows_before_and_after(
    page: Page, playground: Playground
) -> None:
    await check_first_edit(page, playground)
    assert await violations(page) == []


async def test_an_edit_can_be_stopped(page: Page) -> None:
    await hurry_edits(page, on=False)
    await go_to_channel(page, "team")
    await take_sample(page, "A cat")
    await page.locator("#composer-main").fill("@Threadbot edit: make it blue")
    await page.locator("#composer-main").press("Enter")
    thread = page.locator("#pane-thread")
    await expect(thread).to_contain_text("diting the picture…")
    await thread.get_by_role("button", name="Stop").click()
    await expect(thread.locator(".message.bot").last).to_contain_text("topped")
    await expect(thread.get_by_role("button", name="Stop")).to_have_count(0)
    await expect(results(page)).to_have_count(0)


async def test_the_menu_of_a_message_opens_the_form_by_keyboard_alone(
    page: Page, playground: Playground
) -> None:
    result = await ask_for_edit(page, "make it blue")
    item = result.get_by_role("button", name="Edit image")
    await result.press(".")
    await expect(item).to_be_focused()
    await page.keyboard.press("Enter")
    form = edit_form(page)
    words = form.get_by_role("textbox", name="What is to change")
    await expect(words).to_be_focused()
    assert await violations(page) == []
    await words.fill("rotate the sky, like the cat")
    await form.get_by_role("combobox", name="The picture to edit").select_option(index=0)
    for label, value in (
        ("Size of the result", "1024x1024 (square)"),
        ("Quality", "low"),
        ("Kind of file", "jpeg"),
        ("Moderation", "low"),
    ):
        await form.get_by_role("combobox", name=label).select_option(label=value)
    await form.get_by_role("textbox", name="Compression").fill("70")
    await take_sample(page, "A cat", among=field(form, "More pictures to take something from"))
    await form.get_by_role("button", name="Edit", exact=True).click()
    await expect(form).to_have_count(0)
    await expect(results(page)).to_have_count(2)
    order = await last_order(page, playground)
    assert {**order.body, "image_urls": None} == {
        "prompt": "rotate the sky, like the cat",
        "image_urls": None,
        "size": "1024x1024",
        "quality": "low",
        "output_format": "jpeg",
        "output_compression": 70,
        "moderation": "low",
    }
    assert len(order.pictures) == 2
    assert alike(order.pictures[1], draw("cat"))


async def test_the_command_opens_a_form_with_samples_and_a_mask(
    page: Page, playground: Playground
) -> None:
    await page.locator("#composer-main").fill("/edit-image ")
    await page.locator("#composer-main").press("Enter")
    form = edit_form(page)
    words = form.get_by_role("textbox", name="What is to change")
    await expect(words).to_be_focused()
    await words.fill("make the sky purple")
    upload = form.locator(".option", has_text="first one is edited")
    await take_sample(page, "A harbour", among=upload)
    compression = form.get_by_role("textbox", name="Compression")
    await compression.fill("101")
    await form.get_by_role("button", name="Edit", exact=True).click()
    await expect(form.locator(".wrong:not(:empty)")).to_contain_text("from 1 to 100")
    await compression.fill("")
    masked = field(form, "Mask: light where it may change")
    await take_sample(page, "Mask: the sky of the harbour", among=masked)
    await form.get_by_role("button", name="Edit", exact=True).click()
    await expect(form).to_have_count(0)
    question = page.locator("#pane-main .message", has_text="make the sky purple").last
    await question.locator(".thread-card").click()
    last = results(page).last
    await expect(last).to_contain_text("only within a mask")
    order = await check_shown(page, playground, last)
    assert alike(order.pictures[0], draw("harbour"))
    assert order.mask is not None
    open_ = opening(order.mask)
    assert (300, 20) in open_
    assert (300, 300) not in open_
    assert (100, 150) not in open_


async def test_what_is_wrong_is_not_behind_the_buttons(page: Page) -> None:
    await page.locator("#composer-main").fill("/edit-image ")
    await page.locator("#composer-main").press("Enter")
    form = edit_form(page)
    words = form.get_by_role("textbox", name="What is to change")
    await expect(words).to_be_focused()
    await take_sample(page, "A cat", among=form.locator(".option", has_text="first one is edited"))
    await words.fill("make it purple")
    compression = form.get_by_role("textbox", name="Compression")
    await compression.fill("500")
    for width, height in ((1280, 800), (390, 780)):
        await page.set_viewport_size({"width": width, "height": height})
        await form.get_by_role("button", name="Edit", exact=True).click()
        await expect(compression).to_be_focused()
        wrong = form.get_by_text("A whole number from 1 to 100")
        for seen in (compression, wrong):
            covered = await seen.evaluate(
                """(element) => {
                  const { left, bottom } = element.getBoundingClientRect();
                  return !element.contains(document.elementFromPoint(left + 4, bottom - 4));
                }"""
            )
            assert not covered, "it stands behind the buttons"


async def test_every_button_under_a_result(page: Page, playground: Playground) -> None:
    async def go_back(form: Locator) -> None:
        which = form.get_by_role("combobox", name="Which one")
        await expect(which).to_be_visible()
        await form.get_by_role("button", name="Show it").click()

    await use_every_button(page, playground, send="Edit", go_back=go_back)
