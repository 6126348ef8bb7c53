"""The words of a message that has them in its blocks only (X034)."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.changes import names_us_late, parse_edit
from adapters.slack.inbound import concerns, parse_message, wanted
from adapters.slack.markup import Names, readable
from adapters.slack.words import MOST_WORDS, said_in
from tests.test_slack_inbound import EARS, KNOWN, changed, message

NOW = 1_767_225_661_000
US = {"type": "user", "user_id": "UBOT"}
NAMES = Names({"U1": "Ann"}, {"C2": "random"})


def said(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def section(*elements: Any, kind: str = "section", **rest: Any) -> dict[str, Any]:
    return {"type": f"rich_text_{kind}", "elements": [*elements], **rest}


def rich(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text", "block_id": "b", "elements": [*elements]}


def shown(*blocks: Any) -> str:
    """Return what a person reads of blocks."""
    return readable(said_in({"text": "", "blocks": [*blocks]}), "UBOT", NAMES)


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (said("3 < 5 & <@U1> &amp;"), "3 < 5 & <@U1> &amp;"),
        ({"type": "text", "text": "x = 1", "style": {"code": True}}, "`x = 1`"),
        ({"type": "text", "text": "loud", "style": {"bold": True}}, "loud"),
        ({"type": "user", "user_id": "U1"}, "@Ann"),
        ({"type": "user", "user_id": "U9"}, "@U9"),
        ({"type": "channel", "channel_id": "C2"}, "#random"),
        ({"type": "usergroup", "usergroup_id": "S1"}, "@group"),
        ({"type": "broadcast", "range": "here"}, "@here"),
        ({"type": "emoji", "name": "wave", "unicode": "1f44b"}, ":wave:"),
        ({"type": "link", "url": "https://a.example/?a=1&b=<2>|3"}, "https://a.example/?a=1&b=<2>%7C3"),
        ({"type": "link", "url": "https://a.example", "text": "here > there"}, "here > there (https://a.example)"),
        ({"type": "date", "timestamp": 1, "format": "{date}", "fallback": "1 May"}, "1 May"),
        ({"type": "color", "value": "#F405B3"}, "#F405B3"),
        ({"type": "of tomorrow", "text": "new"}, "new"),
        ({"type": "of tomorrow"}, ""),
    ],
)  # fmt: skip
def test_each_element_reads_as_in_a_text(element: dict[str, Any], expected: str) -> None:
    assert shown(rich(section(element))) == expected


def test_lists_quotes_and_code_keep_their_lines() -> None:
    block = rich(
        section(said("Which is best?\n")),
        section(section(said("tea")), section(said("coffee\nblack")), kind="list", style="bullet"),
        section(section(said("oat")), kind="list", style="ordered", indent=1, offset=2),
        section(said("to be\nor not"), kind="quote"),
        section(said("if a < b:\n    go()"), kind="preformatted"),
    )
    assert shown(block, rich(section(said("Thanks")))) == (
        "Which is best?\n- tea\n- coffee\nblack\n    3. oat\n> to be\n> or not\n"
        "```\nif a < b:\n    go()\n```\nThanks"
    )


def test_blocks_of_apps_are_read_by_their_texts() -> None:
    """Also where Slack says, in place of a text, that there is none."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Build & test"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*failed* for <@U1>"},
            "fields": [{"type": "plain_text", "text": "3 < 5"}],
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "now"}, {"type": "image"}]},
        {"type": "markdown", "text": "a <b>"},
        {"type": "actions", "elements": [{"type": "button", "text": "Run"}]},
    ]
    assert shown(*blocks) == "Build & test\n*failed* for @Ann\n3 < 5\nnow\na <b>"
    none = {"text": "This content can't be displayed.", "blocks": blocks[:1]}
    assert said_in(none) == "Build &amp; test"
    assert said_in(none | {"blocks": []}) == none["text"]


def test_a_text_that_is_there_is_what_counts() -> None:
    assert said_in({"text": "words", "blocks": [rich(section(said("others")))]}) == "words"
    assert said_in({"blocks": [rich(section(said("no text at all")))]}) == "no text at all"
    assert said_in({"text": "", "files": [{}]}) == ""


@pytest.mark.parametrize(
    "blocks",
    [
        None,
        "x",
        [None, 1, "x", [], {}],
        [{"type": "rich_text"}],
        [{"type": "rich_text", "elements": {"type": "text"}}],
        [{"type": ["rich_text"], "elements": []}],
        [rich({"type": "rich_text_section", "elements": [None, {"type": "text", "text": 7}]})],
        [{"type": "section", "text": "x", "fields": [1]}],
        [rich(section({"type": "user"}, {"type": "link"}, {"type": "emoji", "name": None}))],
    ],
)
def test_what_makes_no_sense_says_nothing(blocks: Any) -> None:
    assert said_in({"text": "", "blocks": blocks}) == ""


def test_a_list_of_odd_numbers_is_a_list() -> None:
    item = section(said("x"))
    assert shown(rich(section(item, kind="list", indent="1", offset=-(10**30)))) == "- x"


def test_neither_depth_nor_size_is_without_end() -> None:
    deep: Any = section(said("too deep"))
    for _ in range(500):
        deep = section(deep, kind="list", style="bullet", indent=10**9)
    assert "too deep" not in shown(rich(deep), rich(section(said("but this"))))
    assert "but this" in shown(rich(deep), rich(section(said("but this"))))
    long = rich(*[section(said("x" * 999)) for _ in range(200)])
    assert len(said_in({"blocks": [long] * 5})) <= MOST_WORDS


def test_a_question_in_blocks_is_a_question() -> None:
    """With its mention, its people and its channels; by both of the events."""
    words = (US, said(" ask "), {"type": "user", "user_id": "U2"}, said(" & co"))
    event = message(text="", blocks=[rich(section(*words))])
    assert concerns(event, EARS)
    assert wanted(event)[0] == {"U1", "U2", "UBOT"}
    heard = parse_message(event, EARS, KNOWN)
    assert heard is not None and heard.addressed
    assert heard.text == "ask @Ben & co"
    assert parse_message(event | {"type": "app_mention"}, EARS, KNOWN) == heard


def test_a_change_in_blocks_is_an_edit() -> None:
    def version(*elements: Any) -> dict[str, Any]:
        return message(text="", blocks=[rich(section(*elements))])

    before, now = version(said("hi")), version(said("hi you"))
    assert parse_edit(changed(before, before), EARS, KNOWN) is None
    edit = parse_edit(changed(now, before), EARS, KNOWN)
    assert edit is not None and edit.text == "hi you"
    assert names_us_late(changed(version(US, said("hi")), before), EARS, NOW) is not None
    assert names_us_late(changed(now, before), EARS, NOW) is None
