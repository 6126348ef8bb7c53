"""Open forms that ask for more, and take those that were sent, within Discord's three seconds.

A form can only be the first answer to a command or press, and nothing that was sent keeps one
open: what comes too late, or is to be filled in again, is opened by a button beside the words.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog

from adapters.discord.commands import confirm_rows, shown
from adapters.discord.components import custom_id, cut, lone_button
from adapters.discord.modals import modal
from adapters.discord.openings import FORM
from adapters.discord.presses import COMMIT_SECONDS, Presses
from adapters.discord.responses import Responses
from bot.domain import InteractionRef
from bot.events import Aside, Incoming
from bot.ports import CommandReply, FieldKind, Flaws, Form, FormCall, Forms, FormSent

log = structlog.get_logger(__name__)

MOST_TEXT = 2000
# Forms of which a person may still want the same again, with what they had filled in.
MOST_KEPT = 256

Opened = Form | Incoming | Flaws | CommandReply | str


class FormRunner:
    """Show what `Forms` decides: a form, a turn, or words to the person alone."""

    def __init__(
        self,
        forms: Forms,
        presses: Presses,
        responses: Responses,
        sentences: Mapping[Aside, str],
    ) -> None:
        self._forms = forms
        self._presses = presses
        self._responses = responses
        self._sentences = sentences
        self._kept: OrderedDict[str, Form] = OrderedDict()
        # What was answered late still has to run to its end.
        self._running: set[asyncio.Task[Opened]] = set()

    async def open(self, call: FormCall) -> None:
        """Find out what a command, menu or button asks, and show it."""
        await self._answer(call.interaction, self._open(call))

    async def send(self, sent: FormSent) -> None:
        """Take a form that was sent."""
        await self._answer(sent.interaction, self._send(sent), draft=sent.form)

    async def open_again(self, call: FormCall) -> None:
        """Open a form once more as it was, files excepted: Discord takes none back.

        Of one that is not remembered any more what had been filled in is lost, no more than that.
        """
        if form := self._kept.get(call.form):
            await self._show(call.interaction, form)
        else:
            await self.open(call)

    async def _open(self, call: FormCall) -> Opened:
        opened = await self._forms.open(call)
        if isinstance(opened, Form):
            self._keep(opened)
        return opened

    async def _send(self, sent: FormSent) -> Opened:
        if form := self._kept.get(sent.form):
            self._keep(filled_in(form, sent.values))
        return await self._forms.send(sent)

    # --- what is seen of it

    async def _answer(
        self, interaction: InteractionRef, work: Coroutine[Any, Any, Opened], draft: str = ""
    ) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + COMMIT_SECONDS
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=COMMIT_SECONDS)
        if not done:
            await self._answer_late(interaction, task, draft)
            return
        match self._result(task):
            case Form() as form:
                await self._show(interaction, form)
            case Flaws() as flaws:
                await self._responses.whisper(interaction, self._listed(flaws), self._button(draft))
            case str() as text:
                await self._responses.whisper(interaction, cut(text, MOST_TEXT))
            case CommandReply() as reply:
                await self._responses.whisper(
                    interaction, self._shown(reply), confirm_rows(reply, self._sentences)
                )
            case event:
                left = max(0.0, until - loop.time())
                await self._presses.take(interaction, event, within=left)

    async def _answer_late(
        self, interaction: InteractionRef, task: asyncio.Task[Opened], draft: str
    ) -> None:
        """Go on in a placeholder that only the person sees, since it may come to that."""
        await self._responses.defer(interaction, private=True)
        await asyncio.wait({task})
        match self._result(task):
            case Form() as form:
                ready = self._sentences[Aside.FORM_READY]
                await self._responses.amend(interaction, ready, self._button(form.id))
            case Flaws() as flaws:
                await self._responses.amend(interaction, self._listed(flaws), self._button(draft))
            case str() as text:
                await self._responses.amend(interaction, cut(text, MOST_TEXT))
            case CommandReply() as reply:
                await self._responses.amend(
                    interaction, self._shown(reply), confirm_rows(reply, self._sentences)
                )
            case event:
                await self._presses.take_beside(interaction, event)

    def _result(self, task: asyncio.Task[Opened]) -> Opened:
        if task.cancelled() or task.exception() is not None:
            log.error("a form failed", error=repr(None if task.cancelled() else task.exception()))
            return self._sentences[Aside.COMMAND_FAILED]
        return task.result() or self._sentences[Aside.COMMAND_FAILED]

    async def _show(self, interaction: InteractionRef, form: Form) -> None:
        await self._responses.open_form(interaction, modal(custom_id(FORM, form.id), form))

    def _shown(self, reply: CommandReply) -> str:
        return shown(reply, self._sentences[Aside.COMMAND_FAILED]).text

    def _listed(self, flaws: Flaws) -> str:
        lines = [self._sentences[Aside.FORM_FLAWED]]
        lines += [f"- {flaw}" for flaw in flaws.fields.values()]
        return cut("\n".join(lines), MOST_TEXT)

    def _button(self, draft: str) -> list[dict[str, Any]]:
        """Return the button that opens a form again."""
        return lone_button(custom_id(FORM, draft), self._sentences[Aside.FORM_AGAIN])

    def _keep(self, form: Form) -> None:
        self._kept[form.id] = form
        self._kept.move_to_end(form.id)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def filled_in(form: Form, values: Mapping[str, str]) -> Form:
    """Return a form with what a person had filled in."""
    return replace(
        form,
        fields=tuple(
            replace(field, value=values[field.name])
            if field.name in values and field.kind is not FieldKind.FILES
            else field
            for field in form.fields
        ),
    )
