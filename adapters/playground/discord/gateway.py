"""The gateway: sessions, their events with sequence numbers, and what can go wrong with them.

https://discord.com/developers/docs/events/gateway
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from adapters.playground.discord import limits, payloads
from adapters.playground.discord.dispatch import INTENT_GUILDS, render_event
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.world import INTENT_MESSAGE_CONTENT, PRIVILEGED, Change, World
from adapters.playground.history import History
from adapters.playground.witness import UNLOGGED

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE = 0, 1, 2, 3, 4
RESUME, RECONNECT, REQUEST_MEMBERS, INVALID, HELLO, ACK = 6, 7, 8, 9, 10, 11

UNKNOWN_ERROR = 4000
UNKNOWN_OPCODE = 4001
DECODE_ERROR = 4002
NOT_AUTHENTICATED = 4003
AUTHENTICATION_FAILED = 4004
ALREADY_AUTHENTICATED = 4005
INVALID_SEQ = 4007
RATE_LIMITED = 4008
SESSION_TIMED_OUT = 4009
INVALID_SHARD = 4010
INVALID_VERSION = 4012
INVALID_INTENTS = 4013
DISALLOWED_INTENTS = 4014

ACK_SECONDS = 0.05

_ALL_INTENTS = (1 << 26) - 1
_CONTENT_FLAG = 1 << 18


@dataclass(slots=True)
class Sent:
    """One dispatched event."""

    seq: int
    name: str
    data: Any


@dataclass(slots=True)
class Session:
    """What a client identified as, and the events it may have missed."""

    id: str
    intents: int
    base: str
    shard: tuple[int, int]
    seq: int = 0
    buffer: deque[Sent] = field(default_factory=deque)
    connection: Connection | None = None
    lost_at: float | None = None
    losing: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    text: str
    event: Sent | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _End:
    code: int
    reason: str


def _encode(frame: dict[str, Any]) -> str:
    """Return a frame's JSON; half a surrogate pair can only travel escaped."""
    text = json.dumps(frame, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(frame)
    return text


class Connection:
    """One socket: a queue that is sent in order, so that no event overtakes another."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.request = request
        self.socket = socket
        self.session: Session | None = None
        self.heard: deque[float] = deque()
        self.beat_at = asyncio.get_running_loop().time()
        self.queued_seq = 0
        self.silent = False
        self.closing = False
        self.queue: asyncio.Queue[_Frame | _End] = asyncio.Queue()

    def send(self, op: int, data: Any) -> None:
        """Queue a frame that is no event."""
        self.queue.put_nowait(_Frame(json.dumps({"op": op, "d": data, "s": None, "t": None})))

    def dispatch(self, sent: Sent, *, replayed: bool = False) -> None:
        """Queue an event."""
        self.queued_seq = sent.seq
        frame = {"op": DISPATCH, "d": sent.data, "s": sent.seq, "t": sent.name}
        self.queue.put_nowait(_Frame(_encode(frame), sent, replayed))

    def close(self, code: int, reason: str = "") -> None:
        """Queue the end of the connection."""
        self.closing = True
        self.queue.put_nowait(_End(code, reason))

    def abort(self) -> None:
        """Cut the line without a word."""
        if self.request.transport:
            self.request.transport.abort()


class Gateway:
    """Serve the sockets, and break them when asked to."""

    def __init__(
        self, world: World, history: History, settings: Settings, token: str, prefix: str
    ) -> None:
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.down = False
        self.identifies = 0
        self.resumes = 0
        self._refused_resumes: list[bool] = []
        self._replay_again = 0
        self._world = world
        self._history = history
        self._settings = settings
        self._token = token
        self._prefix = prefix
        world.watchers.append(self.tell)

    # --- faults

    def drop_connections(self, code: int | None = None) -> int:
        """Cut every connection, or close it with a code; sessions can be resumed."""
        for connection in tuple(self.connections):
            if code is None:
                connection.abort()
            else:
                connection.close(code)
        return len(self.connections)

    def ask_reconnect(self) -> None:
        """Send opcode 7 to every client."""
        for connection in self.connections:
            connection.send(RECONNECT, None)

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Send opcode 9; unless resumable, every session and what it missed is gone."""
        for connection in self.connections:
            self._invalidate(connection, resumable)
            if not resumable:
                connection.session = None
        if not resumable:
            self.sessions.clear()

    def refuse_resumes(self, times: int, *, resumable: bool) -> None:
        """Answer the next resumes with opcode 9."""
        self._refused_resumes = [resumable] * times

    def silence(self, on: bool = True, *, lose: bool = False) -> None:
        """Hold events back on the connections of now, while their beats are acknowledged.

        Off sends what was held; so does a resume. With `lose` nothing is kept.
        """
        for session in self.sessions.values():
            session.losing = on and lose
            if connection := session.connection:
                connection.silent = on
                if not on:
                    self._replay(session, connection, connection.queued_seq)

    def replay_again(self, events: int) -> None:
        """At the next resume replay so many events more than were missed."""
        self._replay_again = events

    def send_event(self, name: str, data: Any) -> None:
        """Send any event, also one that Discord never would."""
        for session in self.sessions.values():
            self._dispatch(session, name, data)

    # --- events

    def tell(self, change: Change) -> None:
        """Give a change to every session that may know of it."""
        self._expire()
        # Sessions of killed clients linger; those alike share one rendering.
        rendered: dict[Any, tuple[str, Any] | None] = {}
        for session in self.sessions.values():
            kind = (session.base, session.intents, session.shard)
            if kind not in rendered:
                rendered[kind] = render_event(self._world, *kind, change)
            if event := rendered[kind]:
                self._dispatch(session, *event)

    def _dispatch(self, session: Session, name: str, data: Any) -> None:
        if session.losing:
            return
        session.seq += 1
        sent = Sent(session.seq, name, data)
        session.buffer.append(sent)
        if len(session.buffer) > self._settings.session_events:
            session.buffer.popleft()
        if session.connection and not session.connection.silent:
            session.connection.dispatch(sent)

    def _replay(self, session: Session, connection: Connection, after: int) -> None:
        for sent in tuple(session.buffer):
            if sent.seq > after:
                connection.dispatch(sent, replayed=True)

    def _expire(self) -> None:
        if not self.sessions:
            return
        now = asyncio.get_running_loop().time()
        for session in tuple(self.sessions.values()):
            lost = session.lost_at
            if lost is not None and now - lost > self._settings.session_seconds:
                del self.sessions[session.id]

    # --- connections

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket for its whole life."""
        request[UNLOGGED] = True
        if self.down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False, autoping=True)
        await socket.prepare(request)
        connection = Connection(request, socket)
        self.connections.add(connection)
        tasks = [asyncio.create_task(self._write(connection))]
        if self._settings.heartbeat_check:
            tasks.append(asyncio.create_task(self._check_beats(connection)))
        connection.send(HELLO, {"heartbeat_interval": limits.HEARTBEAT_MS})
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    connection.close(DECODE_ERROR, "Error while decoding payload.")
                else:
                    self._hear(connection, message.data)
        finally:
            self.connections.discard(connection)
            session = connection.session
            if session and session.connection is connection:
                session.connection = None
                session.lost_at = asyncio.get_running_loop().time()
                if not connection.closing and socket.close_code in (1000, 1001):
                    # A client that closes with one of these ends its session.
                    self.sessions.pop(session.id, None)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return socket

    async def _write(self, connection: Connection) -> None:
        while True:
            item = await connection.queue.get()
            if isinstance(item, _End):
                await connection.socket.close(code=item.code, message=item.reason.encode())
                return
            try:
                await connection.socket.send_str(item.text)
            except ConnectionError:
                return
            if item.event:
                session = connection.session
                self._history.add(
                    "discord",
                    f"event:{item.event.name}",
                    path=session.id if session else "",
                    status=0,
                    effect="ok",
                    answer=item.event.data,
                    marks=("replayed",) if item.replayed else (),
                )

    async def _check_beats(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(limits.HEARTBEAT_MS / 1000)
            if loop.time() - connection.beat_at > 1.5 * limits.HEARTBEAT_MS / 1000:
                connection.close(SESSION_TIMED_OUT, "Session timed out.")
                return

    def _hear(self, connection: Connection, raw: str) -> None:
        now = asyncio.get_running_loop().time()
        connection.heard.append(now)
        while now - connection.heard[0] >= limits.GATEWAY_WINDOW_SECONDS:
            connection.heard.popleft()
        if len(connection.heard) > limits.GATEWAY_SENDS:
            connection.close(RATE_LIMITED, "You are being rate limited.")
            return
        try:
            frame = json.loads(raw)
            op, data = frame["op"], frame.get("d")
        except (ValueError, TypeError, KeyError):
            connection.close(DECODE_ERROR, "Error while decoding payload.")
            return
        if len(raw.encode()) > limits.GATEWAY_PAYLOAD_BYTES:
            connection.close(DECODE_ERROR, "Payload too large.")
            return
        if op == HEARTBEAT:
            connection.beat_at = now
            # A client may note when it sent the beat only after it has (discord.py does, in
            # another thread): answered sooner than any network could, it would seem late by
            # a whole interval.
            asyncio.get_running_loop().call_later(ACK_SECONDS, connection.send, ACK, None)
        elif op in (IDENTIFY, RESUME) and connection.session:
            connection.close(ALREADY_AUTHENTICATED, "Already authenticated.")
        elif op == IDENTIFY:
            self._identify(connection, data or {})
        elif op == RESUME:
            self._resume(connection, data or {})
        elif op not in (PRESENCE, VOICE, REQUEST_MEMBERS):
            connection.close(UNKNOWN_OPCODE, "Unknown opcode.")
        elif not connection.session:
            connection.close(NOT_AUTHENTICATED, "Not authenticated.")
        elif op == REQUEST_MEMBERS:
            self._send_members(connection.session, data or {})

    def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        self.identifies += 1
        intents = data.get("intents")
        number, count = data.get("shard") or (0, 1)
        if str(data.get("token")).removeprefix("Bot ") != self._token:
            connection.close(AUTHENTICATION_FAILED, "Authentication failed.")
        elif not isinstance(intents, int) or not 0 <= intents <= _ALL_INTENTS:
            connection.close(INVALID_INTENTS, "Invalid intent(s).")
        elif intents & PRIVILEGED & ~self._world.privileged:
            connection.close(DISALLOWED_INTENTS, "Disallowed intent(s).")
        elif not 0 <= number < count:
            connection.close(INVALID_SHARD, "Invalid shard.")
        else:
            self._begin(connection, intents, (number, count))

    def _base(self, request: web.Request) -> str:
        return f"{request.scheme}://{request.host}{self._prefix}"

    def _begin(self, connection: Connection, intents: int, shard: tuple[int, int]) -> None:
        world = self._world
        base = self._base(connection.request)
        session = Session(secrets.token_hex(16), intents, base, shard, connection=connection)
        self.sessions[session.id] = session
        connection.session = session
        guilds = list(self._guilds(shard))
        flags = _CONTENT_FLAG if world.privileged & INTENT_MESSAGE_CONTENT else 0
        ready: dict[str, Any] = {
            "v": 10,
            "user": payloads.render_user(world.users[world.bot])
            | {"mfa_enabled": True, "verified": True, "email": None},
            "guilds": [{"id": guild, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": base.replace("http", "ws", 1) + "/gateway",
            "application": {"id": world.application, "flags": flags},
            "private_channels": [],
            "session_type": "normal",
        }
        if shard != (0, 1):
            ready["shard"] = list(shard)
        self._dispatch(session, "READY", ready)
        if intents & INTENT_GUILDS:
            for guild in guilds:
                if guild not in world.unavailable:
                    found = payloads.render_guild_create(world, world.guilds[guild], world.bot)
                    self._dispatch(session, "GUILD_CREATE", found)

    def _guilds(self, shard: tuple[int, int]) -> Iterator[str]:
        for guild in self._world.guilds:
            mine = (guild, self._world.bot) in self._world.members
            if mine and (int(guild) >> 22) % shard[1] == shard[0]:
                yield guild

    def _invalidate(self, connection: Connection, resumable: bool) -> None:
        """Tell a client that its session is none, and keep that it was told."""
        connection.send(INVALID, resumable)
        self._history.add(
            "discord",
            "event:INVALID_SESSION",
            path=connection.session.id if connection.session else "",
            status=0,
            effect="refused",
            answer=resumable,
        )

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        self.resumes += 1
        self._expire()
        if self._refused_resumes:
            self._invalidate(connection, self._refused_resumes.pop())
            return
        session = self.sessions.get(str(data.get("session_id")))
        seq = data.get("seq")
        if str(data.get("token")).removeprefix("Bot ") != self._token:
            connection.close(AUTHENTICATION_FAILED, "Authentication failed.")
        elif session is None:
            self._invalidate(connection, False)
        elif not isinstance(seq, int) or seq > session.seq:
            connection.close(INVALID_SEQ, "Invalid seq.")
        elif session.buffer and seq < session.buffer[0].seq - 1:
            del self.sessions[session.id]
            self._invalidate(connection, False)
        else:
            if session.connection:
                session.connection.close(UNKNOWN_ERROR, "Session resumed elsewhere.")
            session.connection, session.lost_at, session.losing = connection, None, False
            connection.session = session
            self._replay(session, connection, seq - self._replay_again)
            self._replay_again = 0
            self._dispatch(session, "RESUMED", {"_trace": []})

    def _send_members(self, session: Session, data: dict[str, Any]) -> None:
        guild = str(data.get("guild_id"))
        members = [
            payloads.render_member(member, user=self._world.users[member.user])
            for (id_, _), member in self._world.members.items()
            if id_ == guild
        ]
        chunk = {"guild_id": guild, "members": members, "chunk_index": 0, "chunk_count": 1}
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        self._dispatch(session, "GUILD_MEMBERS_CHUNK", chunk)

    async def close(self) -> None:
        """End every connection, as a restart of the server does."""
        for connection in tuple(self.connections):
            connection.closing = True
            await connection.socket.close(code=1012, message=b"Service restart")
