"""Faults of edited pictures, on both platforms: results that are none, come late, or are too big.

What is shown is compared with the service's own edit of the very picture that was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapters.playground.segmind import RESULT, STATUS, SUBMIT
from bot.events import Aside
from bot.notices import ASIDES
from tests.fault_acts import Act, Advance, Ended, Heal, Kill, Mention, Press, Script, Stage, Start
from tests.fault_acts_slack import met_with, slack_setting
from tests.fault_rows import (
    ANYTHING,
    Booked,
    Called,
    Counted,
    Holds,
    Met,
    Row,
    Stored,
    Told,
    Turn,
    World,
    fits,
    shows,
    unreserved,
)
from tests.fault_rows_posts import POST as POST_DISCORD
from tests.fault_rows_posts import setting
from tests.fault_rows_slack_files import ADDRESS, BYTES, SHARE
from tests.fault_rows_slack_posts import LOSSES
from tests.fault_services import meet, work
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
BROKEN_MAY_CHARGE = (
    f"The image service had an internal error. {MAY_CHARGE} Press Retry. Reference: `{ANYTHING}`"
)
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
SAME = (
    "(the image service sent the same picture back, and charged for it: ask for the change in "
    "other words)"
)
NOT_TAKEN = (
    "The edited picture could not be posted: the platform did not take the file. It was made and "
    f"charged, and Retry only posts it. Press Retry. Reference: `{ANYTHING}`"
)
SHOWN_BELOW = "I could not post my answer here at first.\n(asked again below)"
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


async def told_untaken(stage: Stage) -> None:
    """See what is said until somebody presses Retry."""
    (notice,) = stage.shown("q")
    assert fits(NOT_TAKEN, notice.text)


def jobs(times: int = 1) -> Called:
    """Return that so many edits were handed over."""
    return Called(SUBMIT, times=times, status=200)


# --- F62, F65: what comes is no picture, or comes from where nobody may look ------------------


def _unusable(
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


def _failing(fault: str) -> Counted:
    return Counted("backend_errors", 1, f'fault="{fault}"')


def _shown(
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


UNUSABLE_ROWS: list[Row] = [
    *_unusable(
        "F62",
        "JSON error with 200",
        "What should be a picture is a JSON error.",
        work(sends="json"),
        note=BROKEN_MAY_CHARGE,
        error="upstream",
        stored=(_failing("upstream"),),
        instead=f"The service says itself what went wrong. {ATTEMPTS}",
    ),
    *_unusable(
        "F62",
        "HTML",
        "What should be a picture is a page.",
        work(sends="html"),
        stored=(_failing("protocol"),),
    ),
    *_unusable(
        "F62",
        "0 bytes",
        "What should be a picture is empty.",
        work(sends="empty"),
        stored=(_failing("protocol"),),
    ),
    *_unusable(
        "F62",
        "truncated PNG",
        "Half a picture comes.",
        work(sends="truncated"),
        error="unusable",
    ),
    *_unusable(
        "F62",
        "60 MB",
        "A picture with 60 MB behind it comes.",
        work(sends="huge"),
        stored=(_failing("protocol"), Counted("fetches", 1, 'outcome="too_large"')),
    ),
    *_unusable(
        "F62",
        "no address",
        "A result is finished and names no picture.",
        work(sends="nothing"),
        stored=(_failing("protocol"),),
    ),
    *_shown(
        "F62",
        "wrong content type",
        "A picture comes that is called text.",
        work(sends="as_text"),
        instead="The bytes tell what it is, and it is a picture.",
    ),
    *_shown(
        "F62",
        "same picture back",
        "The picture that was sent comes back.",
        work(sends="same"),
        note=SAME,
        stored=(Counted("images", 1),),
        instead="It is shown, so it is charged, which the note says.",
    ),
    *(
        row
        for variant, address in (
            ("another host", "https://pictures.example.net/a.png"),
            ("a private address", "http://169.254.169.254/latest/meta-data"),
            ("a name that looks alike", "https://images.segmind.com.example.net/a.png"),
            ("with a password", "https://user:word@images.segmind.com/a.png"),
            ("a file", "file:///etc/passwd"),
        )
        for row in _unusable(
            "F65",
            variant,
            "A result is said to lie where results never lie.",
            work(host=address),
            stored=(_failing("protocol"),),
        )
    ),
    *(
        row
        for variant, address in (
            ("redirect to a private address", "http://169.254.169.254/latest/meta-data"),
            ("redirect to another host", "https://pictures.example.net/a.png"),
        )
        for row in _unusable(
            "F65",
            variant,
            "The address of a result leads on.",
            work(leads_to=address),
            met=(Called(MADE, status=302),),
            stored=(_failing("protocol"), Counted("fetches", 1, 'outcome="not_allowed"')),
        )
    ),
]


# --- F63: accepted, and then nothing ----------------------------------------------------------

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
    return _unusable(
        "F63", variant, happens, *acts, note=note, error=error, met=(met,),
        stored=(_failing(fault),),
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
    *_shown(
        "F63",
        "result late to be had",
        "What an edit came to cannot be asked for at first.",
        meet(RESULT, "refuse", status=503, times=3),
        met=(Called(RESULT, status=503, times=3),),
    ),
]

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
    *_shown(
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
    *_shown(
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
    return _shown(id_, f"picture: {variant}", happens, *acts, met=met, platforms=(SLACK,))


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
