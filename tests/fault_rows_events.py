"""Faults of what Slack tells: events that come again, in twins, late, or not at all."""

from __future__ import annotations

from adapters.playground.faults import Fault
from tests.fault_acts import Act, Advance, Ended, Kill, Mention, Script, Start, Stop, Taken
from tests.fault_acts_slack import Deaf, Resend, Sent
from tests.fault_rows import (
    ANSWER,
    SLACK,
    SLACK_HTTP,
    Called,
    Counted,
    Holds,
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


TWINS: tuple[tuple[str, tuple[Act, ...]], ...] = (
    ("at once", ()),
    ("the message half a second later", (put_off(MESSAGE, 0.5),)),
    ("the mention half a second later", (put_off(MENTION, 0.5),)),
    ("the mention when all is said", (put_off(MENTION, 30.0),)),
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
)
