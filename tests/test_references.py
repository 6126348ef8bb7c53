"""Which pictures words name by their numbers, and what is said with `#` of other things."""

from __future__ import annotations

import pytest

from bot import edits, references

NAMED = [
    ("put #2 beside #1, like #2", (2, 1)),
    ("#2 #2", (2,)),
    ("#3", (3,)),
    ("#3.", (3,)),
    ("(#12)", (12,)),
    ("#1, #2 and #3", (1, 2, 3)),
    ("#1-#3", (1, 3)),
    ("#2's colours", (2,)),
    ("make #1 darker", (1,)),
    ("#1 with a dog", (1,)),
    ("use image #1 and photo #112", (1, 112)),
    ("#0", (0,)),
    ("place #2 beside #1", (2, 1)),
    ("match #2", (2,)),
    ("colour #2 blue, no #1", (2, 1)),
    ("like #99", (99,)),
    ("write 'hi' on #2, don't touch #1, it's mine", (2, 1)),
]
NOT_NAMED = [
    "a #0af sky, #112233 or #00f",
    "paint it #ff0000",
    "paint it #333",
    "in #123, not #000 or #012",
    "#12ab",
    "##2",
    "#2.5",
    "in <#123> or C#1 or /page#2",
    "&#39;",
    "#01",
    "# 2",
    'write "#2" on the shirt',
    "write “we are #1” on it",
    "write '#2' on it",
    'the words "world\'s #1 dad" on a mug',
    "write `#2` on it",
]


@pytest.mark.parametrize(("text", "numbers"), NAMED)
def test_a_picture_is_named_by_its_number(text: str, numbers: tuple[int, ...]) -> None:
    assert references.find(text) == numbers


@pytest.mark.parametrize("text", NOT_NAMED)
def test_what_is_no_picture_to_a_person_is_none(text: str) -> None:
    assert references.find(text) == ()
    assert references.rename(text, (2, 1, 12, 7, 3)) == text
    assert references.without(text) == text


def test_a_model_reads_of_pictures_as_it_counts_them() -> None:
    said = 'put #7 beside #3 and #9, and "#7" on it'
    assert (
        references.rename(said, (3, 7)) == 'put picture 2 beside picture 1 and #9, and "#7" on it'
    )
    assert references.rename("image #7 over #3", (3, 7)) == "image 2 over picture 1"


@pytest.mark.parametrize(
    ("text", "nothing"),
    [("edit: #2", True), ("#2 #3", True), ("", True), ("edit: #333", False), ('edit: "#2"', False)],
)
def test_only_numbers_ask_for_no_change(text: str, nothing: bool) -> None:
    assert edits.says_nothing(text) is nothing
