"""Who reads a stream: in a channel Slack wants to know, in direct messages it may not.

https://docs.slack.dev/reference/methods/chat.startStream (`recipient_user_id`)
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from adapters.slack.places import Place, thread_path

MOST_ASKERS = 4_096
# Answers to a recipient who should have been named, should not, or is not known there.
MISNAMED = frozenset(
    {
        "invalid_arguments",
        "invalid_recipient_team_id",
        "invalid_recipient_user_id",
        "missing_recipient_team_id",
        "missing_recipient_user_id",
        "user_not_found",
    }
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A person; `team` is their own workspace, which in a shared channel may be another's."""

    user: str
    team: str


class Readers:
    """Remember who asked last in each thread."""

    def __init__(self) -> None:
        self._askers: OrderedDict[str, Reader] = OrderedDict()
        self._unnamed: set[str] = set()

    def asked(self, place: str, reader: Reader) -> None:
        """Note who asked in a thread."""
        self._askers[place] = reader
        self._askers.move_to_end(place)
        while len(self._askers) > MOST_ASKERS:
            self._askers.popitem(last=False)

    def asked_before(self, place: str, reader: Reader) -> None:
        """Note who asked in a thread, where nobody is known: it was before a restart.

        Of which workspace a guest of a shared channel is, is not known any more.
        """
        if place not in self._askers:
            self.asked(place, reader)

    def moved(self, place: str, thread: str) -> None:
        """Note that a thread, which was only named `place` so far, has begun."""
        if asker := self._askers.get(place):
            self.asked(thread, asker)

    def choices(self, where: Place) -> list[Reader | None]:
        """Return whom to name, in the order to try it in; nothing where nobody is known.

        In direct messages some clients saw a reader demanded, some saw one refused.
        """
        asker = self._askers.get(thread_path(where.team, where.channel, where.thread_ts))
        if not is_direct(where):
            return [asker] if asker else []
        if asker is None:
            return [None]
        return [None, asker] if where.team in self._unnamed else [asker, None]

    def learn(self, where: Place, reader: Reader | None) -> None:
        """Note which of several choices a workspace took."""
        (self._unnamed.discard if reader else self._unnamed.add)(where.team)


def is_direct(where: Place) -> bool:
    """Tell whether a channel is a person's own with the bot: only there `D` begins an id."""
    return where.channel.startswith("D")
