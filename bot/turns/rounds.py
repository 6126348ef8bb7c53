"""What is done again and again beside the turns, whatever a single round comes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from bot.errors import StoreError
from bot.ports import Clock

log = structlog.get_logger(__name__)


async def repeat(
    clock: Clock, seconds: float, look: Callable[[], Awaitable[None]], failed: str
) -> NoReturn:
    """Look now, and then every so many seconds, for ever.

    A round that fails is logged under `failed`, and the next one comes all the same: nobody
    would notice that limits, alarms or deletions are no longer looked after.
    """
    while True:
        try:
            await look()
        except StoreError as error:
            log.error(failed, error=str(error))
        except Exception:
            log.exception(failed)
        await clock.sleep(seconds)
