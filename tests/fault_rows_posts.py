"""Faults of what is said: lost answers, limits, texts and messages that Discord will not have."""

from __future__ import annotations

from dataclasses import replace

from adapters.playground.discord import buckets
from adapters.playground.faults import Fault
from tests.fault_acts import (
    Act,
    Advance,
    Archive,
    Ended,
    Heal,
    Mention,
    Remove,
    Script,
    Stage,
    Writing,
)
from tests.fault_rows import (
    ANSWER,
    Called,
    Counted,
    Holds,
    Row,
    Turn,
    answered,
    charged,
    shows,
)
from tests.standins import DISCORD, MODEL

POST = buckets.CREATE_MESSAGE
EDIT = buckets.EDIT_MESSAGE
ARCHIVE = "PATCH /channels/{channel_id}"
CHAT = "POST /v1/chat/completions"
LONG = "write 500 words"
# The model thinks for so long that "Thinking…" is shown first.
SLOW = Script(MODEL, Fault(CHAT, "answer", options={"silence": 5.0}))


def setting(name: str, value: object) -> Act:
    """Return the step that changes a setting of the stand-in."""

    async def change(stage: Stage) -> None:
        setattr(stage.h.standins.discord_settings, name, value)

    return change


def forbid(*words: str) -> Act:
    """Return the step that lets AutoMod block these words."""

    async def change(stage: Stage) -> None:
        (guild,) = stage.h.standins.world.guilds.values()
        guild.blocked_words = list(words)

    return change


def _sub_limit(after: float) -> Fault:
    """Return a 429 whose bucket has room.

    https://github.com/discord/discord-api-docs/issues/4413
    """
    fault = buckets.throttle(EDIT, after, nth=2, times=3)
    room = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "3"}
    return replace(fault, headers=fault.headers | room)


def _limited(fault: Fault) -> tuple[Act, ...]:
    return (Script(DISCORD, fault), Mention(LONG))


def _brief_ban() -> Fault:
    fault = buckets.ban(times=9_999)
    return replace(fault, headers=fault.headers | {"Retry-After": "1"})


POST_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F05",
            variant=variant,
            happens=f"Discord takes a message, and then {variant}.",
            acts=(
                *before,
                Script(DISCORD, replace(fault, route=POST)),
                Mention("What is a monad?"),
                Ended(),
                Advance(60),
            ),
            met=(Called(POST, mark=fault.action), *met),
            sees=(shows("q", ANSWER),),
            stored=(
                answered(),
                Holds("SELECT count(*), count(message) FROM part", ((1, 1),)),
                *counted,
            ),
            ledger=(charged(),),
        )
        for variant, fault, before, met, counted in (
            ("answers 500", Fault("", "fail_after", status=500), (), (), ()),
            ("answers 502", Fault("", "fail_after", status=502), (), (), ()),
            ("answers 504", Fault("", "fail_after", status=504), (), (), ()),
            (
                "cuts the connection",
                Fault("", "lose_answer"),
                (),
                (),
                (Counted("parts_resolved", 1, 'found="yes"'),),
            ),
            (
                "does not answer",
                Fault("", "delay", seconds=60.0, options={"after": True}),
                (),
                (),
                (Counted("parts_resolved", 1, 'found="yes"'),),
            ),
            (
                "forgets the nonce",
                Fault("", "lose_answer"),
                (setting("nonce_seconds", 0.0),),
                (Called(POST, effect="unacked"), Called(POST, times=1)),
                (Counted("parts_resolved", 1, 'found="yes"'),),
            ),
        )
    ),
    *(
        Row(
            id="F06",
            variant=variant,
            happens=f"Edits are refused three times while the answer is written: {variant}.",
            acts=_limited(fault),
            met=(
                Called(EDIT, status=429, mark="refuse", times=3),
                # Unhindered there are 15.
                Called(EDIT, status=200, times=1, most=most),
            ),
            sees=(shows("q", ANSWER, "{*}"),),
            stored=(answered(asked=LONG, parts=2),),
            ledger=(charged(),),
        )
        for variant, fault, most in (
            ("one's own limit, 0.3 s", buckets.throttle(EDIT, 0.3, nth=2, times=3), 15),
            ("one's own limit, 8 s", buckets.throttle(EDIT, 8.0, nth=2, times=3), 8),
            ("a shared limit", buckets.throttle(EDIT, 2.0, scope="shared", nth=2, times=3), 13),
            ("a limit within the limit", _sub_limit(2.0), 13),
        )
    ),
    *(
        Row(
            id="F07",
            variant=variant,
            happens=f"For three minutes Discord refuses every request, {variant}.",
            acts=(
                *(Mention(LONG, f"q{n}", person=n % 3) for n in range(4)),
                Writing("q0"),
                Script(DISCORD, fault),
                Advance(180),
                Heal(),
                *(Ended(f"q{n}", within=120) for n in range(4)),
            ),
            # What was under way when it began, and from then on one at a time.
            met=(Called("*", status=429, mark="refuse", times=2, most=4 + 180 // 30),),
            sees=tuple(shows(f"q{n}", ANSWER, "{*}") for n in range(4)),
            stored=tuple(answered(f"q{n}", LONG, parts=2) for n in range(4)),
            ledger=tuple(charged(f"q{n}") for n in range(4)),
        )
        for variant, fault in (
            ("as one who asks too much", buckets.throttle("*", 45.0, scope="global", times=9_999)),
            ("as one who is banned", buckets.ban(times=9_999)),
            ("banned for one second", _brief_ban()),
        )
    ),
    Row(
        id="F08",
        variant="in smaller parts",
        happens="Discord takes only 1,500 characters in a message from now on.",
        acts=(setting("content_chars", 1500), Mention("write 400 words")),
        met=(Called(EDIT, code=50035, times=1, most=2),),
        sees=(shows("q", ANSWER, "{*}"),),
        stored=(answered(asked="write 400 words", parts=2),),
        ledger=(charged(),),
    ),
    Row(
        id="F08",
        variant="as a file",
        happens="Discord takes only 900 characters in a message from now on.",
        acts=(setting("content_chars", 900), Mention("write 400 words")),
        met=(Called(EDIT, code=50035, times=1, most=4),),
        sees=(shows("q", "The whole answer ({*} characters) is in this file."),),
        stored=(
            Turn(
                "q",
                "answered",
                parts=("file sent",),
                history=("user: write 400 words", f"assistant: {ANSWER}"),
            ),
        ),
        ledger=(charged(),),
    ),
    Row(
        id="F10",
        happens="A moderator removes the answer while it is written.",
        acts=(Mention(LONG), Writing(), Remove("q")),
        met=(Called(EDIT, code=10008, times=1, most=2),),
        sees=(shows("q"),),
        stored=(
            Turn(
                "q",
                "cancelled",
                parts=("answer sent",),
                history=(f"user: {LONG}",),
            ),
        ),
        ledger=(charged(),),
        instead=(
            "The table knows a setting by which the answer is posted again. There is none: what a "
            "moderator removed is never forced back. What it calls done(suppressed) is cancelled."
        ),
    ),
    Row(
        id="F11",
        happens="The thread is archived while the answer is written in it.",
        acts=(Mention(LONG), Writing(), Archive("q")),
        met=(Called(EDIT, code=50083), Called(ARCHIVE, status=200)),
        sees=(shows("q", ANSWER, "{*}"),),
        stored=(answered(asked=LONG, parts=2), Counted("discord_unarchived", 1)),
        ledger=(charged(),),
    ),
    Row(
        id="F25",
        variant="AutoMod, the first word",
        happens="AutoMod blocks the answer before any of it is shown.",
        acts=(forbid("**"), Mention("What is a monad?")),
        met=(Called(POST, code=200000, times=1, most=3),),
        sees=(
            shows(
                "q",
                "The server's AutoMod blocked my answer. What the model wrote was charged. "
                "Put the question in other words, or ask an admin. Reference: `{*}`",
            ),
        ),
        stored=(
            Turn(
                "q",
                "undeliverable",
                parts=("notice sent",),
                history=("user: What is a monad?",),
            ),
        ),
        ledger=(charged(),),
    ),
    Row(
        id="F25",
        variant="AutoMod, after the status",
        happens="AutoMod blocks the answer when its status is shown already.",
        acts=(forbid("**"), SLOW, Mention("What is a monad?")),
        met=(Called(EDIT, code=200000, times=1, most=3),),
        sees=(
            shows(
                "q",
                "The server's AutoMod blocked my answer. What the model wrote was charged. "
                "Put the question in other words, or ask an admin. Reference: `{*}`",
            ),
        ),
        stored=(
            Turn(
                "q",
                "undeliverable",
                parts=("answer sent",),
                history=("user: What is a monad?",),
            ),
        ),
        ledger=(charged(),),
    ),
    Row(
        id="F25",
        variant="AutoMod, in the middle",
        happens="AutoMod blocks a word in the middle of the answer.",
        acts=(Mention(LONG), Writing(), forbid("follows")),
        met=(Called(EDIT, code=200000, times=1, most=3),),
        sees=(
            shows(
                "q",
                "The server's AutoMod blocked my answer. What the model wrote was charged. "
                "Put the question in other words, or ask an admin. Reference: `{*}`",
            ),
        ),
        stored=(
            Turn(
                "q",
                "undeliverable",
                parts=("answer sent",),
                history=(f"user: {LONG}",),
            ),
        ),
        ledger=(charged(),),
    ),
    Row(
        id="F25",
        variant="slow mode",
        happens="The channel lets one speak only now and then.",
        acts=(
            Script(DISCORD, buckets.refuse(POST, 20016, times=2)),
            Mention("What is a monad?"),
        ),
        met=(Called(POST, code=20016, times=2),),
        sees=(shows("q", ANSWER),),
        stored=(answered(),),
        ledger=(charged(),),
        instead="Slow mode ends by itself, so it is waited for and nothing is said.",
    ),
)
