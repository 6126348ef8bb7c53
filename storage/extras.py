"""One-off extras: which help where a limit is used up, what steps took of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain import Author, ThreadRef, Turn
from bot.ports import PERSONAL, Grant, Limit, Metric, ScopeKind
from storage import limits
from storage.engine import Operation, Params
from storage.statements import load

SQL = load("quotas")

_FAMILIES = {kind: "person" if kind in PERSONAL else kind.value for kind in ScopeKind}


def family_of(kind: ScopeKind) -> str:
    """Return which limits' extras are one: those on persons, on channels, and so on."""
    return _FAMILIES[kind]


def left_of(grants: Sequence[Grant]) -> int:
    """Return what is left of grants together."""
    return sum(each.amount - each.used for each in grants)


def covering(thread: ThreadRef, author: Author, now: int) -> Operation[list[Grant]]:
    """Return the grants for a person at a place with something left, the first to end first."""
    found = yield from limits.grants(thread.platform, thread.workspace, now)
    return [each for each in found if each.scope.covers(thread, author)]


def helping(grants: Sequence[Grant], limit: Limit) -> list[Grant]:
    """Return the grants that help where a limit is used up."""
    family = family_of(limit.scope.kind)
    return [
        each
        for each in grants
        if each.metric is limit.metric and family_of(each.scope.kind) == family
    ]


def take(
    turn: Turn, step: int, metric: Metric, family: str, amount: int, now: int
) -> Operation[bool]:
    """Take an extra from the grants of a family, the first to end first; tell whether all is had.

    Others may have taken of them since they were looked at: what they left is looked at anew.
    """
    lost = True
    while amount and lost:
        lost = False
        for grant in (yield from covering(turn.thread, turn.author, now)):
            if grant.metric is not metric or family_of(grant.scope.kind) != family:
                continue
            part = min(amount, grant.amount - grant.used)
            if not part:
                break
            if not (yield SQL.take_extra, {"id": grant.id, "amount": part}):
                lost = True
                continue
            hold = {"turn": turn.id, "step": step, "extra": grant.id, "amount": part}
            yield SQL.add_extra_hold, hold
            amount -= part
    return not amount


def give_back(turn: str, step: int, unused: Mapping[str, int]) -> Operation[None]:
    """Give back what a step did not need, by metric, the last one taken first."""
    this: Params = {"turn": turn, "step": step}
    held = yield SQL.list_extra_holds, this
    rest: dict[tuple[str, str], int] = {}
    for row in held:
        group = row["metric"], family_of(ScopeKind(row["kind"]))
        free = rest.get(group, unused.get(row["metric"], 0))
        back = min(row["amount"], free)
        rest[group] = free - back
        if back:
            yield SQL.give_back, {"id": row["extra"], "amount": back}
    if held:
        yield SQL.remove_extra_holds, this
