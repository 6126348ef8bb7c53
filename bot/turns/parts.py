"""What a turn's messages say when it is over: pure, so that each can be said again."""

from __future__ import annotations

from collections.abc import Sequence

from bot import notices, notices_delivery, notices_pictures
from bot.domain import Outcome, Turn, TurnKind
from bot.events import Button
from bot.ports import Limits, RefusalKind
from bot.splitting import Piece, Splitter, close_fence
from bot.text import clean_output
from bot.turns.divisions import Division
from bot.turns.place import EDITED_PICTURE

# An edit that came to something else is asked for in other words, or goes on by its own buttons.
RETRIED = frozenset({Outcome.FAILED, Outcome.UNDELIVERABLE, Outcome.STOPPED})
# What was refused for one of these is kept, and may be allowed later.
HELD_BACK = frozenset(kind.value for kind in RefusalKind)
# Beyond this no further message is begun: a file carries the whole answer.
MOST_CHARACTERS_SHOWN = 20_000
# How much smaller the parts are of an answer whose parts the platform found too long; below that
# what is known to be taken where more is refused: Slack's limit is 12,000, 4,000 or 3,000.
SMALLER = 0.75
SMALLEST = (3_800, 2_800)


def lead(turn: Turn, limits: Limits) -> str:
    """Return what stands before a turn's answer.

    Where newer words were answered first and no reply shows what it is to, that is quoted.
    """
    late = notices.LATE_LEAD if turn.is_late else ""
    if turn.overtaken and not limits.replies and turn.edit is None and turn.prompt.strip():
        return late + notices_delivery.question_lead(turn.prompt)
    if late or turn.edit is not None:
        return late
    if turn.kind is TurnKind.ASK and not turn.opens_thread and turn.prompt.strip():
        # The platform shows that a command was used, but not what it asked.
        return notices_delivery.question_lead(turn.prompt)
    return ""


def sizes(limits: Limits) -> tuple[int, ...]:
    """Return how long parts may be: each size for where the platform found the last too long."""
    smaller = int(limits.text * SMALLER)
    return (limits.text, smaller, *(size for size in SMALLEST if size < smaller))


def divide(turn: Turn, limits: Limits, division: Division) -> tuple[list[Piece], bool]:
    """Return the messages of an answered turn, and whether a file must carry the whole."""
    whole = lead(turn, limits) + clean_output(turn.answer)
    splitter = Splitter(division.size, limits.length, division.cuts)
    splitter.feed(f"{close_fence(whole)}\n\n{turn.note}" if turn.note else whole)
    return visible(splitter.pieces)


def visible(pieces: Sequence[Piece]) -> tuple[list[Piece], bool]:
    """Return the parts that become messages, and whether a file must carry the whole.

    A part is a message if it begins within the limit, which a growing text never changes.
    """
    shown: list[Piece] = []
    start = 0
    for piece in pieces:
        if start >= MOST_CHARACTERS_SHOWN:
            return shown, True
        if piece.shown:
            shown.append(piece)
        start += len(piece.text)
    return shown, False


def file_words(turn: Turn) -> str:
    """Return what stands above the file that carries a whole answer.

    Without markup: with a file Slack shows words letter by letter.
    """
    text = notices_delivery.whole_in_file(len(turn.answer))
    return f"{text}\n{turn.note.replace('`', '')}" if turn.note else text


def final_buttons(turn: Turn) -> tuple[Button, ...]:
    """Return the buttons that a finished turn's last message keeps for ever."""
    if turn.kind is TurnKind.EDITED and turn.error == EDITED_PICTURE:
        return (notices_pictures.adjust_button(turn.about),)
    if turn.kind is TurnKind.EDITED:
        return (notices.regenerate_button(turn.about),)
    if turn.outcome is Outcome.REFUSED and turn.error in HELD_BACK:
        return (notices.retry_button(turn.id),)
    if turn.edit is not None:
        return (notices.retry_button(turn.id),) if turn.outcome in RETRIED else ()
    go_on = (notices.continue_button(turn.id),)
    again = (notices.regenerate_button(turn.id),)
    judge = (notices.good_button(turn.id), notices.bad_button(turn.id))
    match turn.outcome:
        case Outcome.FAILED | Outcome.UNDELIVERABLE:
            return (notices.retry_button(turn.id),)
        case Outcome.ANSWERED:
            return (*(go_on if turn.error else ()), *again, *judge)
        case Outcome.STOPPED:
            return (*(go_on if turn.answer else ()), *again)
        case _:
            return ()
