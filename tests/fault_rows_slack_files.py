"""Faults of files on Slack: those that the bot posts, and those that it may not read."""

from __future__ import annotations

from adapters.playground.faults import Fault
from tests.fault_acts import Act, Advance, Ended, Mention, Script, Stage
from tests.fault_acts_slack import met_with, slack_of, slack_setting
from tests.fault_rows import (
    ANSWER,
    ANYTHING,
    SLACK,
    SLACK_HTTP,
    Called,
    Met,
    Row,
    Stored,
    Turn,
    World,
    charged,
    shows,
    unreserved,
)
from tests.fault_rows_slack_posts import LOSSES
from tests.fault_rows_slack_streams import MONAD, UPDATE, no_streams_left, takes
from tests.fault_services import name_admin
from tests.standins import SLACK as SLACK_SCRIPT

ADDRESS, BYTES = "files.getUploadURLExternal", "upload"
SHARE, LOOK, READ = "files.completeUploadExternal", "files.info", "download"
# So little that the answer does not fit into any number of parts.
TOO_LITTLE = takes(200)
IN_FILE = f"The whole answer ({ANYTHING} characters) is in this file."
NOT_ATTACHED = (
    f"(cut here: the whole answer has {ANYTHING} characters, and the rest could not be attached "
    f"as a file) The whole answer was charged. Ask an admin, or ask for it in smaller pieces."
)
NO_PICTURES = "No pictures are made yet; what is posted as a file is an answer that is too long."
NOTES = {"files": [("notes.txt", b"A monad is a monoid of endofunctors.")]}
NOT_READ = (
    "I'm not allowed to read files here; an admin must add files:read and reinstall. Nothing was "
    f"charged. Ask again after that, or ask without the file. Reference: `{ANYTHING}`"
)
ALERT = (
    "I am not allowed to read files in the slack workspace `T0PLAYGRND1`; people who send me one "
    "there get no answer and are not charged. Add files:read to the app and reinstall it; I tell "
    "you once a day."
)
SENT_AWAY = {"Location": "https://slack.com/signin"}


def in_file(asked: str = MONAD, parts: int = 0, note: str = "") -> Turn:
    """Return an answered turn whose answer is in a file, below its parts."""
    return Turn(
        "q",
        "answered",
        parts=("answer sent",) * parts + ("file sent",),
        history=(f"user: {asked}", f"assistant: {ANSWER}"),
        note=note,
    )


def _refused() -> tuple[Stored, ...]:
    """Return two turns whose file could not be read."""
    return tuple(
        Turn(of, "refused", ("notice sent",), (f"user: {asked}",), "file_not_permitted", NOT_READ)
        for of, asked in (("first", "What is in it?"), ("q", "And now?"))
    )


async def take_scope_away(stage: Stage) -> None:
    """Let the bot's token have no right to read files."""
    people = slack_of(stage).people
    (team,) = slack_of(stage).world.teams.values()
    people.switch(scopes=[scope for scope in team.scopes if scope != "files:read"])


async def check_bytes(stage: Stage) -> None:
    """See that the file which stands there is the whole answer."""
    (shown,) = [each for each in stage.h.ours() if each.files]
    ((name, content),) = shown.files
    assert name == "answer.md"
    assert b"SIMULATED" in content and content.decode().strip()


def _file(variant: str, happens: str, faults: tuple[Act, ...], met: tuple[Met, ...]) -> Row:
    """Return a row of an answer that comes as a file all the same, once."""
    return Row(
        id="F42",
        variant=variant,
        happens=happens,
        acts=(*TOO_LITTLE, *faults, Mention(MONAD), Ended(), Advance(60), check_bytes),
        met=met,
        sees=(shows("q", IN_FILE),),
        stored=(in_file(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
        instead=NO_PICTURES,
    )


def _bytes(fault: Fault) -> tuple[Act, ...]:
    return (Script(SLACK_SCRIPT, fault),)


UPLOAD_ROWS: tuple[Row, ...] = (
    *(
        _file(
            f"the bytes, {how}",
            f"Slack is sent the bytes of a file; {how}.",
            _bytes(loss(BYTES, 1)),
            (
                Called(BYTES, mark=loss(BYTES, 1).action),
                # A page that comes with 200 is as good as any other word.
                Called(BYTES, times=1 if how == "a page comes" else 2),
                Called(ADDRESS, status=200),
                Called(SHARE, status=200),
            ),
        )
        for how, loss in LOSSES
    ),
    *(
        _file(
            f"the bytes are answered {status}{', twice' if times > 1 else ''}",
            f"Slack takes no bytes: it answers {status}, and then it does.",
            _bytes(Fault(BYTES, "refuse", status=status, times=times)),
            (
                Called(BYTES, status=status, times=times),
                Called(BYTES, status=200),
                Called(ADDRESS, status=200),
            ),
        )
        for status in (408, 504)
        for times in (1, 2)
    ),
    *(
        _file(
            f"the sharing, {how}",
            f"Slack is told to share a file; {how}.",
            _bytes(loss(SHARE, 1)),
            (Called(SHARE, mark=loss(SHARE, 1).action), Called(BYTES, status=200)),
        )
        for how, loss in LOSSES
    ),
    Row(
        id="F42",
        variant="the bytes never arrive",
        happens="Slack answers 504 to the bytes of a file, whenever they come.",
        acts=(
            *TOO_LITTLE,
            met_with(BYTES, "refuse", status=504, times=99),
            Mention(MONAD),
        ),
        met=(Called(BYTES, status=504, times=3), Called(ADDRESS, status=200)),
        sees=(shows("q", NOT_ATTACHED),),
        stored=(in_file(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
        instead=NO_PICTURES,
    ),
    Row(
        id="F42",
        variant="a long answer",
        happens="An answer is longer than its messages may be, and the first bytes are lost.",
        acts=(
            met_with(BYTES, "refuse", status=504),
            Mention("write 4300 words"),
            Ended(),
            check_bytes,
        ),
        met=(Called(BYTES, status=504), Called(BYTES, status=200)),
        sees=(shows("q", ANSWER, ANYTHING, IN_FILE),),
        stored=(in_file("write 4300 words", parts=2), no_streams_left()),
        ledger=(charged(),),
        world=World(platform="slack", tokens_per_second=4_000),
        instead=NO_PICTURES,
    ),
    Row(
        id="F43",
        variant="never shared",
        happens="Slack says that a file is shared, and it never is.",
        acts=(
            *TOO_LITTLE,
            slack_setting("share_never", True),
            Mention(MONAD),
            Ended(),
            Advance(60),
            check_bytes,
        ),
        met=(
            Called(SHARE, status=200),
            # About 12 s it is looked for, then a message of its own carries it.
            Called(LOOK, times=8, most=16),
            Called(UPDATE, status=200, times=1, most=9),
        ),
        sees=(shows("q", IN_FILE),),
        stored=(in_file(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
        instead=NO_PICTURES,
    ),
    Row(
        id="F43",
        variant="shared late",
        happens="Slack says that a file is shared, and nine seconds later it is.",
        acts=(
            *TOO_LITTLE,
            slack_setting("shares_ms", 9_000),
            Mention(MONAD),
            Ended(),
            Advance(60),
            check_bytes,
        ),
        met=(Called(SHARE, status=200), Called(LOOK, times=3, most=7)),
        sees=(shows("q", IN_FILE),),
        stored=(in_file(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
        instead=NO_PICTURES,
    ),
    Row(
        id="F43",
        variant="shared very late",
        happens="Slack says that a file is shared, and it is when it was shared once more.",
        acts=(
            *TOO_LITTLE,
            slack_setting("shares_ms", 14_000),
            Mention(MONAD),
            Ended(),
            Advance(60),
            check_bytes,
        ),
        met=(Called(SHARE, status=200), Called(LOOK, times=8, most=16)),
        sees=(shows("q", IN_FILE),),
        stored=(in_file(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
        instead=NO_PICTURES,
    ),
)

READ_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F44",
            variant=f"{variant}, {name}",
            happens=f"The bot is sent a file twice, and {what} in its place.",
            acts=(
                name_admin,
                *before,
                Mention("What is in it?", "first", person=1, carried=NOTES),
                Ended("first"),
                Mention("And now?", person=2, carried=NOTES),
            ),
            met=met,
            sees=(shows("first", NOT_READ), shows("q", NOT_READ), shows("dm", ALERT)),
            stored=_refused(),
            ledger=(unreserved("first"), unreserved()),
            world=world,
            instead="Nothing was reserved yet, so that there is nothing to release.",
        )
        for name, world in (("by socket", SLACK), ("over HTTP", SLACK_HTTP))
        for variant, what, before, met in (
            (
                "a sign-in page",
                "gets Slack's sign-in page with 200",
                (take_scope_away,),
                (Called(READ, status=200, effect="refused", times=2),),
            ),
            (
                "sent away",
                "is sent to the sign-in page",
                (met_with(READ, "refuse", status=302, times=2, headers=SENT_AWAY),),
                (Called(READ, status=302, times=2),),
            ),
            (
                "403",
                "is answered 403",
                (met_with(READ, "refuse", status=403, times=2),),
                (Called(READ, status=403, times=2),),
            ),
        )
    ),
)

FILE_ROWS: tuple[Row, ...] = (*UPLOAD_ROWS, *READ_ROWS)
