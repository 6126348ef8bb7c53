"""Tokens of links: ours are told from everything else, whatever that is."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.signing import (
    KEY_BYTES,
    MOST_KEYS,
    Key,
    Purpose,
    Ticket,
    dump_keys,
    load_keys,
    make_key,
    rotate,
    sign,
    verify,
)

NOW = 1_750_000_000_000
DAY = 24 * 3_600_000
KEY = Key("k1", b"\1" * KEY_BYTES, NOW)
OTHER = Key("k2", b"\2" * KEY_BYTES, NOW)
TOKEN = sign(KEY, Purpose.MASK, "0123456789abcdef", NOW + 900_000)


def test_a_token_says_what_was_signed() -> None:
    assert verify([KEY], Purpose.MASK, TOKEN) == Ticket("0123456789abcdef", NOW + 900_000, KEY)
    assert len(TOKEN) < 180, "it stands in a link that people see"


def test_a_token_holds_for_its_purpose_only() -> None:
    assert verify([KEY], Purpose.PAGE, TOKEN) is None


def test_a_token_holds_while_its_key_lives() -> None:
    assert verify([OTHER, KEY], Purpose.MASK, TOKEN) is not None
    assert verify([OTHER], Purpose.MASK, TOKEN) is None
    assert verify([], Purpose.MASK, TOKEN) is None


def test_a_key_of_the_same_secret_by_another_name_is_another() -> None:
    assert verify([Key("k9", KEY.secret, NOW)], Purpose.MASK, TOKEN) is None


@pytest.mark.parametrize("at", range(len(TOKEN)))
def test_no_character_of_a_token_can_be_changed(at: int) -> None:
    for char in "AB_.=|\u00e9":
        if char != TOKEN[at]:
            changed = TOKEN[:at] + char + TOKEN[at + 1 :]
            assert verify([KEY], Purpose.MASK, changed) is None, changed


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "\0",
        TOKEN[:-1],
        TOKEN[1:],
        TOKEN + "=",
        TOKEN + "\n",
        " " + TOKEN,
        TOKEN.split(".", maxsplit=1)[0],
        "." + TOKEN.split(".")[1],
        TOKEN * 2,
        "A" * 600,
        "\ud800" * 20,
        TOKEN.replace(".", "%2e"),
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert verify([KEY], Purpose.MASK, token) is None


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_garbage_is_refused(token: str) -> None:
    assert verify([KEY, OTHER], Purpose.MASK, token) is None
    assert verify([KEY, OTHER], Purpose.MASK, f"{token}.{'A' * 43}") is None
    assert verify([KEY, OTHER], Purpose.MASK, f"{TOKEN.split('.')[0]}.{token}") is None


@given(
    st.text("abcdefXYZ0189_-", min_size=1, max_size=100),
    st.integers(0, 10**15),
    st.sampled_from(Purpose),
)
def test_whatever_was_signed_is_read_back(subject: str, expires_at: int, purpose: Purpose) -> None:
    token = sign(KEY, purpose, subject, expires_at)
    assert verify([OTHER, KEY], purpose, token) == Ticket(subject, expires_at, KEY)


@pytest.mark.parametrize(("subject", "expiry"), [("a|b", 1), ("", 1), ("é", 1), ("a", -1)])
def test_what_could_be_read_otherwise_is_not_signed(subject: str, expiry: int) -> None:
    with pytest.raises(ValueError, match="cannot be signed"):
        sign(KEY, Purpose.MASK, subject, expiry)


# --- keys ----------------------------------------------------------------------------------


def test_keys_are_stored_and_read() -> None:
    assert load_keys(dump_keys([KEY, OTHER])) == (KEY, OTHER)


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "[1]", '[{"id": "a"}]', '[{"id":"a","key":"00","made_at":1}]']
)
def test_keys_that_cannot_be_read_are_none(text: str) -> None:
    assert load_keys(text) == ()


@given(st.text())
def test_no_text_breaks_the_reading_of_keys(text: str) -> None:
    assert load_keys(text) == ()


def test_a_key_shows_nothing_of_itself() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)


def test_a_new_key_is_made_once_and_then_kept() -> None:
    keys = rotate((), NOW, DAY)
    assert len(keys) == 1
    assert rotate(keys, NOW + DAY, DAY) == keys


def test_an_old_key_goes_second_and_then_away() -> None:
    first = rotate((), NOW, DAY)
    second = rotate(first, NOW + DAY + 1, DAY)
    assert second[1:] == first
    third = rotate(second, NOW + 2 * DAY + 2, DAY)
    assert len(third) == MOST_KEYS
    assert third[1] == second[0], "the first is gone"


def test_a_key_from_the_future_is_replaced() -> None:
    """Else a clock that was set wrong once would keep one key for years."""
    assert rotate((make_key(NOW + DAY),), NOW, DAY)[0].made_at == NOW
