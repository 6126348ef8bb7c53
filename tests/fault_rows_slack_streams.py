"""Faults of answers that grow on Slack: too long, too old, or stopped by a person."""

from __future__ import annotations

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from tests.fault_acts import Act, Advance, Ended, Mention, Press, Script, Writing
from tests.fault_acts_slack import (
    NO_AGENT,
    NO_STREAMS,
    StopSession,
    met_with,
    refused,
    slack_setting,
)
from tests.fault_rows import (
    ANSWER,
    ANYTHING,
    SLACK,
    SLACK_HTTP,
    Called,
    Counted,
    Holds,
    Met,
    Row,
    Stored,
    Turn,
    World,
    answered,
    charged,
    released,
    shows,
)
from tests.standins import MODEL

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
SESSION = "agents.sessions.setStatus"
TOO_LONG, TOO_OLD, BY_USER = "msg_too_long", "message_not_in_streaming_state", "stopped_by_user"
# A model that leaves no time: what is said here is about length.
QUICK = World(platform="slack", tokens_per_second=400)
QUICKER = World(platform="slack", tokens_per_second=2_000)
MONAD, BRIEF, LONG = "What is a monad?", "write 100 words", "write 900 words"
# Looking whether it is over costs more than letting the time pass.
A_WHILE = (Advance(280), Ended())
STOPPED = (
    f"{ANSWER}(stopped; only the text above was charged) Press Continue for the rest. "
    f"Reference: `{ANYTHING}`"
)
NOT_MARKED = (
    "The new message is not marked as continued: the text runs on, in the same thread, where the "
    "one above ends."
)


def takes(most: int) -> tuple[Act, ...]:
    """Return the steps by which a workspace takes no more than this in one message."""
    return (slack_setting("markdown_chars", most), slack_setting("stream_chars", most))


def learnt(kind: str, most: int) -> Holds:
    """Return that the limit of a kind of call is remembered."""
    query = f"SELECT substr(value, 1, instr(value, ' ')) FROM memo WHERE name LIKE 'slack:{kind}:%'"
    return Holds(query, ((f"{most} ",),))


def no_streams_left() -> Holds:
    """Return that no row is left of what stands only while an answer grows."""
    return Holds("SELECT count(*) FROM part WHERE purpose IN ('status', 'stop')", ((0,),))


def stopped(asked: str = LONG) -> Turn:
    """Return a turn that a person stopped."""
    return Turn(
        "q",
        "stopped",
        parts=("answer sent",),
        history=(f"user: {asked}", f"assistant: {ANSWER}"),
        note=f"{ANYTHING}Press Continue{ANYTHING}",
    )


def _too_long() -> tuple[Row, ...]:
    """F31 at each limit, where answers are streamed and where they are updated."""
    asked = {40_000: "write 2500 words", 12_000: "write 2500 words", 4_000: LONG, 3_000: LONG}
    small: dict[int, tuple[Stored, ...]] = {
        40_000: (),
        12_000: (),
        4_000: (learnt("update", 4_000),),
        3_000: (learnt("update", 3_000),),
    }
    rows = []
    for most, question in asked.items():
        for name, way, before in (("streamed", APPEND, ()), ("updated", UPDATE, (NO_STREAMS,))):
            met: tuple[Met, ...] = (Called(way, code=TOO_LONG, times=1, most=3),)
            instead = ""
            if most > 11_000:
                met = (Called("*", code=TOO_LONG, times=0), Called(way, status=200, most=99))
                instead = (
                    "No message of ours has more than 11,000 characters, so that where so many "
                    "are taken nothing is ever refused."
                )
            rows.append(
                Row(
                    id="F31",
                    variant=f"{most} {name}",
                    happens=f"Slack takes {most} characters in a message; the answer has more.",
                    acts=(*takes(most), *before, Mention(question)),
                    met=met,
                    sees=(shows("q", ANSWER, "{*}"),),
                    stored=(answered(asked=question, parts=2), *small[most]),
                    ledger=(charged(),),
                    world=QUICKER if most > 11_000 else QUICK,
                    instead=instead,
                )
            )
    return tuple(rows)


STREAM_ROWS: tuple[Row, ...] = (
    *_too_long(),
    *(
        Row(
            id="F31",
            variant=f"on {method}, {when}",
            happens=f"{method} finds {when} of an answer too long, which is said nowhere else.",
            acts=(*before, refused(method, TOO_LONG, nth=nth), Mention(BRIEF)),
            met=(Called(method, code=TOO_LONG),),
            sees=(shows("q", ANSWER),),
            stored=(answered(asked=BRIEF), no_streams_left()),
            ledger=(charged(),),
            world=SLACK,
        )
        for method, when, nth, before in (
            (START, "the beginning", 1, ()),
            (APPEND, "the beginning", 1, ()),
            (APPEND, "the middle", 3, ()),
            (STOP, "the end", 1, ()),
            (POST, "the beginning", 1, (NO_STREAMS,)),
        )
    ),
    Row(
        id="F31",
        variant="the next answer",
        happens="After one answer was too long for the workspace, another is asked for.",
        acts=(
            *takes(4_000),
            NO_STREAMS,
            Mention(LONG, "first"),
            Ended("first"),
            Mention(LONG),
        ),
        met=(Called("*", code=TOO_LONG),),
        sees=(shows("first", ANSWER, "{*}"), shows("q", ANSWER, "{*}")),
        stored=(
            answered("first", LONG, parts=2),
            answered(asked=LONG, parts=2),
            learnt("update", 4_000),
        ),
        ledger=(charged("first"), charged()),
        world=QUICK,
    ),
    Row(
        id="F31",
        variant="less than any part",
        happens="Slack takes 200 characters in a message; the answer has more.",
        acts=(*takes(200), Mention(MONAD)),
        met=(Called(UPDATE, code=TOO_LONG, times=1, most=4),),
        sees=(shows("q", "The whole answer ({*} characters) is in this file."),),
        stored=(
            Turn(
                "q",
                "answered",
                parts=("file sent",),
                history=(f"user: {MONAD}", f"assistant: {ANSWER}"),
            ),
        ),
        ledger=(charged(),),
        world=SLACK,
    ),
    Row(
        id="F32",
        variant="rolled over in time",
        happens="A model writes for more than five minutes, and no stream lives for so long.",
        acts=(Mention("write 30 words"), *A_WHILE),
        met=(Called("*", code=TOO_OLD, times=0), Called(START, times=2), Called(STOP, times=2)),
        sees=(shows("q", ANSWER, "{*}"),),
        stored=(answered(asked="write 30 words", parts=2), no_streams_left()),
        ledger=(charged(),),
        world=World(platform="slack", tokens_per_second=0.15),
        instead=NOT_MARKED,
    ),
    Row(
        id="F32",
        variant="updated for long",
        happens="A model writes for more than five minutes where nothing is streamed.",
        acts=(NO_STREAMS, Mention("write 30 words"), *A_WHILE),
        met=(Called(START, code="channel_type_not_supported"), Called(UPDATE, most=99)),
        sees=(shows("q", ANSWER, "{*}"),),
        stored=(answered(asked="write 30 words", parts=2), no_streams_left()),
        ledger=(charged(),),
        world=World(platform="slack", tokens_per_second=0.15),
        instead=NOT_MARKED,
    ),
    *(
        Row(
            id="F32",
            variant=variant,
            happens=f"Slack ends the stream {what}.",
            acts=(*before, Mention(MONAD)),
            met=(Called(where, code=TOO_OLD, times=1, most=2), Called(UPDATE, times=1, most=20)),
            sees=(shows("q", ANSWER),),
            stored=(
                answered(),
                no_streams_left(),
                Counted("slack_streams", 1, 'outcome="replaced"'),
            ),
            ledger=(charged(),),
            world=SLACK,
            instead=(
                "A stream that died all the same is mended by an update, which shows the whole: "
                "no second message is needed."
            ),
        )
        for variant, what, where, before in (
            (
                "dead on append",
                "while the answer is written",
                APPEND,
                (slack_setting("stream_ms", 500),),
            ),
            (
                "dead on stop",
                "when only its last word is missing",
                STOP,
                (
                    slack_setting("stream_ms", 3_000),
                    met_with(STOP, "delay", seconds=4.0),
                ),
            ),
            (
                "said to be dead on append and on stop",
                "by both its words, though it is alive",
                APPEND,
                (refused(APPEND, TOO_OLD, nth=2), refused(STOP, TOO_OLD)),
            ),
        )
    ),
    *(
        Row(
            id="F33",
            variant=f"Slack's own Stop, {name}",
            happens="A person presses the Stop that Slack shows while an agent works.",
            acts=(Mention(LONG), Writing(), Advance(1), StopSession(), Ended()),
            met=(Called("event:agent_session_stopped"), Called("*", code=BY_USER, times=1)),
            sees=(shows("q", STOPPED),),
            stored=(stopped(), no_streams_left()),
            ledger=(charged(),),
            world=world,
        )
        for name, world in (("by socket", SLACK), ("over HTTP", SLACK_HTTP))
    ),
    Row(
        id="F33",
        variant="Slack's own Stop, known only by the stream",
        happens="A person presses Slack's Stop, and no event tells of it.",
        acts=(
            Mention(LONG),
            Writing(),
            Advance(1),
            met_with("event:agent_session_stopped", "lose"),
            StopSession(),
            Ended(),
        ),
        met=(Called("event:agent_session_stopped", mark="lose"), Called(APPEND, code=BY_USER)),
        sees=(shows("q", STOPPED),),
        stored=(stopped(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
    ),
    Row(
        id="F33",
        variant="Slack's own Stop after the last word",
        happens="A person presses Slack's Stop when the answer is all there.",
        acts=(refused(STOP, BY_USER), Mention(BRIEF)),
        met=(Called(STOP, code=BY_USER), Called(UPDATE, most=2)),
        sees=(shows("q", ANSWER),),
        stored=(answered(asked=BRIEF), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
        instead="What was written to its end is an answer, whoever stops it then.",
    ),
    *(
        Row(
            id="F33",
            variant=f"our Stop while {what}",
            happens=f"A person presses our Stop while {what}.",
            acts=(
                NO_AGENT,
                *before,
                Mention(LONG),
                Writing(),
                Advance(after),
                Press("stop"),
                Ended(),
            ),
            met=met,
            sees=(shows("q", STOPPED),),
            stored=(stopped(), no_streams_left()),
            ledger=(charged(),),
            world=SLACK,
        )
        for what, before, after, met in (
            ("nothing is under way", (), 1.0, (Called(APPEND, code=TOO_OLD, times=0),)),
            (
                "an append is under way",
                (met_with(APPEND, "delay", nth=2, seconds=2.0),),
                1.0,
                (Called(APPEND, mark="delay"), Called(APPEND, code=TOO_OLD, times=0)),
            ),
            (
                "an update is under way",
                (NO_STREAMS, met_with(UPDATE, "delay", nth=2, seconds=2.0)),
                2.5,
                (Called(UPDATE, mark="delay"),),
            ),
        )
    ),
    Row(
        id="F33",
        variant="our Stop before a word",
        happens="A person presses our Stop when nothing is written yet.",
        acts=(
            NO_AGENT,
            Script(MODEL, Fault(CHAT, "answer", options={"silence": 20.0})),
            Mention(MONAD),
            Advance(4),
            Press("stop"),
            Ended(),
        ),
        met=(Called("act:block_actions"), Called(CHAT, effect="unacked")),
        sees=(shows("q", "Stopped before anything was written. Nothing was charged.{*}"),),
        stored=(
            Turn(
                "q",
                "stopped",
                parts=("notice sent",),
                history=(f"user: {MONAD}",),
                note="Stopped before anything{*}",
            ),
            no_streams_left(),
        ),
        ledger=(released(),),
        world=SLACK,
    ),
)
