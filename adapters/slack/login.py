"""Learn who the bot is: its workspace, and its two ids there."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from adapters.slack.calls import Calls
from adapters.slack.failures import REVOKED
from bot.errors import ConfigError, PlatformError, Throttled
from bot.ports import Clock

log = structlog.get_logger(__name__)

LONGEST_PAUSE_SECONDS = 30.0
_REFUSED = REVOKED | {"not_allowed_token_type", "token_expired"}


@dataclass(frozen=True, slots=True)
class Login:
    """Who a token speaks as: the workspace, the user, and the bot that messages name."""

    team: str
    user: str
    bot: str


async def log_in(calls: Calls, clock: Clock) -> Login:
    """Ask until Slack says who we are. Raises `ConfigError` if it refuses the token.

    https://docs.slack.dev/reference/methods/auth.test
    """
    pause = 1.0
    while True:
        try:
            found = await calls.make("", "auth.test")
        except PlatformError as error:
            if error.code in _REFUSED:
                raise ConfigError(
                    [
                        f"SLACK_BOT_TOKEN is refused by Slack ({error.code}); it is the bot"
                        " token (xoxb-...) of an app that is installed"
                    ]
                ) from error
            log.warning("not logged in to Slack", code=error.code, error=str(error))
            wait = error.retry_after if isinstance(error, Throttled) else pause
            await clock.sleep(max(wait, pause))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            continue
        names = (str(found.get(name) or "") for name in ("team_id", "user_id", "bot_id"))
        return Login(*names)
