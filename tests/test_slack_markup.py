"""Slack's markup as people see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.markup import Names, channels_in, mentions, people_in, readable, unescape
from tests import patience

NAMES = Names({"U1": "Ann", "U2": "Ben <3"}, {"C1": "general"})
ME = "UBOT"

ROWS = [
    ("hello", "hello"),
    ("<@U1> said it", "@Ann said it"),
    ("<@U1|ann.old> said it", "@Ann said it"),
    ("<@U9|carla> said it", "@carla said it"),
    ("<@U9> said it", "@U9 said it"),
    ("<@U2>", "@Ben <3"),
    ("see <#C1>", "see #general"),
    ("see <#C1|>", "see #general"),
    ("see <#C7|random>", "see #random"),
    ("see <#C7>", "see #C7"),
    ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
    ("<!here|@here>", "@here"),
    ("<!subteam^S1|@writers> please", "@writers please"),
    ("<!subteam^S1> please", "@group please"),
    ("on <!date^1700000000^{date}|Nov 14>", "on Nov 14"),
    ("<!date^1700000000^{date}>", "date"),
    ("<!unheard_of|a word>", "a word"),
    ("<https://a.example/x?y=1&amp;z=2>", "https://a.example/x?y=1&z=2"),
    ("<https://a.example/|the docs>", "the docs (https://a.example/)"),
    ("<http://a.example|a.example>", "a.example"),
    ("<https://a.example/|https://a.example>", "https://a.example"),
    ("<https://evil.example|https://good.example>", "https://good.example (https://evil.example)"),
    ("<mailto:ann@a.example|ann@a.example>", "ann@a.example"),
    ("<mailto:ann@a.example>", "ann@a.example"),
    ("<tel:+15551234|+1 555 1234>", "+1 555 1234 (tel:+15551234)"),
    ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
    # What a person wrote stays what they wrote, whatever it looks like.
    ("&lt;@U1&gt; and &lt;!here&gt;", "<@U1> and <!here>"),
    ("<@UBOT> hi", "hi"),
    ("<@UBOT|bot> hi", "hi"),
    ("hi <@UBOT> there", "hi there"),
    ("hi\t <@UBOT> <@UBOT|bot>  there", "hi there"),
    ("hi<@UBOT>there", "hi there"),
    ("first\n<@UBOT> second", "first\nsecond"),
    ("first\n  <@UBOT> second", "first\nsecond"),
    ("first <@UBOT> \nsecond", "first\nsecond"),
    ("hi  <@U1>  <@UBOT>", "hi  @Ann"),
    ("<@UBOT>", ""),
    ("<@UBOTTOM> is another", "@UBOTTOM is another"),
    (":wave: *bold* `code`", ":wave: *bold* `code`"),
    ("a < b", "a < b"),
    ("<>", "<>"),
    ("bell\x07 and \ud800 half", "bell and \ufffd half"),
]


@pytest.mark.parametrize(("text", "seen"), ROWS)
def test_text_is_read_as_people_see_it(text: str, seen: str) -> None:
    """People, channels and links by name, entities as characters, our own mention gone."""
    assert readable(text, ME, NAMES) == seen


def test_only_our_own_mention_is_one() -> None:
    """A mention names an id, with or without a label."""
    assert mentions("hi <@UBOT>", ME) and mentions("<@UBOT|bot>: hi", ME)
    assert not mentions("hi <@UBOTTOM>", ME)
    assert not mentions("hi &lt;@UBOT&gt;", ME)
    assert not mentions("hi <@>", "")


def test_ids_to_look_up_are_found() -> None:
    """Whoever is mentioned; channels only where Slack does not say the name itself."""
    texts = ["<@U1> <@W22|x> <#C1> <#C2|named> <#C3|>", "&lt;@U7&gt; <!here> <https://a|b>"]
    assert people_in(texts) == {"U1", "W22"}
    assert channels_in(texts) == {"C1", "C3"}


@pytest.mark.parametrize("piece", [" ", "\t", "<@UBOT> ", "<@UBOT|", "<", "&amp;", "x<@U1|"])
def test_a_long_text_is_read_at_once(piece: str) -> None:
    """Nobody holds the bot up by what they write."""
    text = piece * (40_000 // len(piece))
    with patience.linear(2.0):
        readable(f"<@UBOT> a{text}b", ME, NAMES)
        people_in([text])
        channels_in([text])


@given(st.text(alphabet="<>@#!|&;ltgamp^UC1 \nx", max_size=60))
def test_nothing_that_slack_can_send_raises(text: str) -> None:
    """Whatever is between the angles, a text comes out."""
    seen = readable(text, ME, NAMES)
    assert seen == seen.strip()


@given(st.text(max_size=60))
def test_what_people_write_comes_back_as_they_wrote_it(text: str) -> None:
    """Slack escapes three characters, which are read back as they were."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert unescape(escaped) == text
