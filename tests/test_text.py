from __future__ import annotations

import json
import sqlite3
import unicodedata
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import (
    FALLBACK_TITLE,
    REDACTED,
    clean_output,
    estimate_tokens,
    excerpt,
    is_blank,
    is_boundary,
    last_boundary,
    normalise,
    title,
    utf16_length,
)
from tests import patience

CONTROLS = [chr(n) for n in (*range(32), *range(0x7F, 0xA0)) if chr(n) not in "\t\n"]
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
anything = st.text(st.characters(categories=None), max_size=60)
# Made up here, each of the shape that its vendor uses.
DISCORD_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GhIjKl." + "abcdefghijklmnopqrstuvwxyz-0123456789_AB"
SECRETS = [
    "sk-abcdefghij0123456789KLMN",
    "sk-proj-Abc_dEf-0123456789abcdefghij",
    "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKl",
    "xapp-" + "1-A0123456789-1234567890123-abcdef",
    DISCORD_TOKEN,
]


# --- the border ------------------------------------------------------------------------------


@given(anything)
def test_normalised_text_can_be_stored_and_sent_and_stays_as_it_is(text: str) -> None:
    clean = normalise(text)
    assert json.loads(json.dumps(clean).encode()) == clean
    database = sqlite3.connect(":memory:")
    assert database.execute("SELECT ?, length(?)", (clean, clean)).fetchone() == (clean, len(clean))
    database.close()
    assert not set(clean) & set(CONTROLS)
    assert normalise(clean) == clean


def test_controls_go_and_everything_else_stays() -> None:
    assert normalise("a" + "".join(CONTROLS) + "b\tc\nd") == "ab\tc\nd"
    assert normalise("a\r\nb") == "a\nb"
    assert normalise("\U000e0041\U000e007f\U000e0000hi") == "hi"
    zalgo = "Z" + "\u0301" * 2000
    kept = f"\ue000 \u0378 {BIDI} {zalgo} {FAMILY} \U0010ffff \ufffd"
    assert normalise(kept) == kept


def test_surrogates() -> None:
    assert normalise("\ud83d") == "\ufffd"
    assert normalise("a\ude00b") == "a\ufffdb"
    assert normalise("\udc00\ud800") == "\ufffd\ufffd"
    assert normalise("\ud83d\ude00") == "\U0001f600"
    assert normalise("\ud83d\ud83d\ude00") == "\ufffd\U0001f600"


def test_the_cap() -> None:
    assert normalise("x" * 200_000) == "x" * 100_000
    assert normalise("\x00" * 50 + "abcdef", 3) == "abc"


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200d", "\ufeff\u2060", "\u3164"])
def test_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " .", "\u200b!", "`", FAMILY, "\ufffd"])
def test_not_blank(text: str) -> None:
    assert not is_blank(text)


@given(anything)
def test_utf16_length_counts_code_units(text: str) -> None:
    assert utf16_length(text) == sum(2 if char > "\uffff" else 1 for char in text)


# --- clusters ----------------------------------------------------------------------------------

WHOLE = [
    FAMILY,
    "\U0001f1e9\U0001f1ea",
    "1\ufe0f\u20e3",
    "\U0001f44d\U0001f3fd",
    "e\u0301\u0302",
    "\u1100\u1161\u11a8",
    "\uac00\u11a8",
    "\u0e01\u0e33",
    "\uff76\uff9e",
    "\r\n",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "\ud83d\ude00",
]


@given(st.lists(st.sampled_from([*WHOLE, "a", " ", "\u5b57", "\uac00"]), min_size=1, max_size=20))
def test_clusters_are_found_whole(parts: list[str]) -> None:
    text = "".join(parts)
    ends = {0}
    for part in parts:
        ends.add(max(ends) + len(part))
    found = {at for at in range(len(text) + 1) if is_boundary(text, at)}
    assert found <= ends
    # A part may join the one before it (a flag never does: pairs are counted).
    alone = {"a", " ", "\u5b57", FAMILY, "\U0001f1e9\U0001f1ea"}
    at = 0
    for part in parts:
        assert at in found or part not in alone
        at += len(part)


def test_last_boundary() -> None:
    text = "ab" + FAMILY
    assert [last_boundary(text, at) for at in range(8)] == [0, 1, 2, 2, 2, 2, 2, 7]
    assert last_boundary("a" + "\u0301" * 9, 5) == 0


# --- short forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I cook rice?", "How do I cook rice?"),
        ("<@123456> <@&7> <#8> </ask now:9> <t:0:R> hello", "hello"),
        ("<a:party:123> time", ":party: time"),
        ("# A **bold** _title_ with `code` and ||this||", "A bold title with code and this"),
        ("> - see [the page](https://example.org/x)", "see the page"),
        ("```py\nprint(1)\n```", "print(1)"),
        ("snake_case_name and 2*3*4", "snake_case_name and 234"),
        ("one\n\ntwo\tthree", "one two three"),
        ("gnp.exe\u202e\u2066", "gnp.exe"),
        ("", FALLBACK_TITLE),
        (" \n\u200b ", FALLBACK_TITLE),
        ("<@123456>", FALLBACK_TITLE),
        ("\u202e\u2066", FALLBACK_TITLE),
        ("../../x __proto__", "../../x proto"),
    ],
)
def test_title(text: str, expected: str) -> None:
    assert title(text) == expected


def test_a_long_title_ends_at_a_word() -> None:
    made = title("some words " * 40)
    assert made == "some words " * 5 + "some\u2026"
    assert title("x" * 300) == "x" * 59 + "\u2026"
    assert title(FAMILY * 100) == FAMILY * 11 + "\u2026"


@given(anything)
def test_any_title_is_fit_to_be_one(text: str) -> None:
    made = title(text)
    assert 1 <= utf16_length(made) <= 90
    assert len(made) <= 61
    assert not is_blank(made)
    assert made == made.strip()
    assert not set(made) & (set(CONTROLS) | set(BIDI) | {"\n", "\t"})


def test_combining_marks_are_cut_in_titles() -> None:
    assert title("Z" + "\u0301" * 2000 + "algo") == "Z" + "\u0301" * 8 + "algo"
    runs = [char for char in title("\u0301" * 500 + "x") if unicodedata.combining(char)]
    assert len(runs) == 8


@given(anything, st.integers(1, 40))
def test_an_excerpt_is_one_line(text: str, most: int) -> None:
    made = excerpt(text, most)
    assert len(made) <= most
    assert "\n" not in made
    assert not set(made) & set(BIDI)


def test_excerpt() -> None:
    assert excerpt("a\nb  c", 10) == "a b c"
    assert excerpt("some words that go on", 12) == "some words\u2026"


# --- what a model wrote ---------------------------------------------------------------------------


def test_output_loses_controls_and_reordering_but_not_marks_of_direction() -> None:
    assert clean_output("a\x00b\x1b[31m\x85c\td\n") == "ab[31mc\td\n"
    assert clean_output(f"x{BIDI}y\u200e\u200f") == "xy\u200e\u200f"
    assert clean_output("\ud83d") == "\ufffd"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "around", ["{}", "key: {}.", "`{}`", "({}) ", "KEY={}\n", "\u201c{}\u201d"]
)
def test_secrets_are_redacted(secret: str, around: str) -> None:
    assert clean_output(around.format(secret)) == around.format(REDACTED)
    hidden = secret[:6] + "\x00\u202e" + secret[6:]
    assert clean_output(around.format(hidden)) == around.format(REDACTED)


def test_the_secret_part_of_a_webhook_address_is_redacted() -> None:
    address = "https://discord.com/api/webhooks/"
    path = f"{address}123456789012345678/{'aB3_-' * 13}"
    assert clean_output(f"see {path} there") == f"see {address}{REDACTED} there"


@pytest.mark.parametrize(
    "text",
    [
        "risk-averse-and-other-long-words-1",
        "sk-circle-fade-dot-animation",
        "sk-learn and sk-image 1.2",
        "xoxo-hugs",
        "MTA",
        "desk-1234567890123456789012345",
        "the class is sk-",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert clean_output(text) == text


pieces = st.one_of(
    st.sampled_from(
        [*SECRETS, "sk-", "xoxb-", "x", "MTIz", "M", "https://discord.com/api/webhooks/"]
    ),
    st.sampled_from(SECRETS).flatmap(
        lambda secret: st.integers(1, len(secret)).map(lambda n: secret[:n])
    ),
    st.sampled_from([" ", "\n", ".", "-", "word", "123", "\x00", "\u202e", "\ud83d", "\ude00"]),
)


@settings(max_examples=400)
@given(st.lists(pieces, max_size=8).map("".join))
def test_what_was_shown_stays_the_beginning(text: str) -> None:
    whole = clean_output(text)
    shown = ""
    for end in range(len(text) + 1):
        now = clean_output(text[:end], final=False)
        assert now.startswith(shown)
        shown = now
    assert whole.startswith(shown)


def test_ordinary_words_are_not_held_back() -> None:
    for text in ("Hello", "Yes", "The answer", "It is 5", "No", "Once", "`", "# T", "Zo"):
        assert clean_output(text, final=False) == text


@pytest.mark.parametrize(
    "unit",
    [
        "sk-",
        "x",
        "xox",
        "MTIz",
        "M",
        "sk-a1",
        "/api/webhooks/1",
        "\x00",
        "\ud83d",
        "a",
        "xapp-",
        "-sk",
    ],
)
def test_cleaning_a_megabyte_is_linear(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    for look in (partial(clean_output, final=False), clean_output, normalise, title, is_blank):
        with patience.linear():
            look(text)


# --- tokens --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        # Counted with o200k_base.
        ("The quick brown fox jumps over the lazy dog.", 10, 12),
        ("def add(a: int, b: int) -> int:\n    return a + b\n", 18, 28),
        ("12345678901234567890", 7, 8),
        ("Привет, как у тебя дела?", 6, 10),
        ("你好，世界。今天天气怎么样？", 8, 13),
        ("\U0001f600\U0001f680", 2, 5),
        ("aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ=", 14, 30),
    ],
)
def test_the_estimate_is_near_and_rather_high(text: str, least: int, most: int) -> None:
    assert least <= estimate_tokens(text) <= most


@given(anything, anything)
def test_the_estimate_grows_with_the_text(first: str, second: str) -> None:
    assert estimate_tokens("") == 0
    assert 0 <= estimate_tokens(first) <= estimate_tokens(first + second) + 1
    together = estimate_tokens(first + second)
    assert together <= estimate_tokens(first) + estimate_tokens(second) + 2


def test_the_estimate_is_linear() -> None:
    for unit in ("a", "word ", "\n", "字", "!", "aB", "\u0301"):
        with patience.linear():
            estimate_tokens(unit * (200_000 // len(unit)))
