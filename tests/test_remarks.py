"""Which words under a picture ask for nothing, so that they cost nothing."""

from __future__ import annotations

import pytest

from bot.remarks import is_remark, names_others

REMARKS = [
    "thanks",
    "Thanks, lovely!",
    "thank you so much",
    "thx :)",
    "THAT'S GREAT!!!",
    "sooooo nice",
    "wow, this one looks amazing",
    "it’s perfect",
    "I love it",
    "much better",
    "lol",
    "ok.",
    "No.",
    "👍",
    "🎉🎉 ❤️",
    ":partyparrot: :heart:",
    "!!!",
    "...",
    "^^",
    "@Ann look at that",
    "@Ann, would you like it darker?",
    "Vielen Dank, sehr schön!",
    "merci beaucoup, c'est parfait",
    "¡Qué bonito! gracias",
    "Спасибо, очень красиво",
    "ありがとう！",
    "谢谢",
]
ORDERS = [
    "darker",
    "pink",
    "make it pretty",
    "thanks, now make it darker",
    "nice, but with a hat",
    "love it in blue",
    "more contrast",
    "#2",
    "like #2",
    "2",
    "8k",
    "remove the man",
    "make the sky beautiful",
    "put 🎉 on it",
    "mach es dunkler",
    "もっと明るく",
    "change a@b.example to c@d.example",
    "",
]


@pytest.mark.parametrize("text", REMARKS)
def test_a_remark_asks_for_nothing(text: str) -> None:
    assert is_remark(text)


@pytest.mark.parametrize("text", ORDERS)
def test_what_says_what_to_change_is_none(text: str) -> None:
    assert not is_remark(text)
    assert not names_others(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("as @Ann had it", True),
        ("(@Ann)", True),
        ("write a@b.example on it", False),
        ("at @ 5", False),
        ("@", False),
    ],
)
def test_who_is_named(text: str, names: bool) -> None:
    assert names_others(text) is names
