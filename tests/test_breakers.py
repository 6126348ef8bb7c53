"""Which refusals stop asking whom."""

from __future__ import annotations

import pytest

from bot.breakers import OPEN_SECONDS, Breakers
from bot.errors import BackendError, BackendFault

DEAR, CHEAP = "aimlapi:dear", "aimlapi:cheap"
REFUSED = BackendError(BackendFault.AUTH, status=401, of_account=True)
OF_MODEL = BackendError(BackendFault.FUNDS, status=429)


def is_asked(breakers: Breakers, model: str, now: float) -> bool:
    try:
        breakers.check("aimlapi", model, now)
    except BackendError:
        return False
    return True


def test_a_complaint_about_one_model_leaves_the_others_alone() -> None:
    breakers = Breakers()
    assert breakers.failed("aimlapi", DEAR, OF_MODEL, 0.0) == DEAR
    assert not is_asked(breakers, DEAR, 1.0)
    assert is_asked(breakers, CHEAP, 1.0)
    assert not breakers.is_open("aimlapi")
    breakers.worked("aimlapi", CHEAP)
    assert not is_asked(breakers, DEAR, 2.0)
    breakers.worked("aimlapi", DEAR)
    assert is_asked(breakers, DEAR, 2.0)


def test_a_complaint_about_the_account_stops_every_model_but_one_that_tries() -> None:
    breakers = Breakers()
    assert breakers.failed("aimlapi", DEAR, REFUSED, 0.0) == "aimlapi"
    assert breakers.is_open("aimlapi")
    later = OPEN_SECONDS + 1
    asked = [is_asked(breakers, model, now) for now in (1, later) for model in (DEAR, CHEAP)]
    assert asked == [False, False, True, False]


def test_what_is_not_asked_does_not_use_up_the_try_of_the_backend() -> None:
    breakers = Breakers()
    breakers.failed("aimlapi", DEAR, REFUSED, 0.0)
    breakers.failed("aimlapi", DEAR, OF_MODEL, 30.0)
    assert not is_asked(breakers, DEAR, 61.0)
    assert is_asked(breakers, CHEAP, 61.0)


@pytest.mark.parametrize(
    ("error", "closes"),
    [
        (BackendError(BackendFault.INVALID, status=400), True),
        (BackendError(BackendFault.BUSY, status=429), True),
        (BackendError(BackendFault.TIMEOUT, status=408, ambiguous=True), False),
        (BackendError(BackendFault.UPSTREAM, status=500), False),
        (BackendError(BackendFault.CUT), False),
    ],
)
def test_a_refusal_that_proves_the_key_closes_the_breaker(
    error: BackendError, closes: bool
) -> None:
    breakers = Breakers()
    breakers.failed("aimlapi", DEAR, REFUSED, 0.0)
    assert breakers.failed("aimlapi", CHEAP, error, 30.0) is None
    assert is_asked(breakers, DEAR, 31.0) is closes
