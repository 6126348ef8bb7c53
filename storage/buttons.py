"""Buttons of ours: stop, ask again, go on, judge, and those under pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.domain import Edit, Options, Outcome, ThreadRef, TurnKind, TurnState
from bot.events import TOO_MANY, Action, ButtonPressed, ReasonGiven, StopAsked, Verdict
from bot.ports import Decision, RefusalKind
from storage import admission, drafts, edits, pictures, prompts
from storage.admission import NewTurn, Prompt
from storage.engine import Operation, Row
from storage.packing import unpack_edit
from storage.statements import load
from storage.turns import thread_key, turn_id

SQL = load("buttons")

CONTINUE_PROMPT = "Continue exactly where you stopped, without repeating anything."

# What each button that makes a turn goes on from.
GOES_ON_FROM = {
    Action.RETRY: frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.UNDELIVERABLE}),
    Action.CONTINUE: frozenset({Outcome.ANSWERED, Outcome.STOPPED}),
    # A changed question can be asked again whatever came of it the first time.
    Action.REGENERATE: frozenset(Outcome) - {Outcome.CANCELLED},
}
HELD_BACK = frozenset(kind.value for kind in RefusalKind)
JUDGED = frozenset({Outcome.ANSWERED, Outcome.STOPPED})


def press(event: ButtonPressed, now: int, most_open: int) -> Operation[Decision]:
    """Do what a button asks for, within the workspace that it was pressed in."""
    tenant = {"platform": event.thread.platform, "workspace": event.thread.workspace}
    found = yield SQL.find_turn, {"id": event.turn, **tenant}
    if not found:
        return Decision(Verdict.GONE)
    old = found[0]
    match event.action:
        case Action.STOP:
            return (yield from _stop(event, old))
        case Action.RETRY | Action.CONTINUE | Action.REGENERATE:
            asked = yield from _find_asked(old)
            pressed = yield SQL.find_once, {**tenant, "once": _once(event.action, asked["id"])}
            if pressed:
                return Decision(Verdict.DUPLICATE, pressed[0]["id"], _thread(old))
            if late := (yield from _find_late(event.action, old)):
                return Decision(Verdict.DUPLICATE, late, _thread(old))
            if event.action is Action.RETRY and (yield from drafts.is_awaited(old["id"])):
                # It is ordered, and may be billed: another try would be a second one.
                return Decision(Verdict.AWAITED, old["id"], _thread(old))
            if not _may_repeat(event.action, old, asked):
                return Decision(Verdict.GONE, thread=_thread(old))
            return (yield from _repeat(event, old, asked, now, most_open))
        case Action.GOOD | Action.BAD:
            if not _is_over(old) or old["outcome"] not in JUDGED:
                return Decision(Verdict.GONE, thread=_thread(old))
            good = int(event.action is Action.GOOD)
            this = {"turn": old["id"], "author": event.author.id, "now": now}
            yield SQL.judge, {**this, "good": good}
            return Decision(Verdict.DONE, thread=_thread(old))
        case Action.VARY:
            return (yield from edits.vary(event, old, now, most_open))
        case Action.BASE:
            return (yield from edits.choose_base(old))
        case Action.REMOVE:
            return (yield from edits.remove(event, old, now))
        case Action.ADJUST | Action.UNDO | Action.PAINT | Action.DETAILS:
            return Decision(Verdict.IGNORED, thread=_thread(old))  # a form's: see `OPENING`
        case _:
            assert_never(event.action)


def give_reason(event: ReasonGiven, now: int) -> Operation[Decision]:
    """Keep why an answer was bad."""
    tenant = {"platform": event.platform, "workspace": event.workspace}
    found = yield SQL.find_turn, {"id": event.turn, **tenant}
    if not found or not _is_over(found[0]) or found[0]["outcome"] not in JUDGED:
        return Decision(Verdict.GONE)
    this = {"turn": event.turn, "author": event.author.id, "now": now}
    yield SQL.give_reason, {**this, "reason": event.text}
    return Decision(Verdict.DONE, thread=_thread(found[0]))


def stop(event: StopAsked) -> Operation[Decision]:
    """Stop what was being written in a thread, which may be over by now.

    Whom the platform lets use its own way to stop, it has stopped already: so anybody may.
    """
    found = yield from admission.find(event.thread)
    thread = found.thread if found else event.thread
    turn = yield from _find_stopped(event, thread)
    stopped = (yield SQL.request_stop, {"turn": turn}) if turn else []
    if not stopped:
        return Decision(Verdict.GONE, thread=thread)
    return Decision(Verdict.DONE, stopped[0]["id"], thread)


def _find_stopped(event: StopAsked, thread: ThreadRef) -> Operation[str]:
    """Return the turn that a stop is about, "" where there is none.

    A message tells it for certain, unless it was posted a moment ago and is not stored yet.
    """
    at = {"platform": thread.platform, "workspace": thread.workspace, "place": event.thread.thread}
    for message in event.messages:
        writers = yield SQL.find_writer, {**at, "message": message}
        if writers:
            return str(writers[0]["turn"])
    turns = yield SQL.find_running, {**thread_key(thread), "position": event.position}
    return str(turns[0]["id"]) if turns else ""


def _stop(event: ButtonPressed, old: Row) -> Operation[Decision]:
    if refused := edits.refuse(event.author, old["author"]):
        return Decision(refused, old["id"], _thread(old))
    stopped = yield SQL.request_stop, {"turn": old["id"]}
    return Decision(Verdict.DONE if stopped else Verdict.GONE, old["id"], _thread(old))


def _is_over(old: Row) -> bool:
    """Tell whether a turn came to something.

    A notice can be read, and its button pressed, just before its turn is closed.
    """
    return old["state"] in (TurnState.DELIVERING, TurnState.ENDED)


def _find_asked(old: Row) -> Operation[Row]:
    """Return the turn that has the question: of a late result that is the one which waited."""
    edit = unpack_edit(old["edit"])
    if edit is None or not edit.late_of:
        return old
    tenant = {"platform": old["platform"], "workspace": old["workspace"]}
    found = yield SQL.find_turn, {"id": edit.late_of, **tenant}
    return found[0] if found else old


def _find_late(action: Action, old: Row) -> Operation[str]:
    """Return the turn that brings, or brought, what another gave up waiting for; "" for none.

    That one is paid for: another try would be a second one.
    """
    if action is not Action.RETRY:
        return ""
    tenant = {"platform": old["platform"], "workspace": old["workspace"]}
    made = yield SQL.find_once, {**tenant, "once": edits.late_once(old["id"])}
    if not made:
        return ""
    late = (yield SQL.find_turn, {"id": made[0]["id"], **tenant})[0]
    under_way = late["state"] != TurnState.ENDED
    return str(late["id"]) if under_way or late["outcome"] == Outcome.ANSWERED else ""


def _may_repeat(action: Action, old: Row, asked: Row) -> bool:
    """Tell whether a turn came to something that this button goes on from."""
    edit = unpack_edit(old["edit"])
    from_ = GOES_ON_FROM[action]
    if edit is not None and action is Action.RETRY:
        # Nothing of a picture can be gone on with, so that a stopped one is tried again.
        from_ |= {Outcome.STOPPED}
    if not _is_over(old) or old["outcome"] not in from_:
        return False
    if edit is not None and (action is not Action.RETRY or edits.asks_no_model(edit)):
        # A picture is varied instead. What only shows one has no words that could be gone.
        return action is Action.RETRY
    if asked["prompt"] is None or asked["prompt_hidden"]:
        return False
    return action is not Action.CONTINUE or old["answer"] != ""


def _repeat(
    event: ButtonPressed, old: Row, asked: Row, now: int, most_open: int
) -> Operation[Decision]:
    """Make a new turn, in the same thread, of an old one.

    Of somebody who has many open it is one that only says so: the old one stays as it is, and
    its button can be pressed again.
    """
    thread = _thread(old)
    action = event.action
    goes_on = action is Action.CONTINUE
    unseen = action is Action.RETRY and old["outcome"] == Outcome.UNDELIVERABLE
    once = _once(action, asked["id"])
    edit = yield from _same_edit(old, unseen=unseen)
    too_many = yield from admission.asks_too_much(thread, event.author, most_open)
    too_many = too_many and not unseen
    new = NewTurn(
        id=turn_id(thread.platform, thread.workspace, thread.channel, event.interaction.id),
        thread=thread,
        source=event.interaction.id,
        kind=TurnKind(action.value),
        position=event.position,
        author=event.author,
        sent_at=now,
        once=None if too_many else once,
        about="" if too_many else old["id"],
        # Where the first try could not open the thread, this one has it to open.
        opens_thread=bool(old["opens_thread"]),
        # What was said since in somebody else's thread is part of the question's context.
        overhears=bool(old["overhears"]) and not goes_on,
        options=Options(old["model"], old["effort"], old["max_tokens"]),
        edit=edit,
        # What was paid for but never shown is only to be shown.
        answer=old["answer"] if unseen else "",
        note=old["note"] if unseen else "",
        error=TOO_MANY if too_many else old["error"] if unseen else "",
    )
    if not (yield from admission.add_turn(new, now)):
        # The same interaction, or another process was first.
        first = yield (
            SQL.find_once,
            {"platform": thread.platform, "workspace": thread.workspace, "once": once},
        )
        return Decision(Verdict.DUPLICATE, first[0]["id"] if first else new.id, thread)
    if goes_on and not too_many:
        prompt = Prompt(event.author.id, event.author.name, CONTINUE_PROMPT)
        yield from admission.add_prompt(new, prompt, now)
    elif not too_many and asked["prompt"] is not None:
        yield from prompts.move_prompt(asked, new, now)
    yield from admission.touch(thread, None, False, now)
    yield from admission.add_interaction(new.id, event.interaction)
    return Decision(Verdict.ADMITTED, new.id, thread)


def _same_edit(old: Row, *, unseen: bool) -> Operation[Edit | None]:
    """Return what an edit is made of when it is tried again.

    A picture that was made, and paid for, but never shown is only to be shown.
    """
    edit = unpack_edit(old["edit"])
    if edit is None:
        return None
    picture = (yield from pictures.made_by(old["id"])) if unseen else None
    if pictures.is_kept(picture):
        return Edit(shows=picture.number)
    if old["outcome"] == Outcome.REFUSED and old["error"] in HELD_BACK:
        # What came late was only not given out: it is there still.
        return edit
    return replace(edit, late_of="")


def _thread(row: Row) -> ThreadRef:
    return ThreadRef(row["platform"], row["workspace"], row["channel"], row["thread"])


def _once(action: Action, turn: str) -> str:
    """Return the second key of a button that costs money: pressed twice, one turn."""
    return f"{action.value}:{turn}"
