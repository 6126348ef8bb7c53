"""However often Slack delivers a message, and in however many events, it gets one reply."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.harness import Harness, harness

MESSAGES = 250
# Of each message: one event four times, and its twin once.
DELIVERIES = 5 * MESSAGES
PACE_SECONDS = 1.5
# Slack repeats an event at once, after a minute and after five: so many messages later.
REPETITIONS = ((1, 0), (2, 40), (3, 200))


class Slack:
    """What Slack has sent of people's messages: each is an `app_mention` and a `message`."""

    def __init__(self, h: Harness) -> None:
        assert h.standins.slack is not None
        self._deliveries = h.standins.slack.deliveries
        self._history = h.standins.history
        self._read = 0
        self._events: dict[tuple[str, str], str] = {}

    def repeat(self, number: int, question: str, attempt: int) -> None:
        """Deliver a message's event once more, of one message in four its twin instead."""
        sent = list(self._deliveries.sent.items())
        for event_id, payload in sent[self._read :]:
            event = payload["event"]
            if "subtype" not in event:
                self._events[event["type"], event["ts"]] = event_id
        self._read = len(sent)
        route = "app_mention" if number % 4 else "message"
        self._deliveries.resend(self._events[route, question], attempt)

    def counted(self) -> Counter[str]:
        """Return how often each message was delivered."""
        return Counter(
            entry.request["event"].get("ts", "")
            for entry in self._history.entries
            if entry.route in ("event:app_mention", "event:message")
        )


@pytest.mark.virtual
async def test_over_a_thousand_deliveries_give_one_reply_to_each_message(tmp_path: Path) -> None:
    dice = random.Random(26)
    async with harness(
        tmp_path, platform="slack", tokens_per_second=2_000, most_open=MESSAGES
    ) as h:
        slack = Slack(h)
        asked: list[str] = []
        for number in range(MESSAGES):
            if number == MESSAGES // 2:
                await h.restart_bot(killed=True)
            asked.append(h.mention(f"Question {number}?", person=number % 3, channel=number % 2))
            for attempt, later in REPETITIONS:
                if number >= later:
                    slack.repeat(number - later, asked[number - later], attempt)
            await h.clock.sleep(PACE_SECONDS * dice.random())
        await h.restart_bot(killed=True)
        for attempt, later in REPETITIONS:
            for number in range(MESSAGES - later, MESSAGES):
                slack.repeat(number, asked[number], attempt)
        for question in asked:
            await h.ended(question)
        await h.clock.sleep(400)
        delivered = slack.counted()
        assert min(delivered[question] for question in asked) == 5
        assert sum(delivered[question] for question in asked) == DELIVERIES > 1_000
        shown = Counter(each.place for each in h.ours())
        assert shown == {h.thread(question): 1 for question in asked}
