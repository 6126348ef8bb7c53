"""The commands about limits, as rows of the table."""

from __future__ import annotations

from bot.commands import quota_texts as texts
from bot.commands.quota_scopes import EVERYTHING, EVERYWHERE, MEMBER, SCOPE, SERVER
from bot.ports import Command, Metric, Option, OptionKind, Window

GROUP = "quota"
SET = f"{GROUP} set"
# No amount in plain digits is longer; what is, is cut off before it is read.
MOST_AMOUNT = 40
MOST_UNTIL = 20
MOST_MODEL_NAME = 100

_USER = Option("user", OptionKind.USER, texts.USER)
_ROLE = Option("role", OptionKind.ROLE, texts.ROLE)
_CHANNEL = Option("channel", OptionKind.CHANNEL, texts.CHANNEL)
_SCOPE = Option(
    SCOPE,
    OptionKind.TEXT,
    texts.SCOPE,
    choices=tuple((texts.SCOPES[each], each) for each in (MEMBER, SERVER, EVERYTHING)),
)
_EVERYWHERE = Option(EVERYWHERE, OptionKind.BOOLEAN, texts.EVERYWHERE)
_WHO = (_USER, _ROLE)
_WHERE = (*_WHO, _CHANNEL, _SCOPE)
_METRIC = Option(
    "metric",
    OptionKind.TEXT,
    texts.METRIC,
    choices=tuple((texts.METRICS[each], each.value) for each in Metric),
)
_WINDOWS = tuple((each.value, each.value) for each in Window)
_MODEL = Option(
    "model", OptionKind.TEXT, texts.MODEL, least=1, most=MOST_MODEL_NAME, completes=True
)


def _amount(description: str) -> Option:
    return Option(
        "amount", OptionKind.AMOUNT, description, required=True, least=1, most=MOST_AMOUNT
    )


def _per(*, required: bool) -> Option:
    return Option("per", OptionKind.TEXT, texts.PER, required=required, choices=_WINDOWS)


def _command(
    word: str, description: str, *options: Option, fills: bool = False, example: str = ""
) -> Command:
    return Command(
        f"{GROUP} {word}", description, options, fills=fills, admin=True, example=example
    )


SHOW_COMMAND = _command("show", texts.SHOW, *_WHERE, _EVERYWHERE, example=texts.SOMEONE)
SET_COMMAND = _command(
    "set",
    texts.SET,
    _amount(texts.AMOUNT),
    _per(required=True),
    *_WHERE,
    _METRIC,
    _MODEL,
    _EVERYWHERE,
    fills=True,
    example=texts.SET_EXAMPLE,
)
UNSET_COMMAND = _command(
    "unset",
    texts.UNSET,
    *_WHERE,
    _METRIC,
    _per(required=False),
    _MODEL,
    _EVERYWHERE,
    example=texts.UNSET_EXAMPLE,
)
GRANT_COMMAND = _command(
    "grant",
    texts.GRANT,
    _amount(texts.EXTRA),
    *_WHERE,
    _METRIC,
    Option("until", OptionKind.TEXT, texts.UNTIL, least=1, most=MOST_UNTIL),
    _EVERYWHERE,
    example=texts.GRANT_EXAMPLE,
)
RESET_COMMAND = _command("reset", texts.RESET, *_WHERE, _EVERYWHERE, example=texts.SOMEONE)
BLOCK_COMMAND = _command("block", texts.BLOCK, *_WHO, _EVERYWHERE, example=texts.SOMEONE)
UNBLOCK_COMMAND = _command("unblock", texts.UNBLOCK, *_WHO, _EVERYWHERE, example=texts.SOMEONE)
EXEMPT_COMMAND = _command(
    "exempt",
    texts.EXEMPT,
    *_WHO,
    Option("reset", OptionKind.BOOLEAN, texts.EXEMPT_RESET),
    _EVERYWHERE,
    example=texts.SOMEONE,
)
REPORT_COMMAND = _command(
    "report",
    texts.REPORT,
    Option(
        "period",
        OptionKind.TEXT,
        texts.PERIOD,
        choices=tuple((words, name) for name, words in texts.PERIODS.items()),
    ),
    example=texts.REPORT_EXAMPLE,
)
EXPORT_COMMAND = _command("export", texts.EXPORT)
AUDIT_COMMAND = _command("audit", texts.AUDIT)
USAGE_COMMAND = Command("usage", texts.USAGE)
