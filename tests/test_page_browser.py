"""The page in a real browser, with the real bot behind it: ask, watch, stop, kill, start."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Route, expect

from adapters.playground.simulated import KINDS
from tests.newcomer import ask, hurry, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_appears_with_author_and_time_and_without_a_reload(page: Page) -> None:
    other = await page.context.new_page()
    await other.goto(page.url)
    await page.locator("#composer-main").fill("Good morning, **everyone**")
    await page.locator("#composer-main").press("Enter")
    for shown in (page, other):
        message = shown.locator("#pane-main .message", has_text="Good morning").last
        await expect(message.locator("strong")).to_have_text("everyone")
        await expect(message.locator(".author")).to_have_text("Ada")
        await expect(message.locator("time")).to_be_visible()
    await expect(page.locator("#composer-main")).to_be_focused()
    await expect(page.locator("#composer-main")).to_have_value("")


async def test_one_can_be_somebody_else(page: Page) -> None:
    await page.locator("#person").select_option(label="Ben")
    await expect(page.locator("#composer-main")).to_have_attribute(
        "placeholder", "Message #general as Ben"
    )
    await page.locator("#composer-main").fill("Ben was here")
    await page.locator("#composer-main").press("Enter")
    message = page.locator("#pane-main .message", has_text="Ben was here")
    await expect(message.locator(".author")).to_have_text("Ben")


async def test_what_is_written_runs_nothing_and_loads_nothing(page: Page) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    text = (
        "<img src=x onerror=\"document.title='owned'\"> <script>document.title='owned'</script> "
        "[press](javascript:alert(1)) ![picture](https://evil.example/p.png) ||hidden|| "
        "<svg/onload=alert(1)>"
    )
    await page.locator("#composer-main").fill(text)
    await page.locator("#composer-main").press("Enter")
    content = page.locator("#pane-main .message .content", has_text="onerror").last
    await expect(content).to_contain_text("<script>document.title='owned'</script>")
    assert await content.locator("img, script, svg, [href^=javascript]").count() == 0
    await expect(content.locator("a[href='https://evil.example/p.png']")).to_have_text("picture")
    assert "owned" not in await page.title()
    assert not [url for url in loaded if "evil.example" in url]


async def test_markdown_is_discords(page: Page) -> None:
    text = "2. two\n3. three\n\n| a | b |\n|---|---|\n\n-# small\n```py\nprint(1)\n```"
    await page.locator("#composer-main").fill(text)
    await page.locator("#composer-main").press("Enter")
    content = page.locator("#pane-main .message .content", has_text="three").last
    await expect(content.locator("ol")).to_have_attribute("start", "2")
    await expect(content.locator("pre")).to_have_attribute("data-lang", "py")
    await expect(content.locator(".subtext")).to_have_text("small")
    assert await content.locator("table").count() == 0


async def test_a_list_ends_at_the_first_line_that_is_not_indented(page: Page) -> None:
    text = "- one\n  still one\n- two\nand on without a bullet\n```\n- code\nstays\n```"
    await page.locator("#composer-main").fill(text)
    await page.locator("#composer-main").press("Enter")
    content = page.locator("#pane-main .message .content", has_text="without a bullet").last
    await expect(content.locator("li")).to_have_count(2)
    await expect(content.locator("li").last).to_have_text("two")
    await expect(content.locator("pre code")).to_have_text("- code\nstays\n")


async def test_typing_an_at_sign_offers_the_bot(page: Page) -> None:
    box = page.locator("#composer-main")
    await box.press_sequentially("@thr")
    await expect(page.get_by_role("option", name="@Threadbot")).to_be_visible()
    await box.press("Enter")
    await expect(box).to_have_value("@Threadbot ")
    await page.get_by_role("button", name="Mention @Threadbot").first.click()
    await expect(box).to_have_value("@Threadbot ")


async def test_too_long_a_message_is_refused_in_words_and_kept(page: Page) -> None:
    box = page.locator("#composer-main")
    await box.fill("x" * 2001)
    await box.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("2,000 characters")
    await expect(box).to_have_value("x" * 2001)


async def test_a_first_visitor_asks_with_one_click_and_reads_the_answer_in_the_thread(
    page: Page,
) -> None:
    await ready(page)
    await page.get_by_role("button", name="Ask what it can do").click()
    await expect(page.get_by_role("region", name="Welcome")).to_have_count(0)
    answer = page.locator("#pane-thread .message.bot")
    await expect(answer).to_contain_text("SIMULATED")
    await expect(answer).to_contain_text("simulate busy")
    await expect(answer.get_by_role("button", name="Stop")).to_have_count(0)
    await expect(answer.locator(".tag")).to_have_text("APP")
    card = page.locator("#pane-main .thread-card").last
    await expect(card).to_contain_text("What can you do?")


async def test_the_first_visitor_is_told_how_to_see_each_failure(page: Page) -> None:
    await ready(page)
    card = page.get_by_role("region", name="Welcome")
    asked = {
        words.removeprefix("simulate ") for words in await card.locator("code").all_inner_texts()
    }
    assert {"refused", "cut", "empty", "misconfigured"} <= asked
    assert asked <= {kind.words for kind in KINDS.values()}
    # After it no model is asked for a minute: it comes last, and that is said.
    await expect(card.locator("code").last).to_have_text("simulate misconfigured")
    await expect(card).to_contain_text("for a minute")
    await page.locator("#composer-main").fill("half a sentence")
    await card.get_by_role("button", name="simulate busy").click()
    await expect(page.locator("#composer-main")).to_have_value("half a sentence")
    asked_for = page.locator("#pane-main .message", has_text="simulate busy")
    await expect(asked_for.locator(".mention")).to_have_text("@Threadbot")


async def test_the_thread_opens_even_if_it_is_there_before_the_answer_to_the_post(
    page: Page,
) -> None:
    async def late(route: Route) -> None:
        answer = await route.fetch()
        card = page.locator("#pane-main .thread-card", has_text="an early bird")
        await expect(card).to_be_visible()
        await route.fulfill(response=answer)

    await page.route("**/page/discord/messages", late)
    messages = await ask(page, "what is an early bird?")
    await expect(messages.last).to_contain_text("SIMULATED")


async def test_the_answer_grows_while_it_is_written_and_can_be_stopped(page: Page) -> None:
    await hurry(page, on=False)
    messages = await ask(page, "write 400 words about rivers")
    answer = page.locator("#pane-thread .message.bot").first
    await expect(answer).to_contain_text("SIMULATED")
    for _ in range(2):
        before = await answer.locator(".content").inner_text()
        await expect(answer.locator(".content")).not_to_have_text(before)
        assert len(await answer.locator(".content").inner_text()) > len(before)
    await page.get_by_role("button", name="Stop", exact=True).click()
    await expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    await expect(messages.last).to_contain_text("stopped")


async def test_a_thread_goes_on_without_a_mention(page: Page) -> None:
    await ask(page, "hello there")
    bots = page.locator("#pane-thread .message.bot")
    await expect(bots).to_have_count(1)
    await expect(bots.first).to_contain_text("SIMULATED")
    await page.locator("#composer-thread").fill("and more?")
    await page.locator("#composer-thread").press("Enter")
    await expect(bots).to_have_count(2)
    await expect(bots.nth(1)).to_contain_text("and more?")
    await expect(page.locator("#composer-thread")).to_be_focused()


async def test_killed_in_mid_answer_and_started_again_there_is_exactly_one_answer(
    page: Page,
) -> None:
    await hurry(page, on=False)
    await ask(page, "write 150 words about mountains")
    bots = page.locator("#pane-thread .message.bot")
    await expect(bots.first.locator(".edited")).to_be_visible()
    await page.get_by_role("button", name="Kill the bot").click()
    await expect(page.locator("#state-text")).to_have_text("killed")
    half = await bots.first.locator(".content").inner_text()
    await hurry(page)
    await expect(page.get_by_role("button", name="Start it")).to_be_focused()
    await page.get_by_role("button", name="Start it").click()
    await ready(page)
    # The answer is written again into the same message, and ends without its Stop button.
    await expect(bots.get_by_role("button", name="Stop")).to_have_count(0)
    await expect(bots).to_have_count(1)
    text = await bots.first.locator(".content").inner_text()
    assert len(text) > len(half)
    assert len(re.findall("SIMULATED", text)) == 1
    await page.reload()
    await expect(bots).to_have_count(1)


async def test_a_press_while_the_bot_is_dead_fails_as_on_discord(page: Page) -> None:
    await hurry(page, on=False)
    await ask(page, "write 300 words about the sea")
    stop = page.locator("#pane-thread").get_by_role("button", name="Stop")
    await expect(stop).to_be_visible()
    await page.get_by_role("button", name="Kill the bot").click()
    await expect(page.locator("#state-text")).to_have_text("killed")
    await stop.click()
    await expect(page.locator(".toast")).to_contain_text("This interaction failed")
    await page.get_by_role("button", name="Start it").click()
    await ready(page)
    await stop.click()
    await expect(stop).to_have_count(0)


async def test_what_is_for_one_person_is_shown_to_that_person_only(page: Page) -> None:
    await hurry(page, on=False)
    await ask(page, "write 400 words about secrets")
    await expect(page.locator("#pane-thread").get_by_role("button", name="Stop")).to_be_visible()
    # A profile of its own, where somebody else is at the keyboard.
    browser = page.context.browser
    assert browser is not None
    context = await browser.new_context()
    ben = await context.new_page()
    await ben.goto(page.url)
    await ben.locator("#person").select_option(label="Ben")
    await ben.locator("#pane-thread").get_by_role("button", name="Stop").click()
    told = ben.locator("#pane-thread .message.ephemeral")
    await expect(told).to_contain_text("Only you can see this")
    await expect(page.locator("#pane-thread .message.bot").first).to_be_visible()
    await expect(page.locator(".message.ephemeral")).to_have_count(0)
    await told.get_by_role("button", name="Dismiss message").click()
    await expect(told).to_have_count(0)
    await context.close()
    await page.locator("#pane-thread").get_by_role("button", name="Stop").click()
    await expect(page.locator("#pane-thread").get_by_role("button", name="Stop")).to_have_count(0)


async def test_a_direct_message_is_answered_without_a_mention(page: Page) -> None:
    await ready(page)
    await page.locator("#sidebar").get_by_role("button", name="Threadbot").click()
    await page.locator("#composer-main").fill("are you there?")
    await page.locator("#composer-main").press("Enter")
    answer = page.locator("#pane-main .message.bot").last
    await expect(answer).to_contain_text("are you there?")
    await page.locator("#person").select_option(label="Ben")
    await expect(page.locator("#pane-main .message", has_text="are you there?")).to_have_count(0)


async def test_narrow_and_by_keyboard_alone(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 780})
    await page.reload()
    await ready(page)
    await expect(page.get_by_role("button", name="Ask what it can do")).to_be_in_viewport()
    await page.locator("#composer-main").focus()
    await page.keyboard.type("@Threadbot hi from a phone")
    await page.keyboard.press("Enter")
    card = page.locator("#pane-main .thread-card", has_text="hi from a phone")
    await card.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#pane-thread .message.bot")).to_contain_text("SIMULATED")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = await page.evaluate(
        """[...document.querySelectorAll("button:not(.as-link), select, .check")]
            .filter((element) => element.offsetParent && element.offsetHeight < 44)
            .map((element) => element.outerHTML)"""
    )
    assert small == []
    await page.get_by_role("button", name="Close the thread").press("Enter")
    await expect(page.locator("#pane-main")).to_be_visible()
    await expect(card).to_be_focused()
    # What is told in the channel is seen, also by who was in a thread that covers it.
    await card.press("Enter")
    await expect(page.locator("#pane-main")).to_be_hidden()
    await page.get_by_role("button", name="Help").press("Enter")
    await expect(page.locator("#pane-main .message.ephemeral").last).to_be_in_viewport()
