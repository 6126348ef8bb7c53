"""Pictures, texts and other files that people send along: whole bot, virtual time."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from PIL import Image

from adapters.playground.faults import Fault
from bot.estimates import Estimator
from tests.harness import harness
from tests.standins import DISCORD
from tests.turn_scene import CHAT, requests_to, rows

pytestmark = pytest.mark.virtual


def picture(colour: str = "red", size: tuple[int, int] = (80, 80)) -> bytes:
    """Return a PNG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


async def test_a_picture_goes_to_the_model_and_stays_for_the_next_question(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is this?", files=[("red.png", picture())])
        answer = await h.answer_to(question)
        assert "With it came 1 picture" in answer
        follow_up = h.say(question, "And what colour?")
        assert "I still see 1 earlier picture" in await h.answer_to(follow_up)
        (file,) = rows(h, "file")
        assert file["state"] == "read"
        assert (tmp_path / "blobs").exists()


async def test_a_text_file_is_read_into_the_message(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("Explain", files=[("main.py", b"print('```')\n")])
        answer = await h.answer_to(question)
        assert "file `main.py`: " in answer
        assert "print(" in answer


async def test_a_file_alone_is_a_question(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("", files=[("red.png", picture())])
        assert "With it came 1 picture" in await h.answer_to(question)
        assert h.standins.world.channels[question].name.startswith("red.png")


async def test_what_cannot_be_read_is_named_below_the_answer(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is this?", files=[("song.mp3", b"ID3\x04" + bytes(200))])
        answer = await h.answer_to(question)
        assert "SIMULATED" in answer
        assert "song.mp3" in answer.splitlines()[-1]
        turn = await h.ended(question)
        assert "song.mp3" in turn["note"]


async def test_a_question_of_nothing_but_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("", files=[("song.mp3", b"ID3\x04" + bytes(200))])
        notice = await h.answer_to(question)
        assert "song.mp3" in notice
        assert "Nothing was charged." in notice
        assert (await h.ended(question))["outcome"] == "refused"
        assert requests_to(h, CHAT) == 0
        assert rows(h, "ledger") == []


CDN = "GET /cdn/attachments/{channel_id}/{attachment_id}/{filename}"
PICTURE_OF_OLD = "simulate bad picture"


async def test_a_file_that_cannot_be_fetched_now_can_be_had_by_retry(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        fault = h.standins.faults[DISCORD].add(Fault(CDN, "refuse", times=30, status=503))
        question = h.mention("What is this?", files=[("red.png", picture())])
        notice = await h.answer_to(question)
        assert "could not fetch `red.png`" in notice
        assert "Nothing was charged." in notice
        assert fault.hits > 1
        assert (await h.ended(question))["outcome"] == "failed"
        h.standins.faults[DISCORD].clear()
        assert "With it came 1 picture" in await h.answer_to(h.press("retry"))


async def test_a_file_host_that_asks_to_wait_long_keeps_no_other_turn_waiting(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        busy = Fault(CDN, "refuse", times=2, status=429, headers={"Retry-After": "3000"})
        h.standins.faults[DISCORD].add(busy)
        for person in (0, 1):
            h.mention("What is this?", person=person, files=[("a.txt", b"words")])
        await h.until(lambda: busy.hits == 2)
        last = h.mention("And this?", person=1, files=[("b.txt", b"words")])
        assert "SIMULATED" in await h.answer_to(last, within=60)
        notices = [each.text for each in h.ours() if "could not fetch `a.txt`" in each.text]
        assert len(notices) == busy.hits == 2


async def test_a_file_that_is_gone_is_asked_for_again(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[DISCORD].add(Fault(CDN, "refuse", times=30, status=404))
        question = h.mention("What is this?", files=[("red.png", picture())])
        notice = await h.answer_to(question)
        assert "Please attach it again" in notice
        turn = await h.ended(question)
        assert (turn["outcome"], turn["error"]) == ("refused", "file_lost")
        assert rows(h, "ledger") == []
        assert not [each for each in h.standins.buttons() if "retry" in each[1]]


async def test_a_stop_ends_the_wait_for_a_file(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[DISCORD].add(Fault(CDN, "delay", seconds=15.0))
        question = h.mention("What is this?", files=[("red.png", picture())])
        await h.until(lambda: any("Reading your files" in each.text for each in h.ours(question)))
        h.press("stop")
        turn = await h.ended(question)
        assert turn["outcome"] == "stopped"
        assert requests_to(h, CHAT) == 0


async def test_a_kill_between_two_files_fetches_only_the_second_again(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[DISCORD].add(Fault(CDN, "delay", nth=2, seconds=15.0))
        files = [("red.png", picture()), ("blue.png", picture("blue"))]
        question = h.mention("What are these?", files=files)
        await h.until(lambda: [row["state"] for row in rows(h, "file")] == ["read", "waiting"])
        await h.clock.sleep(1)
        await h.restart_bot(killed=True)
        assert "With it came 2 pictures" in await h.answer_to(question)
        fetched = [e.path for e in h.standins.history.entries if e.route == CDN]
        assert sum("red.png" in path for path in fetched) == 1


async def test_as_many_pictures_go_as_the_model_takes_and_each_once(tmp_path: Path) -> None:
    rules = "aimlapi:openai/gpt-5-mini-2025-08-07 pictures=2"
    async with harness(tmp_path, settings={"MODELS": rules}) as h:
        files = [("a.png", picture()), ("again.png", picture())]
        files += [(f"{n}.png", picture(colour)) for n, colour in enumerate(("blue", "green"))]
        question = h.mention("What are these?", files=files)
        answer = await h.answer_to(question)
        assert "With it came 2 pictures" in answer
        assert "1 picture was left out" in answer
        assert "takes up to 2 at once" in answer


async def test_a_model_without_eyes_says_so(tmp_path: Path) -> None:
    rules = "aimlapi:openai/gpt-5-mini-2025-08-07 pictures=0"
    async with harness(tmp_path, settings={"MODELS": rules}) as h:
        question = h.mention("What is this?", files=[("a.png", picture())])
        answer = await h.answer_to(question)
        assert "With it came" not in answer
        assert "does not see pictures" in answer
        assert "does not see pictures" not in await h.answer_to(h.say(question, "And now?"))


async def test_an_old_picture_that_is_refused_is_left_out_for_ever(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("What is this?", files=[("a.png", picture())])
        await h.ended(thread)
        question = h.say(thread, PICTURE_OF_OLD)
        answer = await h.answer_to(question)
        assert "SIMULATED" in answer
        assert "an old picture was left out" in answer
        assert requests_to(h, CHAT) == 3
        assert [row["excluded"] for row in rows(h, "file")] == [1]
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle", "settle"]
        later = await h.answer_to(h.say(thread, PICTURE_OF_OLD))
        assert "left out" not in later
        assert requests_to(h, CHAT) == 4


async def test_files_beyond_ten_are_named(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        said = h.say(h.standins.channels[0], "look", files=[(f"{n}.txt", b"one") for n in range(6)])
        files = [(f"own{n}.txt", b"two") for n in range(6)]
        question = h.mention("What are these?", files=files, reply_to=said)
        answer = await h.answer_to(question)
        assert answer.count("I take up to 10 files") == 2


async def test_what_a_message_replies_to_is_part_of_the_question(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        said = h.say(
            h.standins.channels[0], "tides are strange", person=1, files=[("a.png", picture())]
        )
        question = h.mention("", reply_to=said)
        assert "With it came 1 picture" in await h.answer_to(question)
        (sent,) = [entry for entry in h.standins.history.entries if entry.route == CHAT]
        assert "Ben wrote:\\n> tides are strange" in repr(sent.request)
        assert h.standins.world.channels[question].name == "tides are strange"


async def test_a_deleted_question_takes_its_files_along(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is this?", files=[("a.png", picture())])
        await h.ended(question)
        h.delete(question)
        await h.until(lambda: not rows(h, "file"))
        blobs = tmp_path / "blobs"
        assert any(each.is_file() for each in blobs.rglob("*"))
        # A day passes, of which the last hour is lived through: it holds a look for old files.
        h.clock.skew_ms = 25 * 3_600_000
        await h.clock.sleep(3_600)
        await h.until(lambda: not any(each.is_file() for each in blobs.rglob("*")))


async def test_of_many_files_that_cannot_be_read_the_first_are_named(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        files = [(f"{n}{'x' * 58}.zip", b"PK\x05\x06" + bytes(30)) for n in range(10)]
        sent = h.say(h.standins.channels[0], "", person=1, files=files)
        question = h.mention("", files=files, reply_to=sent)
        notice = await h.answer_to(question)
        assert (await h.ended(question))["outcome"] == "refused"
        assert "ZIP archive" in notice
        assert "others read. Nothing was charged." in notice


class Counting(Estimator):
    """Note in which threads large texts are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[int] = set()

    def __call__(self, text: str) -> int:
        if len(text) > 100_000:
            self.threads.add(threading.get_ident())
        return super().__call__(text)


async def test_much_text_is_not_counted_in_the_event_loop(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        counting = h.service.worker._services.estimates._models[h.service.model] = Counting()
        files = [(f"{n}.py", b"x[%d] += f(a, b);\n" % n * 1_800) for n in range(5)]
        await h.answer_to(h.mention("Explain", files=files))
        assert counting.threads
        assert threading.get_ident() not in counting.threads


async def test_a_reply_to_an_answer_in_a_file_does_not_send_it_twice(tmp_path: Path) -> None:
    async with harness(tmp_path, tokens_per_second=4_000) as h:
        question = h.mention("write 5000 words")
        await h.ended(question)
        whole = h.ours(question)[-1]
        assert "is in this file" in whole.text
        await h.ended(h.say(question, "shorter, please", reply_to=whole.id))
        assert rows(h, "file") == []


async def test_a_reply_to_a_message_with_a_file_does_not_send_its_text_twice(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        sent = h.say(thread, "Explain", files=[("main.py", b"print(1)\n" * 2_000)])
        await h.ended(sent)
        await h.ended(h.say(thread, "and again?", reply_to=sent))
        *_, last = (each.request for each in h.standins.history.entries if each.route == CHAT)
        assert isinstance(last, dict)
        assert sum(len(str(message["content"])) > 18_000 for message in last["messages"]) == 1
        assert len(str(last["messages"][-1]["content"])) > 18_000


async def test_of_many_texts_only_those_are_read_that_may_fit(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"CONTEXT_TOKENS": "10000"}) as h:
        thread = h.mention("Explain", files=[("0.txt", b"0 word " * 3_000)])
        await h.ended(thread)
        for n in range(1, 6):
            text = f"{n} word ".encode() * 3_000
            last = h.say(thread, f"and {n}?", files=[(f"{n}.txt", text)])
            await h.ended(last)
        assert h.service is not None
        newest = max(rows(h, "turn"), key=lambda row: int(row["position"]))
        turn = await h.service.store.read(newest["id"])
        assert turn is not None
        history = await h.service.store.history(turn, 400, 80_000)
        omitted = [each.files[0].omitted for each in history if each.files]
        assert omitted == [True, True, True, False, False, False]
        *_, sent = (each.request for each in h.standins.history.entries if each.route == CHAT)
        assert isinstance(sent, dict)
        kept = sum(message["role"] != "system" for message in sent["messages"])
        assert kept < len(history)
        note = "using only your last message" if kept == 1 else f"using the last {kept} messages"
        assert note in h.ours(thread)[-1].text


async def test_a_deleted_message_is_in_no_later_request(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        secret = h.say(h.standins.channels[0], "my secret", files=[("s.txt", b"secret list")])
        thread = h.mention("is that so?", person=1, reply_to=secret)
        await h.ended(thread)
        h.delete(secret)
        await h.ended(h.say(thread, "and now?", person=1))
        first, second = (
            str([said["content"] for said in each.request["messages"] if said["role"] == "user"])
            for each in h.standins.history.entries
            if each.route == CHAT and isinstance(each.request, dict)
        )
        assert "my secret" in first
        assert "secret list" in first
        assert "secret" not in second
        assert "is that so?" in second


async def test_below_an_answer_the_first_of_many_unread_files_are_named(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        songs = [(f"song{n}.mp3", b"ID3\x03\x00" + bytes(60)) for n in range(6)]
        answer = await h.answer_to(h.mention("Hello", files=songs))
        assert answer.count("(`song") == 3
        assert "(3 more files were not read)" in answer
