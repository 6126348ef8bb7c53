from __future__ import annotations

import re
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cutting import LONGEST_FENCE
from bot.splitting import Piece, Splitter, cut, split, utf16_length
from bot.text import is_blank, is_boundary
from tests import patience
from tests.shown import joins_to

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
EMOJI = [
    FAMILY,
    "\U0001f1e9\U0001f1ea",
    "1\ufe0f\u20e3",
    "\U0001f44d\U0001f3fd",
    "e\u0301",
    "\U0010ffff",
]
FENCE = re.compile(r"^( *)(`{3,}|~{3,})([^\n]*)$")

words = st.sampled_from(
    ["a", "word", "longer-word", "Ende.", "**bold", "text**", "`x y`", "<@123456>"]
)
inline = st.lists(st.one_of(words, st.sampled_from(EMOJI)), min_size=1, max_size=12).map(" ".join)
unbroken = st.builds(
    lambda unit, n: unit * n, st.sampled_from(["x", "字", *EMOJI]), st.integers(1, 90)
)
marker = st.one_of(st.integers(3, 6).map("`".__mul__), st.integers(3, 5).map("~".__mul__))
info = st.sampled_from(["", "py", "markdown title=x", "c++", "`no`", "y" * 40])
fences = st.builds(
    lambda indent, mark, rest: " " * indent + mark + rest, st.integers(0, 3), marker, info
)
lists = st.builds(lambda depth, text: "  " * depth + "- " + text, st.integers(0, 3), inline)
blank = st.sampled_from(["", "", "   ", "\t", "\n\n\n", " " * 50])
headings = inline.map("## ".__add__)
line = st.one_of(inline, unbroken, fences, fences, lists, blank, headings)
answers = st.lists(line, max_size=30).map("\n".join)
limits = st.sampled_from([64, 80, 200, 2000])


def open_fence(text: str) -> str | None:
    """Return the fence left open in a message, read line by line as a platform does.

    A fence line that is the last one, with nothing below it, opens nothing.
    """
    marker = None
    lines = text.split("\n")
    for number, each in enumerate(lines):
        found = FENCE.match(each)
        if found is None or len(found[2]) > LONGEST_FENCE:
            continue
        if marker is None:
            is_inline = found[2][0] == "`" and "`" in found[3]
            if not is_inline and number < len(lines) - 1:
                marker = found[2]
        elif found[2].startswith(marker) and not found[3].strip():
            marker = None
    return marker


def check(pieces: list[Piece], text: str, limit: int) -> None:
    """Check everything that holds for any text."""
    assert "".join(piece.text for piece in pieces) == text
    for piece in pieces:
        if not piece.shown:
            # A closing line may be hidden: the part before it was closed by us.
            assert is_blank(re.sub(r"[`~]+", "", piece.text, count=1))
            continue
        assert utf16_length(piece.shown) <= limit
        assert not is_blank(piece.shown)
        inner = piece.shown[len(piece.opened) : len(piece.shown) - len(piece.closed)]
        hidden = piece.text.replace(inner, "", 1)
        assert inner in piece.text
        assert re.fullmatch(r"\s*([`~]{3,}[^\n]*)?\s*", hidden), hidden
        assert open_fence(piece.shown) is None


@settings(max_examples=400)
@given(answers, limits)
def test_parts_are_the_answer_within_the_limit_with_every_fence_closed(
    text: str, limit: int
) -> None:
    pieces = cut(text, limit)
    check(pieces, text, limit)
    assert len(pieces) <= ceil(2 * utf16_length(text) / limit) + 1 + text.count(FAMILY)


@settings(max_examples=400)
@given(answers, limits, st.lists(st.integers(1, 60), min_size=1, max_size=40))
def test_streaming_freezes_parts_and_ends_as_the_batch(
    text: str, limit: int, deltas: list[int]
) -> None:
    splitter = Splitter(limit)
    at, shown = 0, list[str]()
    frozen: list[Piece] = []
    step = 0
    while at < len(text):
        at += deltas[step % len(deltas)]
        step += 1
        now = splitter.feed(text[:at])
        assert now[: max(len(shown) - 1, 0)] == shown[:-1]
        assert splitter.pieces[: len(frozen)] == frozen
        frozen, shown = splitter.pieces[:-1], now
        check(splitter.pieces, text[:at], limit)
    assert splitter.pieces == cut(text, limit)
    assert splitter.feed(text) == split(text, limit)


@settings(max_examples=400)
@given(
    answers,
    limits,
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=40),
    limits,
)
def test_a_part_ends_where_it_stands_and_ends_there_again(
    text: str, limit: int, deltas: list[tuple[int, bool]], other: int
) -> None:
    splitter = Splitter(limit)
    at, step, short = 0, 0, 0
    frozen: list[Piece] = []
    sent = ""
    while at < len(text):
        more, ends = deltas[step % len(deltas)]
        at, step = at + more, step + 1
        splitter.feed(text[:at])
        assert splitter.pieces[: len(frozen)] == frozen
        if ends:
            growing = splitter.pieces[-1].growing
            if splitter.cut_short(sent if growing.startswith(sent) else ""):
                short += 1
                assert splitter.pieces[-2].shown
                assert splitter.pieces[-2].growing.startswith(sent) or not (
                    growing.startswith(sent) and _has_word_after(growing, sent)
                )
        check(splitter.pieces, text[:at], limit)
        frozen, sent = splitter.pieces[:-1], splitter.pieces[-1].growing
    assert len(splitter.cuts) == short
    again = Splitter(limit, cuts=splitter.cuts)
    again.feed(text)
    assert again.pieces == splitter.pieces
    # A part that is full first makes a cut meaningless, and harms nothing.
    smaller = Splitter(other, cuts=splitter.cuts)
    smaller.feed(text)
    check(smaller.pieces, text, other)


def _has_word_after(growing: str, sent: str) -> bool:
    """Tell whether there surely is a place to cut behind what was sent."""
    rest = growing[len(sent) :]
    return re.search(r"\A\w+ \w+ \w+ \w", rest) is not None and "`" not in growing


@pytest.mark.parametrize(
    ("sent", "text", "shown", "rest"),
    [
        # Behind what was sent, at the best place that is known.
        ("One. Tw", "One. Two three. Four fi", "One. Two three.", "Four fi"),
        ("One. Tw", "One. Two three\n\nFour. Five", "One. Two three", "Four. Five"),
        # No such place: a little is taken back.
        ("One. Two thr", "One. Two three", "One.", "Two three"),
        ("", "One", "On", "e"),
        # Code is closed, and goes on as code.
        ("```py\na = 1", "```py\na = 1\nb = 2\nc", "```py\na = 1\nb = 2\n```", "```py\nc\n```"),
        # A link stays whole.
        ("See", "See [the long](https://e.org/x) and", "See [the long](https://e.org/x)", "and"),
    ],
)
def test_a_part_is_ended_at_a_good_place(sent: str, text: str, shown: str, rest: str) -> None:
    splitter = Splitter(2000)
    splitter.feed(text)
    assert splitter.cut_short(sent)
    assert splitter.feed(text) == [shown, rest]


@pytest.mark.parametrize("text", ["", " ", "a", " a ", "```py\n", "```", "~~~ a b c"])
def test_what_cannot_be_divided_goes_on_whole(text: str) -> None:
    splitter = Splitter(2000)
    splitter.feed(text)
    before = splitter.pieces
    assert not splitter.cut_short("")
    assert (splitter.pieces, splitter.cuts) == (before, ())


def test_what_grows_is_the_beginning_of_what_comes() -> None:
    splitter = Splitter(2000)
    text = "Look:\n```py\nprint(1)\nprint(2)\n```\nSo."
    shown = []
    for at in range(1, len(text) + 1):
        splitter.feed(text[:at])
        shown.append(splitter.pieces[-1].growing)
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))
    assert shown[-1] == text


@settings(max_examples=200)
@given(answers, limits)
def test_no_cluster_is_cut(text: str, limit: int) -> None:
    at = 0
    for piece in cut(text, limit)[:-1]:
        at += len(piece.text)
        assert is_boundary(text, at)


@settings(max_examples=60)
@given(answers, limits)
def test_the_messages_alone_join_to_the_answer(text: str, limit: int) -> None:
    whole = text + cut(text, limit)[-1].closed
    assert joins_to(split(text, limit), whole) or _has_hidden_closer(text, limit)


def _has_hidden_closer(text: str, limit: int) -> bool:
    """Tell whether a closing line is represented by ours: rare, it needs odd spacing."""
    for piece in cut(text, limit):
        inner = piece.shown[len(piece.opened) : len(piece.shown) - len(piece.closed)]
        if not is_blank(piece.text.replace(inner, "", 1)):
            return True
    return False


@pytest.mark.parametrize("size", [0, 1, 1999, 2000, 2001, 3999, 4000, 4001, 39_999, 100_000])
@pytest.mark.parametrize(
    "unit", ["x", "word ", "A sentence. ", "line\n", "para\n\n", "字", "\U0010ffff"]
)
def test_sizes_at_the_limit(size: int, unit: str) -> None:
    text = (unit * size)[:size]
    pieces = cut(text, 2000)
    check(pieces, text, 2000)
    assert len(pieces) <= ceil(2 * utf16_length(text) / 2000) + 1


def test_a_text_that_just_fits_is_one_part_and_one_more_character_makes_two() -> None:
    assert split("x" * 2000, 2000) == ["x" * 2000]
    assert split("x" * 2001, 2000) == ["x" * 2000, "x"]
    assert split("\U0010ffff" * 1000, 2000) == ["\U0010ffff" * 1000]
    assert [len(part) for part in split("\U0010ffff" * 1001, 2000)] == [1000, 1]


def test_boundaries_in_order_of_preference() -> None:
    filler = "w" * 1200
    assert split(f"{filler}\n\n{'a ' * 300}\n{'b ' * 300}", 2000)[0] == filler
    assert split(f"{filler}\n{'a ' * 300}One. {'b ' * 300}", 2000)[0] == filler
    assert split(f"{filler} One. {'b ' * 600}", 2000)[0] == f"{filler} One."
    assert split(f"{filler} one two{'c' * 900}", 2000)[0] == f"{filler} one"
    assert split(f"{filler}字。{'字' * 900}", 2000)[0] == f"{filler}字。"


def test_a_heading_stays_with_its_text() -> None:
    filler = "w " * 800
    parts = split(f"{filler}\n\n## Heading\n\n{'b' * 1000}", 2000)
    assert parts[1].startswith("## Heading\n\nbbb")


@pytest.mark.parametrize(
    "whole",
    [
        "`some inline code`",
        "[a link text](https://example.org/path)",
        "<@123456789012345678>",
        "</command sub:123456789>",
        "**bold words here**",
        "||a hidden word||",
    ],
)
@pytest.mark.parametrize("offset", [1, 5, 9])
def test_what_belongs_together_is_not_cut(whole: str, offset: int) -> None:
    filler = ("word " * 500)[: 2000 - offset].rsplit(" ", 1)[0]
    parts = split(f"{filler} {whole} after", 2000)
    assert any(whole in part for part in parts), parts[1]


def test_a_mention_in_a_text_without_spaces_is_not_cut() -> None:
    parts = split(f"{'x' * 1990}<@123456789012345678>{'y' * 50}", 2000)
    assert parts[1].startswith("<@123456789012345678>y")


@pytest.mark.parametrize("cluster", [FAMILY, "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3", "각", "각"])
@pytest.mark.parametrize("before", range(1985, 2004))
def test_no_cluster_is_cut_at_the_limit(cluster: str, before: int) -> None:
    text = "x" * before + cluster * 3
    at = 0
    for piece in cut(text, 2000)[:-1]:
        at += len(piece.text)
    assert at <= before or (at - before) % len(cluster) == 0


def test_a_fence_is_closed_and_opened_again_with_its_language() -> None:
    code = "print(1)\n" * 300
    first, second = split(f"Look:\n\n```python\n{code}```\nDone.", 2000)[:2]
    assert first.endswith("print(1)\n```")
    assert second.startswith("```python\nprint(1)\n")
    parts = split(f"{'x' * 1975}\n```py\n{'y = 1' * 20}\n```", 2000)
    assert parts == ["x" * 1975, f"```py\n{'y = 1' * 20}\n```"]


def test_indentation_of_code_is_kept() -> None:
    code = "def f():\n" + "    return 1\n" * 400
    parts = split(f"```python\n{code}```", 2000)
    assert all(part.startswith("```python\n    return 1\n") for part in parts[1:])


def test_inner_shorter_fences_are_text() -> None:
    inner = "```py\nx\n```\n" * 300
    for part in split(f"````markdown\n{inner}````\nafter", 2000)[:-1]:
        assert part.startswith("````markdown\n")
        assert part.endswith("\n````")


@pytest.mark.parametrize("extra", range(-12, 13))
@pytest.mark.parametrize("closing", ["\n```", "\n\n\n```", "\n   ```", "\n``````", "\n```  "])
@pytest.mark.parametrize("rest", ["", "\n", "\nand text"])
def test_a_fence_that_closes_at_the_boundary_leaves_no_empty_code(
    extra: int, closing: str, rest: str
) -> None:
    text = f"```py\n{'x' * (1985 + extra)}{closing}{rest}"
    pieces = cut(text, 2000)
    check(pieces, text, 2000)
    for part in split(text, 2000):
        assert re.sub(r"```(py)?|\n", "", part).strip("`") != ""


def test_an_endless_info_string_does_not_stop_progress() -> None:
    text = f"```{'i' * 5000}\ncode\n```\n" * 3
    pieces = cut(text, 2000)
    check(pieces, text, 2000)
    text = f"```{'i' * 490}\n{'c' * 4000}\n```"
    pieces = cut(text, 2000)
    check(pieces, text, 2000)


def test_an_open_fence_is_closed_while_streaming() -> None:
    splitter = Splitter(2000)
    assert splitter.feed("Look:\n```py\nx = 1") == ["Look:\n```py\nx = 1\n```"]
    assert splitter.feed("Look:\n```py\nx = 1\n``") == ["Look:\n```py\nx = 1\n```"]
    assert splitter.feed("Look:\n```py\nx = 1\n```") == ["Look:\n```py\nx = 1\n```"]


def test_white_space_alone_is_never_a_part() -> None:
    assert split("", 2000) == []
    assert split(" \n\t\n", 2000) == []
    assert split(f"a{' ' * 9000}b", 2000) == ["a", "b"]
    assert split("a" + "\n" * 9000 + "b", 2000) == ["a", "b"]
    assert split("\u200b" * 9000, 2000) == []
    text = "```\n" + " " * 9000 + "x\n```"
    check(cut(text, 2000), text, 2000)


def test_surrogate_halves_stay_together() -> None:
    text = "x" * 1999 + "\ud83d\ude00"
    assert split(text, 2000) == ["x" * 1999, "\ud83d\ude00"]


def test_other_ways_of_counting() -> None:
    def by_bytes(text: str) -> int:
        return len(text.encode())

    parts = split("ü" * 3000, 2000, by_bytes)
    assert [len(part) for part in parts] == [1000, 1000, 1000]
    with pytest.raises(ValueError, match="too small"):
        Splitter(10)


MEGABYTE = {
    "back-ticks": "`" * 1_000_000,
    "fences": "```\n" * 250_000,
    "ten thousand fences": ("```py\n" + "x = 1\n" * 15 + "```\n") * 10_000,
    "open fences": "````\n```\n" * 110_000,
    "no spaces": "x" * 1_000_000,
    "wide": "\U0010ffff" * 1_000_000,
    "one cluster": "a" + "\u200d\U0001f468" * 500_000,
    "combining": "e" + "\u0301" * 999_999,
    "flags": "\U0001f1e9" * 1_000_000,
    "brackets": "[" * 1_000_000,
    "angles": "<@" * 500_000,
    "stars": "** " * 333_000,
    "spaces": "a " * 500_000,
    "lines": "a\n" * 500_000,
    "blank": "a" + " " * 999_998 + "b",
    "code of spaces": "```\n" + "x\n" + " " * 999_990 + "y\n```",
    "prose": "Some words make a sentence here. " * 30_000,
}


@pytest.mark.parametrize("name", MEGABYTE)
def test_a_megabyte_is_cut_in_linear_time(name: str) -> None:
    text = MEGABYTE[name]
    with patience.linear():
        pieces = cut(text, 2000)
    assert "".join(piece.text for piece in pieces) == text
    assert all(utf16_length(piece.shown) <= 2000 for piece in pieces)


def test_a_stream_does_not_read_frozen_text_again() -> None:
    counted = 0

    def length(text: str) -> int:
        nonlocal counted
        counted += len(text)
        return utf16_length(text)

    text = "Some words make a sentence here. " * 3_000
    Splitter(2000, length).feed(text[:50_000])
    short, counted = counted, 0
    Splitter(2000, length).feed(text)
    assert counted < 2.5 * short

    splitter = Splitter(2000, length)
    splitter.feed(text)
    counted = 0
    splitter.feed(text + "one more word")
    assert counted < 100_000
