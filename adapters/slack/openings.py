"""Parse what opens a form, and forms that were sent; nothing here waits or remembers."""

from __future__ import annotations

from adapters.slack.inbound import Ears, files_of, root_of
from adapters.slack.invocations import (
    FAST_MS,
    Asker,
    is_direct,
    pressed_in,
    said_by,
    typed_in,
)
from adapters.slack.modals import Note, files_in, note_in, values_of
from adapters.slack.payloads import Body, part, parts, text
from adapters.slack.places import position_of, read_place, thread_of
from adapters.slack.recent import STUB, is_picture
from bot.domain import Author
from bot.events import ButtonPressed, MessageReceived
from bot.ports import EDIT_MENU, FORM_AGAIN, FormCall, FormSent, Spoken


def opens(spoken: Spoken) -> bool:
    """Tell whether a command goes where forms are opened."""
    command = spoken.command
    return command.opens or (command.fills and not spoken.arguments)


def call_typed(spoken: Spoken, asker: Asker, author: Author, now: int) -> FormCall:
    """Return a slash command: it can be used in no thread, and carries no files.

    What it begins is placed as `invocations.ask_of` places it.
    """
    thread = typed_in(asker)
    return FormCall(
        name=spoken.command.name,
        interaction=asker.interaction,
        thread=thread,
        place=asker.interaction.place,
        author=author,
        position=(now - FAST_MS) * 1000,
        sent_at=now,
        in_thread=False,
        direct=is_direct(thread.channel),
        arguments=spoken.arguments,
    )


def call_said(spoken: Spoken, message: MessageReceived) -> FormCall:
    """Return a command that was written after a mention, with the files of its message.

    Which of them is meant for what option the words do not say, so none is named.
    """
    return FormCall(
        name=spoken.command.name,
        interaction=said_by(message).interaction,
        thread=message.thread,
        place=message.place,
        author=message.author,
        position=message.position,
        sent_at=message.sent_at,
        # On Slack every message is a thread as soon as somebody replies.
        in_thread=True,
        direct=is_direct(message.thread.channel),
        arguments=spoken.arguments,
        attachments=message.attachments,
    )


def call_pressed(press: ButtonPressed, now: int) -> FormCall:
    """Return a press of a button that may open a form."""
    return FormCall(
        name=str(press.action),
        interaction=press.interaction,
        thread=press.thread,
        place=press.place,
        author=press.author,
        position=press.position,
        sent_at=now,
        in_thread=True,
        direct=is_direct(press.thread.channel),
        turn=press.turn,
        message=press.message,
    )


def call_again(note: Note, asker: Asker, author: Author, now: int) -> FormCall:
    """Return a press of the button that opens a form which was ready before."""
    thread = pressed_in(asker)
    return FormCall(
        name=FORM_AGAIN,
        interaction=asker.interaction,
        thread=thread,
        place=asker.interaction.place,
        author=author,
        position=now * 1000,
        sent_at=now,
        in_thread=not note.begins,
        direct=is_direct(thread.channel),
        form=note.form,
    )


def call_chosen(body: Body, asker: Asker, author: Author, ears: Ears, now: int) -> FormCall:
    """Return the use of the shortcut of a message, with the pictures that a person put there.

    What comes of it goes into that message's thread. Raises `ValueError`.
    https://docs.slack.dev/interactivity/implementing-shortcuts
    """
    message = part(body, "message")
    where = read_place(asker.interaction.place)
    ts, root = text(message, "ts") or text(body, "message_ts"), root_of(message)
    thread = thread_of(where.team, where.channel, root or ts)
    ours = text(message, "user") == ears.user or text(message, "bot_id") == ears.bot
    stored = () if ours else files_of(message, where.team, where.channel, root or ts)
    pictures = {text(one, "id") for one in _files(message) if is_picture(one) or _is_stub(one)}
    return FormCall(
        name=EDIT_MENU,
        interaction=asker.interaction,
        thread=thread,
        place=asker.interaction.place,
        author=author,
        position=position_of(text(body, "action_ts") or ts),
        sent_at=now,
        in_thread=True,
        direct=is_direct(thread.channel),
        message=ts,
        attachments=tuple(one for one in stored if one.id in pictures),
    )


def _files(message: Body) -> list[Body]:
    forwarded = (file for each in parts(message, "attachments") for file in parts(each, "files"))
    return [*parts(message, "files"), *forwarded]


def _is_stub(file: Body) -> bool:
    """Tell whether a file is another organisation's: what it is turns out when it is fetched."""
    return text(file, "file_access") == STUB


def sent_of(body: Body, asker: Asker, author: Author, now: int) -> FormSent:
    """Return a form of ours that was sent.

    In a thread it comes after what was said there; what it begins is placed as a command's.
    """
    view = part(body, "view")
    note = note_in(view)
    attachments, names = files_in(view, note.place)
    return FormSent(
        form=note.form,
        interaction=asker.interaction,
        author=author,
        position=(now - FAST_MS if note.begins else now) * 1000,
        sent_at=now,
        values=values_of(view, asker.team),
        attachments=attachments,
        files=names,
    )
