"""Slash commands, buttons and the form: committed, acknowledged, and the person told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack.invocations import REASON_FIELD, REASON_FORM, note_of
from adapters.slack.responses import is_slack
from adapters.slack.views import MOST_SECTION, home_view, markup, reason_form
from bot.events import OPENING, Action, Aside, Asked, ButtonPressed, ReasonGiven, Verdict
from bot.notices import ASIDES
from bot.text import escape as quoted
from tests.slack_api import TS, Desk, person, pressed
from tests.virtual import until

pytestmark = pytest.mark.virtual


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP."""
    async with Desk() as desk:
        yield desk


# --- slash commands ----------------------------------------------------------------------------


async def test_one_command_takes_the_words_of_the_table(desk: Desk) -> None:
    """Told to the person alone by the address that came along; in no thread, ever."""
    assert await desk.command("settings follow:true") == 200
    assert await desk.whispered() == ["done"]
    call = desk.clerk.calls[0]
    assert (call.name, dict(call.arguments)) == ("settings", {"follow": "true"})
    assert (call.in_thread, call.direct, call.author.id) == (False, False, "T1/U1")
    assert call.thread.channel == "T1/C1"
    name, body = desk.api.whispers[0]
    assert name == "r1" and body["response_type"] == "ephemeral"
    assert body["text"] == "done" and "thread_ts" not in body
    await desk.command("settings", channel_id="D1")
    await desk.whispered(2)
    assert desk.clerk.calls[1].direct


async def test_words_that_are_no_command_are_told_how_it_goes(desk: Desk) -> None:
    """Mentions and links in them by name."""
    await desk.command("persona of <@U2|ben> &amp; co")
    assert await desk.whispered() == ["usage, not 'persona of @name of U2 & co'"]


async def test_a_command_of_another_name_is_not_known(desk: Desk) -> None:
    """Left over from another manifest."""
    assert await desk.command("x", command="/imagine") == 200
    assert await desk.whispered() == [ASIDES[Aside.UNKNOWN_COMMAND]]


async def test_rights_are_those_of_the_moment(desk: Desk) -> None:
    """Asked for when the command is run, whatever was known before."""
    desk.api.replies["users.info"] = person("ann", is_owner=True)
    await desk.command("settings")
    await desk.whispered()
    desk.api.replies["users.info"] = person("ann")
    await desk.command("settings")
    await desk.whispered(2)
    assert [call.author.admin for call in desk.clerk.calls] == [True, False]


async def test_a_question_by_command_is_committed_first(desk: Desk) -> None:
    """`/ask` stands alone, and in `/bot ask`."""
    for words, command in (("why model:m1", "/ask"), ("ask why model:m1", "/bot")):
        assert await desk.command(words, command=command) == 200
        asked = desk.inbox.events.pop()
        assert isinstance(asked, Asked)
        assert (asked.text, asked.options.model, asked.opens_thread) == ("why", "m1", True)
        assert asked.thread.thread == "T1/C1/13.37.abc" and asked.thread.channel == "T1/C1"
        assert asked.interaction.id == "13.37.abc" and asked.interaction.place == "T1/C1"
        assert asked.interaction.token == desk.api.response_url()
        assert asked.interaction.application == "A1"
        assert asked.interaction.expires_at - desk.clock.now() > 29 * 60_000
        assert asked.author.name == "name of U1"
        # Nothing in the conversation that it begins is older, by whatever clock.
        assert asked.position // 1000 == asked.sent_at - 5 * 60_000
        assert abs(asked.sent_at - desk.clock.now()) < 10_000
    assert not desk.said


@pytest.mark.parametrize(
    "info", [{"channel": {"is_member": False}}, {"error": "channel_not_found"}]
)
async def test_a_question_whose_answer_could_stand_nowhere_is_not_taken(
    desk: Desk, info: dict[str, Any]
) -> None:
    """A model would be paid for what nobody reads; other commands are answered to the person."""
    desk.api.replies["conversations.info"] = info
    for words, command in (("why", "/ask"), ("ask why", "/bot"), ("settings", "/bot")):
        assert await desk.command(words, command=command) == 200
    assert (await desk.whispered(3))[:2] == [ASIDES[Aside.NOT_INVITED]] * 2
    assert not desk.inbox.events and len(desk.clerk.calls) == 1
    desk.api.replies["conversations.info"] = {"channel": {"is_member": True}}
    assert await desk.command("why", command="/ask") == 200
    assert isinstance(desk.inbox.events.pop(), Asked)


async def test_a_question_that_is_not_stored_is_told(desk: Desk) -> None:
    """Slack repeats no command: the person has to."""
    desk.inbox._decide = lambda event: None
    assert await desk.command("why", command="/ask") == 200
    assert await desk.whispered() == [ASIDES[Aside.NOT_STORED]]


async def test_a_question_that_is_stored_late_is_not_acknowledged(desk: Desk) -> None:
    """Slack then says that it failed; what became of it is told once that is known."""
    desk.inbox.slow = True
    verdicts: list[Verdict | None] = [Verdict.ADMITTED, None]
    desk.inbox._decide = lambda event: verdicts.pop(0)
    desk.api.replies["users.info"] = slow_person
    for count, aside in ((1, Aside.TAKEN_LATE), (2, Aside.NOT_STORED)):
        began = desk.clock.monotonic()
        assert await desk.command("why", command="/ask") == 503
        assert 2.6 < desk.clock.monotonic() - began < 3.0
        assert len(desk.said) == count - 1
        desk.inbox.catch_up()
        assert (await desk.whispered(count))[-1] == ASIDES[aside]
    assert desk.tally.counts["slack_presses_late"] == 2


async def test_a_question_that_is_stored_in_time_is_acknowledged(desk: Desk) -> None:
    """Whatever of Slack's three seconds its author's name took."""
    desk.inbox.slow = True
    desk.api.replies["users.info"] = slow_person
    asking = asyncio.create_task(desk.command("why", command="/ask"))
    await asyncio.sleep(2.5)
    desk.inbox.catch_up()
    assert await asking == 200
    await asyncio.sleep(1)
    assert not desk.said


async def slow_person(arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer users.info after a while."""
    await asyncio.sleep(0.8)
    return person("Ann")


# --- what is told alone ------------------------------------------------------------------------


async def test_without_its_address_a_word_goes_to_the_place(desk: Desk) -> None:
    """When it was used up, is too old, or leads elsewhere: nobody is to be posted to for others."""
    desk.api.whisper_status = 404
    await desk.command("settings")
    await until(lambda: bool(desk.api.asked("chat.postEphemeral")))
    desk.api.whisper_status = 200
    for url in (
        "https://evil.example/x",
        "http://hooks.slack.com/x",
        "file:///etc",
        "http://[",
        "",
    ):
        await desk.command("settings", response_url=url)
    await until(lambda: len(desk.api.asked("chat.postEphemeral")) == 6)
    assert len(desk.api.whispers) == 1
    for told in desk.api.asked("chat.postEphemeral"):
        assert (told["channel"], told["user"], told["text"]) == ("C1", "U1", "done")


@pytest.mark.parametrize(
    ("status", "answer"), [(400, "invalid_blocks"), (200, '{"ok": false, "error": "no_text"}')]
)
async def test_words_whose_blocks_are_refused_are_said_plainly(
    desk: Desk, status: int, answer: str
) -> None:
    """By the address, and in the place; whoever asked is never left without an answer."""
    desk.clerk.says = "**done** & <well>"
    desk.api.whisper_answers = [(status, answer)]
    await desk.command("settings")
    await until(lambda: len(desk.api.whispers) == 2)
    refused, plain = (body for _, body in desk.api.whispers)
    assert refused["blocks"] and "blocks" not in plain
    assert plain["text"] == "**done** &amp; &lt;well&gt;"
    assert plain["response_type"] == "ephemeral"
    # Where no words go by the address at all, they go to the place.
    desk.api.whisper_status = 400
    refusals = [{"error": "invalid_blocks"}, {}]
    desk.api.replies["chat.postEphemeral"] = lambda arguments: refusals.pop(0)
    await desk.command("settings")
    await until(lambda: not refusals)
    told = desk.api.asked("chat.postEphemeral")
    assert ["blocks" in each for each in told] == [True, False]
    assert told[1]["text"] == "**done** &amp; &lt;well&gt;"


def test_only_slacks_own_addresses_are_posted_to() -> None:
    """Those of the Web API that is configured, and Slack's own by TLS."""
    hosts = {"127.0.0.1"}
    assert is_slack("https://hooks.slack.com/commands/T1/1/x", ())
    assert is_slack("http://127.0.0.1:80/response/x", hosts)
    for url in (
        "http://hooks.slack.com/commands/T1/1/x",
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://slack.com/x",
        "//hooks.slack.com/x",
    ):
        assert not is_slack(url, hosts), url


async def test_nothing_that_is_told_pings(desk: Desk) -> None:
    """What a command says may hold people's words."""
    desk.clerk.says = "persona: <!channel> <@U2> **bold** a<b"
    await desk.command("settings")
    await desk.whispered()
    body = desk.api.whispers[0][1]
    assert "<!channel>" not in json.dumps(body) and "<@U2>" not in json.dumps(body)
    assert body["text"].startswith("persona: &lt;!channel&gt;")


# --- buttons -----------------------------------------------------------------------------------


async def press(desk: Desk, action: str, **rest: Any) -> int:
    """Press a button and return the status of the acknowledgement."""
    return (await desk.interact(pressed(desk, action, **rest))).status


@pytest.mark.parametrize("action", sorted({*Action} - OPENING))
async def test_a_press_is_an_event(desk: Desk, action: Action) -> None:
    """By its message, the button and when it was pressed; in the thread where it stands."""
    assert await press(desk, action) == 200
    event = desk.inbox.events[0]
    assert isinstance(event, ButtonPressed)
    assert (event.action, event.turn, event.message) == (action, "t1", "1767225601.000000")
    assert event.thread.thread == event.place == event.interaction.place == f"T1/C1/{TS}"
    assert event.interaction.id == f"1767225601.000000:{action}:1767225602.000003"
    assert event.position == 1_767_225_602_000_003
    assert event.author.name == "name of U1" and not event.author.moderator


async def test_a_button_under_a_channels_message_stands_there(desk: Desk) -> None:
    """Although that message may have replies, which gives it a thread of its own."""
    container = {"type": "message", "message_ts": TS, "channel_id": "C1"}
    for threaded in ({}, {"thread_ts": TS}):
        await press(desk, "stop", container=container | threaded, message={"ts": TS} | threaded)
        event = desk.inbox.events.pop()
        assert isinstance(event, ButtonPressed)
        assert event.place == "T1/C1" and event.thread.thread == f"T1/C1/{TS}"


async def test_the_thumbs_of_slack_are_buttons_too(desk: Desk) -> None:
    """One element for both, told apart by its value."""
    action = {"action_id": "feedback", "value": "good:t1", "action_ts": "1767225602.000003"}
    await desk.interact(pressed(desk, "", actions=[action]))
    event = desk.inbox.events[0]
    assert isinstance(event, ButtonPressed)
    assert (event.action, event.turn) == (Action.GOOD, "t1")
    assert await desk.whispered() == [ASIDES[Aside.THANKS_GOOD]]
    assert desk.api.whispers[0][1]["thread_ts"] == TS


async def test_presses_keep_their_order(desk: Desk) -> None:
    """Also where one person's rights are longer looked up than another's."""
    waits = {"U1": 0.8, "U2": 0.1}

    async def look(arguments: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(waits[arguments["user"]])
        return person("Ann")

    desk.api.replies["users.info"] = look
    first = asyncio.create_task(press(desk, "stop"))
    await until(lambda: len(desk.api.asked("users.info")) == 1)
    second = asyncio.create_task(press(desk, "retry", user={"id": "U2", "team_id": "T1"}))
    assert (await first, await second) == (200, 200)
    presses = [event for event in desk.inbox.events if isinstance(event, ButtonPressed)]
    assert [each.action for each in presses] == [Action.STOP, Action.RETRY]


async def test_a_moderator_is_one_at_this_moment(desk: Desk) -> None:
    """Who may stop what others asked."""
    desk.api.replies["users.info"] = person("ann", is_admin=True)
    await press(desk, "stop")
    event = desk.inbox.events[0]
    assert isinstance(event, ButtonPressed) and event.author.moderator


REFUSALS = [
    (Verdict.DUPLICATE, Aside.ALREADY_DONE),
    (Verdict.DENIED, Aside.NOT_YOURS),
    (Verdict.GONE, Aside.OVER),
    (Verdict.AWAITED, Aside.AWAITED),
    (Verdict.IGNORED, Aside.UNKNOWN_BUTTON),
    (None, Aside.NOT_STORED),
]


@pytest.mark.parametrize(("verdict", "aside"), REFUSALS)
@pytest.mark.parametrize("late", [False, True])
async def test_what_is_not_done_is_told(
    desk: Desk, verdict: Verdict | None, aside: Aside, late: bool
) -> None:
    """To the person alone, whether that was known in time or not."""
    desk.inbox.slow = late
    desk.inbox._decide = lambda event: verdict
    began = desk.clock.monotonic()
    assert await press(desk, "retry") == 200
    assert desk.clock.monotonic() - began < 2.7
    desk.inbox.catch_up()
    assert await desk.whispered() == [ASIDES[aside]]
    await asyncio.sleep(1)
    assert len(desk.said) == 1


@pytest.mark.parametrize("action", ["stop", "retry", "continue", "regenerate"])
async def test_what_is_done_shows_itself(desk: Desk, action: str) -> None:
    """The message changes, or the answer comes: no word besides."""
    assert await press(desk, action) == 200
    await asyncio.sleep(2)
    assert not desk.said and not desk.api.asked("views.open")


@pytest.mark.parametrize(
    "rest",
    [
        {"actions": [{"action_id": "dance", "value": "t1"}]},
        {"actions": [{"action_id": "stop", "value": ""}]},
        {"actions": [{"action_id": "feedback", "value": "odd:t1"}]},
        {"container": {"type": "view", "channel_id": "C1"}},
    ],
)
async def test_other_buttons_are_not_known(desk: Desk, rest: dict[str, Any]) -> None:
    """Left over from other versions; never an error of Slack's own."""
    assert await press(desk, "stop", **rest) == 200
    assert await desk.whispered() == [ASIDES[Aside.UNKNOWN_BUTTON]]
    assert not desk.inbox.events


# --- the form ----------------------------------------------------------------------------------


def submission(desk: Desk, words: str | None, note: str = "", **view: Any) -> dict[str, Any]:
    """Return the form as it is sent."""
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "api_app_id": "A1",
        "trigger_id": "13.39.ghi",
        "view": {
            "id": "V1",
            "hash": "156772938.1827394",
            "callback_id": REASON_FORM,
            "private_metadata": note or note_of("t1", f"T1/C1/{TS}"),
            "state": {"values": {REASON_FIELD: {REASON_FIELD: {"value": words}}}},
            **view,
        },
        "response_urls": [],
    }


async def test_a_bad_answer_is_asked_about(desk: Desk) -> None:
    """By a form that is opened with the press's own trigger."""
    assert await press(desk, "bad") == 200
    await until(lambda: bool(desk.api.asked("views.open")))
    (opened,) = desk.api.asked("views.open")
    assert opened["trigger_id"] == "13.38.def"
    assert json.loads(opened["view"]["private_metadata"]) == {
        "turn": "t1",
        "place": f"T1/C1/{TS}",
    }
    assert not desk.said


async def test_a_form_that_comes_too_late_is_told(desk: Desk) -> None:
    """F45: a trigger is good for three seconds, once."""
    desk.api.replies["views.open"] = {"error": "expired_trigger_id"}
    await press(desk, "bad")
    assert await desk.whispered() == [ASIDES[Aside.TOO_LATE]]


async def test_a_form_is_opened_before_a_late_commit(desk: Desk) -> None:
    """After it the trigger would be too old."""
    desk.inbox.slow = True
    await press(desk, "bad")
    await until(lambda: bool(desk.api.asked("views.open")), within=2)
    desk.inbox.catch_up()
    await asyncio.sleep(1)
    assert len(desk.api.asked("views.open")) == 1 and not desk.said


async def test_a_reason_is_an_event_and_thanked_for(desk: Desk) -> None:
    """In the thread where the button was; an empty one too."""
    for words, kept in (("  too long\x00 ", "too long"), (None, "")):
        response = await desk.interact(submission(desk, words))
        assert response.status == 200 and await response.read() == b""
        event = desk.inbox.events.pop()
        assert isinstance(event, ReasonGiven)
        assert (event.turn, event.text, event.workspace) == ("t1", kept, "T1")
        assert event.author.id == "T1/U1"
    assert await desk.whispered(2) == [ASIDES[Aside.THANKS_REASON]] * 2
    told = desk.api.asked("chat.postEphemeral")[0]
    assert (told["channel"], told["thread_ts"], told["user"]) == ("C1", TS, "U1")


async def test_a_reason_that_is_not_stored_stays_in_the_form(desk: Desk) -> None:
    """So that its words are not lost."""
    desk.inbox._decide = lambda event: None
    response = await desk.interact(submission(desk, "too long"))
    assert await response.json() == {
        "response_action": "errors",
        "errors": {REASON_FIELD: ASIDES[Aside.NOT_STORED]},
    }
    assert not desk.said


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({"callback_id": "other"}, True),
        ({"private_metadata": "not json"}, False),
        ({"private_metadata": "[]"}, False),
    ],
)
async def test_other_forms_are_not_known(desk: Desk, rest: dict[str, Any], told: bool) -> None:
    """They are closed; told, where there is a place for it."""
    assert (await desk.interact(submission(desk, "x", **rest))).status == 200
    await asyncio.sleep(1)
    assert desk.said == [ASIDES[Aside.UNKNOWN_BUTTON]] * told
    assert not desk.inbox.events


# --- views ---------------------------------------------------------------------------------------


def test_the_form_is_within_slacks_limits() -> None:
    """Titles and buttons of 24, a hint of 150; what it says is ours."""
    view = reason_form("t1", "T1/C1/1.2", ASIDES)
    for name in ("title", "submit", "close"):
        assert 1 <= len(view[name]["text"]) <= 24
    assert view["title"]["text"] == ASIDES[Aside.FORM_TITLE]
    assert len(view["blocks"][0]["element"]["placeholder"]["text"]) <= 150


MARKUP = [
    ("**bold** and __so__", "*bold* and *so*"),
    ("# Title #\ntext", "*Title*\ntext"),
    ("- one\n  * two", "\N{BULLET} one\n  \N{BULLET} two"),
    ("[docs](https://a.example/x?y=1&z=2)", "<https://a.example/x?y=1&amp;z=2|docs>"),
    ("[here](javascript:alert)", "[here](javascript:alert)"),
    ("a < b & `x < **y**`", "a &lt; b &amp; `x &lt; **y**`"),
    ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
    ("```\n- **x**\n```", "```\n- **x**\n```"),
    ("**5 a day of `a:b`**: **2 left**", "*5 a day of `a:b`*: *2 left*"),
    (f"**#{quoted('dev_ops')}** (x)", "*#dev_ops* (x)"),
    (quoted("Ben (he/him) [x](y) <z> #1"), "Ben (he/him) [x](y) &lt;z&gt; #1"),
    # What Slack would take for its own has a sign beside it that shows nothing.
    (quoted("*a* ~b~"), "\u2060*\u2060a\u2060*\u2060 \u2060~\u2060b\u2060~\u2060"),
    ("\U000f0000 **b** `c` \U000f0001", "\U000f0000 *b* `c` \U000f0001"),
    ("`a\\_b` C:\\dir \\", "`a\\_b` C:\\dir \\"),
]


@pytest.mark.parametrize(("markdown", "shown"), MARKUP)
def test_a_home_takes_slacks_own_markup(markdown: str, shown: str) -> None:
    """Code stays code, and nothing pings."""
    assert markup(markdown, MOST_SECTION) == shown


def test_a_home_is_within_slacks_limits() -> None:
    """However long its sections are, and however many."""
    view = home_view(["&" * 2_900] * 80)
    assert len(view["blocks"]) <= 100
    for block in view["blocks"]:
        assert block["type"] == "divider" or 1 <= len(block["text"]["text"]) <= 3_000
