"""What the bot says on Slack, as text: nothing pings, nothing changes while it grows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.texts import (
    cut_escaped,
    escape,
    neutralise,
    neutralise_growing,
    plain,
    revive,
)
from bot.text import escape as quoted
from tests.slack_limits import PINGS

JOINER = "\u2060"

# Pieces of mentions, links and HTML, so that their seams are met.
PIECES = st.sampled_from(
    [
        *("<", "<!", "<@", "<#", ">", "|", "!", "-->", "<!--", "<!DOCTYPE html>", "\n", " "),
        *("channel", "here", "everyone", "subteam^S1", "date^1^x", "group", "U1", "W1", "C1"),
        *("<!here>", "<@U1>", "<https://x.example|label>"),
        *("https://", "evil.example/x", "mailto:", "label>", "a", "div", "&", "`", "é"),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "<!channel>",
        "<!here|here>",
        "<!everyone>",
        "<!EVERYONE>",
        "<!group>",
        "<!subteam^S123|@x>",
        "<!date^1392734382^{date}|then>",
        "<@U0123ABC>",
        "<@W0123ABC|ada>",
        "<#C0123ABC|general>",
        "<https://evil.example/|https://good.example>",
        "<mailto:a@b.example|Ada>",
        "```\n<!channel>\n```",
    ],
)
def test_what_is_live_is_laid_to_rest(text: str) -> None:
    at = text.index("<")
    assert neutralise(text) == f"{text[: at + 1]}{JOINER}{text[at + 1 :]}"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>",
        "<!-- here -->",
        "a < b and c <= d",
        "<div class='x'>",
        "<https://example.org/a?b=c>",
        "List<String> x; #include <stdio.h>",
        "if (a <@ b)",
        "in C:\\`dir`, \\*not bold\\*, \\\\server\\share",
        "@channel @here",
        "",
    ],
)
def test_what_is_not_live_stays_as_it_is(text: str) -> None:
    assert neutralise(text) == text


@given(TEXTS)
def test_nothing_pings(text: str) -> None:
    assert not PINGS.search(neutralise(text))
    assert not PINGS.search(neutralise_growing(text))
    assert revive(neutralise(text)) == text


@given(TEXTS)
def test_what_grows_only_grows(text: str) -> None:
    whole = neutralise(text)
    before = ""
    for end in range(len(text) + 1):
        shown = neutralise_growing(text[:end])
        assert shown.startswith(before)
        assert whole.startswith(shown)
        before = shown


@given(st.lists(PIECES, max_size=8).map("".join))
def test_little_is_held_back(text: str) -> None:
    """Only what may yet become live waits: nothing, once something else follows."""
    assert neutralise_growing(text + " .") == neutralise(text + " .")


def test_a_link_without_an_end_is_not_waited_for() -> None:
    text = "<https://" + "a" * 5_000
    assert neutralise_growing(text) == text


def test_a_long_text_takes_little_time() -> None:
    text = "<https://a" * 20_000 + "<" * 20_000 + "<!" * 20_000
    assert neutralise_growing(text) == text[:-2]


def test_markup_is_not_read_to_people() -> None:
    text = "# Title\n> **Bold** and [a link](https://x.example) `code`\n```py\nx < 1\n```"
    assert plain(text, 3_000) == "Title\nBold and a link (https://x.example) code\nx &lt; 1"


def test_a_name_is_read_to_people_as_it_is() -> None:
    """What keeps it from being markup is markup, too."""
    name = "Ben_ (he/him) `x` **y** [z](https://x.example) #1 <a> \\"
    assert plain(f"**{quoted(name)}** may", 3_000) == f"{escape(name)} may"


@given(st.text(alphabet="&<>ab *_`\n#", max_size=60), st.integers(1, 50))
def test_what_is_plain_is_short_and_escaped(text: str, most: int) -> None:
    for shown in (plain(text, most), cut_escaped(text, most)):
        assert len(shown) <= most
        assert "<" not in shown
        assert ">" not in shown
        left = shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
        assert "&" not in left


def test_a_text_that_is_cut_says_so() -> None:
    assert cut_escaped("a" * 11, 10) == "a" * 9 + "…"
    assert cut_escaped("a" * 10, 10) == "a" * 10
    assert cut_escaped("<<", 7) == "&lt;…"
    assert escape("<a & b>") == "&lt;a &amp; b&gt;"
