"""What the bot says on Discord, and what each failure is taken for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.discord.client import DiscordPlatform
from adapters.playground.discord import buckets
from adapters.playground.faults import Fault
from bot.domain import ThreadRef
from bot.errors import Forbidden, Gone, PlatformRefused, PlatformUnknown, Throttled, TooLong
from bot.events import Action, Button, File, Post
from tests.discord_desk import Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

CREATE = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
DELETE = "DELETE /channels/{channel_id}/messages/{message_id}"
HISTORY = "GET /channels/{channel_id}/messages"
THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"

STOP = Button(Action.STOP, "t1", "Stop", danger=True)
RETRY = Button(Action.RETRY, "t1", "Retry")


@pytest.fixture
async def platform(desk: Desk) -> DiscordPlatform:
    return await desk.start()


def thread_of(desk: Desk, root: str) -> ThreadRef:
    return ThreadRef("discord", desk.guild, desk.general, root)


async def begun(desk: Desk, platform: DiscordPlatform) -> str:
    """Return a thread started from a message."""
    return await platform.open_thread(thread_of(desk, desk.say("@bot hello")), "hello")


def ours(desk: Desk, where: str) -> list[dict[str, Any]]:
    return [one for one in desk.read(where) if one["author"].get("bot")]


# --- posting ----------------------------------------------------------------------------


async def test_a_post_stands_in_the_channel(desk: Desk, platform: DiscordPlatform) -> None:
    asked = desk.say("@bot hello")
    post = Post("answer", (STOP,), reply_to=asked)
    message = await platform.post(desk.general, post, "nonce-1")
    (shown,) = ours(desk, desk.general)
    assert shown["id"] == message
    assert shown["content"] == "answer"
    assert shown["message_reference"]["message_id"] == asked
    assert shown["components"][0]["components"][0]["custom_id"] == "stop:t1"
    (body,) = desk.bodies(CREATE)
    assert body["nonce"] == "nonce-1"
    assert body["enforce_nonce"] is True


async def test_the_same_nonce_posts_once(desk: Desk, platform: DiscordPlatform) -> None:
    first = await platform.post(desk.general, Post("one"), "same")
    second = await platform.post(desk.general, Post("one"), "same")
    assert first == second
    assert len(ours(desk, desk.general)) == 1


async def test_a_repeated_nonce_may_return_other_buttons_than_were_sent(
    desk: Desk, platform: DiscordPlatform
) -> None:
    """The first request landed late: what stands there is what it said, not the repeated one."""
    first = await platform.post(desk.general, Post("Wait", (STOP,)), "nonce-1")
    final = Post("The answer", (RETRY,))
    again = await platform.post(desk.general, final, "nonce-1")
    assert again == first
    await platform.edit(desk.general, again, final)
    (shown,) = ours(desk, desk.general)
    assert shown["content"] == "The answer"
    assert [each["custom_id"] for each in shown["components"][0]["components"]] == ["retry:t1"]


async def test_nothing_that_is_said_can_ping(desk: Desk, platform: DiscordPlatform) -> None:
    asked = desk.say("@bot hello", who="ada")
    text = f"@everyone @here <@{desk.people.find('ada')}> <@&{desk.guild}>"
    message = await platform.post(desk.general, Post(text, reply_to=asked), "n")
    await platform.edit(desk.general, message, Post(text + "!"))
    for body in desk.bodies(CREATE) + desk.bodies(EDIT):
        assert body["allowed_mentions"] == {"parse": []}
    (shown,) = ours(desk, desk.general)
    assert shown["mentions"] == []
    assert not shown["mention_everyone"]


async def test_a_reply_to_what_was_deleted_is_posted_all_the_same(
    desk: Desk, platform: DiscordPlatform
) -> None:
    asked = desk.say("@bot hello")
    desk.people.delete(desk.people.find("ben"), desk.general, asked)
    await platform.post(desk.general, Post("answer", reply_to=asked), "n")
    assert [one["content"] for one in ours(desk, desk.general)] == ["answer"]


async def test_a_reply_is_posted_without_reference_where_history_is_hidden(
    desk: Desk, platform: DiscordPlatform
) -> None:
    asked = desk.say("@bot hello")
    desk.standin.world.deny_bot(desk.general, "read_message_history")
    await platform.post(desk.general, Post("answer", reply_to=asked), "n")
    assert [one["content"] for one in ours(desk, desk.general)] == ["answer"]


async def test_a_file_is_posted_and_described(desk: Desk, platform: DiscordPlatform) -> None:
    file = File("answer.md", "# größer\n".encode(), "The whole answer")
    await platform.post(desk.general, Post("see the file", files=(file,)), "n")
    (shown,) = ours(desk, desk.general)
    (attached,) = shown["attachments"]
    assert attached["filename"] == "answer.md"
    assert attached["description"] == "The whole answer"
    assert desk.standin.world.get_file(attached["id"]) == file.content


async def test_too_long_and_empty_texts_never_leave(desk: Desk, platform: DiscordPlatform) -> None:
    with pytest.raises(TooLong):
        await platform.post(desk.general, Post("\U0001f600" * 1001), "n")
    with pytest.raises(PlatformRefused):
        await platform.post(desk.general, Post(" \n"), "n")
    assert desk.bodies(CREATE) == []
    await platform.post(desk.general, Post("\U0001f600" * 1000), "n")


# --- editing ----------------------------------------------------------------------------


async def test_buttons_are_sent_only_when_they_change(
    desk: Desk, platform: DiscordPlatform
) -> None:
    message = await platform.post(desk.general, Post("a", (STOP,)), "n")
    await platform.edit(desk.general, message, Post("ab", (STOP,)))
    await platform.edit(desk.general, message, Post("abc", (RETRY,)))
    await platform.edit(desk.general, message, Post("abcd"))
    await platform.edit(desk.general, message, Post("abcde"))
    kept, changed, removed, still = desk.bodies(EDIT)
    assert "components" not in kept
    assert changed["components"][0]["components"][0]["custom_id"] == "retry:t1"
    assert removed["components"] == []
    assert "components" not in still
    (shown,) = ours(desk, desk.general)
    assert (shown["content"], shown["components"]) == ("abcde", [])


async def test_after_a_doubtful_edit_the_buttons_are_sent_again(
    desk: Desk, platform: DiscordPlatform
) -> None:
    message = await platform.post(desk.general, Post("a", (STOP,)), "n")
    desk.fault(EDIT, "lose_answer")
    with pytest.raises(PlatformUnknown):
        await platform.edit(desk.general, message, Post("ab"))
    await platform.edit(desk.general, message, Post("ab", (STOP,)))
    (shown,) = ours(desk, desk.general)
    assert shown["components"]


async def test_a_restarted_bot_edits_what_it_posted_before(desk: Desk) -> None:
    first = await desk.start()
    message = await first.post(desk.general, Post("a", (STOP,)), "n")
    await desk.stop(first)
    second = await desk.start()
    await second.edit(desk.general, message, Post("done"))
    (shown,) = ours(desk, desk.general)
    assert (shown["content"], shown["components"]) == ("done", [])


async def test_an_archived_thread_is_opened_again_to_edit(
    desk: Desk, platform: DiscordPlatform
) -> None:
    place = await begun(desk, platform)
    message = await platform.post(place, Post("a"), "n")
    desk.people.archive(desk.people.find("ada"), place)
    await platform.edit(place, message, Post("ab"))
    assert [one["content"] for one in ours(desk, place)] == ["ab"]
    assert desk.tally.counts["discord_unarchived"] == 1


async def test_deleting_twice_is_fine(desk: Desk, platform: DiscordPlatform) -> None:
    message = await platform.post(desk.general, Post("a"), "n")
    await platform.delete(desk.general, message)
    await platform.delete(desk.general, message)
    assert ours(desk, desk.general) == []


# --- threads ----------------------------------------------------------------------------


async def test_a_thread_is_started_once(desk: Desk, platform: DiscordPlatform) -> None:
    asked = desk.say("@bot what is a monad?")
    place = await platform.open_thread(thread_of(desk, asked), " what   is\na monad? ")
    assert place == asked
    assert desk.standin.world.channels[place].name == "what is a monad?"
    assert desk.standin.world.channels[place].auto_archive == 1440
    again = await platform.open_thread(thread_of(desk, asked), "another name")
    assert again == place


async def test_a_lost_answer_to_a_thread_start_finds_it_started(
    desk: Desk, platform: DiscordPlatform
) -> None:
    asked = desk.say("@bot hello")
    desk.fault(THREAD, "lose_answer")
    with pytest.raises(PlatformUnknown):
        await platform.open_thread(thread_of(desk, asked), "t")
    assert await platform.open_thread(thread_of(desk, asked), "t") == asked


async def test_titles_fit(desk: Desk, platform: DiscordPlatform) -> None:
    long = await platform.open_thread(thread_of(desk, desk.say("@bot 1")), "x" * 300)
    empty = await platform.open_thread(thread_of(desk, desk.say("@bot 2")), "  ")
    assert desk.standin.world.channels[long].name == "x" * 100
    assert desk.standin.world.channels[empty].name == "Conversation"


async def test_where_threads_are_not_permitted_the_channel_is_the_place(
    desk: Desk, platform: DiscordPlatform
) -> None:
    desk.standin.world.deny_bot(desk.general, "create_public_threads")
    asked = desk.say("@bot hello")
    assert await platform.open_thread(thread_of(desk, asked), "t") == desk.general


@pytest.mark.parametrize("code", [50024, 50013, 160006, 50035])
async def test_any_refusal_of_a_thread_leads_to_the_channel(
    desk: Desk, platform: DiscordPlatform, code: int
) -> None:
    desk.standin.faults.add(buckets.refuse(THREAD, code))
    asked = desk.say("@bot hello")
    assert await platform.open_thread(thread_of(desk, asked), "t") == desk.general


async def test_a_thread_from_a_deleted_message_is_gone(
    desk: Desk, platform: DiscordPlatform
) -> None:
    asked = desk.say("@bot hello")
    desk.people.delete(desk.people.find("ben"), desk.general, asked)
    with pytest.raises(Gone):
        await platform.open_thread(thread_of(desk, asked), "t")


# --- looking ----------------------------------------------------------------------------


async def test_only_our_own_words_are_found(desk: Desk, platform: DiscordPlatform) -> None:
    place = await begun(desk, platform)
    before = await platform.post(place, Post("before"), "n0")
    asked = desk.say("and?", place)
    first = await platform.post(place, Post("one", reply_to=asked), "n1")
    second = await platform.post(place, Post("two"), "n2")
    desk.say("thanks", place)
    found = await platform.find_ours(place, before)
    assert [(one.message, one.reply_to) for one in found] == [(first, asked), (second, None)]


async def test_a_lost_post_can_be_found(desk: Desk, platform: DiscordPlatform) -> None:
    asked = desk.say("@bot hello")
    desk.fault(CREATE, "lose_answer")
    with pytest.raises(PlatformUnknown):
        await platform.post(desk.general, Post("answer"), "n")
    (found,) = await platform.find_ours(desk.general, asked)
    assert found.message == ours(desk, desk.general)[0]["id"]


async def test_a_lost_post_is_found_among_much_talk(desk: Desk, platform: DiscordPlatform) -> None:
    asked = desk.say("@bot hello")
    for n in range(130):
        desk.say(f"talk {n}")
    message = await platform.post(desk.general, Post("answer"), "n")
    (found,) = await platform.find_ours(desk.general, asked)
    assert found.message == message


async def test_not_having_read_to_the_end_is_not_finding_nothing(
    desk: Desk, platform: DiscordPlatform
) -> None:
    asked = desk.say("@bot hello")
    await platform.post(desk.general, Post("answer"), "n")
    for n in range(1000):
        desk.say(f"talk {n}")
    with pytest.raises(PlatformUnknown):
        await platform.find_ours(desk.general, asked)


async def test_not_being_allowed_to_look_is_not_finding_nothing(
    desk: Desk, platform: DiscordPlatform
) -> None:
    asked = desk.say("@bot hello")
    await platform.post(desk.general, Post("answer"), "n")
    desk.standin.world.deny_bot(desk.general, "read_message_history")
    await desk.clock.sleep(0.1)
    with pytest.raises(Forbidden) as refusal:
        await platform.find_ours(desk.general, asked)
    assert refusal.value.permission == "Read Message History"


# --- outcomes ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_leaves_it_open(
    desk: Desk, platform: DiscordPlatform, status: int
) -> None:
    desk.fault(CREATE, "fail_after", status=status, times=9)
    with pytest.raises(PlatformUnknown):
        await platform.post(desk.general, Post("answer"), "n")
    assert len(ours(desk, desk.general)) == 1, "repeated inside, under the same nonce"
    desk.standin.faults.clear()
    await platform.post(desk.general, Post("answer"), "n")
    assert len(ours(desk, desk.general)) == 1


async def test_a_passing_server_error_is_not_even_noticed(
    desk: Desk, platform: DiscordPlatform
) -> None:
    desk.fault(CREATE, "fail_after", status=502)
    await platform.post(desk.general, Post("answer"), "n")
    assert len(ours(desk, desk.general)) == 1


@pytest.mark.parametrize("refusal", [buckets.ban(nth=2), buckets.refuse(CREATE, 50013, nth=2)])
async def test_a_refused_repetition_leaves_open_what_came_before(
    desk: Desk, platform: DiscordPlatform, refusal: Fault
) -> None:
    asked = desk.say("@bot hello")
    desk.fault(CREATE, "fail_after", status=500)
    desk.standin.faults.add(refusal)
    with pytest.raises(PlatformUnknown):
        await platform.post(desk.general, Post("answer"), "n")
    await desk.clock.sleep(120)
    assert len(await platform.find_ours(desk.general, asked)) == 1


async def test_a_ban_is_heeded_also_where_the_outcome_is_open(
    desk: Desk, platform: DiscordPlatform
) -> None:
    desk.fault(CREATE, "fail_after", status=500)
    ban = desk.standin.faults.add(buckets.ban(nth=2, times=99))
    with pytest.raises(PlatformUnknown):
        await platform.post(desk.general, Post("answer"), "n")
    with pytest.raises(Throttled):
        await platform.post(desk.general, Post("answer"), "n")
    assert ban.hits == 1


@pytest.mark.parametrize("action", ["cut", "lose_answer"])
async def test_a_cut_connection_leaves_it_open(
    desk: Desk, platform: DiscordPlatform, action: str
) -> None:
    desk.fault(CREATE, action)
    with pytest.raises(PlatformUnknown):
        await platform.post(desk.general, Post("answer"), "n")


async def test_a_call_ends_within_its_deadline(desk: Desk, platform: DiscordPlatform) -> None:
    desk.fault(CREATE, "delay", seconds=300.0)
    started = desk.clock.monotonic()
    with pytest.raises(PlatformUnknown):
        await platform.post(desk.general, Post("answer"), "n")
    assert desk.clock.monotonic() - started <= platform.limits.call_seconds + 0.1


async def test_waiting_for_a_rate_limit_is_surely_not_done(
    desk: Desk, platform: DiscordPlatform
) -> None:
    desk.standin.faults.add(buckets.throttle(CREATE, 25.0, times=9))
    with pytest.raises(Throttled):
        await platform.post(desk.general, Post("answer"), "n")


async def test_a_long_rate_limit_says_how_long(desk: Desk, platform: DiscordPlatform) -> None:
    desk.standin.faults.add(buckets.throttle(CREATE, 90.0))
    with pytest.raises(Throttled) as refusal:
        await platform.post(desk.general, Post("answer"), "n")
    assert 80 < refusal.value.retry_after <= 90


async def test_a_short_rate_limit_is_waited_out(desk: Desk, platform: DiscordPlatform) -> None:
    desk.standin.faults.add(buckets.throttle(CREATE, 2.0))
    await platform.post(desk.general, Post("answer"), "n")
    assert desk.tally.counts["discord_throttled post"] == 1


async def test_a_ban_stops_all_calls_until_it_is_over(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ban = desk.standin.faults.add(buckets.ban(times=99))
    with pytest.raises(Throttled) as refusal:
        await platform.post(desk.general, Post("answer"), "n")
    assert refusal.value.retry_after == 60.0
    for _ in range(10):
        with pytest.raises(Throttled):
            await platform.post(desk.general, Post("answer"), "n")
    assert ban.hits == 1
    desk.standin.faults.clear()
    await desk.clock.sleep(61)
    await platform.post(desk.general, Post("answer"), "n")


async def test_an_edit_held_back_after_it_was_done_is_done(
    desk: Desk, platform: DiscordPlatform
) -> None:
    desk.standin.buckets.rules[EDIT] = (1, 25.0)
    message = await platform.post(desk.general, Post("a"), "n")
    await platform.edit(desk.general, message, Post("ab"))
    assert ours(desk, desk.general)[0]["content"] == "ab"


async def test_calls_wait_for_the_login(desk: Desk) -> None:
    platform = desk.make()
    early = asyncio.create_task(platform.post(desk.general, Post("early"), "n"))
    desk.adopt(platform)
    await early
    assert [one["content"] for one in ours(desk, desk.general)] == ["early"]


async def test_without_a_login_nothing_was_done(desk: Desk) -> None:
    platform = desk.make()
    with pytest.raises(Throttled):
        await platform.post(desk.general, Post("early"), "n")


@pytest.mark.parametrize(
    ("in_thread", "denied"),
    [
        (False, "Send Messages"),
        (True, "Send Messages in Threads"),
        (False, "View Channel"),
        (False, "Attach Files"),
    ],
)
async def test_a_missing_permission_is_named(
    desk: Desk, platform: DiscordPlatform, in_thread: bool, denied: str
) -> None:
    place = await begun(desk, platform) if in_thread else desk.general
    desk.standin.world.deny_bot(desk.general, denied.lower().replace(" ", "_"))
    await desk.clock.sleep(0.1)
    files = (File("a.txt", b"x"),) if denied == "Attach Files" else ()
    with pytest.raises(Forbidden) as refusal:
        await platform.post(place, Post("answer", files=files), "n")
    assert refusal.value.permission == denied
    assert refusal.value.code in ("50013", "50001")


async def test_what_is_gone_is_gone(desk: Desk, platform: DiscordPlatform) -> None:
    place = await begun(desk, platform)
    message = await platform.post(place, Post("a"), "n")
    ada = desk.people.find("ada")
    desk.people.delete(ada, place, message)
    with pytest.raises(Gone):
        await platform.edit(place, message, Post("ab"))
    locked = await begun(desk, platform)
    desk.people.lock(ada, locked)
    with pytest.raises(Gone):
        await platform.post(locked, Post("a"), "n2")
    desk.people.delete_channel(ada, place)
    with pytest.raises(Gone):
        await platform.post(place, Post("a"), "n3")


async def test_a_lower_limit_of_theirs_is_too_long(desk: Desk, platform: DiscordPlatform) -> None:
    desk.standin.settings.content_chars = 1500
    with pytest.raises(TooLong):
        await platform.post(desk.general, Post("x" * 1900), "n")


async def test_a_text_that_automod_blocks_is_refused(desk: Desk, platform: DiscordPlatform) -> None:
    desk.standin.faults.add(buckets.refuse(CREATE, 200000))
    with pytest.raises(PlatformRefused) as refusal:
        await platform.post(desk.general, Post("answer"), "n")
    assert type(refusal.value) is PlatformRefused
    assert refusal.value.code == "200000"


async def test_posting_goes_on_when_nothing_more_is_heard(
    desk: Desk, platform: DiscordPlatform
) -> None:
    await platform.hush()
    desk.say("@bot unheard")
    await platform.post(desk.general, Post("last words"), "n")
    assert [one["content"] for one in ours(desk, desk.general)] == ["last words"]
    assert not platform.ready
    assert desk.inbox.texts == []


async def test_a_dm_that_is_closed_is_forbidden(desk: Desk, platform: DiscordPlatform) -> None:
    ben = desk.people.find("ben")
    dm = desk.people.open_dm(ben)
    desk.people.close_dms(ben)
    with pytest.raises(Forbidden):
        await platform.post(dm, Post("psst"), "n")
