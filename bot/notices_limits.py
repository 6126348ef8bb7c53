"""What the bot says of limits: whose, how much of what, until when, who can give more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import assert_never

from bot.domain import Amounts
from bot.notices import DISCORD, NOTHING_CHARGED, reference
from bot.ports import Metric, Refusal, RefusalKind, ScopeKind, Use, Window

_EACH = {
    Window.MINUTE: "a minute",
    Window.HOUR: "an hour",
    Window.DAY: "a day",
    Window.WEEK: "a week",
    Window.MONTH: "a month",
    Window.EVER: "in all",
}
_WHAT = {
    Metric.REQUESTS: ("request", "requests"),
    Metric.TOKENS: ("token", "tokens"),
    Metric.IMAGES: ("picture", "pictures"),
}
MICROS = 1_000_000
CENTS = Decimal("0.01")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moments:
    """How a time is told: by the reader's own clock where the platform has one for a message of
    ours, else by the configured zone's; and how long it is from now.
    """

    platform: str
    zone: tzinfo
    now: int

    def tell(self, ms: int) -> str:
        """Return a time in words."""
        if self.platform == DISCORD:
            # https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
            return f"<t:{ms // 1000}:F> (<t:{ms // 1000}:R>)"
        local = (EPOCH + timedelta(milliseconds=ms)).astimezone(self.zone)
        name = getattr(self.zone, "key", "") or local.tzname()
        return f"at {local:%H:%M} on {local.day} {local:%B} ({name}), in {_long(ms - self.now)}"


def refused(
    turn: str, refusal: Refusal, moments: Moments, *, is_picture: bool, direct: bool = False
) -> str:
    """Say why a question was not put to a model; what was asked is kept for Retry.

    `direct`: in a direct message of no server, where nobody is an admin.
    """
    match refusal.kind:
        case RefusalKind.BLOCKED:
            who = "The person who runs this bot" if direct else "An admin here"
            return (
                "You are blocked from asking me here. "
                f"{NOTHING_CHARGED} {who} can change that; then press Retry. "
                f"{reference(turn)}"
            )
        case RefusalKind.UNPRICED:
            return _unpriced(turn, is_picture=is_picture)
        case RefusalKind.LIMIT:
            return _used_up(turn, refusal, moments, direct=direct)
        case _:
            assert_never(refusal.kind)


def _unpriced(turn: str, *, is_picture: bool) -> str:
    what, setting = ("picture", "IMAGE_PRICE") if is_picture else ("answer", "MODELS (in=, out=)")
    return (
        f"There is a limit on money here, and I do not know what this {what} would cost. "
        f"{NOTHING_CHARGED} The person who runs this bot can set the price with `{setting}`; "
        f"then press Retry. {reference(turn)}"
    )


def _used_up(turn: str, refusal: Refusal, moments: Moments, *, direct: bool) -> str:
    use = refusal.use
    if use is None:
        return f"A limit is used up. {NOTHING_CHARGED} Press Retry later. {reference(turn)}"
    limit, whose = use.limit, _whose(use, direct=direct)
    # Then waiting is of no use.
    is_never = refusal.wanted > limit.amount > 0
    if limit.setting == "SPEND_CAP":
        happened = "This bot has used up what its owner lets it spend in a month."
    elif not limit.amount and not use.granted:
        happened = f"{whose} may use no {_plural(limit.metric)} here{_with(use)}."
    else:
        used = min(use.reserved + use.spent, limit.amount + use.granted)
        happened = f"{whose} may use {_allowed(use)}, and {_amount_used(use, used)}."
        if is_never or 0 < use.left < refusal.wanted:
            more = ", which is more than it ever gives" if is_never else ""
            happened += f" This needs room for {_amount(use, refusal.wanted)}{more}."
    ends = use.period.ends
    again = ""
    if limit.amount and ends is not None and not is_never:
        again = f"It starts anew {moments.tell(ends)}. "
    return (
        f"{happened} {NOTHING_CHARGED} {again}{_who_gives(use, direct=direct)}; "
        f"your question is kept: press Retry then. {reference(turn)}"
    )


def _allowed(use: Use) -> str:
    """Return what a limit gives, and what is given beside it once."""
    extra = f" and {_amount(use, use.granted)} extra" if use.granted else ""
    return f"{_amount(use, use.limit.amount)} {_EACH[use.limit.window]}{_with(use)}{extra}"


def nearly(use: Use, moments: Moments, *, direct: bool = False) -> str:
    """Say, under an answer, that a limit is nearly used up."""
    limit = use.limit
    allowed = limit.amount + use.granted
    share = min(100, use.spent * 100 // max(1, allowed))
    ends = use.period.ends
    again = "" if ends is None else f"; it starts anew {moments.tell(ends)}"
    return f"{_whose(use, direct=direct)} used {share} % of the {_allowed(use)}{again}."


def kept_short(output_tokens: int) -> str:
    """Say that an answer had less room than usual."""
    return (
        f"Little is left of a limit, so this answer had room for {output_tokens:,} tokens only; "
        "what the model thinks counts, too. `/usage` shows your limits."
    )


def cost_line(charge: Amounts, seconds: float | None, model: str) -> str:
    """Return what one answer did cost, for admins."""
    pieces = [f"tokens {charge.tokens:,}"] if charge.tokens else []
    pieces += [f"pictures {charge.images}"] if charge.images else []
    pieces.append(_dollars(charge.micros, exact=True))
    if seconds is not None:
        pieces.append(f"{seconds:.1f} s")
    pieces.append(f"`{model}`")
    return " · ".join(pieces)


# --- for the people who run the bot -------------------------------------------------------------


def spike(micros: int, limit: int) -> str:
    """Tell of much money within an hour."""
    return (
        f"Within the last hour up to {_dollars(micros)} was spent at model services, which is "
        f"more than {_dollars(limit)} (SPIKE_ALARM). `/quota report` shows who and what; "
        "SPEND_CAP sets an end to it."
    )


def capped(limit: int) -> str:
    """Tell that the cap on everything was reached."""
    return (
        f"The {_dollars(limit)} a month of SPEND_CAP are used up, counting every attempt: "
        "questions are refused until the month ends or the setting is raised."
    )


def leaked(count: int) -> str:
    """Tell that reservations were never closed."""
    what = "reservation was" if count == 1 else "reservations were"
    return (
        f"{count} {what} held for longer than any turn takes and {what.split()[-1]} given back. "
        "Nobody was charged. That is a fault in the bot: please report it with the log."
    )


def overrun(beyond: Amounts, models: str) -> str:
    """Tell that services billed beyond what was held."""
    check = "Check the prices in MODELS and IMAGE_PRICE"
    if not beyond.micros:
        check = "`/quota report` shows who asked"
    return (
        f"Model services billed {_list(beyond)} more in the last day than the most that I "
        f"had reckoned with ({models}). It counts against the limits. {check}."
    )


# --- words --------------------------------------------------------------------------------------


def _whose(use: Use, *, direct: bool) -> str:
    match use.limit.scope.kind:
        case ScopeKind.USER | ScopeKind.ROLE | ScopeKind.MEMBER:
            return "You"
        case ScopeKind.CHANNEL:
            return "All of you in this channel together"
        case ScopeKind.WORKSPACE:
            return f"All {'who write to me directly' if direct else 'of you here'} together"
        case ScopeKind.EVERYTHING:
            return "All who use this bot together"
        case _:
            assert_never(use.limit.scope.kind)


def _who_gives(use: Use, *, direct: bool) -> str:
    scope = use.limit.scope
    if scope.kind is ScopeKind.EVERYTHING or use.limit.setting == "SPEND_CAP":
        return "The person who runs this bot can allow more"
    if direct:
        return "The person who runs this bot can give more"
    if use.limit.setting or not scope.workspace:
        return "An admin here, or the person who runs this bot, can give more"
    return "An admin here can give more"


def _with(use: Use) -> str:
    return f" with `{use.limit.model}`" if use.limit.model else ""


def _long(ms: int) -> str:
    """Return a time in its two largest units, rounded up to minutes."""
    minutes = max(1, -(-ms // 60_000))
    days, hours, rest = minutes // 1_440, minutes // 60 % 24, minutes % 60
    if days:
        pieces = [f"{days} {'day' if days == 1 else 'days'}", f"{hours} h" if hours else ""]
    else:
        pieces = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(filter(None, pieces))


def _plural(metric: Metric) -> str:
    return "money" if metric is Metric.MONEY else _WHAT[metric][1]


def _list(amounts: Amounts) -> str:
    """Return what amounts are of, without what is none: `1,200 tokens and $0.01`."""
    counted = (
        (Metric.REQUESTS, amounts.requests),
        (Metric.TOKENS, amounts.tokens),
        (Metric.IMAGES, amounts.images),
    )
    pieces = [f"{many:,} {_WHAT[metric][many != 1]}" for metric, many in counted if many]
    pieces += [_dollars(amounts.micros, exact=True)] if amounts.micros else []
    return " and ".join(filter(None, (", ".join(pieces[:-1]), *pieces[-1:])))


def _amount(use: Use, number: int) -> str:
    metric = use.limit.metric
    if metric is Metric.MONEY:
        return _dollars(number, exact=True)
    one, many = _WHAT[metric]
    return f"{number:,} {one if number == 1 else many}"


def _amount_used(use: Use, used: int) -> str:
    if use.left == 0:
        return "all of it is used"
    return f"{_amount(use, used)} of it {'is' if use.limit.metric is Metric.MONEY else 'are'} used"


def _dollars(micros: int, *, exact: bool = False) -> str:
    amount = Decimal(micros) / MICROS
    if exact and 0 < amount < CENTS:
        return f"${amount.normalize():f}"
    return f"${amount.quantize(CENTS):,}"
