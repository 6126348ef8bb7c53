"""What is said of a limit, an extra or a standing that is changed, and before it is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.here import OPERATOR, Here
from bot.commands.quota_names import Named
from bot.commands.quota_texts import (
    METRICS,
    figure,
    from_setting,
    limit_said,
    quantity,
    scope_named,
    standing_said,
)
from bot.commands.quota_use_texts import all_spent, anew, used
from bot.commands.texts import NOTHING_DONE
from bot.ports import Grant, Limit, Metric, ScopeKind, Use
from bot.text import moment


def limit_set(named: Named, limit: Limit, before: Limit | None, use: Use | None, here: Here) -> str:
    """Say that a limit holds now, what held before, and how far it is used."""
    was = f"it was {limit_said(before)}{from_setting(before)}" if before else "there was none"
    lines = [f"Done: {scope_named(named, here)} may use **{limit_said(limit)}** ({was})."]
    if not limit.amount:
        lines.append("0 means none: what counts in it is refused from now on.")
    elif use is not None and limit.scope.kind not in (ScopeKind.MEMBER, ScopeKind.ROLE):
        lines.append(f"{used(use)}{anew(use)}.")
    return "\n".join(lines)


def limits_unset(named: Named, gone: Sequence[Limit], here: Here) -> str:
    """Say which limits hold no more."""
    listed = "; ".join(limit_said(each) for each in gone)
    return f"Done: {scope_named(named, here)} is no longer held to {listed}."


def granted(
    named: Named,
    grant: Grant,
    left: int,
    held: Sequence[Use],
    here: Here,
    *,
    beside: Sequence[tuple[Named, Limit]] = (),
    capped: int | None = None,
    blocked: bool = False,
) -> str:
    """Say that an extra can be used, or why not yet.

    `left`: what was left of such extras before; `held`: the limits that it adds to; `beside`:
    limits that it adds nothing to, and that are used up. `capped`: when what the bot
    may spend, which is used up as well, starts anew. `blocked`: the person may ask nothing.
    """
    was = extra_said(grant.metric, left)
    now = f"; now {figure(grant.metric, left + grant.amount)}" if left else ""
    until = f", until {moment(grant.ends)}" if grant.ends is not None else ", without an end"
    lines = [
        f"Done: {scope_named(named, here)} may use {quantity(grant.metric, grant.amount)} more"
        f" (before: {was}{now}){until}. It is used once the limits give nothing more."
    ]
    overused = next((each for each in _own(held) if not each.left), None)
    if not held:
        lines.append(f"At present no limit on {METRICS[grant.metric]} holds there.")
    elif overused is not None:
        lines.append(_still_over(overused))
    elif not beside and capped is None and not blocked:
        lines.append("Who was refused can press Retry now.")
    if beside:
        listed = "; ".join(
            f"{scope_named(each, here)}: {limit_said(limit)}" for each, limit in beside
        )
        lines.append(f"Used up as well: {listed}. Retry is refused until there is more there, too.")
    if capped is not None:
        lines.append(all_spent(capped))
    if blocked:
        lines.append(
            f"{scope_named(named, here)} is **{standing_said(blocked)}**, which no extra lifts:"
            f" {here.show('quota unblock')} does."
        )
    return "\n".join(lines)


def _own(held: Sequence[Use]) -> list[Use]:
    """Leave out what a limit of the person's own takes the place of."""
    own = {
        (each.limit.window, each.limit.model)
        for each in held
        if each.limit.scope.kind is ScopeKind.USER
    }
    wider = (ScopeKind.ROLE, ScopeKind.MEMBER)
    return [
        each
        for each in held
        if each.limit.scope.kind not in wider or (each.limit.window, each.limit.model) not in own
    ]


def _still_over(use: Use) -> str:
    """Say that an extra goes to what was used beyond a limit, which was lowered or overrun."""
    limit = use.limit
    taken = use.spent + use.reserved
    missing = taken + 1 - limit.amount - use.granted
    return (
        f"That is not enough yet: {quantity(limit.metric, taken)} of {limit_said(limit)} are used "
        f"already. Grant at least {quantity(limit.metric, missing)} more, or reset what was used."
    )


def was_reset(named: Named, here: Here) -> str:
    """Say that counting starts anew."""
    return (
        f"Done: what {scope_named(named, here)} has used so far counts no more. The ledger keeps"
        " it, and reports still show it."
    )


WHAT_WAS_USED = "what was used"
NOTHING_COUNTS = "0 used"


def part_said(use: Use) -> str:
    """Return how much of a limit was used."""
    return f"{figure(use.limit.metric, use.spent)} of {limit_said(use.limit)}"


def more(metric: Metric, value: int) -> str:
    """Return an extra."""
    return f"{quantity(metric, value)} more"


def extra_said(metric: Metric, left: int) -> str:
    """Return what is left of extras."""
    return f"{quantity(metric, left)} extra left" if left else "no such extra"


def not_so(named: Named, before: bool | None, blocked: bool, here: Here) -> str:
    """Say that nothing was there to take back: a block (`blocked`) or an exemption."""
    but = "" if before is None else f", but {standing_said(before)}"
    return f"{scope_named(named, here)} is not {standing_said(blocked)}{but}. {NOTHING_DONE}"


def standing_set(named: Named, blocked: bool | None, before: bool | None, here: Here) -> str:
    """Say whether somebody is blocked, exempt or neither now, and what they were."""
    now, was = standing_said(blocked), standing_said(before)
    return f"Done: {scope_named(named, here)} is **{now}** (before: {was})."


# --- to be confirmed -----------------------------------------------------------------------


def confirm(lines: Sequence[str], here: Here) -> str:
    """Ask whether something is to be done that is hard to take back, or large."""
    # The command line asks for itself, where it is not told that it need not.
    asks = "Nothing is changed yet. Press *Confirm* within an hour to do it."
    return "\n".join([*lines, *([] if here.person == OPERATOR else [asks])])


def about_to_set(named: Named, limit: Limit, before: Limit | None, here: Here) -> list[str]:
    """Say what setting a limit would change."""
    was = f"{limit_said(before)}{from_setting(before)}" if before else "no such limit"
    lines = [f"{scope_named(named, here)}: **{was}** → **{limit_said(limit)}**."]
    return lines + (["0 means none: whoever is meant can use nothing."] if not limit.amount else [])


def about_to_unset(named: Named, gone: Sequence[Limit], here: Here) -> list[str]:
    """Say which limits would go."""
    who = scope_named(named, here)
    return [f"{who}: **{limit_said(each)}** → **no such limit**." for each in gone]


def about_to_grant(named: Named, grant: Grant, left: int, here: Here) -> list[str]:
    """Say what an extra would give."""
    more = quantity(grant.metric, grant.amount)
    was = extra_said(grant.metric, left)
    return [f"{scope_named(named, here)}: **{was}** → **{more} more**."]


def about_to_reset(named: Named, uses: Sequence[Use], here: Here) -> list[str]:
    """Say what would count no more."""
    lines = [
        f"• {limit_said(use.limit)}: **{figure(use.limit.metric, use.spent)} used** → **0 used**"
        for use in uses
        if use.spent
    ]
    return [f"What {scope_named(named, here)} has used would count no more.", *lines[:8]]


def about_to_stand(named: Named, blocked: bool, before: bool | None, here: Here) -> list[str]:
    """Say how somebody would stand."""
    now, was = standing_said(blocked), standing_said(before)
    return [f"{scope_named(named, here)}: **{was}** → **{now}**."]


CONFIRM_LOST = (
    f"There is nothing (any more) to confirm by this button: it is older than an hour, or another"
    f" command took its place. {NOTHING_DONE} Use the command again."
)
