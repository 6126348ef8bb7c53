"""Hold steps to the limits that apply: reserve in the transaction that starts one, settle in the
one that stores its result.

`reserved + spent <= amount + what grants give` holds at every commit for each limit that applied
when a step was started. Counters are touched in the order of their ids, so that nothing deadlocks.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Amounts, Author, ThreadRef, Turn
from bot.errors import Refused
from bot.ports import (
    NEARLY,
    PERSONAL,
    Grant,
    Limit,
    Metric,
    Period,
    Quota,
    Refusal,
    RefusalKind,
    Scope,
    ScopeKind,
    Use,
    choose_limits,
    is_blocked,
)
from storage import counters, extras, limits
from storage.counters import NEVER, Counter, amount_of
from storage.engine import Operation, Params
from storage.statements import load

SQL = load("counters")


def reserve(
    turn: Turn, step: int, model: str, hold: Amounts, quota: Quota, now: int
) -> Operation[set[Metric]]:
    """Reserve what a step may use at the most; return the metrics of the limits that hold it.

    Raises `Refused`, which undoes the whole transaction.
    """
    thread, author = turn.thread, turn.author
    held, found = yield from _find_holding(thread, author, model, quota, now)
    grants: list[Grant] = []
    if any(_short(found[id], limit, hold) > 0 for id, limit in held.items()):
        grants = yield from extras.covering(thread, author, now)
    refused: list[Refusal] = []
    wanted: dict[tuple[Metric, str], tuple[int, Refusal]] = {}
    for id in sorted(found):
        stands, limit = found[id], held.get(id)
        amount = amount_of(stands.key.metric, hold)
        extra = 0
        if limit is None or amount == 0:
            yield SQL.count_in, {"id": id, "amount": amount}
        else:
            usable = extras.helping(grants, limit)
            extra = min(max(0, _short(stands, limit, hold)), extras.left_of(usable))
            amounts = {"amount": amount, "extra": extra, "allowed": limit.amount}
            refusal = Refusal(RefusalKind.LIMIT, _use(limit, stands, usable), amount)
            if not (yield SQL.reserve, {"id": id, **amounts}):
                refused.append(refusal)
                continue
            group = (limit.metric, extras.family_of(limit.scope.kind))
            if extra > wanted.get(group, (0, refusal))[0]:
                wanted[group] = extra, refusal
        if limit is not None and limit.metric is Metric.MONEY and not quota.priced:
            raise Refused(Refusal(RefusalKind.UNPRICED, _use(limit, stands, ())))
        this = {"turn": turn.id, "step": step, "counter": id}
        yield SQL.add_hold, {**this, "amount": amount, "extra": extra}
    if refused:
        raise Refused(max(refused, key=_ends))
    for (metric, family), (amount, refusal) in sorted(wanted.items(), key=lambda each: each[0]):
        if not (yield from extras.take(turn, step, metric, family, amount, now)):
            raise Refused(refusal)
    return {limit.metric for limit in held.values()}


def _find_holding(
    thread: ThreadRef, author: Author, model: str, quota: Quota, now: int
) -> Operation[tuple[dict[str, Limit], dict[str, Counter]]]:
    """Return the limits that hold a step, and every counter that it counts in, by the counter.

    One that a limit asks for and nobody has made yet is made. Raises `Refused` for a block.
    """
    standings = yield from limits.standings(thread.platform, thread.workspace)
    if is_blocked(standings, thread, author):
        raise Refused(Refusal(RefusalKind.BLOCKED))
    made = yield from limits.holding(thread.platform, thread.workspace, thread.channel, author.id)
    every = [limit for limit in (*made, *quota.defaults) if limit.model in ("", model)]
    found = yield from counters.find_all(thread, author, now)
    held: dict[str, Limit] = {}
    for limit in choose_limits(every, standings, thread, author):
        key = counters.key_of(limit, thread, author, quota.periods)
        if key.id not in found:
            found[key.id] = yield from counters.make(key, author.roles)
        if key.id not in held or limit.amount < held[key.id].amount:
            held[key.id] = limit
    return held, {id: each for id, each in found.items() if each.key.model in ("", model)}


def begin_attempt(
    turn: Turn, step: int, run: int, model: str, hold: int, quota: Quota, now: int
) -> Operation[None]:
    """Count a request to a service against the cap on the bot's own account.

    Raises `Refused`; a repeat of a turn's request is held to the cap as well.
    """
    cap = quota.spend_cap
    found = yield SQL.find_cap_counters, {"now": now}
    ids = {row["id"]: (row["reserved"], row["spent"]) for row in found}
    capped = ""
    if cap is not None:
        key = counters.cap_key(cap, quota.periods)
        capped = key.id
        if capped not in ids:
            made = yield from counters.make(key)
            ids[capped] = made.reserved, made.spent
        reserved, spent = ids[capped]
        use = _use(cap, Counter(capped, key, reserved, spent), ())
        if not quota.priced:
            raise Refused(Refusal(RefusalKind.UNPRICED, use))
        allowed = yield (
            SQL.reserve,
            {"id": capped, "amount": hold, "extra": 0, "allowed": cap.amount},
        )
        # Nothing left is nothing left, even for what costs nothing by our own figures.
        if not allowed or use.left == 0:
            raise Refused(Refusal(RefusalKind.LIMIT, use, hold))
    for id in sorted(ids):
        if id != capped:
            yield SQL.count_in, {"id": id, "amount": hold}
    yield (
        SQL.add_attempt,
        {"turn": turn.id, "step": step, "n": run, "model": model, "held": hold, "now": now},
    )


def end_attempts(turn: str, step: int, billed: int | None) -> Operation[None]:
    """Close a step's attempts: by a figure, or as the most that each can have cost."""
    rows = yield SQL.close_attempts, {"turn": turn, "step": step, "billed": billed}
    for row in rows:
        yield (
            SQL.settle_attempt,
            {"at": row["at"], "held": row["held"], "billed": row["billed"]},
        )


def held_by(turn: str, step: int) -> Operation[set[Metric]]:
    """Return what a step that is under way was counted in when it was reserved."""
    rows = yield SQL.list_holds, {"turn": turn, "step": step}
    return {Metric(row["metric"]) for row in rows}


def settle(turn: str, step: int, charge: Amounts) -> Operation[None]:
    """Put what a step used in the place of what it reserved, in the very same counters.

    What goes beyond is booked beyond. Extras that were not needed go back to their grants.
    """
    this: Params = {"turn": turn, "step": step}
    holds = yield SQL.list_holds, this
    if not holds:
        return  # without a limit nothing was counted
    unused: dict[str, int] = {}
    for row in holds:
        spent = amount_of(Metric(row["metric"]), charge)
        left = max(0, row["amount"] - spent)
        unused[row["metric"]] = left
        back = min(row["extra"], left)
        yield (
            SQL.settle,
            {"id": row["counter"], "amount": row["amount"], "spent": spent, "back": back},
        )
    yield SQL.remove_holds, this
    yield from extras.give_back(turn, step, unused)


# --- how far limits are used ------------------------------------------------------------------


def uses(thread: ThreadRef, author: Author, quota: Quota, now: int) -> Operation[list[Use]]:
    """Return every limit that holds for a person at a place, with its use."""
    standings = yield from limits.standings(thread.platform, thread.workspace)
    made = yield from limits.holding(thread.platform, thread.workspace, thread.channel, author.id)
    held = choose_limits((*made, *quota.defaults), standings, thread, author)
    grants = yield from extras.covering(thread, author, now)
    used: list[Use] = []
    for limit in held:
        key = counters.key_of(limit, thread, author, quota.periods)
        stands = yield from counters.find(key)
        if stands is None:
            stands = yield from counters.measure(key, author.roles)
        used.append(_use(limit, stands, extras.helping(grants, limit)))
    return used


def uses_of(scope: Scope, quota: Quota, now: int) -> Operation[list[Use]]:
    """Return every limit of a scope, with its use."""
    made = yield from limits.limits(scope.platform, scope.workspace)
    grants = yield from limits.grants(scope.platform, scope.workspace, now)
    used: list[Use] = []
    for limit in (*made, *quota.defaults):
        if not _concerns(limit.scope, scope):
            continue
        grantable = [each for each in grants if each.scope == scope and each.metric == limit.metric]
        if limit.scope.kind in PERSONAL and scope.kind is not ScopeKind.USER:
            period = counters.period_of(quota.periods, limit.window)
            used.append(Use(limit, period, 0, 0))
            continue
        thread = ThreadRef(scope.platform, scope.workspace, scope.id, "")
        author = Author(scope.id, "")
        key = counters.key_of(limit, thread, author, quota.periods)
        stands = yield from counters.find(key)
        if stands is None:
            stands = yield from counters.measure(key)
        used.append(_use(limit, stands, grantable))
    return used


def note_uses(turn: Turn, charge: Amounts, quota: Quota, now: int) -> Operation[list[Use]]:
    """Return the limits that a turn's charge brings near their end, each once in its period.

    What the turn itself has reserved is counted as what it is charged.
    """
    used = yield from uses(turn.thread, turn.author, quota, now)
    near: list[Use] = []
    for use in used:
        amount = amount_of(use.limit.metric, charge)
        allowed = use.limit.amount + use.granted
        spent = use.spent + amount
        if not amount or use.noted or allowed <= 0 or spent * 100 < allowed * NEARLY:
            continue
        key = counters.key_of(use.limit, turn.thread, turn.author, quota.periods)
        if (yield SQL.note_use, {"id": key.id}):
            near.append(Use(use.limit, use.period, 0, spent, use.granted, noted=True))
    return near


# --- parts of the above -------------------------------------------------------------------------


def _use(limit: Limit, stands: Counter, grants: Sequence[Grant]) -> Use:
    ends = None if stands.key.ends == NEVER else stands.key.ends
    granted = stands.extra + extras.left_of(grants)
    return Use(
        limit,
        Period(stands.key.starts, ends),
        stands.reserved,
        stands.spent,
        granted,
        stands.noted,
    )


def _short(stands: Counter, limit: Limit, hold: Amounts) -> int:
    """Return by how much a step would pass a limit; what holds nothing passes none."""
    amount = amount_of(limit.metric, hold)
    used = stands.reserved + stands.spent
    return used + amount - limit.amount - stands.extra if amount else 0


def _ends(refusal: Refusal) -> tuple[bool, int, int]:
    """Order refusals by when it is worth asking again."""
    use = refusal.use
    if use is None:
        return False, 0, 0
    return use.period.ends is None, use.period.ends or 0, -use.left


def _concerns(held: Scope, scope: Scope) -> bool:
    """Tell whether a limit's scope is this one, or one of each that this is one of."""
    if held == scope:
        return True
    reaches = held.platform in ("", scope.platform) and held.workspace in ("", scope.workspace)
    if scope.kind is ScopeKind.USER:
        same = held.kind is ScopeKind.USER and held.id == scope.id
        return reaches and (same or held.kind is ScopeKind.MEMBER)
    return reaches and held.kind is scope.kind and held.id in ("", scope.id)
