"""`make pictures`: photograph the playground for the README, from what it really does.

One playground, one browser: a picture is edited in Discord's view and in Slack's, and a mask is
painted. The files go to `docs/`, each below `MOST_BYTES`.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser import ARGUMENTS, find_program
from tests.newcomer import go_to_slack, ready
from tests.ordered import ask_for_edit, hurry_edits, results
from tests.playgrounds import start_playground

FOLDER = Path(__file__).parent.parent / "docs"
MOST_BYTES = 150_000
COLOURS = 256
PROMPT = "make the sky pink"
MARGIN = 10


async def main() -> int:
    """Make every picture; return the exit code."""
    program = find_program()
    if program is None:
        print("No browser was found: install Chromium.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        playground = await start_playground(Path(data))
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=program, args=list(ARGUMENTS)
                )
                await _photograph(browser, playground.url)
                await browser.close()
        finally:
            await playground.stop()
    return 0


async def _photograph(browser: Browser, url: str) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 1000})
    page = await context.new_page()
    await page.goto(url)
    await ready(page)
    await hurry_edits(page)
    result = await ask_for_edit(page, PROMPT)
    await _save("edit-discord", await _close_up(page, result))

    told = page.locator("#pane-thread .message.ephemeral")
    await result.get_by_role("button", name="Paint a mask").click()
    async with context.expect_page() as opened:
        await told.get_by_role("link").click()
    await _save("painter", await _paint(await opened.value))

    await go_to_slack(page)
    result = await ask_for_edit(page, PROMPT)
    await page.set_viewport_size({"width": 1280, "height": 1300})
    await _save("edit-slack", await _close_up(page, result))
    await context.close()


async def _close_up(page: Page, result: Locator) -> bytes:
    """Return a message and the few things around it, once its pictures are there."""
    await page.mouse.move(0, 0)
    await page.evaluate("document.activeElement.blur()")
    for n in range(2):
        picture = results(page).first.locator(".content img").nth(n)
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("complete", True)
    box = await result.bounding_box()
    assert box
    return await page.screenshot(
        clip={
            "x": box["x"],
            "y": box["y"] - MARGIN,
            "width": box["width"],
            "height": box["height"] + 2 * MARGIN,
        }
    )


async def _paint(tab: Page) -> bytes:
    """Paint over the sky; return what the page looks like."""
    await tab.set_viewport_size({"width": 900, "height": 760})
    await expect(tab.locator("html[data-ready]")).to_have_count(1)
    await tab.locator("#size").fill("34")
    box = await tab.locator("#canvas").bounding_box()
    assert box
    for down in (0.06, 0.2, 0.34):
        await tab.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * down)
        await tab.mouse.down()
        across = 0.94 if down < 0.3 else 0.4
        await tab.mouse.move(
            box["x"] + box["width"] * across, box["y"] + box["height"] * down, steps=12
        )
        await tab.mouse.up()
    await tab.get_by_role("textbox").fill("a sky full of stars")
    await tab.evaluate("document.activeElement.blur()")
    await tab.wait_for_timeout(200)
    return await tab.screenshot(full_page=True)


async def _save(name: str, shot: bytes) -> None:
    """Keep a picture with few colours, which is all that such a page has."""
    with Image.open(io.BytesIO(shot)) as whole:
        few = whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    few.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(FOLDER.parent)}  {few.width} x {few.height}  {size:,} bytes")
    if size > MOST_BYTES:
        raise SystemExit(f"{name} is over {MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
