"""What the bot says about edits of pictures: what happened, whether it was charged, what next."""

from __future__ import annotations

from collections.abc import Sequence

from bot import notices_files
from bot.domain import ImageModel, Turn
from bot.errors import BackendError, BackendFault, Forbidden, PlatformError
from bot.events import Action, Button, Stage
from bot.notices import NOTHING_CHARGED, OWNERS_TOLD, reference

# --- while it is made -------------------------------------------------------------------------

PREPARING = "Getting the pictures ready"
FINISHING = "Looking at the edited picture"
STOP_HERE = "I am editing a picture. Press Stop to end that."
_STAGES: dict[Stage, str] = {
    Stage.PACED: "Waiting for the image service's turn",
    Stage.QUEUED: "Waiting in the image service's queue",
    Stage.WORKING: "Editing the picture",
}


def stage(stage: Stage) -> str:
    """Name where an edit stands."""
    return _STAGES[stage]


# --- why there is none ------------------------------------------------------------------------

_FAULTS: dict[BackendFault, tuple[str, str]] = {
    BackendFault.BUSY: ("The image service is busy right now.", "Press Retry in a minute."),
    BackendFault.PACED: (
        "Too many requests wait for this image service.",
        "Press Retry in a few minutes.",
    ),
    BackendFault.AUTH: (
        "The bot's key was not accepted by the image service.",
        "Ask the person who runs this bot to check the key, then press Retry.",
    ),
    BackendFault.FUNDS: (
        "The bot's account at the image service needs attention (credit or limits).",
        "Ask the person who runs this bot to look at the account, then press Retry.",
    ),
    BackendFault.BLOCKED: (
        "The image service declined this edit under its content rules.",
        "Ask for it in other words, or of another picture.",
    ),
    BackendFault.INVALID: (
        "The image service would not take this picture or these words.",
        "Send the picture as another file (a PNG or a JPEG), or ask for it in other words.",
    ),
    BackendFault.TOO_LONG: (
        "Your words are more than the image service takes.",
        "Ask for it in fewer words.",
    ),
    BackendFault.INTERRUPTED: (
        "The bot was restarted while the image service was working on this, and it cannot be "
        "asked whether it finished.",
        "Press Retry.",
    ),
    BackendFault.NO_MODEL: (
        "The image model of this bot is not available.",
        "Ask the person who runs this bot to choose another, then press Retry.",
    ),
    BackendFault.TIMEOUT: ("The image service did not answer in time.", "Press Retry."),
    BackendFault.CUT: (
        "The connection to the image service was lost before the picture came.",
        "Press Retry.",
    ),
    BackendFault.UNREACHABLE: (
        "The image service could not be reached.",
        "Press Retry; if it stays so, ask the person who runs this bot to check its address.",
    ),
    BackendFault.UPSTREAM: ("The image service had an internal error.", "Press Retry."),
    BackendFault.PROTOCOL: (
        "The image service sent something unusable.",
        "Press Retry; if it stays so, ask the person who runs this bot to look at the log.",
    ),
}
# After these it may yet be finished, unless the service itself answered so.
_UNFINISHED = frozenset({BackendFault.TIMEOUT, BackendFault.CUT, BackendFault.UNREACHABLE})
# The service may have run what it was asked, and the bot's account may be charged for that.
_MAY_CHARGE_BOT = (
    "Nothing was charged to you; the person who runs this bot may still be charged, since the "
    "service may finish it."
)


# It has done what it was asked, for all that is known.
_DONE_MAY_CHARGE_BOT = (
    "Nothing was charged to you; the service may charge the person who runs this bot."
)


def failed(turn: Turn, error: BackendError, *, owners_told: bool, unsure: bool) -> str:
    """Say why no picture came.

    `owners_told`: who can mend it knows already. `unsure`: the service may charge for it.
    """
    what, step = _FAULTS[error.fault]
    charged = NOTHING_CHARGED
    if unsure:
        charged = _MAY_CHARGE_BOT if _is_unfinished(error) else _DONE_MAY_CHARGE_BOT
    step = OWNERS_TOLD if owners_told else step
    return f"{what} {charged} {step} {reference(turn.id)}"


def _is_unfinished(error: BackendError) -> bool:
    if error.fault is BackendFault.INTERRUPTED:
        return True
    return error.fault in _UNFINISHED and not error.status


def still_working(turn: str) -> str:
    """Say that the service goes on with what nobody waits for any more."""
    return (
        "The image service is still working on this. The picture will be posted here if it comes "
        "within the hour, and charged only then. If it does not come, press Retry. "
        f"{reference(turn)}"
    )


def stopped(turn: str, *, submitted: bool) -> str:
    """Say that a person stopped an edit; `submitted`: the service had it already."""
    charged = _MAY_CHARGE_BOT if submitted else NOTHING_CHARGED
    return (
        f"Stopped before the picture came. {charged} Press Retry for another try. {reference(turn)}"
    )


def unshowable(turn: str, *, submitted: bool) -> str:
    """Say that an edit was given up because nobody could have seen the picture."""
    charged = _MAY_CHARGE_BOT if submitted else NOTHING_CHARGED
    return f"I could not post here while the picture was made. {charged} Press Retry. " + reference(
        turn
    )


def unusable(turn: Turn) -> str:
    """Say that what came is no picture that can be read: the service did its part."""
    error = BackendError(BackendFault.PROTOCOL)
    return failed(turn, error, owners_told=False, unsure=True)


def lost(turn: str, *, charged: bool) -> str:
    """Say that a picture which was to be shown is not kept any more; `charged`: it was made."""
    if charged:
        cost, step = "It was made and charged.", "Ask for it again."
    else:
        cost, step = NOTHING_CHARGED, "Attach it again to edit it."
    return f"The picture is not kept any more, so I could not post it. {cost} {step} " + reference(
        turn
    )


# --- why it was not asked for -----------------------------------------------------------------


def no_words(turn: str) -> str:
    """Refuse an edit that says nothing."""
    return (
        "Tell me what to change, for example: `edit: make the sky pink`. "
        f"{NOTHING_CHARGED} Attach a picture, or I edit the latest one here. {reference(turn)}"
    )


def no_picture(turn: str) -> str:
    """Refuse an edit where there is no picture."""
    return (
        f"There is no picture here that I could edit. {NOTHING_CHARGED} Attach one to your "
        f"message and write: `edit: make the sky pink`. {reference(turn)}"
    )


def no_image_model(turn: str) -> str:
    """Refuse an edit where no service edits pictures."""
    return (
        f"This bot has no service that edits pictures. {NOTHING_CHARGED} Ask the person who runs "
        f"this bot to set one up. {reference(turn)}"
    )


def no_such_picture(turn: str, number: int, newest: int) -> str:
    """Refuse an edit of a picture that was never here."""
    if newest == 0:
        here = "There are no pictures here yet: attach one."
    elif newest == 1:
        here = "There is one here: #1."
    else:
        here = f"Those here are #1 to #{newest}."
    return (
        f"There is no picture #{number} here. {NOTHING_CHARGED} {here} If it is no picture, put it "
        f'in quotes: "#{number}". {reference(turn)}'
    )


def picture_gone(turn: str, number: int, days: int, *, removed: bool) -> str:
    """Refuse an edit of a picture whose bytes are no longer there."""
    if removed:
        why = f"Picture #{number} was deleted."
    else:
        why = f"Picture #{number} is no longer kept: I keep pictures for {_days(days)}."
    return f"{why} {NOTHING_CHARGED} Attach it again and ask again. {reference(turn)}"


def picture_taken_back(turn: str) -> str:
    """Refuse an edit whose picture, or what it replies to, was deleted while it waited."""
    return (
        "What you sent along, or replied to, was deleted, so I do not know which picture you mean. "
        f"{NOTHING_CHARGED} Attach it and ask again, or name one of this thread, like `#1`. "
        f"{reference(turn)}"
    )


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def prompt_too_long(turn: str, most: int) -> str:
    """Refuse words that the model cannot take."""
    return (
        f"Your words are more than the image model takes: up to {most:,} characters. "
        f"{NOTHING_CHARGED} Ask for it in fewer words. {reference(turn)}"
    )


def files_declined(turn: str, whys: Sequence[str]) -> str:
    """Refuse an edit of whose files none is a picture that can be read."""
    return notices_files.files_declined(turn, whys, "Send another picture and ask again.")


def unfit(turn: str, why: str) -> str:
    """Refuse a picture or a mask that cannot be used; `why` is a whole sentence."""
    return f"{why.rstrip()} {NOTHING_CHARGED} Send another one and ask again. {reference(turn)}"


def mask_too_big(most: int) -> str:
    """Say why a mask was not taken."""
    return f"The mask is over {most // (1024 * 1024)} MiB."


def no_mask(turn: str) -> str:
    """Refuse an edit whose mask is not there."""
    return (
        f"The mask of this edit is not there any more. {NOTHING_CHARGED} Attach or paint it anew, "
        f"or ask without a mask. {reference(turn)}"
    )


def request_edited(turn: str) -> str:
    """Offer to go on from a picture whose request was changed after it was made."""
    return (
        f"You changed your request after I had begun to edit the picture. {NOTHING_CHARGED} Press "
        f"Edit again and say there what it is to be. {reference(turn)}"
    )


# --- notes: what a picture was made of, below it ------------------------------------------------


def same_picture() -> str:
    """Say that nothing was changed."""
    return (
        "(the image service sent the same picture back, and charged for it: ask for the change in "
        "other words)"
    )


def pictures_left_out(numbers: Sequence[int], most: int, model: str) -> str:
    """Say that a model takes fewer pictures than were given."""
    names = ", ".join(f"#{number}" for number in numbers)
    return f"({names} left out: the model `{model}` takes up to {most} pictures at once)"


def reference_left_out(number: int, why: str) -> str:
    """Say why a picture was not given to the model."""
    return f"(#{number} left out: {why.rstrip('.')})"


def options_left_out(names: Sequence[str], model: str) -> str:
    """Say that the model knows no such choice."""
    return f"({' and '.join(names)} left out: the model `{model}` has no such choice)"


def done_to_picture(number: int, what: str) -> str:
    """Say what was done to a picture before it was edited."""
    return f"(#{number}: {what.rstrip('.')})"


def done_to_mask(what: str) -> str:
    """Say what was done to a mask."""
    return f"(mask: {what.rstrip('.')})"


def done_to_result(what: str) -> str:
    """Say what was done to the edited picture."""
    return f"(the edited picture: {what.rstrip('.')})"


CAME_LATE = "(the picture came after all, below)"


def came_late() -> str:
    """Say why a picture comes so long after it was asked for."""
    return "(this is the picture that took the image service so long)"


def before_left_out(number: int) -> str:
    """Say why the picture of before does not stand beside."""
    return f"(#{number} is not shown beside it: it is no longer kept)"


def try_editing() -> str:
    """Say, once to each person, that pictures can be edited."""
    return (
        "(I can edit pictures too: write `edit:` and what to change, for example "
        "`edit: make the sky pink`)"
    )


# --- where it cannot be posted ------------------------------------------------------------------


def unpostable(turn: Turn, error: PlatformError) -> str:
    """Say, where the picture would stand, that it could not be posted."""
    match error:
        case Forbidden(permission=permission) if permission:
            what = f"The edited picture could not be posted: I need the permission *{permission}*."
            step = "Ask an admin to grant it, then press Retry."
        case _:
            what = "The edited picture could not be posted: the platform did not take the file."
            step = "Press Retry."
    charged = "It was made and charged, and Retry only posts it."
    if turn.edit is not None and turn.edit.shows is not None:
        charged = NOTHING_CHARGED
    return f"{what} {charged} {step} {reference(turn.id)}"


# --- what the people who run the bot are told ---------------------------------------------------


def image_model_retired(model: ImageModel) -> str:
    """Tell an admin that there is no such image model any more."""
    return (
        f"The image model `{model.id}` is not there any more: its service says that it was "
        "retired or renamed. Nobody's edit is charged, and none is made. Set `IMAGE_MODEL` to "
        "another and restart me."
    )


# --- buttons ------------------------------------------------------------------------------------


def adjust_button(turn: str) -> Button:
    """Return the button that goes on from a turn's picture."""
    return Button(Action.ADJUST, turn, "Edit again")


def picture_buttons(
    turn: str, *, made: bool, has_earlier: bool, paints: bool
) -> tuple[Button, ...]:
    """Return the buttons under a picture; `has_earlier`: there is one to go back to.

    What was only sent (not `made`) cannot be made once more, and cost nothing.
    """
    named = [
        (Action.ADJUST, "Edit again", True),
        (Action.VARY, "Vary", made),
        (Action.UNDO, "Undo", has_earlier),
        (Action.BASE, "Use as base", True),
        (Action.PAINT, "Paint a mask", paints),
        (Action.DETAILS, "Details", made),
    ]
    shown = [Button(action, turn, label) for action, label, is_there in named if is_there]
    return (*shown, Button(Action.REMOVE, turn, "Delete mine", danger=True))
