"""Every text of the commands about limits: descriptions, and what is said to the person alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from bot.commands.here import OPERATOR, SLACK, Here
from bot.commands.quota_names import Named
from bot.commands.texts import ADMINS, NOTHING_DONE, amount
from bot.ports import (
    Grant,
    Limit,
    Metric,
    Scope,
    ScopeKind,
    Standing,
    Use,
    Window,
)
from bot.text import escape, moment

# --- names and descriptions ----------------------------------------------------------------

SHOW = "Show the limits of a person, role, channel or the whole server, and how far they are used"
SET = "Set a limit: how much of what, for whom, per day, month …"
UNSET = "Take a limit back"
GRANT = "Give a one-off extra on top of the limits"
RESET = "Let what was used so far count no more"
BLOCK = "Let a person or role ask nothing any more"
UNBLOCK = "Let a person or role ask again, by the limits that hold"
EXEMPT = "Lift the limits for a person or role"
REPORT = "Show who used what and when: a table, a chart and a file"
EXPORT = "Send every entry of the ledger as a file (once an hour)"
AUDIT = "Show who changed which limit, and when"
USAGE = "Show what you have used, what is left, and when it starts anew"

USER = "A person"
ROLE = "A role (on Slack a user group): each person who has it"
CHANNEL = "A channel, with its threads; `here` is this one"
SCOPE = "Each member, the whole server together, or everything the bot does"
METRIC = "What is counted; money if the amount is in dollars"
AMOUNT = "How much: 50, or 5 USD, or $5; 0 means none at all"
EXTRA = "How much more: 50, or 5 USD, or $5"
PER = "After what time counting starts anew"
MODEL = "Only of this model; begin to type to search"
UNTIL = "When the extra ends: 3d, 2w, a date such as 2027-01-31, or never; else in 7 days"
EVERYWHERE = "Wherever the bot is, not only here (those who run the bot)"
EXEMPT_RESET = "Lift them no more"
PERIOD = "Of what time; else of this month"

# What may stand behind a command that is written in words.
SOMEONE = "@name"
SET_EXAMPLE = "@name 50 requests per day"
UNSET_EXAMPLE = "@name requests per day"
GRANT_EXAMPLE = "@name 50 requests until:3d"
REPORT_EXAMPLE = "last-month"

METRICS: Mapping[Metric, str] = {
    Metric.REQUESTS: "requests",
    Metric.TOKENS: "tokens",
    Metric.IMAGES: "images",
    Metric.MONEY: "money",
}
SCOPES: Mapping[str, str] = {
    "member": "each member",
    "server": "the whole server",
    "everything": "everything the bot does",
}
PERIODS: Mapping[str, str] = {
    "day": "today",
    "yesterday": "yesterday",
    "week": "this week",
    "last-week": "last week",
    "month": "this month",
    "last-month": "last month",
    "ever": "all the time",
}

# --- what cannot be used -------------------------------------------------------------------

NO_TARGET = (
    "say for whom or where: `user`, `role` or `channel`, or `scope` with `member`, `server` or"
    " `everything`"
)
ONE_TARGET = "name one of `user`, `role`, `channel` and `scope`, not several"
NOT_EVERYWHERE = "`everywhere` goes with `user` or with `scope` `member` only"
NO_WORKSPACE = "name the server or workspace, too"
ONLY_OWNERS = (
    "Only those whom the person who runs me named in ADMIN_IDS may see or change what holds"
    f" beyond this place. {NOTHING_DONE} Ask them, or set a limit for your own place."
)
NOT_LOOKED_UP = (
    f"I could not ask the platform who or what that is. {NOTHING_DONE} Try again in a moment."
)
NO_LIMIT = (
    f"There is no such limit that was set from chat. {NOTHING_DONE} `quota show` lists those that"
    " there are; one of the settings (LIMITS) is changed by whoever runs the bot, or by setting"
    " another in its place."
)
NO_CHANGE = f"That command came before and was run once. {NOTHING_DONE}"
NO_PERSON_OR_ROLE = "say whom: `user` or `role`"


def no_metric() -> str:
    """Say that a number alone says not what it counts."""
    return "`metric` is missing: `requests`, `tokens`, `images` or `money`"


def bad_amount(metric: str) -> str:
    """Say how an amount is written."""
    if metric == Metric.MONEY:
        return (
            "`amount` must be dollars in plain digits, such as `5 USD`, `$5` or `$0.50`, at most"
            " `$1000000`"
        )
    if metric:
        return f"`amount` must be a whole number from 0 to {10**12}, digits only, such as `50`"
    return "`amount` must be plain digits, such as `50`, or dollars, such as `5 USD` or `$5`"


LEAST_EXTRA = "`amount` of an extra must be more than 0, such as `50` or `$5`"


def bad_end(most_days: int) -> str:
    """Say how the end of an extra is written."""
    return (
        "`until` must be a time such as `3d` or `2w`, a day to come such as `2027-01-31`, at most"
        f" {most_days} days ahead, or `never`"
    )


def no_such(kind: ScopeKind) -> str:
    """Say that nobody by an id can be given a limit here, whatever the reason."""
    what = {ScopeKind.USER: "person", ScopeKind.ROLE: "role or group"}.get(kind, "channel")
    return f"there is no such {what} here; choose one that is offered"


def not_in_direct(here: Here) -> str:
    """Say that limits are a server's matter."""
    return (
        f"Limits belong to a {here.whole}: use this in one of its channels. {NOTHING_DONE}"
        f" {here.show('usage')} works here, too."
    )


def only_admins(here: Here) -> str:
    """Say who may use what only admins may."""
    return (
        f"Only {_admins(here)}, may use that. {NOTHING_DONE} {here.show('usage')} shows what you"
        " have used and what is left."
    )


def _is_nowhere(here: Here) -> bool:
    """Tell whether a place belongs to no server, so that nobody is an admin there."""
    return here.direct and here.platform != SLACK


def _admins(here: Here) -> str:
    who = ADMINS.get(here.platform, "the admins here")
    return f"{who}, and those whom the person who runs me named"


# --- nouns ---------------------------------------------------------------------------------


def scope_named(named: Named, here: Here) -> str:
    """Return whom a scope means, as it goes on within a sentence.

    On Discord by a mention, which pings nobody in what one person alone is told.
    """
    scope = named.scope
    shown = escape(named.name or scope.id)
    mentions = here.platform == "discord"
    beyond = " wherever the bot is" if not scope.workspace else ""
    match scope.kind:
        case ScopeKind.USER:
            return (f"<@{scope.id}>" if mentions else f"**{shown}**") + beyond
        case ScopeKind.ROLE:
            who = f"<@&{scope.id}>" if mentions else f"**{shown}**"
            return f"each person with {who}"
        case ScopeKind.MEMBER:
            return f"each member{beyond}"
        case ScopeKind.CHANNEL:
            if not scope.id:
                return "each channel"
            return f"<#{scope.id}>" if mentions else f"**#{shown.removeprefix('#')}**"
        case ScopeKind.WORKSPACE:
            return f"the whole {here.whole}" if scope.workspace else "each server and workspace"
        case ScopeKind.EVERYTHING:
            return "everything the bot does"
        case _:
            assert_never(scope.kind)


def quantity(metric: Metric | str, value: int) -> str:
    """Return so much of a metric: `50 requests`, `$5.00`."""
    if metric == Metric.MONEY:
        return money(value)
    word = METRICS[Metric(metric)]
    return f"{value:,} {word.removesuffix('s') if value == 1 else word}"


def figure(metric: Metric | str, value: int) -> str:
    """Return the same without its unit's name."""
    return money(value) if metric == Metric.MONEY else f"{value:,}"


def money(micros: int) -> str:
    """Return dollars to the cent, and what is little as exactly as it is."""
    return f"${micros / 1_000_000:,.2f}" if micros >= 100_000 else f"${amount(micros)}"


def per(window: Window) -> str:
    """Return what a window adds to an amount."""
    return "in all" if window is Window.EVER else f"per {window.value}"


def limit_said(limit: Limit) -> str:
    """Return a limit: `50 requests per day of `x:y``."""
    of = f" of `{limit.model}`" if limit.model else ""
    return f"{quantity(limit.metric, limit.amount)} {per(limit.window)}{of}"


# --- a limit was changed -------------------------------------------------------------------


def limit_set(named: Named, limit: Limit, before: Limit | None, use: Use | None, here: Here) -> str:
    """Say that a limit holds now, what held before, and how far it is used."""
    was = f"it was {limit_said(before)}{_from(before)}" if before else "there was none"
    lines = [f"Done: {scope_named(named, here)} may use **{limit_said(limit)}** ({was})."]
    if not limit.amount:
        lines.append("0 means none: what counts in it is refused from now on.")
    elif use is not None and limit.scope.kind not in (ScopeKind.MEMBER, ScopeKind.ROLE):
        lines.append(f"{_used(use)}{_anew(use)}.")
    return "\n".join(lines)


def unpriced(models: Sequence[str]) -> str:
    """Warn that models whose price is unknown cannot be used where money is limited."""
    named = ", ".join(f"`{name}`" for name in models[:5])
    return (
        f"No price is known of {named}: where money is limited, they are refused. Whoever runs the"
        " bot can set their prices (MODELS, IMAGE_PRICE)."
    )


def _from(limit: Limit) -> str:
    return f" by the setting {limit.setting}" if limit.setting else ""


def limits_unset(named: Named, gone: Sequence[Limit], here: Here) -> str:
    """Say which limits hold no more."""
    listed = "; ".join(limit_said(each) for each in gone)
    return f"Done: {scope_named(named, here)} is no longer held to {listed}."


def granted(named: Named, grant: Grant, left: int, held: Sequence[Use], here: Here) -> str:
    """Say that an extra can be used, or why not yet.

    `left`: what was left of such extras before; `held`: the limits that it adds to.
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
    else:
        lines.append("Who was refused can press Retry now.")
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


def standing_said(blocked: bool | None) -> str:
    """Return a standing in words."""
    if blocked is None:
        return "neither blocked nor exempt"
    return "blocked" if blocked else "exempt from limits"


# --- to be confirmed -----------------------------------------------------------------------


def confirm(lines: Sequence[str], here: Here) -> str:
    """Ask whether something is to be done that is hard to take back, or large."""
    # The command line asks for itself.
    how = "" if here.person == OPERATOR else " Press *Confirm* within an hour to do it."
    return "\n".join([*lines, f"Nothing is changed yet.{how}"])


def about_to_set(named: Named, limit: Limit, before: Limit | None, here: Here) -> list[str]:
    """Say what setting a limit would change."""
    was = f"{limit_said(before)}{_from(before)}" if before else "no such limit"
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

# --- what holds ----------------------------------------------------------------------------


def use_line(use: Use, who: str = "") -> str:
    """Return one line about a limit: how much of it is used, what is left, when it starts anew."""
    head = f"• {who}: " if who else "• "
    return f"{head}**{limit_said(use.limit)}**{_from(use.limit)}: {_used(use)}{_anew(use)}"


def _used(use: Use) -> str:
    metric = use.limit.metric
    taken = f"{figure(metric, use.spent)} used"
    if use.reserved:
        taken += f", {figure(metric, use.reserved)} in use now"
    if not use.limit.amount and not use.granted:
        return "none at all"
    extra = f" ({figure(metric, use.granted)} extra counted in)" if use.granted else ""
    return f"{taken}, **{figure(metric, use.left)} left**{extra}"


def _anew(use: Use) -> str:
    if not use.limit.amount:
        return ""
    if use.period.ends is None:
        return "; never starts anew"
    return f"; starts anew {moment(use.period.ends)}"


def limit_line(limit: Limit, who: str) -> str:
    """Return one line about a limit on each of several people, who are counted alone."""
    return f"• {who}: **{limit_said(limit)}**{_from(limit)}"


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
    runs = "the person who runs me" if _is_nowhere(here) else ""
    if blocked:
        who = runs or _admins(here)
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
        lines.append(
            "This bot has used up what its owner lets it spend in a month: questions are refused."
            f" It starts anew {moment(capped)}; the person who runs me can allow more."
        )
    lines += [use_line(use, whose(use.limit.scope, here)) for use in uses]
    if priceless and any(use.limit.metric is Metric.MONEY for use in uses):
        lines.append(unpriced(priceless))
    if uses and not blocked:
        who = runs or f"{_admins(here)} ({here.show('quota grant')})"
        lines.append(f"More can be granted by {who}.")
    return "\n".join(lines)


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


# --- the form that sets a limit ------------------------------------------------------------

FORM_TITLE = "Set a limit"
FORM_SEND = "Set"
FORM_WHOM = "For whom or where"
FORM_PERSON = "The person"
FORM_PERSON_HINT = "Only where the limit is for one person"
FORM_NO_PERSON = "Choose the person, or somebody else above."
FORM_PERSON_TOO = (
    "The limit would not be for this person alone: choose “one person” above, or nobody here."
)
FORM_EVER = "ever: it never does"
FORM_METRIC = "What is counted"
FORM_AMOUNT = "How much"
FORM_AMOUNT_HINT = "50, or of money 5 USD or $5; 0 means none at all"
FORM_PER = "Counting starts anew each"
FORM_MODEL = "Only of this model"


def form_flaw(why: str) -> str:
    """Return what is wrong with a field, as a sentence below it; it knows no markup."""
    # What a command calls an option is what is asked there.
    said = why.replace("`amount` ", "This ").replace("`model` ", "This ").replace("`", "")
    return f"{said[0].upper()}{said[1:]}."


FORM_LOST = (
    f"This form is no longer known: it is older than a day, or another took its place."
    f" {NOTHING_DONE} Use the command again."
)
FORM_SCOPES: Mapping[str, str] = {
    "member": "each member",
    "person": "one person, chosen below",
    "server": "the whole workspace",
    "channel": "this channel",
    "everything": "everything the bot does",
}
