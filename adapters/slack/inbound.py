"""Parse messages into events, once, at the border; nothing here waits or remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.slack.markup import Names, channels_in, mentions, people_in, readable, unescape
from adapters.slack.payloads import Body, parts, text
from adapters.slack.places import (
    channel_path,
    group_path,
    person_path,
    position_of,
    thread_of,
    thread_path,
)
from adapters.slack.words import said_in, said_in_shared, shared_in
from bot.domain import Attachment, Author, Quote, ThreadRef
from bot.events import MessageReceived
from bot.text import normalise

# What people say; every other subtype is a system message, or a bot's.
# https://docs.slack.dev/reference/events/message#subtypes
_SPOKEN = frozenset({"", "file_share", "thread_broadcast"})
_SLACKBOT = "USLACKBOT"
# A file that was deleted leaves this in its place.
NO_FILE = "tombstone"
MOST_NAME = 80
MOST_FILE_NAME = 200
# Files of one message, its own and forwarded; Slack lets people send ten at once.
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Ears:
    """How the bot hears in one workspace: who it is there, and where every message is for it.

    `user` and `bot` are its two ids. `listens(workspace, channel)` takes our paths.
    """

    team: str
    user: str
    bot: str
    listens: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says of a person. `admin`: of the workspace, or one of the bot's own; None: it
    did not say so in time.
    """

    name: str
    admin: bool | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The people and channels that were looked up for one event, by Slack's ids.

    `groups` are the user groups that people are in.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """Return what they are called."""
        return Names({user: each.name for user, each in self.people.items()}, self.channels)

    def author(self, team: str, user: str) -> Author:
        """Return who acts; a person whom nobody knows is called by the id."""
        person = self.people.get(user) or Person(user)
        return Author(
            id=person_path(team, user),
            name=person.name,
            moderator=person.admin is True,
            admin=person.admin is True,
            roles=tuple(group_path(team, group) for group in self.groups.get(user, ())),
            rights_unknown=person.admin is None,
        )


def thread_in(message: Body, team: str, channel: str) -> ThreadRef:
    """Name the conversation that a message of a channel stands in, or may begin."""
    return thread_of(team, channel, root_of(message))


def wanted(message: Body) -> tuple[set[str], set[str]]:
    """Return the people and the channels that a message names, by id: who wrote it is one."""
    shared = shared_in(message)
    said = [said_in(message), *map(said_in_shared, shared)]
    people = people_in(said) | {text(each, "author_id") for each in shared}
    return (people | {text(message, "user")}) - {""}, channels_in(said)


def is_persons(message: Body, ears: Ears) -> bool:
    """Tell whether a person wrote a message: no bot, no part of Slack, not ourselves."""
    return spoken_by_person(message, ears.user)


def spoken_by_person(message: Body, us: str) -> bool:
    """Tell the same where only our user's id is known."""
    user = text(message, "user")
    return (
        text(message, "subtype") in _SPOKEN
        and not message.get("bot_id")
        and bool(user)
        and user not in (us, _SLACKBOT)
    )


def concerns(message: Body, ears: Ears) -> bool:
    """Tell whether a new message may concern us, before anything is looked up.

    Ours are mentions, direct messages, what is said where the bot listens, and what is said in
    its threads: which those are, the core knows.
    """
    if message.get("hidden") or not is_persons(message, ears):
        return False
    if is_addressed(message, ears) or root_of(message) != text(message, "ts"):
        return True
    return ears.listens(ears.team, channel_path(ears.team, text(message, "channel")))


def parse_message(message: Body, ears: Ears, known: Known) -> MessageReceived | None:
    """Return the event for a person's message that may concern us, else None.

    Slack sends a mention twice, as `app_mention` and as `message`: both give the same event.
    Raises `ValueError` for a message that has no proper `ts` or channel.
    """
    if not concerns(message, ears):
        return None
    channel, ts, root = text(message, "channel"), text(message, "ts"), root_of(message)
    thread = thread_in(message, ears.team, channel)
    if not channel:
        raise ValueError("a message without a channel")
    position = position_of(ts)
    position_of(root)
    words = readable(said_in(message), ears.user, known.names)
    addressed = is_addressed(message, ears)
    attachments = files_of(message, ears.team, channel, root)
    quote = _quote(message, ears, known)
    if not (addressed or words or attachments or quote):
        return None
    return MessageReceived(
        thread=thread,
        message=ts,
        position=position,
        author=known.author(ears.team, text(message, "user")),
        text=words,
        addressed=addressed,
        opens_thread=root == ts,
        sent_at=position // 1000,
        attachments=attachments,
        quote=quote,
    )


def attachments_of(files: Sequence[Body], message: str, place: str) -> tuple[Attachment, ...]:
    """Return files as Slack describes them; a stub of another organisation's has only an id."""
    return tuple(
        Attachment(
            id=text(file, "id"),
            name=normalise(text(file, "name") or text(file, "title"), MOST_FILE_NAME),
            size=_size(file),
            mime=normalise(text(file, "mimetype"), MOST_FILE_NAME),
            url=text(file, "url_private_download") or text(file, "url_private"),
            message=message,
            place=place,
        )
        for file in files
        if text(file, "id") and text(file, "mode") != NO_FILE
    )


def is_addressed(message: Body, ears: Ears) -> bool:
    """Tell whether a message is said to the bot: it mentions it, or nobody else hears it."""
    direct = text(message, "channel_type") == "im" or text(message, "channel").startswith("D")
    mentioned = text(message, "type") == "app_mention"
    return direct or mentioned or mentions(said_in(message), ears.user)


def root_of(message: Body) -> str:
    """Return the message that the thread of this one starts from: itself outside of threads."""
    return text(message, "thread_ts") or text(message, "ts")


def _quote(message: Body, ears: Ears, known: Known) -> Quote | None:
    """Return whose words a message forwards."""
    shared = shared_in(message)
    words = [readable(said_in_shared(each), ears.user, known.names) for each in shared]
    said = "\n".join(filter(None, words))
    if not said:
        return None
    authors = {_quoted_author(each, known) for each in shared}
    return Quote(authors.pop() if len(authors) == 1 else "", said)


def _quoted_author(shared: Body, known: Known) -> str:
    person = known.people.get(text(shared, "author_id"))
    said = text(shared, "author_name") or text(shared, "author_subname")
    return person.name if person else normalise(unescape(said), MOST_NAME)


def files_of(message: Body, team: str, channel: str, root: str) -> tuple[Attachment, ...]:
    """Return a message's files, and those of what it forwards."""
    files = [*parts(message, "files")]
    for shared in shared_in(message):
        files += parts(shared, "files")
    ts = text(message, "ts")
    place = channel_path(team, channel) if root == ts else thread_path(team, channel, root)
    once = {text(file, "id"): file for file in files}
    return attachments_of([*once.values()][:MOST_FILES], ts, place)


def _size(file: Body) -> int:
    size = file.get("size")
    return size if isinstance(size, int) and 0 <= size < 2**53 else 0
