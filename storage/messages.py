"""Messages: which of them are for us, and the turns that they make."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import Edit, ThreadRef, TurnKind
from bot.events import TOO_MANY, UNREADABLE, MessageReceived, Verdict
from bot.ports import Decision
from storage import admission, deletions, pictures
from storage.admission import Known, NewTurn, Prompt
from storage.engine import Operation
from storage.statements import load
from storage.turns import turn_id

SQL = load("admission")

# How often a place is told that its messages cannot be read.
TOLD_EVERY_MS = 24 * 60 * 60 * 1000


def receive(event: MessageReceived, now: int, most_open: int) -> Operation[Decision]:
    """Make a turn of a message that is for us."""
    found, addressed = yield from _place(event)
    thread = found.thread if found else event.thread
    turn = turn_id(thread.platform, thread.workspace, thread.channel, event.message)
    error = ""
    if not (addressed or (yield from _hears(event, found))):
        return Decision(Verdict.IGNORED, thread=found.thread if found else None)
    if event.remark and found is not None and found.shown_by:
        return Decision(Verdict.IGNORED, thread=thread)
    if (yield from _was_deleted(event)):
        return Decision(Verdict.IGNORED, thread=thread)
    if event.unreadable:
        # Who speaks to us is answered every time, whoever does not once a day.
        if (yield from _was_told(event, now)) and not addressed:
            return Decision(Verdict.IGNORED, thread=thread)
        error = UNREADABLE
    if not error and (yield from admission.asks_too_much(thread, event.author, most_open)):
        error = TOO_MANY
    edit = yield from _edit(event, found)
    new = NewTurn(
        id=turn,
        thread=thread,
        source=event.message,
        kind=TurnKind.PROMPT,
        position=event.position,
        author=event.author,
        sent_at=event.sent_at,
        opens_thread=event.opens_thread,
        overhears=_overhears(event, found),
        edit=edit,
        error=error,
    )
    if not (yield from admission.add_turn(new, now)):
        return Decision(Verdict.DUPLICATE, turn, thread)
    # A reply without a word of its own asks nothing about what it replies to.
    asks = bool(event.text.strip()) and edit is None
    quote = event.quote or (found.quote if found is not None and asks else None)
    # A place that only just became known through a reply keeps the key of its conversation.
    place = None if event.opens_thread or thread != event.thread else event.place
    yield from admission.touch(thread, place, event.opens_thread or event.roots, now)
    yield from admission.add_prompt(
        new,
        Prompt(
            author=event.author.id,
            name=event.author.name,
            text=event.text,
            source=event.message,
            place=event.place,
            # Words that nobody saw are no part of the conversation.
            hidden=error == UNREADABLE,
            has_files=bool(event.attachments),
            quote=quote,
        ),
        now,
    )
    if event.attachments:
        yield from admission.add_files(new, event.attachments)
    yield (
        SQL.begin_watermark,
        {
            "platform": thread.platform,
            "workspace": thread.workspace,
            "channel": event.place,
            "position": event.position - 1,
        },
    )
    return Decision(Verdict.ADMITTED, turn, thread)


def _place(event: MessageReceived) -> Operation[tuple[Known | None, bool]]:
    """Return the conversation that a message belongs to, and whether it speaks to us."""
    if event.reply_to:
        replied = yield from admission.find_replied(event.thread, event.place, event.reply_to)
        if replied is not None:
            return replied, True
    # What opens a thread has none yet; a direct channel is one conversation, always addressed.
    if event.opens_thread or (event.addressed and _is_direct(event.thread)):
        return None, event.addressed
    return (yield from admission.find(event.thread)), event.addressed


def _edit(event: MessageReceived, found: Known | None) -> Operation[Edit | None]:
    """Return the edit that a message asks for, of the picture that it replies to if of one."""
    if event.edit is None:
        return None
    picture = (yield from pictures.made_by(found.shown_by)) if found and found.shown_by else None
    if picture is None:
        return None if event.edit_replied else event.edit
    if event.edit.numbers and not event.edit_replied:
        return event.edit
    others = tuple(number for number in event.edit.numbers if number != picture.number)
    return replace(event.edit, numbers=(picture.number, *others), files_first=False)


def _hears(event: MessageReceived, found: Known | None) -> Operation[bool]:
    """Tell whether a message that does not speak to us is a question all the same."""
    said = event.text.strip() or event.attachments or (event.quote and event.quote.text)
    if not (said or event.unreadable):
        return False
    if found is not None and found.followed:
        return found.mentions != "always"
    if not (event.opens_thread or event.roots):
        return False
    rows = yield (
        SQL.find_mentions,
        {
            "platform": event.thread.platform,
            "workspace": event.thread.workspace,
            "channel": event.thread.channel,
        },
    )
    return bool(rows) and rows[0]["value"] == "never"


def _was_deleted(event: MessageReceived) -> Operation[bool]:
    """Tell whether a message is told of that was deleted before: Slack repeats what nobody heard.

    https://docs.slack.dev/apis/events-api/#retries
    """
    return (yield from deletions.is_deleted(event.thread, event.place, event.message))


def _was_told(event: MessageReceived, now: int) -> Operation[bool]:
    """Tell whether a place knows that we cannot read it; from now on it does."""
    told = {
        "platform": event.thread.platform,
        "workspace": event.thread.workspace,
        "place": event.place,
        "name": UNREADABLE,
    }
    rows = yield SQL.find_told, {**told, "since": now - TOLD_EVERY_MS}
    if not rows:
        yield SQL.tell, {**told, "now": now}
    return bool(rows)


def _overhears(event: MessageReceived, found: Known | None) -> bool:
    """Tell whether a message stands in somebody else's thread."""
    if event.opens_thread or event.roots or _is_direct(event.thread):
        return False
    return found is None or not found.followed


def _is_direct(thread: ThreadRef) -> bool:
    """Tell whether a place is a conversation of its own, without threads."""
    return thread.channel == thread.thread
