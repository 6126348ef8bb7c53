"""What people set from chat, and single facts by name."""

from __future__ import annotations

from bot.domain import ThreadRef
from bot.ports import Chosen, Level, SettingName
from storage import admission
from storage.engine import Operation, Row
from storage.statements import load
from storage.turns import thread_key

SQL = load("settings")


def chosen(thread: ThreadRef) -> Operation[list[Chosen]]:
    """Return every setting that holds for a thread, the narrowest level first."""
    rows = yield SQL.list_settings, thread_key(thread)
    return [_chosen(row) for row in rows]


def choose(thread: ThreadRef, choice: Chosen) -> Operation[None]:
    """Store a setting at its level, or take it back."""
    key = thread_key(thread)
    if choice.level is Level.THREAD:
        found = yield from admission.find(thread)
        key = thread_key(found.thread) if found else key
    else:
        key["thread"] = ""
    if choice.level is Level.SERVER:
        key["channel"] = ""
    this = {**key, "name": choice.name.value}
    if not choice.value:
        yield SQL.remove_setting, this
        return
    yield (
        SQL.put_setting,
        {**this, "value": choice.value, "author": choice.author, "at": choice.at},
    )


def listening(platform: str) -> Operation[set[tuple[str, str]]]:
    """Return (workspace, channel) of the channels whose every message is a question."""
    rows = yield SQL.list_listening, {"platform": platform}
    return {(row["workspace"], row["channel"]) for row in rows}


def memo(name: str) -> Operation[str]:
    """Return a fact, or ""."""
    rows = yield SQL.find_memo, {"name": name}
    return str(rows[0]["value"]) if rows else ""


def put_memo(name: str, value: str) -> Operation[None]:
    """Store a fact, or forget it."""
    if value:
        yield SQL.put_memo, {"name": name, "value": value}
    else:
        yield SQL.remove_memo, {"name": name}


def _chosen(row: Row) -> Chosen:
    return Chosen(_level(row), SettingName(row["name"]), row["value"], row["author"], row["at"])


def _level(row: Row) -> Level:
    if row["thread"]:
        return Level.THREAD
    return Level.CHANNEL if row["channel"] else Level.SERVER


def note_done(platform: str, workspace: str, place: str, name: str, now: int) -> Operation[bool]:
    """Note that something is done in a place, for a day; tell whether for the first time."""
    done = {"platform": platform, "workspace": workspace, "place": place, "name": name}
    return bool((yield SQL.note_done, {**done, "now": now}))
