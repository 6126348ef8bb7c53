"""Which words ask for an edit, which pictures they name, what may be chosen, what it costs."""

from __future__ import annotations

import pytest

from bot import edits
from bot.domain import Amounts, Edit, EditOptions, ImageModel, Usage

MODEL = ImageModel(
    backend="segmind",
    name="edit-mini",
    sizes=("auto", "1024x1024", "1536x1024"),
    qualities=("auto", "low", "high"),
    backgrounds=("opaque", "transparent"),
    formats=("png", "jpeg", "webp"),
    moderations=("auto", "low"),
    prices=(("low", "1024x1024", 5_000), ("low", "1536x1024", 6_000), ("high", "", 52_000)),
)


@pytest.mark.parametrize(
    "text", ["edit: pink", "Edit:pink", "EDIT : pink", "  edit: pink", "edit：pink", "edit:"]
)
def test_edit_before_the_words_asks_for_one(text: str) -> None:
    assert edits.is_asked(text)
    assert edits.strip(text) in ("pink", "")


@pytest.mark.parametrize("text", ["edit the text", "please edit: it", "editor: vim", "credit: 5"])
def test_other_words_do_not(text: str) -> None:
    assert not edits.is_asked(text)
    assert edits.strip(text) == text


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("what is this?", True),
        ("what is this? ", True),
        ("(really?)", True),
        ("**why?**", True),
        ("what?!", True),
        ("これは何？", True),
        ("make it pink", False),
        ("why? make it pink", False),
        ("", False),
    ],
)
def test_what_ends_in_a_question_mark_is_a_question(text: str, is_one: bool) -> None:
    assert edits.is_question(text) is is_one


@pytest.mark.parametrize(
    ("text", "replies", "is_command", "found"),
    [
        ("edit: pink", False, False, (Edit(files_first=True), False)),
        ("edit: is it pink?", True, False, (Edit(files_first=True), False)),
        ("make it pink", True, False, (Edit(), True)),
        ("make it pink", False, False, (None, False)),
        ("is it pink?", True, False, (None, False)),
        ("/help", True, True, (None, False)),
        ("  ", True, False, (None, False)),
        ("thanks, lovely!", True, False, (None, False)),
        ("🎉", True, False, (None, False)),
        ("darker, @Ann likes it so", True, False, (None, False)),
        ("edit: thanks, lovely!", True, False, (Edit(files_first=True), False)),
        ("thanks, now make it darker", True, False, (Edit(), True)),
    ],
)
def test_what_asks_for_an_edit(
    text: str, replies: bool, is_command: bool, found: tuple[Edit | None, bool]
) -> None:
    assert edits.find(text, replies=replies, is_command=is_command) == found


def test_what_a_model_does_not_know_is_a_flaw_and_left_out() -> None:
    wrong = EditOptions("64x64", "best", "opaque", "gif", 101, "none")
    flaws = edits.find_flaws(wrong, MODEL)
    assert set(flaws) == {"size", "quality", "format", "compression", "moderation"}
    assert flaws["size"] == MODEL.sizes
    assert flaws["compression"] == ("1", "100")
    options, left = edits.fit_options(wrong, MODEL)
    assert options == EditOptions(background="opaque")
    assert set(left) == set(flaws)
    right = EditOptions("1024x1024", "low", "transparent", "webp", 1, "low")
    assert edits.fit_options(right, MODEL) == (right, ())


def test_a_jpeg_has_no_transparent_parts() -> None:
    options = EditOptions(background="transparent", format="jpeg")
    assert edits.find_flaws(options, MODEL) == {"format": ("png", "webp")}


@pytest.mark.parametrize(
    ("options", "micros"),
    [
        (EditOptions(), 52_000),
        (EditOptions(quality="auto", size="1024x1024"), 52_000),
        (EditOptions(quality="low"), 6_000),
        (EditOptions(quality="low", size="1024x1024"), 5_000),
        (EditOptions(quality="high", size="1536x1024"), 52_000),
    ],
)
def test_the_price_is_the_most_that_it_may_cost(options: EditOptions, micros: int) -> None:
    assert edits.price(MODEL, options) == micros
    assert edits.hold(MODEL, options) == Amounts(requests=1, images=1, micros=micros)


def test_what_the_service_says_that_it_cost_wins() -> None:
    options = EditOptions(quality="low", size="1024x1024")
    said = edits.charge(MODEL, options, Usage(cost_micros=4_321))
    assert said == (Amounts(requests=1, images=1, micros=4_321), False)
    assert edits.charge(MODEL, options, Usage()) == (edits.hold(MODEL, options), True)


def test_an_unknown_price_is_none() -> None:
    assert edits.price(ImageModel("own", "any"), EditOptions()) is None
    assert edits.hold(ImageModel("own", "any"), EditOptions()).micros == 0
