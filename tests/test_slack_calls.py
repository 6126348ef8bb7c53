"""The checker of Slack traffic lets good calls pass and finds each kind of bad."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest

from adapters.playground.history import Effect, Entry
from tests.slack_calls import RESPONSE, Watch, check_ack, validate
from tests.slack_types import FOLDER, methods, types
from tests.typescript import Unread, read

PART = {"event_type": "threadbot_part", "event_payload": {"part": "n1"}}
MARKDOWN = {"type": "markdown", "text": "**Hello**"}
STOP = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Stop"},
    "action_id": "stop",
    "value": "t1",
    "style": "danger",
}
JUDGE = {
    "type": "feedback_buttons",
    "action_id": "judge",
    "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "t1"},
    "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "t1"},
}
POSTED: dict[str, Any] = {
    "channel": "C1",
    "thread_ts": "1700000000.000100",
    "text": "Hello",
    "blocks": [
        MARKDOWN,
        {"type": "actions", "elements": [STOP]},
        {"type": "context_actions", "elements": [JUDGE]},
    ],
    "metadata": PART,
    "unfurl_links": False,
    "unfurl_media": False,
    "parse": "none",
}
INPUT: dict[str, Any] = {
    "type": "input",
    "label": {"type": "plain_text", "text": "Why?"},
    "element": {"type": "plain_text_input", "action_id": "why", "multiline": True},
}
VIEW: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Tell us"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [INPUT],
}
FILE = {"type": "file_input", "action_id": "file", "max_files": 1}
AT = {"channel": "C1", "ts": "1700000000.000200"}
STARTED = {
    "channel": "C1",
    "thread_ts": "1700000000.000100",
    "markdown_text": "Hello",
    "recipient_team_id": "T1",
    "recipient_user_id": "U1",
}
GOOD: list[tuple[str, dict[str, Any]]] = [
    ("api.test", {}),
    ("auth.test", {}),
    ("apps.connections.open", {}),
    ("chat.postMessage", POSTED),
    ("chat.postEphemeral", {"channel": "C1", "user": "U1", "text": "For you"}),
    ("chat.update", {**AT, "text": "Hello", "blocks": [MARKDOWN], "metadata": PART}),
    ("chat.delete", AT),
    ("chat.startStream", STARTED),
    ("chat.appendStream", {**AT, "markdown_text": " there"}),
    ("chat.stopStream", {**AT, "blocks": POSTED["blocks"][1:], "metadata": PART}),
    ("assistant.threads.setStatus", {"channel_id": "C1", "thread_ts": "1.2", "status": ""}),
    ("agents.sessions.setStatus", {"channel_id": "C1", "thread_ts": "1.2", "status": "active"}),
    ("conversations.replies", {**AT, "limit": "200", "include_all_metadata": "1"}),
    ("conversations.open", {"users": "U1"}),
    ("files.getUploadURLExternal", {"filename": "answer.md", "length": "12"}),
    (
        "files.completeUploadExternal",
        {"channel_id": "C1", "thread_ts": "1.2", "files": json.dumps([{"id": "F1", "title": "a"}])},
    ),
    ("files.info", {"file": "F1"}),
    ("users.info", {"user": "U1"}),
    ("usergroups.users.list", {"usergroup": "S1"}),
    ("reactions.add", {"channel": "C1", "timestamp": "1.2", "name": "hourglass"}),
    ("views.open", {"trigger_id": "1.2.3", "view": VIEW}),
    ("views.publish", {"user_id": "U1", "view": {"type": "home", "blocks": [MARKDOWN]}}),
    (RESPONSE, {"text": "Done", "response_type": "ephemeral", "replace_original": False}),
    (RESPONSE, {"delete_original": True}),
]


def entry(route: str, request: Any, *, effect: Effect = "ok", answer: Any = None) -> Entry:
    return Entry(1, 0, "slack", route, f"/api/{route}", 200, effect, request, answer or {})


def test_the_vendored_declarations_are_whole() -> None:
    sums = {
        name: digest
        for digest, name in map(str.split, (FOLDER / "SHA256SUMS").read_text().splitlines())
    }
    there = [path for path in FOLDER.rglob("*") if path.is_file()]
    names = {str(path.relative_to(FOLDER)) for path in there} - {"README.md", "SHA256SUMS"}
    assert set(sums) == names
    for name, digest in sums.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


def test_every_declaration_is_read() -> None:
    for file in FOLDER.rglob("*.d.ts"):
        assert read(file.read_text()) is not None
    assert len(methods()) == 281
    for name, bound in methods().items():
        assert types().kinds(bound), name
    posted = types().arguments(methods()["chat.postMessage"])
    assert {name for name, required in posted.items() if required} == {"channel"}
    assert {"blocks", "metadata", "thread_ts", "unfurl_links"} <= set(posted)
    started = types().arguments(methods()["chat.startStream"])
    assert {name for name, required in started.items() if required} == {"channel", "thread_ts"}


@pytest.mark.parametrize(
    "source",
    ["const a = 1;", "type A = `x${string}`;", "type A = keyof B[];", "interface A { f(): void }"],
)
def test_what_is_not_understood_is_not_passed_over(source: str) -> None:
    with pytest.raises(Unread):
        read(source)


def test_a_field_that_an_heir_narrows_is_of_the_narrow_type() -> None:
    home = {"type": "home", "blocks": []}
    assert not validate(entry("views.publish", {"user_id": "U1", "view": home}))
    odd = {"user_id": "U1", "view": home | {"type": "house"}}
    assert validate(entry("views.publish", odd)) == [
        "entry 1 views.publish: view: the type 'house' is not known here"
    ]


@pytest.mark.parametrize(("route", "request_"), GOOD, ids=lambda one: str(one)[:30])
def test_good_calls_pass(route: str, request_: dict[str, Any]) -> None:
    assert validate(entry(route, request_)) == []


def test_other_services_and_events_are_no_business_of_this() -> None:
    assert not validate(Entry(1, 0, "model", "chat.postMessage", "/", 200, "ok", {"x": 1}))
    assert not validate(entry("event:message", {"x": 1}))


def spoiled(good: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """Return a copy of a good call with the thing at `path` changed (None: taken out)."""
    made = copy.deepcopy(good)
    at: Any = made
    for step in path[:-1]:
        at = at[step]
    if to is None:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return made


BUTTON = ("blocks", 1, "elements", 0)
LONG_BUTTON = {"type": "plain_text", "text": "x" * 76}
BAD_CALLS: list[tuple[str, dict[str, Any], str]] = [
    # A wrong one.
    ("chat.post", POSTED, "there is no such method"),
    ("chat.postMessage", POSTED | {"colour": "red"}, "colour: is not known"),
    ("chat.postMessage", POSTED | {"channel": 5}, "channel: 5 is no string"),
    ("chat.postMessage", POSTED | {"parse": "all"}, "parse: 'all' is not"),
    ("chat.postMessage", POSTED | {"token": "xoxb-1"}, "token: is among the arguments"),
    ("chat.update", {**AT, "text": "x", "unfurl_links": False}, "unfurl_links: is not known"),
    ("conversations.replies", {**AT, "limit": "many"}, "limit: 'many' is no number"),
    ("files.info", {"file": "F1", "channel_id": "C1"}, "channel_id: is not known"),
    ("agents.sessions.setStatus", {"channel_id": "C", "status": "busy"}, "status: 'busy'"),
    ("chat.postMessage", spoiled(POSTED, *BUTTON, "colour", to="red"), "colour: is not known"),
    ("chat.postMessage", spoiled(POSTED, *BUTTON, "style", to="warning"), "style: 'warning'"),
    ("chat.postMessage", spoiled(POSTED, "blocks", 0, "type", to="mark"), "the type 'mark' is"),
    ("views.open", {"trigger_id": "1", "view": VIEW | {"hash": "x"}}, "view.hash: is not known"),
    ("files.completeUploadExternal", {"files": "[]"}, "files: has 0 elements"),
    # A missing one.
    ("chat.postMessage", spoiled(POSTED, "channel", to=None), "channel: is missing"),
    ("chat.postMessage", spoiled(POSTED, "text", to=None), "text: is missing"),
    ("chat.update", {"channel": "C1", "text": "x"}, "ts: is missing"),
    ("chat.startStream", spoiled(STARTED, "thread_ts", to=None), "thread_ts: is missing"),
    ("views.open", {"view": VIEW}, "trigger_id: is missing"),
    ("users.info", {}, "user: is missing"),
    ("chat.postMessage", spoiled(POSTED, *BUTTON, "text", to=None), "text: is missing"),
    ("chat.postMessage", spoiled(POSTED, "metadata", to=None), "metadata: names no part"),
    ("chat.postMessage", spoiled(POSTED, "unfurl_links", to=None), "unfurl_links: lets a link"),
    ("views.open", {"trigger_id": "1", "view": spoiled(VIEW, "submit", to=None)}, "view.submit"),
    (
        "files.completeUploadExternal",
        {"files": [{"id": "F"}], "thread_ts": "1"},
        "thread_ts: may not",
    ),
    # An oversize one.
    ("chat.postMessage", POSTED | {"text": "x" * 40_001}, "text: 40001 characters"),
    ("chat.postMessage", POSTED | {"blocks": [MARKDOWN] * 51}, "blocks: 51 of them"),
    ("views.open", {"trigger_id": "1", "view": VIEW | {"blocks": [INPUT] * 101}}, "101 of them"),
    (
        "chat.postMessage",
        POSTED | {"blocks": [MARKDOWN | {"text": "x" * 6_001}] * 2},
        "12002 characters of Markdown",
    ),
    (
        "chat.postMessage",
        POSTED
        | {
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_999}}
                for _ in "12345"
            ]
        },
        "14995 characters in all",
    ),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]},
        "3001 characters, 3000",
    ),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "header", "text": LONG_BUTTON | {"text": "x" * 151}}]},
        "151 characters, 150",
    ),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "context", "elements": [LONG_BUTTON] * 11}]},
        "11 elements, 1 to 10",
    ),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "actions", "elements": [STOP] * 26}]},
        "26 elements, 1 to 25",
    ),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "context_actions", "elements": [JUDGE] * 6}]},
        "6 elements, 1 to 5",
    ),
    (
        "chat.postMessage",
        POSTED
        | {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}]},
        "11 fields",
    ),
    ("chat.postMessage", spoiled(POSTED, *BUTTON, "text", to=LONG_BUTTON), "76 characters, 75"),
    ("chat.postMessage", spoiled(POSTED, *BUTTON, "value", to="x" * 2_001), "2001 characters"),
    ("chat.postMessage", spoiled(POSTED, *BUTTON, "action_id", to="x" * 256), "256 characters"),
    ("chat.postMessage", spoiled(POSTED, "blocks", 0, "block_id", to="x" * 256), "256 characters"),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "image", "alt_text": "x" * 2_001, "image_url": "https://a"}]},
        "alt_text: 2001 characters",
    ),
    (
        "chat.postMessage",
        POSTED
        | {"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}]},
        "101 rows",
    ),
    ("views.open", {"trigger_id": "1", "view": spoiled(VIEW, "title", "text", to="x" * 25)}, "25"),
    (
        "views.open",
        {"trigger_id": "1", "view": VIEW | {"private_metadata": "x" * 3_001}},
        "3001 characters",
    ),
    ("views.open", {"trigger_id": "1", "view": VIEW | {"callback_id": "x" * 256}}, "256"),
    (
        "views.open",
        {
            "trigger_id": "1",
            "view": VIEW | {"blocks": [INPUT | {"element": FILE | {"max_files": 11}}]},
        },
        "max_files is 11",
    ),
    ("chat.appendStream", {**AT, "markdown_text": "x" * 12_001}, "12001 characters"),
    (
        "chat.postMessage",
        POSTED | {"metadata": PART | {"event_payload": {"part": "x" * 8_000}}},
        "8",
    ),
    # What Slack refuses all the same.
    ("chat.postMessage", POSTED | {"blocks": [STOP]}, "the type 'button' is not known here"),
    ("chat.postMessage", POSTED | {"blocks": [{"type": "section"}]}, "has neither text nor"),
    ("chat.postMessage", POSTED | {"blocks": [MARKDOWN | {"text": ""}]}, "is empty"),
    ("chat.postMessage", POSTED | {"blocks": [{"type": "actions", "elements": []}]}, "0 elements"),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "actions", "elements": [STOP, STOP]}]},
        "'stop' is there twice",
    ),
    (
        "chat.postMessage",
        POSTED | {"blocks": [MARKDOWN | {"block_id": "b"}, {"type": "divider", "block_id": "b"}]},
        "'b' is there twice",
    ),
    (
        "chat.appendStream",
        {**AT, "markdown_text": "x", "chunks": [{"type": "markdown_text", "text": "x"}]},
        "chunks: stand beside markdown_text",
    ),
    # What pings.
    ("chat.postMessage", POSTED | {"link_names": True}, "link_names: makes mentions"),
    ("chat.postMessage", POSTED | {"parse": "full"}, "parse: 'full' makes mentions"),
    ("chat.postMessage", POSTED | {"reply_broadcast": True}, "tells the whole channel"),
    ("chat.postMessage", POSTED | {"text": "hi <!channel>"}, "'<!channel>' pings"),
    ("chat.postMessage", POSTED | {"text": "hi <@U1>"}, "'<@U1>' pings"),
    (
        "chat.postMessage",
        POSTED | {"blocks": [MARKDOWN | {"text": "<!subteam^S1|@all>"}]},
        "pings",
    ),
    (
        "chat.postMessage",
        POSTED | {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "<#C1>"}}]},
        "'<#C1>' pings",
    ),
    (
        "chat.postMessage",
        POSTED
        | {
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "broadcast", "range": "channel"}],
                        }
                    ],
                }
            ]
        },
        "an element of type 'broadcast' pings",
    ),
    ("chat.appendStream", {**AT, "markdown_text": "<!here>"}, "'<!here>' pings"),
    (RESPONSE, {"text": "<!everyone>"}, "'<!everyone>' pings"),
    (RESPONSE, {"text": "x", "colour": "red"}, "colour: is not known"),
    (RESPONSE, {"blocks": [MARKDOWN]}, "text: is missing"),
    (RESPONSE, {"text": "x", "replace_original": "no"}, "replace_original: is 'no'"),
    (RESPONSE, {"text": "x", "response_type": "everybody"}, "response_type: is"),
]


@pytest.mark.parametrize(
    ("route", "request_", "why"), BAD_CALLS, ids=lambda one: str(one)[:30] if one else ""
)
def test_bad_calls_are_found(route: str, request_: dict[str, Any], why: str) -> None:
    found = validate(entry(route, request_))
    assert any(why in text for text in found), found


def test_mentions_that_only_show_what_they_are_are_none() -> None:
    plain = spoiled(POSTED, *BUTTON, "text", "text", to="Ask <@U1>")
    assert validate(entry("chat.postMessage", plain)) == []
    assert validate(entry("chat.postMessage", POSTED | {"text": "&lt;!channel&gt;"})) == []
    quiet = MARKDOWN | {"text": "<\u2060!channel> and <!DOCTYPE html> and <!-- x -->"}
    assert validate(entry("chat.postMessage", POSTED | {"blocks": [quiet]})) == []


def test_a_mention_in_two_pieces_is_found() -> None:
    watch = Watch()
    watch(entry("chat.startStream", STARTED | {"markdown_text": "hi <"}, answer={"ts": AT["ts"]}))
    watch(entry("chat.appendStream", {**AT, "markdown_text": "!chan"}, effect="refused"))
    assert not watch.violations
    watch(entry("chat.appendStream", {**AT, "markdown_text": "!channel>"}))
    assert watch.violations == [
        "entry 1 chat.appendStream: the stream's texts add up to '<!channel'"
    ]
    assert watch.checked == 3
    assert watch.methods == {"chat.startStream", "chat.appendStream"}


def test_what_people_did_is_acked_in_slacks_words() -> None:
    watch = Watch()
    watch(entry("act:view_submission", {}, answer={"response_action": "clear"}))
    watch(entry("act:view_submission", {}, effect="refused", answer="http_timeout"))
    assert not watch.violations
    watch(entry("act:slash_commands", {}, answer={"message": "hi"}))
    assert watch.violations == ["entry 1 act:slash_commands: message: is not known"]


def test_acks_are_held_to_their_types() -> None:
    assert check_ack(None) == check_ack("") == []
    assert check_ack({"response_action": "clear"}) == []
    assert check_ack({"response_action": "update", "view": VIEW}) == []
    assert check_ack({"response_action": "errors", "errors": {"why": "Say more."}}) == []
    assert check_ack({"text": "hi"}) == []
    for bad in (
        {"response_action": "close"},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": VIEW | {"colour": "red"}},
        {"response_action": "push", "view": spoiled(VIEW, "title", "text", to="x" * 25)},
        {"message": "hi"},
        "ok",
    ):
        assert check_ack(bad), bad
