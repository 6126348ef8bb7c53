"""What is kept for a time only, and what stays for the sake of the sums."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.domain import Amounts, Outcome, Turn
from bot.events import Action, ReasonGiven, WorkspaceJoined, WorkspaceLeft
from bot.ports import Chosen, Conclusion, Level, PartState, Purpose, SettingName
from storage import purging
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    HOLD,
    MODEL,
    NOW,
    asked,
    attachment,
    claimed,
    dump,
    edited,
    ended,
    mention,
    press,
    select,
    store,
    thread,
)

__all__ = ["store"]

DAY = purging.DAY_MS


async def unshown(store: SqliteStore, message: str) -> Turn:
    await store.admit(mention(message), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    end = Conclusion(Outcome.ANSWERED, "secret answer", "secret note", charge=Amounts(1))
    await store.conclude(turn, end, NOW)
    await store.end(turn, Outcome.UNDELIVERABLE, NOW)
    return turn


async def test_what_could_not_be_shown_is_kept_for_a_day(store: SqliteStore) -> None:
    old = await unshown(store, "100")
    await ended(store, mention("200"), answer="shown")
    await store.purge(NOW + DAY)
    kept = await store.read(old.id)
    assert kept is not None
    assert kept.answer == "secret answer"

    gone = await store.purge(NOW + DAY + 1)

    assert gone["answers"] == 1
    assert "secret" not in str(await dump(store))
    assert "shown" in str(await dump(store))
    assert (await store.purge(NOW + DAY + 1))["answers"] == 0
    # Asked again now, it is asked of the model.
    again = await store.admit(press(Action.RETRY, old.id), NOW)
    turn = await store.read(again.turn)
    assert turn is not None
    assert (turn.answer, turn.prompt) == ("", "hello")


async def furnish(store: SqliteStore, workspace: str) -> None:
    """Leave something in every table that a workspace has rows in."""
    here = thread("100", workspace=workspace)
    first = mention("100", of=here, roots=True, text="secret", attachments=(attachment(),))
    turn = await ended(store, first, answer="secret answer")
    await store.admit(press(Action.BAD, turn.id, workspace=workspace), NOW)
    await store.admit(ReasonGiven("discord", workspace, turn.id, ANN, "secret"), NOW)
    changed = edited("100", "secret two", at="100", workspace=workspace, files=("f1",))
    await store.admit(changed, NOW)
    offer = await claimed(store)
    await store.begin_part(offer, Purpose.NOTICE, 0, "100", "n", NOW)
    await store.mark_part(offer, Purpose.NOTICE, 0, PartState.SENT, "m" + workspace, NOW)
    await store.conclude(offer, Conclusion(Outcome.REFUSED, note="secret"), NOW)
    await store.end(offer, Outcome.REFUSED, NOW)
    await store.admit(asked("500", of=here, text="secret"), NOW)
    await claimed(store)
    hidden = mention("101", of=here, addressed=False, text="", unreadable=True)
    await store.admit(hidden, NOW)
    persona = Chosen(Level.SERVER, SettingName.PERSONA, "secret")
    await store.choose(here, persona)
    await store.raise_watermarks("discord", workspace, {"": 1})


COUNTED = ("turn", "step", "reservation", "ledger")


async def test_what_a_left_workspace_leaves_behind_goes_after_a_month(store: SqliteStore) -> None:
    await furnish(store, "guild")
    await furnish(store, "other")
    spent = await select(store, "SELECT * FROM ledger ORDER BY turn")
    counts = {table: await select(store, f"SELECT COUNT(*) FROM {table}") for table in COUNTED}
    await store.admit(WorkspaceLeft("discord", "guild"), NOW)
    before = await dump(store)
    assert await store.purge(NOW + 1) == {
        "answers": 0,
        "told": 0,
        "drafts": 0,
        "counters": 0,
    }
    assert await dump(store) == before

    gone = await store.purge(NOW + purging.LEFT_MS + 1)

    assert gone["conversations"] == 1
    assert gone["workspaces"] == 1
    assert gone["messages"] == 4
    for table, rows in (await dump(store)).items():
        ours = [row for row in rows if "guild" in row]
        assert bool(ours) is (table in {"turn", "ledger"}), table
        assert "secret" not in str(ours)
        assert ANN.name not in str([row for row in ours if table == "turn"])
    kept = {row[0] for row in await select(store, "SELECT id FROM turn WHERE workspace = 'other'")}
    for table in ("feedback", "interaction", "part"):
        assert {row[0] for row in await select(store, f"SELECT turn FROM {table}")} <= kept
    assert "secret two" in str(await dump(store))
    assert await select(store, "SELECT * FROM ledger ORDER BY turn") == spent
    for table in COUNTED:
        assert await select(store, f"SELECT COUNT(*) FROM {table}") == counts[table]
    assert await select(store, "SELECT * FROM workspace") == []


async def test_a_workspace_that_came_back_keeps_everything(store: SqliteStore) -> None:
    await furnish(store, "guild")
    await store.admit(WorkspaceLeft("discord", "guild"), NOW)
    await store.admit(WorkspaceJoined("discord", "guild"), NOW + DAY)
    before = (await dump(store))["message"]
    await store.purge(NOW + 2 * purging.LEFT_MS)
    assert (await dump(store))["message"] == before


async def test_a_large_workspace_goes_in_small_steps(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "CONVERSATIONS_AT_ONCE", 2)
    for message in range(100, 105):
        await ended(store, mention(str(message)))
    await store.admit(WorkspaceLeft("discord", "guild"), NOW)
    later = NOW + purging.LEFT_MS + 1
    steps = []
    while (step := await store.engine.write(purging.purge_left(later))) is not None:
        steps.append(step)
    assert [each.get("conversations", 0) for each in steps] == [2, 2, 1, 0]
    assert steps[-1] == {"workspaces": 1}


async def test_who_was_told_yesterday_is_forgotten(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    hidden = mention("101", of=thread("100"), addressed=False, text="", unreadable=True)
    await store.admit(hidden, NOW)
    assert (await store.purge(NOW + DAY))["told"] == 0
    assert (await store.purge(NOW + DAY + 1))["told"] == 1


async def test_a_copy_made_before_an_upgrade_is_kept_for_a_week(
    store: SqliteStore, tmp_path: Path
) -> None:
    """It holds what people deleted since."""
    now = 100 * DAY
    for name, age in (
        ("bot.db.before-0002", 7 * DAY + 1),
        ("bot.db.before-0002.partial", 7 * DAY + 1),
        ("bot.db.before-0003", 7 * DAY),
        ("other.db.before-0002", 8 * DAY),
        ("bot.db.saved", 8 * DAY),
    ):
        path = tmp_path / name
        path.write_text("words")
        os.utime(path, ns=((now - age) * 1_000_000,) * 2)

    await store.purge(now)

    left = {path.name for path in tmp_path.iterdir() if path.read_bytes() == b"words"}
    assert left == {"bot.db.before-0003", "other.db.before-0002", "bot.db.saved"}
    assert (tmp_path / "bot.db").exists()
