"""The app's modals and shortcuts in Slack's view: whatever fields they have.

Here the test opens the modal, with the app's token, as the bot would; the bot acks it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.async_api import Page, expect

from adapters.playground.slack import BOT_TOKEN
from tests import patience
from tests.newcomer import ask_on_slack, file, go_to_slack

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


def _text(words: str) -> dict[str, str]:
    return {"type": "plain_text", "text": words}


def _input(name: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    block = {"type": "input", "block_id": name, "label": _text(label), **more}
    return block | {"element": {"action_id": name, **element}}


SIZES = [{"text": _text(size), "value": size} for size in ("small", "large")]
MODAL = {
    "type": "modal",
    "callback_id": "a_test",
    "title": _text("Change a picture"),
    "submit": _text("Change"),
    "close": _text("Not now"),
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Say *what* to change."}},
        _input("words", "What to change", {"type": "plain_text_input", "multiline": True}),
        _input(
            "size", "Size", {"type": "static_select", "options": SIZES, "initial_option": SIZES[1]}
        ),
        _input("picture", "Picture", {"type": "file_input", "max_files": 1}),
        _input("note", "Note", {"type": "plain_text_input"}, optional=True),
    ],
}


async def _control(page: Page, call: str, **arguments: Any) -> Any:
    answer = await page.request.post(urljoin(page.url, f"/slack/_control/{call}"), data=arguments)
    assert answer.ok, await answer.text()
    return (await answer.json()).get("result")


async def _open_modal(page: Page) -> None:
    """Use a command as Ada, and open a modal with its trigger as the app."""
    ada = await _control(page, "people/find", name="ada")
    channel = await _control(page, "people/channel", name="random")
    used = await _control(
        page, "people/command", person=ada, channel=channel, command="/bot", text="status"
    )
    act = await _control(page, "people/interaction", id_=used)
    answer = await page.request.post(
        urljoin(page.url, "/slack/api/views.open"),
        headers={"Authorization": f"Bearer {BOT_TOKEN}"},
        data={"trigger_id": act["trigger_id"], "view": MODAL},
    )
    assert (await answer.json())["ok"], await answer.text()


async def _submissions(page: Page) -> list[Any]:
    answer = await page.request.get(urljoin(page.url, "/slack/_control/history"))
    entries = [one["request"] for one in await answer.json()]
    return [one for one in entries if isinstance(one, dict) and "view_submission" in str(one)]


async def test_a_modal_is_filled_in_with_words_a_choice_and_a_file(page: Page) -> None:
    await go_to_slack(page)
    await _open_modal(page)
    form = page.get_by_role("dialog", name="Change a picture")
    await expect(form.get_by_text("Say what to change.")).to_be_visible()
    await expect(form.locator("strong", has_text="what").first).to_be_visible()
    words = form.get_by_role("textbox", name="What to change")
    await expect(words).to_be_focused()
    await words.fill("Make it blue")
    await expect(form.get_by_role("combobox", name="Size")).to_have_value("large")
    await form.locator("input[type=file]").set_input_files([file("a.txt", "text/plain", b"abc")])
    await form.get_by_role("button", name="Change").click()
    await expect(form).to_have_count(0)
    sent = str((await _submissions(page))[-1])
    for part in ("Make it blue", "large", "a.txt"):
        assert part in sent


async def test_a_modal_is_closed_by_escape(page: Page) -> None:
    await go_to_slack(page)
    await _open_modal(page)
    form = page.get_by_role("dialog", name="Change a picture")
    await expect(form).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    ada = await _control(page, "people/find", name="ada")
    for _ in range(patience.MILLISECONDS // 50):
        if await _control(page, "people/view", person=ada) is None:
            return
        await page.wait_for_timeout(50)
    pytest.fail("the modal is still open in Slack")


async def test_a_shortcut_stands_under_more_actions_and_is_used_by_keyboard(page: Page) -> None:
    settings = urljoin(page.url, "/slack/_control/settings")
    told = await page.request.post(settings, data={})
    before = (await told.json())["shortcuts"]
    await page.request.post(settings, data={"shortcuts": {"a_test": "Test this message"}})
    try:
        await page.reload()
        messages = await ask_on_slack(page, "what is a creek?")
        question = messages.first
        await question.hover()
        more = question.get_by_role("button", name="More actions")
        await more.press("Enter")
        item = question.get_by_role("button", name="Test this message")
        await expect(item).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(more).to_be_focused()
        await more.press("Enter")
        await item.press("Enter")
        await expect(item).to_have_count(0)
        await expect(page.locator(".toast.problem")).to_have_count(0)
    finally:
        await page.request.post(settings, data={"shortcuts": before})
