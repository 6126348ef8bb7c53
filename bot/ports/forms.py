"""Forms that ask for more, the same for every platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.domain import Attachment, Author, InteractionRef, ThreadRef
from bot.events import Incoming
from bot.ports.commands import CommandReply

# Every platform shows so much of a text to begin with, in UTF-16 code units.
# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
MOST_SHOWN = 3_000


class FieldKind(StrEnum):
    """The type of a field. The value of a `PERSON` is our id of one."""

    TEXT = "text"
    CHOICE = "choice"
    FILES = "files"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `most` bounds a text's length or the number of files.

    `choices` are (label, value), at most 25; `value` is what is there at first, of a text at most
    `MOST_SHOWN` long. `long`: a text of several lines.
    """

    name: str
    kind: FieldKind
    label: str
    value: str = ""
    hint: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 1
    long: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What a person is shown to fill in; `id` is that of its draft, which holds what it is about.

    A platform that shows fewer fields leaves out the last. Title and `send` have at most 24
    characters, a label 45.
    """

    id: str
    title: str
    send: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FormCall:
    """A person used what may open a form: a command that `opens`, a message's menu, a button.

    `name` is the command's, `EDIT_MENU`, or a value of `events.OPENING`; `turn` is the button's.
    `message` is the message whose menu or button it was, which has `attachments`; of a command
    those are what came with it, each named by its option in `files`. `in_thread` and `direct` as
    in `CommandCall`. With the name `FORM_AGAIN` it asks once more for `form`, the id of one.
    """

    name: str
    interaction: InteractionRef
    thread: ThreadRef
    place: str
    author: Author
    position: int
    sent_at: int
    in_thread: bool
    direct: bool = False
    turn: str = ""
    message: str = ""
    arguments: Mapping[str, str | int | bool] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    files: tuple[str, ...] = ()
    form: str = ""


# The name of what opens a form again that was ready before.
FORM_AGAIN = "form_again"
# The name of the command in a message's own menu (Discord) and of the shortcut (Slack).
EDIT_MENU = "edit_image"


@dataclass(frozen=True, slots=True)
class FormSent:
    """A person sent a form: `values` by field, of files the `attachments`, named in `files`."""

    form: str
    interaction: InteractionRef
    author: Author
    position: int
    sent_at: int
    values: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flaws:
    """Why a form cannot be taken, by field; the person fills it in again."""

    fields: Mapping[str, str]


class Forms(Protocol):
    """Decide what forms ask and what becomes of them. Nothing raises: a failure is a sentence."""

    async def open(self, call: FormCall) -> Form | Incoming | str:
        """Return the form to show; or the event to put, where nothing is left to ask; or what to
        tell the person alone.
        """

    async def send(self, sent: FormSent) -> Incoming | Flaws | CommandReply | str:
        """Return the event to put, what is wrong with the form, or what to tell the person."""
