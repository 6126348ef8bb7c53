"""Answers that grow on Slack, and grow too long: in parts, that are joined and replaced."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.history import Entry
from adapters.playground.slack.problems import refuse
from adapters.slack.outbound import LIMITS
from bot import notices_delivery
from tests.harness import Harness
from tests.shown import joins_to
from tests.slack_scene import (
    COMPLETE,
    GET_ADDRESS,
    POST,
    START,
    STOP,
    UPDATE,
    answer,
    calls,
    requests,
    script,
    slack,
    still_written,
    workspace,
)

pytestmark = pytest.mark.virtual


async def test_a_message_grows_no_longer_than_slack_lets_it(tmp_path: Path) -> None:
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: len([m for m in h.ours(question) if not m.buttons]) == 2, within=300)
        assert (await h.ended(question))["outcome"] == "answered"
        shown = [each.text for each in h.ours(question)]
        assert len(shown) > 1
        assert joins_to(shown, answer(h))
        # No stream was cut by Slack: each was ended in time.
        assert not calls(h, UPDATE)
        assert len(calls(h, START)) == len(calls(h, STOP)) == len(shown)


async def replace_answer(h: Harness, question: str) -> None:
    """Let an answer in parts be replaced: it keeps every word, and says so at its end."""
    before = [each.text for each in h.ours(question)]
    assert len(before) > 1
    h.standins.model.tokens_per_second = 300.0
    await h.ended(h.press("regenerate"))
    *shown, last = [each.text for each in h.ours(question)][: len(before)]
    assert [*shown, last] == [*before[:-1], f"{before[-1]}\n{notices_delivery.superseded(True)}"]


@pytest.mark.parametrize("restarted", [False, True])
async def test_parts_that_grew_old_keep_their_words_when_they_are_replaced(
    tmp_path: Path, restarted: bool
) -> None:
    """Where they ended is known, also to a bot that would let them grow longer."""
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words")
        assert (await h.ended(question))["outcome"] == "answered"
        if restarted:
            h.options["slack_limits"] = dataclasses.replace(LIMITS, part_seconds=3_600.0)
            await h.restart_bot(killed=True)
        await replace_answer(h, question)


async def test_parts_made_smaller_keep_their_words_when_they_are_replaced(
    tmp_path: Path,
) -> None:
    """How long they were at most is known, not only how many they are."""
    async with workspace(tmp_path, tokens_per_second=200.0) as h:
        slack(h).settings.markdown_chars = slack(h).settings.stream_chars = 9_000
        question = h.mention("write 2400 words")
        await h.ended(question)
        await replace_answer(h, question)


async def test_parts_brought_together_keep_their_words_when_they_are_replaced(
    tmp_path: Path,
) -> None:
    """What is divided anew after a kill is known as it stands then."""
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        h.options["slack_limits"] = dataclasses.replace(LIMITS, text=4_000)
        await h.restart_bot()
        question = h.mention("write 900 words")
        await h.until(lambda: (h.turn(question) or {}).get("state") == "delivering")
        await h.kill_bot()
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "answered"
        await replace_answer(h, question)


async def test_after_a_kill_it_is_said_again_why_there_is_no_file(tmp_path: Path) -> None:
    """The message cannot be given the file any more that its words would speak of."""
    async with workspace(tmp_path, tokens_per_second=2_000.0) as h:
        script(h, refuse(GET_ADDRESS, "missing_scope"))
        late = Fault(POST, "delay", seconds=9.0, options={"after": True})

        def hear(entry: Entry) -> None:
            if entry.route == GET_ADDRESS:
                script(h, late)

        h.standins.history.watchers.append(hear)
        question, cut = h.mention("write 6000 words"), "cut here: the whole answer"
        await h.until(lambda: any(cut in each.text for each in h.ours(question)))
        await h.restart_bot(killed=True)
        h.standins.history.watchers.remove(hear)
        assert (await h.ended(question))["outcome"] == "answered"
        *_, last = h.ours(question)
        assert cut in last.text
        await h.ended(h.press("regenerate"))
        assert [each.text for each in h.ours(question) if each.id == last.id] == [
            f"{last.text}\n{notices_delivery.superseded(True)}"
        ]


async def test_a_file_in_doubt_is_looked_for_where_nothing_can_be_said_any_more(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, tokens_per_second=2_000.0) as h:
        shared = script(h, Fault(COMPLETE, "delay", seconds=9.0, options={"after": True}))
        question = h.mention("write 6000 words")
        await h.until(lambda: shared.hits)
        await h.kill_bot()
        slack(h).people.restrict(h.folk.channels[0])
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "undeliverable"


async def test_after_a_kill_its_parts_are_brought_together(tmp_path: Path) -> None:
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: len(calls(h, START)) == 2, within=300)
        await h.clock.sleep(20)
        h.standins.model.tokens_per_second = 300.0
        await h.restart_bot(killed=True)
        assert (await h.ended(question))["outcome"] == "answered"
        shown = [each.text for each in h.ours(question)]
        assert joins_to(shown, answer(h))


@pytest.mark.parametrize("most", [12_000, 4_000, 3_000])
@pytest.mark.parametrize("streams", [True, False])
async def test_f31_what_is_too_long_goes_on_in_the_next(
    tmp_path: Path, most: int, streams: bool
) -> None:
    async with workspace(tmp_path, tokens_per_second=200.0) as h:
        if not streams:
            slack(h).people.switch(streams="channel_type_not_supported")
        slack(h).settings.markdown_chars = slack(h).settings.stream_chars = most
        question = h.mention("write 2400 words")
        # It goes on to be shown while it is written.
        await h.until(lambda: len(calls(h, START, POST)) > 2 and still_written(h, question))
        assert (await h.ended(question))["outcome"] == "answered"
        shown = [each.text for each in h.ours(question)]
        assert joins_to(shown, answer(h))
        assert len(shown) > 1 and all(len(each) <= most for each in shown)
        # The next is split right at once.
        first = len(calls(h, UPDATE))
        other = h.mention("write 2400 words", channel=1)
        await h.ended(other)
        assert joins_to([each.text for each in h.ours(other)], answer(h))
        assert first >= 0


async def test_after_a_crash_answers_are_streamed_to_whoever_asked(tmp_path: Path) -> None:
    """Both the next part of what was being written, and what had not begun."""
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words", person=1)
        await h.until(lambda: any("1." in each.text for each in h.ours(question)), within=60)
        waiting = h.say(question, "And then?", person=1)
        await h.until(lambda: h.turn(waiting))
        since = len(calls(h, START))
        await h.restart_bot(killed=True)
        h.standins.model.tokens_per_second = 300.0
        for each in (question, waiting):
            assert (await h.ended(each))["outcome"] == "answered"
        begun = requests(h, START)[since:]
        assert len(begun) >= 2
        readers = {f"{each['recipient_team_id']}/{each['recipient_user_id']}" for each in begun}
        assert readers == {h.folk.people[1]}
