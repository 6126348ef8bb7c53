"""Slack's messages become events, once, whichever way they come."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.changes import (
    is_change,
    is_tombstone,
    names_us_late,
    parse_delete,
    parse_edit,
    parse_leave,
    parse_place_deleted,
)
from adapters.slack.inbound import Ears, Known, Person, concerns, parse_message, wanted
from bot.domain import Attachment, Quote, ThreadRef
from bot.events import MessageDeleted, MessageEdited, MessageReceived, PlaceDeleted, WorkspaceLeft

TS = "1767225600.000100"
LATER = "1767225660.000200"
ROOT = "1767225000.000000"
EARS = Ears("T1", "UBOT", "BBOT", lambda workspace, channel: channel == "T1/C9")
KNOWN = Known({"U1": Person("Ann"), "U2": Person("Ben", admin=True)}, {"C2": "random"})
FILE: dict[str, Any] = {
    "id": "F1",
    "name": "a.png",
    "mimetype": "image/png",
    "size": 12,
    "url_private": "https://files.slack.com/a.png",
    "url_private_download": "https://files.slack.com/download/a.png",
}


def message(**rest: Any) -> dict[str, Any]:
    """Return a message of Ann's in a channel."""
    return {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "text": "<@UBOT> hi",
        "ts": TS,
        "event_ts": TS,
        "team": "T1",
        **rest,
    }


def mention(**rest: Any) -> dict[str, Any]:
    """Return the same as Slack sends it a second time: without the channel's type."""
    event = message(**rest) | {"type": "app_mention"}
    del event["channel_type"]
    return event


def changed(now: dict[str, Any], before: dict[str, Any] | None, **rest: Any) -> dict[str, Any]:
    """Return a change of a message; Slack marks it as hidden, though people see it."""
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": "C1",
        "channel_type": "channel",
        "ts": LATER,
        "event_ts": LATER,
        "message": now,
        **rest,
    }
    return event if before is None else event | {"previous_message": before}


def heard(event: dict[str, Any]) -> MessageReceived | None:
    """Return what a message becomes."""
    return parse_message(event, EARS, KNOWN)


def edit(event: dict[str, Any]) -> MessageEdited | None:
    """Return what a change becomes."""
    return parse_edit(event, EARS, KNOWN)


# --- messages --------------------------------------------------------------------------


def test_a_mention_in_a_channel_opens_a_thread() -> None:
    """Its thread is named by its own ts."""
    event = heard(message())
    assert event == MessageReceived(
        thread=ThreadRef("slack", "T1", "T1/C1", f"T1/C1/{TS}"),
        message=TS,
        position=1_767_225_600_000_100,
        author=Known({"U1": Person("Ann")}).author("T1", "U1"),
        text="hi",
        addressed=True,
        opens_thread=True,
        sent_at=1_767_225_600_000,
    )
    assert event.place == "T1/C1"


@pytest.mark.parametrize(
    "rest",
    [{}, {"thread_ts": ROOT}, {"thread_ts": TS}, {"files": [FILE]}, {"subtype": "file_share"}],
)
def test_both_of_the_twins_are_one_event(rest: dict[str, Any]) -> None:
    """`app_mention` and `message` differ in nothing that counts (F27)."""
    event = heard(message(**rest))
    assert event is not None and event == heard(mention(**rest))


def test_a_reply_stands_in_its_thread() -> None:
    """Also one that is shown in the channel as well."""
    for subtype in (None, "thread_broadcast"):
        event = heard(message(text="more", thread_ts=ROOT, subtype=subtype))
        assert event is not None
        assert event.thread.thread == event.place == f"T1/C1/{ROOT}"
        assert not event.opens_thread and not event.addressed


def test_a_threads_first_message_is_none_of_its_replies() -> None:
    """Once it has replies, its thread_ts is its own ts."""
    event = heard(message(thread_ts=TS))
    assert event is not None and event.opens_thread


def test_every_direct_message_is_to_the_bot() -> None:
    """Its root is a conversation of its own, as in a channel."""
    for rest in ({"channel": "D1", "channel_type": "im"}, {"channel": "D1", "channel_type": ""}):
        event = heard(message(text="hi", **rest))
        assert event is not None and event.addressed and event.opens_thread
        assert event.thread.thread == f"T1/D1/{TS}"
    assert heard(message(text="hi", channel="G1", channel_type="mpim")) is None


def test_what_is_said_to_others_is_none_of_ours() -> None:
    """Unless every message of the channel is a question."""
    assert heard(message(text="hi all")) is None
    assert not concerns(message(text="hi all"), EARS)
    listened = heard(message(text="hi all", channel="C9"))
    assert listened is not None and not listened.addressed


@pytest.mark.parametrize(
    "rest",
    [
        {"bot_id": "B2"},
        {"subtype": "bot_message", "bot_id": "B2"},
        {"user": "USLACKBOT"},
        {"user": "UBOT"},
        {"user": ""},
        {"hidden": True},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "assistant_app_thread"},
        {"subtype": "me_message"},
        {"subtype": "unheard_of"},
    ],
)
def test_only_people_are_heard(rest: dict[str, Any]) -> None:
    """Bots, Slack itself, ourselves and system messages are not."""
    assert heard(message(**rest)) is None


def test_an_empty_mention_is_one() -> None:
    """It may ask about what stands above it; in a thread nothing was said."""
    event = heard(message(text="<@UBOT>"))
    assert event is not None and event.text == "" and event.addressed
    assert heard(message(text="", thread_ts=ROOT)) is None


def test_people_and_channels_are_named() -> None:
    """By what was looked up; the author as well."""
    event = heard(message(text="<@UBOT> ask <@U2> in <#C2>", user="U2"))
    assert event is not None
    assert event.text == "ask @Ben in #random"
    assert event.author.name == "Ben" and event.author.admin and event.author.moderator
    assert event.author.id == "T1/U2"
    stranger = heard(message(user="U7"))
    assert stranger is not None and stranger.author.name == "U7" and not stranger.author.admin


def test_files_come_along() -> None:
    """With the address that brings the bytes; a stub of another organisation has only its id."""
    stub = {"id": "F2", "file_access": "check_file_info"}
    gone = {"id": "F3", "mode": "tombstone"}
    event = heard(message(subtype="file_share", files=[FILE, stub, gone, {}, "?"]))
    assert event is not None
    assert event.attachments == (
        Attachment(
            "F1",
            "a.png",
            12,
            "image/png",
            "https://files.slack.com/download/a.png",
            TS,
            "T1/C1",
        ),
        Attachment("F2", "", 0, "", "", TS, "T1/C1"),
    )
    reply = heard(message(thread_ts=ROOT, files=[FILE]))
    assert reply is not None and reply.attachments[0].place == f"T1/C1/{ROOT}"


SHARED: dict[str, Any] = {
    "is_share": True,
    "author_id": "U2",
    "author_name": "Benjamin",
    "text": "it costs &lt; 5, says <@U1>",
    "files": [FILE | {"id": "F9"}],
    "ts": ROOT,
}


def test_a_forwarded_message_is_quoted() -> None:
    """Whose words, and the words; its files too, each once."""
    event = heard(message(attachments=[SHARED, SHARED | {"text": "and more"}]))
    assert event is not None
    assert event.quote == Quote("Ben", "it costs < 5, says @Ann\nand more")
    assert [file.id for file in event.attachments] == ["F9"]
    stranger = heard(message(attachments=[SHARED | {"author_id": "U77"}]))
    assert stranger is not None and stranger.quote is not None
    assert stranger.quote.author == "Benjamin"
    unfolded = heard(message(attachments=[{"is_msg_unfurl": True, "text": "words"}]))
    assert unfolded is not None and unfolded.quote == Quote("", "words")
    page = heard(message(attachments=[{"title": "A page", "text": "about it"}]))
    assert page is not None and page.quote is None


@pytest.mark.parametrize("flag", ["is_share", "is_msg_unfurl", "is_reply_unfurl"])
@pytest.mark.parametrize("said", ["", "This content can't be displayed."])
def test_the_words_of_a_forwarded_message_may_stand_in_its_blocks(flag: str, said: str) -> None:
    """The fallback, which Slack writes itself, is but the last resort."""
    elements = [
        {"type": "text", "text": "it costs < 5, says "},
        {"type": "user", "user_id": "U2"},
    ]
    section = {"type": "rich_text_section", "elements": elements}
    block = {"type": "rich_text", "elements": [section]}
    inner = {"team": "T1", "channel": "C9", "ts": ROOT, "message": {"blocks": [block]}}
    shared = {flag: True, "author_id": "U2", "text": said, "fallback": "[July 6th] ben: it"}
    event = message(attachments=[shared | {"message_blocks": [inner, inner]}])
    assert wanted(event) == ({"U1", "U2", "UBOT"}, set())
    quoted = heard(event)
    assert quoted is not None
    assert quoted.quote == Quote("Ben", "\n".join(["it costs < 5, says @Ben"] * 2))
    bare = heard(message(attachments=[shared | {"text": "", "message_blocks": [{}, "x"]}]))
    assert bare is not None and bare.quote == Quote("Ben", "[July 6th] ben: it")


def test_who_has_to_be_looked_up() -> None:
    """Author, mentioned, quoted; channels without a name."""
    event = message(text="<@U3> <#C2> <#C4|named>", attachments=[SHARED])
    assert wanted(event) == ({"U1", "U2", "U3"}, {"C2"})


@pytest.mark.parametrize(
    "rest", [{"ts": "now"}, {"ts": ""}, {"thread_ts": "x"}, {"channel": "", "text": "<@UBOT>"}]
)
def test_a_message_without_a_place_is_no_message(rest: dict[str, Any]) -> None:
    """It raises, and its hearer counts it."""
    with pytest.raises(ValueError):
        heard(message(**rest))


# --- changes ---------------------------------------------------------------------------


def test_a_change_of_words_is_an_edit() -> None:
    """At its own place among messages; of a reply, in its thread."""
    before = {"user": "U1", "text": "<@UBOT> hi", "ts": TS}
    event = edit(changed(before | {"text": "<@UBOT> hi you"}, before))
    assert event == MessageEdited(
        platform="slack",
        workspace="T1",
        channel="T1/C1",
        message=TS,
        author=Known({"U1": Person("Ann")}).author("T1", "U1"),
        text="hi you",
        attachments=(),
        position=1_767_225_660_000_200,
    )
    reply = edit(changed(before | {"thread_ts": ROOT, "text": "new"}, before))
    assert reply is not None and reply.channel == f"T1/C1/{ROOT}"
    root = edit(changed(before | {"thread_ts": TS, "text": "new"}, before))
    assert root is not None and root.channel == "T1/C1"


def test_what_only_slack_changes_is_no_edit() -> None:
    """Link previews, counters of threads, our own edits, those of other bots."""
    said = {"user": "U1", "text": "see <https://a.example>", "ts": TS}
    unfurled = said | {"attachments": [{"title": "A"}]}
    counted = said | {"thread_ts": TS, "reply_count": 1}
    for now in (unfurled, counted, said):
        assert edit(changed(now, said)) is None
    for author in ({"user": "UBOT"}, {"bot_id": "B1"}, {"user": "U1", "bot_id": "BBOT"}):
        ours = {"text": "so far", "ts": TS, **author}
        assert edit(changed(ours | {"text": "so far and on"}, ours)) is None
    assert edit(changed(said, None)) is None
    assert edit(changed(said | {"edited": {"user": "U1", "ts": LATER}}, None)) is not None


def test_a_file_that_was_taken_off_is_an_edit() -> None:
    """The ids of those that are left are told."""
    before = {"user": "U1", "text": "see", "ts": TS, "files": [FILE, FILE | {"id": "F2"}]}
    now = before | {"files": [FILE | {"mode": "tombstone"}, FILE | {"id": "F2"}]}
    event = edit(changed(now, before))
    assert event is not None and event.attachments == ("F2",)


def test_a_mention_that_is_added_is_a_question() -> None:
    """While it is fresh, and only when it was not there before."""
    before = {"user": "U1", "text": "hi", "ts": TS}
    event = changed(before | {"text": "<@UBOT> hi"}, before)
    now = 1_767_225_600_000
    late = names_us_late(event, EARS, now + 60_000)
    assert late is not None
    taken = heard(dict(late))
    assert taken is not None and taken == heard(message())
    assert names_us_late(event, EARS, now + 16 * 60_000) is None
    again = changed(before | {"text": "<@UBOT> hi!"}, before | {"text": "<@UBOT> hi"})
    assert names_us_late(again, EARS, now) is None
    assert names_us_late(changed(before | {"text": "<@UBOT>"}, None), EARS, now) is None


def test_deletions_name_the_place() -> None:
    """Of a root the channel, of a reply its thread; a tombstone is one too."""
    before = {"user": "U1", "text": "hi", "ts": TS}
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": "C1",
        "deleted_ts": TS,
        "previous_message": before,
    }
    assert parse_delete(event, "T1") == MessageDeleted("slack", "T1", "T1/C1", TS)
    reply = event | {"previous_message": before | {"thread_ts": ROOT}}
    assert parse_delete(reply, "T1").channel == f"T1/C1/{ROOT}"
    bare = {"channel": "C1", "deleted_ts": TS}
    assert parse_delete(bare, "T1") == MessageDeleted("slack", "T1", "T1/C1", TS)
    stone = changed({"subtype": "tombstone", "user": "USLACKBOT", "ts": TS}, before)
    assert is_tombstone(stone) and not is_change(stone, EARS)
    assert parse_delete(stone, "T1") == MessageDeleted("slack", "T1", "T1/C1", TS)
    with pytest.raises(ValueError):
        parse_delete({"channel": "C1"}, "T1")
    with pytest.raises(ValueError):
        parse_delete({"deleted_ts": TS}, "T1")


def test_ends_of_places_and_of_the_app() -> None:
    """A channel that is no more, and a workspace that removed us; not one person's token."""
    assert parse_place_deleted({"channel": "C1"}, "T1") == PlaceDeleted("slack", "T1", "T1/C1")
    assert parse_place_deleted({"channel": {}}, "T1") is None
    assert parse_leave({"type": "app_uninstalled"}, "T1") == WorkspaceLeft("slack", "T1")
    bots = {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"], "oauth": []}}
    assert parse_leave(bots, "T1") == WorkspaceLeft("slack", "T1")
    ones = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    assert parse_leave(ones, "T1") is None
