"""The texts of the commands: names, descriptions, and what is said to the person alone.

English only for now, and all of it in the modules `*texts`, so that a translation has little to
read. What a person wrote is shown as it is, within a quote or a code block, and nowhere put into a
pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import assert_never

from bot.commands.here import Here
from bot.domain import Model
from bot.ports import (
    Alert,
    Chosen,
    Credit,
    Level,
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

# --- who may what --------------------------------------------------------------------------

ALWAYS_FOLLOWED = f"In direct messages I answer everything. {NOTHING_DONE}"


def only_in_threads(here: Here) -> str:
    """Say that a command is about one thread, and how it is written there."""
    if not here.plain:
        step = "Mention me in the channel, and use it in the thread that I start."
    elif here.direct:
        step = "Write it as an answer in the conversation that it is for, without the slash."
    else:
        step = (
            "Mention me in the channel; in the thread that I start, write it after a mention,"
            " without the slash."
        )
    return f"This works in a thread only. {NOTHING_DONE} {step}"


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
    return f"Only {admins(here)}, may change that for {place(level, here)}. {NOTHING_DONE} {step}"


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


def admins(here: Here) -> str:
    """Name who may change what holds for others."""
    who = ADMINS.get(here.platform, "the admins here")
    return f"{who}, and those whom the person who runs me named"


def listed(names: Iterable[str]) -> str:
    """Return names one after the other, each as code."""
    return ", ".join(f"`{name}`" for name in names)


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
    return f"There is no such model here. {NOTHING_DONE} Choose one of {listed(known)}{more}."


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
    lines.append(f"To choose from: {listed(names[:MOST_NAMED])}{more}")
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
