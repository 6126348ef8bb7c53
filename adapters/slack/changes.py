"""Parse what changes what was said: edits, deletions, ends of channels and of the app's stay."""

from __future__ import annotations

from adapters.slack.inbound import NO_FILE, Ears, Known, files_of, is_persons, root_of
from adapters.slack.markup import mentions, readable
from adapters.slack.payloads import Body, part, parts, text
from adapters.slack.places import PLATFORM, channel_path, position_of, thread_of, thread_path
from adapters.slack.words import said_in
from bot.domain import LATE_AFTER_MS
from bot.events import MessageDeleted, MessageEdited, PlaceDeleted, StopAsked, WorkspaceLeft


def names_us_late(event: Body, ears: Ears, now: int) -> Body | None:
    """Return the message to take as new of a `message_changed` that brought our mention.

    People who forgot to mention us put that in afterwards: then it is a message to us.
    """
    message, before = part(event, "message"), part(event, "previous_message")
    if not mentions(said_in(message), ears.user):
        return None
    if mentions(said_in(before), ears.user) or not text(before, "ts"):
        return None
    if now - position_of(text(message, "ts")) // 1000 > LATE_AFTER_MS:
        return None
    return {
        **message,
        "channel": text(event, "channel"),
        "channel_type": text(event, "channel_type"),
    }


def is_change(event: Body, ears: Ears) -> bool:
    """Tell whether a `message_changed` brings other words or files of a person.

    It also comes for link previews, for the counters of threads and for every edit of ours.
    """
    message, before = part(event, "message"), part(event, "previous_message")
    if not is_persons(message, ears):
        return False
    if not before:
        return bool(part(message, "edited"))
    return said_in(message) != said_in(before) or _file_ids(message) != _file_ids(before)


def is_tombstone(event: Body) -> bool:
    """Tell whether a `message_changed` leaves a deleted message's place: replies stand there."""
    return text(part(event, "message"), "subtype") == "tombstone"


def parse_edit(event: Body, ears: Ears, known: Known) -> MessageEdited | None:
    """Return the event for a person's change of their own words, else None."""
    if not is_change(event, ears):
        return None
    message, channel = part(event, "message"), text(event, "channel")
    files = files_of(message, ears.team, channel, root_of(message))
    return MessageEdited(
        platform=PLATFORM,
        workspace=ears.team,
        channel=_place(ears.team, channel, message),
        message=text(message, "ts"),
        author=known.author(ears.team, text(message, "user")),
        text=readable(said_in(message), ears.user, known.names),
        attachments=tuple(file.id for file in files),
        position=position_of(text(event, "ts") or text(event, "event_ts")),
    )


def parse_delete(event: Body, team: str) -> MessageDeleted:
    """Return the event for a deleted message, by whomever; raises `ValueError`."""
    before = part(event, "previous_message")
    ts = text(event, "deleted_ts") or text(before, "ts") or text(part(event, "message"), "ts")
    position_of(ts)
    place = _place(team, text(event, "channel"), before or part(event, "message"))
    return MessageDeleted(PLATFORM, team, place, ts)


def parse_place_deleted(event: Body, team: str) -> PlaceDeleted | None:
    """Return the event for a channel that is no more."""
    channel = text(event, "channel")
    return PlaceDeleted(PLATFORM, team, channel_path(team, channel)) if channel else None


def parse_leave(event: Body, team: str) -> WorkspaceLeft | None:
    """Return the event for our removal; people's own tokens are no business of ours."""
    if text(event, "type") == "tokens_revoked" and not part(event, "tokens").get("bot"):
        return None
    return WorkspaceLeft(PLATFORM, team)


def parse_stop(event: Body, team: str, now: int) -> StopAsked:
    """Return the event for Slack's own Stop of the agent's work in a thread.

    Slack repeats it like any event, when the next answer may be under way: the messages that it
    stopped say what it was about, else the time that it says it was at. Whom Slack lets stop it
    may: nobody's rights or name matter. Raises `ValueError` for a `ts` that is none.
    """
    thread = thread_of(team, text(event, "channel"), text(event, "thread_ts"))
    said = event.get("streaming_message_ts")
    stopped = tuple(ts for ts in said if isinstance(ts, str)) if isinstance(said, list) else ()
    at = text(event, "event_ts")
    position = position_of(at) if at else now * 1000
    if stopped:
        # The question is older than its answer's messages.
        position = min(position, max(map(position_of, stopped)))
    return StopAsked(thread, Known().author(team, text(event, "user")), position, stopped)


def _place(team: str, channel: str, message: Body) -> str:
    root = root_of(message)
    if not channel:
        raise ValueError("a message without a channel")
    if not root or root == text(message, "ts"):
        return channel_path(team, channel)
    return thread_path(team, channel, root)


def _file_ids(message: Body) -> list[str]:
    return [text(file, "id") for file in parts(message, "files") if not _is_gone(file)]


def _is_gone(file: Body) -> bool:
    return text(file, "mode") == NO_FILE
