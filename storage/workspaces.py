"""Workspaces that the bot left, and is back in."""

from __future__ import annotations

from bot.events import Verdict, WorkspaceJoined, WorkspaceLeft
from bot.ports import Decision
from storage import drafts
from storage.engine import Operation
from storage.statements import load

SQL = load("workspaces")
DRAFTS = load("drafts")


def leave(event: WorkspaceLeft, now: int) -> Operation[Decision]:
    """Cancel everything that is open there; what is stored is kept for a while."""
    tenant = {"platform": event.platform, "workspace": event.workspace}
    left = yield SQL.leave, {**tenant, "now": now}
    cancelled = yield SQL.cancel_open, tenant
    yield from drafts.revoke_in(event.platform, event.workspace, "")
    yield DRAFTS.forget_awaited_of, tenant
    return Decision(Verdict.DONE if left or cancelled else Verdict.DUPLICATE)


def join(event: WorkspaceJoined) -> Operation[Decision]:
    """Keep what is stored there after all."""
    tenant = {"platform": event.platform, "workspace": event.workspace}
    back = yield SQL.join_again, tenant
    return Decision(Verdict.DONE if back else Verdict.IGNORED)
