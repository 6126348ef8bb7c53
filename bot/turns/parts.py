"""What a turn's messages say when it is over: pure, so that each can be said again."""

from __future__ import annotations

from collections.abc import Sequence

from bot import notices
from bot.domain import Outcome, Turn, TurnKind
from bot.events import Button
from bot.ports import Limits
from bot.splitting import Piece, Splitter, close_fence
from bot.text import clean_output

# Beyond this no further message is begun: a file carries the whole answer.
MOST_CHARACTERS_SHOWN = 20_000
# How much smaller the parts are of an answer whose parts the platform found too long.
SCALES = (1.0, 0.75)


def lead(turn: Turn) -> str:
    """Return what stands before a turn's answer."""
    if turn.is_late:
        return notices.LATE_LEAD
    if turn.kind is TurnKind.ASK and not turn.opens_thread and turn.prompt.strip():
        # The platform shows that a command was used, but not what it asked.
        return notices.question_lead(turn.prompt)
    return ""


def make_splitter(limits: Limits, scale: float) -> Splitter:
    """Return a splitter into parts of a platform's size."""
    return Splitter(int(limits.text * scale), limits.length)


def divide(turn: Turn, limits: Limits, scale: float) -> tuple[list[str], bool]:
    """Return the messages of an answered turn, and whether a file must carry the whole."""
    whole = lead(turn) + clean_output(turn.answer)
    splitter = make_splitter(limits, scale)
    splitter.feed(f"{close_fence(whole)}\n\n{turn.note}" if turn.note else whole)
    return visible(splitter.pieces)


def visible(pieces: Sequence[Piece]) -> tuple[list[str], bool]:
    """Return the parts that become messages, and whether a file must carry the whole.

    A part is a message if it begins within the limit, which a growing text never changes.
    """
    shown: list[str] = []
    start = 0
    for piece in pieces:
        if start >= MOST_CHARACTERS_SHOWN:
            return shown, True
        if piece.shown:
            shown.append(piece.shown)
        start += len(piece.text)
    return shown, False


def file_words(turn: Turn) -> str:
    """Return what stands above the file that carries a whole answer."""
    text = notices.whole_in_file(len(turn.answer))
    return f"{text}\n{turn.note}" if turn.note else text


def final_buttons(turn: Turn) -> tuple[Button, ...]:
    """Return the buttons that a finished turn's last message keeps for ever."""
    if turn.kind is TurnKind.EDITED:
        return (notices.regenerate_button(turn.about),)
    go_on = (notices.continue_button(turn.id),)
    again = (notices.regenerate_button(turn.id),)
    judge = (notices.good_button(turn.id), notices.bad_button(turn.id))
    match turn.outcome:
        case Outcome.FAILED | Outcome.UNDELIVERABLE:
            return (notices.retry_button(turn.id),)
        case Outcome.ANSWERED:
            return (*(go_on if turn.error else ()), *again, *judge)
        case Outcome.STOPPED if turn.answer:
            return (*go_on, *again)
        case _:
            return ()
