"""Run a command: the one way in, which checks who, where and what before anything is done."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.commands import texts
from bot.commands.arguments import Unusable, read
from bot.commands.desk import Desk
from bot.commands.rights import Denied, Request, authorise
from bot.commands.table import ROWS, Row
from bot.errors import StoreError
from bot.ports import Command, CommandCall
from bot.text import normalise

log = structlog.get_logger(__name__)

# The longest that is compared with the names of models.
MOST_TYPED = 100


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

    async def run(self, call: CommandCall) -> str:
        """Check who may, do it, and return what to tell the person alone; raises nothing."""
        row = self._rows.get(call.name)
        if row is None or row.run is None:
            self._count("unknown" if row is None else row.command.name, "refused")
            return texts.NO_SUCH_COMMAND
        outcome, said = await self._run(row, call)
        self._count(row.command.name, outcome)
        return texts.fit(said)

    async def _run(self, row: Row, call: CommandCall) -> tuple[str, str]:
        """Return how it went, in a word, and what to say."""
        if row.run is None:
            return "refused", texts.NO_SUCH_COMMAND
        try:
            request = Request(call, read(row.command, call.arguments))
            grant = authorise(request, row.changes(request), self._desk.admins)
            return "done", await row.run(self._desk, grant)
        except Unusable as error:
            return "unusable", texts.usage(row.command, str(error))
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

    def _count(self, command: str, outcome: str) -> None:
        self._desk.meter.count("commands", command=command, outcome=outcome)
