"""Decide what opens a form, and what becomes of one that was sent (`bot.ports.Forms`)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.errors import StoreError
from bot.events import Action, Incoming
from bot.forms import buttons, command, opening, sending, showing, texts
from bot.forms.desk import FormDesk, Told
from bot.ports import EDIT_MENU, FORM_AGAIN, Flaws, Form, FormCall, FormSent

log = structlog.get_logger(__name__)

Made = TypeVar("Made")


class EditForms:
    """Ask for edits of pictures. Whatever fails is a sentence, and charges nothing."""

    def __init__(self, desk: FormDesk) -> None:
        self._desk = desk

    async def open(self, call: FormCall) -> Form | Incoming | str:
        """Return the form to show, the event to put, or what to tell the person alone."""
        opened = await self._try(call.name, self._open(call))
        match opened:
            case Form():
                self._count(call.name, "opened")
            case str():
                self._count(call.name, "told")
            case _:
                self._count(call.name, "asked")
        return opened

    async def send(self, sent: FormSent) -> Incoming | Flaws | str:
        """Return the event to put, what is wrong with the form, or what to tell the person."""
        taken = await self._try("form", sending.take(self._desk, sent))
        match taken:
            case Flaws():
                self._count("form", "flawed")
            case str():
                self._count("form", "told")
            case _:
                self._count("form", "asked")
        return taken

    async def _open(self, call: FormCall) -> Form | Incoming | str:
        match call.name:
            case command.NAME:
                return await opening.open_command(self._desk, call)
            case _ if call.name == EDIT_MENU:
                return await opening.open_menu(self._desk, call)
            case _ if call.name == FORM_AGAIN:
                return await showing.show_again(self._desk, call)
            case Action.ADJUST:
                return await buttons.adjust(self._desk, call)
            case Action.UNDO:
                return await buttons.undo(self._desk, call)
            case Action.PAINT:
                return await buttons.paint(self._desk, call)
            case Action.DETAILS:
                return await buttons.details(self._desk, call)
            case _:
                return texts.UNKNOWN

    async def _try(self, name: str, doing: Awaitable[Made]) -> Made | str:
        try:
            return await doing
        except Told as told:
            return str(told)
        except StoreError as error:
            log.error("form not stored", name=name, error=str(error))
            return texts.NOT_STORED
        except Exception:
            log.exception("form failed", name=name)
            return texts.FAILED

    def _count(self, name: str, outcome: str) -> None:
        self._desk.meter.count("forms", form=name, outcome=outcome)
