"""What people edit and delete: it changes, or leaves, the store as well (G13)."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain import Outcome, ThreadRef, TurnKind, TurnState
from bot.events import MessageDeleted, MessageEdited, PlaceDeleted, Verdict
from bot.ports import Decision
from storage import admission, deletions, drafts, pictures
from storage.admission import NewTurn
from storage.engine import Operation, Row, Rows
from storage.packing import unpack_edit
from storage.statements import load
from storage.turns import turn_id

SQL = load("changes")
FILES = load("files")
SETTINGS = load("settings")
PICTURES = load("pictures")
DRAFTS = load("drafts")

# What asks again in the words of the question that it was made of.
REPEATS = frozenset({TurnKind.RETRY, TurnKind.REGENERATE})


def delete_message(event: MessageDeleted, now: int) -> Operation[Decision]:
    """Forget a message, also where others quote it, and cancel what still works on it."""
    found, overheard = yield from _find(event)
    where = (event.platform, event.workspace, event.channel)
    yield from deletions.remember(*where, event.message, now)
    elsewhere = yield SQL.erase_quotes, _stands(event)
    elsewhere += yield from _remove_files(event, ())
    if overheard is not None:
        yield from _erase(overheard)
        return Decision(Verdict.DONE, thread=_thread(overheard))
    if found is None:
        if elsewhere:
            return Decision(Verdict.DONE, thread=_thread(elsewhere[0]))
        return Decision(Verdict.IGNORED)
    touched, erased = "", {found["id"]}
    # A turn made from this one by a button repeats its words: it goes the same way.
    waiting = [found]
    while waiting:
        turn = waiting.pop()
        if _removes(turn):
            continue  # what is to be deleted besides still is
        erased.add(turn["id"])
        # An offer to ask again is about a question, and has no words of its own.
        if turn["kind"] != TurnKind.EDITED:
            yield from _erase(turn)
        yield from _erase_edit(turn["id"])
        cancelled = yield SQL.request_cancel, {"turn": turn["id"]}
        # One that only waits is told when it is claimed; one that runs has to be told now.
        if cancelled and (not touched or turn["state"] == TurnState.RUNNING):
            touched = turn["id"]
        waiting += yield SQL.find_about, {"about": turn["id"]}
    yield from drafts.revoke_about(_thread(found), erased)
    return Decision(Verdict.DONE, touched, _thread(found))


def edit_message(event: MessageEdited, now: int) -> Operation[Decision]:
    """Replace a message's text, and offer once to answer it again if an answer stands.

    Where others quote it, its words are replaced and nothing is offered.
    """
    found, overheard = yield from _find(event)
    elsewhere = yield from _replace_quotes(event)
    unchanged = Verdict.DONE if elsewhere else Verdict.IGNORED
    if overheard is not None:
        changed = not overheard["erased"] and (yield from _replace(overheard, overheard, event))
        return Decision(Verdict.DONE if changed else unchanged, thread=_thread(overheard))
    if found is None:
        return Decision(unchanged, thread=_thread(elsewhere[0]) if elsewhere else None)
    thread = _thread(found)
    if found["erased"]:
        return Decision(unchanged, thread=thread)
    # The words stand in every turn that repeats them; the newest is what a person sees.
    newest = found
    changed = yield from _replace(found, found, event)
    while repeat := (yield from _find_repeat(newest)):
        newest = repeat
        changed = (yield from _replace(newest, found, event)) or changed
    if not changed:
        return Decision(unchanged, thread=thread)
    if event.text == found["text"] or not _has_answer(newest):
        return Decision(Verdict.DONE, thread=thread)
    once = f"{TurnKind.EDITED.value}:{newest['id']}"
    offer = NewTurn(
        id=turn_id(thread.platform, thread.workspace, thread.channel, once),
        thread=thread,
        source=once,
        kind=TurnKind.EDITED,
        position=event.position,
        author=event.author,
        sent_at=now,
        once=once,
        about=newest["id"],
        opens_thread=bool(newest["opens_thread"]),
    )
    if not (yield from admission.add_turn(offer, now)):
        return Decision(Verdict.DONE, thread=thread)
    return Decision(Verdict.ADMITTED, offer.id, thread)


def delete_place(event: PlaceDeleted, now: int) -> Operation[Decision]:
    """Forget what was said in a channel or thread that is no more.

    A turn that runs finds that out by itself, and tells its asker elsewhere.
    """
    tenant = {"platform": event.platform, "workspace": event.workspace}
    found = yield SQL.find_placed, {**tenant, "channel": event.channel}
    yield SQL.remember_end, {**tenant, "place": event.channel, "now": now}
    yield SETTINGS.remove_channel_settings, {**tenant, "channel": event.channel}
    for conversation in found:
        key = _key(conversation)
        yield SETTINGS.remove_thread_settings, key
        yield SQL.cancel_waiting, key
        yield SQL.erase_answers, key
        yield SQL.erase_reasons, key
        yield SQL.erase_conversation, key
        yield FILES.remove_all, key
        yield PICTURES.erase_all, key
        yield PICTURES.remove_masks, key
        yield DRAFTS.forget_awaited_in, key
        yield SQL.unfollow, key
    yield from drafts.revoke_in(event.platform, event.workspace, event.channel)
    thread = _thread(found[0]) if len(found) == 1 else None
    return Decision(Verdict.DONE if found else Verdict.IGNORED, thread=thread)


def _find(event: MessageDeleted | MessageEdited) -> Operation[tuple[Row | None, Row | None]]:
    """Return the turn of a message, or else the message itself if it was only overheard."""
    this = _stands(event)
    found = yield SQL.find_source, this
    if found:
        return found[0], None
    overheard = yield SQL.find_overheard, this
    return None, overheard[0] if overheard else None


def _stands(event: MessageDeleted | MessageEdited) -> dict[str, str]:
    return {
        "platform": event.platform,
        "workspace": event.workspace,
        "place": event.channel,
        "source": event.message,
    }


def _replace_quotes(event: MessageEdited) -> Operation[Rows]:
    """Change a message's words where others quote it, and its files; return where that was."""
    if event.text:
        quoting = yield SQL.replace_quotes, {**_stands(event), "text": event.text}
    else:
        quoting = yield SQL.erase_quotes, _stands(event)
    return quoting + (yield from _remove_files(event, event.attachments))


def _remove_files(event: MessageDeleted | MessageEdited, kept: Collection[str]) -> Operation[Rows]:
    """Remove a message's files from wherever they were taken along to; return where that was.

    Forms offer them no more.
    """
    where = {
        "platform": event.platform,
        "workspace": event.workspace,
        "place": event.channel,
        "message": event.message,
    }
    stood = (event.platform, event.workspace, event.channel, event.message)
    yield from drafts.forget_files(*stood, kept)
    taken = yield FILES.list_taken, where
    gone = [file for file in taken if file["attachment"] not in kept]
    for file in gone:
        this = {**_key(file), "position": file["position"], "n": file["n"]}
        removed = yield FILES.remove_file, this
        yield from pictures.erase_sent(_key(file), [row["blob"] for row in removed])
    return gone


def _find_repeat(turn: Row) -> Operation[Row | None]:
    """Return the turn that asks a question again, if one does."""
    made = yield SQL.find_about, {"about": turn["id"]}
    return next((each for each in made if each["kind"] in REPEATS), None)


def _replace(at: Row, original: Row, event: MessageEdited) -> Operation[bool]:
    """Replace the words at one position."""
    if event.text == original["text"]:
        return False
    yield SQL.replace_text, {**_key(at), "position": at["position"], "text": event.text}
    return True


def _erase(at: Row) -> Operation[None]:
    """Erase what stands at one position."""
    this = {**_key(at), "position": at["position"]}
    yield SQL.erase_messages, this
    removed = yield FILES.remove_files, this
    yield from pictures.erase_sent(_key(at), [row["blob"] for row in removed])


def _erase_edit(turn: str) -> Operation[None]:
    """Erase what an edit was made of; what it made stands in the channel, and is kept as long."""
    yield PICTURES.erase_words, {"turn": turn}
    yield PICTURES.remove_mask, {"turn": turn}
    yield from drafts.forget_awaited(turn)


def _removes(turn: Row) -> bool:
    """Tell whether a turn deletes a picture."""
    edit = unpack_edit(turn["edit"])
    return edit is not None and edit.removes is not None


def _has_answer(turn: Row) -> bool:
    """Tell whether a turn's answer stands, or is being written."""
    if turn["cancel_requested"]:
        return False
    if turn["state"] == TurnState.RUNNING:
        return True
    return turn["outcome"] in (Outcome.ANSWERED, Outcome.STOPPED) and turn["answer"] != ""


def _key(row: Row) -> dict[str, str]:
    return {name: row[name] for name in ("platform", "workspace", "channel", "thread")}


def _thread(row: Row) -> ThreadRef:
    return ThreadRef(row["platform"], row["workspace"], row["channel"], row["thread"])
