"""Faults of what is heard: sessions that end, stay silent or repeat themselves, servers away."""

from __future__ import annotations

from adapters.playground.discord import buckets
from adapters.playground.faults import Fault
from tests.fault_acts import (
    Advance,
    Available,
    Ended,
    Heal,
    Kill,
    Mention,
    Say,
    Script,
    Stage,
    Start,
    Stop,
    Taken,
    Writing,
)
from tests.fault_rows import (
    ANSWER,
    Called,
    Counted,
    Holds,
    Row,
    answered,
    charged,
    shows,
)
from tests.standins import DISCORD

CHANNELS = "GET /guilds/{guild_id}/channels"
THREADS = "GET /guilds/{guild_id}/threads/active"
MESSAGES = "GET /channels/{channel_id}/messages"
LATE = f"Sorry for the delay: I was away when you wrote this.\n\n{ANSWER}"
# Nothing that was asked stands behind what its place is known to be read to.
BEHIND = (
    "SELECT count(*) FROM turn t WHERE NOT EXISTS (SELECT 1 FROM watermark w"
    " WHERE w.channel IN (t.channel, t.thread) AND w.position >= t.position)"
)


async def forget_sessions(stage: Stage) -> None:
    """End the session so that nothing of what comes now is sent again."""
    stage.h.standins.discord.gateway.invalidate_sessions()


async def drop(stage: Stage) -> None:
    """Cut the connection; the session can be resumed."""
    stage.h.standins.discord.gateway.drop_connections()


async def replay_more(stage: Stage) -> None:
    """Let the next resume send again what was heard already."""
    gateway = stage.h.standins.discord.gateway
    (session,) = gateway.sessions.values()
    # All but the two that a session begins with.
    gateway.replay_again(len(session.buffer) - 2)


async def refuse_resumes(stage: Stage) -> None:
    """Refuse every resume, and ask for another one each time."""
    stage.h.standins.discord.gateway.refuse_resumes(1_000, resumable=True)


async def fall_silent(stage: Stage) -> None:
    """Send no event any more, while heartbeats are answered."""
    stage.h.standins.discord.gateway.silence(lose=True)


KNOWN = (
    Mention("Hello", "known"),
    Say("Hello to you alone", "alone"),
    Ended("known"),
    Ended("alone"),
    Advance(5),
)
MISSED = (
    Mention("What is a functor?", "g", place="random"),
    Say("And then?", "t", place="known"),
    Say("And to me?", "d"),
)
FIVE = ("known", "alone", "g", "t", "d")
HEARD = (
    shows("known", ANSWER, ANSWER),
    shows("dm", ANSWER, ANSWER),
    shows("g", ANSWER),
)
KEPT = (
    answered("known", "Hello"),
    answered("alone", "Hello to you alone"),
    answered("g", "What is a functor?"),
    answered("t", "And then?"),
    answered("d", "And to me?"),
    Holds(BEHIND, ((0,),)),
)
BOOKED = tuple(charged(of) for of in FIVE)

GATEWAY_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F01",
            variant=variant,
            happens=(
                f"The bot {variant}; meanwhile it is asked in a channel, in its thread, and alone."
            ),
            acts=(*KNOWN, *away, *MISSED, *back, *(Ended(of, within=60) for of in FIVE)),
            met=(
                Called("event:READY", times=2),
                Called(MESSAGES, times=3, most=9, status=200),
            ),
            sees=HEARD,
            stored=(*KEPT, Counted("catchup_recovered", 3)),
            ledger=BOOKED,
        )
        for variant, away, back in (
            ("is killed", (Kill(),), (Start(),)),
            ("is stopped", (Stop(),), (Start(),)),
            ("loses its session", (forget_sessions,), ()),
        )
    ),
    Row(
        id="F01",
        variant="is away for long",
        happens="The bot is away for sixteen minutes in which it is asked something.",
        acts=(
            Mention("Hello", "known"),
            Ended("known"),
            Advance(5),
            Kill(),
            Mention("What is a monad?"),
            Advance(16 * 60),
            Start(),
            Ended("q", within=60),
        ),
        met=(Called("event:READY", times=2), Called(MESSAGES, times=1, most=3, status=200)),
        sees=(shows("known", ANSWER), shows("q", LATE)),
        stored=(answered("known", "Hello"), answered(), Holds(BEHIND, ((0,),))),
        ledger=(charged("known"), charged()),
    ),
    Row(
        id="F02",
        happens="A resume sends events again that were committed already.",
        acts=(Mention("What is a monad?"), Ended(), replay_more, drop, Advance(30)),
        met=(
            Called("event:RESUMED"),
            Called("event:MESSAGE_CREATE", mark="replayed", times=1, most=20),
        ),
        sees=(shows("q", ANSWER),),
        stored=(answered(), Counted("intake_events", 1, 'verdict="duplicate"')),
        ledger=(charged(),),
    ),
    Row(
        id="F03",
        happens="Every resume is refused with the demand to resume.",
        acts=(
            Mention("Hello", "known"),
            Ended("known"),
            Advance(5),
            refuse_resumes,
            drop,
            Mention("What is a monad?"),
            Ended("q", within=120),
        ),
        met=(Called("event:INVALID_SESSION", times=1, most=3), Called("event:READY", times=2)),
        sees=(shows("known", ANSWER), shows("q", ANSWER)),
        stored=(
            answered("known", "Hello"),
            answered(),
            Counted("discord_gateway", 1, 'outcome="restarted"'),
            Counted("discord_gateway", 0, 'outcome="resumed"'),
        ),
        ledger=(charged("known"), charged()),
    ),
    *(
        Row(
            id="F04",
            variant=variant,
            happens=f"For ten minutes the gateway sends no event; the bot is asked {variant}.",
            acts=(
                Mention("Hello", "known"),
                Ended("known"),
                Advance(5),
                fall_silent,
                asked,
                # Looked for after five minutes of silence, by a look once a minute.
                Advance(295),
                Ended("q", within=100),
            ),
            met=(
                Called(CHANNELS, times=1, most=3),
                Called("event:READY", times=2),
                # That of the first question, and those that come of the answers: the second
                # question's is none of them.
                Called("event:MESSAGE_CREATE", times=2, most=5),
            ),
            sees=(shows("known", *seen), *others),
            stored=(
                answered("known", "Hello"),
                answered(),
                Counted("discord_gateway", 1, 'outcome="deaf"'),
                Counted("catchup_recovered", 1),
            ),
            ledger=(charged("known"), charged()),
        )
        for variant, asked, seen, others in (
            (
                "in a channel",
                Mention("What is a monad?", place="random"),
                (ANSWER,),
                (shows("q", ANSWER),),
            ),
            ("in its thread", Say("What is a monad?", place="known"), (ANSWER, ANSWER), ()),
        )
    ),
    Row(
        id="F14",
        happens="The server is away for two minutes, in an outage, while an answer is written.",
        acts=(
            Mention("write 300 words"),
            Writing(),
            Available(False),
            Script(DISCORD, Fault(buckets.EDIT_MESSAGE, "refuse", times=1_000, status=503)),
            Mention("What is a functor?", "missed", place="random"),
            Advance(120),
            Heal(),
            Available(True),
            Taken("missed"),
        ),
        met=(
            Called("event:GUILD_DELETE"),
            Called(buckets.EDIT_MESSAGE, times=2, most=60, status=503),
        ),
        sees=(shows("q", ANSWER), shows("missed", ANSWER)),
        stored=(
            answered(asked="write 300 words"),
            answered("missed", "What is a functor?"),
            Holds("SELECT count(*) FROM workspace", ((0,),)),
        ),
        ledger=(charged(), charged("missed")),
    ),
)
