"""Faults of messages on Slack: not to be changed, held back, not understood, or not answered."""

from __future__ import annotations

from collections.abc import Callable

from adapters.playground.faults import Fault
from tests.fault_acts import Act, Advance, Ended, Heal, Kill, Mention, Script, Start, Writing
from tests.fault_acts_slack import NO_AGENT, NO_STREAMS, met_with, refused, slack_setting
from tests.fault_rows import (
    ANSWER,
    SLACK,
    Called,
    Counted,
    Holds,
    Ledger,
    Row,
    Sees,
    Stored,
    answered,
    charged,
    shows,
)
from tests.fault_rows_slack_streams import (
    APPEND,
    BRIEF,
    MONAD,
    POST,
    START,
    STOP,
    UPDATE,
    no_streams_left,
)
from tests.standins import SLACK as SLACK_SCRIPT

Before = tuple[tuple[Act, ...], tuple[Sees, ...], tuple[Stored, ...], tuple[Ledger, ...]]

LOOK = "conversations.replies"
WHILE = "write 300 words"
INVALID, EMPTY = "invalid_blocks", "no_text"
# In a workspace that is known to have no streams, no message of its own carries Stop.
KNOWN = (NO_AGENT, NO_STREAMS, Mention("Hello", "known"), Ended("known"))
KNOWN_SEEN = shows("known", ANSWER)
# (what happens before, what is seen of it, stored, booked)
ON_KNOWN: Before = (KNOWN, (KNOWN_SEEN,), (answered("known", "Hello"),), (charged("known"),))
ONE_PART = Holds("SELECT count(*), count(message) FROM part", ((1, 1),))
AGAIN = f"(sent again after an outage)\n\n{ANSWER}"

# What becomes of a call whose answer never comes: its fault, once it is known of which method.
Loss = Callable[[str, int], Fault]
LOSSES: tuple[tuple[str, Loss], ...] = (
    ("the connection is cut", lambda method, nth: Fault(method, "lose_answer", nth=nth)),
    (
        "nothing comes",
        lambda method, nth: Fault(method, "delay", nth=nth, seconds=60.0, options={"after": True}),
    ),
    ("500 comes", lambda method, nth: Fault(method, "fail_after", nth=nth, status=500)),
    (
        "a page comes",
        lambda method, nth: Fault(
            method,
            "fail_after",
            nth=nth,
            status=200,
            body="<html>Back soon</html>",
            content_type="text/html",
        ),
    ),
    ("it never arrived", lambda method, nth: Fault(method, "cut", nth=nth)),
)


def _lost() -> tuple[Row, ...]:
    """F40 for each call that shows an answer, in its first, middle and last part."""
    # The message that only carries Stop is posted after the first text.
    places: tuple[tuple[str, str, int, tuple[Act, ...], str], ...] = (
        ("the beginning of a stream", START, 1, (), "yes"),
        ("the middle of a stream", APPEND, 2, (), ""),
        ("the end of a stream", STOP, 1, (), ""),
        ("a Stop message", POST, 1, (NO_AGENT,), "yes"),
        ("a post", POST, 1, KNOWN, "yes"),
        ("the middle of an answer", UPDATE, 1, KNOWN, ""),
        ("the last word of an answer", UPDATE, 2, KNOWN, ""),
    )
    rows = []
    for what, method, nth, before, resolved in places:
        for how, loss in LOSSES:
            fault = loss(method, nth)
            arrived = fault.action != "cut"
            counted = Counted("parts_resolved", 1, f'found="{"yes" if arrived else "no"}"')
            known = before is KNOWN
            rows.append(
                Row(
                    id="F40",
                    variant=f"{what}, {how}",
                    happens=f"Slack is sent {what}; {how}.",
                    acts=(
                        *before,
                        Script(SLACK_SCRIPT, fault),
                        Mention(MONAD),
                        Ended(),
                        # Until then a call that waits is not in the log.
                        Advance(60),
                    ),
                    met=(Called(method, mark=fault.action),),
                    sees=(shows("q", ANSWER), *([KNOWN_SEEN] if known else [])),
                    stored=(
                        answered(),
                        *([answered("known", "Hello")] if known else [ONE_PART]),
                        *([counted] if resolved else []),
                        no_streams_left(),
                    ),
                    ledger=(charged(), *([charged("known")] if known else [])),
                    world=SLACK,
                )
            )
    return tuple(rows)


POST_ROWS: tuple[Row, ...] = (
    *(
        Row(
            id="F34",
            variant=f"{code} on {method}",
            happens=f"A growing answer can no longer be changed: {method} says {code}.",
            acts=(*before, refused(method, code, nth=nth), Mention(BRIEF)),
            met=(Called(method, code=code),),
            sees=(shows("q", "{*}SIMULATED{*}", ANSWER),),
            stored=(answered(asked=BRIEF), no_streams_left()),
            ledger=(charged(),),
            world=SLACK,
        )
        for method, nth, before, codes in (
            (
                UPDATE,
                2,
                (NO_STREAMS,),
                ("message_not_found", "cant_update_message", "edit_window_closed"),
            ),
            (APPEND, 2, (), ("message_not_found", "message_not_owned_by_app")),
            (STOP, 1, (), ("message_not_found", "message_not_owned_by_app")),
        )
        for code in codes
    ),
    Row(
        id="F34",
        variant="nothing can ever be edited",
        happens="A workspace lets nobody edit what stands there for three seconds.",
        acts=(slack_setting("edit_window_ms", 3_000), NO_STREAMS, Mention(WHILE)),
        met=(Called(UPDATE, code="edit_window_closed", times=3),),
        # The beginning, one more that stopped growing, and the whole.
        sees=(shows("q", "{*}SIMULATED{*}", "{*}SIMULATED{*}", ANSWER),),
        stored=(answered(asked=WHILE), no_streams_left()),
        ledger=(charged(),),
        world=SLACK,
        instead="A second time no new message is begun before the answer is all there.",
    ),
    *(
        Row(
            id="F37",
            variant=variant,
            happens=f"Slack asks to wait {what}.",
            acts=(*before, *faults, Mention(WHILE), Writing(), Mention(MONAD, "next", place="q")),
            met=(Called(method, status=429, times=times), Called(method, status=200, most=99)),
            sees=(shows("q", ANSWER, ANSWER),),
            stored=(answered(asked=WHILE), answered("next"), no_streams_left()),
            ledger=(charged(), charged("next")),
            world=SLACK,
        )
        for variant, what, before, method, times, faults in (
            (
                "on a post",
                "30 s before the first message",
                (NO_STREAMS,),
                POST,
                1,
                (refused(POST, "ratelimited", retry_after=30),),
            ),
            (
                "on every third update",
                "at every third update",
                (NO_STREAMS,),
                UPDATE,
                3,
                tuple(refused(UPDATE, "ratelimited", nth=nth, retry_after=3) for nth in (3, 6, 9)),
            ),
            (
                "on every second append",
                "at every second append",
                (),
                APPEND,
                3,
                tuple(refused(APPEND, "ratelimited", nth=nth, retry_after=3) for nth in (2, 4, 6)),
            ),
            (
                "on a stop",
                "30 s with the last word",
                (),
                STOP,
                1,
                (refused(STOP, "ratelimited", retry_after=30),),
            ),
        )
    ),
    Row(
        id="F37",
        variant="when a stream begins",
        happens="Slack lets no more streams begin for 30 s.",
        acts=(
            refused(START, "ratelimited", retry_after=30),
            Mention(MONAD, "first"),
            Ended("first"),
            Mention(MONAD, "soon"),
            Ended("soon"),
            Advance(31),
            Mention(MONAD),
        ),
        met=(
            Called(START, status=429),
            Called(START, status=200),
            Called(UPDATE, status=200, times=2, most=9),
        ),
        sees=(shows("first", ANSWER), shows("soon", ANSWER), shows("q", ANSWER)),
        stored=(answered("first"), answered("soon"), answered(), no_streams_left()),
        ledger=(charged("first"), charged("soon"), charged()),
        world=SLACK,
        instead="Nobody waits for a stream: what cannot be streamed is posted and updated.",
    ),
    *(
        Row(
            id="F39",
            variant=f"{code} on {method}{', and so on' if times > 1 else ''}",
            happens=f"Slack does not understand what is shown: {method} says {code}.",
            acts=(*before, refused(method, code, times=times), Mention(MONAD)),
            met=(Called(method, code=code, times=times),),
            sees=(shows("q", ANSWER), *seen),
            stored=(answered(), *stored, no_streams_left()),
            ledger=(charged(), *booked),
            world=SLACK,
        )
        for code in (INVALID, EMPTY)
        for method, times, before, seen, stored, booked in (
            (STOP, 1, (), (), (), ()),
            (POST, 1, *ON_KNOWN),
            (UPDATE, 1, *ON_KNOWN),
            (UPDATE, 2, *ON_KNOWN),
        )
    ),
    *_lost(),
    Row(
        id="F40",
        variant="before the bot is killed",
        happens="A post's answer is lost, and the bot is killed before it looks.",
        acts=(
            met_with(START, "delay", seconds=9.0, options={"after": True}),
            Mention(MONAD),
            Advance(3),
            Kill(),
            Start(),
            Ended(),
            Advance(30),
        ),
        met=(Called(START, mark="delay"),),
        sees=(shows("q", ANSWER),),
        stored=(answered(), ONE_PART),
        ledger=(charged(),),
        world=SLACK,
    ),
    *(
        Row(
            id="F41",
            variant=f"{variant}, {code} {how}",
            happens=f"A post's answer is lost, and nobody may look: {code}, {how}.",
            acts=(
                *before,
                met_with(method, "lose_answer"),
                refused(LOOK, code, times=999, **rest),
                Mention(MONAD),
                *(Advance(wait) for wait in until),
                *heals,
                Ended(),
            ),
            met=(
                Called(method, effect="unacked"),
                Called(LOOK, code=code, times=looks, most=most),
            ),
            sees=(shows("q", *texts), *seen),
            stored=(answered(), *stored, no_streams_left()),
            ledger=(charged(), *booked),
            world=SLACK,
            instead=instead,
        )
        for variant, method, (before, seen, stored, booked) in (
            ("streamed", START, ((), (), (), ())),
            ("posted", POST, ON_KNOWN),
        )
        for code, rest in (
            ("ratelimited", {"retry_after": 60}),
            ("missing_scope", {"needed": "channels:history"}),
        )
        for how, until, heals, looks, most, texts, instead in (
            ("for a minute", (59,), (Heal(SLACK_SCRIPT),), 1, 6, (ANSWER,), ""),
            ("for ever", (590,), (), 10, 50, ("{*}", AGAIN), ""),
        )
    ),
)
