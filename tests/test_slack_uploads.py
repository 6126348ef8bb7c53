"""Files that the bot posts on Slack: bytes that hang, shares that come late or never."""

from __future__ import annotations

from contextlib import suppress

import pytest

from adapters.playground.slack.records import File as Shared
from bot.errors import Forbidden, PlatformError, PlatformRefused, PlatformUnknown, Throttled, TooBig
from bot.events import Action, Button, File, Post
from tests.slack_speech import Speech, after, speech

__all__ = ["speech"]

pytestmark = pytest.mark.virtual

ASK, BYTES = "files.getUploadURLExternal", "upload"
COMPLETE, INFO = "files.completeUploadExternal", "files.info"

AGAIN = Button(Action.REGENERATE, "t1", "Regenerate")
GOOD = Button(Action.GOOD, "t1", "Good answer")
BAD = Button(Action.BAD, "t1", "Bad answer")
ANSWER = File("answer.md", "# größer\n".encode() * 3_000, "The whole answer")
WORDS = "The whole answer <here> & **there**"
POST = Post(WORDS, (AGAIN, GOOD, BAD), files=(ANSWER,))


def file_of(speech: Speech, place: str, ts: str) -> Shared:
    """Return the one file of a message."""
    message = speech.message(place, ts)
    (name,) = message.files
    return speech.world.files[message.team, name]


def words_of(speech: Speech, place: str, ts: str) -> str:
    """Return the words that stand above a message's file."""
    message = speech.message(place, ts)
    sections = (one["text"]["text"] for one in message.blocks if one["type"] == "section")
    return "".join(sections) or speech.text(place, ts) or message.text


async def test_a_file_stands_in_its_thread_with_words_and_buttons(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, POST, "n")
    message, file = speech.message(place, ts), file_of(speech, place, ts)
    assert message.thread_ts == place.rpartition("/")[2]
    assert (file.name, file.title) == ("answer.md", "answer.md")
    assert speech.world.get_file(file.team, file.id) == ANSWER.content
    assert words_of(speech, place, ts) == WORDS
    assert speech.buttons(place, ts) == ["regenerate", "good", "bad"]
    assert len(speech.ours(place)) == 1
    # It is known again by the turn that its buttons name.
    (found,) = await speech.history.find_ours(place, after(place))
    assert (found.message, found.turn) == (ts, "t1")
    # Its words can be replaced, and the file stays.
    await speech.outbound.edit(place, ts, Post("(replaced)"))
    assert words_of(speech, place, ts) == "(replaced)"
    assert file_of(speech, place, ts) == file


async def test_in_a_channel_it_stands_under_what_it_replies_to(speech: Speech) -> None:
    root = speech.ask().rpartition("/")[2]
    post = Post("x", reply_to=root, files=(ANSWER,))
    ts = await speech.outbound.post(speech.general, post, "n")
    assert speech.message(speech.general, ts).thread_ts == root


async def test_a_file_that_is_too_big_never_leaves(speech: Speech) -> None:
    big = File("big.md", bytes(50 * 1024 * 1024 + 1))
    with pytest.raises(TooBig):
        await speech.outbound.post(speech.ask(), Post("x", files=(big,)), "n")
    assert speech.calls_of(ASK) == []


async def test_large_bytes_leave_piece_by_piece(speech: Speech) -> None:
    """A library warns of what holds the event loop, which fails this test."""
    place = speech.ask()
    big = File("big.bin", bytes(range(256)) * 4096 * 3)
    ts = await speech.outbound.post(place, Post("x", files=(big,)), "n")
    assert file_of(speech, place, ts).size == len(big.content)


# --- F42: the bytes ------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["cut", "refuse", "hang"])
async def test_f42_only_the_bytes_are_sent_again(speech: Speech, action: str) -> None:
    place = speech.ask()
    if action == "hang":
        fault = speech.fault(BYTES, "delay", seconds=60.0, times=2)
    else:
        fault = speech.fault(BYTES, action, status=504, times=2)
    ts = await speech.outbound.post(place, POST, "n")
    assert file_of(speech, place, ts).state == "complete"
    assert len(speech.calls_of(ASK)) == len(speech.calls_of(COMPLETE)) == 1
    assert (fault.hits, fault.seen) == (2, 3)


async def test_f42_after_three_tries_it_is_refused(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(BYTES, "refuse", status=408, times=9)
    with pytest.raises(PlatformRefused) as raised:
        await speech.outbound.post(place, POST, "n")
    assert raised.value.code == "not_uploaded"
    assert len(speech.calls_of(BYTES)) == 3
    assert speech.calls_of(COMPLETE) == []
    assert speech.ours(place) == []


async def test_bytes_whose_answer_was_lost_are_there(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(BYTES, "lose_answer")
    ts = await speech.outbound.post(place, POST, "n")
    assert file_of(speech, place, ts).size == len(ANSWER.content)
    assert len(speech.calls_of(BYTES)) == 2


async def test_bytes_that_never_arrived_are_refused_at_the_next_step(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(BYTES, "cut")
    speech.fault(BYTES, "refuse", nth=2, status=404)
    with pytest.raises(PlatformRefused):
        await speech.outbound.post(place, POST, "n")
    assert speech.ours(place) == []


# --- F43: the share ------------------------------------------------------------------------------


async def test_a_share_that_comes_late_is_waited_for(speech: Speech) -> None:
    speech.standin.settings.shares_ms = 9_000
    place = speech.ask()
    ts = await speech.outbound.post(place, POST, "n")
    assert file_of(speech, place, ts).name == "answer.md"
    assert len(speech.calls_of(COMPLETE)) == 1


async def test_f43_what_was_never_shared_is_shared_by_its_id(speech: Speech) -> None:
    speech.standin.settings.share_never = True
    place = speech.ask()
    ts = await speech.outbound.post(place, POST, "n1")
    assert len(speech.calls_of(ASK)) == len(speech.calls_of(COMPLETE)) == 1
    assert len(speech.ours(place)) == 1
    assert speech.world.get_file(speech.team, file_of(speech, place, ts).id) == ANSWER.content
    assert words_of(speech, place, ts) == WORDS
    (found,) = await speech.history.find_ours(place, after(place))
    assert (found.nonce, found.turn) == ("n1", "t1")


async def test_f43_what_cannot_be_shared_at_all_is_refused(speech: Speech) -> None:
    speech.standin.settings.share_never = True
    speech.refuse("chat.update", "file_not_found")
    place = speech.ask()
    with pytest.raises(PlatformRefused) as raised:
        await speech.outbound.post(place, POST, "n")
    assert raised.value.code == "not_shared"
    # No words stand there that speak of a file.
    assert speech.ours(place) == []


@pytest.mark.parametrize("action", ["lose_answer", "fail_after", "cut", "refuse"])
async def test_a_completion_of_unknown_fate_is_made_sure_of(speech: Speech, action: str) -> None:
    place = speech.ask()
    speech.fault(COMPLETE, action)
    ts = await speech.outbound.post(place, POST, "n")
    assert file_of(speech, place, ts).name == "answer.md"
    assert len(speech.ours(place)) == 1


async def test_a_completion_that_never_becomes_clear_is_unknown(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(COMPLETE, "cut", times=2)
    with pytest.raises(PlatformUnknown):
        await speech.outbound.post(place, POST, "n")
    assert speech.ours(place) == []


async def test_whoever_posts_again_looks_before(speech: Speech) -> None:
    """After a share that was told of, what is put off may be there all the same."""
    place = speech.ask()
    speech.standin.settings.share_never = True
    speech.refuse("chat.postMessage", "ratelimited", retry_after=30)
    with pytest.raises(PlatformUnknown) as raised:
        await speech.outbound.post(place, POST, "n")
    assert raised.value.code == "not_shared"


@pytest.mark.parametrize("method", [COMPLETE, "files.info"])
async def test_no_share_leaves_later_than_it_is_looked_for(speech: Speech, method: str) -> None:
    """Slack may take some time to share what it was told to; nothing is told it any later."""
    place = speech.ask()
    speech.fault(BYTES, "delay", seconds=9.5, times=3)
    speech.fault(method, "delay", seconds=9.5, times=99)
    speech.standin.settings.share_never = True
    before = speech.clock.monotonic()
    with suppress(PlatformError):
        await speech.outbound.post(place, POST, "n")
    for entry in speech.calls_of(COMPLETE, "chat.postMessage", "chat.update"):
        assert entry.at / 1000 - speech.clock.start_ms / 1000 <= before + 40.0


async def test_blocks_that_are_refused_leave_the_words(speech: Speech) -> None:
    place = speech.ask()
    speech.refuse(COMPLETE, "invalid_blocks")
    ts = await speech.outbound.post(place, POST, "n")
    assert words_of(speech, place, ts) == "The whole answer &lt;here&gt; &amp; **there**"
    assert file_of(speech, place, ts).name == "answer.md"


async def test_looking_may_be_put_off(speech: Speech) -> None:
    place = speech.ask()
    speech.refuse(INFO, "ratelimited", times=3)
    assert await speech.outbound.post(place, POST, "n")


async def test_where_files_may_not_be_read_the_thread_tells(speech: Speech) -> None:
    place = speech.ask()
    speech.refuse(INFO, "missing_scope", needed="files:read")
    with pytest.raises(PlatformUnknown):
        await speech.outbound.post(place, POST, "n")
    (found,) = await speech.history.find_ours(place, after(place))
    assert found.turn == "t1"
    assert len(speech.ours(place)) == 1


@pytest.mark.parametrize("method", [ASK, COMPLETE])
async def test_a_missing_scope_is_named(speech: Speech, method: str) -> None:
    speech.refuse(method, "missing_scope", needed="files:write")
    with pytest.raises(Forbidden) as raised:
        await speech.outbound.post(speech.ask(), POST, "n")
    assert raised.value.permission == "files:write"


@pytest.mark.parametrize("method", [ASK, COMPLETE])
async def test_a_rate_limit_is_raised(speech: Speech, method: str) -> None:
    place = speech.ask()
    speech.refuse(method, "ratelimited", retry_after=30)
    with pytest.raises(Throttled) as raised:
        await speech.outbound.post(place, POST, "n")
    assert raised.value.retry_after == 30
    assert speech.ours(place) == []
