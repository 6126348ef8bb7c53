"""What was said before is refused, or no longer fits, and the question is answered all the same."""

from __future__ import annotations

import io

from PIL import Image

from adapters.playground.aimlapi import CHAT
from adapters.playground.segmind import STATUS, SUBMIT
from bot.notices_pictures import try_editing
from tests.fault_acts import Act, Ended, Mention, Say
from tests.fault_rows import (
    ANSWER,
    Called,
    Counted,
    Holds,
    Row,
    Turn,
    World,
    answered,
    charged,
    released,
    shows,
)
from tests.fault_services import (
    AIMLAPI,
    QUEUED,
    asked,
    ill,
    refuse,
    series,
    speak,
    told,
    work,
)


def picture() -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (80, 80), "red").save(out, "PNG")
    return out.getvalue()


LEFT_OUT = "(an old picture was left out: the model service would not take it any more)"
NOTED = f"{ANSWER}\n\n{LEFT_OUT}"
PICTURE_ROWS = tuple(
    Row(
        id="F59",
        variant=f"{name} picture",
        happens=f"{name} refuses, by a 400, the picture of an earlier question, for ever.",
        acts=(
            Mention("What is this?", "first", carried={"files": [("red.png", picture())]}),
            Ended("first"),
            poison,
            Say("And that?", "second", place="first"),
            Ended("second"),
            Say("And now?", "third", place="first"),
            Ended("third"),
        ),
        # The third question does not send it any more.
        met=(asked(route, 1, 400), asked(route, 3)),
        sees=(shows("first", ANSWER, NOTED, ANSWER),),
        stored=(
            answered("first", "What is this?", note=note),
            answered("second", "And that?", note=LEFT_OUT),
            answered("third", "And now?"),
            Holds("SELECT name, excluded FROM file", (("red.png", 1),)),
            Holds("SELECT count(*) FROM step", ((3,),)),
            Counted("requests_mended", 1, 'fault="invalid"'),
        ),
        ledger=(charged("first"), charged("second"), charged("third")),
        world=world,
    )
    for name, route, world, poison, note in (
        ("AI/ML", CHAT, AIMLAPI, speak(kind="picture", times=100), ""),
        ("Segmind", SUBMIT, QUEUED, work(kind="picture", times=100), try_editing()),
    )
)


def talk(*texts: str) -> tuple[Act, ...]:
    """Return a conversation in one thread; each question is named by its words."""
    first, *rest = texts
    acts: list[Act] = [Mention(first, first), Ended(first)]
    for text in rest:
        acts += [Say(text, text, place=first), Ended(text)]
    return tuple(acts)


def poisoned(variant: str, happens: str, error: dict[str, str], mended: str) -> Row:
    """Return a row in which an old message is refused, and left out with all before it."""
    note = "(using the last 3 messages of this conversation)"
    return Row(
        id="F59",
        variant=variant,
        happens=happens,
        acts=(
            *talk("Question 1?", "Question 2?"),
            refuse(CHAT, 400, {"error": error}),
            Say("Question 3?", "Question 3?", place="Question 1?"),
            Ended("Question 3?"),
        ),
        met=(asked(CHAT, 1, 400), asked(CHAT, 3)),
        sees=(shows("Question 1?", ANSWER, ANSWER, f"{ANSWER}\n\n{note}"),),
        stored=(
            answered("Question 1?", "Question 1?"),
            answered("Question 2?", "Question 2?"),
            answered("Question 3?", "Question 3?", note=note),
            Counted("requests_mended", 1, f'fault="{mended}"'),
        ),
        ledger=(charged("Question 1?"), charged("Question 2?"), charged("Question 3?")),
        instead=(
            "The history is cut anew each time: only pictures have a place for a mark, and "
            "what is cut soon leaves the window."
        ),
    )


# After what the model is told first, and the first question, comes its answer.
ROLE = {"message": "Invalid value: 'assistant'.", "param": "messages[2].role", "code": "invalid"}
LENGTH = {
    "message": "Invalid 'messages[2].content': string too long.",
    "param": "messages[2].content",
    "code": "string_above_max_length",
}
MESSAGE_ROWS = (
    poisoned("AI/ML role", "AI/ML API refuses the role of an old message.", ROLE, "invalid"),
    poisoned("AI/ML length", "AI/ML API refuses an old message's length.", LENGTH, "too_long"),
)

TALK = ("Question 1?", "Question 2?", "Question 3?")
HALVED = "(using the last 4 messages of this conversation)"
ALONE = (
    "Your question alone is longer than the model `{*}` can take. Nothing was charged. "
    "Ask for less at once, or send fewer or smaller files."
)
WHOLE_TALK = (
    "This conversation is longer than the model can take. Nothing was charged. "
    "Use `/new` to start afresh here, or mention me in the channel for a new thread."
)
FULL = {"error": {"message": "maximum context length is 400000", "code": "context_length_exceeded"}}
WINDOW = "The window is what the model's row says; a service's words about it are not believed."
SMALL = World(settings={"MODELS": "aimlapi:openai/gpt-5-mini-2025-08-07 window=600 output=300"})
LENGTH_ROWS = (
    *(
        Row(
            id="F60",
            variant=name,
            happens=f"{name} finds a conversation of four questions too long for the model.",
            acts=(
                *talk(*TALK),
                full,
                Say("Question 4?", "Question 4?", place=TALK[0]),
                Ended("Question 4?"),
            ),
            met=met,
            sees=(shows(TALK[0], ANSWER, ANSWER, ANSWER, f"{ANSWER}\n\n{HALVED}"),),
            stored=(
                *(answered(each, each) for each in TALK),
                answered("Question 4?", "Question 4?", note=HALVED),
                Counted("requests_mended", 1, 'fault="too_long"'),
            ),
            ledger=tuple(charged(each) for each in (*TALK, "Question 4?")),
            world=world,
            instead=WINDOW,
        )
        for name, world, full, met in (
            (
                "AI/ML",
                AIMLAPI,
                speak(kind="crowded", times=100),
                (asked(CHAT, 1, 400), asked(CHAT, 4)),
            ),
            (
                "Segmind",
                QUEUED,
                work(kind="crowded", times=100),
                (asked(STATUS, 1, 422), asked(SUBMIT, 5)),
            ),
        )
    ),
    Row(
        id="F60",
        variant="AI/ML still too long",
        happens="AI/ML API finds a conversation too long, and also what is left of it.",
        acts=(
            *talk(*TALK),
            refuse(CHAT, 400, FULL, times=2),
            Say("Question 4?", "Question 4?", place=TALK[0]),
            Ended("Question 4?"),
        ),
        met=(asked(CHAT, 2, 400), asked(CHAT, 3)),
        sees=(shows(TALK[0], ANSWER, ANSWER, ANSWER, told(WHOLE_TALK)),),
        stored=(
            *(answered(each, each) for each in TALK),
            Turn(
                "Question 4?",
                "failed",
                ("notice sent",),
                ("user: Question 4?",),
                "too_long",
                told(WHOLE_TALK),
            ),
        ),
        ledger=(*(charged(each) for each in TALK), released("Question 4?")),
        instead=WINDOW,
    ),
    *(
        series(
            "F60",
            f"{name} question",
            f"{name} finds a question that stands alone too long for the model.",
            ill(
                "alone",
                full,
                sentence=ALONE,
                error="too_long",
                outcome="refused",
                slow=slow,
            ),
            met=met,
            world=world,
            instead=WINDOW,
        )
        for name, world, full, slow, met in (
            ("AI/ML", AIMLAPI, speak(kind="full"), False, (asked(CHAT, 1, 400),)),
            ("Segmind", QUEUED, work(kind="full"), True, (asked(STATUS, 1, 422), asked(SUBMIT))),
        )
    ),
    series(
        "F60",
        "AI/ML known before",
        "A question is longer than the window that the model is known to have.",
        ill(
            "alone",
            asks="What is" + " this, that," * 130,
            sentence=ALONE,
            error="question_too_long",
            outcome="refused",
            booked=(),
        ),
        # It is not even sent.
        met=(Called(CHAT, times=0),),
        world=SMALL,
        instead=WINDOW,
    ),
)
HISTORY_ROWS: tuple[Row, ...] = (*PICTURE_ROWS, *MESSAGE_ROWS, *LENGTH_ROWS)
