"""Discord and Slack, each with its adapter at work, as the contract wants to see a platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from aiohttp import web

from adapters.fetch import Fetcher
from adapters.playground.discord import DiscordStandIn, buckets
from adapters.playground.faults import Fault
from adapters.playground.slack import SlackStandIn, problems
from adapters.slack.client import SlackPlatform
from bot.notices import ASIDES
from bot.ports import Platform
from tests.discord_desk import Desk, Inbox, MarkStore, Tally
from tests.evidence import World
from tests.folk_discord import DiscordFolk
from tests.folk_slack import SlackFolk
from tests.form_clerk import FormClerk
from tests.platform_steps import Mishap, Verb
from tests.slack_api import Clerk
from tests.slack_calls import Watch
from tests.virtual import VirtualClock, until

# discord.py waits by itself for up to half a minute.
WAIT_SECONDS = 40


class DiscordStage:
    """discord.py against the stand-in Discord."""

    _ROUTES: ClassVar = {
        Verb.POST: "POST /channels/{channel_id}/messages",
        Verb.EDIT: "PATCH /channels/{channel_id}/messages/{message_id}",
        Verb.DELETE: "DELETE /channels/{channel_id}/messages/{message_id}",
        Verb.LOOK: "GET /channels/{channel_id}/messages",
    }

    def __init__(self, desk: Desk, platform: Platform, clerk: Clerk) -> None:
        self.platform = platform
        self.inbox = desk.inbox
        self.clerk = clerk
        self.folk = DiscordFolk(desk.standin)
        self._standin: DiscordStandIn = desk.standin

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[DiscordStage]:
        """Start everything, and end it again."""
        clerk = Clerk()
        async with Desk() as desk:
            yield cls(desk, await desk.start(commands=clerk), clerk)

    def look(self) -> World:
        return self.folk.look(self._standin.history.entries)

    def calls(self) -> int:
        return len(self._standin.history.entries)

    def script(self, verb: Verb, mishap: Mishap) -> Fault:
        route = self._ROUTES[verb]
        if mishap is Mishap.THROTTLED:
            return self._standin.faults.add(buckets.throttle(route, WAIT_SECONDS))
        return self._standin.faults.add(Fault(route, _action(mishap)))

    def shut(self, place: str) -> None:
        channel = self._standin.world.channels[place]
        denied = ("send_messages", "send_messages_in_threads")
        self._standin.world.deny_bot(channel.parent or place, *denied)

    def say_as_bot(self, place: str, text: str) -> None:
        world = self._standin.world
        author = {"id": world.new_id(), "username": "other", "discriminator": "0", "bot": True}
        told = self._last_told()
        mention = self._standin.people.mention()
        said = {"id": world.new_id(), "channel_id": place, "content": f"{mention} {text}"}
        event = {**told, **said, "author": author | {"avatar": None, "global_name": None}}
        self._standin.gateway.send_event("MESSAGE_CREATE", event)

    def tell_again(self) -> None:
        self._standin.gateway.send_event("MESSAGE_CREATE", self._last_told())

    def _last_told(self) -> dict[str, Any]:
        return dict(list(self._standin.history.of("event:MESSAGE_CREATE"))[-1].answer)


class SlackStage:
    """slack-bolt against the stand-in Slack, by Socket Mode or over HTTP."""

    _METHODS: ClassVar = {
        Verb.POST: "chat.postMessage",
        Verb.EDIT: "chat.update",
        Verb.DELETE: "chat.delete",
        Verb.LOOK: "conversations.replies",
    }

    def __init__(
        self, standin: SlackStandIn, platform: SlackPlatform, inbox: Inbox, clerk: Clerk
    ) -> None:
        self.platform: Platform = platform
        self.inbox = inbox
        self.clerk = clerk
        self.folk = SlackFolk(standin)
        self._standin = standin

    @classmethod
    @asynccontextmanager
    async def open(cls, transport: str = "socket") -> AsyncIterator[SlackStage]:
        """Start everything, and end it again; no call may break Slack's rules."""
        clock, tally, clerk, inbox = VirtualClock(), Tally(), Clerk(), Inbox()
        standin, watch, fetcher = SlackStandIn(clock.now), Watch(), Fetcher(tally)
        standin.history.watchers.append(watch)
        standin.settings.transport = transport
        async with _served(standin.app) as standin.origin:
            by_socket = transport == "socket"
            platform = SlackPlatform(
                bot_token=standin.bot_token,
                app_token=standin.app_token if by_socket else None,
                signing_secret=standin.signing_secret,
                api_base=standin.api_url(standin.origin),
                intake=inbox,
                store=MarkStore(),
                commands=clerk,
                forms=FormClerk(),
                sentences=ASIDES,
                fetcher=fetcher,
                clock=clock,
                meter=tally,
            )
            surface = web.Application()
            surface.add_routes(platform.routes())
            async with _served(surface) as origin:
                standin.settings.request_url = f"{origin}/slack/events"
                running = asyncio.create_task(platform.run())
                try:
                    await until(lambda: platform.ready, within=30)
                    yield cls(standin, platform, inbox, clerk)
                finally:
                    await platform.close()
                    await running
                    await fetcher.close()
        assert not watch.violations, watch.violations

    def look(self) -> World:
        return self.folk.look(self._standin.history.entries)

    def calls(self) -> int:
        return len(self._standin.history.entries)

    def script(self, verb: Verb, mishap: Mishap) -> Fault:
        method = self._METHODS[verb]
        if mishap is Mishap.THROTTLED:
            refused = problems.refuse(method, "ratelimited", retry_after=WAIT_SECONDS)
            return self._standin.faults.add(refused)
        return self._standin.faults.add(Fault(method, _action(mishap)))

    def shut(self, place: str) -> None:
        self._standin.people.restrict(place)

    def say_as_bot(self, place: str, text: str) -> None:
        people = self._standin.people
        people.say_as_bot(people.find("weatherbot"), place, f"{people.mention()} {text}")

    def tell_again(self) -> None:
        self._standin.deliveries.resend(list(self._standin.deliveries.sent)[-1])


@asynccontextmanager
async def _served(app: web.Application) -> AsyncIterator[str]:
    """Serve on a free port of loopback; yields the origin."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site.name
    finally:
        await runner.cleanup()


def _action(mishap: Mishap) -> str:
    return {Mishap.LOST: "lose_answer", Mishap.CUT: "cut"}[mishap]
