"""A form as its draft has it: the same whenever it is shown, also after a restart."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import ImageModel, StoredPicture, ThreadRef
from bot.forms import candidates, texts
from bot.forms.desk import FormDesk, Told
from bot.forms.drafts import find, given
from bot.forms.fields import edit_form, undo_form
from bot.ports import Draft, Form, FormCall


@dataclass(frozen=True, slots=True)
class _Offered:
    """The pictures of a form: (label, value) to choose from, of which `chosen` is at first.

    `has_base`: what is edited is known, so that what is uploaded goes with it.
    """

    pictures: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    has_base: bool = True


async def show_again(desk: FormDesk, call: FormCall) -> Form:
    """Return a form that was ready before. Raises `Told`."""
    return await show(desk, desk.model(), await find(desk, call.form, call.author.id))


async def show(desk: FormDesk, model: ImageModel, draft: Draft) -> Form:
    """Return the form of a draft. Raises `Told` where what it is about is gone."""
    if draft.edit.shows is not None:
        made = await desk.store.picture_made(draft.about)
        versions = await list_versions(desk, draft.thread, made) if made is not None else []
        if not versions:
            raise Told(texts.NO_EARLIER)
        return undo_form(draft.id, versions)
    offered = await _offer(desk, draft)
    options = draft.edit.options
    platform = desk.platforms.get(draft.thread.platform)
    return edit_form(
        draft.id,
        model,
        prompt=draft.prompt,
        price=desk.price(model, options),
        options=options,
        mask=draft.edit.mask,
        pictures=offered.pictures,
        chosen=offered.chosen,
        has_base=offered.has_base,
        public=desk.uploads_public,
        unshown=platform.limits.unshown if platform is not None else frozenset(),
    )


async def _offer(desk: FormDesk, draft: Draft) -> _Offered:
    """Return what a form lets choose from. Raises `Told`."""
    files = given(draft)
    if draft.about:
        return await _offer_result(desk, draft)
    if draft.edit.files_first or draft.edit.numbers:
        # What came along with the command, or was named in it; a message's only picture.
        return _Offered()
    if files:
        pictures = candidates.list_files(files, together=not draft.edit.nearby)
        if not draft.edit.nearby:
            return _Offered(tuple(pictures), candidates.at(0))
        if not files[0].is_gone:
            pictures.insert(0, (texts.newest(files[0].name), candidates.NEWEST))
        return _Offered(tuple(pictures), candidates.NEWEST, has_base=False)
    if draft.opens_thread:
        return _Offered(has_base=False)
    numbered = await candidates.list_numbered(desk, draft.thread)
    latest = await desk.store.latest_picture(draft.thread) if numbered else None
    chosen = f"#{latest.number}" if latest is not None and latest.is_kept else ""
    choices = tuple((texts.numbered(each), f"#{each.number}") for each in numbered)
    return _Offered(choices, chosen, has_base=bool(chosen))


async def _offer_result(desk: FormDesk, draft: Draft) -> _Offered:
    """Offer a result of ours, and the picture before it. Raises `Told`."""
    picture = await desk.store.picture_made(draft.about)
    kept = {each.number: each for each in await candidates.list_numbered(desk, draft.thread)}
    choices = []
    if picture is not None:
        # What an undo went back to may have been sent, not made.
        shown = texts.RESULT if picture.made else ""
        for number, what in ((picture.number, shown), (picture.base, texts.BEFORE)):
            if number in kept:
                choices.append((texts.numbered(kept[number], what), f"#{number}"))
    if not choices:
        raise Told(texts.GONE)
    return _Offered(tuple(choices), choices[0][1])


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
