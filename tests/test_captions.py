"""What stands with an edited picture."""

from __future__ import annotations

from bot import captions
from bot.domain import EditOptions, StoredPicture

MADE = StoredPicture(
    number=4,
    turn="t",
    blob="b",
    mime="image/webp",
    width=8,
    height=8,
    made=True,
    base=1,
    inputs=(1, 3),
    prompt="like #3",
    model="segmind:edit",
    options=EditOptions(size="1024x1024", quality="low", compression=80, moderation="low"),
    masked=True,
)
SENT = StoredPicture(1, "t", "b", "image/jpeg", 8, 8, name="Ada")


def test_a_caption_says_what_was_asked_of_what_by_what_with_what() -> None:
    assert captions.of(MADE) == (
        "**like \\#3**\n"
        "#1 + #3 → #4 · `segmind:edit` · 1024x1024 · low · compression 80 · moderation low · "
        "only within a mask"
    )


def test_no_markup_runs_out_of_what_was_asked() -> None:
    words = captions.caption("**bold** <@1>\n# head", (1,), 2, "m", EditOptions(), masked=False)
    first, second = words.split("\n")
    assert first == r"**\*\*bold\*\* \<\@1\> \# head**"
    assert second == "#1 → #2 · `m`"


def test_a_long_prompt_is_cut_within_one_message() -> None:
    words = captions.caption("word " * 5_000, (1,), 2, "m", EditOptions(), masked=False)
    assert len(words) < 1_000


def test_alternative_texts_tell_the_pictures_apart() -> None:
    assert captions.describe(SENT) == "Picture #1, sent by Ada"
    assert captions.describe(MADE) == "Picture #4, edited: like #3"
    assert captions.file_name(MADE, "image/webp") == "picture-4.webp"
    assert captions.file_name(SENT, "image/jpeg") == "picture-1.jpg"


def test_going_back_says_so() -> None:
    assert captions.shown_again(SENT).startswith("**Back to #1**")
    assert captions.of(MADE) in captions.shown_again(MADE)
