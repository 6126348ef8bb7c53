"""What the bot says of files that people send it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.notices import NOTHING_CHARGED, reference
from bot.text import utf16_length

# A notice is one message.
WHYS_UNITS = 1_500
# Below an answer, where each stands on a line of its own.
MOST_WHYS = 3


def file_too_big(name: str, most: int) -> str:
    """Say why a file was not taken."""
    return f"{name} was not read: it is over {most // (1024 * 1024)} MiB."


def file_elsewhere(name: str) -> str:
    """Say why a file was not taken."""
    return (
        f"{name} was not read: it lies with another service, and only a link to it is here."
        " Upload the file itself."
    )


def file_is_page(name: str) -> str:
    """Say why what looks like a file was not taken."""
    return f"{name} was not read: it is a page kept here, such as a canvas or a list, and no file."


def file_too_many(name: str, most: int) -> str:
    """Say why a file was not taken."""
    return f"{name} was not read: I take up to {most} files with one message."


SEND_READABLE = "Send it as a picture, a text file or a PDF and ask again."


def files_declined(turn: str, whys: Sequence[str], step: str = SEND_READABLE) -> str:
    """Refuse a message of which nothing could be read: of many files, say why of the first.

    `step`: what to do about it.
    """
    said: list[str] = []
    for why in whys:
        if utf16_length(" ".join((*said, why))) > WHYS_UNITS:
            said.append(f"Nor were {len(whys) - len(said)} others read.")
            break
        said.append(why)
    return f"{' '.join(said)} {NOTHING_CHARGED} {step} {reference(turn)}"


def files_unread(whys: Sequence[str]) -> list[str]:
    """Say, below an answer, why files were not read: of many, why of the first."""
    said = [f"({why.rstrip('.')})" for why in whys[:MOST_WHYS]]
    if rest := len(whys) - len(said):
        said.append(f"({rest} more {'file was' if rest == 1 else 'files were'} not read)")
    return said


def files_lost(turn: str, names: str) -> str:
    """Refuse a question whose file is no longer there."""
    return (
        f"I could not get {names}: the platform does not have it any more. {NOTHING_CHARGED} "
        f"Please attach it again and ask again. {reference(turn)}"
    )


def files_not_permitted(turn: str, permission: str) -> str:
    """Refuse a question whose files the platform does not let the bot read."""
    return (
        f"I'm not allowed to read files here; an admin must add {permission} and reinstall. "
        f"{NOTHING_CHARGED} Ask again after that, or ask without the file. {reference(turn)}"
    )


def file_unavailable(turn: str, name: str) -> str:
    """Say that a file could not be fetched now, but may be later."""
    return (
        f"I could not fetch {name}: the platform did not hand it out. {NOTHING_CHARGED} "
        f"Press Retry in a minute, or please attach it again. {reference(turn)}"
    )
