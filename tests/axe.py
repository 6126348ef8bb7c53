"""What axe-core finds wrong with a page for people who do not see it, or not well."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

FOLDER = Path(__file__).parent / "vendor" / "axe"
SIZES = ({"width": 1360, "height": 850}, {"width": 390, "height": 780})
_RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}"""
_WIDER = "document.documentElement.scrollWidth > innerWidth"


async def violations(page: Page, sizes: tuple[dict[str, int], ...] = SIZES) -> list[str]:
    """Return what is wrong with what is shown now, wide and narrow, light and dark."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate((FOLDER / "axe.min.js").read_text())
    before = page.viewport_size
    found: list[str] = []
    for size in sizes:
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for scheme in ("dark", "light"):
            await page.emulate_media(color_scheme=scheme)
            where = f"{size['width']} px, {scheme}: "
            found += [where + one for one in await page.evaluate(_RUN)]
        if await page.evaluate(_WIDER):
            found.append(f"{size['width']} px: wider than the screen")
    if before:
        await page.set_viewport_size(before)
    return found
