"""What is said of what holds: each limit, how far it is used, and when it starts anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.commands.here import SLACK, Here
from bot.commands.quota_texts import (
    figure,
    from_setting,
    limit_said,
    quantity,
    standing_said,
)
from bot.commands.texts import admins
from bot.ports import Grant, Limit, Metric, Scope, ScopeKind, Standing, Use
from bot.text import moment

RUNNER = "the person who runs me"


def use_line(use: Use, who: str = "") -> str:
    """Return one line about a limit: how much of it is used, what is left, when it starts anew."""
    head = f"• {who}: " if who else "• "
    return f"{head}**{limit_said(use.limit)}**{from_setting(use.limit)}: {used(use)}{anew(use)}"


def used(use: Use) -> str:
    """Return how much of a limit is used, and what is left."""
    metric = use.limit.metric
    taken = f"{figure(metric, use.spent)} used"
    if use.reserved:
        taken += f", {figure(metric, use.reserved)} in use now"
    if not use.limit.amount and not use.granted:
        return "none at all"
    extra = f" ({figure(metric, use.granted)} extra counted in)" if use.granted else ""
    return f"{taken}, **{figure(metric, use.left)} left**{extra}"


def anew(use: Use) -> str:
    """Return when a limit starts anew, as it goes on behind how much is used."""
    if not use.limit.amount:
        return ""
    if use.period.ends is None:
        return "; never starts anew"
    return f"; starts anew {moment(use.period.ends)}"


def limit_line(limit: Limit, who: str) -> str:
    """Return one line about a limit on each of several people, who are counted alone."""
    return f"• {who}: **{limit_said(limit)}**{from_setting(limit)}"


def standing_line(standing: Standing, who: str) -> str:
    """Return one line about somebody who is blocked or exempt."""
    return f"• {who}: **{standing_said(standing.blocked)}** since {moment(standing.at)}"


def grant_line(grant: Grant, who: str) -> str:
    """Return one line about an extra."""
    until = f"until {moment(grant.ends)}" if grant.ends is not None else "without an end"
    left = figure(grant.metric, grant.amount - grant.used)
    return f"• {who}: {left} left of {quantity(grant.metric, grant.amount)} extra, {until}"


def place_named(here: Here, workspace: str) -> str:
    """Return the server or workspace that a command was used in."""
    if not workspace:
        # The command line shows one server's or workspace's only where it is told which.
        return "the bot as a whole (of one server or workspace: `--platform`, `--workspace`)"
    return f"this {here.whole}"


def shown(whose: str, lines: Sequence[str], here: Here, *, one: bool = False) -> str:
    """Return what holds for somebody or a place, or that nothing does.

    `one`: of others that hold there, too, nothing is said.
    """
    # Whose they are may be stressed itself.
    title = f"**Limits of** {whose}"
    if not lines:
        example = here.show("quota set", scope="member", amount="50", metric="requests", per="day")
        nothing = "Nothing is limited there."
        if one:
            nothing = f"No limit of its own is set there; {here.show('quota show')} lists all."
        return f"{title}\n{nothing} Set a limit: {example}"
    return "\n".join([title, *lines])


def usage_shown(
    uses: Sequence[Use],
    blocked: bool,
    exempt: bool,
    here: Here,
    priceless: Sequence[str] = (),
    capped: int | None = None,
) -> str:
    """Tell a person what they may still use, and who can grant more.

    `priceless` models are of no use where money is limited. `capped`: what the bot may spend is
    used up until then.
    """
    lines = ["**What you have used**"]
    runs = RUNNER if _is_nowhere(here) else ""
    if blocked:
        who = runs or admins(here)
        lines.append(
            "You are blocked here: I answer none of your questions."
            f" {who[0].upper()}{who[1:]} can lift that ({here.show('quota unblock')})."
        )
    elif exempt and not uses:
        lines.append("No limit holds for you: an admin lifted them.")
    elif exempt:
        lines.append("An admin lifted your limits; this holds for everybody:")
    elif not uses and capped is None:
        lines.append("No limit holds for you here. Commands cost nothing.")
    if capped is not None:
        lines.append(all_spent(capped))
    lines += [use_line(use, whose(use.limit.scope, here)) for use in uses]
    if priceless and any(use.limit.metric is Metric.MONEY for use in uses):
        lines.append(unpriced(priceless))
    if uses and not blocked:
        beyond = all(use.limit.scope.kind is ScopeKind.EVERYTHING for use in uses)
        who = runs or ("" if beyond else f"{admins(here)} ({here.show('quota grant')})")
        lines.append(f"More can be granted by {who or RUNNER}.")
    return "\n".join(lines)


def all_spent(ends: int) -> str:
    """Say that what the bot may spend is used up until then; how much that is, is its owner's."""
    return (
        "This bot has used up what its owner lets it spend in a month: questions are refused."
        f" It starts anew {moment(ends)}; {RUNNER} can allow more."
    )


def unpriced(models: Sequence[str]) -> str:
    """Warn that models whose price is unknown cannot be used where money is limited."""
    named = ", ".join(f"`{name}`" for name in models[:5])
    return (
        f"No price is known of {named}: where money is limited, they are refused. Whoever runs the"
        " bot can set their prices (MODELS, IMAGE_PRICE)."
    )


def scope_kind(scope: Scope) -> str:
    """Return how a limit on several is counted, where it is clear on whom."""
    return "each alone" if scope.kind is not ScopeKind.CHANNEL else "each channel"


def whose(scope: Scope, here: Here) -> str:
    """Return whose limit it is, to the person whom it holds for."""
    match scope.kind:
        case ScopeKind.USER | ScopeKind.ROLE | ScopeKind.MEMBER:
            return "You"
        case ScopeKind.CHANNEL:
            return "This channel"
        case ScopeKind.WORKSPACE:
            return "All direct messages together" if _is_nowhere(here) else f"This {here.whole}"
        case ScopeKind.EVERYTHING:
            return "Everything I do"
        case _:
            assert_never(scope.kind)


def _is_nowhere(here: Here) -> bool:
    """Tell whether a place belongs to no server, so that nobody is an admin there."""
    return here.direct and here.platform != SLACK
