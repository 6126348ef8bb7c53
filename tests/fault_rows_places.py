"""Faults of where things are said: questions, threads, channels, servers and rights that go."""

from __future__ import annotations

from adapters.playground.discord import buckets
from adapters.playground.faults import Fault
from tests.fault_acts import (
    Act,
    Advance,
    Delete,
    Demolish,
    Ended,
    Kick,
    Lock,
    Mention,
    Revoke,
    Say,
    Script,
    Stage,
    StartThread,
    Taken,
    Writing,
)
from tests.fault_rows import (
    ANSWER,
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
from tests.fault_rows_gateway import forget_sessions
from tests.fault_rows_posts import CHAT, EDIT, LONG, POST, SLOW, setting
from tests.standins import DISCORD, MODEL

THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"
DM = "POST /users/@me/channels"
TEXT_WINS = (
    "The table lets an answer go on that has begun. The text wins: a deleted question cancels its "
    "turn at any stage, and what was posted stays."
)
CUT = "… (cut off: I could not post here for a while) Only the text above was charged."


def lost(why: str, step: str, cost: str = "What the model wrote was charged.") -> str:
    """Return the notice of an answer that could not be posted in its place."""
    return f"I could not post my answer: {why} {cost} {step} Reference: `{{*}}`"


def undelivered(
    parts: tuple[str, ...] = ("answer sent", "notice sent"),
    asked: str = LONG,
    history: tuple[str, ...] | None = None,
    error: str = "unshown",
) -> Turn:
    """Return a turn whose answer could not be shown to its end."""
    kept = (f"user: {asked}",) if history is None else history
    return Turn("q", "undeliverable", parts=parts, history=kept, error=error, note="{*}")


def close_dms(person: int = 0) -> Act:
    """Return the step by which a person takes no direct messages any more."""

    async def close(stage: Stage) -> None:
        stage.h.people.close_dms(stage.h.standins.people[person])

    return close


async def delete_unheard(stage: Stage) -> None:
    """Delete the question without a word of that to the bot."""
    gateway = stage.h.standins.discord.gateway
    gateway.silence(lose=True)
    stage.h.delete(stage.source("q"))
    gateway.silence(False)


IN_CHANNEL = Revoke(("create_public_threads",))

PLACE_ROWS: tuple[Row, ...] = (
    Row(
        id="F09",
        variant="before anything is shown",
        happens="The question is deleted before a word of its answer is shown.",
        acts=(
            Script(MODEL, Fault(CHAT, "answer", options={"silence": 10.0})),
            Mention("What is a monad?"),
            Advance(1),
            Delete("q"),
        ),
        met=(Called("event:MESSAGE_DELETE"), Called(CHAT, effect="unacked")),
        sees=(Nothing(),),
        stored=(Turn("q", "cancelled", parts=(), history=()),),
        ledger=(released(),),
    ),
    Row(
        id="F09",
        variant="while it waits",
        happens="A follow-up is deleted that waits for the answer before it.",
        acts=(
            Mention(LONG, "first"),
            Writing("first"),
            Say("And then?", "q", place="first"),
            Taken(),
            Delete("q"),
        ),
        met=(Called("event:MESSAGE_DELETE"),),
        sees=(shows("first", ANSWER, "{*}"),),
        stored=(
            answered("first", LONG, parts=2),
            Turn("q", "cancelled", parts=(), history=()),
        ),
        ledger=(charged("first"), unreserved()),
    ),
    Row(
        id="F09",
        variant="after the status",
        happens="The question is deleted when nothing but a status is shown.",
        acts=(
            Script(MODEL, Fault(CHAT, "answer", options={"silence": 10.0})),
            Mention("What is a monad?"),
            Advance(4),
            Delete("q"),
        ),
        met=(Called("event:MESSAGE_DELETE", times=2), Called(POST)),
        sees=(Nothing(),),
        stored=(Turn("q", "cancelled", parts=(), history=()),),
        ledger=(released(),),
        instead=TEXT_WINS,
    ),
    Row(
        id="F09",
        variant="in the middle",
        happens="The question is deleted while its answer is written.",
        acts=(Mention(LONG), Writing(), Delete("q")),
        met=(Called("event:MESSAGE_DELETE"), Called(CHAT, effect="unacked")),
        sees=(shows("q", ANSWER),),
        stored=(
            Turn("q", "cancelled", parts=("answer sent",), history=()),
            Holds("SELECT count(*) FROM message WHERE text LIKE '%write 500%'", ((0,),)),
        ),
        ledger=(charged(),),
        instead=TEXT_WINS,
    ),
    Row(
        id="F09",
        variant="50035",
        happens="Discord no longer knows the message that the answer replies to.",
        acts=(
            IN_CHANNEL,
            Script(DISCORD, buckets.refuse(POST, 50035)),
            Mention("What is a monad?"),
        ),
        met=(Called(POST, code=50035), Called(POST, status=200)),
        sees=(shows("general", f"{ANSWER}*Create Public Threads* is missing.)"),),
        stored=(answered(note="{*}"),),
        ledger=(charged(),),
    ),
    Row(
        id="F09",
        variant="10008",
        happens="The question is gone when its thread is to be started, and nobody was told.",
        acts=(
            SLOW,
            Script(DISCORD, Fault(THREAD, "delay", seconds=1.0)),
            Mention("What is a monad?"),
            Taken(),
            delete_unheard,
            Ended(),
            # The next session compares what it knows with what still stands.
            forget_sessions,
            Advance(30),
        ),
        met=(Called(THREAD, code=10008),),
        sees=(shows("q"),),
        stored=(Turn("q", "cancelled", parts=(), history=()),),
        ledger=(released(),),
        instead=TEXT_WINS,
    ),
    *(
        Row(
            id="F12",
            variant=variant,
            happens=f"While the answer is written, {variant}.",
            acts=(Mention(LONG), Writing(), *acts),
            met=met,
            sees=sees,
            stored=stored,
            ledger=(charged(),),
            instead=instead,
        )
        for variant, acts, met, sees, stored, instead in (
            (
                "its thread is locked",
                (Lock("q"),),
                (Called(EDIT, code=160005, times=1, most=2),),
                (
                    shows("q", ANSWER),
                    shows(
                        "general",
                        lost(
                            "its thread is closed or gone.",
                            "Ask again with a mention in the channel.",
                        ),
                    ),
                ),
                (undelivered(),),
                "The answer is kept for a day, but a Retry in a closed thread could only fail "
                "again: the notice asks for a new question instead.",
            ),
            (
                "its thread is deleted",
                (Demolish("q"),),
                (Called(EDIT, code=10003, times=1, most=2),),
                (
                    shows(
                        "general",
                        lost(
                            "its thread is closed or gone.",
                            "Ask again with a mention in the channel.",
                        ),
                    ),
                ),
                (undelivered(history=()),),
                "As for a locked one, there is no Retry; the words of what is deleted are erased.",
            ),
            (
                "its channel is deleted",
                (Demolish("general"),),
                (Called(EDIT, code=10003, times=1, most=2), Called(DM)),
                (
                    shows(
                        "dm",
                        lost(
                            "the channel where you asked is closed or gone.",
                            "Ask again in another one.",
                        ),
                    ),
                ),
                (undelivered(("answer sent", "notice planned", "notice sent"), history=()),),
                "",
            ),
            (
                "its channel is deleted and nobody takes messages",
                (close_dms(), Demolish("general")),
                (Called(EDIT, code=10003, times=1, most=2), Called(POST, code=50007)),
                (Nothing(),),
                (undelivered(("answer sent", "notice planned", "notice planned"), history=()),),
                "",
            ),
            (
                "its channel is hidden from the bot",
                (Revoke(("view_channel",)),),
                (Called(EDIT, code=50001, times=1, most=2),),
                (
                    shows("q", ANSWER),
                    shows(
                        "dm",
                        lost(
                            "I need the permission *View Channel* in <#{*}>.",
                            "Ask an admin to let me write there, then ask again.",
                        ),
                    ),
                ),
                (undelivered(("answer sent", "notice planned", "notice sent")),),
                "",
            ),
        )
    ),
    Row(
        id="F13",
        variant="may not write in threads",
        happens="The bot loses the right to write in threads when it has thought for a while.",
        acts=(
            SLOW,
            Mention("What is a monad?"),
            Advance(1),
            Revoke(("send_messages_in_threads",)),
        ),
        met=(Called(POST, code=50013, times=1, most=3),),
        sees=(
            shows(
                "general",
                "{*}I need the permission *Send Messages in Threads*{*}Nothing was charged.{*}",
            ),
        ),
        stored=(undelivered(("notice sent",), "What is a monad?"),),
        ledger=(released(),),
    ),
    Row(
        id="F13",
        variant="may write nowhere",
        happens="The bot loses the right to write in the channel and in its threads.",
        acts=(
            SLOW,
            Mention("What is a monad?", person=1),
            Advance(1),
            Revoke(("send_messages", "send_messages_in_threads")),
        ),
        met=(Called(POST, code=50013, times=2, most=4), Called(DM)),
        sees=(
            shows(
                "dm1",
                "{*}I need the permission *Send Messages* in <#{*}>. Nothing was charged.{*}",
            ),
        ),
        stored=(undelivered(("notice planned", "notice sent"), "What is a monad?"),),
        ledger=(released(),),
    ),
    Row(
        id="F13",
        variant="may not write from the start",
        happens="The bot is asked where it may not write in threads.",
        acts=(Revoke(("send_messages_in_threads",)), Mention("What is a monad?")),
        met=(Called("event:CHANNEL_UPDATE"), Called(CHAT, times=0)),
        sees=(
            shows(
                "general",
                "I cannot answer here: I need the permission *Send Messages in Threads*. "
                "Nothing was charged. Ask an admin to grant it, then press Retry. "
                "Reference: `{*}`",
            ),
        ),
        stored=(
            Turn(
                "q",
                "failed",
                parts=("notice sent",),
                history=("user: What is a monad?",),
                error="not_permitted",
                note="{*}",
            ),
        ),
        ledger=(unreserved(),),
    ),
    Row(
        id="F13",
        variant="is kicked",
        happens="The bot is removed from the server while it answers and another question waits.",
        acts=(
            Mention(LONG),
            Writing(),
            Say("And then?", "next", place="q"),
            Taken("next"),
            Kick(),
        ),
        met=(Called("event:GUILD_DELETE"), Called(CHAT, effect="unacked")),
        sees=(shows("q", ANSWER),),
        stored=(
            Turn("q", "cancelled", ("answer sent",), history=(f"user: {LONG}",)),
            Turn("next", "cancelled", (), history=("user: And then?",)),
            Holds("SELECT count(*) FROM workspace WHERE left_at > 0", ((1,),)),
        ),
        ledger=(charged(), unreserved("next")),
    ),
    Row(
        id="F16",
        happens="Somebody has already started a thread at the question.",
        acts=(Mention("What is a monad?"), StartThread("q")),
        met=(Called(THREAD, code=160004),),
        sees=(shows("q", ANSWER),),
        stored=(
            answered(),
            Holds("SELECT thread = place FROM conversation", ((1,),)),
        ),
        ledger=(charged(),),
    ),
    *(
        Row(
            id="F17",
            variant=variant,
            happens=f"No thread can be started: {variant}.",
            acts=(*acts, Mention("What is a monad?", place=place)),
            met=met,
            sees=(shows(place, ANSWER),),
            stored=(
                answered(note="{*}"),
                Holds("SELECT place = channel, thread <> channel FROM conversation", ((1, 1),)),
                Counted("discord_thread_refused", refused),
            ),
            ledger=(charged(),),
        )
        for variant, acts, place, met, refused in (
            (
                "it is not permitted, as the bot knows",
                (IN_CHANNEL,),
                "general",
                (Called("event:CHANNEL_UPDATE"), Called(THREAD, code=50013)),
                1,
            ),
            (
                "it is not permitted, as the bot does not know (50013)",
                (Script(DISCORD, buckets.refuse(THREAD, 50013)),),
                "general",
                (Called(THREAD, code=50013),),
                1,
            ),
            (
                "not in this kind of channel (50024)",
                (Script(DISCORD, buckets.refuse(THREAD, 50024)),),
                "general",
                (Called(THREAD, code=50024),),
                1,
            ),
            (
                "too many are active (160006)",
                (setting("active_threads", 0),),
                "general",
                (Called(THREAD, code=160006),),
                1,
            ),
            (
                "a voice channel's chat has none",
                (),
                "lounge",
                (Called(THREAD, times=0), Called(POST, status=200)),
                0,
            ),
            (
                "a stage's chat has none",
                (),
                "stage",
                (Called(THREAD, times=0), Called(POST, status=200)),
                0,
            ),
            (
                "refused in an announcement channel",
                (Script(DISCORD, buckets.refuse(THREAD, 50024)),),
                "news",
                (Called(THREAD, code=50024),),
                1,
            ),
        )
    ),
    Row(
        id="F18",
        variant="while it is answered",
        happens="A person who asked alone takes no messages any more when the answer comes.",
        acts=(Say("What is a monad?"), close_dms()),
        met=(Called(POST, code=50007, times=1, most=3),),
        sees=(Nothing(),),
        stored=(undelivered(("answer planned", "notice planned"), "What is a monad?"),),
        ledger=(charged(),),
        instead=(
            "No command answers by direct message, so there is no channel to say it in: who closed "
            "the only place where they asked is told nothing, and only the log knows."
        ),
    ),
)
