"""Limits at work: what people are told, what waits, what the owners hear. Whole bot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from bot.ports import Change, Grant, Limit, Metric, Scope, ScopeKind, Window
from storage.store import SqliteStore
from tests.harness import Harness, harness
from tests.standins import MODEL
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

MEMBER = Scope(ScopeKind.MEMBER)
CHANGE = Change(0, "discord:1", "Ada", "", "", "set", MEMBER, "", "", "", "", "")


def store(h: Harness) -> SqliteStore:
    assert h.service is not None
    return h.service.store


def asked(h: Harness) -> list[Any]:
    """Return the bodies of what the model was asked."""
    return [entry.request for entry in h.standins.history.entries if entry.route == CHAT]


async def set_limit(h: Harness, amount: int, metric: Metric = Metric.REQUESTS) -> None:
    await store(h).set_limit(Limit(MEMBER, metric, Window.DAY, amount), CHANGE)


@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_who_runs_into_a_limit_is_told_and_answered_after_a_grant(
    tmp_path: Path, platform: str
) -> None:
    settings = {"LIMITS": "member:requests:day=1", "TIMEZONE": "Europe/Berlin"}
    async with harness(tmp_path, platform=platform, settings=settings) as h:
        await h.answer_to(h.mention("What is a monad?", person=1))
        question = h.mention("And a functor?", person=1)
        told = await h.answer_to(question)
        assert "You may use 1 request a day, and all of it is used. Nothing was charged." in told
        until = "<t:" if platform == "discord" else "at 00:00 on 2 January (Europe/Berlin), in "
        assert f"It starts anew {until}" in told
        # Somebody else has their own.
        assert "monad" in await h.answer_to(h.mention("What is a monad?", person=2))
        turn = await h.ended(question)
        person = turn["author"]
        scope = Scope(ScopeKind.USER, platform, turn["workspace"], person)
        grant = Grant("g1", scope, Metric.REQUESTS, 1, None, at=h.clock.now(), by="a")
        await store(h).add_grant(grant, replace(CHANGE, what="grant", scope=scope))
        h.press("retry", person=1, turn=turn["id"])
        await h.until(lambda: len(rows(h, "turn")) == 4 and h.open_turns() == 0)
        (again,) = [row for row in rows(h, "turn") if row["about"] == turn["id"]]
        assert again["outcome"] == "answered"
        assert "functor" in again["answer"]
        assert await store(h).grants(platform, turn["workspace"], h.clock.now()) == []


async def test_a_limit_that_is_raised_lets_retry_go_on(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        await set_limit(h, 0)
        question = h.mention("What is a monad?")
        assert "You may use no requests here" in await h.answer_to(question)
        turn = await h.ended(question)
        h.press("retry")
        await h.until(lambda: len(rows(h, "turn")) == 2 and h.open_turns() == 0)
        await set_limit(h, 1)
        (second,) = [row for row in rows(h, "turn") if row["about"] == turn["id"]]
        assert second["outcome"] == "refused"
        h.press("retry", turn=second["id"])
        await h.until(lambda: len(rows(h, "turn")) == 3 and h.open_turns() == 0)
        assert sorted(row["outcome"] for row in rows(h, "turn")) == [
            *("answered", "refused", "refused"),
        ]


async def test_a_limit_nearly_used_up_is_said_once(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"LIMITS": "member:requests:day=5"}) as h:
        answers = [await h.answer_to(h.mention(f"What is a monad, {n}?")) for n in range(5)]
        noted = [n for n, answer in enumerate(answers, 1) if "You used" in answer]
        assert noted == [4]
        assert "You used 80 % of the 5 requests a day; it starts anew <t:" in answers[3]


async def test_of_a_person_three_are_under_way_and_the_rest_wait(tmp_path: Path) -> None:
    async with harness(tmp_path, tokens_per_second=20) as h:
        mine = [h.mention(f"What is a monad, {n}?", channel=n % 2, person=1) for n in range(4)]
        mine.append(h.dm("What is a monad?", person=1))
        theirs = h.mention("What is a functor?", person=2)
        await h.until(lambda: len(rows(h, "turn")) == 6)
        await h.clock.sleep(3)
        running = [row for row in rows(h, "turn") if row["state"] == "running"]
        author = next(row["author"] for row in running if row["source"] == mine[0])
        assert sum(row["author"] == author for row in running) == 3
        waiting = [row["source"] for row in rows(h, "turn") if row["state"] == "admitted"]
        assert len(waiting) == 2
        assert all("⏳" in h.folk.marks(each) for each in waiting)
        assert "functor" in await h.answer_to(theirs)
        for each in mine:
            assert "monad" in await h.answer_to(each)


async def test_money_is_not_spent_on_what_has_no_price(tmp_path: Path) -> None:
    settings = {
        "LIMITS": "server:money:month=$5",
        "MODELS": "aimlapi:own/model window=8000 output=1000",
        "DEFAULT_MODEL": "aimlapi:own/model",
    }
    async with harness(tmp_path, settings=settings) as h:
        told = await h.answer_to(h.mention("What is a monad?"))
        assert "I do not know what this answer would cost" in told
        assert "`MODELS (in=, out=)`" in told
        assert asked(h) == []


async def test_a_request_is_made_no_larger_than_what_is_left(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"LIMITS": "member:tokens:day=1000"}) as h:
        answer = await h.answer_to(h.mention("What is a monad?"))
        (body,) = asked(h)
        (held,) = rows(h, "reservation")
        most = body.get("max_completion_tokens") or body["max_tokens"]
        assert held["tokens"] == 1_000
        assert 256 <= most < 1_000
        # It was enough: there is nothing to say of it.
        assert "monad" in answer and "Little is left" not in answer
        question = ""
        for number in range(20):
            question = h.mention(f"And a functor, {number}?")
            if (await h.ended(question))["outcome"] == "refused":
                break
        told = await h.answer_to(question)
        assert "tokens of it are used. This needs room for" in told
        assert "It starts anew <t:" in told
        assert sum(row["tokens"] for row in rows(h, "ledger")) <= 1_000


@pytest.mark.parametrize("sign", ["x q ", "\U00020000", "\n!"], ids=["noise", "rare", "lines"])
async def test_whatever_a_prompt_counts_it_was_held(tmp_path: Path, sign: str) -> None:
    small = "aimlapi:openai/gpt-5-mini-2025-08-07 output=300"
    settings = {"MODELS": small, "LIMITS": "member:tokens:day=9000", "SYSTEM_PROMPT": "Be brief."}
    async with harness(tmp_path, settings=settings) as h:
        text = sign * (1_800 // len(sign))
        counted = len(f"{text}Be brief.".encode())
        usage = {"prompt_tokens": counted, "completion_tokens": 300, "total_tokens": counted + 300}
        h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"usage": usage}))
        turn = await h.ended(h.mention(text))
        assert turn["outcome"] == "answered"
        (entry,) = rows(h, "ledger")
        assert (entry["kind"], entry["tokens"]) == ("settle", counted + 300)


async def test_what_was_said_before_gives_way_where_little_is_left(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"LIMITS": "member:tokens:day=4000"}) as h:
        first = h.mention("What is a monad? " * 100)
        await h.ended(first)
        turn = await h.ended(h.say(first, "And a functor? " * 110))
        assert turn["outcome"] == "answered"
        assert "(using the last 2 messages of this conversation)" in turn["note"]
        assert [message["role"] for message in asked(h)[-1]["messages"][1:]] == [
            "assistant",
            "user",
        ]
        assert sum(row["tokens"] for row in rows(h, "ledger")) <= 4_000


async def test_what_a_limit_never_gives_is_not_waited_for(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"LIMITS": "member:tokens:minute=50"}) as h:
        told = await h.answer_to(h.mention("What is a monad?"))
        assert "50 tokens a minute" in told and "tokens, which is more than it ever gives" in told
        assert "starts anew" not in told and "can give more" in told


async def test_an_answer_cut_for_want_of_room_says_so(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"LIMITS": "member:tokens:day=1000"}) as h:
        answer = await h.answer_to(h.mention("Please write 2000 words"))
        (body,) = asked(h)
        most = body.get("max_completion_tokens") or body["max_tokens"]
        assert f"this answer had room for {most:,} tokens only" in answer


async def test_the_blocked_are_told_so(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        first = await h.ended(h.mention("What is a monad?", person=1))
        scope = Scope(ScopeKind.USER, "discord", first["workspace"], first["author"])
        await store(h).put_standing(scope, True, replace(CHANGE, scope=scope))
        told = await h.answer_to(h.mention("And a functor?", person=1))
        assert told.startswith("You are blocked from asking me here. Nothing was charged.")
        assert "functor" in await h.answer_to(h.mention("And a functor?", person=2))


# --- the people who run the bot ----------------------------------------------------------------


async def test_the_cap_ends_everything_and_the_owner_is_told(tmp_path: Path) -> None:
    async with harness(tmp_path, start=False, settings={"SPEND_CAP": "0"}) as h:
        h.settings["ADMIN_IDS"] = f"discord:{h.folk.people[0]}"
        await h.start_bot()
        told = await h.answer_to(h.mention("What is a monad?", person=1))
        assert "This bot has used up what its owner lets it spend in a month." in told
        assert "$" not in told
        await h.until(lambda: h.told_directly(0), within=120)
        assert "SPEND_CAP" in h.told_directly(0)[0].text
        assert asked(h) == []


async def test_a_spike_is_told_to_the_owner(tmp_path: Path) -> None:
    async with harness(tmp_path, start=False, settings={"SPIKE_ALARM": "0"}) as h:
        h.settings["ADMIN_IDS"] = f"discord:{h.folk.people[0]}"
        await h.start_bot()
        await h.answer_to(h.mention("What is a monad?", person=1))
        await h.until(lambda: h.told_directly(0), within=120)
        assert "SPIKE_ALARM" in h.told_directly(0)[0].text


async def test_tokens_beyond_what_was_held_are_told_once_and_block(tmp_path: Path) -> None:
    free = "aimlapi:openai/gpt-5-mini-2025-08-07 in=0 out=0 output=300"
    settings = {"MODELS": free, "LIMITS": "member:tokens:day=5000"}
    async with harness(tmp_path, start=False, settings=settings) as h:
        h.settings["ADMIN_IDS"] = f"discord:{h.folk.people[0]}"
        await h.start_bot()
        usage = {"prompt_tokens": 7_000, "completion_tokens": 10, "total_tokens": 7_010}
        h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"usage": usage, "meta": ""}))
        await h.ended(h.mention("What is a monad?", person=1))
        assert [row["kind"] for row in rows(h, "ledger")] == ["overrun", "settle"]
        assert all(row["micros"] == 0 for row in rows(h, "ledger"))
        assert "all of it is used" in await h.answer_to(h.mention("And a functor?", person=1))
        await h.until(lambda: h.told_directly(0), within=120)
        (told,) = h.told_directly(0)
        assert "tokens more in the last day" in told.text and "$" not in told.text
        await h.clock.sleep(2 * 3_600)
        assert h.told_directly(0) == [told]


async def test_what_leaked_is_given_back_with_an_alarm(tmp_path: Path) -> None:
    async with harness(tmp_path, start=False, settings={"LIMITS": "member:requests:ever=2"}) as h:
        h.settings["ADMIN_IDS"] = f"discord:{h.folk.people[0]}"
        await h.start_bot()
        turn = await h.ended(h.mention("What is a monad?", person=1))
        with closing(sqlite3.connect(h.database, timeout=10)) as connection:
            # As if the entry that closed it had been lost.
            for sql in (
                "DELETE FROM ledger WHERE turn = :turn",
                "UPDATE reservation SET state = 'open', closed_at = NULL WHERE turn = :turn",
                "UPDATE counter SET reserved = reserved + 1, spent = spent - 1",
                "INSERT INTO hold (turn, step, counter, amount, extra)"
                " SELECT :turn, 1, id, 1, 0 FROM counter",
            ):
                connection.execute(sql, {"turn": turn["id"]})
            connection.commit()
        await h.until(lambda: h.told_directly(0), within=4_000)
        assert "1 reservation was held for longer" in h.told_directly(0)[0].text
        (entry,) = rows(h, "ledger")
        assert entry["kind"] == "release"
        assert await store(h).check_counters() == []
        # The checker would find an answer that nobody paid: this one was paid and lost.
        with closing(sqlite3.connect(h.database, timeout=10)) as connection:
            connection.execute("UPDATE ledger SET kind = 'settle', requests = 1")
            connection.execute("UPDATE reservation SET state = 'settled'")
            connection.execute("UPDATE counter SET spent = 1")
            connection.commit()


async def test_what_an_answer_cost_stands_under_those_to_admins(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"COST_LINE": "admins"}) as h:
        assert " · $0.00" in await h.answer_to(h.mention("What is a monad?", person=0))
        assert "$" not in await h.answer_to(h.mention("What is a monad?", person=1))


async def test_nobody_is_charged_for_what_the_cap_counts(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"SPEND_CAP": "5"}) as h:
        cut = Fault(CHAT, "answer", options={"cut_after": 0})
        h.standins.faults[MODEL].add(cut)
        turn = await h.ended(h.mention("What is a monad?"))
        assert turn["outcome"] == "failed"
        (attempt,) = rows(h, "attempt")
        assert attempt["billed"] == attempt["held"] > 0
        (entry,) = rows(h, "ledger")
        assert entry["kind"] == "release"
