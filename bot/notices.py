"""Every sentence that the bot itself says: what happened, whether it was charged, one next step.

English only for now, and all of it in the modules `notices*`, so that a translation has little to
read.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.here import here_in
from bot.domain import Turn
from bot.errors import (
    BackendError,
    BackendFault,
)
from bot.events import Action, Aside, Button, Finish, Stage

# What is being done, in words that go on after "is": see `beside`.
STATUS = "Thinking…"
STATUS_AGAIN = "Starting again after a restart…"
STATUS_RESTARTING = "Restarting; the answer goes on in a moment…"
# Beside a growing answer, on a message of its own, which is deleted at the end.
STOP_HERE = "I am writing. Press Stop to end the answer where it is."
LATE_LEAD = "Sorry for the delay: I was away when you wrote this.\n\n"

DISCORD = "discord"

NOTHING_CHARGED = "Nothing was charged."
NAME_CHARACTERS = 60


# What is said to a person alone. A form's title, and the buttons that send and leave it, have at
# most 24 characters, its label at most 45, its hint at most 100:
# https://docs.slack.dev/reference/views, https://docs.discord.com/developers/components/reference
ASIDES: Mapping[Aside, str] = {
    Aside.NOT_STORED: "I could not store that; nothing was charged. Please try again.",
    Aside.ALREADY_DONE: (
        "This was already pressed; its answer is in this conversation. Nothing more was charged."
    ),
    Aside.NOT_YOURS: (
        "Only the person who asked, or somebody who may moderate here, can press this. "
        "Nothing was charged. Mention me to ask a question of your own."
    ),
    Aside.RIGHTS_UNKNOWN: (
        "I could not find out in time whether you may press this, so nothing was done. "
        "Nothing was charged. Press it again in a moment."
    ),
    Aside.OVER: (
        "There is nothing left to do here: the answer is finished, or its question was taken "
        "back. Nothing was charged. Mention me to ask something new."
    ),
    Aside.AWAITED: (
        "The image service is still working on this, and the picture will be posted here if it "
        "comes within the hour. Nothing was charged, and another try now might be billed twice. "
        "If it has not come by then, press Retry again."
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
    Aside.FORM_SEND: "Send",
    Aside.FORM_CANCEL: "Cancel",
    Aside.TAKEN_LATE: (
        "I was slow to take your question, so you may have been told that the command failed. "
        "It did not: your question is answered, and charged, once. There is no need to ask again."
    ),
    Aside.TOO_LATE: "That took too long; press the button again. Nothing was charged.",
    Aside.BASE_CHOSEN: (
        "The next edit here goes on from this picture. Nothing was charged. "
        "Write `edit:` and what to change."
    ),
    Aside.REMOVED: (
        "The picture is being deleted, here and from what I keep. Nothing was charged. "
        "What was made of it before stays; delete that with its own button."
    ),
    Aside.PICTURE_GONE: (
        "This picture, or one that it was made of, is not kept any more, or was deleted. Nothing "
        "was charged. Send the picture once more, and say `edit:` and what to change."
    ),
    Aside.LOADING: "One moment…",
    Aside.EDIT_MENU: "Edit image",
    Aside.NOT_INVITED: (
        "I am not in this channel, so I can neither see what is in it nor post here. Nothing was "
        "charged. Invite me with `/invite` and my name, then try again."
    ),
    Aside.FORM_AGAIN: "Open the form",
    Aside.FORM_READY: "The form is ready now; nothing was charged. Press the button to fill it in.",
    Aside.FORM_FLAWED: (
        "I could not take this form yet; nothing was charged. "
        "Please open it again, change this and send it:"
    ),
    Aside.ON_ITS_WAY: (
        "Taken, and charged at most once; there is no need to ask again. "
        "What comes of it appears in this conversation."
    ),
    Aside.CONFIRM: "Confirm",
    Aside.FILES_SENT: "The files are in your direct messages with me.",
    Aside.FILES_LOST: (
        "The files could not be sent to your direct messages. Nothing was charged. Try again in a"
        " while."
    ),
    Aside.CUT_OFF: (
        "I was restarted while I was at your command, so I cannot say whether it was done. Nothing "
        "was charged. Look whether it was, or use it again."
    ),
    Aside.BY_SLASH: (
        "That is a command, and commands begin with `/` here: type that and choose one from the "
        "list; only you see what it says. Nothing was done, and nothing was charged."
    ),
}


def reference(turn: str) -> str:
    """Return the words by which a person can name a turn to an admin."""
    return f"Reference: `{turn}`"


FAULTS: dict[BackendFault, tuple[str, str]] = {
    BackendFault.BUSY: (
        "The model service is busy right now.",
        "Press Retry in a minute.",
    ),
    BackendFault.PACED: (
        "Too many questions wait for this model service.",
        "Press Retry in a few minutes.",
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
        "{new} to start afresh here, or mention me in the channel for a new thread.",
    ),
    BackendFault.INTERRUPTED: (
        "The bot was restarted while the model service was working on this, and it cannot be "
        "asked whether it finished.",
        "Press Retry.",
    ),
    BackendFault.NO_MODEL: (
        "The model that is set here is not available.",
        "{model} to choose another, then press Retry.",
    ),
    BackendFault.TIMEOUT: (
        "The model service did not answer in time.",
        "Press Retry.",
    ),
    BackendFault.CUT: (
        "The connection to the model service was lost before any text came.",
        "Press Retry.",
    ),
    BackendFault.UNREACHABLE: (
        "The model service could not be reached.",
        "Press Retry; if it stays so, ask the person who runs this bot to check its address.",
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


OWNERS_TOLD = "The people who run this bot were told; press Retry in a while."


def backend_failed(turn: Turn, error: BackendError, *, owners_told: bool = False) -> str:
    """Say why no answer came; `owners_told`: who can mend it knows already."""
    what, step = FAULTS[error.fault]
    for command in ("model", "new"):
        step = step.replace(f"{{{command}}}", _use(command, turn))
    step = OWNERS_TOLD if owners_told else step
    return f"{what} {NOTHING_CHARGED} {step} {reference(turn.id)}"


def _use(command: str, turn: Turn) -> str:
    """Tell somebody to use a command, as it is used in the thread where a turn is answered."""
    here = here_in(turn.thread.platform)
    return f"{'Mention me with' if here.plain else 'Use'} {here.show(command)}"


def unfinished(turn: str) -> str:
    """Say that a job which was accepted did not end in time, and may be paid for yet."""
    what, step = FAULTS[BackendFault.TIMEOUT]
    return (
        f"{what} Nothing was charged to you; the person who runs this bot may still be charged, "
        f"since the service may finish it. {step} {reference(turn)}"
    )


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


def question_too_long(turn: str, model: str) -> str:
    """Refuse a question that no model of this size can take, whatever is left out."""
    return (
        f"Your question alone is longer than the model `{model}` can take. {NOTHING_CHARGED} "
        f"Ask for less at once, or send fewer or smaller files. {reference(turn)}"
    )


def picture_refused(turn: str) -> str:
    """Say that the model service would not take a picture of the question itself."""
    return (
        f"The model service would not take your picture. {NOTHING_CHARGED} "
        f"Send it as another file (a PNG or a JPEG) and ask again. {reference(turn)}"
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
    return (
        f"Stopped before anything was written. {NOTHING_CHARGED} "
        f"Press Regenerate to ask again. {reference(turn)}"
    )


def usage_hint() -> str:
    """Answer a mention, or a direct message, without a question."""
    return (
        "Hello! Ask me in words, for example: what is a monad? In a channel write it after the "
        f"mention: I answer in a thread, where you go on without mentioning me. {NOTHING_CHARGED}"
    )


def too_many(turn: str) -> str:
    """Refuse a question of somebody who has many open ones."""
    return (
        "You had many questions open when you wrote this, so I did not take it. "
        f"{NOTHING_CHARGED} Once one of them is answered, ask again. {reference(turn)}"
    )


def unreadable() -> str:
    """Say, once a day in a place, why nobody is answered there without a mention."""
    return (
        "I can't read messages here until the Message Content intent is switched on. "
        f"{NOTHING_CHARGED} Mention me in your message, or ask the person who runs this bot to "
        "switch it on."
    )


def question_edited(turn: str) -> str:
    """Offer to answer a question again that was changed after its answer."""
    return (
        f"You changed your question after I had begun to answer it. {NOTHING_CHARGED} "
        f"Press Regenerate and I answer what it says now. {reference(turn)}"
    )


def not_permitted(turn: str, permission: str) -> str:
    """Say, before a model is asked, that the answer could not be shown."""
    return (
        f"I cannot answer here: I need the permission *{permission}*. {NOTHING_CHARGED} "
        f"Ask an admin to grant it, then press Retry. {reference(turn)}"
    )


def no_thread(permission: str) -> str:
    """Say why an answer stands in the channel."""
    return f"(I answer here because I may not start a thread: *{permission}* is missing.)"


def internal(turn: str) -> str:
    """Say that the fault is ours."""
    return (
        f"Something went wrong inside the bot. {NOTHING_CHARGED} Press Retry; "
        f"if it happens again, give the reference to the person who runs this bot. "
        f"{reference(turn)}"
    )


def out_of_storage(*, read_again: bool) -> str:
    """Say that a message could not be stored; `read_again`: at its next start the bot finds it."""
    wait = ", or wait: I read it again when I restart" if read_again else ""
    return (
        "I cannot take your message now: I could not store it (the bot's disk may be full). "
        f"{NOTHING_CHARGED} Ask again in a while{wait}."
    )


# --- progress ---------------------------------------------------------------------------------

_STAGES: dict[Stage, str] = {
    Stage.PACED: "Waiting for the model service's turn",
    Stage.QUEUED: "Waiting in the model service's queue",
    Stage.WORKING: "Waiting for the model to write the whole answer",
}
THINKING = "Thinking"
READING_FILES = "Reading your files"
READING_THREAD = "Reading this thread"


def stage(stage: Stage) -> str:
    """Name where a request stands."""
    return _STAGES[stage]


def progress(what: str, seconds: int, usual: int) -> str:
    """Say what is being done and for how long already."""
    usually = f", usually about {usual} s" if usual else ""
    return f"{what}… {seconds} s{usually}"


def beside(words: str) -> str:
    """Return what is being done as it goes on after the bot's name: "is thinking…"."""
    return f"is {words[:1].lower()}{words[1:]}"


# --- buttons ----------------------------------------------------------------------------------


def stop_button(turn: str) -> Button:
    """Return the button under a running answer."""
    return Button(Action.STOP, turn, "Stop", danger=True)


def retry_button(turn: str) -> Button:
    """Return the button under a failure notice."""
    return Button(Action.RETRY, turn, "Retry")


def continue_button(turn: str) -> Button:
    """Return the button under an answer that was cut."""
    return Button(Action.CONTINUE, turn, "Continue")


def regenerate_button(turn: str) -> Button:
    """Return the button that asks for another answer to the same question."""
    return Button(Action.REGENERATE, turn, "Regenerate")


def good_button(turn: str) -> Button:
    """Return the button that calls an answer good."""
    return Button(Action.GOOD, turn, "Good answer")


def bad_button(turn: str) -> Button:
    """Return the button that calls an answer bad."""
    return Button(Action.BAD, turn, "Bad answer")
