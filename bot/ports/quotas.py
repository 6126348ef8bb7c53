"""Limits, what counts against them, and who changed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.domain import Amounts, Author, ThreadRef, Turn


class ScopeKind(StrEnum):
    """Whom a limit is for.

    `USER` is one person, `ROLE` each person with a role (or user group), `MEMBER` each person:
    all three count what that person used, and of these with the same metric, window and model
    the narrowest holds, of several roles the most generous. `CHANNEL` (its threads included),
    `WORKSPACE` and `EVERYTHING` count what everybody there used together.
    """

    USER = "user"
    ROLE = "role"
    MEMBER = "member"
    CHANNEL = "channel"
    WORKSPACE = "workspace"
    EVERYTHING = "everything"


PERSONAL = frozenset({ScopeKind.USER, ScopeKind.ROLE, ScopeKind.MEMBER})


@dataclass(frozen=True, slots=True)
class Scope:
    """One of whom or where; `id` is a person's, role's or channel's, "" for the other kinds.

    Without `workspace` a USER or MEMBER is meant wherever the bot is on that platform, direct
    messages included; without `platform` on all. Only the bot's owners may set those.
    """

    kind: ScopeKind
    platform: str = ""
    workspace: str = ""
    id: str = ""

    def covers(self, thread: ThreadRef, author: Author) -> bool:
        """Tell whether a person at a place is meant. Of a CHANNEL without id each one is."""
        if self.platform not in ("", thread.platform):
            return False
        if self.workspace not in ("", thread.workspace):
            return False
        match self.kind:
            case ScopeKind.USER:
                return self.id == author.id
            case ScopeKind.ROLE:
                return self.id in author.roles
            case ScopeKind.CHANNEL:
                return self.id in ("", thread.channel)
            case _:
                return True


class Metric(StrEnum):
    """What is counted; the names of the fields of `Amounts`, but for `MONEY` (micro-dollars)."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    IMAGES = "images"
    MONEY = "money"


class Window(StrEnum):
    """The period after which counting begins anew, in the configured time zone."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class Period:
    """A window's present period: UTC milliseconds; `ends` is None for `EVER`."""

    starts: int
    ends: int | None


Periods = Mapping[Window, Period]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` of a metric in a window; 0 means none. `model` "" counts all models."""

    scope: Scope
    metric: Metric
    window: Window
    amount: int
    model: str = ""
    # Where it comes from: a setting's name, or "" for one that was made from chat.
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """What a step is held to, beside what was set from chat: made anew for each step.

    `defaults` are the limits of the settings, `spend_cap` that on what the bot's own account is
    billed. `priced`: what the step costs at the most is known.
    """

    periods: Periods = field(default_factory=dict)
    defaults: tuple[Limit, ...] = ()
    spend_cap: Limit | None = None
    priced: bool = True


@dataclass(frozen=True, slots=True)
class Use:
    """How far a limit is used now. `granted` is what grants add to it at present.

    `noted`: people were told in this period that it is nearly used up.
    """

    limit: Limit
    period: Period
    reserved: int
    spent: int
    granted: int = 0
    noted: bool = False

    @property
    def left(self) -> int:
        """Return what is left, never below 0: a limit may have been lowered below its use."""
        return max(0, self.limit.amount + self.granted - self.reserved - self.spent)


@dataclass(frozen=True, slots=True)
class Grant:
    """A one-off extra, used only after what the limits give; what is left of it ends at `ends`."""

    id: str
    scope: Scope
    metric: Metric
    amount: int
    ends: int | None
    used: int = 0
    at: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """That a person or role is blocked (asks nothing) or exempt (no limit holds for them).

    One of a workspace lifts every limit on persons, that workspace's and its channels'; those on
    everything only one without a workspace lifts, and the spend cap none.
    """

    scope: Scope
    blocked: bool
    at: int
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit log: who changed what, from what to what, in words of data."""

    at: int
    actor: str
    name: str
    platform: str
    workspace: str
    what: str
    scope: Scope
    metric: str
    window: str
    model: str
    before: str
    after: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Spender:
    """One line of a report: what somebody, a channel, a model or a day used in a time.

    `label` is an id, of a day when it starts (UTC milliseconds); `name` a person's, as last seen.
    """

    label: str
    amounts: Amounts
    turns: int
    name: str = ""


class ReportBy(StrEnum):
    """What a report is by."""

    PERSON = "person"
    CHANNEL = "channel"
    MODEL = "model"
    DAY = "day"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger: who was charged what, where, by which model.

    `kind` is settle, release (charged nothing) or overrun (billed beyond what was reserved).
    """

    at: int
    turn: str
    step: int
    kind: str
    platform: str
    workspace: str
    channel: str
    author: str
    name: str
    model: str
    amounts: Amounts


class RefusalKind(StrEnum):
    """Why a step may not start: a limit, a block, or a price that nobody knows."""

    LIMIT = "limit"
    BLOCKED = "blocked"
    UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step may not start. Of several limits the one that ends last is told.

    `use` is there for `LIMIT` and `UNPRICED`; `wanted` is what the step would have held.
    """

    kind: RefusalKind
    use: Use | None = None
    wanted: int = 0


class QuotaStore(Protocol):
    """Keep limits, grants, standings and the audit log, and say what was used.

    Every change takes the `Change` that goes into the audit log in the same transaction; a key
    that is there already (a command delivered twice) changes nothing and returns False.
    """

    async def limits(self, platform: str, workspace: str) -> list[Limit]:
        """Return every limit that was made from chat for a workspace or beyond any."""

    async def set_limit(self, limit: Limit, change: Change) -> bool:
        """Make or change a limit; what was used in its present period counts at once."""

    async def unset_limit(self, limit: Limit, change: Change) -> bool:
        """Take a limit back."""

    async def add_grant(self, grant: Grant, change: Change) -> bool:
        """Give a one-off extra."""

    async def grants(self, platform: str, workspace: str, now: int) -> list[Grant]:
        """Return the grants that still have something left."""

    async def reset_use(self, scope: Scope, change: Change) -> bool:
        """Let what a scope has used count no more from now on; the ledger stays as it is."""

    async def put_standing(self, scope: Scope, blocked: bool | None, change: Change) -> bool:
        """Block, exempt (False), or neither (None)."""

    async def standings(self, platform: str, workspace: str) -> list[Standing]:
        """Return who is blocked or exempt in a workspace or beyond any."""

    async def uses(self, thread: ThreadRef, author: Author, quota: Quota, now: int) -> list[Use]:
        """Return every limit that holds for a person at a place, with its use."""

    async def uses_of(self, scope: Scope, quota: Quota, now: int) -> list[Use]:
        """Return every limit of a scope, with its use.

        Of a USER these are the limits of that name and the ones on each MEMBER; those of a ROLE
        and of MEMBER count each person alone, so that their use is 0.
        """

    async def note_uses(self, turn: Turn, charge: Amounts, quota: Quota, now: int) -> list[Use]:
        """Return the limits that a turn's charge brings to `NEARLY`, each once in its period.

        They count as told from then on. `use.spent` has the charge in it.
        """

    async def report(
        self,
        platform: str,
        workspace: str,
        by: ReportBy,
        since: int,
        until: int,
        most: int,
        *,
        days: Sequence[Period] = (),
    ) -> list[Spender]:
        """Return who used how much, the most money (then tokens) first; by day the oldest first.

        Without a platform: of the whole bot. By day one line for each of `days`.
        """

    async def ledger(self, platform: str, workspace: str, since: int, most: int) -> list[Entry]:
        """Return the newest entries of the ledger, the newest first.

        Without a platform: of the whole bot.
        """

    async def audit(self, platform: str, workspace: str, most: int) -> list[Change]:
        """Return the newest changes, newest first."""

    async def overruns(
        self, platform: str, workspace: str, since: int, until: int
    ) -> list[Spender]:
        """Return what providers billed beyond what was reserved, by model.

        Without a platform: of the whole bot.
        """

    async def check_counters(self) -> Sequence[str]:
        """Return every difference between counters and the ledger; none is expected."""

    async def release_leaks(self, before: int, now: int) -> int:
        """Close reservations that were opened before and whose step is not under way any more."""

    async def billed(self, since: int) -> int:
        """Return the most micro-dollars that attempts begun since a time may have cost."""


# --- which limits hold ------------------------------------------------------------------------

# Of a limit, in percent: then people are told, once.
NEARLY = 80

_NARROWNESS = {ScopeKind.USER: 0, ScopeKind.ROLE: 1, ScopeKind.MEMBER: 2}


def is_blocked(standings: Iterable[Standing], thread: ThreadRef, author: Author) -> bool:
    """Tell whether a person asks nothing at a place."""
    return any(each.blocked and each.scope.covers(thread, author) for each in standings)


def choose_limits(
    limits: Iterable[Limit], standings: Iterable[Standing], thread: ThreadRef, author: Author
) -> list[Limit]:
    """Return the limits that hold for a person at a place, of all that there are.

    Of those on persons the narrowest for each metric, window and model; one that was made from
    chat takes the place of a setting's; an exempt person's are lifted (see `Standing`).
    """
    exempt = [
        each.scope for each in standings if not each.blocked and each.scope.covers(thread, author)
    ]
    if any(not scope.workspace for scope in exempt):
        return []
    groups: dict[tuple[str, Metric, Window, str], list[Limit]] = {}
    for limit in limits:
        if not limit.scope.covers(thread, author):
            continue
        if exempt and limit.scope.kind is not ScopeKind.EVERYTHING:
            continue
        family = "person" if limit.scope.kind in PERSONAL else limit.scope.kind.value
        groups.setdefault((family, limit.metric, limit.window, limit.model), []).append(limit)
    held: list[Limit] = []
    for (family, *_), group in groups.items():
        if family == "person":
            held.append(min(group, key=_narrowness))
        else:
            held += [each for each in group if not each.setting] or group
    return held


def _narrowness(limit: Limit) -> tuple[int, bool, bool, int]:
    scope = limit.scope
    return _NARROWNESS[scope.kind], not scope.workspace, bool(limit.setting), -limit.amount
