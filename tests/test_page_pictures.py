"""Pictures are edited in Discord's view: by every door, with options, by each button.

What the service was sent, and what is shown of it, is compared byte by byte or pixel by pixel.
"""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from adapters.playground.samples import draw
from tests.axe import violations
from tests.newcomer import ready
from tests.ordered import (
    ask_for_edit,
    bodies,
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
    await ready(page)
    await hurry_edits(page)


async def _use(page: Page, command: str) -> Locator:
    """Choose a command in the channel; return its form."""
    await page.locator("#composer-main").fill(f"/{command} ")
    form = page.get_by_role("form", name=f"Command /{command}")
    await expect(form).to_be_visible()
    return form


async def test_a_mention_edits_a_sample_and_shows_before_and_after(
    page: Page, playground: Playground
) -> None:
    after = await check_first_edit(page, playground)
    result = results(page).first
    before = result.get_by_role("img").first
    one, other = await before.bounding_box(), await after.bounding_box()
    assert one and other and abs(one["y"] - other["y"]) < 2, "they do not stand side by side"
    assert one["x"] + one["width"] <= other["x"]
    await result.hover()
    await result.get_by_role("button", name="Reply").click()
    await expect(page.locator("#pane-thread .answering")).to_contain_text("make the sky pink")


async def test_a_sample_is_at_hand_before_it_is_chosen(page: Page) -> None:
    """Whoever presses Enter right after choosing one sends it along."""
    composer = page.locator("#pane-main .composer")
    async with page.expect_response(lambda answer: answer.url.endswith("/samples/cat.png")):
        await composer.get_by_role("button", name="sample picture").click()
    await page.wait_for_load_state("networkidle")
    await page.route("**/page/samples/*", lambda route: route.abort())
    try:
        await composer.get_by_role("button", name="A cat", exact=True).click()
        await expect(composer.locator(".tray")).to_contain_text("cat.png")
    finally:
        await page.unroute("**/page/samples/*")


async def test_one_sees_how_far_an_edit_is_and_can_stop_it(page: Page) -> None:
    await hurry_edits(page, on=False)
    await take_sample(page, "A cat")
    await page.locator("#composer-main").fill("@Threadbot edit: make it blue")
    await page.locator("#composer-main").press("Enter")
    working = page.locator("#pane-thread .message.bot")
    await expect(working).to_contain_text("Editing the picture…")
    await expect(working.locator(".content")).to_contain_text("Editing the picture")
    await working.get_by_role("button", name="Stop").click()
    await expect(page.locator("#pane-thread .message.bot").last).to_contain_text("topped")
    await expect(page.locator("#pane-thread").get_by_role("button", name="Stop")).to_have_count(0)
    await expect(results(page)).to_have_count(0)


async def test_the_menu_of_a_message_opens_the_form_by_keyboard_alone(
    page: Page, playground: Playground
) -> None:
    result = await ask_for_edit(page, "make it blue")
    await result.focus()
    await page.keyboard.press(".")
    item = result.get_by_role("button", name="Edit image")
    await expect(item).to_be_focused()
    await page.keyboard.press("Enter")
    form = edit_form(page)
    words = form.get_by_role("textbox", name="What is to change")
    await expect(words).to_be_focused()
    assert await violations(page) == []
    await words.fill("rotate it, with the cat")
    await form.get_by_role("combobox", name="The picture to edit").select_option(index=0)
    await form.get_by_role("combobox", name="Quality").select_option(label="low")
    size = form.get_by_role("combobox", name="Size of the result")
    await size.select_option(label="1024x1024 (square)")
    await take_sample(page, "A cat", among=field(form, "More pictures to take something from"))
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_have_count(0)
    await expect(results(page)).to_have_count(2)
    order = await check_shown(page, playground, results(page).last)
    assert {**order.body, "image_urls": None} == {
        "prompt": "rotate it, with the cat",
        "image_urls": None,
        "size": "1024x1024",
        "quality": "low",
    }
    assert len(order.pictures) == 2
    assert alike(order.pictures[1], draw("cat"))


async def test_the_command_takes_pictures_a_mask_and_every_choice(
    page: Page, playground: Playground
) -> None:
    form = await _use(page, "edit-image")
    await form.get_by_role("textbox", name="prompt").fill("make the sky purple")
    await take_sample(page, "A harbour", among=field(form, "image"))
    await take_sample(page, "A cat", among=field(form, "image2"))
    await take_sample(page, "Mask: the sky of the harbour", among=field(form, "mask"))
    for name, value in (
        ("size", "1536x1024 (landscape)"),
        ("quality", "high"),
        ("background", "transparent"),
        ("format", "webp"),
        ("moderation", "low"),
    ):
        await field(form, name).locator("select").select_option(label=value)
    await form.get_by_role("textbox", name="compression").fill("80")
    await form.get_by_role("button", name="Use command").click()
    await expect(form).to_have_count(0)
    threads = page.locator("#sidebar")
    await threads.get_by_role("button", name="make the sky purple").first.click()
    await expect(results(page)).to_have_count(1)
    await expect(results(page)).to_contain_text("only within a mask")
    order = await last_order(page, playground)
    assert {
        key: order.body.get(key) for key in order.body if key not in ("image_urls", "mask")
    } == {
        "prompt": "make the sky purple",
        "size": "1536x1024",
        "quality": "high",
        "background": "transparent",
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
    }
    harbour, cat = order.pictures
    assert alike(harbour, draw("harbour"))
    assert alike(cat, draw("cat"))
    assert order.mask is not None
    open_ = opening(order.mask)
    assert (300, 20) in open_ and (300, 300) not in open_ and (100, 150) not in open_


async def test_a_command_without_anything_opens_a_form_that_says_what_is_missing(
    page: Page, playground: Playground
) -> None:
    before = len(bodies(playground))
    form = await _use(page, "edit-image")
    await form.get_by_role("button", name="Use command").click()
    dialog = edit_form(page)
    words = dialog.get_by_role("textbox", name="What is to change")
    await expect(words).to_be_focused()
    await dialog.get_by_role("button", name="Submit").click()
    await expect(words).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert len(bodies(playground)) == before


async def test_every_button_under_a_result(page: Page, playground: Playground) -> None:
    async def go_back(form: Locator) -> None:
        which = form.get_by_role("combobox", name="Which one")
        await expect(which).to_be_visible()
        await which.select_option(label=str(await which.locator("option").last.inner_text()))
        await form.get_by_role("button", name="Submit").click()

    await use_every_button(page, playground, send="Submit", go_back=go_back)


async def test_pictures_are_named_by_their_numbers(page: Page, playground: Playground) -> None:
    await ask_for_edit(page, "make it green")
    await take_sample(page, "A cat", among=page.locator("#pane-thread .composer"))
    await page.locator("#composer-thread").fill("edit: #1 in grey, like #2")
    await page.locator("#composer-thread").press("Enter")
    await expect(results(page)).to_have_count(2)
    await expect(results(page).last.locator(".content")).to_contain_text("#1")
    order = await last_order(page, playground)
    assert len(order.pictures) >= 2


async def test_what_a_result_looks_like_is_said_and_fits(page: Page) -> None:
    await ask_for_edit(page, "make it purple")
    await page.locator("#composer-main").scroll_into_view_if_needed()
    assert await violations(page) == []
    await page.set_viewport_size({"width": 390, "height": 780})
    shown = results(page).last.get_by_role("img")
    for n in range(2):
        box = await shown.nth(n).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
