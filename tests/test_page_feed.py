"""The page's event stream: numbered, resumable, and nobody's ephemeral reply to another."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from adapters.playground.feed import Feed
from tests import patience


async def _next(stream: Any) -> tuple[str, str, Any]:
    frame = (await asyncio.wait_for(anext(stream), patience.SECONDS)).decode()
    fields = dict(line.split(": ", 1) for line in frame.strip().split("\n"))
    return fields["id"], fields["event"], json.loads(fields["data"])


async def test_resumes_after_the_last_event_seen() -> None:
    feed = Feed()
    feed.publish("message", {"n": 1})
    position = feed.position
    feed.publish("message", {"n": 2})
    stream = feed.follow(position, ["ada"])
    assert (await _next(stream))[1:] == ("message", {"n": 2})
    feed.publish("message", {"n": 3})
    last, kind, data = await _next(stream)
    assert (last, kind, data) == (feed.position, "message", {"n": 3})


async def test_keeps_order_and_loses_nothing_while_the_follower_is_slow() -> None:
    feed = Feed()
    stream = feed.follow(feed.position, ["ada"])
    for n in range(500):
        feed.publish("message", n)
    assert [(await _next(stream))[2] for _ in range(500)] == list(range(500))


async def test_shows_what_is_for_one_person_to_that_person_alone() -> None:
    feed = Feed()
    start = feed.position
    feed.publish("message", "for ada", "ada")
    feed.publish("message", "for all")
    assert (await _next(feed.follow(start, ["ada"])))[2] == "for ada"
    assert (await _next(feed.follow(start, ["ben"])))[2] == "for all"


async def test_resets_a_follower_that_missed_too_much_or_comes_from_another_run() -> None:
    feed = Feed(keep=3)
    start = feed.position
    for n in range(4):
        feed.publish("message", n)
    for position in (start, Feed().position, "nonsense", None, f"{feed.run}-99"):
        stream = feed.follow(position, ["ada"])
        assert (await _next(stream))[1] == "reset"
        feed.publish("message", "after")
        assert (await _next(stream))[2] == "after"


async def test_resets_a_follower_that_falls_behind_in_mid_stream() -> None:
    feed = Feed(keep=3)
    feed.publish("message", 0)
    stream = feed.follow(f"{feed.run}-0", ["ada"])
    assert (await _next(stream))[2] == 0
    for n in range(1, 9):
        feed.publish("message", n)
    assert (await _next(stream))[1] == "reset"


async def test_a_line_break_in_a_message_does_not_break_the_framing() -> None:
    feed = Feed()
    stream = feed.follow(feed.position, ["ada"])
    feed.publish("message", {"content": "one\n\nevent: message\r\ndata: forged\u2028"})
    assert (await _next(stream))[2] == {"content": "one\n\nevent: message\r\ndata: forged\u2028"}


async def test_one_follower_may_be_a_person_of_each_platform() -> None:
    feed = Feed()
    start = feed.position
    for person in ("ada", "U1", "ben"):
        feed.publish("message", person, person)
    stream = feed.follow(start, ["ada", "U1"])
    assert [(await _next(stream))[2] for _ in range(2)] == ["ada", "U1"]
