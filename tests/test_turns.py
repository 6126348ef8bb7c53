"""What people see of a turn, whatever happens to it: whole bot, stand-ins, virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from bot import faults
from bot.errors import StoreError
from bot.ports import Step
from storage.sqlite import SqliteEngine
from storage.turns import turn_id
from tests.evidence import Database, Row
from tests.harness import Harness, harness
from tests.standins import DISCORD, MODEL

pytestmark = pytest.mark.virtual

POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
DELETE = "DELETE /channels/{channel_id}/messages/{message_id}"
THREADS = "POST /channels/{channel_id}/messages/{message_id}/threads"
NO_POSTS = Fault(
    "POST /channels/{channel_id}/messages",
    "refuse",
    times=2,
    status=403,
    body={"code": 50013, "message": "Missing Permissions"},
)
CHAT = "POST /v1/chat/completions"


def rows(h: Harness, table: str) -> list[Row]:
    return Database.rows(h.database, table)


def requests_to(h: Harness, route: str) -> int:
    return sum(1 for entry in h.standins.history.entries if entry.route == route)


async def writing(h: Harness, thread: str) -> None:
    """Wait until an answer is being written in a thread."""
    await h.until(lambda: any("SIMULATED" in each.text for each in h.ours(thread)))


# --- buttons ---------------------------------------------------------------------------------


async def test_stop_keeps_the_text_and_charges_only_that(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await writing(h, question)
        h.press("stop")
        answer = await h.answer_to(question)
        assert "(stopped; only the text above was charged)" in answer
        turn = h.turn(question)
        assert turn is not None
        assert turn["outcome"] == "stopped"
        (entry,) = rows(h, "ledger")
        assert entry["kind"] == "settle"
        assert 0 < entry["tokens"] < 900


async def test_a_stop_that_comes_before_its_turn_is_heard_however_many_came_in_vain(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        for n in range(2_000):
            h.service.worker.wished(f"nobody-{n}")
        question = h.mention("What is a monad?")
        guild = h.standins.world.channels[h.standins.channels[0]].guild
        assert guild is not None
        h.service.worker.wished(turn_id("discord", guild, h.standins.channels[0], question))
        assert (await h.ended(question))["outcome"] == "stopped"
        assert requests_to(h, CHAT) == 0


async def test_a_stranger_cannot_stop_but_an_admin_can(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words", person=1)
        await writing(h, question)
        other = h.mention("write 900 words", person=0)
        await writing(h, other)
        h.press("stop", person=1)  # the newest: the admin's own
        await h.answer_to(other)
        turn = h.turn(other)
        assert turn is not None
        assert turn["outcome"] == "answered"
        again = h.mention("write 900 words", person=1)
        await writing(h, again)
        h.press("stop", person=0)
        await h.ended(again)
        stopped = h.turn(again)
        assert stopped is not None
        assert stopped["outcome"] == "stopped"


async def test_retry_pressed_twice_makes_one_turn(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("What is a monad?")
        notice = await h.answer_to(question)
        assert "busy" in notice
        assert "Nothing was charged." in notice
        assert "Press Retry" in notice
        first = h.press("retry")
        second = h.press("retry", person=1)
        assert "monad" in await h.answer_to(first)
        assert h.turn(second) is None
        assert [row["kind"] for row in rows(h, "turn")].count("retry") == 1
        assert [row["kind"] for row in rows(h, "ledger")].count("settle") == 1


async def test_continue_goes_on_after_a_cut(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("simulate cut")
        answer = await h.answer_to(question)
        assert "cut off: connection lost" in answer
        assert "Press Continue" in answer
        pressed = h.press("continue")
        assert "SIMULATED" in await h.answer_to(pressed)


# --- failures, each with its notice ------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "what", "step"),
    [
        ("simulate refused", "declined this request", "other words"),
        ("simulate empty", "empty answer", "Press Retry"),
        ("simulate misconfigured", "key was not accepted", "Ask the person who runs this bot"),
        ("simulate no funds", "needs attention", "Ask the person who runs this bot"),
        ("simulate broken", "internal error", "Press Retry"),
        ("simulate page", "unusable", "Press Retry"),
        ("simulate gone", "not available", "Use `/model` to choose another"),
        ("simulate full", "question alone is longer than the model", "Ask for less at once"),
        ("simulate overloaded", "busy", "Press Retry"),
    ],
)
async def test_a_failure_says_what_happened_what_it_cost_and_what_to_do(
    tmp_path: Path, words: str, what: str, step: str
) -> None:
    async with harness(tmp_path) as h:
        question = h.mention(words)
        notice = await h.answer_to(question)
        assert what in notice
        assert step in notice
        assert "Nothing was charged." in notice
        turn = h.turn(question)
        assert turn is not None
        assert f"`{turn['id']}`" in notice
        assert [row["kind"] for row in rows(h, "ledger")] == ["release"]


async def test_a_bare_mention_gets_a_hint_in_the_channel_and_no_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("")
        hint = await h.answer_to(question)
        assert "In a channel write it after the mention" in hint
        assert h.ours(h.standins.channels[0])
        assert requests_to(h, CHAT) == 0


async def test_a_sticker_sent_to_the_bot_alone_is_told_of_words_first(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        hint = await h.answer_to(h.dm("", stickers=["wave"]))
        assert hint.startswith("Hello! Ask me in words, for example: what is a monad? In a channel")


# --- order ------------------------------------------------------------------------------------


async def test_questions_of_one_thread_wait_visibly_for_each_other(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        second = h.say(question, "And second?", person=1)
        third = h.say(question, "And third?")
        await h.until(lambda: h.standins.marks(second) and h.standins.marks(third))
        assert "And third?" in await h.answer_to(third)
        assert not h.standins.marks(second)
        assert not h.standins.marks(third)
        shown = [each.text for each in h.ours(question)]
        assert "And second?" in shown[-2]
        assert "And third?" in shown[-1]


async def test_threads_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        slow = h.mention("write 900 words")
        await writing(h, slow)
        quick = h.mention("What is a monad?", channel=1)
        await h.ended(quick)
        turn = h.turn(slow)
        assert turn is not None
        assert turn["state"] == "running"
        await h.ended(slow)


async def test_a_retry_behind_an_answer_begins_below_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("What is a monad?")
        await h.ended(question)
        long = h.say(question, "write 900 words")
        await writing(h, question)
        pressed = h.press("retry")
        assert "monad" in await h.answer_to(pressed)
        order = [each.text for each in h.ours(question)]
        assert "monad" in order[-1]
        assert len(order) > 3
        assert (await h.ended(long))["outcome"] == "answered"


# --- length -----------------------------------------------------------------------------------


async def test_a_very_long_answer_ends_as_a_file(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 6000 words")
        await h.ended(question)
        *parts, last = h.ours(question)
        assert "is in this file" in last.text
        assert sum(len(each.text) for each in parts) <= 22_000
        turn = h.turn(question)
        assert turn is not None
        assert len(turn["answer"]) > 20_000
        assert h.standins.file_of(last.id, "answer.md").decode() == turn["answer"]


# --- faults of the platform ---------------------------------------------------------------------


@pytest.mark.parametrize("action", ["lose_answer", "fail_after"])
@pytest.mark.parametrize("window", [300.0, 0.0], ids=["nonce known", "nonce forgotten"])
async def test_a_post_whose_answer_is_lost_is_not_repeated(
    tmp_path: Path, action: str, window: float
) -> None:
    async with harness(tmp_path) as h:
        h.standins.discord_settings.nonce_seconds = window
        fault = h.standins.faults[DISCORD].add(Fault(POST, action, status=403))
        question = h.mention("What is a monad?")
        if action == "fail_after":
            fault.status = 500
            h.standins.discord_settings.nonce_seconds = 300.0  # discord.py itself repeats it
        assert "monad" in await h.answer_to(question)
        assert fault.hits == 1
        assert len(h.ours(question)) == 1


async def test_a_repeated_nonce_does_not_leave_the_first_words_standing(tmp_path: Path) -> None:
    async with harness(tmp_path, look=False) as h:
        fault = h.standins.faults[DISCORD].add(Fault(POST, "lose_answer"))
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        assert fault.hits == 1


async def test_a_retry_cancelled_before_its_first_word_leaves_no_placeholder(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        failed = h.say(thread, "What is a monad?")
        await h.ended(failed)
        h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"silence": 5.0}))
        pressed = h.press("retry")
        await h.until(lambda: any(row["state"] == "sending" for row in rows(h, "part")))
        h.standins.delete(failed)
        assert (await h.ended(pressed))["outcome"] == "cancelled"


async def test_what_was_said_to_be_undeliverable_stays_so(tmp_path: Path) -> None:
    """The process fails between the notice and the end; meanwhile the thread is open again."""
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.faults[DISCORD].add(NO_POSTS)
        failed: list[str] = []

        def fail_once(point: str) -> None:
            if point == "after:part_sent" and not failed:
                failed.append(point)
                raise RuntimeError(point)

        faults.install(fail_once)
        question = h.mention("write 300 words")
        try:
            turn = await h.ended(question)
        finally:
            faults.install(lambda point: None)
        assert failed
        assert turn["outcome"] == "undeliverable"
        (notice,) = h.ours(channel)
        assert "What the model wrote was charged" in notice.text
        pressed = h.press("retry")
        # It was paid for: it is only shown.
        answer = await h.answer_to(pressed)
        assert turn["answer"].split()[0] in answer
        assert requests_to(h, CHAT) == 1
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle"]


async def test_a_cancelled_retry_leaves_no_placeholder(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        thread = h.mention("Hello")
        await h.ended(thread)
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        failed = h.say(thread, "What is a monad?")
        await h.ended(failed)
        await h.ended(h.say(thread, "Hello again"))
        long = h.say(thread, "write 600 words")
        await h.until(
            lambda: any("write 600" in each.text or "1." in each.text for each in h.ours())
        )
        pressed = h.press("retry")
        await h.until(lambda: h.turn(pressed) is not None)
        h.standins.delete(failed)
        assert (await h.ended(pressed))["outcome"] == "cancelled"
        await h.ended(long)


async def test_a_missing_permission_is_said_before_a_model_is_asked(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.world.deny_bot(channel, "send_messages_in_threads")
        question = h.mention("What is a monad?")
        await h.ended(question)
        (notice,) = h.ours(channel)
        assert "*Send Messages in Threads*" in notice.text
        assert "Nothing was charged." in notice.text
        assert "then press Retry" in notice.text
        assert requests_to(h, CHAT) == 0
        h.standins.world.deny_bot(channel)
        assert "monad" in await h.answer_to(h.press("retry"))


async def test_a_retry_without_the_permission_says_so_once(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        channel = h.standins.channels[0]
        question = h.mention("What is a monad?")
        await h.ended(question)
        h.standins.world.deny_bot(channel, "send_messages_in_threads")
        turn = await h.ended(h.press("retry"))
        assert (turn["outcome"], turn["error"]) == ("failed", "not_permitted")
        (notice,) = h.ours(channel)
        assert "*Send Messages in Threads*" in notice.text


async def test_a_retry_that_loses_the_permission_in_a_restart_says_so_once(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("What is a monad?")
        await h.ended(question)
        h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"silence": 5.0}))
        pressed = h.press("retry")
        await h.until(lambda: any(row["state"] == "sending" for row in rows(h, "part")))
        await h.kill_bot()
        h.standins.world.deny_bot(channel, "send_messages_in_threads")
        await h.start_bot()
        assert (await h.ended(pressed))["error"] == "not_permitted"
        (notice,) = h.ours(channel)
        assert "*Send Messages in Threads*" in notice.text


async def test_a_person_who_asks_too_much_at_once_is_told_so(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        questions = [h.mention("write 300 words") for _ in range(10)]
        notices = [await h.answer_to(question) for question in questions]
        refused = [text for text in notices if "many questions open" in text]
        assert len(refused) == 2
        assert all("Nothing was charged." in text and "ask again" in text for text in refused)
        assert requests_to(h, CHAT) == 8
        other = h.mention("What is a monad?", person=1)
        assert "monad" in await h.answer_to(other)


async def test_without_the_right_to_attach_the_cut_is_said_where_it_is(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.world.deny_bot(h.standins.channels[0], "attach_files")
        question = h.mention("write 6000 words")
        turn = await h.ended(question)
        assert turn["outcome"] == "answered"
        last = h.ours(question)[-1].text
        assert "*Attach Files*" in last
        assert "cut here" in last


async def test_without_threads_the_answer_stands_in_the_channel(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.world.deny_bot(channel, "create_public_threads")
        h.standins.discord_settings.nonce_seconds = 0.0
        h.standins.faults[DISCORD].add(Fault(POST, "lose_answer", nth=2))
        first = h.mention("What is a monad?")
        second = h.mention("What is a functor?", person=1)
        assert "monad" in await h.answer_to(first)
        assert "functor" in await h.answer_to(second)
        assert len(h.ours(channel)) == 2
        assert all("*Create Public Threads*" in each.text for each in h.ours(channel))


async def test_a_notice_whose_question_goes_before_it_stands_is_nobodys(tmp_path: Path) -> None:
    """What became of it is stored by then, and there is no thread yet to say it in."""
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=9, status=401))
        late = h.standins.faults[DISCORD].add(Fault(THREADS, "delay", seconds=5.0))
        question = h.mention("What is a monad?")
        await h.until(lambda: late.hits)
        assert rows(h, "turn")[0]["outcome"] == "failed"
        h.standins.delete(question)
        turn = await h.ended(question)
        assert turn["outcome"] == "cancelled"
        assert h.ours() == []
        assert [row["kind"] for row in rows(h, "ledger")] in ([], ["release"])


async def test_a_deleted_question_is_not_answered(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("simulate slow")
        await h.until(lambda: any("Thinking" in each.text for each in h.ours()))
        h.standins.delete(question)
        turn = await h.ended(question)
        assert turn["outcome"] == "cancelled"
        assert not h.ours(question)


async def test_a_moderator_may_remove_the_answer_while_it_is_written(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await writing(h, question)
        (shown,) = h.ours(question)
        h.standins.remove(shown.id)
        turn = await h.ended(question)
        assert turn["outcome"] == "cancelled"
        assert not h.ours(question)


# --- restarts -----------------------------------------------------------------------------------


async def test_a_killed_answer_is_written_again_in_its_place(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        (before,) = h.ours(question)
        await h.restart_bot(killed=True)
        await h.ended(question)
        assert before.id in {each.id for each in h.ours(question)}
        (step,) = rows(h, "step")
        assert step["runs"] == 2
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle"]


async def test_a_lost_notice_is_found_though_its_question_is_gone(tmp_path: Path) -> None:
    """Where what it was to reply to is not there, Discord posts it without a reference."""
    async with harness(tmp_path) as h:
        h.standins.discord_settings.nonce_seconds = 0.0
        late = h.standins.faults[DISCORD].add(Fault(POST, "delay", seconds=5.0))
        question = h.mention("")
        await h.until(lambda: late.hits)
        h.standins.delete(question)
        await h.kill_bot()
        await h.until(h.ours)
        await h.start_bot()
        await h.ended(question)
        assert len(h.ours()) == 1


async def test_text_that_was_found_again_stays_whoever_dies_over_it(tmp_path: Path) -> None:
    """Its question was deleted; nobody knew that its beginning had come to be."""
    async with harness(tmp_path) as h:
        script = h.standins.faults[DISCORD]
        shown = script.add(Fault(POST, "delay", seconds=60.0, options={"after": 1}))
        question = h.mention("write 900 words")
        await h.until(lambda: shown.hits)
        h.standins.delete(question)
        await h.until(lambda: rows(h, "turn")[0]["state"] == "delivering")
        taken = script.add(Fault(DELETE, "delay", seconds=60.0, options={"after": 1}))
        await h.restart_bot(killed=True)
        await h.until(lambda: taken.hits or not h.open_turns())
        script.clear()
        await h.restart_bot(killed=True)
        turn = await h.ended(question)
        assert turn["outcome"] == "cancelled"
        (answer,) = h.ours(question)
        assert answer.text == turn["answer"].strip()


async def test_what_was_said_while_the_bot_was_away_is_answered(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        await h.stop_bot()
        missed = h.mention("What is a monad?")
        in_thread = h.say(thread, "Are you there?")
        await h.start_bot()
        assert "monad" in await h.answer_to(missed)
        assert "Are you there?" in await h.answer_to(in_thread)


async def test_a_press_is_finished_after_a_kill_even_when_its_token_died(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("write 100 words")
        await h.ended(question)
        pressed = h.press("retry")
        await h.until(lambda: h.turn(pressed) is not None)
        await h.kill_bot()
        await h.clock.sleep(16 * 60)
        await h.start_bot()
        assert "SIMULATED" in await h.answer_to(pressed)
        shown = [each for each in h.ours(question) if "SIMULATED" in each.text]
        assert len(shown) == 1


async def test_a_step_of_the_wall_clock_takes_nothing_from_its_owner(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 600 words")
        await writing(h, question)
        h.clock.skew_ms = 10 * 60_000
        turn = await h.ended(question)
        assert turn["attempt"] == 1
        assert requests_to(h, CHAT) == 1


async def test_an_outage_of_minutes_only_delays_the_answer(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        outage = [Fault(route, "refuse", status=503, times=10**6) for route in (POST, EDIT)]
        for fault in outage:
            h.standins.faults[DISCORD].add(fault)
        await h.clock.sleep(1_200)
        turn = h.turn(question)
        assert turn is not None
        assert turn["state"] == "delivering"  # stored long since, and never given up
        h.standins.faults[DISCORD].clear()
        assert (await h.ended(question))["outcome"] == "answered"


async def test_the_result_is_stored_while_the_platform_hangs(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        h.standins.faults[DISCORD].add(Fault(EDIT, "refuse", status=503, times=8))
        await h.clock.sleep(40)
        turn = h.turn(question)
        assert turn is not None
        assert turn["outcome"] == "answered"
        before = h.clock.monotonic()
        await h.stop_bot()
        assert h.clock.monotonic() - before < 35
        h.standins.faults[DISCORD].clear()
        await h.start_bot()
        await h.ended(question)
        (step,) = rows(h, "step")
        assert step["runs"] == 1


async def test_a_heartbeat_that_fails_for_a_while_costs_nothing(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        store = h.service.store
        real = store.beat

        async def fail(worker: str, now: int, alive_until: int) -> None:
            raise StoreError("no")

        store.beat = fail  # type: ignore[method-assign]
        await h.clock.sleep(55)
        question = h.mention("What is a monad?")
        await h.clock.sleep(20)
        assert not h.ours()
        store.beat = real  # type: ignore[method-assign]
        assert "monad" in await h.answer_to(question)


@pytest.mark.parametrize(
    "body",
    [
        {
            "code": 50035,
            "message": "Invalid Form Body",
            "errors": {"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "x"}]}},
        },
        {"code": 200000, "message": "Message was blocked by automatic moderation"},
    ],
    ids=["too long", "moderated"],
)
async def test_one_refused_edit_does_not_cut_the_answer(
    tmp_path: Path, body: dict[str, object]
) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[DISCORD].add(Fault(EDIT, "refuse", nth=3, status=400, body=body))
        question = h.mention("write 300 words")
        turn = await h.ended(question)
        assert (turn["outcome"], turn["error"]) == ("answered", "")


async def test_a_lowered_limit_makes_smaller_parts(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.discord_settings.content_chars = 1_500
        question = h.mention("write 700 words")
        turn = await h.ended(question)
        assert turn["outcome"] == "answered"
        assert max(len(each.text) for each in h.ours(question)) <= 1_500
        assert len(h.ours(question)) > 2


@pytest.mark.parametrize("status", [503, 429])
async def test_a_thread_that_cannot_be_opened_at_once_is_opened_later(
    tmp_path: Path, status: int
) -> None:
    async with harness(tmp_path) as h:
        fault = Fault(THREADS, "refuse", status=status)
        if status == 429:  # as a ban says it, without Via
            fault.body, fault.content_type = "<html>", "text/html"
            fault.headers = {"Retry-After": "30"}
        h.standins.faults[DISCORD].add(fault)
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        assert fault.hits == 1


async def test_a_store_that_fails_at_the_start_only_delays(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        store = h.service.store
        real = store.start_step

        async def fail(*args: object, **named: object) -> Step:
            store.start_step = real  # type: ignore[method-assign]
            raise StoreError("no")

        store.start_step = fail  # type: ignore[method-assign]
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        assert (await h.ended(question))["attempt"] == 1


async def test_an_old_question_is_answered_with_an_apology(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        await h.stop_bot()
        question = h.mention("What is a monad?")
        await h.clock.sleep(20 * 60)
        await h.start_bot()
        answer = await h.answer_to(question)
        assert answer.startswith("Sorry for the delay")


async def test_a_model_that_never_ends_is_ended(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.model.tokens_per_second = 0.2
        question = h.mention("write 900 words")
        answer = await h.answer_to(question, within=2_000)
        assert "cut off" in answer
        turn = h.turn(question)
        assert turn is not None
        assert turn["concluded_at"] - turn["received_at"] < 11 * 60_000


async def test_a_full_disk_is_said_and_nothing_is_half_done(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        engine = h.service.store.engine if h.service else None
        assert isinstance(engine, SqliteEngine)
        pages = engine._connection.execute  # the one writer; nothing else is under way
        pages("VACUUM")  # what tables of earlier versions took is free
        (count,) = pages("PRAGMA page_count").fetchone()
        pages(f"PRAGMA max_page_count = {count}")
        refused = h.mention("x " * 900)
        await h.until(lambda: any("could not store it" in each.text for each in h.ours()))
        assert h.turn(refused) is None
        # A follow-up has no mention, yet somebody waits for it just as much.
        await h.clock.sleep(61)
        follow_up = h.say(thread, "y " * 900)
        await h.until(lambda: any("could not store it" in each.text for each in h.ours(thread)))
        pages("PRAGMA max_page_count = 1000000")
        h.unheard |= {refused, follow_up}
        assert "again" in await h.answer_to(h.mention("Are you there again?"))
