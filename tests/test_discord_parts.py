"""The pure parts of the Discord adapter: markup, plans, marks, outcomes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from adapters.discord.calls import Attempts, classify, is_ban
from adapters.discord.catchup import first_marks, plan
from adapters.discord.components import components
from adapters.discord.markup import replace_markup
from adapters.discord.outbound import LIMITS
from adapters.discord.payloads import parameters
from adapters.discord.permissions import invite_url
from adapters.discord.places import first_snowflake, snowflake_ms
from adapters.discord.presses import COMMIT_SECONDS, OLDER_SECONDS
from adapters.watermarks import Watermarks
from bot.errors import (
    Forbidden,
    Gone,
    PlatformRefused,
    PlatformUnknown,
    StoreError,
    Throttled,
    TooBig,
    TooLong,
)
from bot.events import Action, Button, File, Verdict
from bot.ports import Decision
from tests.discord_desk import MarkStore
from tests.virtual import VirtualClock

ME = 10
NAMES = {("@", 20): "Ada", ("@&", 30): "Admins", ("#", 40): "general"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<@10> hello", "hello"),
        ("<@!10>hello", "hello"),
        ("hello <@10>", "hello"),
        ("tell <@10> why", "tell why"),
        ("one\n<@10> two", "one\ntwo"),
        ("<@10>", ""),
        ("<@10> ask <@20> and <@&30> in <#40>", "ask @Ada and @Admins in #general"),
        ("<@!20> <@99>", "@Ada <@99>"),
        ("<@99999999999999999999999>", "<@99999999999999999999999>"),
        ("<@18446744073709551616>", "<@18446744073709551616>"),
        ("<:wave:5> <a:dance:6> </ask:7>", ":wave: :dance: /ask"),
        ("a < b <@ 10> <@x> <t:x:R>", "a < b <@ 10> <@x> <t:x:R>"),
        ("since <t:1:R>", "since 1970-01-01 00:00 UTC"),
        ("<@१०>", "<@१०>"),
    ],
)
def test_markup_becomes_names(content: str, text: str) -> None:
    assert replace_markup(content, ME, lambda kind, id_: NAMES.get((kind, id_), "")) == text


def test_snowflakes_hold_their_time() -> None:
    at = 1_767_225_600_123
    assert snowflake_ms(first_snowflake(at)) == at
    assert first_snowflake(0) == 0


# --- catch-up ---------------------------------------------------------------------------


def test_a_new_workspace_starts_with_everything_read() -> None:
    assert first_marks(5, {10: 0, 20: 90}) == {"10": 10, "20": 90, "": 90}
    assert first_marks(5, {}) == {"": 5}


def test_only_channels_beyond_their_mark_are_read() -> None:
    known = {"": 100, "10": 150, "20": 120}
    newest = {10: 150, 20: 130, 30: 90, 40: 101, 110: 110, 120: 0}
    assert plan(known, newest, 0) == {
        20: 120,  # beyond its mark
        110: 109,  # made since: its first message may have its own id
        40: 100,  # was there at the start, silent until now
    }
    assert list(plan(known, newest, 0)) == [20, 110, 40], "newest activity first"


def test_nothing_older_than_the_floor_is_read() -> None:
    assert plan({"": 1, "10": 5}, {10: 90}, 50) == {10: 50}
    assert plan({"": 1, "10": 5}, {10: 40}, 50) == {}


# --- marks ------------------------------------------------------------------------------


def commit(verdict: Verdict = Verdict.ADMITTED) -> asyncio.Future[Decision]:
    future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    future.set_result(Decision(verdict))
    return future


@pytest.mark.virtual
async def test_a_mark_stays_behind_what_is_not_committed() -> None:
    store = MarkStore()
    marks = Watermarks(store, VirtualClock(), "discord")
    late: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    marks.saw("1", "10", 5)
    marks.follow("1", "10", 7, late)
    marks.follow("1", "10", 9, commit())
    await asyncio.sleep(0)
    await marks.flush()
    assert store.kept == {"1": {"10": 6}}
    late.set_result(Decision(Verdict.IGNORED))
    await asyncio.sleep(0)
    await marks.flush()
    assert store.kept == {"1": {"10": 9}}


@pytest.mark.virtual
async def test_what_could_not_be_stored_is_read_again_at_the_next_start() -> None:
    store = MarkStore()
    marks = Watermarks(store, VirtualClock(), "discord")
    failed: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
    failed.set_exception(StoreError("full"))
    marks.follow("1", "10", 7, failed)
    marks.saw("1", "10", 20)
    marks.saw("1", "11", 20)
    await asyncio.sleep(0)
    await marks.flush()
    assert store.kept == {"1": {"10": 6, "11": 20}}


@pytest.mark.virtual
async def test_marks_are_written_again_after_the_store_failed() -> None:
    store = MarkStore()
    marks = Watermarks(store, VirtualClock(), "discord")
    marks.saw("1", "10", 5)
    store.refuse = True
    await marks.flush()
    store.refuse = False
    await marks.flush()
    assert store.kept == {"1": {"10": 5}}


@pytest.mark.virtual
async def test_a_channel_with_a_gap_keeps_its_mark() -> None:
    store = MarkStore()
    marks = Watermarks(store, VirtualClock(), "discord")
    marks.freeze("1", "10")
    marks.saw("1", "10", 5)
    await marks.flush()
    assert store.kept == {}


@pytest.mark.virtual
async def test_a_gap_that_opens_during_a_reading_outlives_it() -> None:
    store = MarkStore()
    marks = Watermarks(store, VirtualClock(), "discord")
    marks.freeze("1", "10")
    read = marks.gaps("1", "10")
    later = marks.freeze("1", "10")
    marks.saw("1", "10", 5)
    marks.close("1", "10", read)
    await marks.flush()
    assert store.kept == {}
    marks.close("1", "10", {later})
    await marks.flush()
    assert store.kept == {"1": {"10": 5}}


# --- outcomes ---------------------------------------------------------------------------


def answer(
    status: int, code: int = 0, errors: Any = None, headers: dict[str, str] | None = None
) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="x", headers=headers or {})
    body: dict[str, Any] = {"code": code, "message": "m"}
    if errors:
        body["errors"] = errors
    return discord.HTTPException(response, body)


TOO_LONG = {"content": {"_errors": [{"code": "x", "message": "Must be 2000 or fewer in length."}]}}
BAD_NAME = {"name": {"_errors": [{"code": "x", "message": "Must be 100 or fewer in length."}]}}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answer(400, 50035, TOO_LONG), TooLong),
        (answer(400, 50035, BAD_NAME), PlatformRefused),
        (answer(404, 10003), Gone),
        (answer(404, 10008), Gone),
        (answer(404, 10015), Gone),
        (answer(400, 50083), Gone),
        (answer(400, 160005), Gone),
        (answer(401, 50027), Gone),
        (answer(404, 0), Gone),
        (answer(403, 50013), Forbidden),
        (answer(403, 50001), Forbidden),
        (answer(400, 160002), Forbidden),
        (answer(403, 77777), Forbidden),
        (answer(400, 50006), PlatformRefused),
        (answer(403, 200000), PlatformRefused),
        (answer(429, 0, headers={"Retry-After": "7"}), Throttled),
        (answer(429, 30046), Throttled),
        (answer(403, 20016), Throttled),
        (answer(403, 50007), Forbidden),
        (answer(403, 160005), Gone),
        (answer(404, 10062), Gone),
        (answer(400, 40060), PlatformRefused),
        (answer(400, 50024), PlatformRefused),
        (answer(400, 160006), PlatformRefused),
        (answer(413, 40005), TooBig),
        (answer(413), TooBig),
        (discord.RateLimited(40.0), Throttled),
        (answer(503), PlatformUnknown),
        (answer(502), PlatformUnknown),
        (ConnectionResetError(), PlatformUnknown),
        (KeyError("id"), PlatformUnknown),
    ],
)
def test_every_failure_has_one_class(error: Exception, kind: type[Exception]) -> None:
    assert type(classify(error, Attempts())) is kind


@pytest.mark.parametrize(
    "error",
    [
        answer(403, 50013),
        answer(404, 10003),
        answer(400, 50035, TOO_LONG),
        answer(429, headers={"Retry-After": "120"}),
        discord.RateLimited(40.0),
    ],
)
@pytest.mark.parametrize("earlier", [Attempts(statuses=[500, 403]), Attempts([429], lost=True)])
def test_a_refusal_after_an_attempt_that_may_be_done_leaves_it_open(
    error: Exception, earlier: Attempts
) -> None:
    assert type(classify(error, earlier)) is PlatformUnknown


def test_waits_are_taken_from_the_answer() -> None:
    asked = classify(answer(429, headers={"Retry-After": "7.5"}), Attempts())
    assert isinstance(asked, Throttled)
    assert asked.retry_after == 7.5
    html = classify(answer(429), Attempts())
    assert isinstance(html, Throttled)
    assert html.retry_after == 30.0
    assert is_ban(answer(429))
    assert not is_ban(answer(429, headers={"Via": "1.1 google"}))
    assert not is_ban(answer(429, 20016)), "slow mode is of one channel"


def test_a_deadline_is_judged_by_what_was_sent() -> None:
    def late(**known: Any) -> type[Exception]:
        return type(classify(TimeoutError(), Attempts(**known)))

    assert late() is Throttled, "nothing left the house"
    assert late(statuses=[429, 429]) is Throttled, "every attempt was refused"
    assert late(under_way=True) is PlatformUnknown
    assert late(lost=True) is PlatformUnknown
    assert late(statuses=[500]) is PlatformUnknown
    assert late(statuses=[200]) is PlatformUnknown


def test_a_press_is_acknowledged_within_three_seconds() -> None:
    # https://docs.discord.com/developers/interactions/receiving-and-responding
    assert OLDER_SECONDS + COMMIT_SECONDS <= 3.0 - 0.5


# --- payloads ---------------------------------------------------------------------------


def test_a_button_carries_its_meaning_in_its_id() -> None:
    row = components([Button(Action.STOP, "t1", "Stop", danger=True)])
    assert row == [
        {
            "type": 1,
            "components": [{"type": 2, "style": 4, "label": "Stop", "custom_id": "stop:t1"}],
        }
    ]
    assert components([]) == []


def test_files_go_as_a_form_with_their_descriptions() -> None:
    body = parameters({"content": "x"}, [File("answer.md", b"whole", "The answer")])
    assert body.payload is None
    assert body.multipart is not None
    assert body.files is not None
    assert [part["name"] for part in body.multipart] == ["payload_json", "files[0]"]
    assert (
        '"attachments": [{"id": 0, "filename": "answer.md", "description": "The answer"}]'
        in (body.multipart[0]["value"])
    )


def test_length_is_counted_in_utf16_units() -> None:
    assert LIMITS.length("a\U0001f600b") == 4
    assert LIMITS.text == 2000


def test_the_invitation_asks_for_what_is_needed() -> None:
    assert invite_url("7") == (
        "https://discord.com/oauth2/authorize?client_id=7"
        "&permissions=309237763136&scope=bot+applications.commands"
    )
