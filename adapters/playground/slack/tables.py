"""The records of the world by (team, id): kept in a journal, told to watchers, looked through."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.playground.journal import Journal
from adapters.playground.slack.limits import Settings
from adapters.playground.slack.records import (
    IM,
    Act,
    Channel,
    File,
    Gone,
    Group,
    Mark,
    Message,
    Record,
    Session,
    Team,
    User,
    View,
)

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ID_CHARS = 9
# Ids that look like Slack's, the same in every workspace.
_ID_START = 36**7 * 5
_ID_STEP = 36**4 * 7 + 911


def base36(number: int) -> str:
    """Write a number as Slack writes its ids."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a record."""

    name: str
    record: Any
    extra: dict[str, Any] = field(default_factory=dict)


class Tables:
    """Hold every record, and who wants to know of changes.

    Every change is journalled and told to the watchers, in order.
    """

    def __init__(
        self,
        now: Callable[[], int],
        folder: Path | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.now = now
        self.settings = settings or Settings()
        self.app = ""
        self.teams: dict[str, Team] = {}
        self.users: dict[tuple[str, str], User] = {}
        self.channels: dict[tuple[str, str], Channel] = {}
        self.messages: dict[tuple[str, str, str], Message] = {}
        self.files: dict[tuple[str, str], File] = {}
        self.groups: dict[tuple[str, str], Group] = {}
        self.views: dict[tuple[str, str], View] = {}
        self.acts: dict[tuple[str, str], Act] = {}
        self.sessions: dict[tuple[str, str, str], Session] = {}
        self.watchers: list[Callable[[Change], None]] = []
        self._timelines: dict[tuple[str, str], list[str]] = {}
        self._threads: dict[tuple[str, str, str], list[str]] = {}
        self._number = 0
        self._journal: Journal[Record] = Journal(folder, Record)
        for record in self._journal.read():
            self._take(record)
        self._journal.begin(self._snapshot())

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    # --- ids, journal, watchers

    def new_id(self, team: str, letter: str) -> str:
        """Return an id of a kind: the nth is the same in every workspace."""
        found = self.teams[team]
        nth = found.last.get(letter, 0) + 1
        found.last = found.last | {letter: nth}
        self.save(found)
        number = (_ID_START + nth * _ID_STEP) % 36**_ID_CHARS
        return f"{letter}0{base36(number).rjust(_ID_CHARS, '0')}"

    def new_number(self) -> int:
        """Return a number greater than all before, also after a restart."""
        self._number = max(self.now() * 1000, self._number + 1)
        return self._number

    def new_ts(self, team: str) -> str:
        """Return a ts: seconds and microseconds, each greater than those before."""
        found = self.teams[team]
        found.last_ts = max(self.now() * 1000, found.last_ts + 1)
        return f"{found.last_ts // 1_000_000}.{found.last_ts % 1_000_000:06d}"

    def tell(self, name: str, record: Any, **extra: Any) -> None:
        """Tell the watchers of something."""
        for watcher in tuple(self.watchers):
            watcher(Change(name, record, extra))

    def save(self, record: Record, name: str | None = None, **extra: Any) -> None:
        """Journal a changed record, and tell under `name`."""
        self._take(record)
        self._journal.write(record)
        if name:
            self.tell(name, record, **extra)

    def drop(self, *key: str) -> None:
        """Remove a message (or a channel with all that is in it) and journal that."""
        gone = Gone(key=list(key))
        self._journal.write(gone)
        self._take(gone)

    def put_file(self, file: File, content: bytes) -> None:
        """Keep an upload's bytes."""
        self._journal.put_file(file.team + file.id, content)

    def get_file(self, team: str, file: str) -> bytes | None:
        """Return an upload's bytes."""
        return self._journal.get_file(team + file)

    def _snapshot(self) -> Iterator[Record]:
        yield Mark(app=self.app)
        tables: tuple[dict[Any, Any], ...] = (
            *(self.teams, self.users, self.channels, self.messages, self.files),
            *(self.groups, self.views, self.acts, self.sessions),
        )
        for table in tables:
            yield from table.values()

    def _take(self, record: Record) -> None:
        match record:
            case Team():
                self.teams[record.id] = record
            case User():
                self.users[record.team, record.id] = record
            case Channel():
                self.channels[record.team, record.id] = record
            case Message():
                self._take_message(record)
            case File():
                self.files[record.team, record.id] = record
            case Group():
                self.groups[record.team, record.id] = record
            case View():
                self.views[record.team, record.id] = record
            case Act():
                self.acts[record.team, record.id] = record
            case Session():
                self.sessions[record.team, record.channel, record.thread] = record
            case Mark():
                self.app = record.app
            case Gone():
                self._forget(record)

    def _take_message(self, message: Message) -> None:
        key = (message.team, message.channel, message.ts)
        if key not in self.messages:
            insort(self._timelines.setdefault(key[:2], []), message.ts)
            if message.thread_ts and message.thread_ts != message.ts:
                thread = (message.team, message.channel, message.thread_ts)
                insort(self._threads.setdefault(thread, []), message.ts)
            team = self.teams[message.team]
            team.last_ts = max(team.last_ts, int(message.ts.replace(".", "")))
        self.messages[key] = message

    def _forget(self, gone: Gone) -> None:
        match gone.key:
            case [team, channel, ts]:
                if message := self.messages.pop((team, channel, ts), None):
                    _take_out(self._timelines[message.team, message.channel], message.ts)
                    thread = (message.team, message.channel, message.thread_ts)
                    _take_out(self._threads.get(thread, []), message.ts)
            case [team, channel]:
                self.channels.pop((team, channel), None)
                for ts in self._timelines.pop((team, channel), []):
                    self.messages.pop((team, channel, ts), None)
                    self._threads.pop((team, channel, ts), None)

    # --- reading

    def team_of_token(self, token: str) -> Team | None:
        """Return the workspace that a bot token opens."""
        return next((one for one in self.teams.values() if token and one.token == token), None)

    def message(self, team: str, channel: str, ts: str) -> Message | None:
        """Return a message that everybody sees."""
        found = self.messages.get((team, channel, ts))
        return found if found and not found.only_for else None

    def timeline(self, team: str, channel: str) -> list[Message]:
        """Return everything in a channel, oldest first, ephemeral messages too."""
        return [self.messages[team, channel, ts] for ts in self._timelines.get((team, channel), [])]

    def replies(self, team: str, channel: str, thread: str) -> list[Message]:
        """Return what stands in a thread below its first message, ephemeral messages too."""
        line = self._threads.get((team, channel, thread), [])
        return [self.messages[team, channel, ts] for ts in line]

    def answers(self, message: Message) -> list[Message]:
        """Return the replies to a message that everybody sees."""
        found = self.replies(message.team, message.channel, message.ts)
        return [one for one in found if not one.only_for]

    def dm_of(self, team: str, user: str) -> Channel | None:
        """Return the direct messages of a person and the app."""
        bot = self.teams[team].bot
        return next(
            (
                one
                for one in self.channels.values()
                if one.team == team and one.kind == IM and set(one.members) == {user, bot}
            ),
            None,
        )

    def sees(self, user: str, channel: Channel) -> bool:
        """Tell whether a person sees a conversation: members do, and all see public channels."""
        person = self.users.get((channel.team, user))
        if user in channel.members:
            return True
        return channel.kind == "channel" and person is not None and not person.guest


def _take_out(line: list[str], ts: str) -> None:
    at = bisect_left(line, ts)
    if at < len(line) and line[at] == ts:
        del line[at]
