"""Streams live five minutes, and what a thread shows of the app's work goes by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from adapters.playground.slack import Problem
from tests.standin_slack import Served, serve

pytestmark = pytest.mark.virtual


class Stage:
    """A question of Ada's in #general, and calls about the thread under it."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.question = served.people.say(served.ada, served.general, "why?")

    async def start(self, **rest: Any) -> str:
        return await self.served.start_stream(self.question, **rest)

    async def append(self, ts: str, **rest: Any) -> Any:
        return await self.served.call(
            "chat.appendStream", channel=self.served.channel, ts=ts, **rest
        )

    async def stop(self, ts: str, **rest: Any) -> Any:
        return await self.served.call("chat.stopStream", channel=self.served.channel, ts=ts, **rest)

    async def refused(self, method: str, ts: str, **rest: Any) -> str:
        return await self.served.refused(method, channel=self.served.channel, ts=ts, **rest)

    def text(self, ts: str) -> str:
        blocks = self.served.shown(ts).get("blocks", [])
        return "".join(one["text"] for one in blocks if one["type"] == "markdown")

    def state(self, ts: str) -> str:
        return str(self.served.shown(ts)["stream"])


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with serve() as served:
        yield Stage(served)


async def test_a_stream_grows_and_ends_with_blocks_and_metadata(stage: Stage) -> None:
    ts = await stage.start(markdown_text="one")
    await stage.append(ts, markdown_text=" two")
    assert (stage.text(ts), stage.state(ts)) == ("one two", "live")
    assert stage.served.shown(ts)["thread_ts"] == stage.question
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Again"},
        "action_id": "again",
    }
    metadata = {"event_type": "part", "event_payload": {"n": 1}}
    answer = await stage.stop(
        ts,
        markdown_text=" three",
        blocks=[{"type": "actions", "elements": [button]}],
        metadata=metadata,
    )
    assert answer["message"]["metadata"] == metadata
    assert (stage.text(ts), stage.state(ts)) == ("one two three", "stopped")
    assert stage.served.shown(ts)["blocks"][-1]["type"] == "actions"


async def test_a_live_stream_can_be_neither_edited_nor_deleted(stage: Stage) -> None:
    ts = await stage.start(markdown_text="one")
    assert await stage.refused("chat.update", ts, text="x") == "streaming_state_conflict"
    assert await stage.refused("chat.delete", ts) == "cant_delete_message"
    await stage.stop(ts)
    await stage.served.call("chat.update", channel=stage.served.channel, ts=ts, text="x")
    await stage.served.call("chat.delete", channel=stage.served.channel, ts=ts)


async def test_a_stream_breaks_after_five_minutes_and_an_edit_mends_it(stage: Stage) -> None:
    ts = await stage.start(markdown_text="one")
    await asyncio.sleep(299)
    await stage.append(ts, markdown_text=" two")
    await asyncio.sleep(1)
    assert stage.state(ts) == "broken"
    for method in ("chat.appendStream", "chat.stopStream"):
        error = await stage.refused(method, ts, markdown_text="late")
        assert error == "message_not_in_streaming_state"
    await stage.served.call("chat.update", channel=stage.served.channel, ts=ts, text="whole")
    shown = stage.served.shown(ts)
    assert shown["text"] == "whole"
    assert "stream" not in shown


async def test_a_stream_of_one_shape_stays_of_that_shape(stage: Stage) -> None:
    chunk = {"type": "markdown_text", "text": "x"}
    words, pieces = await stage.start(markdown_text="a"), await stage.start(chunks=[chunk])
    mismatch = "streaming_mode_mismatch"
    assert await stage.refused("chat.appendStream", words, chunks=[chunk]) == mismatch
    assert await stage.refused("chat.appendStream", pieces, markdown_text="b") == mismatch
    both = await stage.refused("chat.appendStream", words, markdown_text="b", chunks=[chunk])
    assert both == "cannot_provide_both_markdown_text_and_chunks"
    await stage.append(pieces, chunks=[chunk])
    assert stage.text(pieces) == "xx"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({}, "no_text"),
        ({"chunks": [{"type": "noise"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [{"type": "file"}]}]}, "internal_error"),
    ],
)
async def test_bad_pieces_are_refused(stage: Stage, sent: Any, error: str) -> None:
    ts = await stage.start()
    assert await stage.refused("chat.appendStream", ts, **sent) == error


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_team_id": "T0OTHER0000"}, "team_not_found"),
        ({"thread_ts": "1.000001"}, "invalid_thread_ts"),
    ],
)
async def test_streams_name_whom_they_are_for(stage: Stage, sent: Any, error: str) -> None:
    arguments = {
        "channel": stage.served.channel,
        "thread_ts": stage.question,
        "recipient_user_id": stage.served.user(stage.served.ada),
        "recipient_team_id": stage.served.team,
        **sent,
    }
    assert await stage.served.refused("chat.startStream", **arguments) == error


async def test_a_bot_receives_no_stream_and_a_dm_needs_no_recipient(stage: Stage) -> None:
    served = stage.served
    bot = served.user(served.people.find("weatherbot"))
    assert await served.refused(
        "chat.startStream",
        channel=served.channel,
        thread_ts=stage.question,
        recipient_user_id=bot,
        recipient_team_id=served.team,
    ) == ("user_not_found")
    dm = served.people.open_dm(served.ada)
    asked = served.people.say(served.ada, dm, "why?")
    where = {"channel": dm.split("/")[1]}
    assert (await served.call("chat.startStream", **where, thread_ts=asked))["ok"]
    assert await served.refused("chat.startStream", **where) == "invalid_thread_ts"


async def test_a_workspace_may_refuse_streams(stage: Stage) -> None:
    stage.served.people.switch(streams="feature_not_enabled")
    found = {"channel": stage.served.channel, "thread_ts": stage.question}
    assert await stage.served.refused("chat.startStream", **found) == "feature_not_enabled"
    stage.served.people.switch(streams="")
    assert await stage.start()


async def test_only_own_streams_are_added_to(stage: Stage) -> None:
    found = await stage.refused("chat.appendStream", stage.question, markdown_text="x")
    assert found == "message_not_owned_by_app"
    post = await stage.served.post("whole")
    found = await stage.refused("chat.appendStream", post, markdown_text="x")
    assert found == "message_not_in_streaming_state"
    found = await stage.refused("chat.stopStream", "1.000001")
    assert found == "message_not_found"


async def test_a_workspace_may_take_less_per_call_or_per_stream(stage: Stage) -> None:
    ts = await stage.start(markdown_text="x" * 3_000)
    stage.served.settings.markdown_chars = 3_000
    for method in ("chat.appendStream", "chat.stopStream"):
        assert await stage.refused(method, ts, markdown_text="x" * 3_001) == "msg_too_long"
    stage.served.settings.stream_chars = 4_000
    assert await stage.refused("chat.appendStream", ts, markdown_text="x" * 1_001) == "msg_too_long"
    await stage.stop(ts, markdown_text="x" * 1_000)
    assert len(stage.text(ts)) == 4_000


async def test_twenty_streams_a_minute(stage: Stage) -> None:
    for _ in range(20):
        await stage.start()
    error = await stage.served.refusal("chat.startStream", channel=stage.served.channel)
    assert error.response.status_code == 429


# --- agent sessions and status lines


async def set_line(stage: Stage, text: str) -> None:
    await stage.served.client.assistant_threads_setStatus(
        channel_id=stage.served.channel, thread_ts=stage.question, status=text
    )


def seen(stage: Stage) -> Any:
    return stage.served.people.status(stage.served.general, stage.question)


async def test_a_status_line_goes_with_the_next_post_or_after_two_minutes(stage: Stage) -> None:
    await set_line(stage, "is thinking...")
    assert seen(stage)["line"] == "is thinking..."
    await stage.served.post("answer", thread_ts=stage.question)
    assert seen(stage)["line"] == ""
    await set_line(stage, "is writing...")
    await asyncio.sleep(119)
    assert seen(stage)["line"] == "is writing..."
    await asyncio.sleep(1)
    assert seen(stage)["line"] == ""
    await set_line(stage, "is thinking...")
    await set_line(stage, "")
    assert seen(stage)["line"] == ""
    stage.served.people.switch(statuses="not_allowed")
    found = await stage.served.refused(
        "assistant.threads.setStatus",
        channel_id=stage.served.channel,
        thread_ts=stage.question,
        status="x",
    )
    assert found == "not_allowed"


async def test_an_agents_session_follows_its_streams_and_can_be_stopped(stage: Stage) -> None:
    served = stage.served
    ts = await stage.start(markdown_text="one")
    assert (seen(stage)["status"], seen(stage)["stoppable"]) == ("processing", True)
    served.people.stop_session(served.ada, served.general, stage.question)
    event = list(served.standin.deliveries.sent.values())[-1]
    assert event["event"]["streaming_message_ts"] == [ts]
    assert event["event"]["user"] == served.user(served.ada)
    assert stage.state(ts) == "stopped_by_user"
    found = await stage.refused("chat.appendStream", ts, markdown_text="x")
    assert found == "stopped_by_user"
    assert seen(stage)["status"] == "processing"
    answer = await served.client.agents_sessions_setStatus(
        channel_id=served.channel, thread_ts=stage.question, status="active"
    )
    assert answer["agent_status"] == "active"
    with pytest.raises(Problem):
        served.people.stop_session(served.ada, served.general, stage.question)


async def test_a_session_ends_with_its_stream_or_after_an_hour(stage: Stage) -> None:
    ts = await stage.start()
    await stage.stop(ts, session_status="suspended")
    assert seen(stage)["status"] == "suspended"
    await stage.start()
    await asyncio.sleep(3600)
    assert seen(stage)["status"] == "active"


async def test_only_an_agent_has_sessions(stage: Stage) -> None:
    served = stage.served
    asked = {"channel_id": served.channel, "thread_ts": stage.question, "status": "processing"}
    served.people.switch(agent=False)
    assert await served.refused("agents.sessions.setStatus", **asked) == "app_not_agent"
    await stage.start()
    assert seen(stage)["status"] == ""
    served.people.switch(agent=True)
    served.settings.events = ("app_mention",)
    answer = await served.call("agents.sessions.setStatus", **asked, title="Why")
    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"
    assert not seen(stage)["stoppable"]
    renamed = {"channel_id": served.channel, "thread_ts": stage.question, "title": "Because"}
    assert (await served.call("agents.sessions.rename", **renamed))["ok"]
    assert seen(stage)["title"] == "Because"


async def test_prompts_and_titles_are_for_direct_messages(stage: Stage) -> None:
    served = stage.served
    dm = served.people.open_dm(served.ada)
    asked = served.people.say(served.ada, dm, "hi")
    where = {"channel_id": dm.split("/")[1], "thread_ts": asked}
    prompts = [{"title": "What?", "message": "What can you do?"}]
    await served.client.assistant_threads_setSuggestedPrompts(**where, prompts=prompts)
    await served.client.assistant_threads_setTitle(**where, title="Greetings")
    found = served.people.status(dm, asked)
    assert (found["title"], found["prompts"]) == ("Greetings", prompts)
    where["channel_id"] = served.channel
    refused = await served.refused("assistant.threads.setTitle", **where, title="x")
    assert refused == "channel_type_not_supported"
