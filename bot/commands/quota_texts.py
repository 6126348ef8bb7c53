"""What commands about limits are called and take, what is wrong with one, and words of limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from bot.commands.here import Here
from bot.commands.quota_names import Named
from bot.commands.texts import NOTHING_DONE, admins, amount
from bot.ports import Limit, Metric, ScopeKind, Window
from bot.text import escape

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
CHANNEL = "A channel, with its threads"
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
    "Only those whom the person who runs me named in ADMIN_IDS may use this for what holds"
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
NO_CHANNEL = "`channel` must be named: `here` is the one that a command is written in"


def no_metric() -> str:
    """Say that a number alone says not what it counts."""
    return "`metric` is missing: `requests`, `tokens`, `images` or `money`"


def bad_amount(metric: str) -> str:
    """Say how an amount is written."""
    if metric == Metric.MONEY:
        return (
            "`amount` must be dollars in plain digits, at most two of them behind the point, such"
            " as `5 USD`, `$5` or `$0.50`, at most `$1000000`"
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


def no_id(option: str, platform: str, workspace: str) -> str:
    """Say how the id of a person, role or channel is written where no platform can be asked."""
    of_slack = (
        "such as U061F7AUR" if workspace else "behind its workspace's, such as T061EG9R6/U061F7AUR"
    )
    of_discord = "digits only, such as 80351110224678912"
    match platform:
        case "slack":
            return f"`{option}` must be an id as Slack shows it, {of_slack}"
        case "discord":
            return f"`{option}` must be an id as Discord shows it, {of_discord}"
        case _:
            return f"`{option}` must be an id of Discord, {of_discord}, or of Slack, {of_slack}"


def not_in_direct(here: Here) -> str:
    """Say that limits are a server's matter."""
    return (
        f"Limits belong to a {here.whole}: use this in one of its channels. {NOTHING_DONE}"
        f" {here.show('usage')} works here, too."
    )


def only_admins(here: Here) -> str:
    """Say who may use what only admins may."""
    return (
        f"Only {admins(here)}, may use that. {NOTHING_DONE} {here.show('usage')} shows what you"
        " have used and what is left."
    )


# --- nouns ---------------------------------------------------------------------------------


def scope_named(named: Named, here: Here) -> str:
    """Return whom a scope means, as it goes on within a sentence.

    On Discord by a mention, which pings nobody in what one person alone is told.
    """
    scope = named.scope
    shown = escape(named.name or scope.id)
    mentions = here.platform == "discord"
    beyond = " (wherever the bot is)" if not scope.workspace else ""
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


def from_setting(limit: Limit) -> str:
    """Return what is added to a limit that a setting made."""
    return f" by the setting {limit.setting}" if limit.setting else ""


def standing_said(blocked: bool | None) -> str:
    """Return a standing in words."""
    if blocked is None:
        return "neither blocked nor exempt"
    return "blocked" if blocked else "exempt from limits"
