"""Slack's view in a real browser, with the real bot behind it: all that a newcomer does there."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.async_api import Locator, Page, expect

from adapters.playground.samples import draw
from adapters.playground.slack import BOT_TOKEN
from tests.newcomer import ask, ask_on_slack, file, go_to_slack, hurry, ready

pytest_plugins = ("tests.browser",)
pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURE = draw("harbour")


def _bots(page: Page, pane: str = "thread") -> Locator:
    return page.locator(f"#pane-{pane} .message.bot")


async def _answered(page: Page) -> Locator:
    """Wait until the answer in the thread is done, and return it."""
    done = _bots(page).filter(has=page.get_by_role("button", name="Regenerate"))
    await expect(done.last).to_be_visible()
    await expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    return done.last


async def test_a_mention_is_answered_in_a_thread_beside_the_channel(page: Page) -> None:
    await ask_on_slack(page, "what is a fjord?")
    answer = await _answered(page)
    await expect(answer).to_contain_text("SIMULATED")
    await expect(answer.locator(".tag")).to_have_text("APP")
    question = page.locator("#pane-main .message", has_text="what is a fjord?")
    await expect(question.locator(".mention")).to_have_text("@Threadbot")
    await expect(question.locator(".thread-card")).to_contain_text("1 reply")
    await expect(page.locator("#pane-main .message.bot", has_text="fjord")).to_have_count(0)
    await expect(page.get_by_role("region", name="Welcome")).to_have_count(0)


async def test_a_thread_goes_on_without_a_mention(page: Page) -> None:
    await ask_on_slack(page, "what is a delta?")
    await _answered(page)
    box = page.locator("#composer-thread")
    await box.fill("and an estuary?")
    await box.press("Enter")
    await expect(_bots(page).last).to_contain_text("and an estuary?")
    await expect(_bots(page)).to_have_count(2)
    await expect(box).to_be_focused()


async def test_the_answer_grows_with_a_caret_and_can_be_stopped(page: Page) -> None:
    await hurry(page, on=False)
    await ask_on_slack(page, "write 400 words about rivers")
    answer = _bots(page).first
    await expect(page.locator("#pane-thread .message.growing")).to_have_count(1)
    before = await answer.locator(".content").inner_text()
    await expect(answer.locator(".content")).not_to_have_text(before)
    # Slack's own Stop where the app is an agent, else one in a message of the bot's.
    stop = page.locator("#pane-thread").get_by_role("button", name="Stop", exact=True)
    await stop.last.click()
    await expect(page.locator("#pane-thread .message.growing")).to_have_count(0)
    await expect(_bots(page).last).to_contain_text("stopped")
    await expect(_bots(page).last.get_by_role("button", name="Continue")).to_be_visible()


async def test_regenerate_answers_again(page: Page) -> None:
    await ask_on_slack(page, "tell me about lakes")
    answer = await _answered(page)
    await answer.get_by_role("button", name="Regenerate").click()
    await expect(_bots(page)).to_have_count(2)
    await _answered(page)


async def test_an_answer_that_breaks_off_goes_on(page: Page) -> None:
    await ask_on_slack(page, "simulate cut")
    go_on = page.locator("#pane-thread").get_by_role("button", name="Continue")
    await go_on.click()
    await expect(page.locator("#pane-thread .message.bot")).to_have_count(2)


async def test_a_bad_answer_is_told_why_in_a_form(page: Page) -> None:
    await ask_on_slack(page, "what is a bog?")
    answer = await _answered(page)
    await answer.get_by_role("button", name="Bad answer").click()
    form = page.get_by_role("dialog", name="What was wrong?")
    words = form.get_by_role("textbox")
    await expect(words).to_be_focused()
    await words.fill("It was about marshes.")
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_have_count(0)
    thanks = page.locator("#pane-thread .message.ephemeral")
    await expect(thanks).to_contain_text("Only visible to you")


async def test_a_command_is_answered_for_ones_own_eyes(page: Page) -> None:
    await go_to_slack(page)
    box = page.locator("#composer-main")
    await box.press_sequentially("/")
    options = page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(options.filter(has_text="/bot")).to_have_count(1)
    await expect(options.filter(has_text="/ask")).to_have_count(1)
    await box.fill("/bot model")
    await box.press("Enter")
    everything = page.locator("#pane-main .message.ephemeral")
    told = everything.filter(has_text="gpt-5").last
    await expect(told).to_contain_text("Only visible to you")
    await expect(box).to_have_value("")
    # What Ada was told by others before stands there, too.
    shown = await everything.count()
    # Somebody else does not see it.
    await page.locator("#person").select_option(label="Ben")
    await expect(page.locator("#pane-main .message").first).to_be_visible()
    await expect(page.locator(".message.ephemeral")).to_have_count(0)
    await page.locator("#person").select_option(label="Ada (admin)")
    await expect(everything).to_have_count(shown)
    await told.get_by_role("button", name="Dismiss message").click()
    await expect(everything).to_have_count(shown - 1)


async def test_a_thread_takes_no_command_and_says_what_to_write_instead(page: Page) -> None:
    await ask_on_slack(page, "what is a marsh?")
    await _answered(page)
    box = page.locator("#composer-thread")
    await box.fill("/bot help")
    await expect(page.get_by_text("Commands do not work in threads.")).to_be_visible()
    await box.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("Write “@Threadbot help”")
    await expect(box).to_have_value("/bot help")
    await box.fill("@Threadbot help")
    await box.press("Enter")
    told = page.locator("#pane-thread .message.ephemeral")
    await expect(told).to_contain_text("mention")


async def test_a_question_by_command_is_shown_in_the_channel_and_answered_in_its_thread(
    page: Page,
) -> None:
    await go_to_slack(page)
    box = page.locator("#composer-main")
    await box.fill("/ask why do tides turn?")
    await box.press("Enter")
    card = page.locator("#pane-main .message.bot", has_text="why do tides turn?").last
    await card.locator(".thread-card").click()
    await expect(_bots(page).last).to_contain_text("SIMULATED")


async def test_direct_messages_are_answered_without_a_mention(page: Page) -> None:
    await go_to_slack(page)
    await page.locator("#sidebar").get_by_role("button", name="Threadbot", exact=True).click()
    prompts = page.get_by_role("list", name="Suggestions to start with")
    await expect(prompts.get_by_role("button")).not_to_have_count(0)
    await page.locator("#composer-main").fill("are you there?")
    await page.locator("#composer-main").press("Enter")
    await expect(_bots(page).last).to_contain_text("are you there?")


async def test_the_app_home_says_what_it_is_and_what_holds(page: Page) -> None:
    await go_to_slack(page)
    await page.locator("#sidebar").get_by_role("button", name="Threadbot", exact=True).click()
    await page.get_by_role("button", name="Home", exact=True).click()
    home = page.locator(".home")
    await expect(home).to_contain_text("Threadbot answers questions")
    await expect(home).to_contain_text("gpt-5")
    await expect(page.locator("#composer-main")).to_be_hidden()
    await page.get_by_role("button", name="Messages", exact=True).press("Enter")
    await expect(page.locator("#composer-main")).to_be_visible()


async def test_a_picture_is_looked_at(page: Page) -> None:
    await go_to_slack(page)
    await page.get_by_role("button", name="Ask about a picture").click()
    shown = page.locator("#pane-main .message img").last
    await expect(shown).to_be_visible()
    assert await shown.evaluate("async (image) => { await image.decode(); return image.width; }")
    await expect(_bots(page).last).to_contain_text("picture")


async def test_ones_own_message_is_edited_and_deleted(page: Page) -> None:
    await go_to_slack(page)
    box = page.locator("#composer-main")
    text = "a mistype of 3 < 4 & more, by @Ben indeed"
    await box.fill(text)
    await box.press("Enter")
    message = page.locator("#pane-main .message", has_text="a mistype").last
    await expect(message.locator(".content")).to_have_text(text)
    await message.get_by_role("button", name="Edit message").press("Enter")
    editor = page.get_by_role("textbox", name="Edit your message")
    await expect(editor).to_have_value(text)
    await editor.fill("put right by @Ada")
    await editor.press("Enter")
    mended = page.locator("#pane-main .message", has_text="put right").last
    await expect(mended.locator(".content")).to_have_text("put right by @Ada(edited)")
    await mended.get_by_role("button", name="Delete message").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator("#pane-main .message", has_text="put right")).to_have_count(0)


async def test_what_is_written_runs_nothing_and_loads_nothing(page: Page) -> None:
    await go_to_slack(page)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    text = (
        "<img src=x onerror=\"document.title='owned'\"> <https://evil.example|safe> "
        "`<b>` *bold* <javascript:alert(1)|press> <!channel> :eyes:"
    )
    await page.locator("#composer-main").fill(text)
    await page.locator("#composer-main").press("Enter")
    content = page.locator("#pane-main .message .content", has_text="onerror").last
    await expect(content.locator("strong")).to_have_text("bold")
    await expect(content.locator("code")).to_have_text("<b>")
    assert await content.locator("img, script, [href^=javascript]").count() == 0
    assert "owned" not in await page.title()
    assert not [url for url in loaded if "evil.example" in url]


async def test_killed_in_mid_answer_and_started_again_there_is_exactly_one_answer(
    page: Page,
) -> None:
    await hurry(page, on=False)
    await ask_on_slack(page, "write 150 words about mountains")
    await expect(page.locator("#pane-thread .message.growing")).to_have_count(1)
    await page.get_by_role("button", name="Kill the bot").click()
    await expect(page.locator("#state-text")).to_have_text("killed")
    await hurry(page)
    await page.get_by_role("button", name="Start it").click()
    await ready(page)
    await _answered(page)
    await expect(_bots(page)).to_have_count(1)
    await expect(page.locator("#pane-thread .message.growing")).to_have_count(0)


async def test_a_button_while_the_bot_is_dead_is_told_to_have_failed(page: Page) -> None:
    await ask_on_slack(page, "what is a spring?")
    answer = await _answered(page)
    await page.get_by_role("button", name="Kill the bot").click()
    await expect(page.locator("#state-text")).to_have_text("killed")
    await answer.get_by_role("button", name="Regenerate").click()
    await expect(page.locator(".toast")).to_contain_text("did not respond")
    await page.get_by_role("button", name="Start it").click()
    await ready(page)


async def test_both_platforms_keep_what_they_had_and_the_address_leads_back(page: Page) -> None:
    await ask(page, "hello from Discord")
    await page.locator("#composer-thread").fill("half a thought")
    messages = await ask_on_slack(page, "hello from Slack")
    await _answered(page)
    fragment = urlsplit(page.url).fragment
    assert re.fullmatch(r"slack/C\w+/\d+\.\d{6}", fragment)
    platforms = page.get_by_role("navigation", name="Platform")
    await expect(platforms.get_by_role("link", name="Slack")).to_have_attribute(
        "aria-current", "page"
    )
    await platforms.get_by_role("link", name="Discord").press("Enter")
    await expect(page.locator("#pane-thread h2")).to_contain_text("hello from Discord")
    await expect(page.locator("#composer-thread")).to_have_value("half a thought")
    await expect(platforms.get_by_role("link", name="Discord")).to_be_focused()
    await platforms.get_by_role("link", name="Slack").click()
    await expect(messages.first).to_contain_text("hello from Slack")


async def test_a_link_to_a_thread_of_slack_opens_it(page: Page) -> None:
    await ask_on_slack(page, "where does this link lead?")
    url = page.url
    await page.evaluate("localStorage.setItem('platform', 'discord')")
    await page.goto("about:blank")
    await page.goto(url)
    await expect(page.locator("#pane-thread .message").first).to_contain_text(
        "where does this link lead?"
    )


async def test_what_is_new_on_the_other_platform_is_marked(page: Page) -> None:
    await ready(page)
    other = await page.context.new_page()
    await other.goto(page.url)
    await go_to_slack(other)
    await other.locator("#person").select_option(label="Ben")
    await expect(other.locator("#composer-main")).to_have_attribute(
        "placeholder", "Message #general as Ben"
    )
    await other.locator("#composer-main").fill("is anybody here?")
    await other.locator("#composer-main").press("Enter")
    slack = page.get_by_role("navigation", name="Platform").get_by_role("link", name="Slack")
    await expect(slack).to_contain_text("(new)")
    await slack.click()
    await expect(page.locator("#pane-main .message", has_text="is anybody here?")).to_be_visible()
    await expect(slack).not_to_contain_text("(new)")


async def test_streams_that_a_workspace_refuses_become_edits(page: Page) -> None:
    await hurry(page, on=False)
    await go_to_slack(page)
    await page.locator("#weather-button").click()
    refuse = page.get_by_role("checkbox", name="Refuse streams")
    await refuse.check()
    try:
        messages = await ask_on_slack(page, "write 60 words about dams")
        await expect(messages.last).to_contain_text("SIMULATED")
        await expect(page.locator("#pane-thread .message.growing")).to_have_count(0)
        await hurry(page)
        await _answered(page)
    finally:
        await refuse.uncheck()


async def test_an_example_is_put_into_the_composer(page: Page) -> None:
    await go_to_slack(page)
    await page.get_by_role("button", name="“How to try things”").click()
    example = page.locator("#pane-thread .message", has_text="A table and some code.")
    await expect(example).to_contain_text("@Threadbot A table and code, please")
    await example.get_by_role("button", name="Try it in #general").click()
    box = page.locator("#composer-main")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("@Threadbot A table and code, please")
    await box.press("Enter")
    answer = await _answered(page)
    await expect(answer.locator("table, pre").first).to_be_visible()


async def test_a_question_behind_another_is_marked_and_answered_in_order(page: Page) -> None:
    await hurry(page, on=False)
    messages = await ask_on_slack(page, "write 60 words about one")
    box = page.locator("#composer-thread")
    for text in ("what is two?", "what is three?"):
        await box.fill(text)
        await box.press("Enter")
    waiting = messages.filter(has_text="what is three?").first
    await expect(waiting.locator(".reaction")).to_contain_text("waits its turn")
    await hurry(page)
    await expect(_bots(page).filter(has_text="what is two?")).to_have_count(1)
    await expect(_bots(page).filter(has_text="what is three?")).to_have_count(1)
    await expect(waiting.locator(".reaction")).to_have_count(0)


async def test_the_status_says_that_it_thinks_and_goes(page: Page) -> None:
    """Whether the bot has room to show one depends on all that was asked in this minute."""
    await ask_on_slack(page, "what is a geyser?")
    await _answered(page)
    channel, thread = urlsplit(page.url).fragment.removeprefix("slack/").split("/")
    status = page.locator("#pane-thread .status")
    for line, shown in (("is thinking…", "Threadbot is thinking…"), ("", "")):
        answer = await page.request.post(
            urljoin(page.url, "/slack/api/assistant.threads.setStatus"),
            headers={"Authorization": f"Bearer {BOT_TOKEN}"},
            data={"channel_id": channel, "thread_ts": thread, "status": line},
        )
        assert (await answer.json())["ok"]
        await expect(status).to_have_text(shown)


async def test_what_goes_on_covers_nothing(page: Page) -> None:
    """A status line takes room, so that what is above it moves up."""
    await ask_on_slack(page, "write 300 words about locks")
    await _answered(page)
    gap = await page.locator("#pane-thread .scroller").evaluate(
        """async (scroller) => {
          const status = scroller.parentElement.querySelector(".status");
          status.style.minHeight = "120px";
          await new Promise((done) => setTimeout(done, 300));
          return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
        }"""
    )
    assert gap < 2


async def test_where_the_bot_is_not_it_is_invited(page: Page) -> None:
    await go_to_slack(page)
    await page.get_by_role("button", name=re.compile("quiet")).first.click()
    hint = page.locator("#hint-main")
    await expect(hint).to_contain_text("is not in this channel. Bring it in with /invite")
    box = page.locator("#composer-main")
    await box.fill("/invite @Threadbot")
    await box.press("Enter")
    await expect(hint).to_contain_text("Start with @Threadbot and it answers in a thread.")


async def test_a_file_from_outside_has_no_size_that_is_not_told(page: Page) -> None:
    await go_to_slack(page)
    await page.locator("#weather-button").click()
    outside = page.get_by_role("checkbox", name="Files from outside")
    await outside.check()
    try:
        await expect(page.locator(".toast").last).to_contain_text("Files come as stubs")
        picture = file("cat.png", "image/png", PICTURE)
        await page.locator("#pane-main input[type=file]").set_input_files(picture)
        await ask_on_slack(page, "what is this picture?")
        shown = page.locator("#pane-thread .file").first
        await expect(shown).to_contain_text("A file from outside")
        await expect(shown).not_to_contain_text("NaN")
        await _answered(page)
    finally:
        await outside.uncheck()
    await expect(page.locator(".toast").last).to_contain_text("Files come whole")


async def test_a_deleted_question_with_replies_leaves_a_mark(page: Page) -> None:
    messages = await ask_on_slack(page, "what shall be gone?")
    await _answered(page)
    question = page.locator("#pane-main .message", has_text="what shall be gone?").last
    await question.hover()
    await question.get_by_role("button", name="Delete message").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(messages.first).to_contain_text("This message was deleted.")
    await expect(messages.first.get_by_role("button", name="Edit message")).to_have_count(0)
