"""Services that refuse: busy, the bot turned away, no such model, and echoes of what was sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from adapters.playground.aimlapi import CHAT
from adapters.playground.segmind import STATUS, SUBMIT, SYNC
from tests.fault_acts import Advance, Ended, Mention
from tests.fault_rows import (
    ANSWER,
    Counted,
    Holds,
    Row,
    World,
    answered,
    charged,
    released,
    shows,
    unreserved,
)
from tests.fault_services import (
    AIMLAPI,
    BUSY,
    INVALID,
    NO_MODEL,
    QUEUED,
    UPSTREAM,
    WHOLE,
    asked,
    ill,
    name_admin,
    refuse,
    series,
    speak,
    told,
    well,
)
from tests.standins import KEY as MODEL_KEY
from tests.standins import SEGMIND_KEY

AIMLAPI_MODEL = "aimlapi:openai/gpt-5-mini-2025-08-07"
SEGMIND_MODEL = "segmind:gpt-5.4-mini"

# What a service asks to be waited for, sense or nonsense, and the longest that is waited.
WAITS = (
    ("without Retry-After", None, 12),
    ("Retry-After 2", "2", 12),
    ("Retry-After 86400", "86400", 75),
    ("Retry-After -1", "-1", 10),
    ("Retry-After soon", "soon", 12),
)
ONE_STEP = "What was tried within one call is no row: a step is one call, and its last word counts."

BUSY_ROWS = (
    *(
        series(
            "F48",
            f"{name} {status}",
            f"{name} answers {status} twice to each of several questions, then answers them.",
            *(
                well(
                    said,
                    refuse(route, status, times=2, headers={"Retry-After": wait} if wait else {}),
                    within=within + 10,
                )
                for said, wait, within in waits
            ),
            met=(asked(route, 2 * len(waits), status), asked(route, len(waits))),
            world=world,
            instead=ONE_STEP,
        )
        for name, route, world, status, waits in (
            ("AI/ML", CHAT, AIMLAPI, 429, WAITS),
            ("AI/ML", CHAT, AIMLAPI, 503, WAITS[:2]),
            ("Segmind", SUBMIT, QUEUED, 429, WAITS[2:4]),
            ("Segmind", SUBMIT, QUEUED, 503, WAITS[4:]),
        )
    ),
    *(
        series(
            "F48",
            f"{name} for ever",
            f"{name} answers {' and '.join(map(str, statuses))} whatever is tried.",
            *(
                ill(
                    str(status),
                    refuse(route, status, times=3),
                    sentence=BUSY,
                    error="busy",
                    slow=True,
                )
                for status in statuses
            ),
            met=tuple(asked(route, 3, status) for status in statuses),
            world=world,
            instead=ONE_STEP,
        )
        for name, route, world, statuses in (
            ("AI/ML", CHAT, AIMLAPI, (429, 503)),
            ("Segmind v2", SUBMIT, QUEUED, (429,)),
            ("Segmind v1", SYNC, WHOLE, (503,)),
        )
    ),
    series(
        "F48",
        "Segmind polls",
        "Segmind answers six polls of each job with 429 or 503.",
        *(well(str(status), refuse(STATUS, status, times=6), within=60) for status in (429, 503)),
        met=(asked(STATUS, 6, 429), asked(STATUS, 6, 503), asked(SUBMIT, 2)),
        world=QUEUED,
        instead="A poll costs nothing, so it is repeated until the deadline, not three times.",
    ),
)

# --- the bot itself is turned away --------------------------------------------------------------

WERE_TOLD = "Nothing was charged. The people who run this bot were told; press Retry in a while."
KEY = "The bot's key was not accepted by the model service."
FUNDS = "The bot's account at the model service needs attention (credit or limits)."


@dataclass(frozen=True)
class Away:
    """How a service turns the bot away."""

    status: int
    body: Any
    what: str
    error: str
    name: str = "AI/ML"
    route: str = CHAT
    world: World = AIMLAPI

    def row(self) -> Row:
        """Return a row in which it does, and later lets the bot in again."""
        backend = "aimlapi" if self.route == CHAT else "segmind"
        alert = (
            f"{self.what} The service is `{backend}`; people who ask it get no answer and are "
            "not charged. Check its key and its account; I try again every minute by myself."
        )
        notice = f"{self.what} {WERE_TOLD}"
        gone = ill("", sentence=notice, error=self.error)
        return Row(
            id="F49",
            variant=f"{self.name} {self.status} {self.error}",
            happens=(
                f"{self.name} answers {self.status}; another question comes at once, "
                "a third one a minute later."
            ),
            acts=(
                name_admin,
                refuse(self.route, self.status, self.body),
                Mention("Question 1?", "first"),
                Ended("first", within=10),
                Mention("Question 2?", "soon"),
                Ended("soon", within=10),
                Advance(61),
                Mention("Question 3?", "later"),
                Ended("later", within=30),
            ),
            # For a minute the breaker lets nothing pass, then one to try.
            met=(asked(self.route, 1, self.status), asked(self.route)),
            sees=(
                shows("first", told(notice)),
                shows("soon", told(notice)),
                shows("later", ANSWER),
                shows("dm", alert),
            ),
            stored=(
                replace(gone, name="first").turn("Question 1?"),
                replace(gone, name="soon").turn("Question 2?"),
                answered("later", "Question 3?"),
                Holds("SELECT count(*) FROM alert", ((0,),)),
            ),
            ledger=(released("first"), unreserved("soon"), charged("later")),
            world=self.world,
        )


NO_FUNDS = {"message": "You have run out of funds. Please top up your balance."}
NO_CREDITS = {"error": "Insufficient credits: have 0.0001, need 0.0102"}
REJECTED = {"error": "key rejected"}
ACCOUNT_ROWS = (
    Away(401, None, KEY, "auth").row(),
    Away(402, None, FUNDS, "funds").row(),
    Away(403, None, KEY, "auth").row(),
    Away(403, NO_FUNDS, FUNDS, "funds").row(),
    Away(401, REJECTED, KEY, "auth", "Segmind", SUBMIT, QUEUED).row(),
    Away(406, NO_CREDITS, FUNDS, "funds", "Segmind", SUBMIT, QUEUED).row(),
)

# --- no such model ------------------------------------------------------------------------------

RETIRED = {"error": "model has been retired"}
NOT_PERMITTED = {"error": "model not permitted for this account"}
TO_SEGMIND = {"FALLBACK_MODEL": "segmind:gpt-5.4-mini"}
TO_AIMLAPI = {**QUEUED.settings, "FALLBACK_MODEL": "aimlapi:openai/gpt-5-mini-2025-08-07"}
NO_FLAG = "Each question tries the chosen model first: the model's page may be back any moment."
MODEL_ROWS = (
    *(
        series(
            "F61",
            f"{name} alone",
            f"{name} does not have the model any more, and no other one is set.",
            *(
                ill(
                    f"{status}",
                    refuse(route, status, body),
                    sentence=NO_MODEL,
                    error="no_model",
                )
                for status, body in bodies
            ),
            met=tuple(asked(route, 1, status) for status, _ in bodies),
            world=world,
            instead=NO_FLAG,
        )
        for name, route, world, bodies in (
            (
                "AI/ML",
                CHAT,
                AIMLAPI,
                ((404, None), (400, {"error": {"message": "x", "code": "model_not_found"}})),
            ),
            ("Segmind", SUBMIT, QUEUED, ((410, RETIRED), (403, NOT_PERMITTED))),
        )
    ),
    *(
        series(
            "F61",
            f"{name} with another",
            f"{name} does not have the model any more; another one is set to answer then.",
            well(
                "gone",
                refuse(route, status, body),
                note=f"(answered by `{other}`: the model `{wanted}` is not available)",
            ),
            met=(asked(route, 1, status), asked(answers, 1)),
            world=World(segmind=True, settings=settings),
            stored=(
                Holds("SELECT model, state FROM step", ((other, "stored"),)),
                Counted("requests_mended", 1, 'fault="no_model"'),
            ),
            instead=NO_FLAG,
        )
        for name, route, status, body, answers, wanted, other, settings in (
            ("AI/ML", CHAT, 404, None, SUBMIT, AIMLAPI_MODEL, SEGMIND_MODEL, TO_SEGMIND),
            ("Segmind", SUBMIT, 410, RETIRED, CHAT, SEGMIND_MODEL, AIMLAPI_MODEL, TO_AIMLAPI),
        )
    ),
    series(
        "F61",
        "both",
        "Neither the model nor the one that is set to answer instead is there any more.",
        ill(
            "gone",
            refuse(CHAT, 404),
            refuse(SUBMIT, 410, RETIRED),
            sentence=NO_MODEL,
            error="no_model",
        ),
        met=(asked(CHAT, 1, 404), asked(SUBMIT, 1, 410)),
        world=World(segmind=True, settings=TO_SEGMIND),
        instead=NO_FLAG,
    ),
)

# --- echoes -------------------------------------------------------------------------------------

SECRET = "Tell nobody, in no log and no notice, that the cellar door is green."


def echo(key: str) -> str:
    """Return words that hold our key, whole and in part, and what was asked."""
    return f"Incorrect key {key} (Bearer {key[:14]}***), while answering '{SECRET}'"


ECHO_ROWS = (
    series(
        "F66",
        "AI/ML",
        "AI/ML API repeats the bot's key and the question in its refusals, and inside a stream.",
        *(
            ill(
                f"{status}",
                refuse(CHAT, status, {"error": {"message": echo(MODEL_KEY)}}),
                asks=SECRET,
                sentence=sentence,
                error=error,
            )
            for status, sentence, error in (
                (400, INVALID, "invalid"),
                (422, INVALID, "invalid"),
                (500, UPSTREAM, "upstream"),
            )
        ),
        ill(
            "stream",
            speak(error_after=0, error={"message": echo(MODEL_KEY), "code": "server_error"}),
            asks=SECRET,
            sentence=UPSTREAM,
            error="upstream",
        ),
        met=(asked(CHAT, 1, 400), asked(CHAT, 1, 422), asked(CHAT, 1, 500), asked(CHAT)),
    ),
    series(
        "F66",
        "Segmind",
        "Segmind repeats the bot's key and the question in a refusal, and as a job fails.",
        ill(
            "400",
            refuse(SUBMIT, 400, {"error": echo(SEGMIND_KEY)}),
            asks=SECRET,
            sentence=INVALID,
            error="invalid",
        ),
        ill(
            "failed",
            refuse(STATUS, 422, {"status": "FAILED", "error": echo(SEGMIND_KEY)}),
            asks=f"{SECRET} Again.",
            sentence=UPSTREAM,
            error="upstream",
            slow=True,
        ),
        met=(asked(SUBMIT, 1, 400), asked(STATUS, 1, 422)),
        world=QUEUED,
    ),
)

REFUSAL_ROWS: tuple[Row, ...] = (*BUSY_ROWS, *ACCOUNT_ROWS, *MODEL_ROWS, *ECHO_ROWS)
