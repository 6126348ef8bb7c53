"""What people read joins to what was stored, whatever the splitter did, and nothing less."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.splitting import split
from tests.shown import joins_to

LINES = st.one_of(
    st.text(alphabet="abc .!\n", max_size=120),
    st.sampled_from(["```", "```py", "~~~", "  ```py", "- a list", "  code()", "", "x" * 150]),
)
TEXTS = st.lists(LINES, min_size=1, max_size=40).map("\n".join).filter(str.strip)


@given(TEXTS, st.integers(64, 200))
@settings(max_examples=300)
def test_parts_of_any_text_join_to_it(text: str, limit: int) -> None:
    parts = [part for part in split(text, limit) if part.strip()]
    assert joins_to([part.strip() for part in parts], text)


@given(TEXTS, st.integers(64, 200))
@settings(max_examples=300)
def test_a_missing_word_is_seen(text: str, limit: int) -> None:
    marked = f"{text}\nthe last word"
    parts = [part.strip() for part in split(marked, limit) if part.strip()]
    assert not joins_to([*parts[:-1], parts[-1].replace("word", "")], marked)
    assert not joins_to(parts[:-1], marked)
    assert not joins_to([*parts, parts[-1]], marked)


def test_parts_in_another_order_are_seen() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    parts = split(text, 100)
    assert len(parts) > 2
    assert joins_to(parts, text)
    assert not joins_to([parts[1], parts[0], *parts[2:]], text)
