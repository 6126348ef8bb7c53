"""Faults of what people do on Slack: forms that open too late, statuses, words taken back."""

from __future__ import annotations

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from tests.fault_acts import Advance, Delete, Edit, Ended, Mention, Press, Say, Script, Stage
from tests.fault_acts_slack import met_with, refused, slack_of
from tests.fault_rows import (
    ANSWER,
    SLACK,
    SLACK_HTTP,
    Called,
    Holds,
    NoTurn,
    Row,
    Told,
    Turn,
    World,
    answered,
    charged,
    shows,
    unreserved,
)
from tests.fault_rows_inputs import CHANGED, name_offer
from tests.fault_rows_slack_streams import MONAD, SESSION, no_streams_left
from tests.standins import MODEL

FORM, STATUS = "views.open", "assistant.threads.setStatus"
TOO_LATE = "That took too long; press the button again. Nothing was charged."
# A sign of life is due before the first text.
SLOW = Script(MODEL, Fault(CHAT, "answer", options={"silence": 3.0}))
ASKED = (Mention(MONAD), Ended())
TRANSPORTS: tuple[tuple[str, World], ...] = (("by socket", SLACK), ("over HTTP", SLACK_HTTP))
# Words that are nowhere but in the question.
SECRET = "Is 4711 the number of my account?"


def kept(words: str, times: int) -> Holds:
    """Return how many stored questions hold these words."""
    query = f"SELECT count(*) FROM message WHERE ordinal = 0 AND text LIKE '%{words}%'"
    return Holds(query, ((times,),))


async def show_preview(stage: Stage) -> None:
    """Let Slack unfold a link of the question, which changes its message."""
    place = stage.h.folk.channel("general")
    slack_of(stage).people.show_preview(place, stage.names["q"], "https://example.org/")


async def check_no_status(stage: Stage) -> None:
    """See that nothing is shown to be done in the question's thread."""
    assert stage.place("q") not in stage.h.standins.look().statuses


PEOPLE_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F45",
            variant=f"{variant}, {name}",
            happens=f"A form cannot be opened: {what}.",
            acts=(*ASKED, fault, Press("bad"), Advance(8)),
            met=(Called(FORM, code="expired_trigger_id"),),
            sees=(shows("q", ANSWER), Told("press", TOO_LATE)),
            stored=(answered(), NoTurn("press")),
            ledger=(charged(),),
            world=world,
        )
        for name, world in TRANSPORTS
        for variant, what, fault in (
            (
                "said to be late",
                "Slack says that its trigger has expired",
                refused(FORM, "expired_trigger_id"),
            ),
            (
                "heard late",
                "the press comes four seconds after it was made",
                met_with("act:block_actions", "delay", seconds=4.0),
            ),
        )
    ),
    Row(
        id="F45",
        variant="and pressed again",
        happens="A form opens at the second press only.",
        acts=(
            *ASKED,
            refused(FORM, "expired_trigger_id"),
            Press("bad", "late"),
            Advance(2),
            Press("bad"),
            Advance(2),
        ),
        met=(Called(FORM, code="expired_trigger_id"), Called(FORM, times=2, status=200)),
        sees=(shows("q", ANSWER), Told("late", TOO_LATE)),
        stored=(answered(), NoTurn("press")),
        ledger=(charged(),),
        world=SLACK,
    ),
    *(
        Row(
            id="F46",
            variant=variant,
            happens=f"A status takes {seconds:g} s to be written, {how}, and the answer less.",
            acts=(
                SLOW,
                met_with(STATUS, "delay", seconds=seconds, options={"after": after}),
                Mention(MONAD),
                Ended(),
                Advance(30),
                check_no_status,
            ),
            met=(Called(STATUS, mark="delay"), Called(STATUS, times=2, most=4)),
            sees=(shows("q", ANSWER),),
            stored=(answered(), no_streams_left()),
            ledger=(charged(),),
            world=SLACK,
        )
        for variant, seconds, after, how in (
            ("late and heard late", 8.0, False, "and then it is there"),
            ("there and heard late", 8.0, True, "though it is there at once"),
            # The call has long been given up, and the status been taken away once.
            ("there when nobody waits for it", 11.5, False, "which nobody waits for"),
        )
    ),
    Row(
        id="F46",
        variant="the clear is lost",
        happens="The call that takes a status away is lost, twice.",
        acts=(
            SLOW,
            *(met_with(STATUS, "cut", nth=nth) for nth in (2, 3)),
            Mention(MONAD),
            Ended(),
            Advance(30),
            check_no_status,
        ),
        met=(
            Called(STATUS, mark="cut", status=0, times=2),
            Called(STATUS, status=200, times=2, most=4),
        ),
        sees=(shows("q", ANSWER),),
        stored=(answered(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
    ),
    Row(
        id="F46",
        variant="an agent's session",
        happens="The call that ends an agent's session is refused at first.",
        acts=(
            SLOW,
            refused(SESSION, "ratelimited", nth=2, retry_after=5),
            Mention(MONAD),
            Ended(),
            Advance(30),
            check_no_status,
        ),
        met=(Called(SESSION, status=429), Called(SESSION, status=200, times=1, most=4)),
        sees=(shows("q", ANSWER),),
        stored=(answered(), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
    ),
    *(
        Row(
            id="F47",
            variant=f"deleted, {name}",
            happens="A question is deleted after its answer.",
            acts=(Mention(SECRET), Ended(), Delete("q"), Advance(5)),
            met=(Called("event:message", status=200, times=2, most=99),),
            sees=(shows("q", ANSWER),),
            stored=(
                Turn("q", "answered", parts=("answer sent",), history=()),
                kept("4711", 0),
            ),
            ledger=(charged(),),
            world=world,
        )
        for name, world in TRANSPORTS
    ),
    Row(
        id="F47",
        variant="deleted in its thread",
        happens="A follow-up is deleted after its answer.",
        acts=(
            *ASKED,
            Say(SECRET, "next", place="q"),
            Ended("next"),
            Delete("next"),
            Advance(5),
        ),
        met=(Called("event:message", status=200, times=2, most=99),),
        sees=(shows("q", ANSWER, ANSWER),),
        stored=(
            answered(),
            Turn("next", "answered", parts=("answer sent",), history=()),
            kept("4711", 0),
        ),
        ledger=(charged(), charged("next")),
        world=SLACK,
    ),
    *(
        Row(
            id="F47",
            variant=f"changed, {name}",
            happens="A question is changed after its answer.",
            acts=(*ASKED, Edit("q", "What is a functor?"), Advance(10), name_offer),
            met=(Called("event:message", status=200, times=2, most=99),),
            sees=(shows("q", ANSWER, CHANGED),),
            stored=(
                answered(asked="What is a functor?"),
                Turn("offer", "refused", ("notice sent",), (), "edited", CHANGED),
                kept("monad", 0),
                kept("functor", 1),
            ),
            ledger=(charged(), unreserved("offer")),
            world=world,
            instead="Where an answer stands, it is offered to answer the new words.",
        )
        for name, world in TRANSPORTS
    ),
    Row(
        id="F47",
        variant="changed while it is answered",
        happens="A question is changed while its answer is written.",
        acts=(
            SLOW,
            Mention(MONAD),
            Advance(1),
            Edit("q", "What is a functor?"),
            Ended(),
            Advance(10),
            name_offer,
        ),
        met=(Called("event:message", status=200, times=2, most=99),),
        sees=(shows("q", ANSWER, CHANGED),),
        stored=(
            answered(asked="What is a functor?"),
            Turn("offer", "refused", ("notice sent",), (), "edited", CHANGED),
            kept("functor", 1),
        ),
        ledger=(charged(), unreserved("offer")),
        world=SLACK,
    ),
    Row(
        id="F47",
        variant="not by a person",
        happens="A question changes because Slack unfolds a link in it.",
        acts=(*ASKED, show_preview, Advance(10)),
        met=(Called("event:message", status=200, times=2, most=99),),
        sees=(shows("q", ANSWER),),
        stored=(answered(), kept("monad", 1), Holds("SELECT count(*) FROM turn", ((1,),))),
        ledger=(charged(),),
        world=SLACK,
    ),
)
