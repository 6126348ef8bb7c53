"""What people set from chat, single facts, and what the people who run the bot are told."""

from __future__ import annotations

from pathlib import Path

from bot.domain import ThreadRef
from bot.ports import Alert, Chosen, Credit, Level, SettingName
from storage.store import SqliteStore
from tests.stored import LATER, NOW, asked, claimed, dump, opened, select, store, thread

__all__ = ["store"]

MODEL, PERSONA, MENTIONS = SettingName.MODEL, SettingName.PERSONA, SettingName.MENTIONS


def chosen(level: Level, value: str, name: SettingName = MODEL) -> Chosen:
    return Chosen(level, name, value, "u-ann", NOW)


async def test_the_narrowest_setting_comes_first(store: SqliteStore) -> None:
    here = thread("100")
    levels = [chosen(level, level.value) for level in (Level.THREAD, Level.CHANNEL, Level.SERVER)]
    for choice in reversed(levels):
        await store.choose(here, choice)
    await store.choose(here, chosen(Level.SERVER, "be brief", PERSONA))

    assert await store.chosen(here) == [*levels, chosen(Level.SERVER, "be brief", PERSONA)]
    assert await store.chosen(thread("200")) == [
        *levels[1:],
        chosen(Level.SERVER, "be brief", PERSONA),
    ]
    elsewhere = await store.chosen(thread("100", channel="other"))
    assert [each.level for each in elsewhere] == [Level.SERVER, Level.SERVER]
    assert await store.chosen(thread("100", workspace="other")) == []
    assert await store.chosen(ThreadRef("slack", "guild", "chan", "100")) == []


async def test_a_setting_is_replaced_and_taken_back(store: SqliteStore) -> None:
    here = thread("100")
    for value in ("one", "two"):
        await store.choose(here, Chosen(Level.CHANNEL, MODEL, value, "u-ben", LATER))
    assert await store.chosen(here) == [Chosen(Level.CHANNEL, MODEL, "two", "u-ben", LATER)]
    await store.choose(here, chosen(Level.THREAD, ""))  # there is none
    await store.choose(here, chosen(Level.CHANNEL, ""))
    assert await store.chosen(here) == []
    assert await select(store, "SELECT * FROM setting") == []


async def test_a_thread_is_one_under_both_its_names(store: SqliteStore) -> None:
    await store.admit(asked("500"), NOW)
    await store.set_place(await claimed(store), "777")
    # Chosen in the thread, as the platform names it; looked up by the conversation's key.
    await store.choose(thread("777"), chosen(Level.THREAD, "m"))
    for name in ("500", "777"):
        assert await store.chosen(thread(name)) == [chosen(Level.THREAD, "m")]
    await store.choose(thread("777"), chosen(Level.THREAD, ""))
    assert await store.chosen(thread("500")) == []


async def test_channels_that_are_listened_to_are_known(store: SqliteStore) -> None:
    for channel, value in (("a", "never"), ("b", "always"), ("c", "threads"), ("d", "never")):
        of = thread("1", channel=channel)
        await store.choose(of, chosen(Level.CHANNEL, value, MENTIONS))
    await store.choose(thread("1", channel="d"), chosen(Level.CHANNEL, "always", MENTIONS))
    await store.choose(thread("1", channel="e"), chosen(Level.CHANNEL, "never", PERSONA))
    await store.choose(
        thread("1", channel="a", workspace="w"), chosen(Level.CHANNEL, "never", MENTIONS)
    )
    assert await store.listening("discord") == {("guild", "a"), ("w", "a")}
    assert await store.listening("slack") == set()


async def test_a_fact_is_kept_until_it_is_forgotten(store: SqliteStore) -> None:
    assert await store.memo("discord:commands") == ""
    for value in ("one", "two"):
        await store.put_memo("discord:commands", value)
        await store.put_memo("other", "x")
        assert await store.memo("discord:commands") == value
    await store.put_memo("discord:commands", "")
    assert await store.memo("discord:commands") == ""
    assert await select(store, "SELECT * FROM memo") == [("other", "x")]


async def test_the_newest_figure_of_an_account_counts(store: SqliteStore) -> None:
    assert await store.credits() == []
    for credit in (
        Credit("segmind", 5_000_000, NOW),
        Credit("segmind", 4_000_000, LATER),
        Credit("segmind", 9_000_000, NOW + 1),  # said earlier, stored later
        Credit("aimlapi", -1, NOW),
    ):
        await store.note_credits(credit)
    assert await store.credits() == [
        Credit("aimlapi", -1, NOW),
        Credit("segmind", 4_000_000, LATER),
    ]


async def test_each_person_is_told_of_an_alert_once(store: SqliteStore) -> None:
    assert await store.raise_alert("auth:x", "The key is refused.", ["1", "2", "1"], NOW)
    before = await dump(store)
    assert not await store.raise_alert("auth:x", "Still refused.", ["3"], LATER)
    assert await dump(store) == before
    one, two = (Alert("auth:x", "The key is refused.", person, NOW) for person in "12")
    assert await store.untold() == [one, two]

    await store.mark_told(one)
    await store.mark_told(one)

    assert await store.untold() == [two]
    assert await store.standing() == [Alert("auth:x", "The key is refused.", "", NOW)]


async def test_who_was_told_within_the_hour_is_not_told_again(tmp_path: Path) -> None:
    hour = 3_600_000
    async with opened(tmp_path / "bot.db") as store:
        await store.raise_alert("auth:x", "one", ["1", "2"], NOW)
        one, _ = await store.untold()
        await store.mark_told(one)
        await store.clear_alert("auth:x")
    async with opened(tmp_path / "bot.db") as store:
        assert await store.raise_alert("auth:x", "two", ["1", "2"], NOW + hour - 1)
        assert [alert.person for alert in await store.untold()] == ["2"]
        await store.clear_alert("auth:x")
        await store.raise_alert("auth:y", "other", ["1"], NOW + hour - 1)
        assert [alert.name for alert in await store.untold()] == ["auth:y"]
        await store.raise_alert("auth:x", "three", ["1", "2"], NOW + hour)
        told = [alert.person for alert in await store.untold() if alert.name == "auth:x"]
        assert told == ["1", "2"]


async def test_an_alert_that_ended_is_told_again(store: SqliteStore) -> None:
    await store.raise_alert("auth:x", "one", ["1"], NOW)
    (old,) = await store.untold()
    await store.clear_alert("auth:x")
    await store.clear_alert("auth:x")
    assert (await store.untold(), await store.standing()) == ([], [])
    assert await store.raise_alert("auth:x", "two", ["1"], LATER)
    await store.raise_alert("low_credits:y", "three", [], LATER + 1)
    # What was told was the earlier one.
    await store.mark_told(old)
    assert await store.untold() == [Alert("auth:x", "two", "1", LATER)]
    assert [alert.text for alert in await store.standing()] == ["three", "two"]


async def test_an_alert_may_be_told_anew_after_a_time(store: SqliteStore) -> None:
    day = 86_400_000
    assert await store.raise_alert("files:x", "one", ["1"], NOW, again_ms=day)
    (old,) = await store.untold()
    await store.mark_told(old)
    assert not await store.raise_alert("files:x", "two", ["1"], NOW + day - 1, again_ms=day)
    # Not told twice within the time either where it ended meanwhile.
    await store.clear_alert("files:x")
    assert await store.raise_alert("files:x", "three", ["1"], NOW + day - 1, again_ms=day)
    assert await store.untold() == []
    assert await store.raise_alert("files:x", "four", ["1"], NOW + 2 * day, again_ms=day)
    assert await store.untold() == [Alert("files:x", "four", "1", NOW + 2 * day)]


async def test_what_is_done_once_is_known_for_a_day(store: SqliteStore) -> None:
    done = ("slack", "T1", "T1/C1", "command:1.000001")
    assert await store.note_done(*done, NOW)
    assert not await store.note_done(*done, LATER)
    assert await store.note_done("slack", "T2", *done[2:], NOW)
    assert await store.note_done(*done[:2], "T1/C2", done[3], NOW)
    await store.purge(NOW + 86_400_000)
    assert not await store.note_done(*done, LATER)
    await store.purge(NOW + 86_400_001)
    assert await store.note_done(*done, LATER)
