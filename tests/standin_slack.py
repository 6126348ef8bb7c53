"""Serve the stand-in Slack on a free port and connect the real slack_sdk and slack-bolt to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.playground.slack import SlackStandIn
from tests.virtual import VirtualClock, until

Json = dict[str, Any]


class Served:
    """A stand-in, its address, people, and the real client."""

    def __init__(self, standin: SlackStandIn, http: aiohttp.ClientSession) -> None:
        self.standin = standin
        self.http = http
        self.people, self.world = standin.people, standin.world
        self.settings = standin.settings
        self.client = self.client_of(standin.bot_token)
        self.ada, self.ben = self.people.find("ada"), self.people.find("ben")
        self.general = self.people.channel("general")
        self.mention = self.people.mention()

    def client_of(self, token: str) -> AsyncWebClient:
        """Return a client with another token."""
        url = self.standin.api_url(self.standin.origin)
        return AsyncWebClient(token, base_url=url, session=self.http, retry_handlers=[])

    @property
    def team(self) -> str:
        """Return the first workspace."""
        return next(iter(self.world.teams))

    @property
    def channel(self) -> str:
        """Return the id of #general."""
        return self.general.split("/")[1]

    def user(self, person: str) -> str:
        """Return a person's id."""
        return person.split("/")[1]

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call a method with a body of JSON and return the answer."""
        answer = await self.client.api_call(method, json=arguments)
        assert isinstance(answer.data, dict)
        return answer.data

    async def refused(self, method: str, **arguments: Any) -> str:
        """Call a method that must be refused and return Slack's word for why."""
        error = await self.refusal(method, **arguments)
        word: str = error.response["error"]
        return word

    async def refusal(self, method: str, **arguments: Any) -> SlackApiError:
        """Call a method that must be refused."""
        try:
            answer = await self.client.api_call(method, json=arguments)
        except SlackApiError as error:
            return error
        raise AssertionError(f"{method} was not refused: {answer.data!r}")

    async def post(self, text: str = "hello", **rest: Any) -> str:
        """Post a message of the app's to #general and return its ts."""
        answer = await self.call("chat.postMessage", channel=self.channel, text=text, **rest)
        return str(answer["ts"])

    async def start_stream(self, thread: str, **rest: Any) -> str:
        """Start a stream for Ada in a thread of #general and return its ts."""
        found = {
            "channel": self.channel,
            "thread_ts": thread,
            "recipient_user_id": self.user(self.ada),
            "recipient_team_id": self.team,
        }
        return str((await self.call("chat.startStream", **{**found, **rest}))["ts"])

    def shown(self, ts: str) -> Json:
        """Return a message of #general as Ada sees it."""
        return self.people.message(self.ada, self.general, ts)

    def events(self, *kinds: str) -> list[Json]:
        """Return the events that were sent (each attempt), of some types or of all."""
        return [
            entry.request["event"]
            for entry in self.standin.history.entries
            if entry.route.startswith("event:")
            and (not kinds or entry.request["event"]["type"] in kinds)
        ]

    def attempts(self) -> list[tuple[str, str]]:
        """Return (route, effect) of all attempts to deliver an event."""
        return [
            (entry.route, entry.effect)
            for entry in self.standin.history.entries
            if entry.route.startswith("event:")
        ]


class App:
    """A real Bolt app; every event, command, action and view is kept, in order."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.bolt = AsyncApp(client=served.client, signing_secret=served.standin.signing_secret)
        self.got: list[Json] = []
        self.retries: list[str] = []
        self._handlers: list[Any] = []

        @self.bolt.middleware
        async def keep(body: Json, req: Any, next: Any) -> None:
            self.got.append(body)
            self.retries += req.headers.get("x-slack-retry-num", [])
            await next()

    def listen(self) -> None:
        """Ack everything that nothing else has taken."""

        async def take(ack: Any) -> None:
            await ack()

        self.bolt.event(re.compile(".*"))(take)

    async def connect(self, count: int = 1) -> None:
        """Open Socket Mode connections."""
        for _ in range(count):
            handler: Any = AsyncSocketModeHandler(self.bolt, self.served.standin.app_token)
            await handler.connect_async()
            self._handlers.append(handler)
        await until(lambda: self.served.standin.sockets.count == count)

    async def close(self) -> None:
        """Close the connections."""
        for handler in self._handlers:
            await handler.close_async()
        self._handlers = []

    def of(self, kind: str) -> list[Json]:
        """Return the inner events of a type, or the payloads of one."""
        inner = [body["event"] for body in self.got if "event" in body]
        outer = [body for body in self.got if "event" not in body]
        return [one for one in [*inner, *outer] if one.get("type") == kind]

    async def wait(self, predicate: Callable[[], object]) -> None:
        """Wait until something is so."""
        await until(predicate)


@asynccontextmanager
async def serve(folder: Path | None = None, **options: Any) -> AsyncIterator[Served]:
    """Serve a stand-in on the running loop's time."""
    standin = SlackStandIn(VirtualClock().now, folder, prefix="/slack", **options)
    root = web.Application()
    root.add_subapp("/slack", standin.app)
    runner = web.AppRunner(root, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    standin.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as http:
        try:
            yield Served(standin, http)
        finally:
            await runner.cleanup()


@asynccontextmanager
async def bolt(served: Served, connections: int = 1) -> AsyncIterator[App]:
    """Run a Bolt app on Socket Mode."""
    app = App(served)
    await app.connect(connections)
    try:
        yield app
    finally:
        await app.close()
        await asyncio.sleep(0)
