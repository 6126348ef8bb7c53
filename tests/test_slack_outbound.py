"""What the bot says on Slack beside its streams, and what each failure leads to."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.blocks import nonce_of
from bot.domain import ThreadRef
from bot.errors import (
    Forbidden,
    Gone,
    Lost,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooLong,
)
from bot.events import Action, Button, Post
from bot.ports import Manner
from tests.slack_speech import Speech, after, speech

__all__ = ["speech"]

pytestmark = pytest.mark.virtual

POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
START = "chat.startStream"
STATUS, SESSION = "assistant.threads.setStatus", "agents.sessions.setStatus"

STOP = Button(Action.STOP, "t1", "Stop", danger=True)
GOOD = Button(Action.GOOD, "t1", "Good answer")
BAD = Button(Action.BAD, "t1", "Bad answer")


# --- places --------------------------------------------------------------------------------------


async def test_a_thread_is_opened_without_a_call(speech: Speech) -> None:
    root = ThreadRef("slack", "T1", "T1/C1", "T1/C1/1700000000.000100")
    assert await speech.outbound.open_thread(root, "hello") == "T1/C1/1700000000.000100"
    asked = ThreadRef("slack", "T1", "T1/C1", "T1/C1/123.456.abc")
    assert await speech.outbound.open_thread(asked, "hello") == "T1/C1/123.456.abc"
    assert speech.methods() == []


async def test_what_is_no_place_is_gone(speech: Speech) -> None:
    for place in ("", "T1", "T1/C1/1/2"):
        with pytest.raises(Gone):
            await speech.outbound.post(place, Post("x"), "n")


# --- posting -------------------------------------------------------------------------------------


async def test_a_post_stands_in_its_thread(speech: Speech) -> None:
    place = speech.ask()
    text = "# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<!here> & <@U1>"
    ts = await speech.outbound.post(place, Post(text, (STOP, GOOD, BAD)), "n1")
    message = speech.message(place, ts)
    assert message.thread_ts == place.rpartition("/")[2]
    assert nonce_of({"metadata": message.metadata}) == "n1"
    assert speech.text(place, ts) == text
    assert "<!here>" not in message.blocks[0]["text"]
    assert speech.buttons(place, ts) == ["stop", "feedback"]
    (call,) = speech.calls_of(POST)
    assert (call.request["unfurl_links"], call.request["unfurl_media"]) == (False, False)
    assert call.request["parse"] == "none"
    assert "link_names" not in call.request
    assert call.request["text"].endswith("&lt;!here&gt; &amp; &lt;@U1&gt;")


async def test_in_a_channel_it_stands_under_what_it_replies_to(speech: Speech) -> None:
    asked = speech.ask()
    root = asked.rpartition("/")[2]
    for reply_to in (root, asked):
        ts = await speech.outbound.post(speech.general, Post("a", reply_to=reply_to), "n")
        assert speech.message(speech.general, ts).thread_ts == root
    card = await speech.outbound.post(speech.general, Post("asked", reply_to="12.34.abc"), "n")
    assert speech.message(speech.general, card).thread_ts == ""


async def test_empty_and_too_long_texts_never_leave(speech: Speech) -> None:
    place = speech.ask()
    with pytest.raises(PlatformRefused) as raised:
        await speech.outbound.post(place, Post(" \n\u200b"), "n")
    assert raised.value.code == "no_text"
    with pytest.raises(TooLong):
        await speech.outbound.post(place, Post("a" * 11_001), "n")
    assert speech.methods() == []
    ts = await speech.outbound.post(place, Post("a" * 11_000), "n")
    assert speech.text(place, ts) == "a" * 11_000


async def test_f35_a_stray_reply_is_removed_at_once(speech: Speech) -> None:
    place = speech.ask()
    speech.people.delete(speech.people.find("ben"), speech.general, place.rpartition("/")[2])
    for kind in ("", "ratelimited", "internal_error"):
        if kind:
            speech.refuse(DELETE, kind)
        with pytest.raises(Gone) as raised:
            await speech.outbound.post(place, Post("answer"), "n")
        assert raised.value.code == "thread_not_found"
        assert speech.ours(place) == []
    assert speech.tally.counts["slack_strays"] == 3


@pytest.mark.parametrize(
    ("seconds", "kind", "ends"), [(4.0, PlatformUnknown, 10.0), (9.5, Throttled, 9.5)]
)
async def test_all_calls_of_a_post_end_in_time(
    speech: Speech, seconds: float, kind: type[PlatformError], ends: float
) -> None:
    """What is looked for twelve seconds after it began has surely left by then, or never will."""
    place = speech.ask()
    await speech.outbound.post(place, Post("known"), "before")
    speech.people.switch(streams="feature_not_enabled")
    speech.fault(START, "delay", seconds=seconds)
    speech.fault(POST, "delay", seconds=9.0)
    before = speech.clock.monotonic()
    with pytest.raises(kind):
        await speech.outbound.post(place, Post("asked", growing="asked"), "n")
    assert speech.clock.monotonic() - before == pytest.approx(ends, abs=0.1)


async def test_no_channel_is_entered_uninvited(speech: Speech) -> None:
    with pytest.raises(Forbidden) as raised:
        await speech.outbound.post(speech.people.channel("quiet"), Post("asked"), "n")
    assert raised.value.code == "not_in_channel"
    assert speech.methods() == [POST]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("channel_not_found", Gone),
        ("is_archived", Gone),
        ("restricted_action_thread_only_channel", Forbidden),
        ("token_revoked", Forbidden),
        ("ratelimited", Throttled),
        ("fatal_error", PlatformUnknown),
        ("msg_too_long", TooLong),
        ("metadata_too_large", PlatformRefused),
    ],
)
async def test_f36_f37_f38_a_refused_post(
    speech: Speech, code: str, kind: type[PlatformError]
) -> None:
    place = speech.ask()
    speech.refuse(POST, code, retry_after=30)
    with pytest.raises(kind) as raised:
        await speech.outbound.post(place, Post("answer"), "n")
    assert type(raised.value) is kind
    assert speech.methods() == [POST]
    assert speech.ours(place) == []


@pytest.mark.parametrize("action", ["lose_answer", "cut", "fail_after"])
async def test_f40_a_lost_post_is_found_by_its_nonce(speech: Speech, action: str) -> None:
    place = speech.ask()
    await speech.outbound.post(place, Post("before"), "n0")
    speech.fault(POST, action)
    with pytest.raises(PlatformUnknown):
        await speech.outbound.post(place, Post("answer", (STOP,)), "n1")
    found = await speech.history.find_ours(place, after(place))
    expected = [("n0", "")] if action == "cut" else [("n0", ""), ("n1", "t1")]
    assert [(one.nonce, one.turn) for one in found] == expected
    assert len(speech.calls_of(POST)) == 2


# --- F39: blocks that are refused ----------------------------------------------------------------


@pytest.mark.parametrize("code", ["invalid_blocks", "no_text"])
@pytest.mark.parametrize("times", [1, 2])
async def test_f39_refused_blocks_become_plain_text(speech: Speech, code: str, times: int) -> None:
    place = speech.ask()
    speech.refuse(POST, code, times=times)
    text = "**bold** <b> & <!here>"
    ts = await speech.outbound.post(place, Post(text, (STOP,)), "n")
    message = speech.message(place, ts)
    if times == 1:
        shown = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
        assert shown == ["**bold** <b> & <\u2060!here>"]
        assert speech.buttons(place, ts) == ["stop"]
    else:
        assert message.blocks == []
        assert message.text == "**bold** &lt;b&gt; &amp; &lt;!here&gt;"
    # Only this text's blocks were at fault.
    await speech.outbound.post(place, Post(text, (STOP,)), "n2")
    assert len(speech.calls_of(POST)) == times + 2


async def test_refused_thumbs_are_remembered(speech: Speech) -> None:
    place = speech.ask()
    speech.refuse(POST, "invalid_blocks")
    ts = await speech.outbound.post(place, Post("x", (GOOD, BAD)), "n")
    assert speech.buttons(place, ts) == ["good", "bad"]
    speech.begin()
    ts = await speech.outbound.post(place, Post("y", (GOOD, BAD)), "n2")
    assert speech.buttons(place, ts) == ["good", "bad"]
    assert len(speech.calls_of(POST)) == 3
    await speech.clock.sleep(24 * 3600)
    ts = await speech.outbound.post(place, Post("z", (GOOD, BAD)), "n3")
    assert speech.buttons(place, ts) == ["feedback"]


# --- F31: smaller limits --------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [12_000, 4_000, 3_000])
async def test_f31_a_smaller_limit_is_learnt(speech: Speech, limit: int) -> None:
    speech.standin.settings.markdown_chars = limit
    place = speech.ask()
    tried = [10_000, 3_990, 2_990]
    kept: list[int] = []
    for length in tried:
        try:
            ts = await speech.outbound.post(place, Post("a" * length), "n")
        except TooLong:
            continue
        assert speech.text(place, ts) == "a" * length
        kept.append(length)
    assert kept == [length for length in tried if length <= limit]
    asked = len(speech.calls_of(POST))
    if limit < 12_000:
        # From then on nothing so long is even sent.
        speech.begin()
        with pytest.raises(TooLong):
            await speech.outbound.post(place, Post("a" * 10_000), "n")
        assert len(speech.calls_of(POST)) == asked


# --- editing and deleting -------------------------------------------------------------------------


async def test_an_edit_replaces_text_and_buttons(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, Post("a", (STOP,)), "n1")
    await speech.outbound.edit(place, ts, Post("b"))
    assert speech.text(place, ts) == "b"
    assert speech.buttons(place, ts) == []
    assert nonce_of({"metadata": speech.message(place, ts).metadata}) == "n1"


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_f34_a_message_that_cannot_be_changed_is_lost(speech: Speech, code: str) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, Post("a"), "n1")
    speech.refuse(UPDATE, code)
    with pytest.raises(Lost):
        await speech.outbound.edit(place, ts, Post("b"))


async def test_deleting_twice_is_fine(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, Post("a"), "n1")
    await speech.outbound.delete(place, ts)
    await speech.outbound.delete(place, ts)
    assert speech.ours(place) == []


async def test_somebody_elses_message_cannot_be_deleted(speech: Speech) -> None:
    place = speech.ask()
    with pytest.raises(Lost):
        await speech.outbound.delete(place, place.rpartition("/")[2])


async def test_a_question_that_waits_is_marked(speech: Speech) -> None:
    place = speech.ask()
    root = place.rpartition("/")[2]
    for queued in (True, True, False, False):
        await speech.outbound.mark_queued(place, root, queued)
        marked = "hourglass_flowing_sand" in speech.message(place, root).reactions
        assert marked == queued


# --- what is shown beside a thread ------------------------------------------------------------


async def test_how_an_answer_grows_where(speech: Speech) -> None:
    assert speech.outbound.manner(speech.general) == Manner()
    assert speech.methods() == []
    place = speech.ask()
    assert speech.outbound.manner(place) == Manner(status=True, bare=True, own_stop=False)
    # Who asks brings it to light.
    await asyncio.sleep(0.1)
    assert speech.outbound.manner(place) == Manner(status=True, bare=True, own_stop=True)
    await speech.outbound.show_status(place, "is thinking...")
    assert speech.work(place) == "processing"
    assert speech.people.status(*place.rsplit("/", 1))["line"] == "is thinking..."
    await speech.outbound.show_status(place, "is still thinking...")
    await speech.outbound.show_status(place, "")
    assert speech.methods() == [SESSION, STATUS, SESSION, STATUS, STATUS, SESSION]
    assert speech.work(place) == "active"
    assert not speech.people.status(*place.rsplit("/", 1))["line"]
    # The next process knows it, too.
    speech.begin()
    await speech.outbound.load(speech.team)
    assert speech.outbound.manner(speech.ask()).own_stop


async def test_an_app_that_is_no_agent_has_no_stop_of_slacks(speech: Speech) -> None:
    speech.people.switch(agent=False)
    place = speech.ask()
    await speech.outbound.show_status(place, "is thinking...")
    await speech.outbound.show_status(place, "")
    assert speech.outbound.manner(place) == Manner(status=True, bare=True, own_stop=False)
    assert speech.methods() == [STATUS, SESSION, STATUS]


@pytest.mark.parametrize("code", ["missing_scope", "unknown_method", "feature_not_enabled"])
async def test_a_status_that_is_refused_is_not_shown_for_a_day(speech: Speech, code: str) -> None:
    place = speech.ask()
    speech.refuse(STATUS, code, times=2)
    with pytest.raises(PlatformRefused):
        await speech.outbound.show_status(place, "is thinking...")
    await speech.outbound.show_status(place, "")
    speech.begin()
    await speech.outbound.load(speech.team)
    assert not speech.outbound.manner(place).status
    await speech.clock.sleep(24 * 3600)
    assert speech.outbound.manner(place).status


async def test_a_status_of_unknown_fate_is_written_again(speech: Speech) -> None:
    place = speech.ask()
    await speech.outbound.show_status(place, "is thinking...")
    for fault in (STATUS, SESSION):
        speech.fault(fault, "cut")
        with pytest.raises(PlatformUnknown):
            await speech.outbound.show_status(place, "")
    await speech.outbound.show_status(place, "")
    assert not speech.people.status(*place.rsplit("/", 1))["line"]


async def test_f46_a_slow_status_never_outlives_the_clear(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(STATUS, "delay", seconds=5.0)
    slow = asyncio.create_task(speech.outbound.show_status(place, "is thinking..."))
    await asyncio.sleep(0.5)
    # Nobody waits for it any more.
    slow.cancel()
    await speech.outbound.show_status(place, "")
    statuses = [entry.request["status"] for entry in speech.calls_of(STATUS)]
    assert statuses == ["is thinking...", ""]
    assert not speech.people.status(*place.rsplit("/", 1))["line"]


# --- to a person alone -----------------------------------------------------------------------


async def test_a_person_is_told_alone(speech: Speech) -> None:
    cleo = speech.people.find("cleo")
    ts = await speech.direct.tell(cleo, Post("hello"), "n1")
    await speech.direct.tell(cleo, Post("again"), "n2")
    dm = speech.people.open_dm(cleo)
    assert speech.text(dm, ts) == "hello"
    assert speech.methods() == ["conversations.open", POST, POST]


@pytest.mark.parametrize("code", ["cannot_dm_bot", "user_not_found", "user_disabled"])
async def test_who_takes_no_messages_is_not_told(speech: Speech, code: str) -> None:
    speech.refuse("conversations.open", code)
    with pytest.raises(Forbidden):
        await speech.direct.tell(speech.people.find("cleo"), Post("hello"), "n1")


@pytest.mark.parametrize("person", ["", "U1", "T1/U1/x", "T0PLAYGRND1/U0NOBODY"])
async def test_who_is_nobody_is_not_told(speech: Speech, person: str) -> None:
    with pytest.raises(Forbidden):
        await speech.direct.tell(person, Post("hello"), "n1")
