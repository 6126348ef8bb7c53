"""Faults of edited pictures, on both platforms: F63, accepted, and then nothing."""

from __future__ import annotations

from adapters.playground.segmind import RESULT, STATUS
from bot.events import Aside
from bot.notices import ASIDES
from tests.fault_acts import Act, Advance, Ended, Kill, Press, Stage, Start
from tests.fault_edits import (
    BROKEN_MAY_CHARGE,
    CAPTION,
    EDIT,
    MADE,
    MAY_CHARGE,
    PLATFORMS,
    at,
    charged,
    failed,
    failing,
    jobs,
    not_shown,
    released,
    rows_shown,
    rows_unusable,
    shown,
)
from tests.fault_rows import ANYTHING, Called, Counted, Holds, Met, Row, Told, Turn, shows
from tests.fault_services import meet, work

BROKEN = (
    f"The image service had an internal error. Nothing was charged. Press Retry. "
    f"Reference: `{ANYTHING}`"
)
LOST = (
    f"The connection to the image service was lost before the picture came. {MAY_CHARGE} "
    f"Press Retry. Reference: `{ANYTHING}`"
)
STILL_WORKING = (
    "The image service is still working on this. The picture will be posted here if it comes "
    "within the hour, and charged only then. If it does not come, press Retry. "
    f"Reference: `{ANYTHING}`"
)
CAME_LATE = "(this is the picture that took the image service so long)"
# The bot gives up after this; it looks for what is late every half minute.
DEADLINE, HOUR = 600.0, 3_600.0


async def name_late(stage: Stage) -> None:
    """Name the turn of the late result: nobody wrote anything for it."""
    stage.names["late"] = "late:" + str((stage.h.turn(stage.source("q")) or {})["id"])


def _late(of: str = "late") -> Turn:
    """Return the turn that brings a late result; what was asked stays where it was."""
    return Turn(of, "answered", ("picture sent",), (f"assistant: {CAPTION}",), note=CAME_LATE)


LATE_ROWS: list[Row] = [
    row
    for platform in PLATFORMS
    for row in (
        Row(
            id="F63",
            variant=f"late, {platform}",
            happens="A picture takes longer than the bot waits, and comes within the hour.",
            acts=(
                work(working=900.0),
                EDIT,
                Advance(DEADLINE - 5),
                Ended(within=30),
                not_shown,
                Advance(330),
                name_late,
                Ended("late", within=60),
                shown(),
            ),
            met=(jobs(),),
            sees=(
                shows(
                    "q",
                    f"{STILL_WORKING}\n(the picture came after all, below)",
                    f"{CAPTION}\n\n{CAME_LATE}",
                ),
            ),
            stored=(
                failed("timeout", STILL_WORKING, platform),
                _late(),
                Holds("SELECT COUNT(*) FROM awaited", ((0,),)),
                Counted("images", 1),
            ),
            ledger=(released(), charged("late")),
            world=at(platform),
        ),
        Row(
            id="F63",
            variant=f"after the hour, {platform}",
            happens="A picture comes when the hour is over.",
            acts=(
                work(working=DEADLINE + HOUR + 300, expires=99_999.0),
                EDIT,
                Advance(DEADLINE - 5),
                Ended(within=30),
                Advance(HOUR + 600),
                not_shown,
            ),
            met=(jobs(),),
            sees=(shows("q", STILL_WORKING),),
            stored=(
                failed("timeout", STILL_WORKING, platform),
                Holds("SELECT COUNT(*) FROM awaited", ((0,),)),
                Holds("SELECT COUNT(*) FROM memo WHERE name LIKE 'edit:%'", ((0,),)),
            ),
            ledger=(released(),),
            world=at(platform),
        ),
        Row(
            id="F63",
            variant=f"asked again meanwhile, {platform}",
            happens="Somebody presses Retry while a picture is late, and then it comes.",
            acts=(
                work(working=900.0),
                EDIT,
                Advance(DEADLINE - 5),
                Ended(within=30),
                Press("retry"),
                Advance(330),
                name_late,
                Ended("late", within=60),
                shown(),
            ),
            met=(jobs(),),
            sees=(
                shows(
                    "q",
                    f"{STILL_WORKING}\n(the picture came after all, below)",
                    f"{CAPTION}\n\n{CAME_LATE}",
                ),
                Told("press", ASIDES[Aside.AWAITED]),
            ),
            stored=(
                failed("timeout", STILL_WORKING, platform),
                _late(),
                Holds("SELECT COUNT(*) FROM awaited", ((0,),)),
                Counted("images", 1),
            ),
            ledger=(released(), charged("late")),
            world=at(platform),
            instead="Whoever asks again is told to wait: one picture is ordered and billed.",
        ),
        Row(
            id="F63",
            variant=f"a death while it is late, {platform}",
            happens="A picture is late, and the process dies while it is waited for.",
            acts=(
                work(working=900.0),
                EDIT,
                Advance(DEADLINE - 5),
                Ended(within=30),
                Kill(),
                Start(),
                Advance(330),
                name_late,
                Ended("late", within=60),
                shown(),
            ),
            met=(jobs(),),
            sees=(
                shows(
                    "q",
                    f"{STILL_WORKING}\n(the picture came after all, below)",
                    f"{CAPTION}\n\n{CAME_LATE}",
                ),
            ),
            stored=(
                failed("timeout", STILL_WORKING, platform),
                _late(),
                Holds("SELECT COUNT(*) FROM awaited", ((0,),)),
            ),
            ledger=(released(), charged("late")),
            world=at(platform),
        ),
    )
]


def _ended(
    variant: str, happens: str, *acts: Act, note: str, error: str, fault: str, met: Met
) -> list[Row]:
    return rows_unusable(
        "F63", variant, happens, *acts, note=note, error=error, met=(met,),
        stored=(failing(fault),),
    )  # fmt: skip


ENDED_ROWS: list[Row] = [
    *_ended(
        "error",
        "An edit that was accepted fails.",
        work(error="Internal server error"),
        note=BROKEN,
        error="upstream",
        fault="upstream",
        met=Called(STATUS, status=422, times=1),
    ),
    *_ended(
        "unknown task",
        "An edit that was accepted is not known any more.",
        work(expires=30.0),
        note=BROKEN_MAY_CHARGE,
        error="upstream",
        fault="upstream",
        met=Called(STATUS, status=404, times=1, most=9),
    ),
    *_ended(
        "result lost",
        "An edit is finished, and its picture is not where it should be.",
        work(sends="missing"),
        note=LOST,
        error="cut",
        fault="cut",
        met=Called(MADE, status=404, times=4),
    ),
    *rows_shown(
        "F63",
        "result late to be had",
        "What an edit came to cannot be asked for at first.",
        meet(RESULT, "refuse", status=503, times=3),
        met=(Called(RESULT, status=503, times=3),),
    ),
]
