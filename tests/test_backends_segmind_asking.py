"""How Segmind is asked: at our own pace, with what was asked for; and how strict it is."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from adapters.backends.http import Http
from adapters.backends.segmind import Segmind
from adapters.playground.faults import Fault
from adapters.playground.segmind import SUBMIT
from bot.errors import BackendFault, ConfigError
from bot.events import (
    Finish,
    Progress,
    Stage,
    Submitting,
)
from tests.segmind_scene import KEY, QUICK, Scene, ask, scene

__all__ = ["scene"]

pytestmark = pytest.mark.virtual


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
