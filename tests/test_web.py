"""The HTTP surface: health, readiness, metrics, and who is not served."""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import make_mocked_request
from prometheus_client.parser import text_string_to_metric_families

from adapters.web import gate, lag, meter, probe
from adapters.web.connections import WAITING_PER_ADDRESS, party_of
from adapters.web.meter import METRICS, Kind, PrometheusMeter
from adapters.web.surface import PortInUse, Surface
from tests import patience

ROOT = Path(__file__).resolve().parent.parent


class StubbornClock:
    """A clock whose sleeps take `late` seconds longer than asked, at once."""

    def __init__(self) -> None:
        self.time = 0.0
        self.late = 0.0
        self.sleeps = 0

    def now(self) -> int:
        return int(self.time * 1000)

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        # Enough for a full window, then asleep for good.
        if self.sleeps == lag.WINDOW:
            await asyncio.Event().wait()
        self.time += seconds + self.late
        self.sleeps += 1


@asynccontextmanager
async def serving(
    problems: Callable[[], list[str]] = list, **options: object
) -> AsyncIterator[Surface]:
    server = Surface("127.0.0.1", 0, PrometheusMeter(), problems, **options)  # type: ignore[arg-type]
    await server.start()
    try:
        yield server
    finally:
        await server.close()


async def get(
    server: Surface, path: str, method: str = "GET", **headers: str
) -> tuple[int, str, dict[str, str]]:
    url = f"http://127.0.0.1:{server.port}{path}"
    async with ClientSession() as http, http.request(method, url, headers=headers) as answer:
        return answer.status, await answer.text(), dict(answer.headers)


# --- health ------------------------------------------------------------------------------


async def test_a_process_is_alive_whatever_else_is_wrong() -> None:
    async with serving(lambda: ["discord: not connected"]) as server:
        status, body, headers = await get(server, "/healthz")
        assert (status, json.loads(body)) == (200, {"status": "alive"})
        assert headers["Cache-Control"] == "no-store"


async def test_ready_only_while_nothing_stands_in_the_way() -> None:
    reasons: list[str] = []
    async with serving(lambda: reasons) as server:
        status, body, _ = await get(server, "/readyz")
        assert (status, json.loads(body)) == (200, {"status": "ready"})
        reasons += ["discord: not connected", "store: not writable"]
        status, body, _ = await get(server, "/readyz")
        assert status == 503
        assert json.loads(body) == {"status": "not ready", "reasons": reasons}


async def test_a_late_loop_is_measured_and_is_a_reason() -> None:
    clock = StubbornClock()
    clock.late = lag.ALARM_SECONDS + 0.5
    async with serving(clock=clock) as server:
        status, body, _ = await get(server, "/readyz")
        assert (status, json.loads(body)["reasons"]) == (503, ["loop: wakes 1.5 s late"])
        _, text, _ = await get(server, "/metrics")
        assert f"threadbot_loop_lag_seconds_count {lag.WINDOW}.0" in text


async def test_a_loop_in_time_is_no_reason() -> None:
    clock = StubbornClock()
    clock.late = 0.01
    async with serving(clock=clock) as server:
        assert (await get(server, "/readyz"))[0] == 200
        assert clock.sleeps == lag.WINDOW


async def test_the_probe_tells_what_the_surface_says() -> None:
    async with serving(lambda: ["discord: not connected"]) as server:

        async def ask(host: str, path: str) -> tuple[bool, str]:
            return await asyncio.to_thread(probe.ask, host, server.port, path)

        assert await ask("127.0.0.1", "/healthz") == (True, "alive")
        assert await ask("0.0.0.0", "/healthz") == (True, "alive")
        assert await ask("127.0.0.1", "/readyz") == (False, "not ready: discord: not connected")
        assert await ask("127.0.0.1", "/metrics") == (
            False,
            f"no answer from 127.0.0.1:{server.port} (JSONDecodeError)",
        )
        port = server.port
    found, text = await asyncio.to_thread(probe.ask, "127.0.0.1", port)
    assert not found
    assert text.startswith("no answer from")


# --- metrics -----------------------------------------------------------------------------


async def test_metrics_are_served_in_prometheus_format() -> None:
    counted = PrometheusMeter()
    server = Surface("127.0.0.1", 0, counted, list)
    await server.start()
    try:
        counted.count("turns", platform="discord", outcome="answered")
        counted.count("turns", 2, platform="discord", outcome="answered")
        counted.observe("first_text_seconds", 0.3)
        counted.gauge("turns_running", 7)
        status, text, headers = await get(server, "/metrics")
    finally:
        await server.close()
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    turns = [value for key, value in samples.items() if key[0] == "threadbot_turns_total"]
    assert turns == [3]
    assert samples["threadbot_first_text_seconds_bucket", "0.5"] == 1
    assert samples["threadbot_first_text_seconds_bucket", "0.25"] == 0
    assert samples["threadbot_turns_running",] == 7
    assert ("threadbot_process_resident_memory_bytes",) in samples


def test_a_metric_has_no_twin_that_tells_when_it_was_made() -> None:
    counted = PrometheusMeter()
    counted.count("turns", platform="discord", outcome="answered")
    counted.observe("first_text_seconds", 0.3)
    text = counted.expose().decode()
    assert "threadbot_turns_total{" in text
    assert "_created" not in text


def test_an_undeclared_metric_or_label_raises() -> None:
    counted = PrometheusMeter()
    with pytest.raises(KeyError):
        counted.count("turnz")
    with pytest.raises(KeyError):
        counted.count("turns_running")
    with pytest.raises(ValueError, match="label"):
        counted.count("turns", person="alice")
    with pytest.raises(ValueError, match="label"):
        counted.count("turns")


def test_labels_from_outside_cannot_fill_the_memory() -> None:
    counted = PrometheusMeter()
    for n in range(meter.MOST_LABEL_SETS + 50):
        counted.count("discord_malformed", event=f"event_{n}")
    text = counted.expose().decode()
    lines = [line for line in text.splitlines() if "discord_malformed_total{" in line]
    assert len(lines) == meter.MOST_LABEL_SETS + 1
    assert 'threadbot_discord_malformed_total{event="other"} 50.0' in lines


def calls_of_meters() -> Iterator[tuple[str, str, str, set[str]]]:
    """Yield where, how, what and with which labels our code counts."""
    kinds = {"count": Kind.COUNTER, "observe": Kind.HISTOGRAM, "gauge": Kind.GAUGE}
    for folder in ("bot", "adapters", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in kinds
                    and ast.unparse(node.func.value).endswith("meter")
                ):
                    name = ast.literal_eval(node.args[0])
                    labels = {keyword.arg or "**" for keyword in node.keywords}
                    yield f"{path.name}:{node.lineno}", kinds[node.func.attr], name, labels


def test_everything_that_is_counted_is_declared_and_the_other_way_round() -> None:
    declared = {(metric.kind, metric.name): set(metric.labels) for metric in METRICS}
    calls = list(calls_of_meters())
    wrong = [
        (where, kind, name, labels)
        for where, kind, name, labels in calls
        if declared.get((Kind(kind), name)) != labels
    ]
    assert wrong == []
    assert {name for _, _, name, _ in calls} == {metric.name for metric in METRICS}


# --- who is not served -------------------------------------------------------------------


async def test_other_methods_and_paths_are_refused() -> None:
    async with serving() as server:
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            status, body, headers = await get(server, "/healthz", method)
            assert (status, json.loads(body)) == (405, {"error": "method not allowed"})
            assert headers["Allow"] == "GET,HEAD"
        assert (await get(server, "/"))[0] == 404
        assert (await get(server, "/healthz/"))[0] == 404


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8081", 200),
        ("LOCALHOST", 200),
        ("127.0.0.1", 200),
        ("[::1]:8081", 200),
        ("192.0.2.7", 200),
        ("bot.example.org", 200),
        ("evil.example:8081", 400),
        ("localhost.evil.example", 400),
        ("bot.example.org@evil.example", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
async def test_only_our_own_names_are_served(host: str, expected: int) -> None:
    async with serving(public_url="https://bot.example.org/x") as server:
        assert await raw(server, f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n") == expected


async def raw(server: Surface, text: str) -> int:
    """Send bytes as they are and return the status of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(text.encode("latin-1"))
        async with asyncio.timeout(patience.SECONDS):
            line = await reader.readline()
        return int(line.split()[1])
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "head",
    [
        "",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Host: localhost\r\nX: a\0b\r\n",
        "Host: localhost\r\nX: " + "a" * 65_536 + "\r\n",
        "Host: localhost\r\n" + "".join(f"X-{n}: y\r\n" for n in range(500)),
    ],
    ids=["no host", "two hosts", "smuggling", "nul", "64 KB header", "500 headers"],
)
async def test_malformed_requests_are_refused(head: str) -> None:
    async with serving() as server:
        assert await raw(server, f"GET /healthz HTTP/1.1\r\n{head}\r\n") == 400
        assert (await get(server, "/healthz"))[0] == 200


async def test_a_connection_that_sends_no_whole_header_is_closed() -> None:
    async with serving(header_seconds=0.05) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: loc")
        async with asyncio.timeout(patience.SECONDS):
            assert await reader.read() == b""
        writer.close()


async def test_a_body_that_never_ends_is_given_up() -> None:
    async def take(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    routes = [web.post("/hook", take)]
    async with serving(routes=routes, body_seconds=0.05) as server:
        head = "POST /hook HTTP/1.1\r\nHost: localhost\r\n"
        assert await raw(server, f"{head}Content-Length: 3\r\n\r\nabc") == 200
        assert await raw(server, f"{head}Content-Length: 3\r\n\r\na") == 408
        body = "a" * (gate.BODY_BYTES + 1)
        assert await raw(server, f"{head}Content-Length: {len(body)}\r\n\r\n{body}") == 413


async def test_a_port_in_use_is_said_with_what_to_do() -> None:
    async with serving() as first:
        second = Surface("127.0.0.1", first.port, PrometheusMeter(), list)
        with pytest.raises(PortInUse, match=rf"HTTP_PORT {first.port} on 127.0.0.1 is in use"):
            await second.start()
        await second.close()
        assert (await get(first, "/healthz"))[0] == 200


async def test_closing_is_quick_even_with_an_idle_client_and_works_twice() -> None:
    server = Surface("127.0.0.1", 0, PrometheusMeter(), list)
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readline()
    # aiohttp itself would wait a minute for it.
    async with asyncio.timeout(30):
        await server.close()
        await server.close()
    writer.close()


# --- who waits -----------------------------------------------------------------------------


async def test_whoever_is_being_answered_does_not_count() -> None:
    """Behind a proxy all requests come from one address, and a stall of ours gathers them."""
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def take(request: web.Request) -> web.Response:
        begun.release()
        await go_on.wait()
        return web.Response(text="done")

    async with serving(routes=[web.post("/hook", take)]) as server:
        head = "POST /hook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx"
        count = WAITING_PER_ADDRESS * 2
        asked = [asyncio.create_task(raw(server, head)) for _ in range(count)]
        async with asyncio.timeout(patience.SECONDS):
            for _ in asked:
                await begun.acquire()
        assert (await get(server, "/healthz"))[0] == 200
        go_on.set()
        assert await asyncio.gather(*asked) == [200] * count
        _, text, _ = await get(server, "/metrics")
        assert "crowd" not in text


async def test_nobody_is_kept_who_left() -> None:
    async with serving() as server:
        for _ in range(WAITING_PER_ADDRESS * 3):
            assert await raw(server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") == 200
        async with asyncio.timeout(patience.SECONDS):
            while server._crowd.size:
                await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("", ""),
    ],
)
def test_who_has_one_address_of_ipv6_has_many(address: str, party: str) -> None:
    assert party_of(address) == party


@pytest.mark.parametrize(
    ("peer", "headers", "inside"),
    [
        ("127.0.0.1", {"Host": "localhost"}, True),
        ("10.1.2.3", {"Host": "10.9.9.9:8081"}, True),
        ("::1", {"Host": "[::1]"}, True),
        ("::ffff:172.17.0.1", {"Host": "localhost"}, True),
        ("8.8.8.8", {"Host": "203.0.113.5:8081"}, False),
        ("8.8.8.8", {"Host": "localhost"}, False),
        ("::ffff:8.8.8.8", {"Host": "localhost"}, False),
        ("2606:4700::1111", {"Host": "localhost"}, False),
        ("127.0.0.1", {"Host": "bot.example"}, False),
        ("127.0.0.1", {"Host": "BOT.example:443"}, False),
        ("127.0.0.1", {"Host": "localhost", "x-forwarded-for": "10.0.0.1"}, False),
    ],
)
def test_who_is_inside(peer: str, headers: dict[str, str], inside: bool) -> None:
    """A global address never is, whatever name it uses, where HTTP_HOST lets it in."""
    request = make_mocked_request("GET", "/metrics", headers=headers)
    names = gate.Names(frozenset({"localhost"}), "bot.example")
    assert gate.is_inside(request.clone(remote=peer), names) is inside


async def test_a_handler_that_fails_or_hangs_says_so_and_closes() -> None:
    async def fail(request: web.Request) -> web.Response:
        raise RuntimeError("secret words")

    async def hang(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    routes = [web.get("/fail", fail), web.get("/hang", hang)]
    async with serving(routes=routes, answer_seconds=0.05) as server:
        status, body, headers = await get(server, "/fail")
        assert (status, json.loads(body)) == (500, {"error": "this failed here"})
        assert headers["Connection"] == "close"
        status, body, _ = await get(server, "/hang")
        assert (status, json.loads(body)) == (503, {"error": "the answer takes too long"})
        _, text, _ = await get(server, "/metrics")
        assert 'threadbot_http_refused_total{why="fault"} 1.0' in text
        assert 'threadbot_http_refused_total{why="late"} 1.0' in text


async def test_the_token_in_a_path_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Who has the link of a page can use it."""

    async def hang(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(routes=[web.get("/mask/{token}", hang)], answer_seconds=0.05) as server:
        status, _, _ = await get(server, "/mask/s3cr3tcanary")
    assert status == 503
    logged = capsys.readouterr().out
    assert "/mask/{token}" in logged
    assert "s3cr3tcanary" not in logged
