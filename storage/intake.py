"""Commit events: what a person asked becomes a turn, once.

Each runs in one transaction with the row that says it was done, so an event that comes again,
from the platform or from catching up, changes nothing.
"""

from __future__ import annotations

from typing import assert_never

from bot.events import (
    Asked,
    ButtonPressed,
    Incoming,
    MaskPainted,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlaceDeleted,
    ReasonGiven,
    ResultCame,
    StopAsked,
    WorkspaceJoined,
    WorkspaceLeft,
)
from bot.ports import Decision
from storage import asks, buttons, changes, edits, messages, workspaces
from storage.engine import Operation


def admit(event: Incoming, now: int, most_open: int) -> Operation[Decision]:
    """Commit an event and say what it came to.

    A decision that is `DONE` names a turn only where its worker has to look at it again.
    """
    match event:
        case MessageReceived():
            return messages.receive(event, now, most_open)
        case Asked():
            return asks.ask(event, now, most_open)
        case ButtonPressed():
            return buttons.press(event, now, most_open)
        case StopAsked():
            return buttons.stop(event)
        case ReasonGiven():
            return buttons.give_reason(event, now)
        case MaskPainted():
            return edits.take_mask(event, now, most_open)
        case ResultCame():
            return edits.take_result(event, now)
        case MessageEdited():
            return changes.edit_message(event, now)
        case MessageDeleted():
            return changes.delete_message(event, now)
        case PlaceDeleted():
            return changes.delete_place(event, now)
        case WorkspaceLeft():
            return workspaces.leave(event, now)
        case WorkspaceJoined():
            return workspaces.join(event)
        case _:
            assert_never(event)
