"""Faults of what people bring: interactions that die, words kept from us, edits, bots, files."""

from __future__ import annotations

from adapters.playground.discord import buckets, drafts
from adapters.playground.discord.bodies import Draft
from adapters.playground.faults import Fault
from tests.fault_acts import (
    Advance,
    Command,
    Edit,
    Ended,
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
    NoTurn,
    Row,
    Turn,
    World,
    answered,
    charged,
    shows,
    unreserved,
)
from tests.fault_rows_posts import CHAT, LONG, POST, setting
from tests.standins import DISCORD

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
ORIGINAL = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
CDN = "GET /cdn/attachments/{channel_id}/{attachment_id}/{filename}"
MESSAGE = "GET /channels/{channel_id}/messages/{message_id}"
ASKED = {"prompt": "What is a monad?"}
QUOTED = f"> What is a monad?\n\n{ANSWER}"
CARD = "**Ada** asked:\n> What is a monad?"
KNOWN = (Mention("Hello", "known"), Ended("known"))
UNREADABLE = (
    "I can't read messages here until the Message Content intent is switched on. Nothing was "
    "charged. Mention me in your message, or ask the person who runs this bot to switch it on."
)
CHANGED = (
    "You changed your question after I had begun to answer it. Nothing was charged. Press "
    "Regenerate and I answer what it says now. Reference: `{*}`"
)
FILE = {"files": [("notes.txt", b"A monad is a monoid of endofunctors.")]}


async def hide_words(stage: Stage) -> None:
    """Switch the message content intent off."""
    stage.h.standins.world.set_privileged(0)


async def show_preview(stage: Stage) -> None:
    """Let Discord send the question again, with the preview of its link."""
    question = stage.source("q")
    channel = stage.h.standins.world.messages[question].channel
    stage.h.people.show_preview(channel, question, "https://example.org/")


async def edit_often(stage: Stage) -> None:
    """Change the question twenty times."""
    for n in range(20):
        stage.h.edit(stage.source("q"), f"What is a functor of {n} things?")
        await stage.h.clock.sleep(1.5)


async def let_a_bot_ask(stage: Stage) -> None:
    """Let another bot mention ours, five times, the last ones in its thread."""
    world = stage.h.standins.world
    (guild,) = world.guilds.values()
    other = world.add_user("echo", "Echo", bot=True)
    world.join(guild, other)
    for place in ("general", "general", "known", "known", "known"):
        channel = world.channels[stage.place(place)]
        draft = Draft(content=f"<@{world.bot}> And you?")
        message = drafts.compose(world, channel, other.id, draft)
        world.add_message(message)
        stage.names[f"bot {message.id}"] = message.id
        await stage.h.clock.sleep(2.0)


async def let_a_webhook_ask(stage: Stage) -> None:
    """Let a webhook mention ours: the question of a person, sent as one of a webhook's."""
    heard = [
        entry.answer
        for entry in stage.h.standins.history.of("event:MESSAGE_CREATE")
        if entry.answer["author"]["id"] == stage.h.standins.people[0]
    ]
    webhook = {**heard[0], "id": stage.h.standins.world.new_id(), "webhook_id": "77"}
    del webhook["member"]
    stage.h.standins.discord.gateway.send_event("MESSAGE_CREATE", webhook)


def _offer(history: tuple[str, ...]) -> tuple[Holds, ...]:
    return (
        Holds("SELECT count(*) FROM turn WHERE kind = 'edited'", ((1,),)),
        Holds("SELECT outcome, error FROM turn WHERE kind = 'edited'", (("refused", "edited"),)),
    )


async def name_offer(stage: Stage) -> None:
    """Name the offer to answer again; it has no message of a person's."""
    stage.names["offer"] = "edited:" + str((stage.h.turn(stage.source("q")) or {})["id"])


INPUT_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F19",
            variant=f"{code} {where}",
            happens=f"Discord refuses the first answer to a command, {where}, with {code}.",
            acts=(
                *KNOWN,
                Script(DISCORD, buckets.refuse(CALLBACK, code)),
                Command("ask", place=place, options=ASKED),
            ),
            met=(Called(CALLBACK, code=code), Called(POST, times=2, most=4)),
            sees=sees,
            stored=(
                answered("known", "Hello"),
                Turn(
                    "q",
                    "answered",
                    parts=parts,
                    history=("user: What is a monad?", f"assistant: {ANSWER}"),
                ),
                Holds("SELECT count(*) FROM interaction WHERE token <> ''", ((0,),)),
            ),
            ledger=(charged("known"), charged()),
        )
        for code in (10062, 40060)
        for where, place, sees, parts in (
            (
                "in a thread",
                "known",
                (shows("known", ANSWER, QUOTED),),
                ("answer sent",),
            ),
            (
                "in a channel",
                "random",
                (
                    shows("known", ANSWER),
                    shows("random", CARD),
                    shows("thread of q", ANSWER),
                ),
                ("answer sent", "question sent"),
            ),
        )
    ),
    Row(
        id="F20",
        variant="after a kill",
        happens="A command's token has died when the bot is back after sixteen minutes.",
        acts=(
            *KNOWN,
            Command("ask", place="known", options=ASKED),
            Taken(),
            Advance(1),
            Kill(),
            Advance(16 * 60),
            Start(),
            Ended(),
        ),
        met=(Called("event:READY", times=2), Called(ORIGINAL, times=0, most=1)),
        sees=(shows("known", ANSWER, QUOTED),),
        stored=(answered("known", "Hello"), answered()),
        ledger=(charged("known"), charged()),
    ),
    *(
        Row(
            id="F20",
            variant=f"{code}",
            happens=f"A command's token is dead when its answer comes ({code}).",
            acts=(
                *KNOWN,
                Script(DISCORD, buckets.refuse(ORIGINAL, code, times=99)),
                Command("ask", place="known", options=ASKED),
            ),
            met=(Called(ORIGINAL, code=code, times=1, most=3), Called(POST, times=2)),
            sees=(shows("known", ANSWER, QUOTED),),
            stored=(answered("known", "Hello"), answered()),
            ledger=(charged("known"), charged()),
        )
        for code in (50027, 10015)
    ),
    Row(
        id="F21",
        happens="The message content intent is off, and people go on in a thread unmentioned.",
        world=World(options={"start": False}),
        acts=(
            hide_words,
            Start(),
            *KNOWN,
            Say("What is a monad?", "first", place="known"),
            Ended("first"),
            Say("Hello?", "second", place="known"),
            Advance(30),
            Stop(),
            Advance(24 * 3600),
            Start(),
            Say("Anybody?", "third", place="known"),
            Ended("third"),
        ),
        met=(Called("event:MESSAGE_CREATE", times=5, most=9), Called(CHAT, times=1)),
        sees=(shows("known", ANSWER, UNREADABLE, UNREADABLE),),
        stored=(
            answered("known", "Hello"),
            *(
                Turn(of, "refused", ("notice sent",), history=(), error="unreadable", note="{*}")
                for of in ("first", "third")
            ),
            NoTurn("second"),
            Holds("SELECT name FROM told", (("unreadable",),)),
        ),
        ledger=(charged("known"), unreserved("first"), unreserved("third")),
        instead=(
            "The table says it once a day in each channel. Here it is once a day in each thread: "
            "who writes there does not see what was said in another."
        ),
    ),
    Row(
        id="F22",
        variant="a link's preview",
        happens="Discord sends a question again with the preview of a link.",
        acts=(Mention("What is https://example.org/?"), Ended(), show_preview, Advance(10)),
        met=(Called("event:MESSAGE_UPDATE", times=2, most=9),),
        sees=(shows("q", ANSWER),),
        stored=(answered(asked="What is https://example.org/?"),),
        ledger=(charged(),),
    ),
    Row(
        id="F22",
        variant="while it waits",
        happens="A question is edited that waits for the answer before it.",
        acts=(
            Mention(LONG, "first"),
            Writing("first"),
            Say("What is a monad?", "q", place="first"),
            Taken(),
            Edit("q", "What is a functor?"),
        ),
        met=(Called("event:MESSAGE_UPDATE", times=1, most=99),),
        sees=(shows("first", ANSWER, "{*}", "{*}SIMULATED{*}functor{*}"),),
        stored=(
            answered("first", LONG, parts=2),
            answered(asked="What is a functor?"),
        ),
        ledger=(charged("first"), charged()),
        instead=(
            "The table's edits are a setting and make a new turn. The text wins: an edit of what "
            "waits changes it, a later one offers Regenerate."
        ),
    ),
    Row(
        id="F22",
        variant="after the answer, twenty times",
        happens="A question is edited twenty times after its answer.",
        acts=(Mention("What is a monad?"), Ended(), edit_often, name_offer),
        met=(Called("event:MESSAGE_UPDATE", times=20, most=99),),
        sees=(shows("q", ANSWER, CHANGED),),
        stored=(
            answered(asked="What is a functor of 19 things?"),
            Turn("offer", "refused", ("notice sent",), history=(), error="edited", note=CHANGED),
        ),
        ledger=(charged(), unreserved("offer")),
        instead=(
            "The table's edits are a setting and make a new turn. The text wins: a later edit "
            "offers Regenerate, once."
        ),
    ),
    Row(
        id="F23",
        variant="another bot",
        happens="Another bot mentions ours again and again, in its thread, too.",
        acts=(*KNOWN, let_a_bot_ask, Advance(30)),
        met=(Called("event:MESSAGE_CREATE", times=6, most=12), Called(CHAT)),
        sees=(shows("known", ANSWER),),
        stored=(answered("known", "Hello"), Counted("intake_events", 1, 'verdict="admitted"')),
        ledger=(charged("known"),),
        instead=(
            "The table breaks a loop after three messages where bots are allowed. They never are: "
            "no message of a bot's gets as far as the intake, so there is nothing to count."
        ),
    ),
    Row(
        id="F23",
        variant="a webhook",
        happens="A webhook mentions the bot.",
        acts=(*KNOWN, let_a_webhook_ask, Advance(30)),
        met=(Called("event:MESSAGE_CREATE", times=3, most=5), Called(CHAT)),
        sees=(shows("known", ANSWER),),
        stored=(answered("known", "Hello"), Counted("intake_events", 1, 'verdict="admitted"')),
        ledger=(charged("known"),),
        instead="As for another bot, there is no loop to break.",
    ),
    Row(
        id="F24",
        variant="a hiccup",
        happens="Discord cannot hand out a file at first.",
        acts=(
            Script(DISCORD, Fault(CDN, "refuse", status=503)),
            Mention("What is this?", carried=FILE),
        ),
        met=(Called(CDN, status=503), Called(CDN, status=200)),
        sees=(shows("q", ANSWER),),
        stored=(answered(asked="What is this?"), Holds("SELECT state FROM file", (("read",),))),
        ledger=(charged(),),
    ),
    Row(
        id="F24",
        variant="an outage",
        happens="Discord cannot hand out a file.",
        acts=(
            Script(DISCORD, Fault(CDN, "refuse", times=999, status=500)),
            Mention("What is this?", carried=FILE),
        ),
        met=(Called(CDN, status=500, times=2, most=9), Called(CHAT, times=0)),
        sees=(
            shows(
                "q",
                "I could not fetch `notes.txt`: the platform did not hand it out. Nothing was "
                "charged. Press Retry in a minute, or please attach it again. Reference: `{*}`",
            ),
        ),
        stored=(
            Turn(
                "q",
                "failed",
                ("answer sent",),
                history=("user: What is this?",),
                error="file_unavailable",
                note="{*}",
            ),
            Holds("SELECT state FROM file", (("waiting",),)),
        ),
        ledger=(unreserved(),),
        instead="What may be over soon is not refused for ever: the notice has a Retry button.",
    ),
    Row(
        id="F24",
        variant="an expired link",
        happens="The link to a file has expired when its question's turn comes.",
        acts=(
            setting("link_seconds", 3.0),
            Mention(LONG, "first"),
            Writing("first"),
            Say("What is this?", "q", place="first", carried=FILE),
        ),
        met=(Called(CDN, status=404), Called(MESSAGE, status=200), Called(CDN, status=200)),
        sees=(shows("first", ANSWER, "{*}", ANSWER),),
        stored=(answered("first", LONG, parts=2), answered(asked="What is this?")),
        ledger=(charged("first"), charged()),
    ),
    Row(
        id="F24",
        variant="gone",
        happens="A file is no longer there, by no link.",
        acts=(
            Script(DISCORD, Fault(CDN, "refuse", times=999, status=404)),
            Mention("What is this?", carried=FILE),
        ),
        met=(Called(CDN, status=404, times=2, most=3), Called(CHAT, times=0)),
        sees=(
            shows(
                "q",
                "I could not get `notes.txt`: the platform does not have it any more. Nothing was "
                "charged. Please attach it again and ask again. Reference: `{*}`",
            ),
        ),
        stored=(
            Turn(
                "q",
                "refused",
                ("notice sent",),
                history=("user: What is this?",),
                error="file_lost",
                note="{*}",
            ),
        ),
        ledger=(unreserved(),),
    ),
)
