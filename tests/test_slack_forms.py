"""Forms on Slack: opened in the three seconds that there are, sent, and what comes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from adapters.slack.invocations import REASON_FORM, note_of
from adapters.slack.modals import AGAIN, CALLBACK, errors_of, form_view, values_of, words_view
from adapters.slack.presence import KEEP_SECONDS
from bot.domain import Attachment
from bot.events import OPENING, Action, Aside, Asked, ButtonPressed, ReasonGiven, Verdict
from bot.notices import ASIDES
from bot.ports import FORM_AGAIN, Field, FieldKind, Flaws, Form
from tests.form_clerk import DRAFT, FORM, asked
from tests.slack_api import TS, Desk, person, pressed, said
from tests.slack_limits import check_view
from tests.slack_types import shape, types
from tests.virtual import until

pytestmark = pytest.mark.virtual

REPLY = "1767225601.000000"
PICTURE = {
    "id": "F1",
    "name": "cat.png",
    "mimetype": "image/png",
    "filetype": "png",
    "size": 12,
    "mode": "hosted",
    "url_private_download": "https://files.slack.com/cat.png",
}
MODAL = {"view": {"id": "V9", "hash": "9.abc"}}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return an adapter that hears by HTTP, whose modals open."""
    async with Desk() as desk:
        desk.api.replies["views.open"] = MODAL
        desk.api.replies["conversations.info"] = {"channel": {"is_member": True}}
        yield desk


def shortcut(desk: Desk, *, callback_id: str = "edit_image", **message: Any) -> dict[str, Any]:
    """Return the use of the shortcut of a message in #C1, of U2."""
    return {
        "type": "message_action",
        "callback_id": callback_id,
        "api_app_id": "A1",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1", "name": "general"},
        "message_ts": TS,
        "action_ts": "1767225602.000007",
        "message": {"ts": TS, "user": "U2", "text": "look", "files": [PICTURE], **message},
        "trigger_id": "13.40.jkl",
        "response_url": desk.api.response_url(),
    }


def submission(
    values: Mapping[str, Any] | None = None,
    place: str = f"T1/C1/{TS}",
    *,
    begins: bool = False,
    **view: Any,
) -> dict[str, Any]:
    """Return the form as U1 sends it."""
    shown = form_view(FORM, place, ASIDES, begins=begins)
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "api_app_id": "A1",
        "trigger_id": "13.41.mno",
        "view": {
            **shown,
            "id": "V9",
            "hash": "10.def",
            "state": {"values": {name: {name: each} for name, each in (values or {}).items()}},
            **view,
        },
    }


def opened(desk: Desk, method: str = "views.open") -> list[dict[str, Any]]:
    """Return the views that were opened, or changed."""
    return [call["view"] for call in desk.api.asked(method)]


async def shown(desk: Desk, method: str = "views.open") -> dict[str, Any]:
    """Return the newest view once one is there."""
    await until(lambda: bool(opened(desk, method)), within=20)
    return opened(desk, method)[-1]


# --- what it looks like --------------------------------------------------------------------------


def test_a_form_is_a_modal_of_slacks_own_fields() -> None:
    """Each of its type, with what is there at first; a choice of nothing is left out."""
    view = form_view(FORM, "T1/C1", ASIDES)
    assert not types().check(view, shape("ModalView"), "view") and not [*check_view(view)]
    assert (view["callback_id"], view["title"]["text"], view["submit"]["text"]) == (
        CALLBACK,
        FORM.title,
        FORM.send,
    )
    blocks = {block["block_id"]: block for block in view["blocks"]}
    assert [*blocks] == ["picture", "files", "prompt", "size", "compression"]
    assert {block["element"]["action_id"] for block in blocks.values()} == set(blocks)
    assert [name for name, block in blocks.items() if not block["optional"]] == ["prompt"]
    picture, prompt = blocks["picture"]["element"], blocks["prompt"]["element"]
    assert picture["initial_option"] == picture["options"][1]
    assert picture["options"][1]["text"]["text"] == "two"
    # An empty value is none that Slack takes.
    assert all(option["value"] for option in blocks["size"]["element"]["options"])
    assert blocks["size"]["element"]["initial_option"]["text"]["text"] == "Whatever it is"
    assert blocks["files"]["element"] == {
        "type": "file_input",
        "action_id": "files",
        "max_files": 4,
    }
    assert blocks["files"]["hint"]["text"] == "PNG, JPEG or WebP"
    assert (prompt["multiline"], prompt["max_length"]) == (True, 3_000)
    assert (prompt["initial_value"], prompt["placeholder"]["text"]) == ("make it", "the sky pink")
    # Where there are words already, nobody sees a placeholder.
    assert blocks["prompt"]["hint"]["text"] == "the sky pink"
    assert blocks["compression"]["element"]["max_length"] == 3


def test_what_is_too_long_for_slack_is_cut() -> None:
    long = "x" * 4_000
    fields = (
        Field("a", FieldKind.TEXT, long, long, hint=long, most=99_999),
        Field("b", FieldKind.CHOICE, long, choices=((long, "v"),)),
        Field("c", FieldKind.FILES, long, hint=long, most=99),
    )
    view = form_view(Form(DRAFT, long, long, fields), "T1/C1", ASIDES)
    assert not [*check_view(view)] and not types().check(view, shape("ModalView"), "view")
    assert view["blocks"][2]["element"]["max_files"] == 10
    words = words_view(long, ASIDES)
    assert not [*check_view(words)] and not types().check(words, shape("ModalView"), "view")


def test_what_was_chosen_and_typed_comes_back_as_it_was_meant() -> None:
    chosen = {"type": "static_select", "selected_option": {"value": "="}}
    other = {"type": "static_select", "selected_option": {"value": "==2"}}
    typed = {"type": "plain_text_input", "value": " pink \r\n sky "}
    view = submission({"size": chosen, "picture": other, "prompt": typed})["view"]
    assert values_of(view, "T1") == {"size": "", "picture": "=2", "prompt": "pink \n sky"}
    nothing = {"type": "static_select", "selected_option": None}
    assert values_of(submission({"size": nothing})["view"], "T1") == {"size": ""}


def test_errors_stand_at_a_field_that_there_is() -> None:
    """Slack refuses all of them for one that stands nowhere."""
    view = form_view(FORM, "T1/C1", ASIDES)
    found = errors_of(view, {"prompt": "Say what.", "mask": "No mask.", "": "And so on."})
    assert found == {"prompt": "Say what.", "compression": "No mask. And so on."}


# --- opening -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "words"),
    [("/edit-image", "size:1024x1024 make it pink"), ("/bot", "edit-image make it pink")],
)
async def test_a_slash_command_opens_a_form(desk: Desk, command: str, words: str) -> None:
    """With what it was given; it stands in no thread, and what it begins is older than nothing."""
    assert await desk.command(words, command=command) == 200
    view = await shown(desk)
    assert view == form_view(FORM, "T1/C1", ASIDES, begins=True)
    assert desk.api.asked("views.open")[0]["trigger_id"] == "13.37.abc"
    (call,) = desk.forms.calls
    assert (call.name, call.arguments["prompt"]) == ("edit-image", "make it pink")
    assert (call.place, call.thread.channel, call.in_thread) == ("T1/C1", "T1/C1", False)
    assert call.thread.thread == "T1/C1/13.37.abc" and call.interaction.id == "13.37.abc"
    assert call.position // 1000 == call.sent_at - 5 * 60_000
    assert (call.author.id, call.attachments, call.direct) == ("T1/U1", (), False)
    await desk.command(words, command=command, channel_id="D1")
    await until(lambda: len(desk.forms.calls) == 2)
    assert desk.forms.calls[1].direct
    assert not desk.inbox.events and not desk.said


@pytest.mark.parametrize("action", sorted(OPENING))
async def test_a_button_opens_a_form(desk: Desk, action: Action) -> None:
    """Nothing is put into the queue: what it does is found out first."""
    assert (await desk.interact(pressed(desk, action, "t7"))).status == 200
    assert await shown(desk) == form_view(FORM, f"T1/C1/{TS}", ASIDES)
    assert desk.api.asked("views.open")[0]["trigger_id"] == "13.38.def"
    (call,) = desk.forms.calls
    assert (call.name, call.turn, call.message) == (action, "t7", REPLY)
    assert (call.place, call.thread.thread, call.in_thread) == (
        f"T1/C1/{TS}",
        f"T1/C1/{TS}",
        True,
    )
    assert call.position == 1767225602_000003
    assert not desk.inbox.events


@pytest.mark.parametrize("root", ["", TS, "1767225500.000100"])
async def test_a_messages_shortcut_opens_a_form(desk: Desk, root: str) -> None:
    """Of a reply too, where what comes of it goes."""
    threaded = {"thread_ts": root} if root else {}
    assert (await desk.interact(shortcut(desk, **threaded))).status == 200
    place = f"T1/C1/{root}" if root else "T1/C1"
    assert await shown(desk) == form_view(FORM, place, ASIDES)
    (call,) = desk.forms.calls
    assert (call.name, call.message, call.place) == ("edit_image", TS, place)
    assert (call.thread.thread, call.in_thread) == (f"T1/C1/{root or TS}", True)
    stands = f"T1/C1/{root}" if root not in ("", TS) else "T1/C1"
    url = str(PICTURE["url_private_download"])
    assert call.attachments == (Attachment("F1", "cat.png", 12, "image/png", url, TS, stands),)
    assert call.position == 1767225602_000007


async def test_a_messages_pictures_are_its_own_and_those_it_forwards(desk: Desk) -> None:
    """What is no picture is none; what of another organisation's is one, turns out later."""
    text = PICTURE | {"id": "F2", "mimetype": "text/plain", "filetype": "text"}
    fresh = PICTURE | {"id": "F3", "mimetype": ""}
    gone = {"id": "F4", "mode": "tombstone"}
    stub = {"id": "F5", "mode": "file_access", "file_access": "check_file_info"}
    forwarded = {"is_share": True, "files": [PICTURE | {"id": "F6"}], "text": "so"}
    files = [text, PICTURE, fresh, gone, stub]
    await desk.interact(shortcut(desk, files=files, attachments=[forwarded]))
    await shown(desk)
    assert [each.id for each in desk.forms.calls[0].attachments] == ["F1", "F3", "F5", "F6"]
    for ours in ({"user": "UBOT"}, {"user": "", "bot_id": "BBOT"}):
        await desk.interact(shortcut(desk, **ours))
        await until(lambda: len(desk.forms.calls) > 1)
        # What our own messages show is known better than Slack tells.
        assert desk.forms.calls.pop().attachments == ()


@pytest.mark.parametrize(
    "info", [{"channel": {"is_member": False}}, {"error": "channel_not_found"}]
)
async def test_where_the_bot_is_not_it_says_so(desk: Desk, info: dict[str, Any]) -> None:
    """By the address that came along: it can post nothing there. Being invited is noticed."""
    desk.api.replies["conversations.info"] = info
    await desk.interact(shortcut(desk))
    await desk.command("x", command="/edit-image")
    assert await desk.whispered(2) == [ASIDES[Aside.NOT_INVITED]] * 2
    assert not desk.forms.calls and not desk.api.asked("chat.postEphemeral")
    desk.api.replies["conversations.info"] = {"channel": {"is_member": True}}
    for _ in range(2):
        await desk.interact(shortcut(desk))
    await until(lambda: len(opened(desk)) == 2)
    asked_for = len(desk.api.asked("conversations.info"))
    assert asked_for == 3
    await asyncio.sleep(KEEP_SECONDS)
    await desk.interact(shortcut(desk))
    await until(lambda: len(opened(desk)) == 3)
    assert len(desk.api.asked("conversations.info")) == asked_for + 1


@pytest.mark.parametrize("info", [{"error": "internal_error"}, {"channel": {}}])
async def test_where_nobody_knows_whether_the_bot_is_it_goes_on(
    desk: Desk, info: dict[str, Any]
) -> None:
    desk.api.replies["conversations.info"] = info
    await desk.interact(shortcut(desk))
    assert await shown(desk)


async def test_other_shortcuts_are_not_known(desk: Desk) -> None:
    await desk.interact(shortcut(desk, callback_id="old"))
    await desk.interact(shortcut(desk) | {"type": "shortcut"})
    assert await desk.whispered(2) == [ASIDES[Aside.UNKNOWN_COMMAND]] * 2


async def test_words_are_told_alone(desk: Desk) -> None:
    desk.forms.opens = "It cost nothing."
    await desk.interact(pressed(desk, Action.DETAILS))
    assert await desk.whispered() == ["It cost nothing."]
    assert desk.api.whispers[0][1]["thread_ts"] == TS and not opened(desk)


async def test_what_leaves_nothing_to_ask_is_committed_first(desk: Desk) -> None:
    desk.forms.opens = asked
    assert await desk.command("make it pink", command="/edit-image") == 200
    (event,) = desk.inbox.events
    assert isinstance(event, Asked) and (event.text, event.edit is not None) == (
        "make it pink",
        True,
    )
    await asyncio.sleep(3)
    assert not desk.said and not opened(desk)


async def test_what_leaves_nothing_to_ask_and_is_not_stored_is_told(desk: Desk) -> None:
    desk.forms.opens = asked
    desk.inbox._decide = lambda event: None
    await desk.command("make it pink", command="/edit-image")
    assert await desk.whispered() == [ASIDES[Aside.NOT_STORED]]


@pytest.mark.parametrize("broken", [True, False])
async def test_a_failure_is_told(desk: Desk, broken: bool) -> None:
    desk.forms.fails, desk.forms.opens = broken, ""
    assert await desk.command("", command="/edit-image") == 200
    assert await desk.whispered() == [ASIDES[Aside.COMMAND_FAILED]]


# --- within three seconds ------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1.2, 2.6, 9.0])
async def test_what_takes_longer_is_waited_for_behind_a_modal(desk: Desk, seconds: float) -> None:
    """It is opened while that is allowed, and becomes the form, whenever that is known."""
    desk.forms.seconds = seconds
    began = desk.clock.monotonic()
    assert await desk.command("", command="/edit-image") == 200
    assert desk.clock.monotonic() - began < 2.8
    assert await shown(desk) == words_view(ASIDES[Aside.LOADING], ASIDES)
    (call,) = desk.api.asked("views.open")
    assert call["trigger_id"] == "13.37.abc"
    form = form_view(FORM, "T1/C1", ASIDES, begins=True)
    assert await shown(desk, "views.update") == form
    (call,) = desk.api.asked("views.update")
    assert (call["view_id"], call["hash"]) == ("V9", "9.abc")
    assert len(opened(desk)) == 1 and not desk.said


async def test_a_modal_is_opened_in_time_whatever_was_looked_up(desk: Desk) -> None:
    """Names, rights and presence may take a second each of Slack's three."""

    async def slow(arguments: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0.9)
        return person("Ann")

    began = desk.clock.monotonic()
    at: list[float] = []

    def open_at(arguments: dict[str, Any]) -> dict[str, Any]:
        at.append(desk.clock.monotonic() - began)
        return MODAL

    desk.api.replies |= {"users.info": slow, "conversations.info": slow, "views.open": open_at}
    desk.forms.seconds = 5.0
    assert await desk.command("", command="/edit-image") == 200
    assert await shown(desk, "views.update")
    assert at == [pytest.approx(1.8, abs=0.2)]


async def test_the_modal_says_what_there_is_to_say(desk: Desk) -> None:
    """Once: not beside it as well, unless it is no longer there."""
    desk.forms.seconds, desk.forms.opens = 4.0, "There is no picture here."
    await desk.command("", command="/edit-image")
    assert await shown(desk, "views.update") == words_view("There is no picture here.", ASIDES)
    assert not desk.said
    desk.api.replies["views.update"] = {"error": "not_found"}
    await desk.command("", command="/edit-image")
    assert await desk.whispered() == ["There is no picture here."]


@pytest.mark.parametrize("seconds", [1.5, 4.0])
@pytest.mark.parametrize(
    ("verdict", "aside"),
    [(Verdict.ADMITTED, Aside.ON_ITS_WAY), (None, Aside.NOT_STORED), (Verdict.GONE, Aside.OVER)],
)
async def test_the_modal_says_what_became_of_what_left_nothing_to_ask(
    desk: Desk, seconds: float, verdict: Verdict | None, aside: Aside
) -> None:
    desk.forms.seconds, desk.forms.opens = seconds, asked
    desk.inbox._decide = lambda event: verdict
    assert await desk.command("pink", command="/edit-image") == 200
    assert await shown(desk, "views.update") == words_view(ASIDES[aside], ASIDES)
    await asyncio.sleep(5)
    assert len(desk.inbox.events) == 1 and not desk.said


async def test_whoever_closed_the_modal_wants_no_form(desk: Desk) -> None:
    desk.forms.seconds = 4.0
    desk.api.replies["views.update"] = {"error": "not_found"}
    await desk.command("", command="/edit-image")
    await shown(desk, "views.update")
    await asyncio.sleep(5)
    assert not desk.said


@pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id", "internal_error"])
async def test_a_form_that_cannot_be_opened_is_offered_by_a_button(desk: Desk, code: str) -> None:
    """Which brings a fresh leave to open one, as often as it is pressed."""
    desk.api.replies["views.open"] = {"error": code}
    await desk.command("", command="/edit-image")
    assert await desk.whispered() == [ASIDES[Aside.FORM_READY]]
    rows = desk.api.whispers[0][1]["blocks"][1:]
    (button,) = rows[0]["elements"]
    assert (button["action_id"], button["value"]) == (AGAIN, f"{DRAFT} begins")
    assert button["text"]["text"] == ASIDES[Aside.FORM_AGAIN]
    desk.api.replies["views.open"] = MODAL
    for count in (2, 3):
        press = pressed(desk, AGAIN, button["value"], trigger_id=f"13.{count}.x")
        press["container"] |= {"is_ephemeral": True}
        await desk.interact(press)
        await until(lambda: len(opened(desk)) == count)  # noqa: B023
        assert desk.api.asked("views.open")[-1]["trigger_id"] == f"13.{count}.x"
    assert opened(desk)[-1]["blocks"] == form_view(FORM, "", ASIDES)["blocks"]
    again = desk.forms.calls[-1]
    assert (again.name, again.form, again.author.id) == (FORM_AGAIN, DRAFT, "T1/U1")
    assert not again.in_thread
    desk.forms.opens = "I do not have this form any more."
    await desk.interact(pressed(desk, AGAIN, "another begins"))
    assert (await desk.whispered(2))[-1] == "I do not have this form any more."
    assert desk.forms.calls[-1].form == "another"


# --- after a mention -----------------------------------------------------------------------------


async def test_after_a_mention_a_button_opens_the_form(desk: Desk) -> None:
    """Words let no modal be opened. A mention comes twice, and is told once."""
    event = said("<@UBOT> edit-image make it pink", files=[PICTURE], thread_ts="1767225000.000000")
    for kind in ("app_mention", "message"):
        assert await desk.event(event | {"type": kind}) == 200
    assert await desk.whispered() == [ASIDES[Aside.FORM_READY]]
    (body,) = desk.api.asked("chat.postEphemeral")
    assert (body["user"], body["thread_ts"]) == ("U1", "1767225000.000000")
    call = desk.forms.calls[0]
    assert (call.name, call.arguments["prompt"], call.in_thread) == (
        "edit-image",
        "make it pink",
        True,
    )
    assert [each.id for each in call.attachments] == ["F1"] and call.files == ()
    assert (call.interaction.id, call.place) == (TS, "T1/C1/1767225000.000000")
    await asyncio.sleep(3)
    assert len(desk.said) == 1 and not desk.inbox.events


async def test_after_a_mention_what_leaves_nothing_to_ask_is_committed(desk: Desk) -> None:
    desk.forms.opens = asked
    assert await desk.event(said("<@UBOT> edit-image pink", files=[PICTURE])) == 200
    (event,) = desk.inbox.events
    assert isinstance(event, Asked)
    assert (event.interaction.id, event.thread.thread) == (TS, f"T1/C1/{TS}")
    assert not event.opens_thread and event.attachments[0].id == "F1"
    desk.inbox._decide = lambda event: None
    assert await desk.event(said("<@UBOT> edit-image pink", ts=REPLY)) == 503
    desk.forms.seconds = 5.0
    assert await desk.event(said("<@UBOT> edit-image pink", ts="1767225603.000000")) == 503


async def test_after_a_mention_words_are_told_alone_and_once(desk: Desk) -> None:
    desk.forms.opens = "Which picture?"
    for kind in ("app_mention", "message"):
        await desk.event(said("<@UBOT> edit-image pink") | {"type": kind})
    assert await desk.whispered() == ["Which picture?"]
    await asyncio.sleep(3)
    assert len(desk.said) == 1


# --- sending -------------------------------------------------------------------------------------


async def test_a_form_is_committed_before_it_closes(desk: Desk) -> None:
    """It is known by its view and that view's state, so that it counts once."""
    own = PICTURE | {"id": "F8", "name": "own.png"}
    values = {
        "picture": {"type": "static_select", "selected_option": {"value": "=#1"}},
        "prompt": {"type": "plain_text_input", "value": "make it pink"},
        "files": {"type": "file_input", "files": [own, PICTURE]},
    }
    response = await desk.interact(submission(values))
    assert (response.status, await response.read()) == (200, b"")
    (sent,) = desk.forms.sent
    assert (sent.form, sent.interaction.id) == (DRAFT, "V9:10.def")
    assert dict(sent.values) == {"picture": "#1", "prompt": "make it pink"}
    assert [(each.id, each.name) for each in sent.attachments] == [
        ("F8", "own.png"),
        ("F1", "cat.png"),
    ]
    assert sent.files == ("files", "files") and sent.author.id == "T1/U1"
    assert sent.position == sent.sent_at * 1000
    (event,) = desk.inbox.events
    assert isinstance(event, Asked) and event.draft == DRAFT
    await asyncio.sleep(3)
    assert not desk.said


async def test_what_a_form_begins_is_older_than_nothing_there(desk: Desk) -> None:
    """Of a message in the channel the thread is there already, though nobody replied yet."""
    for begins, ms in ((True, 5 * 60_000), (False, 0)):
        await desk.interact(submission(place="T1/C1", begins=begins))
        sent = desk.forms.sent.pop()
        assert sent.position // 1000 == sent.sent_at - ms
        assert sent.interaction.place == "T1/C1"


async def test_flaws_leave_the_form_open(desk: Desk) -> None:
    desk.forms.takes = Flaws({"prompt": "Say what to change.", "gone": "Too many."})
    response = await desk.interact(submission())
    assert json.loads(await response.read()) == {
        "response_action": "errors",
        "errors": {"prompt": "Say what to change.", "compression": "Too many."},
    }
    assert not desk.inbox.events


async def test_flaws_without_a_word_say_so(desk: Desk) -> None:
    desk.forms.takes = Flaws({})
    response = await desk.interact(submission())
    assert json.loads(await response.read())["errors"] == {"compression": ASIDES[Aside.FORM_FLAWED]}


@pytest.mark.parametrize("place", [f"T1/C1/{TS}", "T1/C1"])
async def test_a_sentence_is_told_where_the_form_was_opened(desk: Desk, place: str) -> None:
    desk.forms.takes = "That form was sent already."
    response = await desk.interact(submission(place=place))
    assert await response.read() == b""
    assert await desk.whispered() == ["That form was sent already."]
    (body,) = desk.api.asked("chat.postEphemeral")
    assert (body["channel"], body.get("thread_ts", "")) == ("C1", place[6:])
    assert body["user"] == "U1"


async def test_what_is_not_stored_stays_on_the_screen(desk: Desk) -> None:
    desk.inbox._decide = lambda event: None
    response = await desk.interact(submission())
    assert json.loads(await response.read())["errors"] == {"compression": ASIDES[Aside.NOT_STORED]}


@pytest.mark.parametrize(
    ("verdict", "aside"),
    [(Verdict.DUPLICATE, Aside.ALREADY_DONE), (Verdict.GONE, Aside.PICTURE_GONE)],
)
async def test_what_is_not_done_is_told(desk: Desk, verdict: Verdict, aside: Aside) -> None:
    desk.inbox._decide = lambda event: verdict
    await desk.interact(submission())
    assert await desk.whispered() == [ASIDES[aside]]


async def test_a_form_that_is_stored_late_is_not_acknowledged(desk: Desk) -> None:
    """Slack then says that it had trouble, and the form stays; what became of it is told."""
    desk.inbox.slow = True
    began = desk.clock.monotonic()
    assert (await desk.interact(submission())).status == 503
    assert desk.clock.monotonic() - began < 3.0
    desk.inbox.catch_up()
    assert await desk.whispered() == [ASIDES[Aside.TAKEN_LATE]]


async def test_a_form_that_is_decided_late_is_not_acknowledged(desk: Desk) -> None:
    desk.forms.seconds = 9.0
    assert (await desk.interact(submission())).status == 503
    assert not desk.inbox.events


async def test_a_failure_of_a_form_is_told(desk: Desk) -> None:
    desk.forms.fails = True
    await desk.interact(submission())
    assert await desk.whispered() == [ASIDES[Aside.COMMAND_FAILED]]


@pytest.mark.parametrize("note", ["", "[]", "{}", "not json"])
async def test_a_form_of_nobody_knows_what_is_not_known(desk: Desk, note: str) -> None:
    response = await desk.interact(submission(private_metadata=note))
    assert response.status == 200
    assert not desk.forms.sent and not desk.inbox.events


async def test_the_form_of_a_bad_answer_is_still_itself(desk: Desk) -> None:
    note = note_of("t1", f"T1/C1/{TS}")
    await desk.interact(submission(callback_id=REASON_FORM, private_metadata=note))
    (event,) = desk.inbox.events
    assert isinstance(event, ReasonGiven) and not desk.forms.sent


# --- buttons that are told of --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "aside"), [(Action.BASE, Aside.BASE_CHOSEN), (Action.REMOVE, Aside.REMOVED)]
)
async def test_what_nothing_else_shows_is_told_alone(
    desk: Desk, action: Action, aside: Aside
) -> None:
    await desk.interact(pressed(desk, action))
    assert await desk.whispered() == [ASIDES[aside]]
    (event,) = desk.inbox.events
    assert isinstance(event, ButtonPressed) and event.action is action


async def test_a_further_picture_shows_itself(desk: Desk) -> None:
    await desk.interact(pressed(desk, Action.VARY))
    assert len(desk.inbox.events) == 1
    await asyncio.sleep(2)
    assert not desk.said and not desk.forms.calls


async def test_by_socket_it_is_the_same() -> None:
    """A form's errors travel in the acknowledgement of its envelope."""
    async with Desk(by_socket=True) as desk:
        desk.api.replies["views.open"] = MODAL
        sent = await desk.api.send(shortcut(desk))
        await until(lambda: desk.api.acked(sent) is not None)
        await shown(desk)
        desk.forms.takes = Flaws({"prompt": "Say what."})
        sent = await desk.api.send(submission())
        await until(lambda: desk.api.acked(sent) is not None)
        acked = desk.api.acked(sent)
        assert acked and acked["payload"]["errors"] == {"prompt": "Say what."}
