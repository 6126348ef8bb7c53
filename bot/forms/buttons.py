"""The buttons under a result that ask for more: edit again, go back, paint a mask, details."""

from __future__ import annotations

from bot.domain import Edit, MaskKind, Options, StoredPicture, ThreadRef, Turn
from bot.events import Asked
from bot.forms import candidates, texts
from bot.forms.desk import FormDesk, Told
from bot.forms.drafts import LINK_MS, begin
from bot.forms.fields import undo_form
from bot.forms.showing import list_versions, show
from bot.ports import Form, FormCall


async def adjust(desk: FormDesk, call: FormCall) -> Form:
    """Return the form to edit a result again, its words filled in. Raises `Told`."""
    turn, picture = await _find(desk, call)
    return await adjust_picture(desk, call, turn.thread, picture, about=turn.id)


async def adjust_picture(
    desk: FormDesk, call: FormCall, thread: ThreadRef, picture: StoredPicture, about: str = ""
) -> Form:
    """Return the form to go on from a picture of ours, or from the one before. Raises `Told`."""
    model = desk.model()
    kept = {each.number for each in await candidates.list_numbered(desk, thread)}
    base = next((each for each in (picture.number, picture.base) if each in kept), None)
    if base is None:
        raise Told(texts.GONE)
    edit = Edit(options=picture.options, numbers=(base,))
    about = about or picture.turn
    draft = begin(desk, call, edit, thread=thread, prompt=picture.prompt, about=about)
    await desk.store.add_draft(draft)
    return await show(desk, model, draft)


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
    draft = begin(desk, call, edit, thread=turn.thread, about=turn.id)
    await desk.store.add_draft(draft)
    return undo_form(draft.id, versions)


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
    draft = begin(desk, call, edit, thread=turn.thread, prompt=picture.prompt, about=turn.id)
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
