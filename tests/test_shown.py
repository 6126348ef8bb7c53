"""What people read joins to what was stored, whatever the splitter did, and nothing less."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import notices, notices_delivery
from bot.domain import Outcome
from bot.splitting import split
from tests.evidence import Seen
from tests.shown import explain_difference, joins_to

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


def test_the_note_above_a_file_has_no_markup() -> None:
    answer, note = " ".join(["A word."] * 20), notices.stopped("t1", True)
    kind = {"outcome": Outcome.STOPPED, "kind": "retry", "edit": ""}
    turn = {"answer": answer, "note": note, **kind}

    def explain(words: str) -> str:
        said = f"{notices_delivery.whole_in_file(len(answer))}\n{words}"
        file = Seen("2", "c", "bot", True, said, files=(("answer.md", answer.encode()),))
        return explain_difference(turn, [answer[:39]], [file])

    assert "`" in note
    assert explain(note.replace("`", "")) == explain(note) == ""
    assert "note" in explain(note[:-10])
