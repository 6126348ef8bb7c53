"""What Slack sends is put into the one queue, and acknowledged once that is committed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain import Author, ThreadRef
from bot.errors import ConfigError
from bot.events import (
    Aside,
    Asked,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlaceDeleted,
    Post,
    StopAsked,
    Verdict,
    WorkspaceJoined,
    WorkspaceLeft,
)
from bot.notices import ASIDES
from tests.slack_api import TS, Desk, person, said
from tests.virtual import until

pytestmark = pytest.mark.virtual

LATER = "1767225660.000200"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP."""
    async with Desk() as desk:
        yield desk


async def test_twins_and_repetitions_reach_the_store_which_knows_them(desk: Desk) -> None:
    """F26, F27, F28: the header of a repetition decides nothing."""
    mention = said("<@UBOT> hi") | {"type": "app_mention"}
    del mention["channel_type"]
    for event in (said("<@UBOT> hi"), mention):
        for retry in (None, "1", "2", "3"):
            raw = json.dumps({"type": "event_callback", "team_id": "T1", "event": event}).encode()
            headers = {"X-Slack-Retry-Num": retry} if retry else {}
            assert (await desk.post(raw, headers=headers)).status == 200
    assert len(desk.inbox.messages) == 8
    assert len(set(map(str, desk.inbox.messages))) == 1


@pytest.mark.parametrize("verdict", list(Verdict))
async def test_every_decision_is_acknowledged(desk: Desk, verdict: Verdict) -> None:
    """Also that an event is none of ours, or known already."""
    desk.inbox._decide = lambda event: verdict
    assert await desk.event(said("<@UBOT> hi")) == 200


async def test_changes_and_deletions_are_events(desk: Desk) -> None:
    """An edit, a deletion, a tombstone, the end of a channel."""
    before = {"user": "U1", "text": "hi", "ts": TS, "thread_ts": "1767225000.000000"}
    change = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": "C1",
        "ts": LATER,
        "message": before | {"text": "hi you"},
        "previous_message": before,
    }
    desk.inbox.followed.add("T1/C1/1767225000.000000")
    await desk.event(change)
    edit = desk.inbox.events.pop()
    assert isinstance(edit, MessageEdited)
    assert (edit.text, edit.author.name) == ("hi you", "name of U1")
    stone = change | {"message": {"subtype": "tombstone", "ts": TS}}
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": TS}
    for event in (stone, gone | {"previous_message": before}):
        await desk.event(event)
        place = "T1/C1/1767225000.000000"
        assert desk.inbox.events.pop() == MessageDeleted("slack", "T1", place, TS)
    for kind in ("channel_deleted", "group_deleted"):
        await desk.event({"type": kind, "channel": "C1"})
        assert desk.inbox.events.pop() == PlaceDeleted("slack", "T1", "T1/C1")
    assert not desk.inbox.events


async def test_a_mention_that_is_added_asks(desk: Desk) -> None:
    """And is an edit too, of a message that the store may know."""
    before = {"user": "U1", "text": "hi", "ts": TS}
    change = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "channel_type": "channel",
        "ts": LATER,
        "message": before | {"text": "<@UBOT> hi"},
        "previous_message": before,
    }
    await desk.event(change)
    asked, edit = desk.inbox.events
    assert isinstance(asked, MessageReceived) and asked.addressed and asked.message == TS
    assert isinstance(edit, MessageEdited)
    change["message"] = before | {"text": "<@UBOT> settings"}
    await desk.event(change)
    assert await desk.whispered() == ["done"]
    # What it said before is taken back, also where it is a command now.
    (taken_back,) = desk.inbox.events[2:]
    assert isinstance(taken_back, MessageEdited) and taken_back.text == "settings"


async def test_nobody_stands_in_line_behind_a_form_that_is_looked_up(desk: Desk) -> None:
    """Neither where the command was said at once, nor where the mention was put in later."""
    desk.forms.seconds = 2.0
    before = {"user": "U1", "text": "hi", "ts": TS}
    change = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "channel_type": "channel",
        "ts": LATER,
        "message": before | {"text": "<@UBOT> edit-image"},
        "previous_message": before,
    }
    for form in (said("<@UBOT> edit-image"), change):
        desk.forms.calls.clear()
        desk.inbox.messages.clear()
        opening = asyncio.create_task(desk.event(form))
        await until(lambda: len(desk.forms.calls) == 1)
        await desk.event(said("<@UBOT> hi"))
        assert desk.inbox.messages and not opening.done()
        await opening


async def test_the_stop_of_slack_is_an_event(desk: Desk) -> None:
    """Of the agent's session in a thread."""
    event = {
        "type": "agent_session_stopped",
        "channel": "C1",
        "thread_ts": TS,
        "user": "U1",
        "streaming_message_ts": ["1767225601.000000"],
        "event_ts": LATER,
    }
    assert await desk.event(event) == 200
    stop = desk.inbox.events[0]
    assert isinstance(stop, StopAsked)
    assert stop.thread == ThreadRef("slack", "T1", "T1/C1", f"T1/C1/{TS}")
    assert stop.author.id == "T1/U1"
    # What it is about is older than what was being written.
    assert (stop.position, stop.messages) == (1767225601000000, ("1767225601.000000",))


async def test_a_stop_of_what_says_nothing_yet_tells_when_it_was(desk: Desk) -> None:
    """It is about no question after it, however late it comes."""
    event = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": TS, "user": "U1"}
    streams: Any
    for streams in ([], None, "no list"):
        told = event | {"streaming_message_ts": streams, "event_ts": LATER}
        assert await desk.event(told) == 200
        assert desk.inbox.events.pop() == StopAsked(
            ThreadRef("slack", "T1", "T1/C1", f"T1/C1/{TS}"),
            Author("T1/U1", "U1", rights_unknown=True),
            1767225660000200,
        )


async def test_who_asks_is_who_reads_the_stream(desk: Desk) -> None:
    """In a shared channel people are of workspaces of their own."""
    heard: list[tuple[str, str, str]] = []
    desk.platform._hearing._talk._on_asker = lambda *asked: heard.append(asked)
    await desk.event(said("<@UBOT> hi", user_team="T5"))
    await desk.event(said("<@UBOT> hi", ts=LATER))
    assert heard == [(f"T1/C1/{TS}", "U1", "T5"), (f"T1/C1/{LATER}", "U1", "T1")]


# --- commands after a mention ----------------------------------------------------------------


async def test_a_command_in_a_direct_message_is_answered_in_its_thread(desk: Desk) -> None:
    """Where the person looks; a word to them alone would not be shown in a thread of nothing."""
    event = said("settings", channel="D1", channel_type="im")
    assert await desk.event(event) == 200
    await until(lambda: bool(desk.api.asked("chat.postMessage")))
    (told,) = desk.api.asked("chat.postMessage")
    assert (told["channel"], told["thread_ts"], told["text"]) == ("D1", TS, "done")
    # No turn may take it for its own.
    assert told["metadata"]["event_payload"]["part"] == f"reply {TS}"
    # Within a thread, and everywhere else, it is for them alone.
    thread = "1767225000.000000"
    await desk.event(event | {"thread_ts": thread, "ts": LATER})
    await until(lambda: bool(desk.api.asked("chat.postEphemeral")))
    assert desk.api.asked("chat.postEphemeral")[0]["thread_ts"] == thread
    assert len(desk.api.asked("chat.postMessage")) == 1
    assert not desk.inbox.events


async def test_words_after_a_mention_are_a_command(desk: Desk) -> None:
    """In a thread too, where slash commands cannot be used; told to the person alone."""
    desk.api.replies["users.info"] = person("ann", is_admin=True)
    thread = "1767225000.000000"
    assert await desk.event(said("<@UBOT> settings", thread_ts=thread)) == 200
    assert await desk.whispered() == ["done"]
    call = desk.clerk.calls[0]
    assert (call.name, call.in_thread, call.direct) == ("settings", True, False)
    assert call.thread.thread == f"T1/C1/{thread}" and call.author.admin
    told = desk.api.asked("chat.postEphemeral")[0]
    assert (told["channel"], told["user"], told["thread_ts"]) == ("C1", "U1", thread)
    assert not desk.inbox.events


async def test_a_command_is_run_once_although_a_mention_comes_twice(desk: Desk) -> None:
    """And four times, if Slack repeats it."""
    mention = said("<@UBOT> settings") | {"type": "app_mention"}
    for event in (said("<@UBOT> settings"), mention, mention, mention):
        await desk.event(event)
    await desk.whispered()
    await desk.event(said("<@UBOT> settings", ts=LATER))
    await desk.whispered(2)
    assert len(desk.clerk.calls) == 2
    assert not desk.clerk.calls[0].in_thread
    assert "thread_ts" not in desk.api.asked("chat.postEphemeral")[0]


async def test_help_needs_no_mention_in_a_direct_message(desk: Desk) -> None:
    """Where every message is to the bot; a wrong one is told how it is used."""
    direct = {"channel": "D1", "channel_type": "im"}
    await desk.event(said("settings", **direct))
    await desk.event(said("/wrong", ts=LATER, **direct))
    await until(lambda: len(desk.api.asked("chat.postMessage")) == 2)
    told = {each["thread_ts"]: each["text"] for each in desk.api.asked("chat.postMessage")}
    assert told == {TS: "done", LATER: "usage, not 'wrong'"}
    assert desk.clerk.calls[0].direct
    assert not desk.inbox.events


async def test_what_is_not_to_the_bot_is_no_command(desk: Desk) -> None:
    """Nor is a word with a file or a quote: that is a question."""
    await desk.event(said("settings", thread_ts="1767225000.000000"))
    await desk.event(said("<@UBOT> settings", ts=LATER, files=[{"id": "F1"}]))
    assert desk.inbox.texts == ["settings", "settings"]
    assert not desk.clerk.calls


async def test_a_command_that_asks_is_a_question_after_a_mention(desk: Desk) -> None:
    """With what was chosen for it."""
    await desk.event(said("<@UBOT> /ask why is it so"))
    message = desk.inbox.events.pop()
    assert isinstance(message, MessageReceived) and message.text == "why is it so"
    await desk.event(said("<@UBOT> /ask why model:gpt-5-mini", thread_ts="1767225000.000000"))
    asked = desk.inbox.events.pop()
    assert type(asked).__name__ == "Asked" and not isinstance(asked, MessageReceived)
    assert asked.options.model == "gpt-5-mini" and asked.text == "why"  # type: ignore[union-attr]
    assert asked.interaction.id == TS and not asked.opens_thread  # type: ignore[union-attr]


async def test_a_command_that_breaks_is_told(desk: Desk) -> None:
    """Silence is a bug."""
    desk.clerk.fails = True
    await desk.event(said("<@UBOT> settings"))
    assert await desk.whispered() == [ASIDES[Aside.COMMAND_FAILED]]


# --- home --------------------------------------------------------------------------------------


async def test_the_home_is_shown_to_who_opens_it(desk: Desk) -> None:
    """With rights of this moment; the messages tab is none."""
    event = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}
    assert await desk.event(event | {"tab": "messages"}) == 200
    assert await desk.event(event) == 200
    await until(lambda: bool(desk.api.asked("views.publish")))
    (published,) = desk.api.asked("views.publish")
    assert published["user_id"] == "U1"
    texts = [
        block["text"]["text"] for block in published["view"]["blocks"] if block["type"] == "section"
    ]
    assert texts == ["*Hello*", "\N{BULLET} you may"]
    call = desk.clerk.calls[0]
    assert call.direct and call.thread.channel == "T1/D1"


# --- coming and going --------------------------------------------------------------------------


async def test_a_start_tells_where_the_bot_is(desk: Desk) -> None:
    """Once; what it is no more in is left."""
    assert desk.inbox.servers == [WorkspaceJoined("slack", "T1")]
    assert desk.memos.memos["slack:workspaces"] == "T1"
    desk.memos.memos["slack:workspaces"] = "T0 T1"
    await desk.platform._workspaces.compare(["T1"])
    assert desk.inbox.servers[1:] == [WorkspaceLeft("slack", "T0")]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}},
    ],
)
async def test_a_workspace_that_removes_the_app_is_left(desk: Desk, event: Any) -> None:
    """F38: committed before it is acknowledged; from then on nothing is heard there."""
    desk.inbox.servers.clear()
    assert await desk.event(event) == 200
    await until(lambda: not desk.memos.memos["slack:workspaces"])
    assert set(desk.inbox.servers) == {WorkspaceLeft("slack", "T1")}
    assert desk.platform.problems() == ["slack: the app was removed from the workspace"]
    assert await desk.event(said("<@UBOT> hi")) == 200
    assert not desk.inbox.events


async def test_a_persons_own_token_is_no_business_of_ours(desk: Desk) -> None:
    """They took back their own, not ours."""
    desk.inbox.servers.clear()
    await desk.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    assert not desk.inbox.servers and desk.platform.ready


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "not_allowed_token_type"])
async def test_a_token_that_slack_refuses_is_a_wrong_setting(code: str) -> None:
    """Known at the start, and said so that somebody can mend it."""
    async with Desk(wait=False) as desk:
        desk.api.replies["auth.test"] = {"error": code}
        with pytest.raises(ConfigError, match=f"SLACK_BOT_TOKEN is refused by Slack .{code}"):
            await desk.running


async def test_a_slack_that_is_away_is_waited_for() -> None:
    """More and more patiently."""
    async with Desk(wait=False) as desk:
        desk.api.replies["auth.test"] = {"error": "internal_error"}
        await asyncio.sleep(120)
        assert 4 <= len(desk.api.asked("auth.test")) <= 10
        assert not desk.running.done()


async def test_who_asks_by_command_reads_the_thread_of_the_question(desk: Desk) -> None:
    """Which begins with a message of ours, so nobody was heard there."""
    desk.api.replies["chat.postMessage"] = {"ts": LATER, "channel": "C1"}
    await desk.command("why", command="/ask")
    asked = desk.inbox.events[0]
    assert isinstance(asked, Asked)
    assert not desk.platform.manner(f"T1/C1/{LATER}").bare
    await desk.platform.post("T1/C1", Post("why"), "n", asked.interaction)
    assert desk.platform.manner(f"T1/C1/{LATER}").bare


async def test_a_command_that_cannot_be_noted_is_not_run_and_comes_again(desk: Desk) -> None:
    """What is not committed is not acknowledged."""
    desk.memos.refuse = True
    assert await desk.event(said("<@UBOT> settings")) == 503
    desk.memos.refuse = False
    assert not desk.clerk.calls
    assert await desk.event(said("<@UBOT> settings")) == 200
    assert await desk.whispered() == ["done"]
    assert len(desk.clerk.calls) == 1


async def test_a_command_that_was_slow_to_be_noted_is_run_when_it_comes_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stopped waiting has run nothing."""
    note = desk.memos.note_done

    async def slow(*args: Any) -> bool:
        await desk.clock.sleep(4)
        return await note(*args)

    monkeypatch.setattr(desk.memos, "note_done", slow)
    assert await desk.event(said("<@UBOT> settings")) == 503
    await desk.clock.sleep(2)
    for _ in range(2):
        assert await desk.event(said("<@UBOT> settings")) == 200
    assert await desk.whispered() == ["done"]
    assert len(desk.clerk.calls) == 1
