"""The gateway as its documentation has it, spoken to frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from adapters.playground.discord import gateway as ops
from adapters.playground.discord.limits import GATEWAY_SENDS
from adapters.playground.faults import Fault
from tests import patience
from tests.standin_discord import Served, serve

ALL_INTENTS = (1 << 26) - 1


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serve() as one:
        yield one


class Line:
    """One socket, frame by frame."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def read(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self.socket.receive_json(timeout=patience.SECONDS)
        return frame

    async def events(self, count: int) -> list[tuple[int, str]]:
        frames = [await self.read() for _ in range(count)]
        return [(frame["s"], frame["t"]) for frame in frames]

    async def send(self, op: int, data: Any = None) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def code(self) -> int:
        """Read until the server closes; return its code."""
        while True:
            message = await self.socket.receive(timeout=patience.SECONDS)
            if message.type is aiohttp.WSMsgType.CLOSE:
                return int(message.data)
            assert message.type is aiohttp.WSMsgType.TEXT


class Lines:
    """Open sockets to one stand-in."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.world, self.people = served.standin.world, served.standin.people
        self.ada, self.general = self.people.find("ada"), self.people.channel("general")

    async def open(self) -> Line:
        url = self.served.standin.gateway_url(self.served.origin)
        line = Line(await self.served.http.ws_connect(url, autoclose=False))
        hello = await line.read()
        assert (hello["op"], hello["d"]["heartbeat_interval"]) == (ops.HELLO, 41250)
        return line

    def identity(self, **changed: Any) -> dict[str, Any]:
        identity = {"token": self.served.standin.token, "properties": {}, "intents": ALL_INTENTS}
        return identity | changed

    async def ready(self, **changed: Any) -> tuple[Line, dict[str, Any]]:
        line = await self.open()
        await line.send(ops.IDENTIFY, self.identity(**changed))
        ready = await line.read()
        assert (ready["op"], ready["t"], ready["s"]) == (ops.DISPATCH, "READY", 1)
        data: dict[str, Any] = ready["d"]
        return line, data

    async def resume(self, session: str, seq: int) -> Line:
        line = await self.open()
        token = self.served.standin.token
        await line.send(ops.RESUME, {"token": token, "session_id": session, "seq": seq})
        return line


@pytest.fixture
def lines(served: Served) -> Lines:
    return Lines(served)


async def test_identify_brings_ready_and_the_server(lines: Lines) -> None:
    line, ready = await lines.ready()
    guild = next(iter(lines.world.guilds))
    assert ready["guilds"] == [{"id": guild, "unavailable": True}]
    assert ready["user"]["id"] == lines.world.bot
    assert ready["resume_gateway_url"].startswith("ws://127.0.0.1")
    created = await line.read()
    assert (created["t"], created["s"], created["d"]["id"]) == ("GUILD_CREATE", 2, guild)
    assert lines.world.bot in [one["user"]["id"] for one in created["d"]["members"]]
    names = [one["name"] for one in created["d"]["channels"]]
    assert names == ["general", "random", "news", "ideas", "lounge", "stage"]
    await line.send(ops.HEARTBEAT, 2)
    assert (await line.read())["op"] == ops.ACK


async def test_a_beat_is_acknowledged_a_round_trip_later(lines: Lines) -> None:
    # discord.py notes when it sent a beat only after it has: an answer that is there before
    # that counts as late by a whole interval.
    line, _ = await lines.ready()
    await line.read()
    guild = next(iter(lines.world.guilds))
    loop = asyncio.get_running_loop()
    for _ in range(3):
        begun = loop.time()
        await line.send(ops.HEARTBEAT, 2)
        await line.send(ops.REQUEST_MEMBERS, {"guild_id": guild, "query": "", "limit": 0})
        assert (await line.read())["t"] == "GUILD_MEMBERS_CHUNK"
        assert (await line.read())["op"] == ops.ACK
        assert loop.time() - begun > 0.02


@pytest.mark.parametrize(
    ("op", "changed", "code"),
    [
        (ops.IDENTIFY, {"token": "wrong"}, ops.AUTHENTICATION_FAILED),
        (ops.IDENTIFY, {"intents": 1 << 40}, ops.INVALID_INTENTS),
        (ops.IDENTIFY, {"intents": None}, ops.INVALID_INTENTS),
        (ops.IDENTIFY, {"shard": [1, 1]}, ops.INVALID_SHARD),
        (ops.PRESENCE, {}, ops.NOT_AUTHENTICATED),
        (99, {}, ops.UNKNOWN_OPCODE),
    ],
)
async def test_what_is_wrong_has_its_close_code(
    lines: Lines, op: int, changed: dict[str, Any], code: int
) -> None:
    line = await lines.open()
    await line.send(op, lines.identity(**changed))
    assert await line.code() == code


async def test_a_privileged_intent_must_be_switched_on(lines: Lines) -> None:
    lines.world.set_privileged(0)
    line = await lines.open()
    await line.send(ops.IDENTIFY, lines.identity())
    assert await line.code() == ops.DISALLOWED_INTENTS


async def test_frames_must_be_json_small_and_few(lines: Lines) -> None:
    line = await lines.open()
    await line.socket.send_str("{")
    assert await line.code() == ops.DECODE_ERROR
    line = await lines.open()
    await line.send(ops.PRESENCE, "x" * 4096)
    assert await line.code() == ops.DECODE_ERROR
    line = await lines.open()
    for _ in range(GATEWAY_SENDS + 1):
        await line.send(ops.HEARTBEAT, None)
    assert await line.code() == ops.RATE_LIMITED
    line, _ = await lines.ready()
    await line.send(ops.IDENTIFY, lines.identity())
    assert await line.code() == ops.ALREADY_AUTHENTICATED


async def test_a_resume_replays_what_was_missed_and_no_more(lines: Lines) -> None:
    line, ready = await lines.ready()
    lines.people.post(lines.ada, lines.general, "one")
    assert await line.events(2) == [(2, "GUILD_CREATE"), (3, "MESSAGE_CREATE")]
    await line.socket.close(code=4000)
    lines.people.post(lines.ada, lines.general, "two")
    lines.people.post(lines.ada, lines.general, "three")
    line = await lines.resume(ready["session_id"], 3)
    assert await line.events(3) == [
        (4, "MESSAGE_CREATE"),
        (5, "MESSAGE_CREATE"),
        (6, "RESUMED"),
    ]


async def test_what_cannot_be_resumed_is_invalid(lines: Lines) -> None:
    line = await lines.resume("unknown", 1)
    assert (await line.read())["op"] == ops.INVALID
    line, ready = await lines.ready()
    await line.events(1)
    late = await lines.resume(ready["session_id"], 99)
    assert await late.code() == ops.INVALID_SEQ
    # A client that closes with 1000 gives its session up.
    await line.socket.close(code=1000)
    async with asyncio.timeout(patience.SECONDS):
        while lines.served.standin.gateway.sessions:
            await asyncio.sleep(0)
    line = await lines.resume(ready["session_id"], 2)
    invalid = await line.read()
    assert (invalid["op"], invalid["d"]) == (ops.INVALID, False)


@pytest.mark.virtual
async def test_a_session_is_kept_for_a_while(lines: Lines) -> None:
    line, ready = await lines.ready()
    await line.events(1)
    await line.socket.close(code=4000)
    await asyncio.sleep(lines.served.standin.settings.session_seconds + 1)
    line = await lines.resume(ready["session_id"], 2)
    assert (await line.read())["op"] == ops.INVALID


async def test_too_many_missed_events_end_a_session(lines: Lines) -> None:
    lines.served.standin.settings.session_events = 2
    line, ready = await lines.ready()
    await line.events(1)
    await line.socket.close(code=4000)
    for n in range(3):
        lines.people.post(lines.ada, lines.general, str(n))
    line = await lines.resume(ready["session_id"], 2)
    assert (await line.read())["op"] == ops.INVALID


@pytest.mark.virtual
async def test_who_stops_beating_is_closed_if_that_is_wanted() -> None:
    async with serve() as served:
        served.standin.settings.heartbeat_check = True
        line, _ = await Lines(served).ready()
        started = asyncio.get_running_loop().time()
        while (message := await line.socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.data == ops.SESSION_TIMED_OUT
        assert 60 < asyncio.get_running_loop().time() - started < 125


async def test_only_what_the_intents_ask_for_is_told(lines: Lines) -> None:
    line, _ = await lines.ready(intents=1 << 12)
    lines.people.post(lines.ada, lines.general, "in the server")
    lines.people.post(lines.ada, lines.people.open_dm(lines.ada), "in private")
    told = await line.read()
    assert (told["t"], told["d"]["content"]) == ("MESSAGE_CREATE", "in private")


async def test_a_hidden_channel_is_silent(lines: Lines) -> None:
    line, _ = await lines.ready(intents=1 << 9 | 1 << 15)
    lines.world.deny_bot(lines.general, "view_channel")
    lines.people.post(lines.ada, lines.general, "among us")
    lines.people.post(lines.ada, lines.people.channel("random"), "for all")
    assert (await line.read())["d"]["content"] == "for all"


async def test_a_thread_is_told_before_what_is_in_it(lines: Lines) -> None:
    line, _ = await lines.ready(intents=1 | 1 << 9)
    posted = lines.people.post(lines.ada, lines.general, "hello")["id"]
    thread = lines.people.start_thread(lines.ada, lines.general, "a thread", posted)
    lines.people.post(lines.ada, thread, "inside")
    lines.people.archive(lines.ada, thread)
    lines.people.delete_channel(lines.ada, thread)
    assert [name for _, name in await line.events(8)] == [
        "GUILD_CREATE",
        "MESSAGE_CREATE",
        "THREAD_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_CREATE",
        "MESSAGE_CREATE",
        "THREAD_UPDATE",
        "THREAD_DELETE",
    ]


async def test_shards_share_the_servers(lines: Lines) -> None:
    guild = int(next(iter(lines.world.guilds)))
    mine = (guild >> 22) % 2
    _, ready = await lines.ready(shard=[mine, 2])
    assert len(ready["guilds"]) == 1
    _, ready = await lines.ready(shard=[1 - mine, 2])
    assert ready["guilds"] == []


async def test_sent_events_are_in_the_history_and_lost_ones_not(lines: Lines) -> None:
    history, standin = lines.served.standin.history, lines.served.standin
    line, _ = await lines.ready()
    await line.events(1)
    standin.gateway.silence(lose=True)
    lines.people.post(lines.ada, lines.general, "lost")
    standin.gateway.silence(False)
    lines.people.post(lines.ada, lines.general, "told")
    assert (await line.read())["d"]["content"] == "told"
    assert [one.answer["content"] for one in history.of("event:MESSAGE_CREATE")] == ["told"]


async def test_silence_ends_with_what_was_held(lines: Lines) -> None:
    line, _ = await lines.ready()
    await line.events(1)
    lines.served.standin.gateway.silence()
    lines.people.post(lines.ada, lines.general, "held")
    await line.send(ops.HEARTBEAT, 2)
    assert (await line.read())["op"] == ops.ACK
    lines.served.standin.gateway.silence(False)
    held = await line.read()
    assert (held["s"], held["d"]["content"]) == (3, "held")


async def test_the_socket_itself_can_be_refused(lines: Lines) -> None:
    lines.served.standin.faults.add(Fault("SOCKET /gateway", "refuse", status=503))
    lines.served.standin.gateway.down = False
    with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
        await lines.open()
    assert raised.value.status == 503
    lines.served.standin.gateway.down = True
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await lines.open()
