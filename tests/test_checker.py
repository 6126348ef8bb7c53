"""The checker finds each kind of broken promise, and nothing in a run that kept them all."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import checker_runs as runs
from tests.checker import check
from tests.checker_case import Breaks, Case, good
from tests.checker_rows_erasure import ERASURE
from tests.checker_rows_messages import MESSAGES
from tests.checker_rows_money import MONEY
from tests.checker_rows_pictures import PICTURES
from tests.checker_rows_traffic import TRAFFIC
from tests.checker_rows_turns import TURNS
from tests.evidence import Database, Evidence, Job

BREAKS: Breaks = TURNS | MESSAGES | MONEY | TRAFFIC | ERASURE | PICTURES


def test_a_run_that_kept_its_promises_is_clean(tmp_path: Path) -> None:
    report = good().judge(tmp_path)
    assert report.violations == ()
    assert (report.turns, report.messages) == (3, 4)
    report.require_none()


@pytest.mark.parametrize("happens", runs.ALL)
def test_what_may_happen_is_no_violation(happens: Callable[[Case], None], tmp_path: Path) -> None:
    case = good()
    happens(case)
    case.calm = True
    assert case.judge(tmp_path).violations == ()


@pytest.mark.parametrize("name", BREAKS)
def test_each_broken_promise_is_found(name: str, tmp_path: Path) -> None:
    invariant, kind, words, breaking = BREAKS[name]
    case = good()
    breaking(case)
    found = case.judge(tmp_path).violations
    assert any(
        each.invariant == invariant and each.kind is kind and words in each.text for each in found
    ), found


def test_every_invariant_has_a_way_to_be_broken() -> None:
    assert {each[0] for each in BREAKS.values()} == {f"I{n}" for n in range(1, 15)} | {"log"}
    lists = (TURNS, MESSAGES, MONEY, TRAFFIC, ERASURE, PICTURES)
    assert len(BREAKS) == sum(map(len, lists)), "a name is of one of them"


def test_a_torn_file_is_found(tmp_path: Path) -> None:
    case = good()
    case.judge(tmp_path)
    path = tmp_path / "bot.db"
    connection = sqlite3.connect(path)
    # An index that no longer agrees with its table, as a lost page leaves it.
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema "
                       "WHERE name = 'watermark') WHERE name = 'part_message'")  # fmt: skip
    connection.commit()
    connection.close()
    evidence = Evidence(copy.deepcopy(case.world), case.entries, Database.read(path))
    assert any(each.invariant == "I11" for each in check(evidence).violations)


def test_a_placeholder_may_be_older_than_what_stands_elsewhere(tmp_path: Path) -> None:
    case = good()
    case.change("part", {"turn": "t3"}, message="2050", place="10")
    case.see(3100, id="2050", place="10")
    assert case.judge(tmp_path).violations == ()


def test_what_others_removed_is_not_held_against_us(tmp_path: Path) -> None:
    case = good()
    case.unsee(1101)
    case.world.by_others.add("1101")
    assert case.judge(tmp_path).violations == ()


def test_a_message_heard_of_late_may_be_answered_late(tmp_path: Path) -> None:
    case = good()
    case.change(
        "turn", {"id": "t2"}, received_at=3500, started_at=3501, concluded_at=3510, ended_at=3999
    )
    assert case.judge(tmp_path).violations == ()


def test_an_unfinished_run_may_have_open_turns(tmp_path: Path) -> None:
    case = good()
    case.change("turn", {"id": "t3"}, state="delivering", ended_at=None)
    assert case.judge(tmp_path, final=False).violations == ()


def test_a_job_that_only_quotes_a_question_is_none_of_it(tmp_path: Path) -> None:
    case = good()
    runs.submitted(case)
    case.jobs.append(Job("job-2", "Bot wrote:\n> a question of its own\n\nWhat is meant?"))
    assert not [each for each in case.judge(tmp_path).violations if each.invariant == "I13"]
