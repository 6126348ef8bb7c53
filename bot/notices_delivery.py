"""What the bot says of where an answer stands: below a card, elsewhere, no more, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Turn
from bot.errors import Forbidden, Gone, PlatformError, PlatformRefused
from bot.notices import DISCORD, NAME_CHARACTERS, NOTHING_CHARGED, reference
from bot.text import clean_output, escape, excerpt, last_boundary, utf16_length

# Discord's "Message was blocked by automatic moderation".
AUTOMOD = "200000"
# Slack's word for a channel that the bot has to be invited to first.
ABSENT = "not_in_channel"
# A card is one message, and leaves room for its first line and a file's name.
CARD_UNITS = 1_500
LEAD_CHARACTERS = 200


def question_card(name: str, question: str, files: Sequence[str]) -> str:
    """Show in a channel what somebody asked by command."""
    who = escape(excerpt(name, NAME_CHARACTERS))
    lines = [f"**{who}** asked:" if who else "Asked:"]
    if question.strip():
        lines.append(_quoted(question, CARD_UNITS))
    if files:
        named = ", ".join(escape(excerpt(file, NAME_CHARACTERS)) for file in files)
        lines.append(f"(with {named})")
    return "\n".join(lines)


def question_lead(question: str) -> str:
    """Begin an answer with the question, where nobody else could read it."""
    return f"{_quoted(excerpt(question, LEAD_CHARACTERS), 2 * LEAD_CHARACTERS)}\n\n"


def _quoted(text: str, most: int) -> str:
    """Return a text as a quote: each line on its own, so that no markup runs on behind it.

    It has at most `most` UTF-16 units, the signs of the quote among them.
    """
    words, end = clean_output(text[:most]).strip(), "…" if len(text) > most else ""
    while (over := utf16_length(quote := _quote_lines(words + end)) - most) > 0:
        # A line's end is the dearest: three units.
        words, end = words[: last_boundary(words, len(words) - max(1, over // 3))], "…"
    return quote


def _quote_lines(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


UNDELIVERABLE_BEFORE = "I could not post my answer here at first."
REPLACED = "(replaced by the answer below)"
ASKED_AGAIN = "(asked again below)"


def superseded(regenerated: bool) -> str:
    """Mark the last message of a turn that another one was made of."""
    return REPLACED if regenerated else ASKED_AGAIN


def file_refused(length: int, error: PlatformRefused) -> str:
    """Say, below the parts that are shown, that the rest could not be attached."""
    match error:
        case Forbidden(permission=permission) if permission:
            why = f"I need the permission *{permission}* to attach the rest as a file"
        case _:
            why = "the rest could not be attached as a file"
    return (
        f"(cut here: the whole answer has {length:,} characters, and {why}) "
        "The whole answer was charged. Ask an admin, or ask for it in smaller pieces."
    )


def sent_again(text: str) -> str:
    """Say above a text that it may stand there twice: nobody could look."""
    return f"(sent again after an outage)\n\n{text}"


def undeliverable(turn: Turn, error: PlatformError) -> str:
    """Say in the parent channel why the answer could not be posted in its thread."""
    match error:
        case Forbidden(permission=permission) if permission:
            what = f"I could not post my answer: I need the permission *{permission}* here."
            step = "Ask an admin to grant it, then press Retry."
        case Forbidden():
            what = "I could not post my answer: I am not allowed to write in that thread."
            step = "Ask an admin to let me, then press Retry."
        case Gone():
            what = "I could not post my answer: its thread is closed or gone."
            step = "Ask again with a mention in the channel."
        case _ if error.code == AUTOMOD:
            what = "The server's AutoMod blocked my answer."
            step = "Put the question in other words, or ask an admin."
        case _:
            what = "I could not post my answer: the platform refused it."
            step = "Press Retry."
    return f"{what} {charge_words(turn)} {step} {reference(turn.id)}"


def unshown(turn: str) -> str:
    """Say that the answer broke off because it could not be posted."""
    return (
        "… (cut off: I could not post here for a while) Only the text above was charged. "
        f"Press Continue for the rest. {reference(turn)}"
    )


def undeliverable_alone(turn: Turn, error: PlatformError) -> str:
    """Say to a person alone that their answer could be shown nowhere."""
    there, step = _channel(turn), "Ask an admin to let me write there, then ask again."
    match error:
        case Forbidden(permission=permission) if permission:
            what = f"I could not post my answer: I need the permission *{permission}* in {there}."
        case Gone():
            what = "I could not post my answer: the channel where you asked is closed or gone."
            step = "Ask again in another one."
        case _ if error.code == ABSENT:
            what = f"I could not post my answer: I am not in {there}."
            step = "Invite me there with `/invite` and my name, then ask again."
        case _:
            what = f"I could not post my answer: I am not allowed to write in {there}."
    return f"{what} {charge_words(turn)} {step} {reference(turn.id)}"


def _channel(turn: Turn) -> str:
    """Name the channel where somebody asked, as their platform shows one by its id.

    https://docs.discord.com/developers/reference#message-formatting; on Slack no text of ours
    holds any markup that is live.
    """
    named = turn.thread.platform == DISCORD
    return f"<#{turn.thread.channel}>" if named else "the channel where you asked"


def charge_words(turn: Turn) -> str:
    """Say whether a turn whose result is stored was charged."""
    if turn.edit is not None and turn.edit.shows is not None:
        return NOTHING_CHARGED
    if turn.answer and turn.edit is not None:
        return "The picture was charged; posting it again is not."
    return "What the model wrote was charged." if turn.answer else NOTHING_CHARGED


def whole_in_file(length: int) -> str:
    """Introduce the file that carries an answer too long for messages."""
    return f"The whole answer ({length:,} characters) is in this file."
