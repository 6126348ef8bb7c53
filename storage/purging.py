"""What is kept for a time only. The ledger, and the turns it hangs on, stay without words."""

from __future__ import annotations

from storage.engine import Operation
from storage.statements import load

SQL = load("workspaces")

DAY_MS = 24 * 60 * 60 * 1000
UNSHOWN_MS = DAY_MS
LEFT_MS = 30 * DAY_MS


def purge(now: int) -> Operation[dict[str, int]]:
    """Remove what is over its time, and return how many rows went, by kind."""
    answers = yield SQL.purge_answers, {"before": now - UNSHOWN_MS}
    for row in answers:
        yield SQL.purge_unshown, dict(zip(_KEY, (row[name] for name in _KEY), strict=True))
    told = yield SQL.purge_told, {"before": now - DAY_MS}
    gone = {"answers": len(answers), "told": len(told)}
    left = yield SQL.list_left, {"before": now - LEFT_MS}
    for workspace in left:
        tenant = {name: workspace[name] for name in ("platform", "workspace")}
        for kind, statement in _OF_WORKSPACE.items():
            rows = yield statement, tenant
            gone[kind] = gone.get(kind, 0) + len(rows)
        yield SQL.purge_texts, tenant
        yield SQL.join_again, tenant
    gone["workspaces"] = len(left)
    return gone


_KEY = ("platform", "workspace", "channel", "thread", "position")

_OF_WORKSPACE = {
    "feedback": SQL.purge_feedback,
    "interactions": SQL.purge_interactions,
    "parts": SQL.purge_parts,
    "files": SQL.purge_files,
    "messages": SQL.purge_messages,
    "settings": SQL.purge_settings,
    "watermarks": SQL.purge_watermarks,
    "conversations": SQL.purge_conversations,
}
