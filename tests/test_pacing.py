from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pacing import Budget
from bot.ports import Limits

EDIT = 1.2


@dataclass
class Reply:
    """A reply as the turn machine drives it: ask, wait until told, ask again, call."""

    place: str
    tokens: list[float]
    calls: list[float] = field(default_factory=list)
    last: float = -inf
    shown: int = 0

    @property
    def start(self) -> float:
        return self.tokens[0]

    @property
    def end(self) -> float:
        return self.tokens[-1]

    def written(self, now: float) -> int:
        return sum(1 for at in self.tokens if at <= now)


class Bucket:
    """Count as Discord does: so many calls from the first one until its reset."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        self.reset, self.used = -inf, 0

    def take(self, now: float) -> float:
        """Return 0, or how long to wait."""
        if now >= self.reset:
            self.reset, self.used = now + self.seconds, 0
        self.used += 1
        return 0.0 if self.used <= self.limit else self.reset - now


@dataclass
class Run:
    calls: list[tuple[float, str, bool]]
    refused: int
    late: list[float]


def simulate(
    replies: list[Reply],
    budget: Budget,
    limit: int = 5,
    latency: float = 0.05,
    rate: int = 50,
    window: float = 1.0,
) -> Run:
    """Let replies be written until each has shown its last token."""
    places: dict[str, Bucket] = defaultdict(lambda: Bucket(limit, 5.0))
    whole = Bucket(rate, window)
    calls: list[tuple[float, str, bool]] = []
    late: list[float] = []
    refused = 0
    queue = [(reply.start, number) for number, reply in enumerate(replies)]
    heapq.heapify(queue)
    joined: set[int] = set()
    clock = 0.0
    for _ in range(200_000):
        if not queue:
            return Run(calls, refused, late)
        now, number = heapq.heappop(queue)
        assert now >= clock
        clock = now
        reply = replies[number]
        if number not in joined:
            joined.add(number)
            budget.join(reply.place)
        written = reply.written(now)
        if written == reply.shown:
            heapq.heappush(queue, (reply.tokens[written], number))
            continue
        final = written == len(reply.tokens)
        urgent = final or not reply.calls
        at = budget.next_at(reply.place, reply.last, now, urgent)
        assert at >= now
        if at > now:
            # The last token wakes a waiting reply, since its final text is urgent.
            wake = at if final else min(at, max(reply.end, now + 1e-6))
            heapq.heappush(queue, (wake, number))
            continue
        wait = max(places[reply.place].take(now), whole.take(now))
        if wait:
            refused += 1
            budget.throttled(reply.place, wait, now)
            heapq.heappush(queue, (now + wait, number))
            continue
        calls.append((now, reply.place, urgent))
        reply.calls.append(now)
        reply.last = now + latency
        reply.shown = written
        if final:
            late.append(now - reply.end)
            budget.leave(reply.place)
        else:
            heapq.heappush(queue, (now + latency, number))
    raise AssertionError("did not come to an end")


def steady(place: str, start: float, seconds: float, gap: float = 0.02) -> Reply:
    return Reply(place, [start + n * gap for n in range(max(1, ceil(seconds / gap)))])


gaps = st.lists(st.sampled_from([0.001, 0.02, 0.02, 0.1, 0.7, 3.0]), min_size=1, max_size=150)
streams = st.builds(
    lambda place, start, steps: Reply(
        place, [start + sum(steps[: n + 1]) for n in range(len(steps))]
    ),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([0.0, 0.0, 0.3, 1.0, 5.0]),
    gaps,
)


@settings(max_examples=200)
@given(gaps)
def test_an_answer_alone_is_shown_at_once_often_and_never_refused(steps: list[float]) -> None:
    reply = Reply("a", [sum(steps[: n + 1]) for n in range(len(steps))])
    run = simulate([reply], Budget(EDIT))
    assert run.refused == 0
    assert reply.calls[0] == reply.start
    assert len(reply.calls) <= 1 + ceil((reply.end - reply.start) / EDIT) + 1
    assert run.late[0] <= EDIT


@pytest.mark.parametrize("seconds", [0.1, 1.0, 1.3, 6.0, 30.0, 61.0])
def test_a_steady_answer_ends_at_once(seconds: float) -> None:
    reply = steady("a", 0.0, seconds)
    run = simulate([reply], Budget(EDIT))
    assert run.refused == 0
    assert run.late == [0.0]
    assert ceil(seconds / 1.4) - 1 <= len(reply.calls) <= 1 + ceil(seconds / EDIT) + 1


@settings(max_examples=150)
@given(st.lists(streams, min_size=1, max_size=6))
def test_replies_share_a_place_without_a_refusal(replies: list[Reply]) -> None:
    run = simulate(replies, Budget(EDIT))
    assert run.refused == 0
    by_place: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for at, place, urgent in run.calls:
        by_place[place].append((at, urgent))
    for calls in by_place.values():
        times = [at for at, _ in calls]
        for (before, _), (at, urgent) in pairwise(calls):
            assert urgent or at - before >= EDIT - 1e-9
        for first, sixth in zip(times, times[5:], strict=False):
            assert sixth - first >= 5.0
    assert len(run.late) == len(replies)


def test_replies_in_one_place_take_turns() -> None:
    replies = [steady("a", 0.01 * n, 60.0) for n in range(4)]
    simulate(replies, Budget(EDIT))
    counts = [len(reply.calls) for reply in replies]
    assert min(counts) >= 60 / (4 * EDIT * 1.5)
    assert max(counts) <= 1.5 * min(counts)


def test_the_whole_bot_stays_within_its_rate() -> None:
    replies = [steady(f"place {n}", 0.001 * n, 20.0, 0.1) for n in range(150)]
    run = simulate(replies, Budget(EDIT, 45.0))
    assert run.refused == 0
    times = [at for at, _, _ in run.calls]
    for first, later in zip(times, times[45:], strict=False):
        assert later - first >= 1.0 - 1e-9
    # First texts do not wait for edits: 150 of them need little more than 150 / 45 s.
    assert max(reply.calls[0] - reply.start for reply in replies) <= 150 / 45 + 1.0
    counts = [len(reply.calls) for reply in replies]
    assert max(counts) <= 2 * min(counts) + 2


def test_first_and_final_texts_go_before_middle_edits() -> None:
    busy = [steady(f"place {n}", 0.0, 60.0, 0.1) for n in range(100)]
    late = [steady(f"late {n}", 20.0 + n * 0.5, 0.5, 0.1) for n in range(20)]
    run = simulate([*busy, *late], Budget(EDIT, 45.0))
    assert run.refused == 0
    assert max(reply.calls[0] - reply.start for reply in late) <= 0.05
    assert max(reply.calls[-1] - reply.end for reply in late) <= 0.05


def test_a_platform_may_count_over_a_minute() -> None:
    """So many calls at once are taken where few were made before, as Slack does."""
    minute = Limits(11_000, len, edit_seconds=0.7, requests_per_second=1.5, burst_seconds=60.0)
    many = [steady(f"place {n}", 0.0, 120.0, 0.5) for n in range(10)]
    run = simulate(many, Budget.of(minute), limit=5, rate=90, window=60.0)
    assert run.refused == 0
    assert max(run.late) <= 0.05
    for start in range(0, 120, 10):
        made = [at for at, _, _ in run.calls if start <= at < start + 60]
        assert len(made) <= 90
    # They share what there is from the first minute on: nobody stands still for half of it.
    for reply in many:
        steps = [later - earlier for earlier, later in pairwise(reply.calls)]
        assert max(steps) <= 20.0


def test_a_few_calls_at_once_are_taken_at_once() -> None:
    budget = Budget.of(Limits(1, len, requests_per_second=1.5, burst_seconds=60.0))
    taken = [budget.next_at(f"place {n}", -inf, 0.0, urgent=True) for n in range(91)]
    assert taken == [0.0] * 90 + [60.0]


def test_a_waiting_final_text_goes_before_an_edit_in_its_place() -> None:
    budget = Budget(EDIT)
    for _ in range(2):
        budget.join("a")
    for at in (0.0, 0.1, 0.2, 0.3, 0.4):
        assert budget.next_at("a", -inf, at, urgent=True) == at
    final_at = budget.next_at("a", 0.3, 0.5, urgent=True)
    assert final_at > 0.5
    assert budget.next_at("a", 0.4, 0.5) > final_at
    assert budget.next_at("a", 0.4, final_at) > final_at
    assert budget.next_at("a", 0.3, final_at, urgent=True) == final_at


@pytest.mark.parametrize(("limit", "most"), [(3, 8), (2, 14)])
def test_a_stricter_platform_is_obeyed_and_learnt(limit: int, most: int) -> None:
    reply = steady("a", 0.0, 60.0)
    run = simulate([reply], Budget(EDIT), limit=limit)
    assert len(run.late) == 1
    assert 0 < run.refused <= most


def test_a_refusal_is_waited_out_then_forgotten() -> None:
    budget = Budget(EDIT)
    budget.join("a")
    assert budget.next_at("a", -inf, 0.0, urgent=True) == 0.0
    budget.throttled("a", 7.5, 1.0)
    assert budget.next_at("a", 0.0, 1.0, urgent=True) == 8.5
    assert budget.next_at("a", 0.0, 2.0) >= 8.5
    assert budget.next_at("b", -inf, 2.0, urgent=True) == 2.0
    gaps = []
    now = 8.5
    for _ in range(20):
        at = budget.next_at("a", now, now)
        while at > now:
            now, last = at, now
            at = budget.next_at("a", last, now)
        gaps.append(now)
    steps = [later - earlier for earlier, later in pairwise(gaps)]
    assert steps[0] > 1.2 * EDIT
    assert steps[-1] < 1.1 * EDIT


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "ask", "ask", "urgent", "throttled", "join", "leave"]),
            st.sampled_from(["a", "b"]),
            st.floats(0.0, 3.0),
        ),
        max_size=60,
    )
)
def test_never_in_the_past_and_never_sooner_than_told(
    steps: list[tuple[str, str, float]],
) -> None:
    budget = Budget(EDIT, 5.0)
    now = 0.0
    for what, place, amount in steps:
        now += amount
        match what:
            case "throttled":
                budget.throttled(place, amount, now)
            case "join":
                budget.join(place)
            case "leave":
                budget.leave(place)
            case _:
                at = budget.next_at(place, now - 1.0, now, what == "urgent")
                assert at >= now
                if at > now:
                    # Asking again a little later never brings the time forward.
                    assert budget.next_at(place, now - 1.0, (now + at) / 2, what == "urgent") >= at


def test_places_of_the_past_are_forgotten() -> None:
    budget = Budget(EDIT)
    for n in range(5_000):
        place, now = f"place {n}", n * 1.0
        budget.join(place)
        assert budget.next_at(place, -inf, now, urgent=True) == now
        budget.leave(place)
    assert len(budget._places) < 300
