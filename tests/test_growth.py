"""The parts of a growing answer: which are final, which grows, and when one has grown enough."""

from __future__ import annotations

from bot.ports import Limits
from bot.turns.growth import Grown, Growth
from tests.shown import joins_to

SENTENCE = "One more sentence stands here. "
LIMITS = Limits(1_000, len, part_seconds=240.0)


def show(growth: Growth, text: str, now: float) -> list[Grown]:
    """Plan and show everything at once."""
    parts = list(growth.plan(text, now))
    for part in parts:
        growth.showed(part, now)
    return parts


def test_only_the_last_part_grows() -> None:
    growth = Growth(LIMITS)
    (first,) = show(growth, SENTENCE, 0.0)
    assert (first.index, first.is_last, first.grows) == (0, True, True)
    full, last = show(growth, SENTENCE * 40, 1.0)
    assert (full.index, full.is_last, full.grows) == (0, False, False)
    assert (last.index, last.is_last, last.grows) == (1, True, True)
    # What is final is planned no more.
    assert [part.index for part in show(growth, SENTENCE * 41, 2.0)] == [1]


def test_what_has_grown_for_long_ends_where_it_stands() -> None:
    growth = Growth(LIMITS)
    (young,) = show(growth, SENTENCE * 2, 10.0)
    show(growth, SENTENCE * 3, 249.9)
    # Without anything new there is no reason to end it.
    (same,) = show(growth, SENTENCE * 3, 400.0)
    assert (same.index, growth.cuts) == (0, ())
    ended, fresh = show(growth, SENTENCE * 4, 401.0)
    assert (ended.index, ended.grows, fresh.index, fresh.grows) == (0, False, 1, True)
    assert ended.piece.shown.startswith(young.piece.shown)
    assert len(growth.cuts) == 1
    # The new one is young: it grows for as long.
    assert [part.index for part in show(growth, SENTENCE * 6, 640.9)] == [1]
    assert [part.index for part in show(growth, SENTENCE * 7, 641.0)] == [1, 2]
    assert len(growth.cuts) == 2


def test_parts_that_are_too_long_are_planned_anew() -> None:
    growth = Growth(LIMITS)
    text = SENTENCE * 90
    longest = max(len(part.piece.shown) for part in show(growth, text, 0.0))
    assert growth.make_smaller()
    parts = show(growth, text, 1.0)
    assert [part.index for part in parts] == list(range(len(parts)))
    assert max(len(part.piece.shown) for part in parts) <= 750 < longest
    assert joins_to([part.piece.shown for part in parts], text.rstrip())
    assert not growth.make_smaller()


def test_a_platform_of_long_messages_may_turn_out_to_take_short_ones() -> None:
    growth = Growth(Limits(11_000, len))
    assert growth.sizes == (11_000, 8_250, 3_800, 2_800)
    assert Growth(Limits(2_000, len)).sizes == (2_000, 1_500)


def test_what_a_file_carries_grows_no_more() -> None:
    growth = Growth(LIMITS)
    parts = show(growth, SENTENCE * 800, 0.0)
    assert not any(part.grows for part in parts)
    assert parts[-1].is_last
