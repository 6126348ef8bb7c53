"""What a person is told of what was decided about their press, form or command. Pure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.errors import StoreError
from bot.events import Aside, Incoming, Verdict, goes_on_from_picture
from bot.ports import Decision

TAKEN = (Verdict.ADMITTED, Verdict.DONE)
_ASIDES: Mapping[Verdict, Aside] = {
    Verdict.DUPLICATE: Aside.ALREADY_DONE,
    Verdict.DENIED: Aside.NOT_YOURS,
    Verdict.RIGHTS_UNKNOWN: Aside.RIGHTS_UNKNOWN,
    Verdict.GONE: Aside.OVER,
    Verdict.AWAITED: Aside.AWAITED,
    Verdict.IGNORED: Aside.UNKNOWN_BUTTON,
}


def verdict_of(commit: asyncio.Future[Decision]) -> Verdict | None:
    """Return what was decided, None if it could not be stored."""
    try:
        return commit.result().verdict
    except StoreError:
        return None


def aside_of(event: Incoming, verdict: Verdict | None) -> Aside:
    """Return what the person is told of what was not done; None: it was not stored."""
    if verdict is Verdict.GONE and goes_on_from_picture(event):
        return Aside.PICTURE_GONE
    return _ASIDES.get(verdict, Aside.NOT_STORED) if verdict else Aside.NOT_STORED
