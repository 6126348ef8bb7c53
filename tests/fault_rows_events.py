"""Faults of what Slack tells: events that come again, in twins, late, or by no way at all."""

from __future__ import annotations

from adapters.playground.faults import Fault
from tests.fault_acts import (
    Act,
    Advance,
    Ended,
    Heal,
    Kill,
    Mention,
    Script,
    Start,
    Stop,
    Taken,
    Writing,
)
from tests.fault_acts_slack import (
    AskToReconnect,
    Deaf,
    DropSockets,
    Resend,
    Sent,
    StallDisk,
    refused,
)
from tests.fault_rows import (
    ANSWER,
    SLACK,
    SLACK_HTTP,
    Answered,
    Called,
    Counted,
    Holds,
    Met,
    Row,
    World,
    answered,
    charged,
    shows,
)
from tests.standins import SLACK as SLACK_SCRIPT

MENTION, MESSAGE = "event:app_mention", "event:message"
ONE_TURN = Holds("SELECT count(*) FROM turn", ((1,),))
AGAIN = (
    *(Resend(attempt=1), Advance(60)),
    *(Resend(attempt=2), Advance(300), Resend(attempt=3)),
)
# The answer is being written when the bot goes.
BEGUN = (Taken(), Resend(attempt=1), Advance(0.5))
REST = AGAIN[2:]
TRANSPORTS: tuple[tuple[str, World], ...] = (("by socket", SLACK), ("over HTTP", SLACK_HTTP))


def repeat(route: str, times: int = 3) -> Script:
    """Let the next event of a kind be delivered so many times more, all at once."""
    return Script(SLACK_SCRIPT, Fault(route, "repeat", options={"times": times}))


def put_off(route: str, seconds: float) -> Script:
    """Let the next event of a kind come later."""
    return Script(SLACK_SCRIPT, Fault(route, "delay", seconds=seconds))


def lose(route: str) -> Script:
    """Let the first delivery of the next event of a kind come to nothing."""
    return Script(SLACK_SCRIPT, Fault(route, "lose"))


# Of each event of the question so many deliveries were acknowledged; the events of our own
# messages are acknowledged too.
def delivered(times: int) -> tuple[Called, ...]:
    """Return that both events of one mention were delivered and acknowledged so often."""
    return (
        Called(MENTION, times=times, status=200),
        Called(MESSAGE, times=times, most=99, status=200),
    )


def duplicates(times: int) -> Counted:
    """Return how many deliveries came to a turn that was there."""
    return Counted("intake_events", times, 'verdict="duplicate"')


LONG = "write 200 words"
OPEN = "apps.connections.open"
ASKED_ON = (Advance(1), Mention("What is a monad?"))
# Both of the first sockets still work for a while after it.
NOBODY_THERE = Called(MENTION, path="attempt 0", effect="refused")
HELLO = (Called("socket:hello", times=2, most=4),)
TWINS: tuple[tuple[str, tuple[Act, ...]], ...] = (
    ("at once", ()),
    ("the message half a second later", (put_off(MESSAGE, 0.5),)),
    ("the mention half a second later", (put_off(MENTION, 0.5),)),
    ("the mention when all is said", (put_off(MENTION, 30.0),)),
)

STALLS: tuple[tuple[float, tuple[Met, ...]], ...] = (
    (2.5, (Answered(MENTION, "q", 2.4, 2.6), *delivered(1))),
    (
        4.0,
        (
            # Not acknowledged before it is stored; Slack comes again at once.
            Called(MENTION, path="attempt 0", effect="refused"),
            Called(MESSAGE, path="attempt 0", effect="refused"),
            Called(MENTION, path="attempt 1", status=200),
            Called(MESSAGE, path="attempt 1", status=200),
        ),
    ),
)

EVENT_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F26",
            variant=f"{variant}, {name}",
            happens=f"Slack delivers one mention four times {variant}.",
            acts=(*before, Mention("What is a monad?"), *after, Ended(), Sent()),
            met=delivered(4),
            sees=(shows("q", ANSWER),),
            stored=(answered(), ONE_TURN, *counted),
            ledger=(charged(),),
            world=world,
        )
        for name, world in TRANSPORTS
        for variant, before, after, counted in (
            ("at once", (repeat(MENTION), repeat(MESSAGE)), (), (duplicates(7),)),
            ("in six minutes", (), AGAIN, (duplicates(7),)),
            ("in six minutes, the bot killed in between", (), (*BEGUN, Kill(), Start(), *REST), ()),
            (
                "in six minutes, the bot stopped in between",
                (),
                (*BEGUN, Stop(), Start(), *REST),
                (),
            ),
        )
    ),
    Row(
        id="F26",
        variant="acks are not heard",
        happens="Slack hears no ack of a mention, so it delivers it again.",
        acts=(Deaf(), Mention("What is a monad?"), Advance(1), Deaf(False), Ended(), Sent()),
        met=(
            Called(MENTION, path="attempt 0", effect="refused"),
            Called(MENTION, path="attempt 1", effect="ok"),
        ),
        sees=(shows("q", ANSWER),),
        stored=(answered(), ONE_TURN),
        ledger=(charged(),),
        world=SLACK,
    ),
    *(
        Row(
            id="F27",
            variant=f"{variant}, {name}",
            happens=f"One mention arrives as two events, {variant}.",
            acts=(*before, Mention("What is a monad?"), Ended(), Sent()),
            met=delivered(1),
            sees=(shows("q", ANSWER),),
            stored=(answered(), ONE_TURN, duplicates(1)),
            ledger=(charged(),),
            world=world,
        )
        for name, world in TRANSPORTS
        for variant, before in TWINS
    ),
    *(
        Row(
            id="F28",
            variant=f"the retry number {attempt}, {name}",
            happens=f"Of a mention only the retry number {attempt} arrives.",
            acts=(
                lose(MENTION),
                lose(MESSAGE),
                Mention("What is a monad?"),
                Advance(60),
                Resend(attempt=attempt),
                Ended(),
                Sent(),
            ),
            met=(
                Called(MENTION, mark="lose", status=0),
                Called(MENTION, path=f"attempt {attempt}", status=200),
            ),
            sees=(shows("q", ANSWER),),
            stored=(answered(), ONE_TURN, duplicates(1)),
            ledger=(charged(),),
            world=world,
        )
        for name, world in TRANSPORTS
        for attempt in (1, 2, 3)
    ),
    *(
        Row(
            id="F29",
            variant=f"for {seconds:g} s, {name}",
            happens=f"The bot's disk stalls for {seconds:g} seconds when it is asked.",
            acts=(StallDisk(seconds), Mention("What is a monad?"), Ended(), Sent()),
            met=met,
            sees=(shows("q", ANSWER),),
            stored=(answered(), ONE_TURN),
            ledger=(charged(),),
            world=world,
        )
        for name, world in TRANSPORTS
        for seconds, met in STALLS
    ),
    *(
        Row(
            id="F30",
            variant=variant,
            happens=f"While an answer is written {what}, and somebody asks on.",
            acts=(Mention(LONG, "first"), Writing("first"), *acts, *ASKED_ON, *after, Ended()),
            met=met,
            sees=(shows("first", ANSWER), shows("q", ANSWER)),
            stored=(answered("first", LONG), answered()),
            ledger=(charged("first"), charged()),
            world=SLACK,
        )
        for variant, what, acts, after, met in (
            ("a warning", "Slack warns of a reconnect", (AskToReconnect("warning"),), (), HELLO),
            (
                "a refresh",
                "Slack refreshes all connections",
                (AskToReconnect("refresh_requested"),),
                (),
                (Called("socket:hello", times=4, most=6),),
            ),
            (
                "all sockets cut",
                "all sockets are cut",
                (DropSockets(),),
                (),
                (Called("socket:hello", times=4, most=6), NOBODY_THERE),
            ),
            (
                "no socket for three minutes",
                "all sockets are cut, and none is given for three minutes",
                (refused(OPEN, "internal_error", times=999), DropSockets()),
                # It is read as soon as there is a socket, and known when Slack comes with it.
                (Advance(180), Heal(SLACK_SCRIPT), Sent()),
                (
                    Called(OPEN, code="internal_error", times=4, most=60),
                    Called("socket:hello", times=4, most=6),
                    Called(MENTION, path="attempt 2", effect="refused"),
                    Called(MENTION, path="attempt 3", effect="ok"),
                ),
            ),
        )
    ),
)
