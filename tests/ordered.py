"""Edits of pictures by the page: what the stand-in service was sent, and what is shown of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from playwright.async_api import Locator, Page, expect

from adapters.playground.picture_edits import Wish, edit
from adapters.playground.samples import SAMPLES
from tests.playgrounds import Playground
from tests.studio import alike

Json = dict[str, Any]

ROUTE = "/v2/gpt-image-1-edit-mini"


@dataclass(frozen=True, slots=True)
class Order:
    """One edit as it was asked of the service: its words, and the very bytes."""

    body: Json
    pictures: list[bytes]
    mask: bytes | None

    @property
    def prompt(self) -> str:
        """Return the words."""
        return str(self.body["prompt"])

    def made(self) -> bytes:
        """Return what the service makes of it."""
        chosen = {name: self.body[name] for name in ("size", "quality") if name in self.body}
        return edit(Wish(self.prompt, **chosen), self.pictures, self.mask)


def bodies(playground: Playground) -> list[Json]:
    """Return what was asked of the service so far, oldest first."""
    lines = (playground.data / "playground" / "history.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines if ROUTE in line]
    return [one["request"] for one in entries if one["path"] == ROUTE]


async def last_order(page: Page, playground: Playground) -> Order:
    """Return the newest order with its bytes."""
    body = bodies(playground)[-1]
    pictures = [await fetch(page, url) for url in body["image_urls"]]
    mask = await fetch(page, body["mask"]) if body.get("mask") else None
    return Order(body, pictures, mask)


async def fetch(page: Page, url: str) -> bytes:
    """Return what is at an address of the playground."""
    answer = await page.request.get(urljoin(page.url, url))
    assert answer.ok, url
    return await answer.body()


async def hurry_edits(page: Page, on: bool = True) -> None:
    """Let edits take a moment, or as long as they usually do here."""
    wish = {"group": "segmind", "switch": "segmind-quick", "on": on}
    answer = await page.request.post(urljoin(page.url, "/page/weather"), data=wish)
    assert answer.ok


async def take_sample(page: Page, title: str, *, among: Locator | None = None) -> None:
    """Attach a picture that comes with the playground: in the channel's composer, or in a field."""
    place = among or page.locator("#pane-main .composer")
    await place.get_by_role("button", name="sample picture").click()
    await place.get_by_role("button", name=title, exact=True).click()
    (name,) = [one.name for one in SAMPLES.values() if one.title == title]
    if await place.locator(".tray").count():
        await expect(place.locator(".tray")).to_contain_text(f"{name}.png")
    else:
        await expect(place.locator("input[type=file]")).to_have_value(re.compile(f"{name}.png"))


async def ask_for_edit(page: Page, prompt: str) -> Locator:
    """Ask for an edit of the harbour by a mention in the channel; return the result's message."""
    await take_sample(page, "A harbour")
    await page.locator("#composer-main").fill(f"@Threadbot edit: {prompt}")
    await page.locator("#composer-main").press("Enter")
    await expect(results(page)).to_have_count(1)
    return results(page).first


def field(form: Locator, label: str) -> Locator:
    """Return a field of a form with all that belongs to it."""
    return form.locator(".option", has=form.page.get_by_text(label, exact=True))


def results(page: Page) -> Locator:
    """Return the thread's messages that show pictures together."""
    pair = page.locator(".content figure + figure")
    return page.locator("#pane-thread .message.bot", has=pair)


async def check_shown(page: Page, playground: Playground, result: Locator) -> Order:
    """Compare what a message shows with what the service was sent and makes of it."""
    order = await last_order(page, playground)
    shown = result.locator(".content img")
    await expect(shown).to_have_count(2)
    before, after = [
        await fetch(page, str(await shown.nth(n).get_attribute("src"))) for n in range(2)
    ]
    assert alike(before, order.pictures[0]), "another picture stands before it"
    assert alike(after, order.made()), "another picture is shown than was made"
    return order
