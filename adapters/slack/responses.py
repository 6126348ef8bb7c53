"""Tell a person something alone: by the address that came with what they did, else in the place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum, auto
from urllib.parse import urlsplit

import aiohttp
import structlog

from adapters.slack.blocks import Json, metadata
from adapters.slack.calls import Calls
from adapters.slack.invocations import Asker
from adapters.slack.messages import BAD_BLOCKS, QUIET
from adapters.slack.places import Place, read_place
from adapters.slack.texts import cut_escaped, neutralise, plain
from adapters.slack.views import markup
from bot.domain import InteractionRef
from bot.errors import PlatformError
from bot.ports import Clock, Meter
from bot.text import is_blank, show_moments

log = structlog.get_logger(__name__)

URL_SECONDS = 10.0
SLACK_HOST = "hooks.slack.com"
# https://docs.slack.dev/reference/block-kit/blocks/markdown-block
MOST_MARKDOWN = 11_000
# https://docs.slack.dev/reference/methods/chat.postEphemeral
MOST_PLAIN = 3_000
# The address leads nowhere (any more): other words would not either.
_CLOSED = (403, 404, 410)
# The message with the button stays as it is.
_ALONE = {
    "response_type": "ephemeral",
    "replace_original": False,
    "unfurl_links": False,
    "unfurl_media": False,
}


class _Fate(Enum):
    """What became of words: said, not taken as they are, or nobody there to take any."""

    SAID = auto()
    REFUSED = auto()
    CLOSED = auto()


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

    async def whisper(self, asker: Asker, text: str, rows: Sequence[Json] = ()) -> bool:
        """Tell the person alone, with `rows` of buttons; tell whether that was possible."""
        if is_blank(text):
            return False
        if await self.answer(asker.interaction, text, rows):
            return True
        return await self._in_place(asker, text, rows)

    async def answer(
        self, interaction: InteractionRef, text: str, rows: Sequence[Json] = ()
    ) -> bool:
        """Tell whoever did something alone, by the address that came with it; tell whether
        that was possible.

        It works for half an hour, where the bot is no member as well. Where Slack's answer was
        lost the words were most likely said: nothing is said twice.
        https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        url, lives = interaction.token, self._clock.now() < interaction.expires_at
        if not (url and lives and is_slack(url, self._hosts)):
            return False
        to = dict(_ALONE)
        if root := read_place(interaction.place).thread_ts:
            to["thread_ts"] = root
        for content in whispered(text, rows):
            fate = await self._respond(url, {**to, **content})
            outcome = "done" if fate is _Fate.SAID else "refused"
            self._meter.count("slack_calls", call="response_url", outcome=outcome)
            if fate is not _Fate.REFUSED:
                return fate is _Fate.SAID
        return False

    async def _respond(self, url: str, body: Mapping[str, object]) -> _Fate:
        try:
            async with (
                asyncio.timeout(URL_SECONDS),
                self._session.post(url, json=body, allow_redirects=False) as answer,
            ):
                said = await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL):
            return _Fate.CLOSED
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("answer lost", error=type(error).__name__)
            return _Fate.SAID
        if answer.status == 200 and not _says_no(said):
            return _Fate.SAID
        log.warning("words refused", status=answer.status, error=said[:100])
        return _Fate.CLOSED if answer.status in _CLOSED else _Fate.REFUSED

    async def reply(self, asker: Asker, thread: str, text: str, rows: Sequence[Json] = ()) -> bool:
        """Begin the thread of a direct message, which nobody else reads.

        There people look, and a word to one person is shown in no thread that has not begun:
        https://docs.slack.dev/reference/methods/chat.postEphemeral. The nonce is none of a
        turn's, so that no turn takes it for its own.
        """
        where = read_place(thread)
        named = metadata(f"reply {asker.interaction.id}")
        return await self._speak(
            asker, "chat.postMessage", where, text, rows, metadata=named, **QUIET
        )

    async def _in_place(self, asker: Asker, text: str, rows: Sequence[Json]) -> bool:
        """Speak in the thread, or the channel: https://docs.slack.dev/reference/methods/chat.postEphemeral."""
        if not asker.interaction.place:
            return False
        where = read_place(asker.interaction.place)
        return await self._speak(asker, "chat.postEphemeral", where, text, rows, user=asker.user)

    async def _speak(
        self,
        asker: Asker,
        method: str,
        where: Place,
        text: str,
        rows: Sequence[Json],
        **rest: object,
    ) -> bool:
        for content in whispered(text, rows):
            try:
                await self._calls.make(
                    asker.team,
                    method,
                    channel=where.channel,
                    thread_ts=where.thread_ts or None,
                    **content,
                    **rest,
                )
            except PlatformError as error:
                log.warning("not told", code=error.code, error=str(error))
                if error.code not in BAD_BLOCKS:
                    break
            else:
                return True
        return False


def is_slack(url: str, hosts: Collection[str]) -> bool:
    """Tell whether an address is Slack's: nobody is to be posted to because they say so."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return host in hosts or (host == SLACK_HOST and parts.scheme == "https")


def whispered(text: str, rows: Sequence[Json] = ()) -> tuple[Json, ...]:
    """Return the bodies to tell a text by, the best first: one that is refused leaves another.

    Each has a plain form, which in the first is for notifications. Moments are shown by the
    reader's clock, which only Slack's own markup can do.
    """
    said = show_moments(text, in_words)
    words = plain(said, MOST_PLAIN) or cut_escaped(said, MOST_PLAIN)
    if said == text:
        shown = [{"type": "markdown", "text": neutralise(text[:MOST_MARKDOWN])}]
    else:
        shown = dated(text)
    return {"text": words, "blocks": [*shown, *rows]}, {"text": cut_escaped(said, MOST_PLAIN)}


def dated(text: str) -> list[Json]:
    """Return Markdown as sections of Slack's own markup, moments by the reader's clock.

    What is a moment no words of a person or a model can be; `markup` escapes all of those.
    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    sections: list[list[str]] = [[]]
    room = MOST_PLAIN
    for line in text.split("\n"):
        # A line of ours is far shorter than a section may be.
        shown = show_moments(markup(line, MOST_PLAIN // 2), _date)[:MOST_PLAIN]
        room -= len(shown) + 1
        if room < 0:
            sections.append([])
            room = MOST_PLAIN - len(shown) - 1
        sections[-1].append(shown)
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)}}
        for lines in sections
        if any(lines)
    ]


def _date(ms: int) -> str:
    return f"<!date^{ms // 1000}^{{date_short_pretty}} at {{time}}|{in_words(ms)}>"


def in_words(ms: int) -> str:
    """Return a moment for readers whose clock nobody knows."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _says_no(said: bytes) -> bool:
    """Tell whether an answer that came with 200 is a refusal all the same."""
    try:
        answer = json.loads(said)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("ok") is False
