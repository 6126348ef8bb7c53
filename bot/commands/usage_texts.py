"""What is said of a command or option that cannot be used as it was written."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.here import OPERATOR, Here
from bot.commands.texts import NOTHING_DONE, listed
from bot.ports import (
    Command,
    Level,
    Option,
    OptionKind,
)
from bot.text import excerpt

EITHER = "give a value or `reset`, not both"


def no_such_command(here: Here) -> str:
    """Say that a command is in no table."""
    return f"I do not know this command. {NOTHING_DONE} {here.show('help')} shows what I can do."


def unknown_command(near: str, here: Here) -> str:
    """Say that words are no command, and name the one that comes nearest."""
    meant = f"Did you mean {here.show(near)}? " if near else ""
    return (
        f"I do not know this command. {NOTHING_DONE} {meant}{here.show('help')} shows what I can"
        " do; a question needs no command, just mention me."
    )


def usage(command: Command, why: str, here: Here) -> str:
    """Say why a command could not be read, and how it is written."""
    way = f"{_way(command, here)}."
    if command.example and (here.plain or here.person == OPERATOR):
        # Of many options a person takes in none.
        how = "Write it like" if here.prefix else "After a mention write it like"
        way = f"{how} {_example(command, here)}; `{here.prefix}{command.name} help` explains it."
    return f"I could not read that: {why}. {NOTHING_DONE} {way}"


def _example(command: Command, here: Here) -> str:
    words = command.example.replace("@name", here.someone)
    return f"`{here.prefix}{command.name} {words}`"


def group_usage(group: Sequence[Command], here: Here) -> str:
    """Say which commands a group has, and how one is explained."""
    words = listed(each.name.partition(" ")[2] for each in group)
    name = f"{here.prefix}{group[0].group}"
    return f"Write one of {words} behind `{name}`. {NOTHING_DONE} `{name} set help` explains one."


def explained(command: Command, here: Here) -> str:
    """Say what a command is for, and how it is written."""
    lines = [f"{_way(command, here)}: {command.description}. {NOTHING_DONE}"]
    for option in _written(command, here):
        among = f" ({listed(_values(option, here))})" if option.choices else ""
        lines.append(f"• `{option.name}`: {_about(option, here)}{among}")
    if command.example:
        lines.append(f"Such as {_example(command, here)}")
    return "\n".join(lines)


def as_called(words: str, here: Here) -> str:
    """Return words of ours that name values, as those are called here; each is understood."""
    return words.replace(f"`{Level.SERVER}`", f"`{here.whole}`")


def _values(option: Option, here: Here) -> list[str]:
    return [here.whole if value == Level.SERVER else value for _, value in option.choices]


def _about(option: Option, here: Here) -> str:
    return option.description.replace("server", here.whole)


def _written(command: Command, here: Here) -> list[Option]:
    """Return the options that can be written here."""
    return [
        option for option in command.options if not (here.plain and option.kind is OptionKind.FILE)
    ]


def _way(command: Command, here: Here) -> str:
    """Say how a command is written."""
    prefix = here.asking if stands_alone(command) else here.prefix
    options = _written(command, here)
    if here.plain and stands_alone(command):
        # Before free text an option is surely one.
        options.sort(key=lambda option: option.required)
    main = command.options[0] if command.options else None
    words = "".join(f" {_form(option, here, option is main)}" for option in options)
    how = "Write" if prefix else "Write after a mention"
    return f"{how} `{prefix}{command.name}{words}`"


def stands_alone(command: Command) -> bool:
    """Tell whether Slack has a command of this name, beside the one that takes all words."""
    return command.asks or command.opens


def keyed(command: Command, option: Option, here: Here) -> str:
    """Ask whether words that begin with a command are one, and say how it is then written."""
    shown = here.show(command.name, **{option.name: "…"})
    return (
        f"Did you mean {shown}? After a mention `{option.name}:` has to stand before the words, "
        f"which could be a question otherwise. {NOTHING_DONE} If it was a question, begin it with "
        "another word."
    )


def _form(option: Option, here: Here, main: bool) -> str:
    """Return how an option is written, in brackets where it may be left out."""
    if here.plain and main and option.kind is OptionKind.TEXT and not option.choices:
        return f"{option.name}…" if option.required else f"[{option.name}…]"
    hint = "true" if option.kind is OptionKind.BOOLEAN else "…"
    return f"{option.name}:{hint}" if option.required else f"[{option.name}:{hint}]"


def no_such_option(option: str) -> str:
    """Say that a command has no option of this name."""
    return f"it has no option `{excerpt(option, 32)}`"


def not_a_model(option: str, known: Sequence[str]) -> str:
    """Say that a model that was named for one question is not to be had."""
    return f"`{option}` must be a model that is to be had here, such as {listed(known)}"


def unplaced(word: str) -> str:
    """Say which word of a command belongs to no option."""
    shown = excerpt(word.replace("`", "'"), 32)
    return f"I do not know what `{shown}` is to mean in it"


def misplaced(what: str) -> str:
    """Say that a command takes no person, or the like, though one was named."""
    return f"it takes no {what}"


def missing(option: str) -> str:
    """Say that a required option was left out."""
    return f"`{option}` is missing"


def twice(option: str) -> str:
    """Say that an option was given more than once."""
    return f"`{option}` is given twice"


def empty(option: str) -> str:
    """Say that nothing can be seen in an option."""
    return f"`{option}` is empty"


def too_long(option: str, most: int) -> str:
    """Say that an option holds too much."""
    return f"`{option}` may have at most {most:,} characters"


def not_a_text(option: str) -> str:
    """Say that an option must be words."""
    return f"`{option}` must be a text"


def not_named(option: str, kind: OptionKind) -> str:
    """Say how a person, role or channel is named."""
    example = {OptionKind.USER: "`@name`", OptionKind.ROLE: "`@role`"}.get(kind, "`#channel`")
    return f"`{option}` must be named as {example}, chosen from what is offered"


def not_a_switch(option: str) -> str:
    """Say that an option must be true or false."""
    return f"`{option}` must be `true` or `false`"


def not_a_number(option: str, least: int, most: int) -> str:
    """Say which numbers an option takes."""
    return (
        f"`{option}` must be a whole number from {least} to {most}, digits only, such as `{least}`"
    )


def not_a_choice(option: str, choices: Sequence[str]) -> str:
    """Say which words an option takes."""
    return f"`{option}` must be one of {listed(choices)}"
