"""Edits of pictures that nobody wrote a message for: buttons, painted masks, late results."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import (
    Author,
    Edit,
    MaskKind,
    StoredPicture,
    ThreadRef,
    TurnKind,
    TurnState,
)
from bot.events import TOO_MANY, ButtonPressed, MaskPainted, ResultCame, Verdict
from bot.ports import Decision, DraftKind
from storage import admission, drafts, pictures
from storage.admission import NewTurn, Prompt
from storage.engine import Operation, Row
from storage.packing import unpack_edit, unpack_words
from storage.statements import load
from storage.turns import thread_key, turn_id

SQL = load("edits")
BUTTONS = load("buttons")
PICTURES = load("pictures")

OVER = (TurnState.DELIVERING, TurnState.ENDED)


def asks_no_model(edit: Edit | None) -> bool:
    """Tell whether an edit only shows or removes a picture: it has no words."""
    return edit is not None and (edit.shows is not None or edit.removes is not None)


# --- buttons -----------------------------------------------------------------------------


def vary(event: ButtonPressed, old: Row, now: int, most_open: int) -> Operation[Decision]:
    """Make another picture by what one was made by; pressed twice while that is done, one turn."""
    thread = _thread(old)
    picture = yield from pictures.made_by(old["id"])
    if picture is None or not picture.made or not picture.prompt:
        return Decision(Verdict.GONE, thread=thread)
    varied = yield SQL.find_varies, {"about": old["id"]}
    ours = [row for row in varied if (row["once"] or "").startswith(f"vary:{old['id']}:")]
    over = sum(1 for row in ours if row["state"] == TurnState.ENDED)
    once = f"vary:{old['id']}:{over}"
    if pressed := (yield from find_once(thread, once)):
        return Decision(Verdict.DUPLICATE, pressed, thread)
    edit = yield from _same_edit(thread, picture)
    if edit is None:
        return Decision(Verdict.GONE, thread=thread)
    too_many = yield from admission.asks_too_much(thread, event.author, most_open)
    new = _pressed(event, old, edit, now)
    new.once = None if too_many else once
    new.error = TOO_MANY if too_many else ""
    if not (yield from admission.add_turn(new, now)):
        return Decision(Verdict.DUPLICATE, new.id, thread)
    if not too_many:
        prompt = Prompt(picture.author, picture.name, picture.prompt)
        yield from admission.add_prompt(new, prompt, now)
    yield from admission.touch(thread, None, False, now)
    yield from admission.add_interaction(new.id, event.interaction)
    return Decision(Verdict.ADMITTED, new.id, thread)


def refuse(author: Author, owner: str) -> Verdict | None:
    """Say why somebody may not touch what another person asked for, None if they may."""
    if author.id == owner or author.moderator:
        return None
    return Verdict.RIGHTS_UNKNOWN if author.rights_unknown else Verdict.DENIED


def choose_base(old: Row) -> Operation[Decision]:
    """Make a turn's picture the one that later edits go on from."""
    thread = _thread(old)
    picture = yield from pictures.made_by(old["id"])
    if not pictures.is_kept(picture):
        return Decision(Verdict.GONE, thread=thread)
    yield from pictures.choose(thread, picture.number)
    return Decision(Verdict.DONE, thread=thread)


def remove(event: ButtonPressed, old: Row, now: int) -> Operation[Decision]:
    """Take a picture away at once, and make the turn that deletes its message and bytes.

    Only who asked for the picture may, and moderators: whoever showed it again may not.
    """
    thread = _thread(old)
    picture = yield from pictures.made_by(old["id"])
    if picture is None or old["state"] not in OVER:
        return Decision(Verdict.GONE, thread=thread)
    if refused := refuse(event.author, picture.author):
        return Decision(refused, old["id"], thread)
    once = f"remove:{old['id']}"
    if pressed := (yield from find_once(thread, once)):
        return Decision(Verdict.DUPLICATE, pressed, thread)
    new = _pressed(event, old, Edit(removes=picture.number), now)
    new.once = once
    if not (yield from admission.add_turn(new, now)):
        return Decision(Verdict.DUPLICATE, new.id, thread)
    yield PICTURES.take_away, {**thread_key(thread), "number": picture.number}
    yield from drafts.revoke_about(thread, {old["id"], picture.turn}, number=picture.number)
    yield from admission.touch(thread, None, False, now)
    yield from admission.add_interaction(new.id, event.interaction)
    return Decision(Verdict.ADMITTED, new.id, thread)


def _pressed(event: ButtonPressed, old: Row, edit: Edit, now: int) -> NewTurn:
    thread = _thread(old)
    return NewTurn(
        id=turn_id(thread.platform, thread.workspace, thread.channel, event.interaction.id),
        thread=thread,
        source=event.interaction.id,
        kind=TurnKind.PICTURE,
        position=event.position,
        author=event.author,
        sent_at=now,
        about=old["id"],
        opens_thread=bool(old["opens_thread"]),
        edit=edit,
    )


def _same_edit(thread: ThreadRef, picture: StoredPicture) -> Operation[Edit | None]:
    """Return what a picture was made by, or None if not all of it is kept.

    An attached mask is another turn's file: it is named by its bytes from here on.
    """
    for number in picture.inputs:
        if not pictures.is_kept((yield from pictures.find(thread, number))):
            return None
    edit = Edit(options=picture.options, numbers=picture.inputs)
    tenant = {"platform": thread.platform, "workspace": thread.workspace}
    rows = yield BUTTONS.find_turn, {"id": picture.turn, **tenant}
    made_by = unpack_edit(rows[0]["edit"]) if rows else None
    if made_by is None or made_by.mask is MaskKind.NONE:
        return edit
    if made_by.mask is MaskKind.TRANSPARENCY:
        return replace(edit, mask=MaskKind.TRANSPARENCY)
    if made_by.mask_file is None:
        masks = yield PICTURES.find_mask, {"turn": picture.turn}
    else:
        if made_by.late_of:
            # What came late has no files of its own: they stand where it was asked for.
            rows = (yield BUTTONS.find_turn, {"id": made_by.late_of, **tenant}) or rows
        at = {"position": rows[0]["position"], "n": made_by.mask_file}
        masks = yield PICTURES.find_mask_file, {**thread_key(thread), **at}
    if not masks:
        return None
    return replace(edit, mask=MaskKind.PAINTED, mask_blob=masks[0]["blob"])


# --- pages and late results --------------------------------------------------------------


def take_mask(event: MaskPainted, now: int, most_open: int) -> Operation[Decision]:
    """Make a turn of a painted mask; this uses the link's draft up.

    Not if its author asks too much at once: then the turn only says so.
    """
    draft = yield from drafts.read(event.draft)
    refused = drafts.refuse(draft, event.platform, event.workspace, None, now)
    if refused is not None or draft is None or draft.kind is not DraftKind.PAINT:
        return refused or Decision(Verdict.GONE)
    found = yield from admission.find(draft.thread)
    thread = found.thread if found else draft.thread
    base = draft.edit.numbers[0] if draft.edit.numbers else None
    picture = yield from (
        pictures.find(thread, base) if base is not None else pictures.latest(thread)
    )
    if not pictures.is_kept(picture):
        return Decision(Verdict.GONE, thread=thread)
    too_many = yield from admission.asks_too_much(thread, draft.author, most_open)
    tries = yield from drafts.count_tries(draft.id)
    source = f"{draft.id}:{tries}" if tries else draft.id
    new = NewTurn(
        id=turn_id(thread.platform, thread.workspace, thread.channel, source),
        thread=thread,
        source=source,
        kind=TurnKind.PICTURE,
        position=(yield from _next_position(thread)),
        author=draft.author,
        sent_at=event.sent_at,
        about=draft.about,
        opens_thread=draft.opens_thread,
        edit=replace(
            draft.edit,
            numbers=draft.edit.numbers or (picture.number,),
            files_first=False,
            mask=MaskKind.PAINTED,
            mask_file=None,
            mask_blob=event.mask,
        ),
        error=TOO_MANY if too_many else "",
    )
    if not (yield from admission.add_turn(new, now)):
        return Decision(Verdict.DUPLICATE, new.id, thread)
    if too_many:
        yield from drafts.note_try(draft.id)
    else:
        yield from drafts.use(draft.id, new.id, now)
    yield from admission.touch(thread, None, False, now)
    files = draft.attachments
    prompt = Prompt(draft.author.id, draft.author.name, event.text, has_files=bool(files))
    yield from admission.add_prompt(new, prompt, now)
    yield from admission.add_files(new, files)
    return Decision(Verdict.ADMITTED, new.id, thread)


def take_result(event: ResultCame, now: int) -> Operation[Decision]:
    """Make a turn that fetches what another gave up waiting for; it is awaited no more."""
    tenant = {"platform": event.platform, "workspace": event.workspace}
    found = yield BUTTONS.find_turn, {"id": event.turn, **tenant}
    if not found:
        return Decision(Verdict.GONE)
    old, thread = found[0], _thread(found[0])
    once = late_once(old["id"])
    if pressed := (yield from find_once(thread, once)):
        yield from drafts.forget_awaited(old["id"])
        return Decision(Verdict.DUPLICATE, pressed, thread)
    if old["state"] not in OVER:
        return Decision(Verdict.IGNORED, thread=thread)
    edit = unpack_edit(old["edit"])
    if not (yield from drafts.forget_awaited(old["id"])) or edit is None:
        return Decision(Verdict.GONE, thread=thread)
    new = NewTurn(
        id=turn_id(thread.platform, thread.workspace, thread.channel, once),
        thread=thread,
        source=once,
        kind=TurnKind.PICTURE,
        position=(yield from _next_position(thread)),
        author=Author(old["author"], old["name"], roles=unpack_words(old["roles"])),
        sent_at=now,
        once=once,
        about=old["id"],
        opens_thread=bool(old["opens_thread"]),
        edit=replace(edit, late_of=old["id"]),
    )
    if not (yield from admission.add_turn(new, now)):
        return Decision(Verdict.DUPLICATE, new.id, thread)
    # What was asked, with its files, stays where it was: it is looked up there.
    yield from admission.touch(thread, None, False, now)
    return Decision(Verdict.ADMITTED, new.id, thread)


def late_once(turn: str) -> str:
    """Return the second key of the turn that brings what another gave up waiting for."""
    return f"late:{turn}"


def _next_position(thread: ThreadRef) -> Operation[int]:
    """Return a position after all that a thread knows of: what comes from no message has none."""
    rows = yield SQL.find_last, thread_key(thread)
    return max(0, rows[0]["last"] or 0) + 1


def find_once(thread: ThreadRef, once: str) -> Operation[str]:
    """Return the turn that has a second key already, or ""."""
    tenant = {"platform": thread.platform, "workspace": thread.workspace}
    rows = yield BUTTONS.find_once, {**tenant, "once": once}
    return str(rows[0]["id"]) if rows else ""


def _thread(row: Row) -> ThreadRef:
    return ThreadRef(row["platform"], row["workspace"], row["channel"], row["thread"])
