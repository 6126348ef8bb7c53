"""Every text of the commands: names, descriptions, and what is said to the person alone.

English only for now, and all of it here, so that a translation has one file to read. What a
person wrote is shown as it is, within a quote or a code block, and nowhere put into a pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import assert_never

from bot.commands.here import OPERATOR, SLACK, Here
from bot.domain import Model
from bot.ports import (
    Alert,
    Chosen,
    Command,
    Credit,
    Level,
    Option,
    OptionKind,
    SettingName,
)
from bot.text import clean_output, escape, excerpt, is_boundary, utf16_length

# A platform's message holds 2,000 of these; the rest is for what an adapter puts around it.
MOST_UNITS = 1_900
NOTHING_DONE = "Nothing was changed or charged."

# --- names and descriptions ----------------------------------------------------------------
# A description has at most 100 characters:
# https://docs.discord.com/developers/interactions/application-commands#application-command-object

ASK = "Ask a question; I answer in a thread"
ASK_PROMPT = "What you want to know"
ASK_MODEL = "The model for this question only"
ASK_EFFORT = "How much the model thinks first, where it can"
ASK_MAX_TOKENS = "The longest answer, in tokens"
ASK_ATTACHMENT = "A picture, text file or PDF to look at"
NEW = "Start afresh: forget what was said in this conversation so far"
MODEL = "Show or choose the model that answers"
MODEL_MODEL = "The model; begin to type to search"
PERSONA = "Show or choose how the model is to answer"
PERSONA_TEXT = "What the model is told first, for example: answer like a pirate"
SETTINGS = "Show all settings that hold here, or change how I listen"
SETTINGS_MENTIONS = "When I answer in this channel (admins)"
SETTINGS_FOLLOW = "Whether I answer in this thread without a mention"
SETTINGS_RESET = "Take back what was set for this channel (admins)"
STATUS = "Show version, model, services and open questions"
HELP = "Show what I can do, with examples"
FOR = "For this thread, the channel or the whole server (the last two: admins)"
RESET = "Take back what was set there"

MENTIONS: dict[str, str] = {
    "always": "only when mentioned",
    "threads": "when mentioned, and to everything in my threads",
    "never": "to every message of the channel",
}
# What people call the services that answer.
BACKENDS: dict[str, str] = {
    "aimlapi": "AI/ML API",
    "segmind": "Segmind",
    "openai_compatible": "an OpenAI-compatible server",
}
# Who may change settings of a channel or server, in the words of the platform.
ADMINS: dict[str, str] = {
    "discord": "whoever has the permission *Manage Server*",
    "slack": "the admins and owners of this workspace",
}

# Who says whether a person is one.
JUDGES: dict[str, str] = {"discord": "Discord", "slack": "Slack"}

# --- what cannot be used -------------------------------------------------------------------

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
    """Say which commands a group has, each with what it is for."""
    words = _listed(each.name.partition(" ")[2] for each in group)
    name = f"{here.prefix}{group[0].group}"
    return f"Write one of {words} behind `{name}`. {NOTHING_DONE} `{name} set help` explains one."


def explained(command: Command, here: Here) -> str:
    """Say what a command is for, and how it is written."""
    lines = [f"{_way(command, here)}: {command.description}. {NOTHING_DONE}"]
    for option in _written(command, here):
        among = f" ({_listed(_values(option, here))})" if option.choices else ""
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
    prefix = here.asking if _stands_alone(command) else here.prefix
    options = _written(command, here)
    if here.plain and _stands_alone(command):
        # Before free text an option is surely one.
        options.sort(key=lambda option: option.required)
    main = command.options[0] if command.options else None
    words = "".join(f" {_form(option, here, option is main)}" for option in options)
    how = "Write" if prefix else "Write after a mention"
    return f"{how} `{prefix}{command.name}{words}`"


def _stands_alone(command: Command) -> bool:
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
    return f"`{option}` must be a model that is to be had here, such as {_listed(known)}"


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
    return f"`{option}` must be one of {_listed(choices)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# --- who may what --------------------------------------------------------------------------

ONLY_IN_THREADS = (
    f"This works in a thread only. {NOTHING_DONE} Mention me in the channel, and use it in the"
    " thread that I start."
)
ALWAYS_FOLLOWED = f"In direct messages I answer everything. {NOTHING_DONE}"


def not_in_direct(here: Here) -> str:
    """Say that a direct message that is one conversation has no other levels."""
    return (
        "In direct messages there is neither channel nor server to set anything for."
        f" {NOTHING_DONE} {here.show('model')} and {here.show('persona')} without `for` hold for"
        " this conversation."
    )


# What everybody may set for a thread.
FOR_THREADS = frozenset({"model", "persona"})


def only_admins(level: Level, here: Here, *, command: str, in_thread: bool) -> str:
    """Say who may change what holds for many, and what everybody may."""
    if command not in FOR_THREADS:
        step = "Ask one of them to change it."
    elif in_thread:
        step = f"Leave `for` out to set it for {place(Level.THREAD, here)}."
    else:
        step = "In a thread everybody may set the model and the persona."
    return f"Only {_admins(here)}, may change that for {place(level, here)}. {NOTHING_DONE} {step}"


def rights_unknown(here: Here) -> str:
    """Say that nobody knows at this moment whether a person is an admin."""
    return (
        f"{_judge(here)} did not tell me in time whether you are an admin here, so I did not do"
        f" this. {NOTHING_DONE} Please try again in a moment; if it stays so, tell the person who"
        " runs me."
    )


def more_for_admins(here: Here) -> str:
    """Say that an admin might see more, to whom it is not known of whether they are one."""
    return (
        f"{_judge(here)} did not tell me in time whether you are an admin here; admins see more:"
        " look again in a moment."
    )


def _judge(here: Here) -> str:
    return JUDGES.get(here.platform, "The platform")


def place(level: Level, here: Here) -> str:
    """Return what people call a level where they are."""
    match level:
        case Level.THREAD:
            return "this conversation" if here.direct else "this thread"
        case Level.CHANNEL:
            return "our direct chat" if here.direct else "this channel"
        case Level.SERVER:
            return f"this {here.whole}"
        case _:
            assert_never(level)


# --- failures ------------------------------------------------------------------------------

NOT_STORED = (
    "I could not store that (the bot's disk may be full). Nothing was charged. Try again in a"
    " while, or tell the person who runs this bot."
)
FAILED = (
    "Something went wrong inside the bot. Nothing was charged. Try again; if it stays so, tell"
    " the person who runs this bot."
)

# --- conversation --------------------------------------------------------------------------

STARTED_AFRESH = (
    "Done: from here on I start afresh. What was said before stays to be read, but the model no"
    " longer gets it."
)


def new_in_channel(here: Here) -> str:
    """Say that outside of a thread there is nothing to start afresh."""
    if here.direct:
        return (
            "Here every message of yours starts a new conversation already: just write your"
            " question. In a conversation, answer it with `new` to start afresh."
        )
    within = "`new` after a mention" if here.plain else here.show("new")
    return (
        "In a channel every mention starts a new conversation already: mention me with your"
        f" question. {within} starts afresh within a thread or direct message."
    )


# --- model and persona ---------------------------------------------------------------------


def no_such_model(known: Sequence[str], total: int) -> str:
    """Say that a model is not to be had, and name some that are."""
    more = f" and {total - len(known)} more" if total > len(known) else ""
    return f"There is no such model here. {NOTHING_DONE} Choose one of {_listed(known)}{more}."


def model_set(model: Model, level: Level, here: Here) -> str:
    """Say which model answers from now on."""
    return f"Done: {place(level, here)} is answered by `{model.id}` from the next question on."


def model_reset(level: Level, model: str, here: Here) -> str:
    """Say which model answers, now that a choice was taken back."""
    where = place(level, here)
    return f"Done: no model is set for {where} any more. The next question goes to `{model}`."


def model_shown(
    chosen: Sequence[Chosen],
    default: Model,
    fallback: str,
    known: Sequence[Model],
    now: int,
    here: Here,
) -> str:
    """Show the model in force, each level at which one was set, and what can be chosen."""
    ids = {model.id for model in known}
    in_force = chosen[0].value if chosen else default.id
    whose = "" if chosen else ", the bot's default"
    lines = [f"The model here: `{in_force}`{whose}" + _gone(in_force, ids, fallback)]
    lines += [_level(choice, f"`{choice.value}`", now, here) for choice in chosen]
    lines += [f"• else: `{default.id}`, the bot's default"] if chosen else []
    names = [model.id for model in known]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    lines.append(f"To choose from: {_listed(names[:MOST_NAMED])}{more}")
    others = [name for name in names if name != in_force]
    ways = [_set_model(others[-1], here)] if others else []
    ways += [here.show("model", reset="true")] if chosen else []
    lines += [f"Change it: {'; '.join(ways)}"] if ways else []
    return "\n".join(lines)


MOST_NAMED = 8


def _set_model(name: str, here: Here) -> str:
    """Return the command that chooses a model."""
    return here.show(f"model {name}") if here.plain else here.show("model", model=name)


def model_label(model: Model, most: int) -> str:
    """Return how a model is called in a list to choose from."""
    traits = [title(model.backend)]
    traits += ["sees pictures"] if model.pictures else []
    label = f"{model.name} ({', '.join(traits)})"
    return label if len(label) <= most else model.id


def _gone(in_force: str, known: Iterable[str], fallback: str) -> str:
    if in_force in known:
        return ""
    if fallback:
        return f", which is not available now: `{fallback}` answers"
    return ", which is not available now: choose another"


def _level(choice: Chosen, value: str, now: int, here: Here) -> str:
    when = f", {age(now - choice.at)}" if choice.at else ""
    return f"• {place(choice.level, here)}: {value} (set{_by(choice.author, here)}{when})"


def _by(author: str, here: Here) -> str:
    """Say who set something; on Slack no text of ours mentions anybody, so others go unnamed."""
    if not author or not here.plain:
        return f" by <@{author}>" if author else ""
    return " by you" if author == here.person else ""


SECRET_IN_PERSONA = (
    "That holds what looks like a key or token, and people could get the model to say it."
    f" {NOTHING_DONE} Leave it out, and change that key if it is real."
)


def persona_set(level: Level, here: Here) -> str:
    """Say that a persona holds."""
    return f"Done: in {place(level, here)} the model is told this first, from the next question on."


def persona_reset(level: Level, here: Here) -> str:
    """Say that a persona was taken back."""
    return f"Done: no persona is set for {place(level, here)} any more."


def persona_shown(chosen: Sequence[Chosen], default: str, now: int, here: Here) -> str:
    """Show the persona in force, and each level at which one was set."""
    text = chosen[0].value if chosen else default
    lines = [_level(choice, "a persona", now, here) for choice in chosen] or [
        "No persona is set here; this is the bot's own."
    ]
    example = here.show("persona", text="Answer like a pirate")
    ways = [example, here.show("persona", reset="true")] if chosen else [example]
    lines.append(f"Change it: {'; '.join(ways)}")
    room = MOST_UNITS - utf16_length("\n".join(lines)) - 80
    return "\n".join([f"What the model is told first:\n{fenced(text, room)}", *lines])


def fenced(text: str, most: int) -> str:
    """Return a text as a code block that nothing in it can end, cut to `most` units."""
    text = (clean_output(text) or "(nothing)").replace("```", "`\u200b`\u200b`")
    return f"```\n{fit(text, most)}\n```"


# --- settings ------------------------------------------------------------------------------


def mentions_set(rule: str) -> str:
    """Say when the bot answers in a channel from now on."""
    return f"Done: in this channel I answer {MENTIONS[rule]}."


def mentions_reset() -> str:
    """Say when the bot answers in a channel, now that a rule was taken back."""
    return f"Done: no rule is set for this channel any more. I answer {MENTIONS['threads']}."


def follow_set(followed: bool, here: Here) -> str:
    """Say whether the bot answers in a thread without a mention."""
    if followed:
        step = f"{here.show('settings', follow='false')} ends it."
        return f"Done: I answer in this thread without a mention. {step}"
    step = f"{here.show('settings', follow='true')} ends that."
    return f"Done: I answer in this thread only when mentioned. {step}"


def settings_shown(
    here: Here,
    chosen: Sequence[Chosen],
    default: Model,
    prompt: str,
    followed: bool | None,
    now: int,
) -> str:
    """Show every setting that holds, with its level; `followed` is None outside of threads."""

    def rows(name: SettingName) -> list[Chosen]:
        return [choice for choice in chosen if choice.name is name]

    def block(title: str, name: SettingName, default: str, quote: bool = False) -> list[str]:
        shown = [
            _level(
                each,
                f"“{escape(excerpt(each.value, 80))}”" if quote else _said(each),
                now,
                here,
            )
            for each in rows(name)
        ]
        return [f"**{title}**", *(shown or [f"• the bot's default: {default}"])]

    lines = block("Model", SettingName.MODEL, f"`{default.id}`")
    lines += block("Persona", SettingName.PERSONA, f"“{escape(excerpt(prompt, 80))}”", quote=True)
    if not here.direct:
        lines += block("Answers in this channel", SettingName.MENTIONS, MENTIONS["threads"])
    if followed is not None:
        lines += [
            "**This thread**",
            f"• answered {'without' if followed else 'only with'} a mention",
        ]
    ways = [here.show("model"), here.show("persona")]
    back = list(dict.fromkeys(_CHANGED_BY[choice.name] for choice in chosen))
    if not here.direct:
        ways.append(here.show("settings", mentions="…"))
        if followed is not None or not here.plain:
            ways.append(here.show("settings", follow="…"))
    lines.append(f"Change them: {', '.join(ways)}")
    if back:
        shown = ", ".join(here.show(name, reset="true") for name in back)
        lines.append(f"Take back what was set: {shown}")
    return "\n".join(lines)


# The command that sets, and takes back, each.
_CHANGED_BY: dict[SettingName, str] = {
    SettingName.MODEL: "model",
    SettingName.PERSONA: "persona",
    SettingName.MENTIONS: "settings",
}


def _said(choice: Chosen) -> str:
    """Return what was set, in words where it is one of few."""
    if choice.name is SettingName.MENTIONS:
        return MENTIONS.get(choice.value, choice.value)
    return f"`{choice.value}`"


# --- status --------------------------------------------------------------------------------


def status(
    version: str,
    uptime: float,
    model: str,
    services: Iterable[tuple[str, bool]],
    open_turns: dict[str, int],
) -> str:
    """Show how the bot is."""
    states = ", ".join(
        f"{title(backend)} {'turns the bot away (key or credit)' if refused else 'well'}"
        for backend, refused in services
    )
    counts = ", ".join(f"{count} {state}" for state, count in sorted(open_turns.items()) if count)
    return "\n".join(
        [
            f"Threadbot {version}, up for {duration(uptime)}",
            f"The model here: `{model}`",
            f"Services: {states}",
            f"Open questions: {sum(open_turns.values())}{f' ({counts})' if counts else ''}",
        ]
    )


def operations(credits: Sequence[Credit], alerts: Sequence[Alert], low: int, now: int) -> str:
    """Show admins what only they are to see."""
    lines = [
        f"Credit at {title(each.backend)}: {amount(each.micros)}, {age(now - each.at)}"
        + (" (low)" if each.micros < low else "")
        for each in credits
    ] or ["Credit: no service has said yet"]
    lines += [
        f"Alert, {age(now - each.raised_at)}: {excerpt(each.text, 200)}" for each in alerts[:5]
    ] or ["No alert stands"]
    return "\n".join(lines)


def title(backend: str) -> str:
    """Return what people call a service."""
    return BACKENDS.get(backend, backend)


# --- help ----------------------------------------------------------------------------------


def guide(here: Here, services: Sequence[str], edits: str = "") -> str:
    """Say what the bot can do, in at most ten lines; `edits` says where pictures go to be edited,
    if they can be.
    """
    return "\n".join(
        [
            "**Mention me with a question** in a channel; I answer in a thread, where you go on"
            " without mentions.",
            *([f"• {edit_ways(here)}"] if edits else []),
            *(_ways_in_words(here) if here.plain else _ways(here)),
            "• Buttons: Stop, Regenerate, Continue, Retry; delete your message to take it back",
            f"Admins: {_admins(here)}; they set channels and the {here.whole}, and limits:"
            f" {here.show('quota show')}.",
            " ".join(part for part in (MAY_BE_WRONG, words_go_to(services), edits) if part),
        ]
    )


def edit_ways(here: Here) -> str:
    """Say by which doors pictures are edited."""
    if here.platform == SLACK:
        return (
            "**Edit pictures**: `edit: make the sky pink` after a mention, with a picture, for"
            " `#2`, or for the latest one; `/edit-image`; a message's menu > *Edit image*; the"
            " buttons below a result; or paint a mask there"
        )
    return (
        f"**Edit pictures**: {here.show('edit-image')}; a message's menu > *Apps* > *Edit image*;"
        " `edit: make the sky pink` after a mention, with a picture, for `#2`, or for the latest"
        " one; a reply to a picture of mine that says what to change (no question, no"
        " thanks); the buttons below it"
    )


def edits_of(backend: str, *, public: bool) -> str:
    """Say where pictures go to be edited, "" if they cannot be."""
    if not backend:
        return ""
    name = title(backend)
    if public:
        return (
            f"Pictures to edit are uploaded to {name}, where whoever has their address can open"
            " them, for as long as it keeps them."
        )
    return f"Pictures to edit are sent to {name}, and to nobody else."


def _ways(here: Here) -> list[str]:
    """Say what commands are for, where each is one of the platform's."""
    persona = here.show("persona", text="Answer like a pirate")
    return [
        f"• {here.show('ask', prompt='What is a monad?')} asks with options and takes a file;"
        " pictures, text files and PDFs may be attached to messages too",
        f"• {here.show('new')} starts this conversation afresh",
        f"• {here.show('model')} shows or chooses who answers; {persona} how",
        f"• {here.show('settings', follow='true')} lets me answer in this thread without mentions",
        f"• {here.show('settings')} and {here.show('status')} show what holds,"
        f" {here.show('usage')} what you have used; commands cost nothing",
    ]


def _ways_in_words(here: Here) -> list[str]:
    """Say what commands are for, where they are words: in threads only after a mention."""
    persona = here.show("persona", text="Answer like a pirate")
    return [
        "• Pictures, text files and PDFs may be attached; `/ask effort:low What is a monad?` asks"
        " with options",
        f"• {here.show('model')} shows or chooses who answers; {persona} how",
        f"• {here.show('settings')} and {here.show('status')} show what holds,"
        f" {here.show('usage')} what you have used; commands cost nothing",
        IN_THREADS,
    ]


IN_THREADS = (
    "• In a thread, mention me with the same words and no slash: `model`, `new` (start afresh),"
    " `settings follow:true` (I answer there without mentions)"
)


MAY_BE_WRONG = "I am an AI and may be wrong: check what matters."


def words_go_to(services: Sequence[str]) -> str:
    """Say who gets what people write."""
    names = " or ".join(title(service) for service in services)
    return f"What you write to me is kept by this bot and sent to {names}, who answer."


def _admins(here: Here) -> str:
    who = ADMINS.get(here.platform, "the admins here")
    return f"{who}, and those whom the person who runs me named"


# --- home ----------------------------------------------------------------------------------

# A slash command of Slack is in no thread, so that it could start none afresh.
ONLY_THERE = "new"


def home_intro(services: Sequence[str]) -> str:
    """Say in one breath what the bot is, and where words go."""
    return (
        "**Threadbot answers questions**: write to me in *Messages*, or mention me in a channel I"
        f" am in, and I answer in a thread. {MAY_BE_WRONG} {words_go_to(services)}"
    )


def home_edits(here: Here, edits: str) -> list[str]:
    """Say how pictures are edited and where they go, in one section, if they can be."""
    return [f"{edit_ways(here)}. {edits}"] if edits else []


def home_uses(here: Here, commands: Sequence[Command], admin: bool) -> str:
    """Say what this person may use."""
    lines = ["**What you may use**"]
    for command in commands:
        if command.admin:
            continue
        prefix = here.asking if _stands_alone(command) else here.prefix
        if command.name != ONLY_THERE or not here.plain:
            lines.append(f"• `{prefix}{command.name}` {command.description}")
    lines += [IN_THREADS] if here.plain else []
    if admin:
        for_all = here.show("model …", for_=here.whole)
        lines.append(
            f"You are an admin here: you may also set channels and the {here.whole} ({for_all},"
            f" {here.show('settings', mentions='…')})."
        )
        lines += [
            f"• `{here.prefix}{group}` {', '.join(words)}"
            for group, words in groups_of(commands).items()
        ]
    else:
        lines.append(f"Channels and the {here.whole} are set by admins: {_admins(here)}.")
    return "\n".join(lines)


def groups_of(commands: Sequence[Command]) -> dict[str, list[str]]:
    """Return the second words of commands of two, by the first."""
    groups: dict[str, list[str]] = {}
    for command in commands:
        if command.group:
            groups.setdefault(command.group, []).append(command.name.partition(" ")[2])
    return groups


def home_settings(
    here: Here, chosen: Sequence[Chosen], default: Model, prompt: str, now: int
) -> str:
    """Show what holds for a person's own conversations."""
    shown = settings_shown(here, chosen, default, prompt, None, now)
    return f"**What holds in {place(Level.CHANNEL, here)}**\n{shown}"


# --- figures -------------------------------------------------------------------------------


def age(milliseconds: int) -> str:
    """Say how long ago something was."""
    minutes = max(milliseconds, 0) // 60_000
    return "just now" if minutes < 1 else f"{duration(minutes * 60)} ago"


def duration(seconds: float) -> str:
    """Return a time in its largest unit, which is exact enough for people."""
    whole = int(max(seconds, 0))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if whole >= size or size == 1:
            count = whole // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("every time has a unit")


def amount(micros: int) -> str:
    """Return millionths as a number with two digits or, where it needs them, more."""
    written = f"{Decimal(micros) / 1_000_000:f}"
    whole, _, rest = written.partition(".")
    return f"{int(whole):,}.{rest.ljust(2, '0')}"


# --- length --------------------------------------------------------------------------------


def fit(text: str, most: int = MOST_UNITS) -> str:
    """Return a text within a length, cut at a line where one ends late enough."""
    if utf16_length(text) <= most:
        return text
    cut = text[:most]
    while utf16_length(cut) > most - 1:
        cut = cut[: -max(1, (utf16_length(cut) - most + 1) // 2)]
    line = cut.rfind("\n", len(cut) // 2)
    at = line if line > 0 else len(cut)
    while at > 0 and not is_boundary(text, at):
        at -= 1
    return (cut[:at] if at else cut) + "…"
