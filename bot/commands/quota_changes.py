"""What goes into the audit log: who changed which limit, from what to what."""

from __future__ import annotations

from typing import TypedDict

import structlog

from bot.commands import quota_texts as texts
from bot.commands.desk import Desk
from bot.commands.rights import Request
from bot.ports import Change, Limit, Scope

log = structlog.get_logger(__name__)

# What was where nothing was.
NONE = "none"


class _Who(TypedDict):
    """The fields of a `Change` that say who made it, when and where."""

    at: int
    actor: str
    name: str
    platform: str
    workspace: str
    key: str


def limit_change(
    desk: Desk, request: Request, what: str, limit: Limit, before: Limit | None, after: str
) -> Change:
    """Return what is written down of a limit."""
    return Change(
        **who_changes(desk, request),
        what=what,
        scope=limit.scope,
        metric=limit.metric.value,
        window=limit.window.value,
        model=limit.model,
        before=texts.limit_said(before) if before is not None else NONE,
        after=after,
    )


def bare_change(
    desk: Desk, request: Request, what: str, scope: Scope, before: str, after: str
) -> Change:
    """Return what is written down of what is no limit: what was used, a block, an exemption."""
    return Change(
        **who_changes(desk, request),
        what=what,
        scope=scope,
        metric="",
        window="",
        model="",
        before=before,
        after=after,
    )


def who_changes(desk: Desk, request: Request) -> _Who:
    """Return who changes something, and by what it is known again."""
    call = request.call
    return {
        "at": desk.clock.now(),
        "actor": call.author.id,
        "name": call.author.name,
        "platform": call.thread.platform,
        "workspace": call.thread.workspace,
        "key": f"{call.name}:{call.key}" if call.key else "",
    }


def log_change(change: Change) -> None:
    """Log a change; who made it by the id alone."""
    log.info(
        "limit changed",
        what=change.what,
        scope=str(change.scope.kind),
        author=change.actor,
        platform=change.platform,
        workspace=change.workspace,
        before=change.before,
        after=change.after,
    )
