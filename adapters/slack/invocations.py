"""Parse commands, presses and forms into events; nothing here waits or remembers."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace

from adapters.slack.blocks import read_press
from adapters.slack.payloads import Body, part, parts, text
from adapters.slack.places import (
    PLATFORM,
    channel_path,
    position_of,
    read_person,
    read_place,
    thread_of,
    thread_path,
)
from bot.domain import Author, InteractionRef, Options, ThreadRef
from bot.events import Action, Asked, ButtonPressed, MessageReceived, ReasonGiven
from bot.ports import CONFIRM, CONFIRMED, Command, CommandCall, Spoken
from bot.text import normalise

# A `response_url` lives 30 minutes; half a minute of it is left for the call itself.
# https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
URL_MS = 29 * 60_000 + 30_000

# How fast our clock may be by Slack's; by HTTP no signature would hold beyond that.
FAST_MS = 5 * 60_000

# The form that asks why an answer was bad, and its one field.
REASON_FORM = "reason"
REASON_FIELD = "words"


@dataclass(frozen=True, slots=True)
class Asker:
    """A person, and where they can be told something alone."""

    team: str
    user: str
    interaction: InteractionRef


def asker_of(body: Body, team: str, now: int) -> Asker:
    """Return who used a command or pressed a button, and where. Raises `ValueError`."""
    user = text(part(body, "user"), "id") or text(body, "user_id")
    if not user:
        raise ValueError("an interaction of nobody")
    return Asker(
        team,
        user,
        InteractionRef(
            id=_source_of(body),
            application=text(body, "api_app_id"),
            token=text(body, "response_url"),
            expires_at=now + URL_MS,
            place=_place_of(body, team),
        ),
    )


def said_by(message: MessageReceived) -> Asker:
    """Return who wrote a message, and where they can be told something alone."""
    team, user = read_person(message.author.id)
    where = InteractionRef(id=message.message, application="", token="", place=message.place)
    return Asker(team, user, where)


def _source_of(body: Body) -> str:
    """Return what names an interaction, the same however often it comes."""
    view = part(body, "view")
    if view:
        return f"{text(view, 'id')}:{text(view, 'hash')}"
    actions = parts(body, "actions")
    if actions:
        ts = text(part(body, "container"), "message_ts")
        return f"{ts}:{text(actions[0], 'action_id')}:{text(actions[0], 'action_ts')}"
    return text(body, "trigger_id")


def _place_of(body: Body, team: str) -> str:
    """Return where an interaction stands: a form where the button stood that opened it."""
    view, container = part(body, "view"), part(body, "container")
    if view:
        return read_note(view)[1]
    channel = (
        text(container, "channel_id")
        or text(part(body, "channel"), "id")
        or text(body, "channel_id")
    )
    root = text(container, "thread_ts") or text(part(body, "message"), "thread_ts")
    if not channel:
        return ""
    if not root or root == text(container, "message_ts"):
        return channel_path(team, channel)
    return thread_path(team, channel, root)


# --- buttons and forms -----------------------------------------------------------------


def parse_press(body: Body, asker: Asker, author: Author) -> ButtonPressed | None:
    """Return the event for a press of one of our buttons, None for anything else."""
    container = part(body, "container")
    actions, message = parts(body, "actions"), text(container, "message_ts")
    place = asker.interaction.place
    if not actions or not message or not place:
        return None
    pressed = actions[0]
    action, turn = read_press(pressed)
    if action not in set(Action) or not turn:
        return None
    where = read_place(place)
    return ButtonPressed(
        thread=thread_of(where.team, where.channel, where.thread_ts or message),
        interaction=asker.interaction,
        position=position_of(text(pressed, "action_ts") or message),
        author=author,
        action=Action(action),
        turn=turn,
        message=message,
        place=place,
    )


def note_of(turn: str, place: str) -> str:
    """Return what our form carries along: its answer comes without either."""
    return json.dumps({"turn": turn, "place": place})


def read_note(view: Body) -> tuple[str, str]:
    """Return the turn and the place of a form of ours, empty for any other."""
    try:
        note = json.loads(text(view, "private_metadata"))
    except ValueError:
        return "", ""
    return (text(note, "turn"), text(note, "place")) if isinstance(note, dict) else ("", "")


def parse_reason(body: Body, team: str, author: Author) -> ReasonGiven | None:
    """Return the event for our form, None for anything else."""
    view = part(body, "view")
    turn, _ = read_note(view)
    if text(view, "callback_id") != REASON_FORM or not turn:
        return None
    field = part(part(part(view, "state"), "values"), REASON_FIELD)
    words = text(part(field, REASON_FIELD), "value")
    return ReasonGiven(PLATFORM, team, turn, author, normalise(words).strip())


# --- commands --------------------------------------------------------------------------


def words_of(body: Body, command: str, stand_alone: Collection[str]) -> str | None:
    """Return the words of a slash command, None for one that is none of ours.

    `command` is the one that takes the whole table; each of `stand_alone` is one by itself.
    """
    name = text(body, "command").strip().lower()
    if name == command.lower():
        return text(body, "text")
    word = name.removeprefix("/")
    return f"{word} {text(body, 'text')}".strip() if word in stand_alone else None


def call_of(
    spoken: Spoken,
    thread: ThreadRef,
    author: Author,
    position: int,
    *,
    in_thread: bool,
    key: str = "",
) -> CommandCall:
    """Return a command as the core runs it."""
    return CommandCall(
        name=spoken.command.name,
        arguments=spoken.arguments,
        thread=thread,
        author=author,
        position=position,
        in_thread=in_thread,
        direct=is_direct(thread.channel),
        key=key,
    )


def confirming(asked: str) -> Spoken:
    """Return what a button confirms as a command that the core runs."""
    return Spoken(Command(CONFIRM, CONFIRM), {CONFIRMED: asked})


def pressed_in(asker: Asker) -> ThreadRef:
    """Return the thread in which somebody pressed a button, or that it may begin."""
    where = read_place(asker.interaction.place)
    return thread_of(where.team, where.channel, where.thread_ts or asker.interaction.id)


def is_direct(channel: str) -> bool:
    """Tell whether a channel, by its path, is a conversation with one person."""
    return read_place(channel).channel.startswith("D")


def typed_in(asker: Asker) -> ThreadRef:
    """Return the thread that a slash command may begin; it can be used in none.

    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    where = read_place(asker.interaction.place)
    return thread_of(where.team, where.channel, asker.interaction.id)


def ask_of(spoken: Spoken, asker: Asker, author: Author, now: int) -> Asked:
    """Return the event for a slash command that asks.

    Slack does not say when it was typed, by the clock that gives messages their places. In the
    conversation that it begins nothing may be older, so it is placed before all of them.
    """
    return Asked(
        thread=typed_in(asker),
        interaction=asker.interaction,
        position=(now - FAST_MS) * 1000,
        author=author,
        text=_prompt(spoken),
        options=options_of(spoken),
        opens_thread=True,
        sent_at=now,
    )


def ask_in(spoken: Spoken, message: MessageReceived) -> Asked | MessageReceived:
    """Return the event for a mention whose words are a command that asks.

    Without options it is the question itself, which may then be edited and deleted.
    """
    options = options_of(spoken)
    if options == Options():
        return replace(message, text=_prompt(spoken))
    return Asked(
        thread=message.thread,
        interaction=said_by(message).interaction,
        position=message.position,
        author=message.author,
        text=_prompt(spoken),
        options=options,
        opens_thread=False,
        sent_at=message.sent_at,
        attachments=message.attachments,
    )


def options_of(spoken: Spoken) -> Options:
    """Return what a person chose for one question."""
    most = spoken.arguments.get("max_tokens")
    return Options(
        model=str(spoken.arguments.get("model", "")),
        effort=str(spoken.arguments.get("effort", "")),
        max_tokens=most if isinstance(most, int) and not isinstance(most, bool) else None,
    )


def _prompt(spoken: Spoken) -> str:
    return str(spoken.arguments.get("prompt", "")).strip()
