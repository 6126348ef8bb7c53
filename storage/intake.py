"""Commit events: what a person asked becomes a turn, once.

Everything here runs in one transaction with the row that says it was done, so an event that
comes again, from the platform or from catching up, changes nothing.
"""

from __future__ import annotations

from typing import assert_never

from bot.domain import InteractionRef, Outcome, TurnKind, TurnState
from bot.events import (
    TOO_MANY,
    Action,
    ButtonPressed,
    Incoming,
    MessageDeleted,
    MessageReceived,
    Verdict,
)
from bot.ports import Decision
from storage.engine import Operation, Params, Row
from storage.statements import load
from storage.turns import turn_id

SQL = load("intake")

CONTINUE_PROMPT = "Continue exactly where you stopped, without repeating anything."
RETRYABLE = frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.UNDELIVERABLE})
CONTINUABLE = frozenset({Outcome.ANSWERED, Outcome.STOPPED})


def admit(event: Incoming, now: int, most_open: int) -> Operation[Decision]:
    """Commit an event and say what it came to."""
    match event:
        case MessageReceived():
            return _admit_message(event, now, most_open)
        case MessageDeleted():
            return _delete_message(event)
        case ButtonPressed():
            return _press_button(event, now)
        case _:
            assert_never(event)


# --- messages ----------------------------------------------------------------------------


def _admit_message(event: MessageReceived, now: int, most_open: int) -> Operation[Decision]:
    thread = event.thread
    key = {
        "platform": thread.platform,
        "workspace": thread.workspace,
        "channel": thread.channel,
        "thread": thread.thread,
    }
    if not event.addressed:
        found = yield SQL.find_conversation, key
        if not found or not found[0]["followed"]:
            return Decision(Verdict.IGNORED)

    turn = turn_id(thread.platform, thread.workspace, thread.channel, event.message)
    counted = yield SQL.count_open_of, {**key, "author": event.author.id, "most": most_open}
    created = yield (
        SQL.insert_turn,
        {
            **key,
            "id": turn,
            "source": event.message,
            "once": None,
            "kind": TurnKind.PROMPT.value,
            "position": event.position,
            "author": event.author.id,
            "name": event.author.name,
            "opens_thread": int(event.opens_thread),
            "answer": "",
            "note": "",
            "error": TOO_MANY if counted[0]["turns"] >= most_open else "",
            "sent_at": event.sent_at,
            "now": now,
        },
    )
    if created:
        yield (
            SQL.touch_conversation,
            {**key, "followed": int(event.opens_thread), "now": now},
        )
        yield (
            SQL.insert_prompt,
            {
                **key,
                "position": event.position,
                "author": event.author.id,
                "name": event.author.name,
                "text": event.text,
                "turn": turn,
                "now": now,
            },
        )
        yield (
            SQL.begin_watermark,
            {
                "platform": thread.platform,
                "workspace": thread.workspace,
                "channel": thread.channel if event.opens_thread else thread.thread,
                "position": event.position - 1,
            },
        )
    return Decision(Verdict.ADMITTED if created else Verdict.DUPLICATE, turn)


def _delete_message(event: MessageDeleted) -> Operation[Decision]:
    found = yield (
        SQL.find_source,
        {
            "platform": event.platform,
            "workspace": event.workspace,
            "channel": event.channel,
            "source": event.message,
        },
    )
    if not found:
        return Decision(Verdict.IGNORED)
    touched = ""
    # A turn made from this one by a button repeats its words: it goes the same way.
    waiting = list(found)
    while waiting:
        turn = waiting.pop()
        yield SQL.erase_messages, {**_thread_key(turn), "position": turn["position"]}
        cancelled = yield SQL.request_cancel, {"turn": turn["id"]}
        if cancelled:
            touched = turn["id"]
        for action in (Action.RETRY, Action.CONTINUE):
            waiting += yield (
                SQL.find_once,
                {
                    "platform": event.platform,
                    "workspace": event.workspace,
                    "once": _once(action, turn["id"]),
                },
            )
    return Decision(Verdict.DONE, touched)


# --- buttons -----------------------------------------------------------------------------


def _press_button(event: ButtonPressed, now: int) -> Operation[Decision]:
    tenant = {"platform": event.thread.platform, "workspace": event.thread.workspace}
    found = yield SQL.find_turn, {"id": event.turn, **tenant}
    if not found:
        return Decision(Verdict.GONE)
    old = found[0]
    match event.action:
        case Action.STOP:
            return (yield from _stop(event, old))
        case Action.RETRY | Action.CONTINUE:
            pressed = yield SQL.find_once, {**tenant, "once": _once(event.action, event.turn)}
            if pressed:
                return Decision(Verdict.DUPLICATE, pressed[0]["id"])
            if not _may_repeat(event.action, old):
                return Decision(Verdict.GONE)
            return (yield from _repeat(event, old, now))
        case _:
            assert_never(event.action)


def _stop(event: ButtonPressed, old: Row) -> Operation[Decision]:
    if event.author.id != old["author"] and not event.author.moderator:
        return Decision(Verdict.DENIED, old["id"])
    stopped = yield SQL.request_stop, {"turn": old["id"]}
    return Decision(Verdict.DONE if stopped else Verdict.GONE, old["id"])


def _may_repeat(action: Action, old: Row) -> bool:
    """Tell whether a turn came to something that this button goes on from."""
    # A notice can be read, and its button pressed, just before its turn is closed.
    over = old["state"] in (TurnState.DELIVERING, TurnState.ENDED)
    if not over or old["prompt"] is None or old["prompt_hidden"]:
        return False
    if action is Action.RETRY:
        return old["outcome"] in RETRYABLE
    return old["outcome"] in CONTINUABLE and old["answer"] != ""


def _repeat(event: ButtonPressed, old: Row, now: int) -> Operation[Decision]:
    """Make a new turn, in the same thread, of an old one."""
    key = _thread_key(old)
    turn = turn_id(key["platform"], key["workspace"], key["channel"], event.interaction.id)
    retry = event.action is Action.RETRY
    unseen = retry and old["outcome"] == Outcome.UNDELIVERABLE
    created = yield (
        SQL.insert_turn,
        {
            **key,
            "id": turn,
            "source": event.interaction.id,
            "once": _once(event.action, event.turn),
            "kind": (TurnKind.RETRY if retry else TurnKind.CONTINUE).value,
            "position": event.position,
            "author": event.author.id,
            "name": event.author.name,
            # Where the first try could not open the thread, this one has it to open.
            "opens_thread": old["opens_thread"],
            # What was paid for but never shown is only to be shown.
            "answer": old["answer"] if unseen else "",
            "note": old["note"] if unseen else "",
            "error": old["error"] if unseen else "",
            "sent_at": now,
            "now": now,
        },
    )
    if not created:
        # The same interaction, or another process was first.
        first = yield (
            SQL.find_once,
            {
                "platform": key["platform"],
                "workspace": key["workspace"],
                "once": _once(event.action, event.turn),
            },
        )
        return Decision(Verdict.DUPLICATE, first[0]["id"] if first else turn)
    if retry:
        # The words stay those of the one who wrote them, whoever presses the button.
        text, author, name = old["prompt"], old["prompt_author"], old["prompt_name"]
        yield SQL.hide_prompt, {**key, "position": old["position"]}
    else:
        text, author, name = CONTINUE_PROMPT, event.author.id, event.author.name
    yield (
        SQL.insert_prompt,
        {
            **key,
            "position": event.position,
            "author": author,
            "name": name,
            "text": text,
            "turn": turn,
            "now": now,
        },
    )
    yield SQL.touch_conversation, {**key, "followed": 0, "now": now}
    yield SQL.insert_interaction, _interaction(turn, event.interaction)
    return Decision(Verdict.ADMITTED, turn)


def _interaction(turn: str, ref: InteractionRef) -> Params:
    return {
        "turn": turn,
        "id": ref.id,
        "application": ref.application,
        "token": ref.token,
        "expires_at": ref.expires_at,
        "place": ref.place,
    }


def _thread_key(turn: Row) -> dict[str, str]:
    """Return the key of the thread that a turn's row stands in."""
    return {name: turn[name] for name in ("platform", "workspace", "channel", "thread")}


def _once(action: Action, turn: str) -> str:
    """Return the second key of a button that costs money: pressed twice, one turn."""
    return f"{action.value}:{turn}"
