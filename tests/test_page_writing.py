"""What a person writes in the page is never lost, and stays theirs to edit and to delete."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.newcomer import ask, hurry

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _say(page: Page, text: str) -> Locator:
    """Post a message in the channel and return it."""
    await page.locator("#composer-main").fill(text)
    await page.locator("#composer-main").press("Enter")
    message = page.locator("#pane-main .message", has_text=text).last
    await expect(message).to_be_visible()
    return message


async def test_what_is_written_while_a_message_is_being_sent_follows_it_in_order(
    page: Page,
) -> None:
    sent = asyncio.Event()

    async def slowly(route: Route) -> None:
        await sent.wait()
        await route.continue_()

    await page.route("**/page/discord/messages", slowly)
    box = page.locator("#composer-main")
    for text in ("queue first", "queue second", "queue third"):
        await box.fill(text)
        await box.press("Enter")
        await expect(box).to_have_value("")
    await expect(page.get_by_text("Sending 3 messages…")).to_be_visible()
    sent.set()
    messages = page.locator("#pane-main .message", has_text="queue")
    await expect(messages).to_have_count(3)
    for index, text in enumerate(("queue first", "queue second", "queue third")):
        await expect(messages.nth(index).locator(".content")).to_have_text(text)
    await expect(page.get_by_text("Sending")).to_have_count(0)


async def test_what_cannot_be_sent_comes_back_before_what_was_typed_since(page: Page) -> None:
    failed = asyncio.Event()

    async def cut(route: Route) -> None:
        await failed.wait()
        await route.abort()

    await page.route("**/page/discord/messages", cut)
    box = page.locator("#composer-main")
    for text in ("lost first", "lost second"):
        await box.fill(text)
        await box.press("Enter")
    await box.fill("half a thought")
    failed.set()
    await expect(page.locator(".toast")).to_contain_text("does not answer")
    await expect(box).to_have_value("lost first\nlost second\nhalf a thought")
    await page.unroute("**/page/discord/messages")
    await box.press("Enter")
    await expect(page.locator("#pane-main .message", has_text="half a thought")).to_be_visible()
    await expect(box).to_have_value("")


async def test_ones_own_message_is_edited_in_its_place_by_keyboard_alone(page: Page) -> None:
    message = await _say(page, "a mistype by @Ada for Ben")
    await message.get_by_role("button", name="Edit message").press("Enter")
    editor = page.get_by_role("textbox", name="Edit your message")
    await expect(editor).to_be_focused()
    await expect(editor).to_have_value("a mistype by @Ada for Ben")
    await editor.press("Escape")
    await expect(editor).to_be_hidden()
    await message.get_by_role("button", name="Edit message").press("Enter")
    await editor.fill("put right, by @Ada indeed")
    await editor.press("Enter")
    mended = page.locator("#pane-main .message", has_text="put right").last
    await expect(mended.locator(".content")).to_have_text("put right, by @Ada indeed(edited)")
    await expect(mended.locator(".mention")).to_have_text("@Ada")
    await expect(mended.get_by_role("button", name="Edit message")).to_be_focused()
    await mended.get_by_role("button", name="Edit message").press("Enter")
    await editor.fill("x" * 2001)
    await editor.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("2,000 characters")
    await expect(editor).to_have_value("x" * 2001)


async def test_deleting_asks_first_and_is_offered_for_ones_own_messages_only(page: Page) -> None:
    message = await _say(page, "this should not stay")
    await message.hover()
    await message.get_by_role("button", name="Delete message").click()
    dialog = page.get_by_role("dialog", name="Delete this message?")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(message.get_by_role("button", name="Delete message")).to_be_focused()
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Delete").click()
    gone = page.locator("#pane-main .message", has_text="this should not stay")
    await expect(gone).to_have_count(0)
    await expect(page.locator("#pane-main .messages")).to_be_focused()
    await _say(page, "for the others to see")
    await page.locator("#person").select_option(label="Ben")
    foreign = page.locator("#pane-main .message", has_text="for the others to see").last
    await expect(foreign).to_be_visible()
    await expect(foreign.get_by_role("button", name="Delete message")).to_have_count(0)


async def test_a_question_that_waits_is_withdrawn_by_deleting_it(page: Page) -> None:
    await hurry(page, on=False)
    messages = await ask(page, "write 60 words about patience")
    box = page.locator("#composer-thread")
    await box.fill("a hasty question")
    await box.press("Enter")
    waiting = messages.filter(has_text="a hasty question").first
    await expect(waiting.locator(".reaction")).to_contain_text("waits its turn")
    await waiting.hover()
    await waiting.get_by_role("button", name="Delete message").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(messages.filter(has_text="a hasty question")).to_have_count(0)
    await hurry(page)
    await box.fill("a better question")
    await box.press("Enter")
    bots = page.locator("#pane-thread .message.bot")
    await expect(bots.last).to_contain_text("a better question")
    await expect(bots).to_have_count(2)
    await expect(page.locator("#pane-thread")).not_to_contain_text("a hasty question")


async def test_what_is_heard_while_a_channel_is_read_is_newer_than_what_was_read(
    page: Page,
) -> None:
    await page.locator("#sidebar").get_by_role("button", name="random").click()
    message = await _say(page, "as it was")
    number = str(await message.get_attribute("id")).removeprefix("m-")
    channel = urlsplit(page.url).fragment.split("/")[1]
    me = await page.locator("#person").input_value()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        edit = {"as": me, "channel": channel, "message": number, "content": "as it is now"}
        await page.request.post(urljoin(page.url, "/page/discord/edit"), data=edit)
        await expect(page.locator(f"#m-{number}")).to_contain_text("as it is now")
        await route.fulfill(response=answer)

    await page.route("**/page/discord/messages?*", late)
    async with page.expect_response("**/page/discord/messages?*"):
        await page.reload()
    await expect(page.locator("#pane-main .message", has_text="as it was")).to_have_count(0)
    await expect(page.locator(f"#m-{number}")).to_contain_text("as it is now")


async def test_what_takes_room_late_does_not_hide_the_end_from_whoever_reads_there(
    page: Page,
) -> None:
    """A picture takes its room when it comes, which may be between a scroll and its event."""
    messages = await ask(page, "write 300 words about harbours")
    await expect(messages.last.get_by_role("button", name="Regenerate")).to_be_visible()
    scroller = page.locator("#pane-thread .scroller")
    stays, leaves = await scroller.evaluate(
        """async (scroller) => {
          const frames = async () => {
            for (let n = 0; n < 4; n++) await new Promise(requestAnimationFrame);
            // Not within a frame: what is done now is told at the beginning of the next.
            await new Promise((done) => setTimeout(done));
          };
          const end = () => scroller.scrollHeight - scroller.clientHeight;
          const grow = (room) => {
            scroller.querySelector(".message:last-child").style.paddingBottom = `${room}px`;
          };
          const go = async (to, room) => {
            scroller.scrollTop = to;
            grow(room);
            await frames();
            return end() - scroller.scrollTop;
          };
          await go(0, 0);
          await go(end() - 40, 0);
          const stays = await go(end(), 400);
          return [stays, await go(end() - 200, 800)];
        }"""
    )
    assert stays < 2, "the end went out of sight"
    assert leaves > 500, "who reads further up is dragged down"
