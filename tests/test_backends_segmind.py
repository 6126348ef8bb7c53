"""The real client against the stand-in for Segmind, over real sockets, on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.backends.http import Http
from adapters.backends.models import SEGMIND_MODELS
from adapters.backends.segmind import Segmind
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import History
from adapters.playground.segmind import RESULT, STATUS, SUBMIT, SYNC, SegmindStandIn
from adapters.playground.segmind_answers import SHAPES
from adapters.playground.simulated import KINDS
from bot.domain import ChatMessage, ChatRequest, Role
from bot.errors import BackendError, BackendFault, ConfigError
from bot.events import (
    Accepted,
    BackendEvent,
    Completed,
    Finish,
    Progress,
    Stage,
    Submitting,
    TextDelta,
)
from tests.virtual import VirtualClock, until

pytestmark = pytest.mark.virtual

KEY = "SG_0123456789abcdef"
SLOW, QUICK = SEGMIND_MODELS


class Heard:
    """What a stream came to."""

    def __init__(self) -> None:
        self.events: list[BackendEvent] = []
        self.error: BackendError | None = None

    @property
    def text(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def kinds(self) -> list[object]:
        return [e.stage if isinstance(e, Progress) else type(e) for e in self.events]

    @property
    def id(self) -> str:
        return next(e.request_id for e in self.events if isinstance(e, Accepted))

    @property
    def end(self) -> Completed:
        last = self.events[-1] if self.events else None
        assert isinstance(last, Completed), self.error
        return last

    @property
    def failure(self) -> BackendError:
        assert self.error is not None, self.events
        assert not any(isinstance(event, Completed) for event in self.events)
        return self.error


class Scene:
    """A client and the stand-in it talks to."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.history = History(self.clock.now)
        self.faults = FaultScript()
        self.stand_in = SegmindStandIn(self.clock.now, self.history, self.faults, key=KEY)
        self.http = Http()
        self.base = ""

    def backend(self, api: str = "v2", rpm: int = 5, key: str = KEY) -> Segmind:
        now = self.clock.now
        return Segmind(self.base, key, self.http, api=api, rpm=rpm, now=lambda: now() / 1000)

    async def hear(
        self, request: ChatRequest, api: str = "v2", backend: Segmind | None = None
    ) -> Heard:
        heard = Heard()
        try:
            async for event in (backend or self.backend(api)).stream(request):
                heard.events.append(event)
        except BackendError as error:
            heard.error = error
        return heard

    def shape(self, **options: object) -> None:
        for route in (SUBMIT, SYNC):
            self.faults.add(Fault(route, "answer", times=100, options=dict(options)))

    def count(self, route: str) -> int:
        return len(list(self.history.of(route)))


def ask(*texts: str, **more: Any) -> ChatRequest:
    """Ask with texts that are in turn a person's and the model's."""
    roles = (Role.USER, Role.ASSISTANT)
    messages = tuple(ChatMessage(roles[i % 2], text) for i, text in enumerate(texts))
    return replace(ChatRequest(QUICK, messages, 4000, "turn-1.step-1"), **more)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    app = web.Application()
    app.add_subapp("/segmind", scene.stand_in.app("/segmind"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scene.base = f"{site.name}/segmind"
    yield scene
    await scene.http.close()
    await runner.cleanup()


# --- answers ---------------------------------------------------------------------------------


async def test_an_answer_is_submitted_asked_for_and_had(scene: Scene) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    heard = await scene.hear(ask("hello there", model=SLOW))
    assert heard.kinds == [
        Submitting, Accepted, Stage.QUEUED, Stage.WORKING, TextDelta, Completed
    ]  # fmt: skip
    assert heard.events[1] == Accepted(next(iter(scene.stand_in.jobs)), resumable=True)
    assert "> hello there" in heard.text
    job = scene.stand_in.jobs[heard.id]
    cost = -(-round(job.reply.usd * 1e9) // 1000)
    assert (heard.end.finish, heard.end.usage.cost_micros) == (Finish.STOP, cost)
    assert heard.end.model == "gpt-5-mini-2025-08-07"
    assert heard.end.credits_micros == pytest.approx(10_000_000 - cost, abs=2)
    # The longest wait between two polls is all that is added.
    assert 47.9 <= loop.time() - started <= 47.9 + 6
    assert 8 <= scene.count(STATUS) <= 16
    assert (scene.count(SUBMIT), scene.count(RESULT)) == (1, 1)
    sent = next(scene.history.of(SUBMIT)).request
    assert sent == {"messages": [{"role": "user", "content": "hello there"}]}


async def test_the_older_way_waits_for_the_answer(scene: Scene) -> None:
    heard = await scene.hear(ask("hello there", model=SLOW), "v1")
    assert heard.kinds == [Submitting, Stage.WORKING, TextDelta, Completed]
    assert "> hello there" in heard.text
    assert heard.end.usage.cost_micros and heard.end.credits_micros
    assert heard.end.credits_micros < 10_000_000


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("double", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
async def test_every_shape_of_output_is_read(
    scene: Scene, shape: str, double: bool, api: str
) -> None:
    scene.shape(shape=shape, double=double, text="one\n\ntwo")
    heard = await scene.hear(ask("hi"), api)
    assert heard.text == "one\n\ntwo"
    assert heard.end.finish is Finish.STOP
    assert heard.end.usage.cost_micros


@pytest.mark.parametrize("base", ["", "/", "/v1", "/v2", "/v1/"])
async def test_a_base_url_is_taken_with_or_without_a_version(scene: Scene, base: str) -> None:
    scene.base += base
    assert (await scene.hear(ask("hi"))).end.finish is Finish.STOP


async def test_a_model_that_asks_for_json_gets_it_as_text(scene: Scene) -> None:
    for text in ('{"a": 1}', "[1, 2]", "5", "null", '{"answer": "x"} and more', '"quoted"'):
        scene.faults.clear()
        scene.shape(shape="text", text=text)
        assert (await scene.hear(ask("hi"))).text == text


async def test_what_is_left_is_told_and_runs_out(scene: Scene) -> None:
    scene.stand_in.balance = 0.0005
    first = await scene.hear(ask("write 60 words"))
    assert first.end.credits_micros is not None
    assert first.end.credits_micros < 500
    second = await scene.hear(ask("write 600 words"))
    assert (second.failure.fault, second.failure.status) == (BackendFault.FUNDS, 406)
    assert len(scene.stand_in.jobs) == 1


# --- failures --------------------------------------------------------------------------------

# kind: fault, status, ambiguous, submits
FAULTS: dict[str, tuple[BackendFault, int, bool, int]] = {
    "busy": (BackendFault.BUSY, 429, False, 3),
    "overloaded": (BackendFault.BUSY, 503, False, 3),
    "broken": (BackendFault.UPSTREAM, 500, False, 2),
    "misconfigured": (BackendFault.AUTH, 401, False, 1),
    "funds": (BackendFault.FUNDS, 406, False, 1),
    "gone": (BackendFault.NO_MODEL, 410, False, 1),
    "refused": (BackendFault.BLOCKED, 422, False, 1),
    "full": (BackendFault.TOO_LONG, 422, False, 1),
    "error": (BackendFault.UPSTREAM, 422, False, 1),
    "cut": (BackendFault.CUT, 0, True, 1),
    "page": (BackendFault.PROTOCOL, 0, True, 1),
    "silent": (BackendFault.TIMEOUT, 0, True, 1),
}
ENDS = {
    "empty": Finish.STOP,
    "blank": Finish.STOP,
    "length": Finish.LENGTH,
    "spent": Finish.LENGTH,
    "filter": Finish.BLOCKED,
    "decline": Finish.STOP,
    "slow": Finish.STOP,
    "wild": Finish.STOP,
}
ON_HISTORY = {
    "picture": (BackendFault.INVALID, 400),
    "crowded": (BackendFault.TOO_LONG, 422),
}


def test_every_kind_is_judged() -> None:
    assert FAULTS.keys() | ENDS.keys() | ON_HISTORY.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("asked", [True, False])
async def test_each_kind_of_failure_has_its_class(scene: Scene, kind: str, asked: bool) -> None:
    if not asked:
        scene.shape(kind=kind)
    heard = await scene.hear(ask(f"simulate {KINDS[kind].words}" if asked else "hello"))
    fault, status, ambiguous, submits = FAULTS[kind]
    error = heard.failure
    assert (error.fault, error.status, error.ambiguous) == (fault, status, ambiguous)
    assert heard.text == ""
    assert scene.count(SUBMIT) == submits
    assert heard.kinds[0] is Submitting


@pytest.mark.parametrize("kind", ENDS)
async def test_each_other_kind_ends_in_its_way(scene: Scene, kind: str) -> None:
    heard = await scene.hear(ask(f"simulate {KINDS[kind].words}"))
    assert heard.end.finish is ENDS[kind]
    assert heard.end.refusal == (kind == "decline")
    assert (heard.text.strip() == "") == (kind in ("empty", "blank", "spent"))
    usage = heard.end.usage
    if kind == "wild":
        assert (usage.prompt, usage.completion, usage.total) == (None, None, None)
    else:
        assert usage.total is not None


async def test_a_window_that_is_too_small_fits_half_of_it(scene: Scene) -> None:
    texts = ("a", "b", "c", "d", "e", "f", "simulate crowded")
    heard = await scene.hear(ask(*texts))
    assert (heard.failure.fault, heard.failure.status) == ON_HISTORY["crowded"]
    assert "4 earlier messages" in (await scene.hear(ask(*texts[2:]))).text


async def test_a_job_stays_for_an_hour_and_is_asked_for_again(scene: Scene) -> None:
    first = await scene.hear(ask("hello"))
    resumed = await scene.hear(ask("hello", resume=first.id))
    assert resumed.kinds == [TextDelta, Completed]
    assert (resumed.text, resumed.end.usage) == (first.text, first.end.usage)
    await asyncio.sleep(3600)
    gone = (await scene.hear(ask("hello", resume=first.id))).failure
    assert (gone.fault, gone.status, gone.ambiguous) == (BackendFault.INTERRUPTED, 404, True)
    assert scene.count(SUBMIT) == 1
    assert set(scene.stand_in.posts.values()) == {1}


async def test_a_restart_in_the_middle_asks_for_the_same_job(scene: Scene) -> None:
    id_ = ""
    async with aclosing(scene.backend().stream(ask("hello", model=SLOW))) as events:
        async for event in events:
            if isinstance(event, Accepted):
                id_ = event.request_id
            if event == Progress(Stage.WORKING):
                break
    await until(lambda: not scene.stand_in.open, within=1)
    resumed = await scene.hear(ask("hello", model=SLOW, resume=id_))
    assert resumed.kinds == [Stage.WORKING, TextDelta, Completed]
    assert scene.count(SUBMIT) == 1


@pytest.mark.parametrize("resume", ["../v1/get-user-credits", "a/b", "a?b", "x" * 200, "é"])
async def test_an_id_that_can_be_none_is_not_asked_for(scene: Scene, resume: str) -> None:
    failure = (await scene.hear(ask("hello", resume=resume))).failure
    assert failure.fault is BackendFault.INTERRUPTED
    assert not scene.history.entries


async def test_the_key_never_leaves_the_address_that_was_set(scene: Scene) -> None:
    elsewhere = "http://127.0.0.1:9/v2/requests/x"
    body = {"request_id": "abc", "status_url": elsewhere, "response_url": elsewhere}
    scene.faults.add(Fault(SUBMIT, "refuse", status=200, body=body))
    failure = (await scene.hear(ask("hello"))).failure
    # Asked for here, where nobody knows it; at the other address nobody listens.
    assert (failure.fault, failure.status) == (BackendFault.UPSTREAM, 404)
    assert scene.count(STATUS) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504, 404])
async def test_polls_are_repeated_freely(scene: Scene, status: int) -> None:
    for route in (STATUS, RESULT):
        scene.faults.add(Fault(route, "refuse", nth=1, times=2, status=status))
        scene.faults.add(Fault(route, "cut", nth=3))
    heard = await scene.hear(ask("hello"))
    assert heard.end.finish is Finish.STOP
    assert scene.count(SUBMIT) == 1


async def test_a_poll_over_the_rate_waits_until_there_is_room(scene: Scene) -> None:
    loop = asyncio.get_running_loop()
    scene.faults.add(
        Fault(STATUS, "refuse", status=429, headers={"x-rate-limit-reset-at-utc": at(scene, 25)})
    )
    started = loop.time()
    assert (await scene.hear(ask("hello"))).end.finish is Finish.STOP
    assert loop.time() - started == pytest.approx(25, abs=1.1)


@pytest.mark.parametrize("status", [401, 403, 405, 406])
async def test_a_key_that_is_no_longer_taken_ends_the_polls(scene: Scene, status: int) -> None:
    scene.faults.add(Fault(STATUS, "refuse", times=9, status=status, body={"error": "no"}))
    failure = (await scene.hear(ask("hello"))).failure
    assert (failure.status, failure.ambiguous, scene.count(STATUS)) == (status, True, 1)


async def test_a_service_that_is_down_is_waited_for_until_the_deadline(scene: Scene) -> None:
    loop = asyncio.get_running_loop()
    scene.faults.add(Fault(STATUS, "cut", times=1000))
    started = loop.time()
    failure = (await scene.hear(ask("hello"))).failure
    assert (failure.fault, failure.ambiguous) == (BackendFault.TIMEOUT, True)
    assert loop.time() - started == pytest.approx(600, abs=6)


@pytest.mark.parametrize("action", ["lose_answer", "cut"])
@pytest.mark.parametrize("api", ["v1", "v2"])
async def test_a_submit_that_may_have_been_taken_is_not_repeated(
    scene: Scene, action: str, api: str
) -> None:
    for route in (SUBMIT, SYNC):
        scene.faults.add(Fault(route, action))
    failure = (await scene.hear(ask("hello"), api)).failure
    assert (failure.fault, failure.ambiguous) == (BackendFault.CUT, True)
    assert scene.count(SUBMIT) + scene.count(SYNC) == 1


async def test_a_passing_burst_ends_in_an_answer(scene: Scene) -> None:
    loop = asyncio.get_running_loop()
    headers = {"x-rate-limit-reset-at-utc": at(scene, 12)}
    scene.faults.add(Fault(SUBMIT, "refuse", status=429, headers=headers))
    scene.faults.add(Fault(SUBMIT, "refuse", nth=2, status=503, content_type="text/html", body=""))
    started = loop.time()
    heard = await scene.hear(ask("hello"))
    assert heard.end.finish is Finish.STOP
    assert loop.time() - started == pytest.approx(12 + 2.5 + 5.5, abs=2.5)
    assert list(scene.stand_in.posts.values()) == [1]


def at(scene: Scene, seconds: int) -> str:
    moment = scene.clock.now() // 1000 + seconds
    return datetime.fromtimestamp(moment, UTC).isoformat()


# --- our own pace ----------------------------------------------------------------------------


async def test_our_own_limit_is_kept_in_order(scene: Scene) -> None:
    loop = asyncio.get_running_loop()
    scene.stand_in.rpm = 2  # it would refuse what came too soon
    backend = scene.backend(rpm=2)
    began: list[float] = []
    paced: list[bool] = []

    async def one(n: int) -> None:
        async with aclosing(backend.stream(ask(f"question {n}"))) as events:
            async for event in events:
                if event == Progress(Stage.PACED):
                    paced.append(True)
                if isinstance(event, Submitting):
                    began.append(round(loop.time()))

    await asyncio.gather(*(one(n) for n in range(5)))
    assert began == [0, 0, 60, 60, 120]
    assert len(paced) == 3
    asked = [entry.request["messages"][0]["content"] for entry in scene.history.of(SUBMIT)]
    assert sorted(asked[:2]) + sorted(asked[2:4]) + asked[4:] == [f"question {n}" for n in range(5)]
    assert all(entry.status == 200 for entry in scene.history.of(SUBMIT))


async def test_a_place_that_is_given_up_goes_to_the_next(scene: Scene) -> None:
    loop = asyncio.get_running_loop()
    backend = scene.backend(rpm=1)
    assert (await scene.hear(ask("first"), backend=backend)).end.finish is Finish.STOP
    started = loop.time()
    waiting = [asyncio.create_task(scene.hear(ask(str(n)), backend=backend)) for n in range(3)]
    await asyncio.sleep(1)
    for task in waiting[:2]:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert loop.time() - started < 70
    assert waiting[2].result().end.finish is Finish.STOP


# --- what is sent ----------------------------------------------------------------------------


async def test_extra_fields_are_sent_only_when_asked_for(scene: Scene) -> None:
    await scene.hear(ask("hello", effort="low", max_output_tokens=50, capped=True))
    sent = next(scene.history.of(SUBMIT)).request
    assert (sent["max_completion_tokens"], sent["reasoning_effort"]) == (50, "low")
    await scene.hear(ask("hello", effort="extreme"))
    assert [*scene.history.of(SUBMIT)][1].request.keys() == {"messages"}


@pytest.mark.parametrize(
    ("status", "error", "forgotten"),
    [
        (400, "Unrecognized request argument supplied: reasoning_effort", False),
        (400, "bad request", True),
        (406, "reasoning_effort must be one of: none", False),
        (500, "Internal server error", True),
    ],
)
async def test_extra_fields_that_are_refused_are_left_out(
    scene: Scene, status: int, error: str, forgotten: bool
) -> None:
    scene.faults.add(Fault(SUBMIT, "refuse", status=status, body={"error": error}))
    backend = scene.backend()
    for _ in range(2):
        heard = await scene.hear(ask("hello", effort="low"), backend=backend)
        assert heard.end.finish is Finish.STOP
    fields = ["reasoning_effort" in entry.request for entry in scene.history.of(SUBMIT)]
    assert fields == [True, False, forgotten]


async def test_a_job_that_fails_over_an_extra_field_is_made_without_it(scene: Scene) -> None:
    error = "Unsupported parameter: 'reasoning_effort'"
    scene.faults.add(Fault(SUBMIT, "answer", options={"error": error}))
    heard = await scene.hear(ask("hello", effort="low"))
    assert heard.end.finish is Finish.STOP
    assert heard.kinds.count(Submitting) == 2
    assert len(scene.stand_in.jobs) == 2


async def test_a_failure_of_another_kind_is_not_tried_without_them(scene: Scene) -> None:
    scene.shape(error="content_policy_violation")
    await scene.hear(ask("hello", effort="low"))
    assert len(scene.stand_in.jobs) == 1


@pytest.mark.parametrize("name", ["../x", "UP", "a/b", "", "a?b", "a" * 200, ".x"])
async def test_a_name_that_can_be_no_path_is_no_model(scene: Scene, name: str) -> None:
    failure = (await scene.hear(ask("hello", model=replace(QUICK, name=name)))).failure
    assert failure.fault is BackendFault.NO_MODEL
    assert not scene.history.entries


async def test_other_models_are_no_models(scene: Scene) -> None:
    for name, status in (("gpt-9", 404), ("gpt-4-mini", 410)):
        failure = (await scene.hear(ask("hello", model=replace(QUICK, name=name)))).failure
        assert (failure.fault, failure.status) == (BackendFault.NO_MODEL, status)
    scene.stand_in.account.forbidden.add(QUICK.name)
    failure = (await scene.hear(ask("hello"))).failure
    assert (failure.fault, failure.status) == (BackendFault.NO_MODEL, 403)


@pytest.mark.parametrize("key", ["", " ", "a b", "ключ"])
def test_a_key_that_cannot_be_one_is_a_fault_of_the_settings(key: str) -> None:
    with pytest.raises(ConfigError):
        Segmind("http://127.0.0.1", key, Http())


# --- the stand-in itself ---------------------------------------------------------------------

GOOD = {"messages": [{"role": "user", "content": "hi"}]}


async def test_the_stand_in_is_as_strict_as_segmind(scene: Scene) -> None:
    url = f"{scene.base}/v2/gpt-5.4-mini"
    key = {"x-api-key": KEY}
    bearer = {"Authorization": f"Bearer {KEY}"}
    cases: list[tuple[str, str, dict[str, str], dict[str, Any], int, str]] = [
        ("POST", url, {}, {"json": GOOD}, 401, "No API key"),
        ("POST", url, {"x-api-key": "SG_x"}, {"json": GOOD}, 401, "key rejected"),
        ("POST", url, bearer, {"json": GOOD}, 401, "invalid_token"),
        ("POST", url, key, {"data": b"{}"}, 406, "content type"),
        ("POST", url, key, {"json": {}}, 400, "messages is required"),
        ("POST", url, key, {"json": {**GOOD, "stream": True}}, 400, "stream"),
        ("POST", url, key, {"json": {"messages": [{"role": "tool", "content": "x"}]}}, 400, "role"),
        ("POST", url, key, {"json": {"prompt": "hi"}}, 200, "QUEUED"),
        ("POST", url, key, {"json": {**GOOD, "tools": [{}]}}, 200, "QUEUED"),
        ("GET", url, key, {}, 405, "<html>"),
        ("PUT", f"{scene.base}/v2/requests/x", key, {}, 405, "<html>"),
        ("GET", f"{scene.base}/v2/requests/x", key, {}, 404, "no such request"),
        ("GET", f"{scene.base}/v1/get-user-credits", key, {}, 200, '"credits": 10'),
    ]
    async with aiohttp.ClientSession() as session:
        for method, where, headers, options, status, words in cases:
            async with session.request(method, where, headers=headers, **options) as response:
                assert (response.status, words in await response.text()) == (status, True), words


async def test_the_stand_in_refuses_what_comes_too_fast(scene: Scene) -> None:
    scene.stand_in.rpm = 1
    url, key = f"{scene.base}/v2/gpt-5.4-mini", {"x-api-key": KEY}
    async with aiohttp.ClientSession() as session:
        async with session.post(url, headers=key, json=GOOD) as response:
            assert response.status == 200
        await asyncio.sleep(20)
        async with session.post(url, headers=key, json=GOOD) as response:
            assert response.status == 429
            assert "Retry-After" not in response.headers
            assert response.headers["x-rate-limit-reset-at-utc"].endswith("00Z")
        await asyncio.sleep(40)
        async with session.post(url, headers=key, json=GOOD) as response:
            assert response.status == 200
    # The same request paid twice is seen.
    assert list(scene.stand_in.posts.values()) == [2]
