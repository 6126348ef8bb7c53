from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.links import reveal
from bot.text import clean_output
from tests import patience


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("[bank.example](https://evil.example/x)", " (evil.example)"),
        ("[Python](https://docs.python.org/3/a_(b))", " (docs.python.org)"),
        ('[a](https://evil.example "bank) example")', " (evil.example)"),
        ("[a](<https://evil.example/a>)", " (evil.example)"),
        ("[a [b] c](https://evil.example)", " (evil.example)"),
        ("[https://bank.example](https://bank.example@evil.example)", " (evil.example)"),
        ("[a](app://evil.example/x)", " (evil.example)"),
        ("![x](https://evil.example/?q=1)", " (https://evil.example/?q=1)"),
        ("https://bank.example@evil.example", " (evil.example)"),
        ("https://bank.example:pass@evil.example/a?b#c", " (evil.example)"),
        ("<https://bank.example@evil.example>", " (evil.example)"),
        ("https://evil.example\\@bank.example", " (evil.example)"),
        ("`alone [a](https://evil.example)", " (evil.example)"),
        ("`", ""),
        ("[docs.python.org](https://docs.python.org/3)", ""),
        ("[https://docs.python.org/3](https://docs.python.org/3)", ""),
        ("[a heading](#there) and [t](u)", ""),
        ("https://social.example/@somebody", ""),
        ("somebody@mail.example and https://a.example", ""),
        ("`[a](https://evil.example)`", ""),
        ("```\n[a](https://evil.example)\n```", ""),
        ("~~~\n[a](https://evil.example)\n", ""),
    ],
)
def test_the_place_stands_behind_a_link_that_hides_it(text: str, behind: str) -> None:
    assert reveal(text) == text + behind
    assert clean_output(text) == text + behind
    assert reveal(f"{text}\n\nend") == f"{text}{behind}\n\nend" or text.startswith(("~~~", "`\n"))


def test_punctuation_is_no_part_of_an_address() -> None:
    assert reveal("See https://a@b.example.") == "See https://a@b.example (b.example)."


pieces = st.sampled_from(
    [
        *("`", "``", "```", "~~~", "\n", "\n\n", " ", "x", ".", ")", "(", "]", "](", "<", ">", '"'),
        *("[a](https://x.example/z)", "https://u@h.example", "/p", "![i](https://e.example)"),
    ]
)


@settings(max_examples=600)
@given(st.lists(pieces, max_size=14).map("".join))
def test_what_was_shown_stays_the_beginning(text: str) -> None:
    shown = ""
    for end in range(len(text) + 1):
        now = reveal(text[:end], final=False)
        assert now.startswith(shown)
        shown = now
    assert reveal(text).startswith(shown)


@pytest.mark.parametrize(
    "unit", ["`[a](https://x.y)", "](https://x.y)", "https://u@h ", "[a](https://x(", "](", "`` ` "]
)
def test_a_megabyte_is_read_in_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    for look in (reveal, partial(reveal, final=False)):
        with patience.linear():
            look(text)
