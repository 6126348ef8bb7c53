"""What faults of edited pictures come to: worlds, turns, bookings, and what is shown.

What is shown is compared with the service's own edit of the very picture that was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapters.playground.segmind import SUBMIT
from tests.fault_acts import Act, Advance, Ended, Mention, Stage
from tests.fault_rows import (
    ANYTHING,
    Booked,
    Called,
    Counted,
    Holds,
    Met,
    Row,
    Stored,
    Turn,
    World,
    shows,
)
from tests.standins import DISCORD, SLACK
from tests.studio import CAT, Studio, alike

PLATFORMS = (DISCORD, SLACK)
MADE = "GET /{folder}/{name}"
ASKED = "edit: make it pink"
EDIT = Mention(ASKED, carried={"files": [("cat.png", CAT)]})
CAPTION = "**make it pink**\n#1 → #2 · `segmind:gpt-image-1-edit-mini`"
MIB = 1024 * 1024
MAY_CHARGE = "Nothing was charged to you; the service may charge the person who runs this bot."
UNUSABLE = (
    f"The image service sent something unusable. {MAY_CHARGE} Press Retry; if it stays so, "
    f"ask the person who runs this bot to look at the log. Reference: `{ANYTHING}`"
)
NOT_TAKEN = (
    "The edited picture could not be posted: the platform did not take the file. It was made and "
    f"charged, and Retry only posts it. Press Retry. Reference: `{ANYTHING}`"
)
ATTEMPTS = "What a result that is none cost the operator is not counted yet: no limit is on it."


def at(platform: str, **options: Any) -> World:
    """Return a world whose bot edits pictures."""
    return World(platform=platform, segmind=True, options=options)


def edited(of: str = "q", note: str = "", asked: str = ASKED) -> Turn:
    """Return a turn whose picture was shown."""
    history = (f"user: {asked}", f"assistant: {CAPTION}")
    return Turn(of, "answered", ("picture sent",), history, note=note)


def failed(error: str, note: str, platform: str, asked: str = ASKED) -> Turn:
    """Return a turn of which only a notice came: on Discord in the message of its status."""
    part = "answer sent" if platform == DISCORD else "notice sent"
    return Turn("q", "failed", (part,), (f"user: {asked}",) * bool(asked), error, note)


def charged(of: str = "q") -> Booked:
    """Return one settlement of one picture."""
    return Booked(of, ("settle",))


def released(of: str = "q") -> Booked:
    """Return one release: nothing was charged."""
    return Booked(of, ("release",))


def pictures(made: int, sent: int = 1) -> Holds:
    """Return how many pictures are kept: a result that is none is not."""
    return Holds(
        "SELECT SUM(made = 0), SUM(made = 1), COUNT(DISTINCT turn) FROM picture",
        ((sent, made, 1),),
    )


def shown(compare: Callable[[bytes, bytes], bool] = alike, *, galleries: int = 1) -> Act:
    """Return the step that compares what is shown with what was sent, and what came for it."""

    async def check(stage: Stage) -> None:
        studio = Studio(stage.h)
        await stage.h.until(lambda: len(studio.galleries()) == galleries, within=60)
        work = studio.works[-1]
        before, after = (content for content, _ in stage.h.folk.gallery(studio.gallery()))
        assert alike(before, CAT) and alike(work.pictures[0], CAT)
        assert compare(after, work.data), "another picture was posted than the service sent"

    return check


async def not_shown(stage: Stage) -> None:
    """See that no picture of ours stands anywhere."""
    assert not Studio(stage.h).galleries()


def jobs(times: int = 1) -> Called:
    """Return that so many edits were handed over."""
    return Called(SUBMIT, times=times, status=200)


def failing(fault: str) -> Counted:
    return Counted("backend_errors", 1, f'fault="{fault}"')


def rows_shown(
    id_: str,
    variant: str,
    happens: str,
    *acts: Act,
    note: str = "",
    compare: Callable[[bytes, bytes], bool] = alike,
    met: Sequence[Met] = (),
    stored: Sequence[Stored] = (),
    platforms: Sequence[str] = PLATFORMS,
    instead: str = "",
) -> list[Row]:
    """Return the rows of an edit whose picture is shown all the same, once."""
    text = f"{CAPTION}\n\n{note}" if note else CAPTION
    return [
        Row(
            id=id_,
            variant=f"{variant}, {platform}",
            happens=happens,
            acts=(*acts, EDIT, Ended(), Advance(60), shown(compare)),
            met=(jobs(), *met),
            sees=(shows("q", text),),
            stored=(edited(note=note), pictures(made=1), *stored),
            ledger=(charged(),),
            world=at(platform),
            instead=instead,
        )
        for platform in platforms
    ]


def rows_unusable(
    id_: str,
    variant: str,
    happens: str,
    *acts: Act,
    note: str = UNUSABLE,
    error: str = "protocol",
    met: Sequence[Met] = (),
    stored: Sequence[Stored] = (),
    instead: str = ATTEMPTS,
) -> list[Row]:
    """Return the rows, one for each platform, of an edit that ends in a notice."""
    return [
        Row(
            id=id_,
            variant=f"{variant}, {platform}",
            happens=happens,
            acts=(*acts, EDIT, Ended(), not_shown),
            met=(jobs(), *met),
            sees=(shows("q", note),),
            stored=(failed(error, note, platform), pictures(made=0), *stored),
            ledger=(released(),),
            world=at(platform),
            instead=instead,
        )
        for platform in PLATFORMS
    ]


BROKEN_MAY_CHARGE = (
    f"The image service had an internal error. {MAY_CHARGE} Press Retry. Reference: `{ANYTHING}`"
)
