"""The table of commands: every platform registers these rows, and the dispatcher runs by them.

A new command is a row here and a function that it names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.choices import EFFORTS
from bot.commands import (
    choices,
    conversation,
    quota,
    quota_granting,
    quota_report,
    quota_rows,
    quota_showing,
    settings,
    status,
    texts,
)
from bot.commands.desk import Desk
from bot.commands.rights import Grant, Request
from bot.commands.words import RESET
from bot.forms.command import COMMAND as EDIT_IMAGE
from bot.ports import Command, CommandReply, Level, Option, OptionKind

Run = Callable[[Desk, Grant], Awaitable[CommandReply | str]]
Complete = Callable[[Desk, str], list[tuple[str, str]]]

# Discord takes up to 6,000 characters in one option:
# https://docs.discord.com/developers/interactions/application-commands
MOST_PROMPT = 6_000
MOST_MODEL_NAME = 100
# Below this the answer of a thinking model has no room for its first word.
LEAST_TOKENS = 16
MOST_TOKENS = 128_000


def nothing(request: Request) -> frozenset[Level]:
    """Say that a command changes no settings, or only the caller's own conversation."""
    del request
    return frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One command: what people see of it, what it changes (whoever it may), what it does.

    A command that `asks` has no `run`: it becomes a turn. Nor has one that `opens` a form.
    """

    command: Command
    changes: Callable[[Request], frozenset[Level]]
    run: Run | None
    completions: Mapping[str, Complete] = field(default_factory=dict)


_LEVELS = tuple((level.value, level.value) for level in Level)
_FOR = Option("for", OptionKind.TEXT, texts.FOR, choices=_LEVELS)
_RESET = Option(RESET, OptionKind.BOOLEAN, texts.RESET)


def _model(description: str) -> Option:
    return Option(
        "model", OptionKind.TEXT, description, least=1, most=MOST_MODEL_NAME, completes=True
    )


ROWS = (
    Row(
        Command(
            "ask",
            texts.ASK,
            (
                Option(
                    "prompt",
                    OptionKind.TEXT,
                    texts.ASK_PROMPT,
                    required=True,
                    least=1,
                    most=MOST_PROMPT,
                ),
                _model(texts.ASK_MODEL),
                Option(
                    "effort",
                    OptionKind.TEXT,
                    texts.ASK_EFFORT,
                    choices=tuple((effort, effort) for effort in EFFORTS),
                ),
                Option(
                    "max_tokens",
                    OptionKind.INTEGER,
                    texts.ASK_MAX_TOKENS,
                    least=LEAST_TOKENS,
                    most=MOST_TOKENS,
                ),
                Option("attachment", OptionKind.FILE, texts.ASK_ATTACHMENT),
            ),
            asks=True,
        ),
        nothing,
        None,
        {"model": choices.complete_model},
    ),
    Row(EDIT_IMAGE, nothing, None),
    Row(Command("new", texts.NEW), nothing, conversation.new),
    Row(
        Command("model", texts.MODEL, (_model(texts.MODEL_MODEL), _FOR, _RESET)),
        choices.changes,
        choices.model,
        {"model": choices.complete_model},
    ),
    Row(
        Command(
            "persona",
            texts.PERSONA,
            (
                Option(
                    "text",
                    OptionKind.TEXT,
                    texts.PERSONA_TEXT,
                    least=1,
                    most=choices.MOST_PERSONA,
                ),
                _FOR,
                _RESET,
            ),
        ),
        choices.changes,
        choices.persona,
    ),
    Row(
        Command(
            "settings",
            texts.SETTINGS,
            (
                Option(
                    "mentions",
                    OptionKind.TEXT,
                    texts.SETTINGS_MENTIONS,
                    choices=tuple(
                        (f"{rule}: {text}", rule) for rule, text in texts.MENTIONS.items()
                    ),
                ),
                Option("follow", OptionKind.BOOLEAN, texts.SETTINGS_FOLLOW),
                Option(RESET, OptionKind.BOOLEAN, texts.SETTINGS_RESET),
            ),
        ),
        settings.changes,
        settings.settings,
    ),
    Row(quota_rows.USAGE_COMMAND, nothing, quota_showing.usage),
    Row(quota_rows.SHOW_COMMAND, nothing, quota_showing.show),
    Row(
        quota_rows.SET_COMMAND,
        nothing,
        quota.set_limit,
        {"model": choices.complete_model},
    ),
    Row(
        quota_rows.UNSET_COMMAND,
        nothing,
        quota.unset_limit,
        {"model": choices.complete_model},
    ),
    Row(quota_rows.GRANT_COMMAND, nothing, quota_granting.add_grant),
    Row(quota_rows.RESET_COMMAND, nothing, quota.reset_use),
    Row(quota_rows.BLOCK_COMMAND, nothing, quota.block),
    Row(quota_rows.UNBLOCK_COMMAND, nothing, quota.unblock),
    Row(quota_rows.EXEMPT_COMMAND, nothing, quota.exempt),
    Row(quota_rows.REPORT_COMMAND, nothing, quota_report.report),
    Row(quota_rows.EXPORT_COMMAND, nothing, quota_report.export),
    Row(quota_rows.AUDIT_COMMAND, nothing, quota_showing.audit),
    Row(Command("status", texts.STATUS), nothing, status.status),
    Row(Command("help", texts.HELP), nothing, status.guide),
)
