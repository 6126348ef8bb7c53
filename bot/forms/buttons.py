"""The buttons under a result that ask for more: edit again, go back, paint a mask, details."""

from __future__ import annotations

from bot.domain import Edit, MaskKind, Options, StoredPicture, ThreadRef, Turn
from bot.events import Asked
from bot.forms import candidates, texts
from bot.forms.desk import FORM_MS, FormDesk, Told, new_draft_id
from bot.forms.fields import edit_form, undo_form
from bot.ports import Draft, DraftKind, Form, FormCall

# How long the link of a page lives, and the one that it was told with.
LINK_MS = 15 * 60_000


async def adjust(desk: FormDesk, call: FormCall) -> Form:
    """Return the form to edit a result again, its words filled in. Raises `Told`."""
    turn, picture = await _find(desk, call)
    return await adjust_picture(desk, call, turn.thread, picture, about=turn.id)


async def adjust_picture(
    desk: FormDesk, call: FormCall, thread: ThreadRef, picture: StoredPicture, about: str = ""
) -> Form:
    """Return the form to go on from a picture of ours, or from the one before. Raises `Told`."""
    model = desk.model()
    kept = {each.number: each for each in await candidates.list_numbered(desk, thread)}
    choices = []
    for number, what in ((picture.number, texts.RESULT), (picture.base, texts.BEFORE)):
        if number in kept:
            choices.append((texts.numbered(kept[number], what), f"#{number}"))
    if not choices:
        raise Told(texts.GONE)
    options = picture.options
    draft = _draft(
        desk,
        call,
        thread,
        Edit(options=options, numbers=(int(choices[0][1][1:]),)),
        prompt=picture.prompt,
        about=about or picture.turn,
    )
    await desk.store.add_draft(draft)
    return edit_form(
        draft.id,
        model,
        prompt=picture.prompt,
        price=desk.price(model, options),
        options=options,
        pictures=choices,
        chosen=choices[0][1],
        has_base=True,
        public=desk.uploads_public,
    )


# --- undo ------------------------------------------------------------------------------------


async def undo(desk: FormDesk, call: FormCall) -> Form | Asked:
    """Go back to the one earlier version, or ask to which of several. Raises `Told`."""
    turn, picture = await _find(desk, call)
    versions = await list_versions(desk, turn.thread, picture)
    if not versions:
        raise Told(texts.NO_EARLIER if picture.is_kept else texts.GONE)
    edit = Edit(shows=versions[0].number)
    if len(versions) == 1:
        return Asked(
            thread=turn.thread,
            interaction=call.interaction,
            position=call.position,
            author=call.author,
            text="",
            options=Options(),
            opens_thread=False,
            sent_at=call.sent_at,
            edit=edit,
            about=turn.id,
        )
    draft = _draft(desk, call, turn.thread, edit, about=turn.id)
    await desk.store.add_draft(draft)
    return undo_form(draft.id, versions)


async def list_versions(
    desk: FormDesk, thread: ThreadRef, picture: StoredPicture
) -> list[StoredPicture]:
    """Return what a picture was made from, step by step, as far as it is kept: nearest first."""
    known = {each.number: each for each in await desk.store.pictures(thread)}
    versions: list[StoredPicture] = []
    base = picture.base
    # A base is older than what is made from it, so that this comes to an end.
    while base is not None and (before := known.get(base)) is not None:
        if before.is_kept:
            versions.append(before)
        base = before.base if before.base is not None and before.base < base else None
    return versions


# --- paint, details --------------------------------------------------------------------------


async def paint(desk: FormDesk, call: FormCall) -> str:
    """Return the words that give the link of a page to paint on. Raises `Told`."""
    model = desk.model()
    turn, picture = await _find(desk, call)
    if desk.links is None:
        raise Told(texts.LINKS_OFF)
    if not picture.is_kept or await desk.blobs.get(picture.blob) is None:
        raise Told(texts.GONE)
    edit = Edit(options=picture.options, numbers=(picture.number,), mask=MaskKind.PAINTED)
    draft = _draft(desk, call, turn.thread, edit, prompt=picture.prompt, about=turn.id)
    link = await desk.links.link(draft.id, draft.expires_at)
    await desk.store.add_draft(draft)
    return texts.paint(link, desk.price(model, picture.options), LINK_MS // 60_000)


async def details(desk: FormDesk, call: FormCall) -> str:
    """Return what an edit cost and what it was made of, for admins. Raises `Told`."""
    if not desk.is_admin(call.thread.platform, call.author):
        raise Told(texts.RIGHTS_UNKNOWN if call.author.rights_unknown else texts.ONLY_ADMINS)
    turn = await _find_turn(desk, call)
    picture = await desk.store.picture_made(turn.id)
    # What was only shown once more was paid for when it was made.
    spent = await desk.store.spent(picture.turn if picture is not None else turn.id)
    # What was only sent, its turn came to have: what that cost is told below its own result.
    is_sent = picture is not None and not picture.made
    return texts.details(picture, None if is_sent else spent)


# --- all of them -----------------------------------------------------------------------------


async def _find_turn(desk: FormDesk, call: FormCall) -> Turn:
    """Return the turn that a button names. Raises `Told`.

    A button's id may be anybody's invention, so nothing of another workspace is found by it.
    """
    turn = await desk.store.read(call.turn)
    if turn is None:
        raise Told(texts.NOT_THERE)
    there, here = turn.thread, call.thread
    elsewhere = (there.platform, there.workspace) != (here.platform, here.workspace)
    # All direct messages together are one "workspace" of many people.
    if elsewhere or (call.direct and there.channel != here.channel):
        raise Told(texts.NOT_THERE)
    return turn


async def _find(desk: FormDesk, call: FormCall) -> tuple[Turn, StoredPicture]:
    """Return the turn and the picture of a button. Raises `Told`."""
    turn = await _find_turn(desk, call)
    picture = await desk.store.picture_made(turn.id)
    if picture is None:
        raise Told(texts.NOT_THERE)
    return turn, picture


def _draft(
    desk: FormDesk,
    call: FormCall,
    thread: ThreadRef,
    edit: Edit,
    *,
    prompt: str = "",
    about: str = "",
) -> Draft:
    now = desk.clock.now()
    painted = edit.mask is MaskKind.PAINTED
    return Draft(
        id=new_draft_id(),
        kind=DraftKind.PAINT if painted else DraftKind.FORM,
        thread=thread,
        place=call.place,
        author=call.author,
        opens_thread=False,
        edit=edit,
        prompt=prompt,
        attachments=(),
        about=about,
        created_at=now,
        expires_at=now + (LINK_MS if painted else FORM_MS),
    )
