"""What the bot is, and what one can do with it: help, and the home of Slack's app."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.here import SLACK, Here
from bot.commands.texts import admins, place, settings_shown, title
from bot.commands.usage_texts import stands_alone
from bot.domain import Model
from bot.ports import (
    Chosen,
    Command,
    Level,
)


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
            f"Admins: {admins(here)}; they set channels and the {here.whole}, and limits:"
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
        f"• {here.show('model')} shows or chooses who answers; {persona} sets the tone",
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
        f"• {here.show('model')} shows or chooses who answers; {persona} sets the tone",
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
        prefix = here.asking if stands_alone(command) else here.prefix
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
        lines.append(f"Channels and the {here.whole} are set by admins: {admins(here)}.")
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
