"""Faults of edited pictures: F15, too big to be posted, and F42 and F43, not taken by Slack."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.fault_acts import Act, Ended, Heal, Press, Script, Stage
from tests.fault_acts_slack import met_with, slack_setting
from tests.fault_edits import (
    CAPTION,
    EDIT,
    MIB,
    NOT_TAKEN,
    at,
    charged,
    edited,
    jobs,
    not_shown,
    pictures,
    rows_shown,
    shown,
)
from tests.fault_rows import Called, Counted, Met, Row, Turn, fits, shows, unreserved
from tests.fault_rows_pictures_late import ENDED_ROWS, LATE_ROWS
from tests.fault_rows_pictures_results import UNUSABLE_ROWS
from tests.fault_rows_posts import POST as POST_DISCORD
from tests.fault_rows_posts import setting
from tests.fault_rows_slack_files import ADDRESS, BYTES, SHARE
from tests.fault_rows_slack_posts import LOSSES
from tests.fault_services import work
from tests.standins import DISCORD, SLACK
from tests.studio import alike

SHOWN_BELOW = "I could not post my answer here at first.\n(asked again below)"


async def told_untaken(stage: Stage) -> None:
    """See what is said until somebody presses Retry."""
    (notice,) = stage.shown("q")
    assert fits(NOT_TAKEN, notice.text)


# --- F15: a picture that is too big to be posted ----------------------------------------------


def _fits(most: int) -> Callable[[bytes, bytes], bool]:
    """Return how a picture that was reduced is compared: it shows the same, in fewer bytes."""

    def compare(after: bytes, sent: bytes) -> bool:
        return len(after) <= most < len(sent)

    return compare


REDUCED = "(the edited picture: it was reduced from {} MB to {} MB to fit the upload limit)"
LESS_THAN_KNOWN = (
    "What is kept stays as large as it was: only what is posted is reduced, and says from what."
)
BIG_ROWS: list[Row] = [
    *rows_shown(
        "F15",
        "over 10 MiB",
        "A picture comes that is larger than Discord takes.",
        work(sends="bigger"),
        note=REDUCED.format("11.1", "3.3"),
        compare=_fits(10 * MIB),
        platforms=(DISCORD,),
        met=(Called(POST_DISCORD, status=200, times=1, most=2),),
        stored=(Counted("images", 1),),
    ),
    Row(
        id="F15",
        variant="over 8 MiB, discord",
        happens="A picture comes that Discord used to take, and takes no more.",
        acts=(
            setting("file_bytes", 8 * MIB),
            work(sends="big"),
            EDIT,
            Ended(),
            shown(_fits(8 * MIB)),
        ),
        met=(jobs(), Called(POST_DISCORD, status=413, code=40005)),
        sees=(shows("q", f"{CAPTION}\n\n{REDUCED.format('9.2', '2.8')}"),),
        stored=(edited(), pictures(made=1), Counted("images", 1)),
        ledger=(charged(),),
        world=at(DISCORD),
        instead=LESS_THAN_KNOWN,
    ),
    *rows_shown(
        "F15",
        "over 10 MiB",
        "A picture comes that is larger than Discord takes.",
        work(sends="bigger"),
        compare=lambda after, sent: len(after) > 10 * MIB and alike(after, sent),
        platforms=(SLACK,),
        stored=(Counted("images", 1),),
        instead="Slack takes a gigabyte, so the picture stays as it is.",
    ),
    Row(
        id="F15",
        variant="over 8 MiB, slack",
        happens="A picture comes that this workspace does not take.",
        acts=(
            slack_setting("file_bytes", 8 * MIB),
            work(sends="big"),
            EDIT,
            Ended(),
            shown(_fits(8 * MIB)),
        ),
        met=(jobs(), Called(ADDRESS, code="file_too_large")),
        sees=(shows("q", f"{CAPTION}\n\n{REDUCED.format('9.2', '2.8')}"),),
        stored=(edited(), pictures(made=1), Counted("images", 1)),
        ledger=(charged(),),
        world=at(SLACK),
        instead=LESS_THAN_KNOWN,
    ),
]


# --- F42, F43: Slack takes files in three steps -----------------------------------------------


def _posted(id_: str, variant: str, happens: str, *acts: Act, met: Sequence[Met]) -> list[Row]:
    return rows_shown(id_, f"picture: {variant}", happens, *acts, met=met, platforms=(SLACK,))


UPLOAD_ROWS: list[Row] = [
    *_posted(
        "F42",
        "the bytes hang",
        "Slack is sent the bytes of a picture and does not answer.",
        met_with(BYTES, "delay", seconds=60.0),
        met=(Called(BYTES, status=200, times=2, most=3), Called(ADDRESS, times=2)),
    ),
    *(
        row
        for status in (408, 504)
        for row in _posted(
            "F42",
            f"the bytes are answered {status}, twice",
            f"Slack takes no bytes of a picture: it answers {status}, and then it does.",
            met_with(BYTES, "refuse", status=status, times=2),
            met=(
                Called(BYTES, status=status, times=2),
                Called(BYTES, status=200, times=2),
                Called(ADDRESS, times=2),
            ),
        )
    ),
    *(
        row
        for how, loss in LOSSES
        for row in _posted(
            "F42",
            f"the end of the uploads, {how}",
            f"Slack is told that the pictures are there; {how}.",
            Script(SLACK, loss(SHARE, 1)),
            met=(Called(SHARE, mark=loss(SHARE, 1).action), Called(BYTES, status=200, times=2)),
        )
    ),
    Row(
        id="F42",
        variant="picture: the bytes never arrive, slack",
        happens="Slack answers 504 to the bytes of a picture, until somebody presses Retry.",
        acts=(
            met_with(BYTES, "refuse", status=504, times=12),
            EDIT,
            Ended(),
            not_shown,
            told_untaken,
            Heal(SLACK),
            Press("retry"),
            Ended("press"),
            shown(),
        ),
        met=(jobs(), Called(BYTES, status=504, times=3, most=12)),
        sees=(shows("q", SHOWN_BELOW, CAPTION),),
        stored=(
            Turn(
                "q",
                "undeliverable",
                ("notice sent", "picture planned"),
                (),
            ),
            edited("press"),
            pictures(made=1),
            Counted("images", 1),
        ),
        ledger=(charged(), unreserved("press")),
        world=at(SLACK),
    ),
    *_posted(
        "F43",
        "shown late",
        "Slack shows the pictures of a message only eight seconds after they came.",
        slack_setting("pictures_ms", 8_000),
        met=(Called("chat.postMessage", code="invalid_blocks", times=1, most=7),),
    ),
    *_posted(
        "F43",
        "never shown",
        "Slack never shows the pictures of a message.",
        slack_setting("pictures_ms", 900_000),
        met=(Called("chat.postMessage", code="invalid_blocks", times=7), Called(SHARE, times=2)),
    ),
    *_posted(
        "F43",
        "never shown, never shared",
        "Slack never shows the pictures of a message, and does not share them as files either.",
        slack_setting("pictures_ms", 900_000),
        slack_setting("share_never", True),
        met=(Called(SHARE, times=2), Called("chat.update", times=1, most=3)),
    ),
]
PICTURE_ROWS: tuple[Row, ...] = (
    *UNUSABLE_ROWS,
    *LATE_ROWS,
    *ENDED_ROWS,
    *BIG_ROWS,
    *UPLOAD_ROWS,
)
