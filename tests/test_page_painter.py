"""The page on which masks are painted, in a real browser: what is painted is what is sent.

Every mask is compared pixel by pixel, or at a grid of them, where the stand-in service has it.
"""

from __future__ import annotations

import io
import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, expect

from bot.forms import texts
from tests import patience
from tests.axe import violations
from tests.newcomer import ready
from tests.ordered import (
    Order,
    ask_for_edit,
    bodies,
    check_shown,
    hurry_edits,
    last_order,
    results,
)
from tests.playgrounds import Playground

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")

Point = tuple[float, float]
SIZE = (1536, 1024)
GRID = 8
# The brush at first: a tenth of the shorter side.
RADIUS = 51.2


@dataclass(slots=True)
class Painter:
    """The page of one link, in a tab."""

    tab: Page
    address: str

    async def at(self, x: float, y: float) -> Point:
        """Return where a pixel of the picture is in the tab."""
        box = await self.tab.locator("#canvas").bounding_box()
        assert box
        return box["x"] + x * box["width"] / SIZE[0], box["y"] + y * box["height"] / SIZE[1]

    async def paint(self, *points: Point) -> None:
        """Paint a line with the mouse, through pixels of the picture."""
        first, *rest = [await self.at(*point) for point in points]
        await self.tab.mouse.move(*first)
        await self.tab.mouse.down()
        for point in rest:
            await self.tab.mouse.move(*point, steps=4)
        await self.tab.mouse.up()

    async def press(self, name: str) -> None:
        """Press one of the tools."""
        await self.tab.get_by_role("button", name=name, exact=True).click()

    async def send(self) -> None:
        """Send the mask."""
        await self.press("Edit the picture")
        await expect(self.tab.locator("#said")).to_have_text(texts.LINK_TAKEN)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gallery(browser: Browser, playground: Playground) -> AsyncIterator[Page]:
    """Keep a page with one edited picture, from which every test paints on."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(patience.MILLISECONDS)
    page = await context.new_page()
    await page.goto(playground.url)
    await ready(page)
    await hurry_edits(page)
    await ask_for_edit(page, "make it blue")
    yield page
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def painter(gallery: Page) -> AsyncIterator[Painter]:
    """Ask for a link, and open it."""
    told = gallery.locator("#pane-thread .message.ephemeral")
    await results(gallery).first.get_by_role("button", name="Paint a mask").click()
    link = told.get_by_role("link")
    await expect(link).to_have_count(1)
    address = str(await link.get_attribute("href"))
    async with gallery.context.expect_page() as opened:
        await link.click()
    await told.get_by_role("button", name="Dismiss message").click()
    tab = await opened.value
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    await expect(tab.locator("html[data-ready]")).to_have_count(1)
    yield Painter(tab, address)
    for page in gallery.context.pages:
        if page is not gallery:
            await page.close()
    assert wrong == []


async def _order(gallery: Page, playground: Playground, orders: int) -> Order:
    """Wait until one more edit was asked of the service; return it."""
    for _ in range(patience.MILLISECONDS // 50):
        if len(bodies(playground)) > orders:
            return await last_order(gallery, playground)
        await gallery.wait_for_timeout(50)
    raise AssertionError("no edit was asked for")


def _distance(point: Point, *line: Point) -> float:
    """Return how far a point is from a line through others."""
    if len(line) == 1:
        return math.dist(point, line[0])
    return min(_from_segment(point, a, b) for a, b in pairwise(line))


def _from_segment(point: Point, a: Point, b: Point) -> float:
    (x, y), (ax, ay), (bx, by) = point, a, b
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length
    share = min(1.0, max(0.0, along))
    return math.dist(point, (ax + share * (bx - ax), ay + share * (by - ay)))


def _check(mask: bytes | None, depth: Callable[[Point], float]) -> None:
    """Compare a mask with what was painted.

    `depth` is how far within it a point lies, or beyond it (negative); the seam itself is left
    out, which lies between pixels of the screen.
    """
    assert mask is not None
    alpha = Image.open(io.BytesIO(mask)).convert("RGBA").getchannel("A")
    assert alpha.size == SIZE
    wrong = []
    for x in range(0, SIZE[0], GRID):
        for y in range(0, SIZE[1], GRID):
            within, open_ = depth((x, y)), alpha.getpixel((x, y)) == 0
            if abs(within) > 4 and open_ != (within > 0):
                wrong.append((x, y))
    assert wrong == []


async def test_a_mouse_paints_undoes_and_redoes_and_a_link_is_used_once(
    painter: Painter, gallery: Page, playground: Playground
) -> None:
    tab, orders = painter.tab, len(bodies(playground))
    state = tab.locator("#state")
    await expect(state).to_have_text("Nothing is painted yet.")
    await expect(tab.locator("#price")).to_contain_text("Sending this costs about $")
    other = await gallery.context.new_page()
    await other.goto(painter.address)
    await expect(other.locator("html[data-ready]")).to_have_count(1)
    await tab.bring_to_front()
    await painter.press("Edit the picture")
    said = tab.locator("#said")
    await expect(said).to_contain_text("Paint something first")
    await expect(said).to_have_class("wrong")

    line = (300.0, 200.0), (900.0, 200.0), (900.0, 500.0)
    await painter.paint(*line)
    await expect(state).to_contain_text("of the picture may change")
    await expect(said).to_have_text("")
    await expect(said).not_to_have_class("wrong")
    one = await state.text_content()
    await painter.press("Zoom in")
    await painter.press("Zoom in")
    await painter.paint((700, 700), (900, 800))
    await painter.press("Undo")
    await expect(state).to_have_text(str(one))
    await painter.press("Redo")
    await expect(state).not_to_have_text(str(one))
    await painter.press("Fit")
    await tab.get_by_role("textbox").fill("make it green")
    await painter.send()

    order = await _order(gallery, playground, orders)
    assert order.prompt == "make it green"
    second = (700.0, 700.0), (900.0, 800.0)
    _check(order.mask, lambda at: RADIUS - min(_distance(at, *line), _distance(at, *second)))
    result = results(gallery).filter(has_text="make it green")
    await expect(result).to_contain_text("only within a mask")
    await check_shown(gallery, playground, result)

    assert len(bodies(playground)) == orders + 1
    await other.bring_to_front()
    used = Painter(other, painter.address)
    await used.paint((100, 100), (200, 200))
    await used.press("Edit the picture")
    await expect(other.locator("#said")).to_have_text(texts.LINK_USED)
    await expect(other.get_by_role("button", name="Edit the picture")).to_be_disabled()
    await other.reload()
    await expect(other.get_by_role("main")).to_contain_text(texts.LINK_USED)
    assert await violations(other) == []
    assert len(bodies(playground)) == orders + 1


async def test_fingers_paint_and_zoom_and_all_can_be_inverted(
    painter: Painter, gallery: Page, playground: Playground
) -> None:
    tab, orders = painter.tab, len(bodies(playground))
    await tab.set_viewport_size({"width": 390, "height": 780})
    fingers = await tab.context.new_cdp_session(tab)
    await fingers.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    async def touch(kind: str, *points: Point) -> None:
        at = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        await fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    # Two fingers move apart: nearer, and nothing is painted by the first of them.
    before = await tab.locator("#canvas").bounding_box()
    x, y = await painter.at(768, 512)
    await touch("touchStart", (x - 20, y))
    await touch("touchStart", (x - 20, y), (x + 20, y))
    await touch("touchMove", (x - 40, y), (x + 40, y))
    await touch("touchEnd")
    after = await tab.locator("#canvas").bounding_box()
    assert before and after
    assert after["width"] == pytest.approx(2 * before["width"], rel=0.02)
    await expect(tab.locator("#state")).to_have_text("Nothing is painted yet.")

    line = [(700.0, 450.0), (850.0, 550.0)]
    await touch("touchStart", await painter.at(*line[0]))
    for share in (0.25, 0.5, 0.75, 1.0):
        await touch("touchMove", await painter.at(700 + 150 * share, 450 + 100 * share))
    await touch("touchEnd")
    await expect(tab.locator("#state")).to_contain_text("of the picture may change")
    await painter.press("Invert")
    await painter.send()
    order = await _order(gallery, playground, orders)
    _check(order.mask, lambda at: _distance(at, *line) - RADIUS)


async def test_the_keyboard_paints_erases_and_clears(
    painter: Painter, gallery: Page, playground: Playground
) -> None:
    tab, orders = painter.tab, len(bodies(playground))
    keys = tab.keyboard
    await painter.paint((200, 200), (1200, 800))
    await painter.press("Clear")
    await expect(tab.locator("#state")).to_have_text("Nothing is painted yet.")
    await keys.press("Control+z")
    await expect(tab.locator("#state")).to_contain_text("may change")
    await keys.press("Control+Shift+Z")
    await expect(tab.locator("#state")).to_have_text("Nothing is painted yet.")

    # From where the mouse was last, to the corner: there the way is known.
    easel = tab.get_by_role("application")
    await easel.focus()
    for key in ("Shift+ArrowLeft", "Shift+ArrowUp"):
        for _ in range(16):
            await keys.press(key)
    for _ in range(2):
        await keys.press("Shift+ArrowDown")
    await keys.press("Enter")
    await expect(tab.locator("#state")).to_contain_text("The brush is down")
    for _ in range(12):
        await keys.press("ArrowRight")
    await keys.press("Enter")
    await keys.press("e")
    await expect(tab.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    for _ in range(6):
        await keys.press("ArrowLeft")
    await keys.press("Space")
    await tab.get_by_role("textbox").press_sequentially(" bei i")
    await expect(tab.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    await painter.send()
    order = await _order(gallery, playground, orders)
    assert "bei i" in order.prompt
    # A key moves by half a brush, with Shift by two brushes.
    down = 2 * 4 * RADIUS
    line, hole = ((0.0, down), (12 * RADIUS, down)), (6 * RADIUS, down)
    _check(
        order.mask,
        lambda at: min(RADIUS - _distance(at, *line), _distance(at, hole) - RADIUS),
    )


async def test_whoever_cannot_see_or_has_little_room_can_paint_too(painter: Painter) -> None:
    assert await violations(painter.tab) == []
    await painter.paint((300, 300), (500, 500))
    await painter.tab.locator("summary").click()
    assert await violations(painter.tab) == []
    for scheme in ("dark", "light"):
        await painter.tab.emulate_media(color_scheme=scheme)
        for width in (390, 320):
            await painter.tab.set_viewport_size({"width": width, "height": 640})
            small = await painter.tab.evaluate(
                """[...document.querySelectorAll("button, input[type=range]")]
                    .filter((element) => element.offsetHeight < 44 || element.offsetWidth < 44)
                    .map((element) => element.outerHTML)"""
            )
            assert small == []
            wide = await painter.tab.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, "one has to scroll sideways"
            # What is told of nothing painted is red; it is read in either light.
            await painter.press("Clear")
            await painter.press("Edit the picture")
            await expect(painter.tab.locator("#said")).to_contain_text("Paint something first")
            assert await violations(painter.tab) == []
            # By the keyboard alone, from where one was led.
            await expect(painter.tab.get_by_role("application")).to_be_focused()
            await painter.tab.keyboard.press("Space")
            await expect(painter.tab.locator("#said")).to_have_text("")


async def test_whoever_sends_by_keyboard_is_not_led_away(painter: Painter) -> None:
    tab = painter.tab
    await painter.paint((300, 300), (500, 500))
    words = tab.get_by_role("textbox")
    await words.fill("  ")
    send = tab.get_by_role("button", name="Edit the picture")
    await send.press("Enter")
    said = tab.locator("#said")
    await expect(said).to_contain_text("Write what is to change")
    await expect(send).to_be_focused()
    await words.fill("a few dots")
    await send.press("Enter")
    await expect(said).to_have_text(texts.LINK_TAKEN)
    await expect(said).to_be_focused()


async def test_a_page_that_was_open_for_too_long_says_so(painter: Painter) -> None:
    tab = painter.tab
    await tab.clock.install()
    await tab.reload()
    await expect(tab.locator("html[data-ready]")).to_have_count(1)
    await tab.clock.fast_forward("16:00")
    await expect(tab.locator("#said")).to_contain_text("This link has expired")
    await expect(tab.get_by_role("button", name="Edit the picture")).to_be_disabled()
