"""What the Segmind client makes of answers and failures of the stand-in."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from adapters.playground.faults import Fault
from adapters.playground.segmind import RESULT, STATUS, SUBMIT, SYNC
from adapters.playground.segmind_answers import SHAPES
from adapters.playground.simulated import KINDS
from bot.errors import BackendFault
from bot.events import (
    Accepted,
    Completed,
    Finish,
    Progress,
    Stage,
    Submitting,
    TextDelta,
)
from tests.segmind_scene import SLOW, Scene, ask, at, scene
from tests.virtual import until

__all__ = ["scene"]

pytestmark = pytest.mark.virtual


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
