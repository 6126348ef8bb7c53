"""What a form that was sent comes to: the edit, or what is wrong with it by field."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain import Attachment, Edit, ImageModel, MaskKind, Options, ThreadRef
from bot.events import Asked
from bot.forms import candidates, texts
from bot.forms.command import MASK, MASK_FROM
from bot.forms.desk import FormDesk, Told
from bot.forms.drafts import find, given
from bot.forms.fields import PICTURE, UPLOAD, VERSION, is_unshown
from bot.forms.options import Flaws as Wrong
from bot.forms.options import describe, read_mask, read_number, read_options, read_prompt
from bot.forms.showing import list_versions
from bot.ports import Draft, Flaws, FormSent
from bot.text import is_blank


@dataclass(frozen=True, slots=True)
class _Pictures:
    """What an edit is made of: by number in the thread, and files of which the first come first."""

    numbers: tuple[int, ...] = ()
    files: tuple[Attachment, ...] = ()


async def take(desk: FormDesk, sent: FormSent) -> Asked | Flaws:
    """Return the event of a form, or its flaws. Raises `Told`."""
    draft = await find(desk, sent.form, sent.author.id)
    if draft.edit.shows is not None:
        return await _take_version(desk, draft, sent)
    return await _take_edit(desk, draft, sent)


# --- undo ------------------------------------------------------------------------------------


async def _take_version(desk: FormDesk, draft: Draft, sent: FormSent) -> Asked | Flaws:
    """Read which earlier version is meant; it has to be one still."""
    picture = await desk.store.picture_made(draft.about)
    versions = await list_versions(desk, draft.thread, picture) if picture is not None else []
    if not versions:
        raise Told(texts.NO_EARLIER)
    number = read_number(sent.values.get(VERSION, ""))
    if number not in {each.number for each in versions}:
        return Flaws({VERSION: texts.NOT_OFFERED})
    return _asked(draft, sent, "", Edit(shows=number), ())


# --- edit ------------------------------------------------------------------------------------


async def _take_edit(desk: FormDesk, draft: Draft, sent: FormSent) -> Asked | Flaws:
    model = desk.model()
    prompt, flaws = read_prompt(_words(draft, sent), model)
    options, wrong = read_options(sent.values, model, draft.edit.options)
    flaws |= wrong
    pictures, wrong = await _pictures(desk, model, draft, sent)
    flaws |= wrong
    mask, kind, wrong = _mask(draft, sent)
    flaws |= wrong
    if flaws:
        return Flaws(flaws)
    edit = Edit(
        options=options,
        numbers=pictures.numbers,
        # Of a form the picture that was chosen goes first; only one that came along with the
        # command goes before a number, and any before those that are named in the words alone.
        files_first=draft.edit.files_first or not pictures.numbers,
        mask=kind,
        mask_file=len(pictures.files) if mask else None,
    )
    files = (*pictures.files, mask) if mask else pictures.files
    return _asked(draft, sent, prompt, edit, files)


def _words(draft: Draft, sent: FormSent) -> str:
    """Return what was typed; what was too long to be shown stays where nothing was."""
    typed = sent.values.get("prompt", draft.prompt)
    return draft.prompt if is_unshown(draft.prompt) and is_blank(typed) else typed


async def _pictures(
    desk: FormDesk, model: ImageModel, draft: Draft, sent: FormSent
) -> tuple[_Pictures, Wrong]:
    """Return the pictures that were chosen and uploaded, the one to edit first."""
    uploads = _named(sent, UPLOAD)
    files = given(draft)
    value = sent.values.get(PICTURE, "")
    flaws: Wrong = {}
    if draft.edit.files_first:
        # They came along with the command, or are a message's only one.
        found = _Pictures(draft.edit.numbers, (*files, *uploads))
    elif value == candidates.ALL and files:
        found = _Pictures((), (*files, *uploads))
    elif (place := candidates.read_place(value)) is not None:
        found = _Pictures((), (*files[place : place + 1], *uploads))
        if place >= len(files) or files[place].is_gone:
            flaws[PICTURE] = texts.NOT_OFFERED
    elif draft.edit.nearby and value == candidates.NEWEST:
        found = _Pictures((), uploads or files[:1])
        if any(file.is_gone for file in found.files):
            flaws[PICTURE] = texts.NOT_OFFERED
    elif value:
        number = read_number(value)
        if number is None or not await _is_offered(desk, draft.thread, number):
            flaws[PICTURE] = texts.NOT_OFFERED
        found = _Pictures((number or 0,), uploads)
    else:
        # Nothing was chosen; a number came with the command, or with the button.
        found = _Pictures(draft.edit.numbers, uploads)
    if not flaws and not (found.numbers or found.files):
        flaws[UPLOAD] = texts.NO_PICTURE
    if len(found.numbers) + len(found.files) > model.most_pictures:
        flaws[UPLOAD] = texts.too_many(model.most_pictures)
    return found, flaws


async def _is_offered(desk: FormDesk, thread: ThreadRef, number: int) -> bool:
    known = await candidates.list_numbered(desk, thread)
    return number in {each.number for each in known}


def _mask(draft: Draft, sent: FormSent) -> tuple[Attachment | None, MaskKind, Wrong]:
    """Return the mask's file, if there is one, and where the mask comes from."""
    masks = _named(sent, MASK)
    n = draft.edit.mask_file
    if not masks and n is not None:
        masks = draft.attachments[n : n + 1]
    # A platform may have no room for the field.
    kind, wrong = read_mask(sent.values.get(MASK_FROM, describe(draft.edit.mask)), len(masks))
    return (masks[0] if masks and not wrong else None), kind, wrong


def _named(sent: FormSent, field: str) -> tuple[Attachment, ...]:
    named = zip(sent.files, sent.attachments, strict=False)
    return tuple(file for name, file in named if name == field)


def _asked(
    draft: Draft, sent: FormSent, prompt: str, edit: Edit, files: tuple[Attachment, ...]
) -> Asked:
    return Asked(
        thread=_thread(draft, sent),
        interaction=sent.interaction,
        position=sent.position,
        author=sent.author,
        text=prompt,
        options=Options(),
        opens_thread=draft.opens_thread,
        sent_at=sent.sent_at,
        attachments=files,
        edit=edit,
        about=draft.about,
        draft=draft.id,
    )


def _thread(draft: Draft, sent: FormSent) -> ThreadRef:
    """Return where the edit belongs: what begins a thread is named by who begins it.

    That is the interaction that sends the form; on Slack behind workspace and channel (see
    `ThreadRef`).
    """
    if not draft.opens_thread:
        return draft.thread
    before, slash, _ = draft.thread.thread.rpartition("/")
    return replace(draft.thread, thread=f"{before}{slash}{sent.interaction.id}")
