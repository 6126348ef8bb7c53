"""Questions asked by slash command."""

from __future__ import annotations

from bot.domain import TurnKind
from bot.events import TOO_MANY, Asked, Verdict
from bot.ports import Decision
from storage import admission
from storage.admission import NewTurn, Prompt
from storage.engine import Operation
from storage.turns import turn_id


def ask(event: Asked, now: int, most_open: int) -> Operation[Decision]:
    """Make a turn of a question; in a channel it begins a conversation of its own."""
    found = None
    if not event.opens_thread:
        found = yield from admission.find(event.thread)
    thread = found.thread if found else event.thread
    direct = thread.channel == thread.thread
    too_many = yield from admission.asks_too_much(thread, event.author, most_open)
    new = NewTurn(
        id=turn_id(thread.platform, thread.workspace, thread.channel, event.interaction.id),
        thread=thread,
        source=event.interaction.id,
        kind=TurnKind.ASK,
        position=event.position,
        author=event.author,
        sent_at=event.sent_at,
        opens_thread=event.opens_thread,
        overhears=not (event.opens_thread or direct or (found and found.followed)),
        options=event.options,
        error=TOO_MANY if too_many else "",
    )
    if not (yield from admission.add_turn(new, now)):
        return Decision(Verdict.DUPLICATE, new.id, thread)
    place = None if event.opens_thread else event.thread.thread
    yield from admission.touch(thread, place, event.opens_thread, now)
    prompt = Prompt(
        event.author.id, event.author.name, event.text, has_files=bool(event.attachments)
    )
    yield from admission.add_prompt(new, prompt, now)
    yield from admission.add_files(new, event.attachments)
    yield from admission.add_interaction(new.id, event.interaction)
    return Decision(Verdict.ADMITTED, new.id, thread)
