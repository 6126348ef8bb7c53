"""What the measurements of Slack count; how long anything takes is asserted nowhere."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from adapters.playground.history import Entry, History
from adapters.playground.slack.sockets import Reply
from tests.bench import acking, calls, starting
from tests.bench.watching import Watch
from tests.standins import DISCORD, SLACK, StandIns


def told(platform: str) -> tuple[Watch, History]:
    history = History(lambda: 0)
    return Watch(cast("StandIns", SimpleNamespace(history=history)), platform, sockets=2), history


def made(history: History, route: str, request: Any, **rest: Any) -> None:
    history.add("slack", route, path="", status=200, **{"effect": "ok", "request": request, **rest})


def test_an_answer_is_followed_through_a_native_stream() -> None:
    watch, history = told(SLACK)
    made(history, "chat.startStream", {"markdown_text": "#b1. w01 "}, answer={"ts": "1.1"})
    made(history, "chat.startStream", {"markdown_text": "#b2. w01 "}, answer={"ts": "1.2"})
    made(history, "chat.appendStream", {"ts": "1.2", "markdown_text": "ENDb1."})
    made(history, "chat.appendStream", {"ts": "1.1", "markdown_text": "w02 "})
    assert (set(watch.first), set(watch.last), watch.edits) == ({"b1", "b2"}, set(), 2)
    made(history, "chat.stopStream", {"ts": "1.1", "markdown_text": "ENDb1."}, effect="refused")
    assert not watch.last
    made(history, "chat.stopStream", {"ts": "1.1", "markdown_text": "ENDb1."})
    assert (set(watch.last), watch.edits) == ({"b1"}, 3)


def test_an_answer_is_followed_through_edits() -> None:
    watch, history = told(SLACK)
    shown = [{"type": "markdown", "text": "#b1. "}]
    made(history, "chat.postMessage", {"blocks": shown, "text": "b1"}, answer={"ts": "1.1"})
    made(history, "chat.postMessage", {"text": "I am writing."}, answer={"ts": "1.2"})
    whole = [{"type": "markdown", "text": "#b1. w01 ENDb1."}]
    made(history, "chat.update", {"ts": "1.1", "blocks": whole})
    assert (set(watch.first), set(watch.last), watch.edits) == ({"b1"}, {"b1"}, 1)


def test_both_sockets_make_it_ready() -> None:
    watch, history = told(SLACK)
    made(history, "socket:hello", None)
    assert not watch.ready.is_set()
    made(history, "socket:hello", None)
    assert watch.ready.is_set()


def test_an_answer_on_discord_is_followed() -> None:
    watch, history = told(DISCORD)
    made(history, "event:READY", None)
    made(history, "POST /channels/1/messages", {"content": "#b1. "})
    made(history, "PATCH /channels/1/messages/2", {"content": "#b1. w01 ENDb1."})
    assert watch.ready.is_set()
    assert (set(watch.first), set(watch.last), watch.edits) == ({"b1"}, {"b1"}, 1)


def test_only_what_people_said_is_timed_and_a_refusal_is_told() -> None:
    replies = [Reply(True), Reply(True), Reply(True), Reply(False), Reply(True)]
    events = [
        {"ts": "1.1", "type": "app_mention"},
        {"ts": "1.1", "type": "message"},
        {"ts": "1.2", "type": "message", "bot_id": "B1"},
        {"ts": "1.3", "type": "message"},
        {"ts": "1.4", "type": "message", "subtype": "message_changed"},
    ]

    async def send(kind: str, payload: Any, *rest: Any) -> Reply:
        return replies.pop(0)

    async def measured() -> acking.Run:
        carrier = SimpleNamespace(send=send)
        watched = acking.Stopwatch(carrier)
        for event in events:
            await carrier.send("events_api", {"event": event}, 0, "", 3.0)
        return watched.run

    run = asyncio.run(measured())
    assert (run.sent, len(run.waits), run.refused, run.acked) == (5, 3, 1, {"1.1"})


def test_the_busiest_minute_is_any_minute() -> None:
    def at(seconds: int, route: str) -> Entry:
        return Entry(0, seconds * 1000, "slack", route, "", 200, "ok")

    times = [50, 55, 65, 70, 120]
    entries = [at(each, "chat.update") for each in times] + [at(3, "chat.delete")]
    assert calls._busiest(entries) == {"chat.update": 4, "chat.delete": 1}


@pytest.mark.parametrize(
    ("way", "shows"),
    [
        ("streams", {"chat.startStream": 1, "chat.stopStream": 1}),
        ("edits", {"chat.postMessage": 1, "chat.startStream": 0}),
    ],
)
def test_the_calls_of_one_answer_are_counted(way: str, shows: dict[str, int]) -> None:
    run = calls.play("write 5 words", way, 1)
    assert run.parts == 1
    assert run.refused == 0
    for method, count in shows.items():
        assert run.calls[method] == count


def test_neither_platform_brings_the_library_of_the_other() -> None:
    assert not {"slack_bolt", "slack_sdk"} & starting._import(starting.DISCORD_ALONE).modules
    alone = starting._import(starting.SLACK_ALONE).modules
    assert "discord" not in alone
    assert {"slack_bolt", "slack_sdk"} <= alone
    assert not set(starting.FORBIDDEN) & starting._import(starting.OURS).modules
