"""Tell a person something alone: by the address that came with what they did, else in the place."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from urllib.parse import urlsplit

import aiohttp
import structlog

from adapters.slack.calls import Calls
from adapters.slack.invocations import Asker
from adapters.slack.places import read_place
from adapters.slack.texts import neutralise, plain
from bot.errors import PlatformError
from bot.ports import Clock, Meter
from bot.text import is_blank

log = structlog.get_logger(__name__)

URL_SECONDS = 10.0
SLACK_HOST = "hooks.slack.com"
# https://docs.slack.dev/reference/block-kit/blocks/markdown-block
MOST_MARKDOWN = 11_000
# https://docs.slack.dev/reference/methods/chat.postEphemeral
MOST_PLAIN = 3_000
# The message with the button stays as it is.
_ALONE = {
    "response_type": "ephemeral",
    "replace_original": False,
    "unfurl_links": False,
    "unfurl_media": False,
}


class Responses:
    """Speak to one person. A `response_url` is only used at `hosts`, Slack's own aside."""

    def __init__(
        self,
        calls: Calls,
        session: aiohttp.ClientSession,
        clock: Clock,
        meter: Meter,
        hosts: Collection[str] = (),
    ) -> None:
        self._calls = calls
        self._session = session
        self._clock = clock
        self._meter = meter
        self._hosts = frozenset(hosts)

    async def whisper(self, asker: Asker, text: str) -> bool:
        """Tell the person alone; tell whether that was possible."""
        if is_blank(text):
            return False
        if await self._by_url(asker, text):
            return True
        return await self._in_place(asker, text)

    async def _by_url(self, asker: Asker, text: str) -> bool:
        """Speak by a response_url, which works where the bot is no member.

        Where the answer was lost it was most likely said: nothing is said twice.
        https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        url, lives = asker.interaction.token, self._clock.now() < asker.interaction.expires_at
        if not (url and lives and is_slack(url, self._hosts)):
            return False
        body = {**_ALONE, **whispered(text)}
        if root := read_place(asker.interaction.place).thread_ts:
            body["thread_ts"] = root
        try:
            async with (
                asyncio.timeout(URL_SECONDS),
                self._session.post(url, json=body, allow_redirects=False) as answer,
            ):
                await answer.read()
                said = answer.status == 200
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL):
            said = False
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("answer lost", error=type(error).__name__)
            said = True
        self._meter.count("slack_calls", call="response_url", outcome="done" if said else "refused")
        return said

    async def _in_place(self, asker: Asker, text: str) -> bool:
        """Speak in the thread, or the channel: https://docs.slack.dev/reference/methods/chat.postEphemeral."""
        if not asker.interaction.place:
            return False
        where = read_place(asker.interaction.place)
        try:
            await self._calls.make(
                asker.team,
                "chat.postEphemeral",
                channel=where.channel,
                user=asker.user,
                thread_ts=where.thread_ts or None,
                **whispered(text),
            )
        except PlatformError as error:
            log.warning("not told", code=error.code, error=str(error))
            return False
        return True


def is_slack(url: str, hosts: Collection[str]) -> bool:
    """Tell whether an address is Slack's: nobody is to be posted to because they say so."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return host in hosts or (host == SLACK_HOST and parts.scheme == "https")


def whispered(text: str) -> dict[str, object]:
    """Return a text as a message's body, with a plain form for notifications."""
    return {
        "text": plain(text, MOST_PLAIN),
        "blocks": [{"type": "markdown", "text": neutralise(text[:MOST_MARKDOWN])}],
    }
