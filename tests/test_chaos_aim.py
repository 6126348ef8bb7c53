"""What a campaign of kills aims at, and what it says of what it did not come to."""

from __future__ import annotations

import ast
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos import scene
from tests.chaos.aim import TRIES, TRIES_MORE, Goal, choose, choose_more, list_goals
from tests.chaos.painters import LINKS, YES
from tests.chaos.points import Unread, excuse_points, expect_points, is_excused, read_points
from tests.chaos.tally import Tally
from tests.chaos.venue_discord import DiscordVenue
from tests.chaos.venue_slack import SlackVenue

VENUES: dict[str, type[DiscordVenue | SlackVenue]] = {
    "discord": DiscordVenue,
    "slack-http": SlackVenue,
}
RARE = "after:direct"


def complete(venue: str = "discord") -> Tally:
    """Return the figures of a campaign that came to everything, twice."""
    kind = VENUES[venue]
    tally = Tally(venue, kind.points, kind.states)
    for name in tally.known:
        tally.passed[name], tally.kills[name] = 10, 2
    tally.states = Counter(dict.fromkeys(tally.wanted_states, 5))
    tally.painted = Counter({LINKS: 1, YES: 1})
    return tally


def never_killed_at(*points: str) -> Tally:
    """Return the figures of a campaign that passed some points and never killed there."""
    tally = complete()
    for point in points:
        del tally.kills[point]
    return tally


# --- the points of the source


def write(folder: Path, text: str) -> Path:
    """Return a folder with a module that says this, beside what all names go through."""
    (folder / "faults.py").write_text(
        "def fault_point(name): ...\n"
        "async def transition(name, work):\n"
        "    fault_point(f'before:{name}')\n"
        "    await work\n"
        "    fault_point(f'after:{name}')\n"
    )
    (folder / "module.py").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("fault_point('before:tell')", ["before:tell"]),
        ("transition(\n    'claim',\n    work,\n)", ["after:claim", "before:claim"]),
        (
            "class Calls:\n"
            "    def make(self, name, call):\n"
            "        return self.once(name, call)\n"
            "    def once(self, name, call):\n"
            "        fault_point(f'before:{name}')\n"
            "class Other:\n"
            "    def go(self):\n"
            "        self._calls.make('mark' if queued else 'unmark', put)\n"
            "        self._calls.once('direct', open)\n",
            ["before:direct", "before:mark", "before:unmark"],
        ),
        (
            "def persist(name, make):\n"
            "    transition(name, make())\n"
            "persist(f'end_{end.outcome}', end)",
            [
                f"{side}:end_{outcome}"
                for side in ("after", "before")
                for outcome in (
                    *("answered", "cancelled", "failed", "refused"),
                    *("stopped", "undeliverable"),
                )
            ],
        ),
    ],
    ids=["a point", "both sides", "handed on", "made of an outcome"],
)
def test_every_point_of_the_source_is_found(tmp_path: Path, text: str, points: list[str]) -> None:
    assert read_points(write(tmp_path, text)) == points


@pytest.mark.parametrize("name", ["names[0]", "f'part_{colour}'", "name", "'part_' + state"])
def test_a_point_whose_name_cannot_be_read_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unread, match=r"module\.py:1"):
        read_points(write(tmp_path, f"fault_point({name})"))


def test_calls_of_a_platform_and_ends_of_turns_are_points() -> None:
    # Their names are handed on or put together; no word in quotes follows `fault_point(`.
    named = {"after:direct", "before:whisper", "after:end_stopped", "before:part_unknown"}
    assert named <= {*read_points()}


@pytest.mark.parametrize("platform", ["discord", "slack"])
def test_only_a_point_of_the_source_can_be_excused(platform: str) -> None:
    excused = {name for name in read_points() if is_excused(name, platform)}
    assert {name.partition(":")[2] for name in excused} == {*excuse_points(platform)}
    assert {*expect_points(platform)} == {*read_points()} - excused


# --- what is said of what was not come to


@pytest.mark.parametrize("venue", VENUES)
def test_nothing_is_short_where_all_was_come_to(venue: str) -> None:
    tally = complete(venue)
    assert tally.shortcomings(least_points=40) == []
    assert list_goals(tally) == []


def test_a_point_of_the_source_that_is_never_passed_is_named() -> None:
    tally = complete()
    for point in ("before:whisper", "done:POST /channels/{channel_id}/messages"):
        del tally.passed[point], tally.kills[point]
    assert tally.shortcomings(least_points=40) == [
        "never passed: before:whisper",
        "never passed: done:POST /channels/{channel_id}/messages",
    ]
    assert "    0       0  before:whisper" in tally.list_hits()


def test_a_point_that_is_passed_and_never_killed_at_is_named() -> None:
    assert never_killed_at(RARE).shortcomings(least_points=40) == [f"never killed at: {RARE}"]


def test_a_point_that_is_passed_though_it_is_excused_is_named() -> None:
    tally = complete()
    tally.passed["after:part_sending"] = tally.kills["after:part_sending"] = 1
    (short,) = tally.shortcomings(least_points=40)
    assert short == "passed, though it is said never to be: after:part_sending"


# --- the aim


def test_what_killed_least_is_aimed_at_first() -> None:
    tally = never_killed_at(RARE)
    assert choose(tally) == RARE
    # As long as others killed no more often, it is waited for in vain only so often.
    tally.misses[RARE] = 2 * TRIES + 1
    assert choose(tally) != RARE


def test_what_no_kill_came_to_is_aimed_at_in_turn() -> None:
    tally = never_killed_at("after:direct", "before:direct")
    first, second = Goal("after:direct"), Goal("before:direct")
    tried: Counter[Goal] = Counter()
    assert choose_more(tally, tried) == first
    tried[first] += 1
    assert choose_more(tally, tried) == second
    tried[second] += 1
    assert choose_more(tally, tried) == first
    tally.kills[first.point] += 1
    assert choose_more(tally, tried) == second


def test_what_is_never_come_to_is_let_be_and_named() -> None:
    tally, tried = never_killed_at(RARE), Counter[Goal]()
    while (goal := choose_more(tally, tried)) is not None:
        tried[goal] += 1
    assert tried == {Goal(RARE): TRIES_MORE}
    assert tally.shortcomings(least_points=40) == [f"never killed at: {RARE}"]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_dice_every_point_that_can_be_killed_at_is(seed: int) -> None:
    dice, tally, tried = random.Random(seed), complete(), Counter[Goal]()
    tally.kills.clear()
    while (goal := choose_more(tally, tried)) is not None:
        tried[goal] += 1
        # Each point is come to in the last of its cycles at the latest.
        if dice.random() < 0.3 or tried[goal] == TRIES_MORE:
            tally.kills[goal.point] += 1
    assert tally.shortcomings(least_points=40) == []


@pytest.mark.parametrize("venue", VENUES)
def test_every_state_has_a_point_where_a_kill_finds_it(venue: str) -> None:
    tally = complete(venue)
    tally.states.clear()
    goals = list_goals(tally)
    assert [goal.finds for goal in goals] == [*tally.wanted_states]
    assert {goal.point for goal in goals} <= {*tally.known}


def test_every_scene_is_of_a_point_that_there_is() -> None:
    known = {name.partition(":")[2] for venue in VENUES for name in complete(venue).known}
    named = [
        case.value.value
        for case in ast.walk(ast.parse(Path(scene.__file__).read_text(encoding="utf-8")))
        if isinstance(case, ast.MatchValue) and isinstance(case.value, ast.Constant)
    ]
    assert named
    assert [name for name in named if name not in known] == []


def test_a_life_for_what_was_not_come_to_is_longer_and_leads_there() -> None:
    found = Goal(RARE).scene
    assert (found.shut, found.denied, found.patience) == (1.0, 1.0, 10.0)
