"""A scripted Slack of a few methods, and a Slack adapter that hears by it.

Where the stand-in plays Slack as it is, this one says whatever a test wants said, at once or
after a while, and keeps what it was asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from adapters.fetch import Fetcher
from adapters.slack.client import SlackPlatform
from adapters.slack.endpoint import PATH
from adapters.web.surface import Surface
from bot.events import File
from bot.notices import ASIDES
from bot.ports import Command, CommandCall, CommandReply, Spoken
from tests.discord_desk import TABLE, Inbox, MarkStore, Tally
from tests.form_clerk import FormClerk
from tests.virtual import VirtualClock, until

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, BOT_USER, BOT = "T1", "UBOT", "BBOT"
TS = "1767225600.000100"

EDIT = Command("edit-image", "Edit a picture", opens=True)
Reply = Mapping[str, Any] | Callable[[dict[str, Any]], Any]


def person(name: str, **rest: Any) -> dict[str, Any]:
    """Return what users.info says of somebody."""
    return {"user": {"name": name, "team_id": TEAM, "profile": {"display_name": name}, **rest}}


class SlackApi:
    """Answer calls by `replies`, keep them in `calls`; open sockets and keep what they say."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.whispers: list[tuple[str, dict[str, Any]]] = []
        self.replies: dict[str, Reply] = {
            "auth.test": {"team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT},
            "users.info": lambda args: person(f"name of {args['user']}"),
            "apps.connections.open": lambda args: {"url": self._socket_url()},
        }
        self.sockets: list[web.WebSocketResponse] = []
        self.opened = 0
        self.acks: list[dict[str, Any]] = []
        self.whisper_status = 200
        # What the next words to one person are answered, before `whisper_status` again.
        self.whisper_answers: list[tuple[int, str]] = []
        self.origin = ""

    async def start(self) -> None:
        """Listen on a loopback port."""
        app = web.Application()
        app.router.add_post("/api/{method}", self._call)
        app.router.add_post("/response/{name}", self._whisper)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = site.name

    async def close(self) -> None:
        """Stop listening."""
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()

    def asked(self, method: str) -> list[dict[str, Any]]:
        """Return the arguments of each call of a method."""
        return [arguments for name, arguments in self.calls if name == method]

    def response_url(self, name: str = "r1") -> str:
        """Return an address for words to one person."""
        return f"{self.origin}/response/{name}"

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            arguments = await request.json()
        else:
            arguments = {**await request.post()}
        self.calls.append((method, arguments))
        reply = self.replies.get(method, {})
        answer = reply(arguments) if callable(reply) else reply
        if asyncio.iscoroutine(answer):
            answer = await answer
        return web.json_response({"ok": "error" not in answer, **answer})

    async def _whisper(self, request: web.Request) -> web.Response:
        self.whispers.append((request.match_info["name"], await request.json()))
        known = self.whisper_answers
        status, text = known.pop(0) if known else (self.whisper_status, "ok")
        return web.Response(status=status, text=text)

    # --- sockets

    def _socket_url(self) -> str:
        return self.origin.replace("http", "ws", 1) + "/socket?ticket=secret-ticket"

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        self.opened += 1
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        async for message in socket:
            self.acks.append(json.loads(message.data))
        self.sockets.remove(socket)
        return socket

    async def send(self, payload: Any, at: int = 0, **rest: Any) -> str:
        """Send a payload by one of the sockets and return its envelope's id."""
        envelope = f"e{len(self.acks)}-{id(payload)}"
        kind = "events_api" if payload.get("type") == "event_callback" else "interactive"
        body = {"type": kind, "envelope_id": envelope, "payload": payload, **rest}
        await self.sockets[at].send_json(body)
        return envelope

    def acked(self, envelope: str) -> dict[str, Any] | None:
        """Return how an envelope was acknowledged."""
        return next((ack for ack in self.acks if ack["envelope_id"] == envelope), None)


class Clerk:
    """Run commands: note the calls and say `says`. Words are `name option:value ...`."""

    def __init__(self) -> None:
        self.table: Sequence[Command] = (*TABLE, EDIT)
        self.calls: list[CommandCall] = []
        self.says = "done"
        self.files: tuple[File, ...] = ()
        self.confirm = ""
        self.fails = False

    def parse(self, words: str) -> Spoken | str:
        """See `bot.ports.Commands`."""
        name, _, rest = words.partition(" ")
        command = next((each for each in self.table if each.name == name), None)
        if command is None:
            return f"usage, not {words!r}"
        pairs = [word.split(":", 1) for word in rest.split() if ":" in word]
        prompt = " ".join(word for word in rest.split() if ":" not in word)
        return Spoken(command, {**dict(pairs), **({"prompt": prompt} if prompt else {})})

    def recognise(self, words: str) -> Spoken | str | None:
        """See `bot.ports.Commands`."""
        if words.startswith("/"):
            return self.parse(words[1:])
        known = words in ("settings", "help") or words.startswith(EDIT.name)
        return self.parse(words) if known else None

    async def run(self, call: CommandCall) -> CommandReply:
        """See `bot.ports.Commands`."""
        self.calls.append(call)
        if self.fails:
            raise RuntimeError("broken")
        return CommandReply(self.says, self.files, self.confirm)

    async def complete(self, call: CommandCall, option: str, typed: str) -> list[tuple[str, str]]:
        """See `bot.ports.Commands`."""
        return []

    async def home(self, call: CommandCall) -> Sequence[str]:
        """See `bot.ports.Commands`."""
        self.calls.append(call)
        return ["**Hello**", "- you may"]


class Desk:
    """A scripted Slack, and one adapter that hears by HTTP (behind the real surface) or sockets."""

    def __init__(self, *, by_socket: bool = False, **options: Any) -> None:
        self.clock = VirtualClock()
        self.api = SlackApi()
        self.inbox = Inbox()
        self.memos = MarkStore()
        self.tally = Tally()
        self.clerk = Clerk()
        self.forms = FormClerk()
        self.fetcher = Fetcher(self.tally)
        self.by_socket = by_socket
        self.options = options
        self.ready = 0

    async def __aenter__(self) -> Desk:
        await self.api.start()
        await self.begin()
        if self.options.get("wait", True):
            await until(lambda: self.platform.ready and self.ready, within=30)
        return self

    async def begin(self) -> None:
        """Make the adapter and let it run."""
        hearing = {"app_token": "xapp-1"} if self.by_socket else {"signing_secret": SECRET}
        given: dict[str, Any] = {
            "bot_token": "xoxb-1",
            "api_base": f"{self.api.origin}/api",
            "intake": self.inbox,
            "store": self.memos,
            "commands": self.clerk,
            "forms": self.forms,
            "sentences": ASIDES,
            "fetcher": self.fetcher,
            "clock": self.clock,
            "meter": self.tally,
            "on_ready": self._count_ready,
            **hearing,
            **{name: value for name, value in self.options.items() if name != "wait"},
        }
        self.platform = SlackPlatform(**given)
        self.surface = Surface(
            "127.0.0.1",
            0,
            _Silent(),
            self.platform.problems,
            clock=self.clock,
            routes=self.platform.routes(),
        )
        await self.surface.start()
        self.http = aiohttp.ClientSession()
        self.running = asyncio.create_task(self.platform.run())

    async def __aexit__(self, *exc: object) -> None:
        await self.http.close()
        await self.platform.close()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.surface.close()
        await self.fetcher.close()
        await self.api.close()

    def _count_ready(self) -> None:
        self.ready += 1

    # --- Slack speaks

    @property
    def url(self) -> str:
        """Return where Slack posts to."""
        return f"http://127.0.0.1:{self.surface.port}{PATH}"

    async def post(self, raw: bytes, **rest: Any) -> aiohttp.ClientResponse:
        """Post a body that is signed, unless `headers` say otherwise."""
        headers = {"Content-Type": "application/json"} | signed(raw, self.clock.now() // 1000)
        headers |= rest.pop("headers", {})
        response = await self.http.post(self.url, data=raw, headers=headers, **rest)
        await response.read()
        return response

    async def event(self, event: Any, **rest: Any) -> int:
        """Deliver an event and return the status of the answer."""
        return (await self.post(json.dumps(envelope(event, **rest)).encode())).status

    async def interact(self, payload: Mapping[str, Any]) -> aiohttp.ClientResponse:
        """Deliver a press or a form."""
        raw = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.post(raw, headers=FORM)

    async def command(self, words: str, command: str = "/bot", **rest: Any) -> int:
        """Deliver a slash command and return the status of the answer."""
        fields = {
            "command": command,
            "text": words,
            "team_id": TEAM,
            "channel_id": "C1",
            "user_id": "U1",
            "api_app_id": "A1",
            "trigger_id": "13.37.abc",
            "response_url": self.api.response_url(),
            **rest,
        }
        return (await self.post(urlencode(fields).encode(), headers=FORM)).status

    async def whispered(self, count: int = 1) -> list[str]:
        """Return what was said to one person alone, once it is so much."""
        await until(lambda: len(self.said) >= count, within=10)
        return self.said

    @property
    def said(self) -> list[str]:
        """Return the texts that were said to one person alone, by either way."""
        by_url = [body for _, body in self.api.whispers]
        spoken = [*by_url, *self.api.asked("chat.postEphemeral")]
        return [body["blocks"][0]["text"] for body in spoken]


class _Silent(Tally):
    def expose(self) -> bytes:
        """Return nothing."""
        return b""


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def signed(raw: bytes, at: int, secret: str = SECRET) -> dict[str, str]:
    """Return the headers by which Slack signs a body."""
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + raw, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


def envelope(event: Any, **rest: Any) -> dict[str, Any]:
    """Return an event as Slack sends it."""
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A1",
        "event_id": "Ev1",
        "event_time": 1_767_225_600,
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        "event": event,
        **rest,
    }


def said(text: str, ts: str = TS, **rest: Any) -> dict[str, Any]:
    """Return a message of U1 in C1."""
    return {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "text": text,
        "ts": ts,
        "event_ts": ts,
        **rest,
    }


def pressed(desk: Desk, action: str, turn: str = "t1", **rest: Any) -> dict[str, Any]:
    """Return a press of a button under a message in a thread, by U1."""
    return {
        "type": "block_actions",
        "api_app_id": "A1",
        "team": {"id": TEAM},
        "user": {"id": "U1", "team_id": TEAM},
        "container": {
            "type": "message",
            "message_ts": "1767225601.000000",
            "channel_id": "C1",
            "thread_ts": TS,
        },
        "channel": {"id": "C1"},
        "message": {"ts": "1767225601.000000", "thread_ts": TS},
        "actions": [
            {"action_id": action, "value": turn, "action_ts": "1767225602.000003", "type": "button"}
        ],
        "trigger_id": "13.38.def",
        "response_url": desk.api.response_url(),
        **rest,
    }
