"""Questions asked by slash command, and edits asked for by command or form."""

from __future__ import annotations

from bot.domain import ThreadRef, TurnKind
from bot.events import TOO_MANY, Asked, Verdict
from bot.ports import Decision
from storage import admission, deletions, drafts
from storage.admission import NewTurn, Prompt
from storage.edits import asks_no_model, find_once
from storage.engine import Operation, Row
from storage.statements import load
from storage.turns import turn_id

BUTTONS = load("buttons")
EDITS = load("edits")


def ask(event: Asked, now: int, most_open: int) -> Operation[Decision]:
    """Make a turn of a question; in a channel it begins a conversation of its own.

    A form's draft is used up by it, unless its author asks too much at once.
    """
    about = yield from _find_about(event)
    if event.about and about is None:
        return Decision(Verdict.GONE)
    if event.draft:
        tenant = (event.thread.platform, event.thread.workspace)
        draft = yield from drafts.read(event.draft)
        if refused := drafts.refuse(draft, *tenant, event.author.id, now):
            return refused
    found, opens_thread = None, event.opens_thread
    if about is not None:
        # Its pictures have their numbers there, whatever the place is called.
        thread = ThreadRef(about["platform"], about["workspace"], about["channel"], about["thread"])
        opens_thread = bool(about["opens_thread"])
    else:
        if not opens_thread:
            found = yield from admission.find(event.thread)
        thread = found.thread if found else event.thread
    once = (yield from _once_shown(event)) if about is not None else None
    if once is not None and (pressed := (yield from find_once(thread, once))):
        return Decision(Verdict.DUPLICATE, pressed, thread)
    if not (yield from _is_there(event, thread)):
        return Decision(Verdict.GONE, thread=thread)
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
        once=None if too_many else once,
        about=event.about,
        opens_thread=opens_thread,
        overhears=not (opens_thread or direct or about is not None or (found and found.followed)),
        options=event.options,
        edit=event.edit,
        error=TOO_MANY if too_many else "",
    )
    if not (yield from admission.add_turn(new, now)):
        return Decision(Verdict.DUPLICATE, new.id, thread)
    if event.draft and not too_many:
        yield from drafts.use(event.draft, new.id, now)
    place = None if opens_thread or about is not None else event.thread.thread
    yield from admission.touch(thread, place, event.opens_thread and about is None, now)
    if not asks_no_model(event.edit):
        prompt = Prompt(
            event.author.id, event.author.name, event.text, has_files=bool(event.attachments)
        )
        yield from admission.add_prompt(new, prompt, now)
        yield from admission.add_files(new, event.attachments)
    yield from admission.add_interaction(new.id, event.interaction)
    return Decision(Verdict.ADMITTED, new.id, thread)


def _is_there(event: Asked, thread: ThreadRef) -> Operation[bool]:
    """Tell whether anything is left to edit of the files that were chosen, if any were.

    Without them it would be made of the thread's latest picture, which nobody meant.
    """
    edit = event.edit
    if edit is None or edit.numbers:
        return True
    kept = yield from deletions.blank(thread, event.attachments)
    chosen = [file for n, file in enumerate(kept) if n != edit.mask_file]
    return not chosen or any(not file.is_gone for file in chosen)


def _once_shown(event: Asked) -> Operation[str | None]:
    """Return the second key of going back: pressed twice before it is done, one turn."""
    if event.edit is None or event.edit.shows is None:
        return None
    shown = yield EDITS.find_shown_again, {"about": event.about}
    key = f"show:{event.about}:{event.edit.shows}:"
    over = sum(1 for row in shown if (row["once"] or "").startswith(key))
    return f"{key}{over}"


def _find_about(event: Asked) -> Operation[Row | None]:
    """Return the turn whose picture an edit goes on from."""
    if not event.about:
        return None
    rows = yield (
        BUTTONS.find_turn,
        {
            "id": event.about,
            "platform": event.thread.platform,
            "workspace": event.thread.workspace,
        },
    )
    return rows[0] if rows else None
