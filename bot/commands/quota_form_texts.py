"""The texts of the form that sets a limit."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.texts import NOTHING_DONE

TITLE = "Set a limit"
SEND = "Set"
WHOM = "For whom or where"
PERSON = "The person"
PERSON_HINT = "Only where the limit is for one person"
NO_PERSON = "Choose the person, or somebody else above."
PERSON_TOO = (
    "The limit would not be for this person alone: choose “one person” above, or nobody here."
)
EVER = "ever: it never does"
METRIC = "What is counted"
AMOUNT = "How much"
AMOUNT_HINT = "50, or of money 5 USD or $5; 0 means none at all"
PER = "Counting starts anew each"
MODEL = "Only of this model"


def flaw(why: str) -> str:
    """Return what is wrong with a field, as a sentence below it; it knows no markup."""
    # What a command calls an option is what is asked there.
    said = why.replace("`amount` ", "This ").replace("`model` ", "This ").replace("`", "")
    return f"{said[0].upper()}{said[1:]}."


LOST = (
    f"This form is no longer known: it is older than a day, or another took its place."
    f" {NOTHING_DONE} Use the command again."
)
SCOPES: Mapping[str, str] = {
    "member": "each member",
    "person": "one person, chosen below",
    "server": "the whole workspace",
    "channel": "this channel",
    "everything": "everything the bot does",
}
