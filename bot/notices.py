"""Every sentence that the bot itself says: what happened, whether it was charged, one next step.

English only for now, and all of it here, so that a translation has one file to read.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain import Turn
from bot.errors import (
    BackendError,
    BackendFault,
    Forbidden,
    Gone,
    PlatformError,
    PlatformRefused,
)
from bot.events import Action, Aside, Button, Finish

STATUS = "Thinking…"
STATUS_AGAIN = "Starting again after a restart…"
STATUS_RESTARTING = "The bot is restarting; the answer goes on in a moment…"
LATE_LEAD = "Sorry for the delay: I was away when you wrote this.\n\n"

# Discord's "Message was blocked by automatic moderation".
AUTOMOD = "200000"

NOTHING_CHARGED = "Nothing was charged."


# What is said to a person alone. A form's title and label have at most 45 characters, its hint
# at most 100: https://docs.discord.com/developers/components/reference
ASIDES: Mapping[Aside, str] = {
    Aside.NOT_STORED: "I could not store that; nothing was charged. Please try again.",
    Aside.ALREADY_DONE: "This was already pressed; its answer is in this conversation.",
    Aside.NOT_YOURS: (
        "Only the person who asked, or a moderator, can press this. "
        "Mention me to ask a question of your own."
    ),
    Aside.OVER: (
        "This answer is already finished, so there is nothing to do. "
        "Mention me to ask something new."
    ),
    Aside.UNKNOWN_BUTTON: (
        "I do not know this button any more. Mention me with your question instead."
    ),
    Aside.UNKNOWN_COMMAND: (
        "I do not know this command any more. Mention me with your question instead."
    ),
    Aside.COMMAND_FAILED: (
        "Something went wrong inside the bot. Nothing was charged. Please try again."
    ),
    Aside.THANKS_GOOD: "Thank you, noted. Nothing was charged.",
    Aside.THANKS_REASON: (
        "Thank you, noted. Nothing was charged. Press Regenerate for another answer."
    ),
    Aside.FORM_TITLE: "What was wrong?",
    Aside.FORM_LABEL: "Your words, if you like",
    Aside.FORM_HINT: "It was wrong, too long, off the point…",
}


def reference(turn: str) -> str:
    """Return the words by which a person can name a turn to an admin."""
    return f"Reference: `{turn}`"


_FAULTS: dict[BackendFault, tuple[str, str]] = {
    BackendFault.BUSY: (
        "The model service is busy right now.",
        "Press Retry in a minute.",
    ),
    BackendFault.AUTH: (
        "The bot's key was not accepted by the model service.",
        "Ask the person who runs this bot to check the key, then press Retry.",
    ),
    BackendFault.FUNDS: (
        "The bot's account at the model service needs attention (credit or limits).",
        "Ask the person who runs this bot to look at the account, then press Retry.",
    ),
    BackendFault.BLOCKED: (
        "The model service declined this request under its content rules.",
        "Put it in other words and ask again.",
    ),
    BackendFault.INVALID: (
        "The model service did not understand the bot's request.",
        "Ask the person who runs this bot to look at the log, then press Retry.",
    ),
    BackendFault.TOO_LONG: (
        "This conversation is longer than the model can take.",
        "Start a new thread with a mention in the channel.",
    ),
    BackendFault.NO_MODEL: (
        "The model that this bot is set to use is not available.",
        "Ask the person who runs this bot to choose another model, then press Retry.",
    ),
    BackendFault.TIMEOUT: (
        "The model service did not answer in time.",
        "Press Retry.",
    ),
    BackendFault.CUT: (
        "The connection to the model service was lost before any text came.",
        "Press Retry.",
    ),
    BackendFault.UPSTREAM: (
        "The model service had an internal error.",
        "Press Retry.",
    ),
    BackendFault.PROTOCOL: (
        "The model service sent something unusable.",
        "Press Retry; if it stays so, ask the person who runs this bot to look at the log.",
    ),
}


def backend_failed(turn: str, error: BackendError) -> str:
    """Say why no answer came."""
    what, step = _FAULTS[error.fault]
    return f"{what} {NOTHING_CHARGED} {step} {reference(turn)}"


def backend_cut(turn: str, error: BackendError) -> str:
    """Say that the text above is only the beginning."""
    match error.fault:
        case BackendFault.CUT:
            why = "connection lost"
        case BackendFault.TIMEOUT:
            why = "the model service fell silent"
        case BackendFault.BLOCKED:
            why = "stopped by the model service's content rules"
        case _:
            why = "the model service had an error"
    return (
        f"… (cut off: {why}) Only the text above was charged. "
        f"Press Continue for the rest. {reference(turn)}"
    )


def empty(turn: str) -> str:
    """Say that the model returned no text."""
    return f"The model returned an empty answer. {NOTHING_CHARGED} Press Retry. {reference(turn)}"


def spent_on_reasoning(turn: str) -> str:
    """Say that the length limit was reached before the first word of text."""
    return (
        "The model used its whole length limit on reasoning and wrote no text. "
        f"{NOTHING_CHARGED} Ask for something smaller, or press Retry. {reference(turn)}"
    )


def ending(turn: str, finish: Finish) -> str:
    """Return the note under an answer that did not end by itself, or an empty text."""
    match finish:
        case Finish.LENGTH:
            return (
                "(stopped at the length limit; the text above was charged) "
                f"Press Continue for the rest. {reference(turn)}"
            )
        case Finish.BLOCKED:
            return (
                "(the model service's filter stopped this here; the text above was charged) "
                f"Put it in other words and ask again. {reference(turn)}"
            )
        case Finish.STOP | Finish.TOOL_CALLS | Finish.UNKNOWN:
            return ""


def stopped(turn: str, has_text: bool) -> str:
    """Say that a person stopped the answer."""
    if has_text:
        return (
            "(stopped; only the text above was charged) "
            f"Press Continue for the rest. {reference(turn)}"
        )
    return f"Stopped before anything was written. {NOTHING_CHARGED} {reference(turn)}"


def usage_hint() -> str:
    """Answer a mention without a question."""
    return (
        "Hello! Write your question after the mention, for example: what is a monad? "
        f"I answer in a thread; there you can go on without mentioning me. {NOTHING_CHARGED}"
    )


def too_many(turn: str) -> str:
    """Refuse a question of somebody who has many open ones."""
    return (
        "You had many questions open when you wrote this, so I did not take it. "
        f"{NOTHING_CHARGED} Once one of them is answered, ask again. {reference(turn)}"
    )


def not_permitted(turn: str, permission: str) -> str:
    """Say, before a model is asked, that the answer could not be shown."""
    return (
        f"I cannot answer here: I need the permission *{permission}*. {NOTHING_CHARGED} "
        f"Ask a server admin to grant it, then press Retry. {reference(turn)}"
    )


def no_thread(permission: str) -> str:
    """Say why an answer stands in the channel."""
    return f"(I answer here because I may not start a thread: *{permission}* is missing.)"


def file_refused(length: int, error: PlatformRefused) -> str:
    """Say, below the parts that are shown, that the rest could not be attached."""
    match error:
        case Forbidden(permission=permission) if permission:
            why = f"I need the permission *{permission}* to attach the rest as a file"
        case _:
            why = "the rest could not be attached as a file"
    return (
        f"(cut here: the whole answer has {length:,} characters, and {why}) "
        "The whole answer was charged. Ask a server admin, or ask for it in smaller pieces."
    )


def internal(turn: str) -> str:
    """Say that the fault is ours."""
    return (
        f"Something went wrong inside the bot. {NOTHING_CHARGED} Press Retry; "
        f"if it happens again, give the reference to the person who runs this bot. "
        f"{reference(turn)}"
    )


def undeliverable(turn: Turn, error: PlatformError) -> str:
    """Say in the parent channel why the answer could not be posted in its thread."""
    match error:
        case Forbidden(permission=permission) if permission:
            what = f"I could not post my answer: I need the permission *{permission}* here."
            step = "Ask a server admin to grant it, then press Retry."
        case Forbidden():
            what = "I could not post my answer: I am not allowed to write in that thread."
            step = "Ask a server admin to let me, then press Retry."
        case Gone():
            what = "I could not post my answer: its thread is closed or gone."
            step = "Ask again with a mention in the channel."
        case _ if error.code == AUTOMOD:
            what = "The server's AutoMod blocked my answer."
            step = "Put the question in other words, or ask a server admin."
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


def charge_words(turn: Turn) -> str:
    """Say whether a turn whose result is stored was charged."""
    return "What the model wrote was charged." if turn.answer else NOTHING_CHARGED


def out_of_storage() -> str:
    """Say that an event could not be stored, so it will not be answered."""
    return (
        "I cannot take your message now: I could not store it (the bot's disk may be full). "
        f"{NOTHING_CHARGED} Ask again in a while, or wait: I read it again when I restart."
    )


def whole_in_file(length: int) -> str:
    """Introduce the file that carries an answer too long for messages."""
    return f"The whole answer ({length:,} characters) is in `answer.md`."


def stop_button(turn: str) -> Button:
    """Return the button under a running answer."""
    return Button(Action.STOP, turn, "Stop", danger=True)


def retry_button(turn: str) -> Button:
    """Return the button under a failure notice."""
    return Button(Action.RETRY, turn, "Retry")


def continue_button(turn: str) -> Button:
    """Return the button under an answer that was cut."""
    return Button(Action.CONTINUE, turn, "Continue")
