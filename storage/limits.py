"""Limits that were made from chat, extras, who is blocked or exempt; each with its audit line."""

from __future__ import annotations

from bot.ports import Change, Grant, Limit, Metric, Scope, ScopeKind, Standing, Window
from storage import counters
from storage.counters import KINDS, NEVER, subject_of
from storage.engine import Operation, Row
from storage.statements import load

SQL = load("quotas")


def limits(platform: str, workspace: str) -> Operation[list[Limit]]:
    """Return every limit that was made from chat for a workspace or beyond any."""
    rows = yield SQL.list_limits, {"platform": platform, "workspace": workspace}
    return [_limit(row) for row in rows]


def holding(platform: str, workspace: str, channel: str, author: str) -> Operation[list[Limit]]:
    """Return every limit that may hold for a person at a place, each role's among them."""
    rows = yield (
        SQL.list_holding,
        {"platform": platform, "workspace": workspace, "channel": channel, "author": author},
    )
    return [_limit(row) for row in rows]


def set_limit(limit: Limit, change: Change) -> Operation[bool]:
    """Make or change a limit. Its counters are made of the ledger when they are first needed."""
    if not (yield from _note(change)):
        return False
    yield SQL.put_limit, {**_limit_key(limit), "amount": limit.amount}
    return True


def unset_limit(limit: Limit, change: Change) -> Operation[bool]:
    """Take a limit back."""
    if not (yield from _note(change)):
        return False
    yield SQL.remove_limit, _limit_key(limit)
    return True


def add_grant(grant: Grant, change: Change) -> Operation[bool]:
    """Give a one-off extra."""
    if not (yield from _note(change)):
        return False
    scope = grant.scope
    yield (
        SQL.add_extra,
        {
            "id": grant.id,
            "platform": scope.platform,
            "workspace": scope.workspace,
            "kind": scope.kind.value,
            "subject": scope.id,
            "metric": grant.metric.value,
            "amount": grant.amount,
            "ends": NEVER if grant.ends is None else grant.ends,
            "at": grant.at,
            "author": grant.by,
        },
    )
    return True


def grants(platform: str, workspace: str, now: int) -> Operation[list[Grant]]:
    """Return the grants that still have something left, the first to end first."""
    place = {"platform": platform, "workspace": workspace}
    rows = yield SQL.list_extras, {**place, "now": now}
    return [
        Grant(
            id=row["id"],
            scope=_scope(row, row["subject"]),
            metric=Metric(row["metric"]),
            amount=row["amount"],
            ends=None if row["ends"] == NEVER else row["ends"],
            used=row["used"],
            at=row["created_at"],
            by=row["created_by"],
        )
        for row in rows
    ]


def reset_use(scope: Scope, change: Change) -> Operation[bool]:
    """Let what a scope has used count no more, also in counters that are made later.

    Of a person's use everywhere only what was used in the reset's workspace is forgiven.
    """
    if not (yield from _note(change)):
        return False
    yield SQL.put_pardon, {**_scope_key(scope), "at": change.at}
    found = yield (
        SQL.list_pardoned,
        {
            "kind": KINDS[scope.kind],
            "platform": scope.platform,
            "workspace": scope.workspace,
            "subject": subject_of(scope),
        },
    )
    for row in found:
        roles: tuple[str, ...] = ()
        # Of one who is counted wherever they ask, resets of roles elsewhere forgave some before.
        if row["kind"] == "person" and (scope.kind is ScopeKind.ROLE or not row["workspace"]):
            this = {"platform": row["platform"], "author": row["subject"]}
            had = yield SQL.list_roles, this
            here = {role for each in had if _is_in(scope, each) for role in each["roles"].split()}
            if scope.kind is ScopeKind.ROLE and scope.id not in here:
                continue
            roles = tuple({role for each in had for role in each["roles"].split()})
        stands = counters.counter(row)
        measured = yield from counters.measure(stands.key, roles)
        forgiven = min(stands.spent, max(0, measured.forgiven - stands.forgiven))
        yield SQL.pardon_counter, {"id": stands.id, "forgiven": forgiven}
    return True


def put_standing(scope: Scope, blocked: bool | None, change: Change) -> Operation[bool]:
    """Block, exempt, or neither."""
    if not (yield from _note(change)):
        return False
    key = _scope_key(scope)
    if blocked is None:
        yield SQL.remove_standing, key
    else:
        by = {"blocked": int(blocked), "at": change.at, "author": change.actor}
        yield SQL.put_standing, {**key, **by}
    return True


def standings(platform: str, workspace: str) -> Operation[list[Standing]]:
    """Return who is blocked or exempt in a workspace or beyond any."""
    rows = yield SQL.list_standings, {"platform": platform, "workspace": workspace}
    return [
        Standing(_scope(row, row["id"]), bool(row["blocked"]), row["at"], row["author"])
        for row in rows
    ]


def audit(platform: str, workspace: str, most: int) -> Operation[list[Change]]:
    """Return the newest changes, newest first."""
    rows = yield SQL.list_changes, {"platform": platform, "workspace": workspace, "most": most}
    return [
        Change(
            at=row["at"],
            actor=row["actor"],
            name=row["name"],
            platform=row["platform"],
            workspace=row["workspace"],
            what=row["what"],
            scope=Scope(
                ScopeKind(row["kind"]), row["scope_platform"], row["scope_workspace"], row["id"]
            ),
            metric=row["metric"],
            window=row["span"],
            model=row["model"],
            before=row["was"],
            after=row["became"],
            key=row["key"] or "",
        )
        for row in rows
    ]


def _note(change: Change) -> Operation[bool]:
    """Write a change down, unless its command was run before."""
    place = {"platform": change.platform, "workspace": change.workspace}
    if change.key and (yield SQL.find_change, {**place, "key": change.key}):
        return False
    scope = change.scope
    yield (
        SQL.add_change,
        {
            **place,
            "at": change.at,
            "key": change.key or None,
            "actor": change.actor,
            "name": change.name,
            "what": change.what,
            "kind": scope.kind.value,
            "scope_platform": scope.platform,
            "scope_workspace": scope.workspace,
            "id": scope.id,
            "metric": change.metric,
            "span": change.window,
            "model": change.model,
            "was": change.before,
            "became": change.after,
        },
    )
    return True


def _scope_key(scope: Scope) -> dict[str, str]:
    return {
        "platform": scope.platform,
        "workspace": scope.workspace,
        "kind": scope.kind.value,
        "id": scope.id,
    }


def _is_in(scope: Scope, row: Row) -> bool:
    return scope.workspace in ("", row["workspace"])


def _limit_key(limit: Limit) -> dict[str, str]:
    return {
        **_scope_key(limit.scope),
        "metric": limit.metric.value,
        "span": limit.window.value,
        "model": limit.model,
    }


def _scope(row: Row, id: str) -> Scope:
    return Scope(ScopeKind(row["kind"]), row["platform"], row["workspace"], id)


def _limit(row: Row) -> Limit:
    return Limit(
        scope=_scope(row, row["id"]),
        metric=Metric(row["metric"]),
        window=Window(row["span"]),
        amount=row["amount"],
        model=row["model"],
    )
