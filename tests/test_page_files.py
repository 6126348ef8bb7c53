"""Files and pictures in the page: picked, dropped, pasted, taken back, shown and answered."""

from __future__ import annotations

import base64

import pytest
from playwright.async_api import Page, expect

from adapters.playground.samples import draw
from tests.newcomer import file, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURE = draw("harbour")
TEXT = file("notes.txt", "text/plain", b"High tide at six.")
BRING = """(element, {kind, name, type, data}) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const brought = new DataTransfer();
  brought.items.add(new File([bytes], name, { type }));
  const how = { bubbles: true, cancelable: true };
  element.dispatchEvent(kind === "paste"
    ? new ClipboardEvent(kind, { ...how, clipboardData: brought })
    : new DragEvent(kind, { ...how, dataTransfer: brought }));
}"""


async def test_a_question_about_a_file_and_a_picture_is_answered_with_both(page: Page) -> None:
    await ready(page)
    files = page.locator("#pane-main input[type=file]")
    await files.set_input_files([TEXT, file("boat.png", "image/png", PICTURE)])
    tray = page.get_by_role("list", name="Files to send")
    await expect(tray.get_by_role("listitem")).to_have_count(2)
    await expect(tray).to_contain_text("17 bytes")
    await expect(page.locator("#composer-main")).to_be_focused()
    await page.keyboard.type("@Threadbot what are these?")
    await page.keyboard.press("Enter")
    await expect(tray).to_have_count(0)
    message = page.locator("#pane-main .message", has_text="what are these?").last
    await expect(message.get_by_role("img", name="boat.png")).to_be_visible()
    await expect(message.locator("figcaption")).to_contain_text("640 × 420")
    async with page.expect_download() as download:
        await message.get_by_role("link", name="notes.txt").click()
    assert (await (await download.value).path()).read_bytes() == TEXT["buffer"]
    answer = page.locator("#pane-thread .message.bot").last
    await expect(answer).to_contain_text("1 picture")
    await expect(answer).to_contain_text("High tide at six.")


async def test_the_sample_picture_is_asked_about_with_one_click(page: Page) -> None:
    await ready(page)
    await page.get_by_role("button", name="Ask about a picture").click()
    answer = page.locator("#pane-thread .message.bot").last
    await expect(answer).to_contain_text("640 × 420")


async def test_files_are_dropped_and_pasted_and_taken_back_by_keyboard(page: Page) -> None:
    data = base64.b64encode(PICTURE).decode()
    picture = {"name": "dropped.png", "type": "image/png", "data": data}
    await page.locator("#pane-main").evaluate(BRING, picture | {"kind": "drop"})
    await page.locator("#composer-main").evaluate(
        BRING, picture | {"kind": "paste", "name": "pasted.png"}
    )
    tray = page.get_by_role("list", name="Files to send")
    await expect(tray.get_by_role("listitem")).to_have_count(2)
    await tray.get_by_role("button", name="Remove dropped.png").press("Enter")
    await expect(tray.get_by_role("listitem")).to_have_count(1)
    await expect(tray.get_by_role("button", name="Remove pasted.png")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(tray).to_have_count(0)
    await expect(page.get_by_role("button", name="Attach files").first).to_be_focused()


async def test_a_file_that_discord_would_not_take_is_named(page: Page) -> None:
    await page.locator("#composer-main").evaluate(
        """(box) => {
          const brought = new DataTransfer();
          brought.items.add(new File([new Uint8Array(10 * 1024 * 1024 + 1)], "big.bin"));
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: brought }));
        }"""
    )
    await expect(page.locator(".toast")).to_contain_text("big.bin has 10.0 MB")
    await expect(page.get_by_role("list", name="Files to send")).to_have_count(0)


async def test_what_runs_in_a_browser_is_no_picture_and_runs_nothing(page: Page) -> None:
    script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>"
    await page.locator("#pane-main input[type=file]").set_input_files(
        [file("drawing.svg", "image/svg+xml", script)]
    )
    await page.locator("#composer-main").press("Enter")
    link = page.locator("#pane-main .message").last.get_by_role("link", name="drawing.svg")
    await expect(link).to_have_attribute("download", "drawing.svg")
    address = await link.evaluate("link => link.href")
    answer = await page.request.get(address)
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
