"""Faults of where things are said on Slack: threads, channels and workspaces that are lost."""

from __future__ import annotations

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from tests.fault_acts import (
    Act,
    Advance,
    Delete,
    Ended,
    Mention,
    Remove,
    Say,
    Script,
    Start,
    Stop,
    Taken,
    Writing,
)
from tests.fault_acts_slack import (
    NO_AGENT,
    NO_STREAMS,
    ArchiveChannel,
    CaughtUp,
    DeleteChannel,
    Install,
    Invited,
    Restrict,
    RevokeTokens,
    Uninstall,
    met_with,
    refused,
)
from tests.fault_rows import (
    ANSWER,
    ANYTHING,
    SLACK,
    SLACK_HTTP,
    Called,
    Counted,
    Holds,
    Nothing,
    Row,
    Turn,
    answered,
    charged,
    released,
    shows,
    unreserved,
)
from tests.fault_rows_slack_posts import KNOWN, KNOWN_SEEN
from tests.fault_rows_slack_streams import APPEND, LONG, MONAD, POST, START, STOP, UPDATE
from tests.standins import MODEL

DELETE = "chat.delete"
OPEN_DM = "conversations.open"
# So long the model says nothing: its question goes meanwhile.
SILENT = Script(MODEL, Fault(CHAT, "answer", options={"silence": 10.0}))
# Slack tells of a deletion later than the bot finds out by itself.
UNHEARD = met_with("event:message", "delay", seconds=20.0)
BEGUN = f"**SIMULATED**{ANYTHING}"
GONE = "the channel where you asked is closed or gone."
BARRED = "I am not allowed to write in the channel where you asked."
ABSENT = "I am not in the channel where you asked."
STOP_LEFT = "I am writing. Press Stop to end the answer where it is."
KEPT = Holds("SELECT count(*) FROM turn WHERE answer <> ''", ((1,),))


def alone(why: str) -> str:
    """Return what a person is told alone, where their answer could stand nowhere."""
    step = {
        GONE: "Ask again in another one.",
        ABSENT: "Invite me there with `/invite` and my name, then ask again.",
    }.get(why, "Ask an admin to let me write there, then ask again.")
    return (
        f"I could not post my answer: {why} What the model wrote was charged. {step} "
        f"Reference: `{ANYTHING}`"
    )


def undelivered(*parts: str, asked: str = LONG, history: bool = True) -> Turn:
    """Return a turn whose answer could not be shown to its end."""
    kept = (f"user: {asked}",) if history else ()
    return Turn("q", "undeliverable", parts, kept, error="unshown", note="{*}")


def cancelled(*parts: str, of: str = "q", history: tuple[str, ...] = ()) -> Turn:
    """Return a turn that was taken back."""
    return Turn(of, "cancelled", parts=parts, history=history)


# Every method that could still show something of an answer, in a place that is lost.
def barred(code: str, *methods: str) -> tuple[Act, ...]:
    """Return the steps by which these methods are refused from now on."""
    return tuple(refused(method, code, times=999) for method in methods)


CODES: tuple[tuple[str, str], ...] = (
    ("channel_not_found", GONE),
    ("not_in_channel", ABSENT),
    ("is_archived", GONE),
    ("restricted_action", BARRED),
)

PLACE_ROWS: tuple[Row, ...] = (
    Row(
        id="F35",
        variant="before the first post",
        happens="A question is deleted while the model thinks; the reply becomes a stray.",
        acts=(*KNOWN, SILENT, Mention(MONAD), Advance(0.3), UNHEARD, Delete("q"), Advance(30)),
        # The first one is of the message with Stop, of the question before.
        met=(Called(DELETE, times=2),),
        sees=(KNOWN_SEEN,),
        stored=(
            answered("known", "Hello"),
            cancelled(),
            Counted("slack_strays", 1),
        ),
        ledger=(charged("known"), released()),
        world=SLACK,
    ),
    Row(
        id="F35",
        variant="in the middle",
        happens="A question is deleted, and what was said of its answer, while it is written.",
        acts=(
            *KNOWN,
            Mention(LONG),
            Writing(),
            Remove("q"),
            UNHEARD,
            Delete("q"),
            Ended(),
            Advance(30),
        ),
        met=(Called(UPDATE, code="message_not_found"), Called(DELETE, times=2)),
        sees=(KNOWN_SEEN,),
        stored=(answered("known", "Hello"), cancelled(), Counted("slack_strays", 1)),
        ledger=(charged("known"), charged()),
        world=SLACK,
    ),
    Row(
        id="F35",
        variant="before a stream",
        happens="A question is deleted before a stream begins in its thread.",
        acts=(
            Script(MODEL, Fault(CHAT, "answer", options={"silence": 0.4})),
            Mention(MONAD),
            Taken(),
            UNHEARD,
            Delete("q"),
            Ended(),
            Advance(30),
        ),
        met=(Called(START, code="invalid_thread_ts"),),
        sees=(Nothing(),),
        stored=(cancelled(),),
        ledger=(charged(),),
        world=SLACK,
    ),
    *(
        Row(
            id="F35",
            variant=f"heard, {name}",
            happens="A question is deleted while its answer is written, and Slack says so.",
            acts=(*before, Mention(LONG), Writing(), Delete("q")),
            met=(Called(CHAT, effect="unacked"),),
            sees=(shows("q", ANSWER),),
            stored=(
                cancelled("answer sent"),
                Holds("SELECT count(*) FROM message WHERE text LIKE '%write 900%'", ((0,),)),
            ),
            ledger=(charged(),),
            world=world,
        )
        for name, world, before in (
            ("streamed, by socket", SLACK, ()),
            ("streamed, over HTTP", SLACK_HTTP, ()),
            ("updated", SLACK, (NO_STREAMS,)),
        )
    ),
    *(
        Row(
            id="F36",
            variant=f"{code}, {what}",
            happens=f"While an answer is written {what}, Slack says {code} from now on.",
            acts=(*before, Mention(LONG), Writing(), *barred(code, *methods)),
            met=(Called(methods[0], code=code, times=1, most=3), Called(OPEN_DM)),
            sees=(shows("q", BEGUN), shows("dm", alone(why))),
            stored=(undelivered("answer sent", "notice sent"), KEPT),
            ledger=(charged(),),
            world=SLACK,
        )
        for code, why in CODES
        for what, before, methods in (
            ("as a stream", (), (APPEND, STOP)),
            ("by updates", (NO_STREAMS,), (UPDATE,)),
        )
    ),
    *(
        Row(
            id="F36",
            variant=f"{code} from the start",
            happens=f"The bot is asked where it may not write: Slack says {code}.",
            acts=(
                refused(START, code, times=9),
                refused(POST, code, times=posts),
                Mention(MONAD, person=1),
            ),
            met=(Called(START, code=code), Called(POST, code=code, times=posts)),
            sees=(shows("dm1", alone(why)),),
            stored=(undelivered("answer planned", "notice sent", asked=MONAD), KEPT),
            ledger=(charged(),),
            world=SLACK,
        )
        # What is gone is not tried by other means.
        for (code, why), posts in zip(CODES, (1, 2, 1, 2), strict=True)
    ),
    *(
        Row(
            id="F36",
            variant=f"{code} in direct messages",
            happens=f"A person who asked alone can be told nothing any more: {code}.",
            acts=(
                Say("Hello", "known"),
                Ended("known"),
                NO_STREAMS,
                Say(LONG),
                Writing(),
                *barred(code, UPDATE, POST),
            ),
            met=(Called(UPDATE, code=code, times=1, most=3), Called(POST, code=code)),
            sees=(shows("known", ANSWER), shows("q", BEGUN)),
            stored=(answered("known", "Hello"), undelivered("answer sent", "notice planned")),
            ledger=(charged("known"), charged()),
            world=SLACK,
            instead="There is no other place to tell them: only the log knows.",
        )
        for code, _ in CODES
    ),
    *(
        Row(
            id="F36",
            variant=variant,
            happens=f"While an answer is written {what}.",
            acts=(NO_AGENT, *before, Mention(LONG, person=1), Writing(), act),
            met=(Called(method, code=code, times=1, most=3), Called(OPEN_DM)),
            sees=(*seen, shows("dm1", alone(why))),
            stored=(undelivered("answer sent", "notice sent", history=history), KEPT),
            ledger=(charged(),),
            world=SLACK,
        )
        for variant, what, before, act, method, code, why, seen, history in (
            (
                "the channel is archived",
                "its channel is archived",
                (),
                ArchiveChannel(),
                APPEND,
                "is_archived",
                GONE,
                (shows("q", BEGUN),),
                True,
            ),
            (
                "the channel is deleted",
                "its channel is deleted",
                (),
                DeleteChannel(),
                APPEND,
                "channel_not_found",
                GONE,
                (),
                False,
            ),
            (
                "the bot is taken out",
                "the bot is taken out of the channel",
                (),
                Invited(False),
                APPEND,
                "channel_not_found",
                GONE,
                (shows("q", BEGUN, STOP_LEFT),),
                True,
            ),
            (
                "posting is restricted",
                "posting in the channel is restricted",
                (NO_STREAMS,),
                Restrict(),
                UPDATE,
                "restricted_action",
                BARRED,
                (shows("q", BEGUN),),
                True,
            ),
        )
    ),
    *(
        Row(
            id="F38",
            variant=f"{variant}, {name}",
            happens=f"While one question is answered and another waits, {what}.",
            acts=(
                NO_AGENT,
                Mention(LONG),
                Writing(),
                Say("And then?", "next", place="q"),
                Taken("next"),
                act,
                Ended("next"),
            ),
            met=(Called(f"event:{event}"), Called(CHAT, effect="unacked"), Called(STOP, code=code)),
            sees=(shows("q", BEGUN, STOP_LEFT),),
            stored=(
                cancelled("answer sent", history=(f"user: {LONG}",)),
                cancelled(of="next", history=("user: And then?",)),
                Holds("SELECT count(*) FROM workspace WHERE left_at > 0", ((1,),)),
            ),
            ledger=(charged(), unreserved("next")),
            world=world,
            instead="What was used is settled; only what was not is released.",
        )
        for name, world in (("by socket", SLACK), ("over HTTP", SLACK_HTTP))
        for variant, what, act, event, code in (
            (
                "uninstalled",
                "the app is removed from the workspace",
                Uninstall(),
                "app_uninstalled",
                "account_inactive",
            ),
            (
                "revoked",
                "its token is revoked",
                RevokeTokens(),
                "tokens_revoked",
                "token_revoked",
            ),
        )
    ),
    Row(
        id="F38",
        variant="known only by a call",
        happens="The token is revoked while an answer is written, and no event tells of it.",
        acts=(
            # What is still being read would be refused first.
            CaughtUp(),
            NO_AGENT,
            Mention(LONG),
            Writing(),
            Say("And then?", "next", place="q"),
            Taken("next"),
            met_with("event:tokens_revoked", "lose"),
            RevokeTokens(),
            Ended("next"),
        ),
        met=(
            Called("event:tokens_revoked", mark="lose"),
            Called(APPEND, code="token_revoked"),
        ),
        sees=(shows("q", BEGUN, STOP_LEFT),),
        stored=(
            cancelled("answer sent", history=(f"user: {LONG}",)),
            cancelled(of="next", history=("user: And then?",)),
            Holds("SELECT count(*) FROM workspace WHERE left_at > 0", ((1,),)),
        ),
        ledger=(charged(), unreserved("next")),
        world=SLACK,
        instead="What was used is settled; only what was not is released.",
    ),
    Row(
        id="F38",
        variant="and installed again",
        happens="The app is removed, and installed again a day later.",
        acts=(
            Mention(MONAD, "before"),
            Ended("before"),
            Uninstall(),
            Advance(5),
            Stop(),
            Install(),
            Start(),
            Mention(MONAD),
        ),
        met=(Called("event:app_uninstalled"), Called("auth.test", status=200, times=2, most=9)),
        sees=(shows("before", ANSWER), shows("q", ANSWER)),
        stored=(
            answered("before"),
            answered(),
            Holds("SELECT count(*) FROM workspace WHERE left_at > 0", ((0,),)),
        ),
        ledger=(charged("before"), charged()),
        world=SLACK,
    ),
)
