"""Pictures side by side on Slack: uploaded unseen, shown by one message, never by two."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from adapters.slack.blocks import gallery
from adapters.slack.galleries import is_shown
from bot.errors import Forbidden, PlatformError, PlatformRefused, PlatformUnknown, Throttled
from bot.events import Action, Button, File, Post
from tests.slack_speech import Speech, after, speech

__all__ = ["speech"]

pytestmark = pytest.mark.virtual

ASK, BYTES = "files.getUploadURLExternal", "upload"
COMPLETE, INFO, DELETE = "files.completeUploadExternal", "files.info", "files.delete"
POST = "chat.postMessage"


def picture(colour: str, kind: str = "PNG") -> bytes:
    """Return a small picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (12, 8), colour).save(out, kind)
    return out.getvalue()


VARY = Button(Action.VARY, "t1", "Vary")
UNDO = Button(Action.UNDO, "t1", "Undo")
BEFORE = File("before.png", picture("red"), "Before: a red wall")
AFTER = File("after.jpg", picture("green", "JPEG"), "After: make it <green>")
CAPTION = "**Edited** for you: make it <green> & @channel"
EDITED = Post(CAPTION, (VARY, UNDO), files=(BEFORE, AFTER), gallery=True)


def pictures(speech: Speech, place: str, ts: str) -> list[bytes]:
    """Return the pictures that a message shows within itself."""
    message = speech.message(place, ts)
    names = [one["slack_file"]["id"] for one in message.blocks if one["type"] == "image"]
    return [speech.world.get_file(message.team, name) or b"" for name in names]


def files(speech: Speech, place: str, ts: str) -> list[bytes]:
    """Return the files that a message carries."""
    message = speech.message(place, ts)
    return [speech.world.get_file(message.team, name) or b"" for name in message.files]


async def test_pictures_stand_between_their_caption_and_buttons(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, EDITED, "n")
    message = speech.message(place, ts)
    kinds = [block["type"] for block in message.blocks]
    assert kinds == ["markdown", "image", "image", "actions"]
    assert speech.text(place, ts) == CAPTION
    assert pictures(speech, place, ts) == [BEFORE.content, AFTER.content]
    said = [(one["alt_text"], one["title"]["text"]) for one in message.blocks[1:3]]
    assert said == [(BEFORE.description, "before.png"), (AFTER.description, "after.jpg")]
    assert speech.buttons(place, ts) == ["vary", "undo"]
    # People who are only notified read what it is about.
    assert "make it" in message.text and not message.files
    assert message.thread_ts == place.rpartition("/")[2]
    assert speech.calls_of(POST)[-1].request["metadata"]["event_payload"] == {"part": "n"}
    (found,) = await speech.history.find_ours(place, after(place))
    assert (found.message, found.nonce, found.turn) == (ts, "n", "t1")


async def test_nobody_sees_the_uploads_by_themselves(speech: Speech) -> None:
    place = speech.ask()
    await speech.outbound.post(place, EDITED, "n")
    (call,) = speech.calls_of(COMPLETE)
    assert not {"channel_id", "thread_ts", "blocks", "initial_comment"} & {*call.request}
    assert all("alt_txt" not in entry.request for entry in speech.calls_of(ASK))
    shares = [one.shares for one in speech.world.files.values()]
    assert shares == [[], []] and len(speech.ours(place)) == 1


async def test_a_picture_without_words_is_told_by_its_name() -> None:
    shown = gallery(Post("x", files=(File("a.png", b"", ""),), gallery=True), ["F1"])
    assert shown["blocks"][1]["alt_text"] == "a.png"
    long = gallery(Post("x", files=(File("a.png", b"", "y" * 9_000),), gallery=True), ["F1"])
    assert len(long["blocks"][1]["alt_text"]) == 2_000


@pytest.mark.parametrize(
    ("kind", "shown"), [("PNG", True), ("JPEG", True), ("GIF", True), ("WEBP", False)]
)
def test_what_slack_shows_is_known_by_its_bytes(kind: str, shown: bool) -> None:
    """See https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object."""
    assert is_shown(File("x.png", picture("red", kind))) is shown


# --- how long it takes -------------------------------------------------------------------------


async def test_slack_is_asked_before_it_has_to_refuse(speech: Speech) -> None:
    """A refused message counts among the few that a channel is allowed."""
    place = speech.ask()
    speech.standin.settings.pictures_ms = 2_500
    await speech.outbound.post(place, EDITED, "n")
    assert len(speech.calls_of(POST)) == 1


@pytest.mark.parametrize("times", [1, 6])
async def test_blocks_that_are_refused_for_now_are_sent_again(speech: Speech, times: int) -> None:
    place = speech.ask()
    speech.refuse(POST, "invalid_blocks", times=times)
    began = speech.clock.monotonic()
    ts = await speech.outbound.post(place, EDITED, "n")
    assert len(pictures(speech, place, ts)) == 2
    assert len(speech.calls_of(POST)) == times + 1
    assert speech.clock.monotonic() - began < 25
    assert len(speech.ours(place)) == 1 and len(speech.calls_of(COMPLETE)) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "missing_scope"])
async def test_a_look_that_is_refused_only_costs_time(speech: Speech, code: str) -> None:
    place = speech.ask()
    speech.refuse(INFO, code, times=99)
    ts = await speech.outbound.post(place, EDITED, "n")
    assert len(pictures(speech, place, ts)) == 2


async def test_what_slack_never_shows_so_is_shared_as_files(speech: Speech) -> None:
    """One message all the same, with its words and buttons; it is known by the turn they name."""
    place = speech.ask()
    speech.refuse(POST, "invalid_blocks", times=99)
    ts = await speech.outbound.post(place, EDITED, "n")
    assert files(speech, place, ts) == [BEFORE.content, AFTER.content]
    assert speech.buttons(place, ts) == ["vary", "undo"]
    assert len(speech.ours(place)) == 1
    (found,) = await speech.history.find_ours(place, after(place))
    assert (found.message, found.turn) == (ts, "t1")


async def test_a_picture_of_another_kind_makes_all_of_them_files(speech: Speech) -> None:
    """WebP keeps its format, and nothing is tried that Slack would refuse."""
    place = speech.ask()
    webp = File("after.webp", picture("green", "WEBP"), "After")
    post = Post(CAPTION, (VARY,), files=(BEFORE, webp), gallery=True)
    ts = await speech.outbound.post(place, post, "n")
    assert files(speech, place, ts) == [BEFORE.content, webp.content]
    assert not pictures(speech, place, ts) and len(speech.ours(place)) == 1
    assert not speech.calls_of(POST)


# --- F42, F43: what gets lost ------------------------------------------------------------------


@pytest.mark.parametrize("route", [ASK, BYTES, COMPLETE])
async def test_f43_a_lost_answer_of_a_step_never_doubles_the_message(
    speech: Speech, route: str
) -> None:
    """Until the message itself is posted nobody sees anything."""
    place = speech.ask()
    speech.fault(route, "lose_answer")
    try:
        ts = await speech.outbound.post(place, EDITED, "n")
    except PlatformUnknown:
        assert route == ASK and not speech.ours(place)
        ts = await speech.outbound.post(place, EDITED, "n")
    assert pictures(speech, place, ts) == [BEFORE.content, AFTER.content]
    assert len(speech.ours(place)) == 1


@pytest.mark.parametrize("action", ["lose_answer", "cut"])
async def test_f43_a_message_of_unknown_fate_is_looked_for(speech: Speech, action: str) -> None:
    """Its metadata tells it; where there is none, the uploads are made once more."""
    place = speech.ask()
    speech.fault(POST, action)
    with pytest.raises(PlatformUnknown):
        await speech.outbound.post(place, EDITED, "n")
    assert len(speech.calls_of(POST)) == 1
    speech.begin()  # another process takes over
    found = await speech.history.find_ours(place, after(place))
    assert len(found) == len(speech.ours(place)) == (1 if action == "lose_answer" else 0)
    if found:
        assert (found[0].message, found[0].nonce) == (speech.ours(place)[0].ts, "n")
    else:
        await speech.outbound.post(place, EDITED, "n")
        assert len(speech.ours(place)) == 1


async def test_f42_a_share_that_comes_late_is_still_one_message(speech: Speech) -> None:
    place = speech.ask()
    speech.refuse(POST, "invalid_blocks", times=99)
    speech.standin.settings.shares_ms = 9_000
    ts = await speech.outbound.post(place, EDITED, "n")
    assert [one.ts for one in speech.ours(place)] == [ts]


async def test_f42_bytes_that_do_not_arrive_are_refused(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(BYTES, "refuse", status=504, times=9)
    with pytest.raises(PlatformRefused):
        await speech.outbound.post(place, EDITED, "n")
    assert not speech.calls_of(POST) and not speech.ours(place)


async def test_a_step_that_is_throttled_ends_in_time(speech: Speech) -> None:
    """Nothing was done that anybody sees; whoever posts again begins anew."""
    place = speech.ask()
    speech.refuse(COMPLETE, "ratelimited", retry_after=40)
    with pytest.raises(Throttled):
        await speech.outbound.post(place, EDITED, "n")
    assert not speech.ours(place)


@pytest.mark.parametrize("code", ["not_in_channel", "restricted_action"])
async def test_where_nothing_may_be_posted_that_is_said(speech: Speech, code: str) -> None:
    place = speech.ask()
    speech.refuse(POST, code, times=9)
    with pytest.raises(Forbidden):
        await speech.outbound.post(place, EDITED, "n")
    assert len(speech.calls_of(POST)) == 1


async def test_a_thread_that_is_gone_takes_no_pictures_into_the_channel(speech: Speech) -> None:
    place = speech.ask()
    team, channel, ts = place.split("/")
    speech.world.remove(speech.world.messages[team, channel, ts])
    with pytest.raises(PlatformError):
        await speech.outbound.post(place, EDITED, "n")
    assert not speech.ours(place)


# --- taken away --------------------------------------------------------------------------------


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("shared", [True, False])
async def test_pictures_go_with_their_message(
    speech: Speech, restarted: bool, shared: bool
) -> None:
    """Their bytes would outlive it on Slack, whether they stood within it or were its files."""
    place = speech.ask()
    if shared:
        speech.refuse(POST, "invalid_blocks", times=7)
    ts = await speech.outbound.post(place, EDITED, "n")
    (standing,) = speech.ours(place)
    shown = standing.files or [
        one["slack_file"]["id"] for one in standing.blocks if one["type"] == "image"
    ]
    if restarted:
        speech.begin()
    await speech.outbound.delete(place, ts)
    assert not speech.ours(place)
    assert len(shown) == 2
    assert all(speech.world.files[speech.team, name].hidden == "tombstone" for name in shown)
    # Once more is fine.
    await speech.outbound.delete(place, ts)


async def test_a_persons_picture_is_not_ours_to_delete(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, EDITED, "n")
    speech.refuse(DELETE, "cant_delete_file", times=9)
    await speech.outbound.delete(place, ts)
    assert not speech.ours(place)


async def test_words_are_deleted_without_a_look(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, Post("x"), "n")
    since = len(speech.standin.history.entries)
    await speech.outbound.delete(place, ts)
    assert speech.methods(since) == ["chat.delete"]
