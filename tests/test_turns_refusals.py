"""What Discord refuses, loses or deletes while a turn is answered there."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from bot import faults
from tests.harness import harness
from tests.standins import DISCORD, MODEL
from tests.turn_scene import CHAT, EDIT, POST, THREADS, requests_to, rows, writing

pytestmark = pytest.mark.virtual
NO_POSTS = Fault(
    "POST /channels/{channel_id}/messages",
    "refuse",
    times=2,
    status=403,
    body={"code": 50013, "message": "Missing Permissions"},
)


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
