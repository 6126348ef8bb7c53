"""Edits of pictures by the page: what the stand-in service was sent, and what is shown of it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from playwright.async_api import Locator, Page, expect

from adapters.playground.picture_edits import Wish, edit
from adapters.playground.samples import SAMPLES, draw
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


def edit_form(page: Page) -> Locator:
    """Return the form of an edit, once it is more than the word that it is on its way."""
    return page.get_by_role("dialog", name="Edit a picture")


async def check_first_edit(page: Page, playground: Playground) -> Locator:
    """Let a mention edit a sample, and compare; return the edited picture of the result."""
    result = await ask_for_edit(page, "make the sky pink")
    order = await check_shown(page, playground, result)
    assert (order.prompt, order.mask) == ("make the sky pink", None)
    assert alike(order.pictures[0], draw("harbour"))
    await expect(result.locator(".content")).to_contain_text("#1 → #2")
    await expect(result.get_by_role("img", name="Picture #1, sent by Ada")).to_be_visible()
    after = result.get_by_role("img", name="Picture #2, edited: make the sky pink")
    await expect(after).to_be_visible()
    return after


async def use_every_button(
    page: Page, playground: Playground, *, send: str, go_back: Callable[[Locator], Awaitable[None]]
) -> None:
    """Vary, edit again, look at the details, go back, go on from the first, delete.

    `send` names the button that sends the form of an edit; `go_back` fills in and sends the form
    in which one chooses how far to go back.
    """
    first = await ask_for_edit(page, "make it red")
    await first.get_by_role("button", name="Vary").click()
    await expect(results(page)).to_have_count(2)
    order = await check_shown(page, playground, results(page).last)
    assert order.prompt == "make it red"
    assert alike(order.pictures[0], draw("harbour")), "a variation is made of the same picture"

    await results(page).last.get_by_role("button", name="Edit again").click()
    words = edit_form(page).get_by_role("textbox", name="What is to change")
    await expect(words).to_have_value("make it red")
    await words.fill("darker")
    await edit_form(page).get_by_role("button", name=send, exact=True).click()
    await expect(results(page)).to_have_count(3)
    await check_shown(page, playground, results(page).last)

    await results(page).last.get_by_role("button", name="Details").click()
    told = page.locator("#pane-thread .message.ephemeral").last
    await expect(told).to_contain_text("Cost: $")
    await told.get_by_role("button", name="Dismiss message").click()

    orders = len(bodies(playground))
    await results(page).last.get_by_role("button", name="Undo").click()
    await go_back(page.get_by_role("dialog", name="Go back"))
    back = page.locator("#pane-thread .message.bot", has_text="Back to #")
    await expect(back).to_have_count(1)
    assert len(bodies(playground)) == orders, "going back costs nothing"

    await first.get_by_role("button", name="Use as base").click()
    told = page.locator("#pane-thread .message.ephemeral").last
    await expect(told).to_contain_text("goes on from this picture")
    await told.get_by_role("button", name="Dismiss message").click()
    await page.locator("#composer-thread").fill("edit: brighter")
    await page.locator("#composer-thread").press("Enter")
    last = results(page).filter(has_text="brighter")
    await expect(last).to_contain_text("#2 → #")
    order = await check_shown(page, playground, last)
    assert order.prompt == "brighter"

    await last.get_by_role("button", name="Delete mine").click()
    await expect(last).to_have_count(0)
