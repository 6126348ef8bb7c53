"""Answers that grow on Slack: one writer, and exactly the final text whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.blocks import nonce_of
from bot.errors import Forbidden, Gone, Lost, PlatformError, PlatformUnknown, Throttled, TooLong
from bot.events import Action, Button, Post
from tests.slack_speech import Speech
from tests.virtual import VirtualLoop

pytestmark = pytest.mark.virtual

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
SESSION = "agents.sessions.setStatus"

AGAIN = Button(Action.REGENERATE, "t1", "Regenerate")
GOOD = Button(Action.GOOD, "t1", "Good answer")
BAD = Button(Action.BAD, "t1", "Bad answer")
LAST = (AGAIN, GOOD, BAD)


def growing(text: str, *buttons: Button, shown: str | None = None) -> Post:
    return Post(text if shown is None else shown, buttons, growing=text)


@pytest.fixture
async def speech() -> AsyncIterator[Speech]:
    async with Speech() as speech:
        speech.know_agent()
        yield speech


async def persist(speech: Speech, place: str, ts: str, post: Post) -> None:
    """Edit as the outbox does: again after what is unknown or put off."""
    for _ in range(8):
        try:
            await speech.outbound.edit(place, ts, post)
            return
        except Throttled as error:
            await speech.clock.sleep(error.retry_after)
        except PlatformUnknown:
            await speech.clock.sleep(0.5)
    raise AssertionError("it never became clear")


# --- as it should be ---------------------------------------------------------------------------


async def test_an_answer_grows_by_what_is_new(speech: Speech) -> None:
    place = speech.ask()
    assert speech.outbound.manner(place).bare
    ts = await speech.outbound.post(place, growing("One"), "n1")
    await speech.outbound.edit(place, ts, growing("One, two"))
    await speech.outbound.edit(place, ts, growing("One, two"))
    await speech.outbound.edit(place, ts, Post("One, two, three.", LAST))
    assert speech.methods() == [START, APPEND, STOP]
    started, appended, stopped = (entry.request for entry in speech.calls_of(START, APPEND, STOP))
    assert (started["recipient_user_id"], started["recipient_team_id"]) == (
        speech.people.find("ben").partition("/")[2],
        speech.team,
    )
    assert appended["markdown_text"] == ", two"
    assert stopped["markdown_text"] == ", three."
    message = speech.message(place, ts)
    assert speech.text(place, ts) == "One, two, three."
    assert message.stream is not None
    assert message.stream.state == "stopped"
    assert nonce_of({"metadata": message.metadata}) == "n1"
    assert speech.buttons(place, ts) == ["regenerate", "feedback"]
    await speech.outbound.edit(place, ts, Post("One, two, three. (replaced)"))
    assert speech.text(place, ts) == "One, two, three. (replaced)"
    assert speech.methods()[-1] == UPDATE


async def test_a_mention_that_comes_in_pieces_never_lives(speech: Speech) -> None:
    place = speech.ask()
    text = "a <!channel> b <@U1> c"
    ts = await speech.outbound.post(place, growing(text[:3]), "n")
    for end in range(4, len(text)):
        await speech.outbound.edit(place, ts, growing(text[:end]))
    await speech.outbound.edit(place, ts, Post(text))
    assert speech.text(place, ts) == text
    sent = "".join(str(one.request.get("markdown_text") or "") for one in speech.calls_of(APPEND))
    assert "<!channel" not in sent
    assert "<@U1" not in sent


async def test_a_fence_that_is_closed_for_the_while_is_not_streamed(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("```py\nx", shown="```py\nx\n```"), "n")
    await speech.outbound.edit(place, ts, growing("```py\nxy", shown="```py\nxy\n```"))
    await speech.outbound.edit(place, ts, Post("```py\nxyz\n```"))
    assert speech.text(place, ts) == "```py\nxyz\n```"
    assert speech.methods() == [START, APPEND, STOP]


async def test_a_long_step_goes_in_pieces(speech: Speech) -> None:
    place = speech.ask()
    # Each `<@` grows by what lays it to rest.
    text = "<@U1> " * 1_830
    ts = await speech.outbound.post(place, growing("<@U1> "), "n")
    await speech.outbound.edit(place, ts, growing(text[:10_000]))
    await speech.outbound.edit(place, ts, Post(text[:10_200]))
    for entry in speech.calls_of(START, APPEND, STOP):
        assert len(entry.request.get("markdown_text") or "") <= 11_000
    assert speech.text(place, ts) == text[:10_200]


async def test_with_buttons_it_is_posted_and_replaced(speech: Speech) -> None:
    place = speech.ask()
    stop = Button(Action.STOP, "t1", "Stop", danger=True)
    ts = await speech.outbound.post(place, growing("a", stop), "n")
    await speech.outbound.edit(place, ts, growing("ab", stop))
    await speech.outbound.edit(place, ts, Post("abc", LAST))
    assert speech.methods() == [POST, UPDATE, UPDATE]
    assert speech.text(place, ts) == "abc"


async def test_what_is_replaced_while_it_grows_is_replaced_slowly(speech: Speech) -> None:
    place = speech.ask()
    stop = Button(Action.STOP, "t1", "Stop")
    ts = await speech.outbound.post(place, growing("a", stop), "n")
    before = speech.clock.monotonic()
    for text in ("ab", "abc", "abcd"):
        await speech.outbound.edit(place, ts, growing(text, stop))
    assert speech.clock.monotonic() - before == pytest.approx(2.667, abs=0.01)
    await speech.outbound.edit(place, ts, Post("abcde"))
    assert speech.clock.monotonic() - before == pytest.approx(2.667, abs=0.01)


async def test_in_a_direct_message_a_reader_is_named_or_not(speech: Speech) -> None:
    dm = speech.people.open_dm(speech.people.find("ben"))
    ts = speech.people.say(speech.people.find("ben"), dm, "hello")
    place = f"{dm}/{ts}"
    assert speech.outbound.manner(place).bare
    assert await speech.outbound.post(place, growing("a"), "n1")
    assert "recipient_user_id" not in speech.calls_of(START)[0].request
    speech.heard(place)
    speech.refuse(START, "invalid_arguments")
    assert await speech.outbound.post(place, growing("b"), "n2")
    with_one, without = (entry.request for entry in speech.calls_of(START)[1:])
    assert with_one["recipient_user_id"]
    assert "recipient_user_id" not in without
    # What worked is tried first from then on.
    assert await speech.outbound.post(place, growing("c"), "n3")
    assert "recipient_user_id" not in speech.calls_of(START)[-1].request
    assert POST not in speech.methods()


async def test_the_thread_of_a_command_is_read_by_whoever_used_it(speech: Speech) -> None:
    card = await speech.outbound.post(speech.general, Post("asked"), "n0")
    used, place = f"{speech.general}/12.34.abc", f"{speech.general}/{card}"
    speech.heard(used, "cleo")
    assert not speech.outbound.manner(place).bare
    speech.outbound.moved(used, place)
    await speech.outbound.post(place, growing("a"), "n1")
    (started,) = speech.calls_of(START)
    assert started.request["recipient_user_id"] == speech.people.find("cleo").partition("/")[2]


# --- where there is no stream --------------------------------------------------------------------


async def test_nobody_known_to_read_it_is_no_refusal(speech: Speech) -> None:
    place = speech.ask()
    speech.begin()
    assert not speech.outbound.manner(place).bare
    ts = await speech.outbound.post(place, growing("a"), "n")
    await speech.outbound.edit(place, ts, growing("ab"))
    # Slack's Stop is there all the same.
    assert speech.methods() == [POST, SESSION, UPDATE]
    assert speech.work(place) == "processing"
    assert "slack:stream:" + speech.team not in speech.memos.memos
    assert speech.outbound.manner(speech.ask()).bare


async def test_a_refusal_is_remembered_for_a_day(speech: Speech) -> None:
    speech.people.switch(streams="feature_not_enabled")
    first = speech.ask()
    assert speech.outbound.manner(first).bare
    ts = await speech.outbound.post(first, growing("a"), "n1")
    await speech.outbound.edit(first, ts, Post("ab", LAST))
    assert speech.methods() == [START, POST, SESSION, UPDATE]
    assert speech.text(first, ts) == "ab"
    # Also by the next process.
    speech.begin()
    await speech.outbound.load(speech.team)
    second = speech.ask()
    assert not speech.outbound.manner(second).bare
    await speech.outbound.post(second, growing("a"), "n2")
    assert speech.methods()[4:] == [POST, SESSION]
    speech.people.switch(streams="")
    await speech.clock.sleep(24 * 3600)
    assert speech.outbound.manner(second).bare
    await speech.outbound.post(second, growing("a"), "n3")
    # Whose Stop there is holds for a day as well.
    assert speech.methods()[6:] == [SESSION, START]


async def test_a_kind_of_channel_is_refused_alone(speech: Speech) -> None:
    speech.refuse(START, "channel_type_not_supported")
    general = speech.ask()
    await speech.outbound.post(general, growing("a"), "n1")
    assert not speech.outbound.manner(general).bare
    random = speech.ask(where=speech.people.channel("random"))
    assert speech.outbound.manner(random).bare
    assert "slack:stream:" + speech.team not in speech.memos.memos


async def test_too_many_streams_are_not_begun(speech: Speech) -> None:
    for n in range(25):
        place = speech.ask(where=speech.people.channel(("general", "random")[n % 2]))
        ts = await speech.outbound.post(place, growing("a"), f"n{n}")
        await speech.clock.sleep(1)
        await speech.outbound.edit(place, ts, Post("ab"))
        assert speech.text(place, ts) == "ab"
    assert len(speech.calls_of(START)) == 18
    assert not any(entry.status == 429 for entry in speech.calls_of(START, STOP))
    await speech.clock.sleep(60)
    assert speech.outbound.manner(speech.ask()).bare


async def test_a_rate_limit_holds_only_as_long_as_it_says(speech: Speech) -> None:
    speech.refuse(START, "ratelimited", retry_after=30)
    place = speech.ask()
    await speech.outbound.post(place, growing("a"), "n")
    assert speech.methods() == [START, POST, SESSION]
    assert not speech.outbound.manner(place).bare
    await speech.clock.sleep(31)
    assert speech.outbound.manner(place).bare
    assert "slack:stream:" + speech.team not in speech.memos.memos


async def test_what_may_yet_be_a_mention_begins_without_text(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("<!cha"), "n")
    assert "markdown_text" not in speech.calls_of(START)[0].request
    await speech.outbound.edit(place, ts, Post("<!chart>"))
    assert speech.text(place, ts) == "<!chart>"
    speech.refuse(START, "no_text")
    ts = await speech.outbound.post(place, growing("<!cha"), "n2")
    assert speech.text(place, ts) == "<!cha"
    assert speech.outbound.manner(place).bare


async def test_a_start_of_unknown_fate_is_not_begun_twice(speech: Speech) -> None:
    place = speech.ask()
    speech.fault(START, "lose_answer")
    with pytest.raises(PlatformUnknown):
        await speech.outbound.post(place, growing("a"), "n")
    assert speech.methods() == [START]
    # The outbox finds it among ours, and goes on there: it is still streamed.
    (message,) = speech.ours(place)
    await speech.outbound.edit(place, message.ts, growing("ab"))
    assert speech.methods() == [START, UPDATE, STOP, UPDATE]
    assert speech.text(place, message.ts) == "ab"


async def test_a_thread_that_is_gone_takes_no_stream(speech: Speech) -> None:
    place = speech.ask()
    speech.people.delete(speech.people.find("ben"), speech.general, place.rpartition("/")[2])
    with pytest.raises(Gone) as raised:
        await speech.outbound.post(place, growing("a"), "n")
    assert raised.value.code == "thread_not_found"
    assert speech.ours(place) == []


# --- F32, F33: streams that end ---------------------------------------------------------------


async def test_a_stream_that_slack_ended_goes_on_as_a_message(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n1")
    await speech.clock.sleep(301)
    await speech.outbound.edit(place, ts, growing("ab"))
    assert speech.text(place, ts) == "ab"
    await speech.outbound.edit(place, ts, Post("abc", LAST))
    assert speech.text(place, ts) == "abc"
    # Only with the last word Slack shows no more that the agent works there.
    assert speech.methods() == [START, APPEND, UPDATE, UPDATE, SESSION]
    assert speech.work(place) == "active"
    assert nonce_of({"metadata": speech.message(place, ts).metadata}) == "n1"


async def test_a_stream_that_slack_ended_takes_its_last_word(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    await speech.clock.sleep(301)
    await speech.outbound.edit(place, ts, Post("abc", LAST))
    assert speech.text(place, ts) == "abc"
    assert speech.buttons(place, ts) == ["regenerate", "feedback"]


async def test_a_person_who_stops_it_is_heard_and_the_text_stays(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    channel, _, root = place.rpartition("/")
    speech.people.stop_session(speech.people.find("ben"), channel, root)
    await speech.outbound.edit(place, ts, growing("ab"))
    await speech.outbound.edit(place, ts, growing("abc"))
    assert speech.stopped == [(place, ts)]
    assert speech.text(place, ts) == "a"
    assert speech.methods() == [START, APPEND]
    await speech.outbound.edit(place, ts, Post("abc\n\n(stopped)", (AGAIN,)))
    assert speech.text(place, ts) == "abc\n\n(stopped)"
    assert speech.methods() == [START, APPEND, UPDATE, SESSION]
    assert speech.work(place) == "active"


async def test_a_text_that_is_another_replaces_it(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("One answer"), "n")
    await speech.outbound.edit(place, ts, growing("Another"))
    assert speech.text(place, ts) == "Another"
    assert speech.methods() == [START, STOP, UPDATE]
    ts = await speech.outbound.post(place, growing("One answer"), "n2")
    await speech.outbound.edit(place, ts, Post("Sorry", (AGAIN,)))
    assert speech.text(place, ts) == "Sorry"


@pytest.mark.parametrize("code", ["streaming_mode_mismatch", "invalid_chunks", "new_word"])
@pytest.mark.parametrize("method", [APPEND, STOP])
async def test_whatever_else_is_refused_the_message_goes_on(
    speech: Speech, method: str, code: str
) -> None:
    place = speech.ask()
    speech.refuse(method, code)
    ts = await speech.outbound.post(place, growing("a"), "n")
    await speech.outbound.edit(place, ts, growing("ab"))
    await speech.outbound.edit(place, ts, Post("abc", LAST))
    assert speech.text(place, ts) == "abc"
    assert speech.buttons(place, ts) == ["regenerate", "feedback"]


@pytest.mark.parametrize("action", ["lose_answer", "cut", "fail_after", "refuse"])
@pytest.mark.parametrize("method", [APPEND, STOP])
async def test_a_lost_answer_never_doubles_text(speech: Speech, method: str, action: str) -> None:
    place = speech.ask()
    speech.fault(method, action)
    ts = await speech.outbound.post(place, growing("a"), "n")
    await persist(speech, place, ts, growing("ab"))
    await persist(speech, place, ts, growing("abc"))
    await persist(speech, place, ts, Post("abcd", LAST))
    assert speech.text(place, ts) == "abcd"
    assert len(speech.ours(place)) == 1


async def test_after_a_restart_a_live_stream_is_ended_and_replaced(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    speech.begin()
    await speech.outbound.edit(place, ts, Post("abc", LAST))
    assert speech.methods() == [START, UPDATE, STOP, UPDATE, SESSION]
    assert speech.text(place, ts) == "abc"


@pytest.mark.parametrize("begun_anew", [False, True])
async def test_a_live_stream_can_be_taken_away(speech: Speech, begun_anew: bool) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    if begun_anew:
        speech.begin()
    await speech.outbound.delete(place, ts)
    await speech.outbound.delete(place, ts)
    assert speech.ours(place) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("message_not_found", Lost),
        ("message_not_owned_by_app", Lost),
        ("channel_not_found", Gone),
        ("is_archived", Gone),
        ("restricted_action", Forbidden),
        ("token_revoked", Forbidden),
        ("ratelimited", Throttled),
    ],
)
async def test_what_no_other_call_mends_is_raised(
    speech: Speech, code: str, kind: type[PlatformError]
) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    for method, post in ((APPEND, growing("ab")), (STOP, Post("abc"))):
        before = len(speech.standin.history.entries)
        speech.refuse(method, code)
        with pytest.raises(kind):
            await speech.outbound.edit(place, ts, post)
        assert speech.methods(before) == [method]
        if kind is Lost:
            break
    assert speech.revoked == ([speech.team] * 2 if code == "token_revoked" else [])


async def test_f31_a_stream_that_is_too_long_is_said_so_once_it_is_whole(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    speech.refuse(STOP, "msg_too_long")
    speech.refuse(UPDATE, "msg_too_long")
    long = "a" * 5_000
    with pytest.raises(TooLong):
        await speech.outbound.edit(place, ts, Post(long))
    # What is shorter goes there, and the next long one is not even tried.
    await speech.outbound.edit(place, ts, Post(long[:3_000]))
    assert speech.text(place, ts) == long[:3_000]
    before = len(speech.calls_of(UPDATE))
    with pytest.raises(TooLong):
        await speech.outbound.edit(place, ts, Post(long))
    assert len(speech.calls_of(UPDATE)) == before


async def test_thumbs_that_are_refused_are_buttons(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    speech.refuse(STOP, "invalid_blocks")
    speech.refuse(UPDATE, "invalid_blocks")
    await speech.outbound.edit(place, ts, Post("ab", LAST))
    assert speech.text(place, ts) == "ab"
    assert speech.buttons(place, ts) == ["regenerate", "good", "bad"]
    ts = await speech.outbound.post(place, growing("a"), "n2")
    before = len(speech.standin.history.entries)
    await speech.outbound.edit(place, ts, Post("ab", LAST))
    assert speech.methods(before) == [STOP]
    assert speech.buttons(place, ts) == ["regenerate", "good", "bad"]


async def test_two_writers_write_one_after_the_other(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, growing("a"), "n")
    speech.fault(APPEND, "delay", seconds=1.0)
    await asyncio.gather(
        speech.outbound.edit(place, ts, growing("ab")),
        speech.outbound.edit(place, ts, growing("abc")),
    )
    assert speech.text(place, ts) == "abc"


# --- whatever happens --------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grow", "grow", "grow", "other", "restart", "late", "stop"]),
        st.sampled_from(["word ", "<", "!channel> ", "<@U1> ", "```\nx\n", "é\n\n"]),
    ),
    max_size=8,
)
LOST = ("lose_answer", "cut", "fail_after")
REFUSALS = {
    APPEND: ("ratelimited", "message_not_in_streaming_state", "streaming_mode_mismatch"),
    STOP: ("ratelimited", "message_not_in_streaming_state", "internal_error", "invalid_blocks"),
    UPDATE: ("ratelimited", "streaming_state_conflict", "internal_error", "invalid_blocks"),
}
FAULTS = st.lists(
    st.sampled_from([APPEND, STOP, UPDATE]).flatmap(
        lambda method: st.tuples(
            st.just(method), st.sampled_from((*LOST, *REFUSALS[method])), st.integers(1, 3)
        )
    ),
    max_size=3,
)


@settings(max_examples=120)
@given(STEPS, FAULTS)
def test_it_ends_with_exactly_the_final_text(
    steps: list[tuple[str, str]], faults: list[tuple[str, str, int]]
) -> None:
    async def play() -> None:
        async with Speech() as speech:
            place = speech.ask()
            text = "Begun "
            ts = await speech.outbound.post(place, growing(text), "n")
            for method, action, nth in faults:
                if action in LOST:
                    speech.fault(method, action, nth=nth)
                else:
                    speech.refuse(method, action, nth=nth, retry_after=2)
            for what, more in steps:
                match what:
                    case "restart":
                        speech.begin()
                        speech.heard(place)
                    case "late":
                        await speech.clock.sleep(301)
                    case "stop":
                        channel, _, root = place.rpartition("/")
                        _try_to_stop(speech, channel, root)
                    case "other":
                        text = more
                    case _:
                        text += more
                await persist(speech, place, ts, growing(text + "."))
                text += "."
            await persist(speech, place, ts, Post(text + " The end.", LAST))
            assert _said(speech, place, ts) == text + " The end."
            assert len(speech.ours(place)) == 1

    loop = VirtualLoop()
    try:
        loop.run_until_complete(play())
    finally:
        loop.close()


def _try_to_stop(speech: Speech, channel: str, root: str) -> None:
    try:
        speech.people.stop_session(speech.people.find("ben"), channel, root)
    except Exception as error:
        assert "session" in str(error) or "not_" in str(error), error  # nothing is streamed now


def _said(speech: Speech, place: str, ts: str) -> str:
    """Return what people read, also where it had to be shown without markup."""
    if text := speech.text(place, ts):
        return text
    message = speech.message(place, ts)
    sections = [one["text"]["text"] for one in message.blocks if one["type"] == "section"]
    plain: Any = "".join(sections) or message.text
    return str(plain).replace("\u2060", "").replace("&lt;", "<").replace("&gt;", ">")
