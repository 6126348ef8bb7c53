"""The command and the message's own menu: an edit at once where all is said, else a form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.commands.arguments import Unusable, read
from bot.commands.here import SLACK, Here, by_slash
from bot.commands.usage_texts import usage
from bot.domain import Attachment, Edit, EditOptions, ImageModel, MaskKind, Options
from bot.events import Asked
from bot.forms import buttons, candidates, texts
from bot.forms.command import COMMAND, MASK, MASK_FROM
from bot.forms.desk import FormDesk, Told
from bot.forms.drafts import begin
from bot.forms.options import read_mask, read_number, read_options, read_prompt
from bot.forms.showing import show
from bot.ports import Form, FormCall


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a command says: `mask` is the file of one, `files` are the pictures that came along."""

    prompt: str
    options: EditOptions
    mask_kind: MaskKind
    mask: Attachment | None
    files: tuple[Attachment, ...]
    number: int | None

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Return all files, the mask last."""
        return (*self.files, self.mask) if self.mask else self.files

    @property
    def edit(self) -> Edit:
        """Return the edit. What is attached goes before what is only named by its number."""
        return Edit(
            options=self.options,
            numbers=() if self.number is None else (self.number,),
            files_first=bool(self.files),
            mask=self.mask_kind,
            mask_file=len(self.files) if self.mask else None,
        )


async def open_command(desk: FormDesk, call: FormCall) -> Form | Asked:
    """Return the edit, if a prompt and a picture are there, else the form. Raises `Told`."""
    model = desk.model()
    wanted = _read(desk, model, call)
    if wanted.number is not None:
        await _check_number(desk, call, wanted.number)
    has_base = bool(wanted.files) or wanted.number is not None
    if not has_base and call.in_thread:
        has_base = await desk.store.latest_picture(call.thread) is not None
    if wanted.prompt and has_base:
        return Asked(
            thread=call.thread,
            interaction=call.interaction,
            position=call.position,
            author=call.author,
            text=wanted.prompt,
            options=Options(),
            opens_thread=not call.in_thread,
            sent_at=call.sent_at,
            attachments=wanted.attachments,
            edit=wanted.edit,
        )
    return await _ask_for_more(desk, model, call, wanted)


def _read(desk: FormDesk, model: ImageModel, call: FormCall) -> _Wanted:
    """Read what came with the command. Raises `Told`."""
    try:
        given = read(COMMAND, call.arguments)
    except Unusable as error:
        here = _here(desk, call)
        raise Told(usage(COMMAND, error.told(here), here)) from error
    named = dict(enumerate(call.files))
    masks = [file for n, file in enumerate(call.attachments) if named.get(n) == MASK]
    files = tuple(file for n, file in enumerate(call.attachments) if named.get(n) != MASK)
    options, flaws = read_options(given, model)
    prompt = str(given.get("prompt", ""))
    if prompt:
        prompt, wrong = read_prompt(prompt, model)
        flaws |= wrong
    # In words, where no file can come along, `mask:transparency` is taken too.
    kind, wrong = read_mask(str(given.get(MASK_FROM, given.get(MASK, ""))), len(masks))
    flaws |= wrong
    number = read_number(str(given["picture"])) if "picture" in given else None
    if "picture" in given and number is None:
        flaws["picture"] = texts.NOT_A_NUMBER
    if len(files) + (number is not None) > model.most_pictures:
        flaws["image"] = texts.too_many(model.most_pictures)
    if flaws:
        raise Told(texts.flawed(list(flaws.items())))
    return _Wanted(prompt, options, kind, masks[0] if masks else None, files, number)


def _here(desk: FormDesk, call: FormCall) -> Here:
    platform = call.thread.platform
    return by_slash(desk.slack_command) if platform == SLACK else Here(platform)


async def _check_number(desk: FormDesk, call: FormCall, number: int) -> None:
    """Refuse a number that names no picture which is still kept. Raises `Told`."""
    if not call.in_thread:
        raise Told(texts.ONLY_IN_THREADS)
    known = await candidates.list_numbered(desk, call.thread)
    if number not in {each.number for each in known}:
        raise Told(texts.no_such_number(number, [each.number for each in reversed(known)]))


async def _ask_for_more(desk: FormDesk, model: ImageModel, call: FormCall, wanted: _Wanted) -> Form:
    """Return the form of a command, with what it said already and the pictures that are near."""
    edit, files = wanted.edit, wanted.attachments
    if not wanted.files and wanted.number is None:
        numbered = await candidates.list_numbered(desk, call.thread) if call.in_thread else []
        if not numbered:
            recent = await candidates.find_recent(desk, call.thread.platform, call.place)
            files = (*recent, wanted.mask) if wanted.mask else tuple(recent)
            mask_file = len(recent) if wanted.mask else None
            edit = replace(edit, nearby=bool(recent), mask_file=mask_file)
    draft = begin(desk, call, edit, prompt=wanted.prompt, files=files)
    await desk.store.add_draft(draft)
    return await show(desk, model, draft)


async def open_menu(desk: FormDesk, call: FormCall) -> Form:
    """Return the form for the pictures of a message. Raises `Told`."""
    model = desk.model()
    ours = await desk.store.picture_at(
        call.thread.platform, call.thread.workspace, call.place, call.message
    )
    if ours is not None:
        thread, picture = ours
        return await buttons.adjust_picture(desk, call, thread, picture)
    files = [file for file in call.attachments if candidates.is_picture(file)]
    if not files:
        raise Told(texts.NO_PICTURE_THERE)
    files = files[: min(model.most_pictures, candidates.MOST_OFFERED)]
    # Of one picture there is nothing to choose.
    draft = begin(desk, call, Edit(files_first=len(files) == 1), files=files)
    await desk.store.add_draft(draft)
    return await show(desk, model, draft)
