"""Faults of a bot that is away for longer than Slack repeats what it could not tell."""

from __future__ import annotations

from tests.fault_acts import Advance, Ended, Heal, Kill, Mention, Say, Start, Stop
from tests.fault_acts_slack import CaughtUp, DropSockets, Resend, Sent, Switch, refused
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

MENTION = "event:app_mention"
HISTORY, REPLIES, LIST = "conversations.history", "conversations.replies", "users.conversations"
LATE = f"Sorry for the delay: I was away when you wrote this.\n\n{ANSWER}"
# Nothing that was asked stands behind what its channel is known to be read to.
BEHIND = (
    "SELECT count(*) FROM turn t WHERE NOT EXISTS (SELECT 1 FROM watermark w"
    " WHERE w.workspace = t.workspace AND w.channel = t.channel AND w.position >= t.position)"
)
GIVEN_UP = Called(MENTION, times=1, most=3, path="attempt 3", effect="refused")
KNOWN = (
    Mention("Hello", "known"),
    Say("Hello to you alone", "alone"),
    Ended("known"),
    Ended("alone"),
    CaughtUp(),
    Advance(5),
)
MISSED = (
    Mention("What is a functor?", "g", place="random"),
    Say("And then?", "t", place="known"),
    Say("And to me?", "d"),
    Advance(400),
)
FIVE = ("known", "alone", "g", "t", "d")
TRANSPORTS: tuple[tuple[str, World], ...] = (("by socket", SLACK), ("over HTTP", SLACK_HTTP))
OPENLY = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "files:read",
    "users:read",
)
NO_SOCKET = (refused("apps.connections.open", "internal_error", times=999), DropSockets())

ABSENCE_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F01",
            variant=f"on Slack {variant}, {name}",
            happens=(
                f"The bot {variant} until Slack gives up; meanwhile it is asked in a channel, in "
                "its thread, and alone."
            ),
            acts=(
                *KNOWN,
                away,
                *MISSED,
                Start(),
                *(Ended(of, within=90) for of in FIVE),
                CaughtUp(),
                # The last repetition comes late, when all is read and answered.
                *(Resend(of, attempt=3) for of in ("g", "t", "d")),
                Advance(10),
                Sent(),
            ),
            met=(
                GIVEN_UP,
                Called(LIST, times=2, status=200),
                Called(HISTORY, times=6, most=20, status=200),
            ),
            sees=(
                shows("known", ANSWER, ANSWER),
                shows("alone", ANSWER),
                shows("d", ANSWER),
                shows("g", ANSWER),
            ),
            stored=(
                answered("known", "Hello"),
                answered("alone", "Hello to you alone"),
                answered("g", "What is a functor?"),
                answered("t", "And then?"),
                answered("d", "And to me?"),
                Holds(BEHIND, ((0,),)),
                Counted("catchup_recovered", 3),
            ),
            ledger=tuple(charged(of) for of in FIVE),
            world=world,
        )
        for name, world in TRANSPORTS
        for variant, away in (("is killed", Kill()), ("is stopped", Stop()))
    ),
    *(
        Row(
            id="F01",
            variant=f"on Slack for long, {name}",
            happens="The bot is away for twenty minutes in which it is asked something.",
            acts=(CaughtUp(), Kill(), Mention("What is a monad?"), Advance(1200), Start(), Ended()),
            met=(GIVEN_UP, Called(HISTORY, times=2, most=20, status=200)),
            sees=(shows("q", LATE),),
            stored=(answered(), Counted("catchup_recovered", 1)),
            ledger=(charged(),),
            world=world,
        )
        for name, world in TRANSPORTS
    ),
    Row(
        id="F01",
        variant="on Slack, one kind hidden",
        happens="The bot is away until Slack gives up, and may not read private conversations.",
        acts=(
            CaughtUp(),
            Kill(),
            Switch({"scopes": [*OPENLY]}),
            Mention("What is a monad?"),
            Advance(400),
            Start(),
            Ended(),
            CaughtUp(),
        ),
        met=(GIVEN_UP, Called(LIST, times=4, code="missing_scope")),
        sees=(shows("q", ANSWER),),
        stored=(answered(), Counted("catchup_recovered", 1)),
        ledger=(charged(),),
        world=SLACK,
    ),
    Row(
        id="F01",
        variant="on Slack, history read slowly",
        happens="The bot is away until Slack gives up, and may read history once a minute.",
        acts=(
            CaughtUp(),
            Kill(),
            Mention("What is a monad?"),
            Mention("What is a functor?", "g", place="random"),
            Advance(400),
            refused(HISTORY, "ratelimited", nth=2, times=3, retry_after=30),
            Start(),
            Ended(within=400),
            Ended("g", within=400),
            CaughtUp(),
        ),
        met=(GIVEN_UP, Called(HISTORY, times=3, code="ratelimited")),
        sees=(shows("q", ANSWER), shows("g", ANSWER)),
        stored=(answered(), answered("g", "What is a functor?"), Counted("catchup_recovered", 2)),
        ledger=(charged(), charged("g")),
        world=SLACK,
    ),
    Row(
        id="F01",
        variant="on Slack without a socket",
        happens="No socket is given until Slack gives up, and the bot is asked meanwhile.",
        acts=(
            CaughtUp(),
            Advance(30),
            *NO_SOCKET,
            Mention("What is a monad?"),
            Advance(400),
            Heal(SLACK_SCRIPT),
            Ended(within=90),
        ),
        met=(GIVEN_UP, Called("socket:hello", times=4, most=6)),
        sees=(shows("q", ANSWER),),
        stored=(answered(), Counted("catchup_recovered", 1)),
        ledger=(charged(),),
        world=SLACK,
    ),
)
