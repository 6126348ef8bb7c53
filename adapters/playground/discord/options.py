"""The options of commands: check what the bot registers, and fill in what a person chose.

https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.playground.discord import bodies, limits, payloads, permissions
from adapters.playground.discord.problems import Form, problem
from adapters.playground.discord.records import Attachment, Channel
from adapters.playground.discord.world import World

Json = dict[str, Any]

SUBCOMMAND = 1
TEXT, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = 3, 4, 5, 6, 7, 8, 9, 10, 11
_KINDS = (TEXT, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE)
_NAME = re.compile(r"[-_'\w]{1,32}")
_WHOLE_MAX = 1 << 53


# --- what the bot registers


def check_commands(value: Any) -> None:
    """Refuse a list of commands that Discord would not take, with everything that is wrong."""
    form = Form()
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        form.wrong((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        form.done()
    counts: dict[int, int] = {}
    names: set[tuple[int, str]] = set()
    for n, command in enumerate(value):
        kind = command.get("type") or 1
        counts[kind] = counts.get(kind, 0) + 1
        name = str(command.get("name") or "")
        _check_name((n,), name, form, words=kind != 1)
        if (kind, name) in names:
            form.wrong(
                (n, "name"),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
        names.add((kind, name))
        if kind == 1:
            _check_description((n,), command, form)
        _check_whole(n, command, form)
    for kind, count in counts.items():
        if count > limits.COMMANDS.get(kind, 0):
            form.wrong((), "APPLICATION_COMMAND_TOO_MANY", f"Too many commands of type {kind}")
    form.done()


def _check_name(path: tuple[str | int, ...], name: str, form: Form, *, words: bool = False) -> None:
    if not 1 <= len(name) <= limits.COMMAND_NAME_CHARS:
        form.bad_length((*path, "name"), 1, limits.COMMAND_NAME_CHARS)
    elif not words and (not _NAME.fullmatch(name) or name != name.lower()):
        form.wrong((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_description(path: tuple[str | int, ...], one: Json, form: Form) -> None:
    description = str(one.get("description") or "")
    if not 1 <= len(description) <= limits.COMMAND_DESCRIPTION_CHARS:
        form.bad_length((*path, "description"), 1, limits.COMMAND_DESCRIPTION_CHARS)


def subcommands(command: Json) -> dict[str, Json]:
    """Return a command's subcommands by name; one that has any is used by them alone."""
    given = command.get("options") or []
    return {str(one.get("name")): one for one in given if one.get("type") == SUBCOMMAND}


def within(given: list[Json]) -> list[Json]:
    """Return the options of an interaction, those of its subcommand where it has one."""
    if len(given) == 1 and given[0]["type"] == SUBCOMMAND:
        return list(given[0]["options"])
    return given


def _check_whole(n: int, command: Json, form: Form) -> None:
    """Check the options of a command, or its subcommands with theirs: either, never both.

    https://docs.discord.com/developers/interactions/application-commands#subcommands-and-subcommand-groups
    """
    given = command.get("options") or []
    nested = subcommands(command)
    chars = len(str(command.get("name"))) + len(str(command.get("description") or ""))
    if not nested:
        chars += _check_options((n,), command, form)
    elif any(one.get("type") != SUBCOMMAND for one in given):
        form.wrong(
            (n, "options"),
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other"
            " types",
        )
    elif len(given) > limits.COMMAND_OPTIONS or len(nested) < len(given):
        form.bad_length((n, "options"), 0, limits.COMMAND_OPTIONS)
    for m, one in enumerate(given if nested else ()):
        path = (n, "options", m)
        _check_name(path, str(one.get("name") or ""), form)
        _check_description(path, one, form)
        chars += len(str(one.get("name"))) + len(str(one.get("description") or ""))
        chars += _check_options(path, one, form)
    if chars > limits.COMMAND_CHARS:
        form.wrong((n,), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _check_options(at: tuple[str | int, ...], command: Json, form: Form) -> int:
    """Check options and return how many characters they have."""
    given = command.get("options") or []
    if len(given) > limits.COMMAND_OPTIONS:
        form.bad_length((*at, "options"), 0, limits.COMMAND_OPTIONS)
    chars = 0
    names: set[str] = set()
    optional = False
    for m, option in enumerate(given):
        path: tuple[str | int, ...] = (*at, "options", m)
        name = str(option.get("name") or "")
        _check_name(path, name, form)
        _check_description(path, option, form)
        if option.get("type") not in _KINDS:
            message = f"Value must be one of {_KINDS}."
            form.wrong((*path, "type"), "BASE_TYPE_CHOICES", message)
        if name in names:
            form.wrong(
                (*path, "name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            )
        names.add(name)
        if option.get("required") and optional:
            form.wrong(
                (*path,),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional = optional or not option.get("required")
        chars += len(name) + len(str(option.get("description") or ""))
        chars += _check_choices(path, option, form)
    return chars


def _check_choices(path: tuple[str | int, ...], option: Json, form: Form) -> int:
    """Check an option's choices and bounds and return how many characters the choices have."""
    choices = option.get("choices") or []
    if len(choices) > limits.CHOICES:
        form.bad_length((*path, "choices"), 0, limits.CHOICES)
    if choices and option.get("autocomplete"):
        form.wrong(
            (*path, "autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE",
            "Options cannot have both choices and autocomplete",
        )
    for k, choice in enumerate(choices):
        check_choice((*path, "choices", k), option.get("type"), choice, form)
    for least, most in (("min_length", "max_length"), ("min_value", "max_value")):
        low, high = option.get(least), option.get(most)
        if low is not None and high is not None and low > high:
            form.wrong((*path, least), "NUMBER_TYPE_MAX", f"{least} is greater than {most}")
    return sum(len(str(one.get("name"))) + len(str(one.get("value"))) for one in choices)


def check_choice(path: tuple[str | int, ...], kind: Any, choice: Json, form: Form) -> None:
    """Check one choice, which the bot registered or offers while a person types."""
    if not 1 <= len(str(choice.get("name") or "")) <= limits.CHOICE_CHARS:
        form.bad_length((*path, "name"), 1, limits.CHOICE_CHARS)
    value = choice.get("value")
    if kind == TEXT and (not isinstance(value, str) or not 1 <= len(value) <= limits.CHOICE_CHARS):
        form.bad_length((*path, "value"), 1, limits.CHOICE_CHARS)
    if kind == INTEGER and (not isinstance(value, int) or isinstance(value, bool)):
        form.wrong((*path, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')


def answer_command(body: Json) -> Json:
    """Return a registered command as Discord keeps it: without what was null."""
    kept = {key: value for key, value in body.items() if value is not None}
    if kept.get("options"):
        kept["options"] = [_answer_option(option) for option in kept["options"]]
    return kept


def _answer_option(option: Json) -> Json:
    kept = {key: value for key, value in option.items() if value is not None and value != []}
    if "options" in kept:
        kept["options"] = [_answer_option(one) for one in kept["options"]]
    if "choices" in kept:
        kept["choices"] = [
            {key: value for key, value in choice.items() if value is not None}
            for choice in kept["choices"]
        ]
    return kept


# --- what a person chose


@dataclass(slots=True)
class Chosen:
    """The options of an interaction, and what they refer to."""

    options: list[Json]
    resolved: Json = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)


def fill(
    world: World,
    body: Json,
    guild: str | None,
    given: Mapping[str, Any],
    *,
    focused: tuple[str, str] | None = None,
) -> Chosen:
    """Return what a person chose; what a client would not let through is refused.

    `focused` is the option that is being typed, and its text so far: then nothing has to be
    complete.
    """
    known: dict[str, Json] = {one["name"]: one for one in body.get("options") or []}
    form = Form()
    chosen = Chosen([])
    for name in given:
        if name not in known:
            form.wrong((name,), "APPLICATION_COMMAND_OPTIONS_UNKNOWN", "Unknown option")
    for name, option in known.items():
        if focused and name == focused[0]:
            if not option.get("autocomplete"):
                form.wrong((name,), "APPLICATION_COMMAND_AUTOCOMPLETE_DISABLED", "No autocomplete")
            half: Json = {"name": name, "type": option["type"], "value": focused[1]}
            chosen.options.append(half | {"focused": True})
        elif given.get(name) is not None:
            value = _take(world, guild, option, given[name], chosen, form)
            chosen.options.append({"name": name, "type": option["type"], "value": value})
        elif option.get("required") and not focused:
            form.required((name,))
    form.done()
    return chosen


def _take(
    world: World, guild: str | None, option: Json, value: Any, chosen: Chosen, form: Form
) -> Any:
    """Check one value and return it as the interaction has it."""
    path = (option["name"],)
    match option["type"]:
        case 3 | 4 | 10 if option.get("choices"):
            if value not in [choice["value"] for choice in option["choices"]]:
                form.wrong(path, "BASE_TYPE_CHOICES", "Value must be one of the choices.")
        case 3:
            least = option.get("min_length") or 0
            most = option.get("max_length") or limits.OPTION_TEXT_CHARS
            if not isinstance(value, str) or not max(1, least) <= len(value) <= most:
                form.bad_length(path, least, most)
        case 4 | 10:
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole and (option["type"] == INTEGER or not isinstance(value, float)):
                form.wrong(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            elif not _within(value, option.get("min_value"), option.get("max_value")):
                form.wrong(path, "NUMBER_TYPE_MAX", "Value is out of range.")
        case 5:
            if not isinstance(value, bool):
                form.wrong(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        case 6 | 7 | 8 | 9:
            _refer(world, guild, option, str(value), chosen)
        case 11:
            attachment = bodies.attach(world, *value)
            chosen.attachments.append(attachment)
            return attachment.id
        case _:
            raise problem(50035)
    return value


def _within(value: float, least: float | None, most: float | None) -> bool:
    low = -_WHOLE_MAX if least is None else least
    high = _WHOLE_MAX if most is None else most
    return low <= value <= high


def _refer(world: World, guild: str | None, option: Json, id_: str, chosen: Chosen) -> None:
    """Add the user, channel or role that an option names to what is resolved.

    A client lets nothing through that is of another kind, of another server, or not there; a
    user may be one of elsewhere, whose id was typed.
    """
    kind = option["type"]

    def put(table: str, payload: Json) -> None:
        chosen.resolved.setdefault(table, {})[id_] = payload

    user = world.users.get(id_) if kind in (USER, MENTIONABLE) else None
    role = world.roles.get(id_) if kind in (ROLE, MENTIONABLE) else None
    channel = world.channels.get(id_) if kind == CHANNEL else None
    if user is not None:
        put("users", payloads.render_user(user))
        if guild and (member := world.members.get((guild, id_))):
            granted = world.guild_permissions(id_, guild)
            put("members", payloads.render_member(member) | {"permissions": str(granted)})
    elif role is not None and role.guild == guild:
        put("roles", payloads.render_role(role))
    elif channel is not None and _is_of(channel, guild, option.get("channel_types")):
        granted = world.permissions(world.bot, channel) & permissions.ALL
        put("channels", payloads.render_channel(world, channel) | {"permissions": str(granted)})
    else:
        raise problem(50035)


def _is_of(channel: Channel, guild: str | None, kinds: list[int] | None) -> bool:
    """Tell whether a channel is one of a server, and of the kinds that an option takes."""
    return channel.guild == guild and (not kinds or channel.kind in kinds)
