"""Counters: what somebody, or a place, has used in a period; a cache of the ledger.

One is made when a limit first asks for it, of the ledger and of what is reserved at that moment.
From then on every step that counts in it does so in its own transaction, whatever limit or time
zone it was made for. What a step took belongs to the period in which it was reserved.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.domain import Amounts, Author, ThreadRef
from bot.errors import StoreError
from bot.ports import PERSONAL, Limit, Metric, Period, Periods, Scope, ScopeKind, Window
from storage.engine import Operation, Row
from storage.statements import load

SQL = load("counters")

# What an end that never comes is written as: one comparison serves all.
NEVER = 2**53
ATTEMPTS = "attempts"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a counter counts: `kind` is person, channel, workspace, everything or attempts."""

    kind: str
    platform: str
    workspace: str
    subject: str
    metric: Metric
    window: Window
    model: str
    starts: int
    ends: int

    @property
    def id(self) -> str:
        """Return the counter's id."""
        words = (
            self.kind,
            self.platform,
            self.workspace,
            self.subject,
            self.metric.value,
            self.window.value,
            self.model,
            str(self.starts),
            str(self.ends),
        )
        key = "\0".join(words).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(key, digest_size=10).hexdigest()


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter as it stands."""

    id: str
    key: Key
    reserved: int = 0
    spent: int = 0
    forgiven: int = 0
    extra: int = 0
    noted: bool = False


def period_of(periods: Periods, window: Window) -> Period:
    """Return a window's present period. Raises `StoreError` where that is not known."""
    if window is Window.EVER:
        return Period(0, None)
    period = periods.get(window)
    if period is None:
        raise StoreError(f"No period of a {window} was given.")
    return period


def key_of(limit: Limit, thread: ThreadRef, author: Author, periods: Periods) -> Key:
    """Return what a limit counts for a person at a place."""
    period = period_of(periods, limit.window)
    ends = NEVER if period.ends is None else period.ends
    rest = (limit.metric, limit.window, limit.model, period.starts, ends)
    scope = limit.scope
    if scope.kind in PERSONAL:
        return Key("person", thread.platform, scope.workspace, author.id, *rest)
    if scope.kind is ScopeKind.CHANNEL:
        return Key("channel", thread.platform, thread.workspace, thread.channel, *rest)
    if scope.kind is ScopeKind.WORKSPACE:
        return Key("workspace", thread.platform, thread.workspace, "", *rest)
    return Key("everything", scope.platform, "", "", *rest)


def cap_key(cap: Limit, periods: Periods) -> Key:
    """Return what a cap on the bot's own account counts."""
    period = period_of(periods, cap.window)
    ends = NEVER if period.ends is None else period.ends
    return Key(ATTEMPTS, "", "", "", Metric.MONEY, cap.window, "", period.starts, ends)


def amount_of(metric: Metric, amounts: Amounts) -> int:
    """Return an amount by its metric."""
    match metric:
        case Metric.REQUESTS:
            return amounts.requests
        case Metric.TOKENS:
            return amounts.tokens
        case Metric.IMAGES:
            return amounts.images
        case Metric.MONEY:
            return amounts.micros


def find_all(thread: ThreadRef, author: Author, now: int) -> Operation[dict[str, Counter]]:
    """Return every counter that a step of a person counts in now, by id."""
    rows = yield (
        SQL.find_counters,
        {
            "platform": thread.platform,
            "workspace": thread.workspace,
            "channel": thread.channel,
            "author": author.id,
            "now": now,
        },
    )
    # A workspace may have no name of its own: then one is found twice.
    return {row["id"]: counter(row) for row in rows}


def find(key: Key) -> Operation[Counter | None]:
    """Return a counter, if it was made."""
    rows = yield SQL.find_counter, {"id": key.id}
    return counter(rows[0]) if rows else None


def measure(key: Key, roles: tuple[str, ...] = ()) -> Operation[Counter]:
    """Return a counter as the ledger and the open reservations have it."""
    if key.kind == ATTEMPTS:
        rows = yield SQL.sum_attempts, {"starts": key.starts, "ends": key.ends}
        return Counter(key.id, key, rows[0]["held"], rows[0]["billed"])
    spent = forgiven = 0
    for row in (yield from _sum(key, roles)):
        if row["pardoned"]:
            forgiven += row[key.metric.value]
        else:
            spent += row[key.metric.value]
    opened = yield SQL.sum_open, _open(key)
    return Counter(key.id, key, opened[0][key.metric.value], spent, forgiven)


def make(key: Key, roles: tuple[str, ...] = ()) -> Operation[Counter]:
    """Make a counter; what is reserved at this moment will be settled with it."""
    made = yield from measure(key, roles)
    yield (
        SQL.make_counter,
        {
            "id": key.id,
            "platform": key.platform,
            "workspace": key.workspace,
            "kind": key.kind,
            "subject": key.subject,
            "metric": key.metric.value,
            "span": key.window.value,
            "model": key.model,
            "starts": key.starts,
            "ends": key.ends,
            "reserved": made.reserved,
            "spent": made.spent,
            "forgiven": made.forgiven,
        },
    )
    if made.reserved and key.kind != ATTEMPTS:
        yield SQL.hold_open, {**_open(key), "counter": key.id, "metric": key.metric.value}
    return made


def counter(row: Row) -> Counter:
    """Return the counter of a row."""
    key = Key(
        row["kind"],
        row["platform"],
        row["workspace"],
        row["subject"],
        Metric(row["metric"]),
        Window(row["span"]),
        row["model"],
        row["starts"],
        row["ends"],
    )
    return Counter(
        row["id"],
        key,
        row["reserved"],
        row["spent"],
        row["forgiven"],
        row["extra"],
        bool(row["noted"]),
    )


def _sum(key: Key, roles: tuple[str, ...]) -> Operation[list[Row]]:
    """Sum the ledger: what counts, and what was reset."""
    times = {"model": key.model, "starts": key.starts, "ends": key.ends}
    if key.kind == "everything":
        rows = yield SQL.sum_everything, {"platform": key.platform, **times}
        return rows
    place = {"platform": key.platform, "workspace": key.workspace, "subject": key.subject}
    if key.kind == "person":
        rows = yield SQL.sum_person, {**place, **times, "roles": f" {' '.join(roles)} "}
    else:
        rows = yield SQL.sum_place, {**place, **times, "kind": key.kind}
    return rows


def _open(key: Key) -> dict[str, str | int]:
    return {
        "platform": key.platform,
        "workspace": key.workspace,
        "channel": key.subject if key.kind == "channel" else "",
        "author": key.subject if key.kind == "person" else "",
        "model": key.model,
        "starts": key.starts,
        "ends": key.ends,
    }


# The scope in which a counter of a kind is looked for by a reset.
KINDS = {
    ScopeKind.USER: "person",
    ScopeKind.ROLE: "person",
    ScopeKind.MEMBER: "person",
    ScopeKind.CHANNEL: "channel",
    ScopeKind.WORKSPACE: "workspace",
    ScopeKind.EVERYTHING: "everything",
}


def subject_of(scope: Scope) -> str:
    """Return whose counters a scope names; "" where it is everybody's."""
    return scope.id if scope.kind in (ScopeKind.USER, ScopeKind.CHANNEL) else ""
