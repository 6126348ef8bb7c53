"""The form that sets a limit where commands are words and nothing was written behind this one.

What is sent goes through the dispatcher like the command: there it is checked who may.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Protocol

import structlog

from bot.commands import quota_form_texts as texts
from bot.commands import quota_texts
from bot.commands.arguments import Value
from bot.commands.here import here_of
from bot.commands.quota_confirming import Memos
from bot.commands.quota_reading import AMOUNT
from bot.commands.quota_rows import MOST_AMOUNT, MOST_MODEL_NAME, SET, SET_COMMAND
from bot.commands.quota_scopes import EVERYTHING, MEMBER, SCOPE, SERVER
from bot.commands.rights import Denied, is_owner, need_admin
from bot.commands.texts import FAILED, NOT_STORED
from bot.domain import ThreadRef
from bot.errors import StoreError
from bot.events import Incoming
from bot.ports import (
    FORM_AGAIN,
    Clock,
    CommandCall,
    CommandReply,
    Field,
    FieldKind,
    Flaws,
    Form,
    FormCall,
    Forms,
    FormSent,
    Option,
    Window,
)

log = structlog.get_logger(__name__)

# How the ids of these forms begin.
PREFIX = "quota-"
# How long one may stay open on somebody's screen.
FORM_MS = 24 * 3_600_000
# Whom a limit is for: a person is chosen in a field of its own.
PERSON, CHANNEL = "person", "channel"
# The fields by the options that they give; what is wrong with none of them stands at the amount.
_FIELDS = {
    "user": PERSON,
    CHANNEL: SCOPE,
    **{name: name for name in (SCOPE, "metric", AMOUNT, "per", "model")},
}


class Desk(Protocol):
    """What keeps forms; part of `bot.commands.quota_desk.QuotaDesk`."""

    @property
    def store(self) -> Memos:
        """Return where a form is kept."""


class Runner(Protocol):
    """Runs what a form asks: the dispatcher."""

    async def attempt(self, call: CommandCall) -> tuple[str, CommandReply]:
        """Run a command, and say how it went in a word."""


class QuotaForms:
    """Ask for limits; all other forms are those of `others` (`bot.ports.Forms`)."""

    def __init__(
        self, runner: Runner, desk: Desk, clock: Clock, admins: frozenset[str], others: Forms
    ) -> None:
        self._runner = runner
        self._store = desk.store
        self._clock = clock
        self._admins = admins
        self._others = others

    async def open(self, call: FormCall) -> Form | Incoming | str:
        """Return the form to show, or what to tell the person alone."""
        again = call.name == FORM_AGAIN and call.form.startswith(PREFIX)
        if call.name != SET and not again:
            return await self._others.open(call)
        command = _command(call)
        here = here_of(command)
        try:
            need_admin(command, self._admins, quota_texts.only_admins(here), here)
        except Denied as error:
            return str(error)
        owner = is_owner(command, self._admins)
        if again:
            kept = await self._find(call.form, call.author.id)
            return kept if isinstance(kept, str) else _form(call.form, owner, kept["direct"])
        form = f"{PREFIX}{_digest(call)}"
        thread = call.thread
        kept = {
            "form": form,
            "thread": [thread.platform, thread.workspace, thread.channel, thread.thread],
            "direct": call.direct,
            "until": self._clock.now() + FORM_MS,
        }
        try:
            await self._store.put_memo(_name(call.author.id), json.dumps(kept))
        except StoreError as error:
            log.error("form not stored", error=str(error))
            return NOT_STORED
        return _form(form, owner, call.direct)

    async def send(self, sent: FormSent) -> Incoming | Flaws | CommandReply | str:
        """Set the limit that a form asks for, or say what is wrong with it."""
        if not sent.form.startswith(PREFIX):
            return await self._others.send(sent)
        kept = await self._find(sent.form, sent.author.id)
        if isinstance(kept, str):
            return kept
        if (flaw := _flaw_of(sent)) is not None:
            return Flaws({PERSON: flaw})
        call = CommandCall(
            name=SET,
            arguments=_arguments(sent),
            thread=ThreadRef(*kept["thread"]),
            author=sent.author,
            position=sent.position,
            in_thread=False,
            direct=kept["direct"],
            # Sent twice it is set once.
            key=f"{sent.form}:{sent.interaction.id}",
        )
        outcome, reply = await self._runner.attempt(call)
        if outcome == "unusable":
            return Flaws({_FIELDS.get(reply.option, AMOUNT): texts.flaw(reply.why)})
        if outcome == "rights_unknown":
            # It stays open, with all that is in it: it may be sent again in a moment.
            return Flaws({"": reply.text})
        return reply

    async def _find(self, form: str, person: str) -> dict[str, Any] | str:
        """Return what is kept of a person's form, or say why it cannot be used."""
        try:
            kept: dict[str, Any] = json.loads(await self._store.memo(_name(person)) or "{}")
        except StoreError as error:
            log.error("form not read", error=str(error))
            return NOT_STORED
        except ValueError:
            return FAILED
        if kept.get("form") != form or self._clock.now() >= kept["until"]:
            return texts.LOST
        return kept


def _command(call: FormCall) -> CommandCall:
    return CommandCall(
        call.name, {}, call.thread, call.author, call.position, call.in_thread, call.direct
    )


def _digest(call: FormCall) -> str:
    """Return the same id however often the platform brings what somebody did.

    It is no secret: what is sent has to be of the person for whom it is kept.
    """
    asked = f"{call.author.id}:{call.interaction.id}"
    return hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()


def _name(person: str) -> str:
    # Of each person the form that was opened last is kept.
    return f"quota-form:{person}"


def _option(name: str) -> Option:
    return next(each for each in SET_COMMAND.options if each.name == name)


def _form(id: str, owner: bool, direct: bool) -> Form:
    whom = [(MEMBER, MEMBER), (PERSON, PERSON), (SERVER, SERVER)]
    whom += [] if direct else [(CHANNEL, CHANNEL)]
    whom += [(EVERYTHING, EVERYTHING)] if owner else []
    metric, per = _option("metric"), _option("per")
    return Form(
        id=id,
        title=texts.TITLE,
        send=texts.SEND,
        fields=(
            Field(
                SCOPE,
                FieldKind.CHOICE,
                texts.WHOM,
                value=MEMBER,
                required=True,
                choices=tuple((texts.SCOPES[name], value) for name, value in whom),
            ),
            Field(PERSON, FieldKind.PERSON, texts.PERSON, hint=texts.PERSON_HINT),
            Field(
                "metric",
                FieldKind.CHOICE,
                texts.METRIC,
                value="requests",
                required=True,
                choices=metric.choices,
            ),
            Field(
                AMOUNT,
                FieldKind.TEXT,
                texts.AMOUNT,
                hint=texts.AMOUNT_HINT,
                required=True,
                most=MOST_AMOUNT,
            ),
            Field(
                "per",
                FieldKind.CHOICE,
                texts.PER,
                value="day",
                required=True,
                choices=tuple(
                    (texts.EVER if value == Window.EVER else label, value)
                    for label, value in per.choices
                ),
            ),
            Field("model", FieldKind.TEXT, texts.MODEL, most=MOST_MODEL_NAME),
        ),
    )


def _flaw_of(sent: FormSent) -> str | None:
    """Say what is wrong with whom a limit is for: nobody's is set for another by mistake."""
    person, scope = sent.values.get(PERSON, ""), sent.values.get(SCOPE, "")
    if scope == PERSON and not person:
        return texts.NO_PERSON
    return texts.PERSON_TOO if person and scope not in ("", PERSON) else None


def _arguments(sent: FormSent) -> dict[str, Value]:
    """Return what a form holds as the options of the command."""
    values = {name: value for name, value in sent.values.items() if value}
    person, scope = values.pop(PERSON, ""), values.pop(SCOPE, "")
    given: dict[str, Value] = {**values}
    if scope == PERSON or (person and not scope):
        given["user"] = person
    elif scope == CHANNEL:
        given["channel"] = "here"
    else:
        given[SCOPE] = scope
    return {name: value for name, value in given.items() if value}
