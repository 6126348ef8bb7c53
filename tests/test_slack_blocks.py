"""How posts look on Slack, within its limits, and what is read back from them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import (
    Look,
    button_rows,
    looks,
    metadata,
    nonce_of,
    read_press,
    shown,
    turn_of,
    words_of,
)
from bot.errors import TooLong
from bot.events import Action, Button, Post
from tests.slack_limits import check_message

STOP = Button(Action.STOP, "t1", "Stop", danger=True)
AGAIN = Button(Action.REGENERATE, "t1", "Regenerate")
GOOD = Button(Action.GOOD, "t1", "\N{THUMBS UP SIGN}")
BAD = Button(Action.BAD, "t1", "\N{THUMBS DOWN SIGN}")


def of_type(blocks: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [block for block in blocks if block["type"] == kind]


def test_an_answer_is_markdown_with_its_buttons_below() -> None:
    content = shown(Post("# Hi\n<@U1> & co", (AGAIN, GOOD, BAD)), Look.RICH)
    markdown, actions, feedback = content["blocks"]
    assert markdown == {"type": "markdown", "text": "# Hi\n<\u2060@U1> & co"}
    assert content["text"] == "Hi\n&lt;@U1&gt; &amp; co"
    (again,) = actions["elements"]
    assert (again["action_id"], again["value"]) == ("regenerate", "t1")
    (thumbs,) = feedback["elements"]
    assert thumbs["type"] == "feedback_buttons"
    assert thumbs["positive_button"]["value"] == "good:t1"
    assert thumbs["negative_button"]["value"] == "bad:t1"
    # Slack shows only thumbs: what they say is read out.
    assert thumbs["positive_button"]["accessibility_label"] == "Good answer"
    assert thumbs["negative_button"]["accessibility_label"] == "Bad answer"


def test_where_thumbs_of_slacks_own_are_not_taken_they_are_buttons() -> None:
    post = Post("x", (AGAIN, GOOD, BAD))
    assert looks(post, feedback=True) == (Look.RICH, Look.BUTTONS, Look.PLAIN, Look.BARE)
    assert looks(post, feedback=False) == (Look.BUTTONS, Look.PLAIN, Look.BARE)
    assert looks(Post("x", (AGAIN,)), feedback=True) == (Look.BUTTONS, Look.PLAIN, Look.BARE)
    (actions,) = of_type(shown(post, Look.BUTTONS)["blocks"], "actions")
    ids = [element["action_id"] for element in actions["elements"]]
    assert ids == ["regenerate", "good", "bad"]
    assert actions["elements"][1]["text"]["text"] == "\N{THUMBS UP SIGN}"
    assert actions["elements"][1]["accessibility_label"] == "Good answer"


def test_the_plain_look_shows_the_same_text() -> None:
    text = "**x** <!here>\n" * 600
    content = shown(Post(text, (STOP,)), Look.PLAIN)
    pieces = [block["text"]["text"] for block in of_type(content["blocks"], "section")]
    assert "".join(pieces).replace("\u2060", "") == text
    assert all(len(piece) <= 3_000 for piece in pieces)
    (actions,) = of_type(content["blocks"], "actions")
    assert actions["elements"][0]["style"] == "danger"
    assert shown(Post("a <b>", (STOP,)), Look.BARE) == {"text": "a &lt;b&gt;", "blocks": []}


def test_one_thumb_alone_is_a_button() -> None:
    (row,) = button_rows((GOOD,), feedback=True)
    assert row["type"] == "actions"


def test_what_grows_beyond_slacks_limit_by_being_made_safe_is_too_long() -> None:
    assert shown(Post("<@U1>" * 2_000), Look.BUTTONS)
    with pytest.raises(TooLong):
        shown(Post("<@U1>" * 2_100), Look.BUTTONS)


BUTTONS = st.lists(
    st.builds(
        Button,
        st.sampled_from(Action),
        st.text("abc123", min_size=1, max_size=30),
        st.text(min_size=1, max_size=120).filter(str.strip),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda button: button.action,
).map(tuple)


@given(st.text(min_size=1, max_size=400).filter(str.strip), BUTTONS, st.booleans())
def test_every_look_keeps_within_slacks_limits(
    text: str, buttons: tuple[Button, ...], feedback: bool
) -> None:
    post = Post(text, buttons)
    for look in looks(post, feedback=feedback):
        content = shown(post, look)
        assert list(check_message(content)) == []
        named = {button.turn for button in buttons}
        assert turn_of(content) in (named if look is not Look.BARE and buttons else {""})


def test_a_press_is_read_back() -> None:
    assert read_press({"action_id": "stop", "value": "t1"}) == ("stop", "t1")
    assert read_press({"action_id": "feedback", "value": "bad:t1"}) == ("bad", "t1")
    assert read_press({"action_id": "theirs"}) == ("theirs", "")
    assert read_press({}) == ("", "")


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"blocks": None, "metadata": None},
        {"blocks": [None, 1, {"type": "actions"}, {"type": "actions", "elements": ["x", None]}]},
        {"blocks": [{"type": "actions", "elements": [{"action_id": "x", "value": "t1"}]}]},
        {"blocks": [{"type": "context_actions", "elements": [{"positive_button": "x"}]}]},
        {"metadata": {"event_type": "other", "event_payload": {"part": "n"}}},
        {"metadata": {"event_type": "threadbot_part", "event_payload": None}},
    ],
)
def test_what_is_not_ours_names_nothing(message: dict[str, Any]) -> None:
    assert turn_of(message) == ""
    assert nonce_of(message) == ""
    assert words_of(message) is None


def test_a_message_is_told_by_its_nonce_and_its_turn() -> None:
    for buttons, feedback in (((STOP,), False), ((GOOD, BAD), True), ((GOOD, BAD), False)):
        assert turn_of({"blocks": button_rows(buttons, feedback=feedback)}) == "t1"
    assert nonce_of({"metadata": metadata("n1")}) == "n1"
    for look in (Look.BUTTONS, Look.PLAIN):
        assert words_of(shown(Post("a <@U1>\nb", (STOP,)), look)) == "a <@U1>\nb"
