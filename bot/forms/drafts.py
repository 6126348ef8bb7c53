"""What forms are about, while they stand on somebody's screen: drafts, each used once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Attachment, Edit, MaskKind, ThreadRef
from bot.forms import texts
from bot.forms.desk import FORM_MS, FormDesk, Told, new_draft_id
from bot.ports import Draft, DraftKind, FormCall

# How long the link of a page lives, and the one that it was told with.
LINK_MS = 15 * 60_000


def begin(
    desk: FormDesk,
    call: FormCall,
    edit: Edit,
    *,
    thread: ThreadRef | None = None,
    prompt: str = "",
    files: Sequence[Attachment] = (),
    about: str = "",
) -> Draft:
    """Return a draft of what a call asks, in its conversation or in `thread`, which there is.

    With `files_first` its files are what is edited, else they are to choose from. What is painted
    has a link, which lives for `LINK_MS`.
    """
    now = desk.clock.now()
    painted = edit.mask is MaskKind.PAINTED
    return Draft(
        id=new_draft_id(),
        kind=DraftKind.PAINT if painted else DraftKind.FORM,
        thread=thread or call.thread,
        place=call.place,
        author=call.author,
        opens_thread=thread is None and not call.in_thread,
        edit=edit,
        prompt=prompt,
        attachments=tuple(files),
        about=about,
        created_at=now,
        expires_at=now + (LINK_MS if painted else FORM_MS),
    )


async def find(desk: FormDesk, form: str, author: str) -> Draft:
    """Return what a form is about, if somebody may still use it. Raises `Told`.

    The store decides once more when it is used: two may be sent at a time.
    """
    draft = await desk.store.draft(form)
    if draft is None or draft.kind is not DraftKind.FORM:
        raise Told(texts.FORM_LOST)
    if draft.author.id != author:
        raise Told(texts.NOT_YOURS)
    if draft.used:
        raise Told(texts.FORM_USED)
    if draft.revoked:
        raise Told(texts.GONE)
    if desk.clock.now() >= draft.expires_at:
        raise Told(texts.FORM_EXPIRED)
    return draft


def given(draft: Draft) -> tuple[Attachment, ...]:
    """Return the files that a form was opened with, its mask aside."""
    n = draft.edit.mask_file
    return tuple(file for at, file in enumerate(draft.attachments) if at != n)
