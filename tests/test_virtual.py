"""Virtual time: waits cost nothing, and nothing real is overtaken."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from pathlib import Path

import aiosqlite
import pytest
from aiohttp import ClientSession, ClientTimeout, web

from tests import virtual
from tests.lives import Life
from tests.virtual import START_MS, Stalled, VirtualClock, VirtualLoop, until

pytestmark = pytest.mark.virtual


async def test_a_day_of_waits_passes_in_moments() -> None:
    clock = VirtualClock()
    woken: list[float] = []

    async def nap(every: float, times: int) -> None:
        for _ in range(times):
            await clock.sleep(every)
            woken.append(clock.monotonic())

    await asyncio.gather(nap(60, 24 * 60), nap(3600, 24), nap(86_400, 1))
    assert clock.monotonic() == 86_400
    assert woken == sorted(woken)
    assert len(woken) == 24 * 60 + 24 + 1
    assert clock.monotonic() == pytest.approx(86_400)
    assert clock.now() == START_MS + 86_400_000


async def test_waits_too_short_for_the_loop_come_to_an_end() -> None:
    """The loop takes a timer for due a nanosecond early: two that wait in turns kept it busy."""
    clock = VirtualClock()
    end = clock.monotonic() + 5e-10

    async def wait(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        for _ in range(1_000):
            left = end - clock.monotonic()
            if left <= 0:
                return
            await clock.sleep(left)
        raise AssertionError("time stands still")

    await asyncio.gather(wait(0), wait(1), wait(2))


async def test_time_stands_still_while_code_runs() -> None:
    clock = VirtualClock()
    time.sleep(0.002)
    for _ in range(100):
        await asyncio.sleep(0)
    assert clock.now() == START_MS


async def test_the_wall_clock_may_jump_without_the_monotonic_one() -> None:
    clock = VirtualClock()
    await clock.sleep(5)
    clock.skew_ms = -3_600_000
    assert clock.now() == START_MS + 5_000 - 3_600_000
    assert clock.monotonic() == pytest.approx(5)


async def test_two_peers_talk_over_loopback() -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        for n in range(50):
            await asyncio.sleep(10)
            await reply.write(f"{n};".encode())
        return reply

    app = web.Application()
    app.router.add_get("/", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    loop = asyncio.get_running_loop()
    async with ClientSession(timeout=ClientTimeout(total=600, sock_read=10.5)) as session:
        async with session.get(f"http://127.0.0.1:{port}/") as answer:
            text = await answer.text()
            assert loop.time() == pytest.approx(500, abs=1)
            assert text == "".join(f"{n};" for n in range(50))
        # The same wait, with a deadline that is shorter, must fail: time is not just ignored.
        with pytest.raises(asyncio.TimeoutError):
            async with session.get(
                f"http://127.0.0.1:{port}/", timeout=ClientTimeout(sock_read=9)
            ) as answer:
                await answer.text()
    await runner.cleanup()


async def test_what_is_under_way_between_sockets_is_known() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    heard = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(100_000) == b"x" * 100_000
        assert not await reader.read()
        heard.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    assert not loop.wire.is_still()
    await asyncio.sleep(1)
    assert loop.wire.is_still()
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await asyncio.sleep(1)
    assert loop.wire.is_still()
    writer.write(b"x" * 100_000)
    assert loop.wire.bytes > 0
    await asyncio.sleep(1)
    assert loop.wire.is_still()
    writer.write_eof()
    assert not loop.wire.is_still()
    async with asyncio.timeout(0.001):
        await heard.wait()
        assert await reader.read() == b""
    writer.close()
    server.close()
    await server.wait_closed()


async def test_what_nobody_reads_is_not_waited_for_twice() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    ours, theirs = socket.socketpair()
    with theirs:
        _, writer = await asyncio.open_connection(sock=ours)
        writer.write(b"hello")
        assert loop.wire.bytes == 5
        await asyncio.sleep(1)
        assert loop.wire.is_still()
        assert theirs.recv(5) == b"hello"
        theirs.send(b"who?")
        await asyncio.sleep(1)
        assert loop.wire.bytes == 0
        writer.close()
        await writer.wait_closed()


async def test_a_child_is_never_known_to_be_still() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    child = await asyncio.create_subprocess_exec("true", stdout=asyncio.subprocess.PIPE)
    await child.communicate()
    await asyncio.sleep(1)
    assert not loop.wire.is_still()


async def test_work_in_threads_is_not_overtaken() -> None:
    clock = VirtualClock()

    async def work() -> float:
        await asyncio.to_thread(time.sleep, 0.05)
        return clock.monotonic()

    task = asyncio.create_task(work())
    await clock.sleep(1_000_000)
    assert task.done()
    assert await task == 0.0
    async with asyncio.timeout(0.001):
        await asyncio.to_thread(time.sleep, 0.05)


async def test_aiosqlite_is_not_overtaken(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(0.0001):
        async with aiosqlite.connect(tmp_path / "x") as db:
            await db.execute("CREATE TABLE t (n INTEGER)")
            for n in range(50):
                await db.execute("INSERT INTO t VALUES (?)", (n,))
            await db.commit()
    assert loop.time() == 0.0


async def test_a_thread_of_ones_own_is_seen_through_busy() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    came = loop.create_future()

    def work() -> None:
        time.sleep(0.05)
        loop.call_soon_threadsafe(came.set_result, None)

    loop.busy.append(lambda: not came.done())
    threading.Thread(target=work).start()
    await asyncio.wait_for(came, 0.001)
    assert loop.time() == 0.0


async def test_until_gives_up_at_its_deadline() -> None:
    clock = VirtualClock()
    with pytest.raises(AssertionError, match="not within 30"):
        await until(lambda: False, within=30)
    assert clock.monotonic() == pytest.approx(30)


async def test_until_looks_only_where_something_may_be_new() -> None:
    clock = VirtualClock()
    looks: list[float] = []
    done: set[str] = set()

    def is_done() -> bool:
        looks.append(clock.monotonic())
        return "all" in done

    async def work() -> None:
        await clock.sleep(100.01)
        done.add("some")
        await asyncio.to_thread(done.add, "more")
        await clock.sleep(200)
        done.add("all")

    task = asyncio.create_task(work())
    await until(is_done, within=600)
    # As whoever looks all the time: at the first of their moments after it came to be.
    assert looks == pytest.approx([0, 0.05, 100.05, 300.05])
    await task


async def test_several_wait_at_once_for_what_each_other_does() -> None:
    clock = VirtualClock()
    done: set[str] = set()
    ends: dict[str, float] = {}

    async def wait(name: str, other: str, every: float) -> None:
        await until(lambda: other in done, within=600, every=every)
        done.add(name)
        ends[name] = clock.monotonic()

    async def work() -> None:
        await clock.sleep(10.02)
        done.add("work")

    await asyncio.gather(
        wait("third", "second", 0.25),
        wait("second", "first", 0.05),
        wait("first", "work", 1),
        work(),
    )
    # A moment that all three share: who looked too early there looks once more.
    assert ends == pytest.approx({"first": 11, "second": 11, "third": 11})


async def test_whoever_waits_no_more_is_forgotten() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await until(lambda: False, within=600)
    assert loop.looks == []


def test_a_loop_with_nothing_to_wait_for_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "STALL_SECONDS", 0.05)

    async def hang() -> None:
        await asyncio.get_running_loop().create_future()

    loop = VirtualLoop()
    task = loop.create_task(hang())
    with pytest.raises(Stalled, match="no timer"):
        loop.run_forever()
    task.cancel()
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()


async def test_a_life_ends_without_a_last_word() -> None:
    said: list[str] = []
    hung_up = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            said.append(line.decode().strip())
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def live() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        try:
            await asyncio.create_task(asyncio.sleep(1000))
        finally:
            writer.write(b"goodbye\n")
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            said.append("(nobody heard it)")

    life = Life()
    task = life.start(live())
    await asyncio.sleep(5)
    await life.end()
    assert task.cancelled()
    await asyncio.wait_for(hung_up.wait(), 5)
    assert said == ["hello", "(nobody heard it)"]
    hung_up.clear()
    _, writer = await asyncio.open_connection("127.0.0.1", port)  # we are alive
    writer.close()
    await writer.wait_closed()
    await asyncio.wait_for(hung_up.wait(), 5)
    server.close()
    await server.wait_closed()
