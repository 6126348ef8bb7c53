"""What axe-core finds wrong with a page for people who do not see it, or not well."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, ViewportSize

FOLDER = Path(__file__).parent / "vendor" / "axe"
SIZES: tuple[ViewportSize, ...] = (
    {"width": 1360, "height": 850},
    {"width": 390, "height": 780},
)
# Only colours differ between light and dark: the rest need not be looked at twice.
_RUN = """async (rules) => {
  const options = rules ? { runOnly: rules } : {};
  const found = await axe.run(document, { resultTypes: ["violations"], ...options });
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}"""
_COLOURS = ["color-contrast", "link-in-text-block"]
_WIDER = "document.documentElement.scrollWidth > innerWidth"


async def violations(page: Page) -> list[str]:
    """Return what is wrong with what is shown now, wide and narrow, light and dark."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate((FOLDER / "axe.min.js").read_text())
    before = page.viewport_size
    found: list[str] = []
    for size in SIZES:
        await page.set_viewport_size(size)
        where = f"{size['width']} px"
        found += [f"{where}, light: {one}" for one in await page.evaluate(_RUN, None)]
        await page.emulate_media(color_scheme="dark")
        found += [f"{where}, dark: {one}" for one in await page.evaluate(_RUN, _COLOURS)]
        await page.emulate_media(color_scheme="light")
        if await page.evaluate(_WIDER):
            found.append(f"{where}: wider than the screen")
    if before:
        await page.set_viewport_size(before)
    return found
