"""Run a command: the one way in, which checks who, where and what before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.commands import choices, guide_texts, quota_change_texts, quota_texts, texts, usage_texts
from bot.commands.arguments import Unusable, Value, read
from bot.commands.desk import Desk, backends_of
from bot.commands.here import Here, by_mention, by_slash, here_of
from bot.commands.home import show_home
from bot.commands.quota_confirming import find_asked
from bot.commands.rights import Denied, Grant, Request, RightsUnknown, authorise, need_admin
from bot.commands.table import ROWS, Row, Run, nothing
from bot.commands.words import parse, recognise
from bot.errors import StoreError
from bot.ports import CONFIRM, Command, CommandCall, CommandReply, Level, Spoken
from bot.text import normalise

log = structlog.get_logger(__name__)

# The longest that is compared with the names of models.
MOST_TYPED = 100
# A section of Slack's home has at most 3,000 characters.
# https://docs.slack.dev/reference/block-kit/blocks/section-block
MOST_SECTION = 2_900


class Dispatcher:
    """Implement `bot.ports.Commands` by the table. What is not in it is denied."""

    def __init__(self, desk: Desk, rows: Sequence[Row] = ROWS) -> None:
        self._desk = desk
        self._rows = {row.command.name: row for row in rows}
        self._table = tuple(row.command for row in rows)

    @property
    def table(self) -> Sequence[Command]:
        """Return every command, for registration."""
        return self._table

    async def run(self, call: CommandCall) -> CommandReply:
        """Check who may, do it, and return what to tell the person alone; raises nothing."""
        return (await self.attempt(call))[1]

    async def attempt(self, call: CommandCall) -> tuple[str, CommandReply]:
        """Do the same, and say how it went in a word: done, unusable, refused, rights_unknown
        (which it may be the next time) or failed.
        """
        confirmed = call.name == CONFIRM
        if confirmed:
            try:
                asked = await find_asked(self._desk.quotas.store, call, self._desk.clock.now())
            except StoreError as error:
                log.error("confirmation not read", error=str(error))
                return "failed", CommandReply(texts.NOT_STORED)
            if asked is None:
                self._count(CONFIRM, "refused")
                return "refused", CommandReply(quota_change_texts.CONFIRM_LOST)
            call = asked
        row = self._rows.get(call.name)
        if row is None or row.run is None:
            self._count("unknown" if row is None else row.command.name, "refused")
            return "refused", CommandReply(usage_texts.no_such_command(self._here(call)))
        outcome, said = await self._run(row, row.run, call, confirmed=confirmed)
        self._count(row.command.name, outcome)
        if isinstance(said, str):
            said = CommandReply(said)
        return outcome, replace(said, text=texts.fit(said.text))

    async def _run(
        self, row: Row, run: Run, call: CommandCall, *, confirmed: bool
    ) -> tuple[str, CommandReply | str]:
        """Return how it went, in a word, and what to say."""
        try:
            if row.command.admin:
                here = self._here(call)
                need_admin(call, self._desk.admins, quota_texts.only_admins(here), here)
            arguments = read(row.command, call.arguments)
            grant = self._grant(call, arguments, row.changes, confirmed=confirmed)
            return "done", await run(self._desk, grant)
        except Unusable as error:
            here = self._here(call)
            why = error.told(here)
            said = usage_texts.usage(row.command, why, here)
            return "unusable", CommandReply(said, why=why, option=error.option)
        except RightsUnknown as error:
            return "rights_unknown", str(error)
        except Denied as error:
            return "refused", str(error)
        except StoreError as error:
            log.error("command not stored", command=row.command.name, error=str(error))
            return "failed", texts.NOT_STORED
        except Exception:
            log.exception("command failed", command=row.command.name)
            return "failed", texts.FAILED

    async def complete(self, call: CommandCall, option: str, typed: str) -> list[tuple[str, str]]:
        """Return up to 25 (label, value) for a half-typed option; raises nothing."""
        row = self._rows.get(call.name)
        complete = row.completions.get(option) if row else None
        if complete is None:
            return []
        return complete(self._desk, normalise(str(typed), MOST_TYPED).strip())

    def parse(self, words: str) -> Spoken | str:
        """Read the words of Slack's slash command, or say how it is used."""
        slash, here = self._desk.slack_command, by_slash(self._desk.slack_command)
        found = self._with_model(parse(words, self._table, here, self._is_model, slash), here)
        self._count_unread(found)
        return found

    def recognise(self, words: str) -> Spoken | str | None:
        """Read words after a mention that can mean no question; None if they can."""
        slash, here = self._desk.slack_command, by_mention()
        is_meant = partial(choices.is_meant, self._desk.models)
        found = recognise(words, self._table, here, self._is_model, is_meant, slash)
        found = self._with_model(found, here) if found is not None else None
        self._count_unread(found)
        return found

    async def home(self, call: CommandCall) -> Sequence[str]:
        """Return what the bot is, what a person may use and what holds for them; raises nothing."""
        try:
            sections = await show_home(self._desk, self._grant(call, {}, nothing), self._table)
        except Exception:
            log.exception("home not shown")
            sections = [guide_texts.home_intro(backends_of(self._desk.models)), texts.FAILED]
        return [texts.fit(section, MOST_SECTION) for section in sections]

    def _grant(
        self,
        call: CommandCall,
        arguments: Mapping[str, Value],
        changes: Callable[[Request], frozenset[Level]],
        *,
        confirmed: bool = False,
    ) -> Grant:
        """Return the right to do what is asked. Raises `Denied`."""
        request = Request(call, arguments, self._desk.slack_command, confirmed)
        return authorise(request, changes(request), self._desk.admins)

    def _is_model(self, word: str) -> bool:
        return choices.find(self._desk.models, word) is not None

    def _with_model(self, found: Spoken | str, here: Here) -> Spoken | str:
        """Return a question with the model that is meant, or say that there is none such."""
        if isinstance(found, str) or not found.command.asks or "model" not in found.arguments:
            return found
        name = str(found.arguments["model"])
        if model := choices.find(self._desk.models, name):
            return Spoken(found.command, {**found.arguments, "model": model.id})
        why = usage_texts.not_a_model("model", choices.near(self._desk.models, name))
        return usage_texts.usage(found.command, why, here)

    def _here(self, call: CommandCall) -> Here:
        return here_of(call, self._desk.slack_command)

    def _count_unread(self, found: Spoken | str | None) -> None:
        if isinstance(found, str):
            self._count("words", "unusable")

    def _count(self, command: str, outcome: str) -> None:
        self._desk.meter.count("commands", command=command, outcome=outcome)
