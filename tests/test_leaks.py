from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.leaks import REMOVED, Guard

KEYS = ("model-key-0123456789", "model-key-other-one", "MTIz.abc.def")


def guarded(*pieces: str, keys: tuple[str, ...] = KEYS) -> tuple[str, int]:
    """Return what may be shown of a text, and how often a secret was found."""
    found: list[None] = []
    guard = Guard(keys, lambda: found.append(None))
    shown = "".join(guard.feed(piece) for piece in pieces) + guard.end()
    return shown, len(found)


@given(st.data())
def test_a_secret_is_found_however_it_is_cut(data: st.DataObject) -> None:
    parts = st.sampled_from([*KEYS, "a", "model-", "model-key-", "M", " ", "\n"])
    whole = "".join(data.draw(st.lists(parts, max_size=8)))
    at = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *at], [*at, len(whole)], strict=True)]
    shown, found = guarded(*pieces)
    expected = whole
    for key in KEYS:
        expected = expected.replace(key, REMOVED)
    assert shown == expected
    assert found == sum(whole.count(key) for key in KEYS)


def test_signs_that_nobody_sees_hide_no_secret() -> None:
    shown, found = guarded("the key: model-\x00key\u202e-0123", "\u2066456789", ".")
    assert (shown, found) == (f"the key: {REMOVED}.", 1)


def test_what_only_begins_like_one_is_shown_in_the_end() -> None:
    guard = Guard(KEYS, lambda: None)
    assert guard.feed("a model-key") == "a "
    assert guard.feed("s") == "model-keys"
    assert guard.feed("M") == ""
    assert guard.end() == "M"
    assert guard.end() == ""


def test_a_value_too_short_to_be_secret_stays() -> None:
    assert guarded("abc is fine", keys=("abc", "")) == ("abc is fine", 0)
