"""What the client for Segmind's image models makes of everything that can go wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from adapters.playground.faults import Fault
from adapters.playground.picture_edits import Wish, edit
from adapters.playground.segmind import RESULT, STATUS, SUBMIT, SYNC, UPLOAD
from bot.domain import EditOptions
from bot.errors import BackendError, BackendFault
from bot.events import Accepted, Stage, Submitting
from tests.segmind_scene import EDITOR, KEY, PLAIN, Scene, at, change, scene

__all__ = ["scene"]

pytestmark = pytest.mark.virtual

MADE = "GET /{folder}/{name}"
USUAL = edit(Wish("make it pink"), [PLAIN])

# F62 and F65: what comes in the place of a picture, and from where.
UNUSABLE: list[tuple[dict[str, Any], BackendFault]] = [
    ({"sends": "json"}, BackendFault.UPSTREAM),
    ({"sends": "html"}, BackendFault.PROTOCOL),
    ({"sends": "empty"}, BackendFault.PROTOCOL),
    ({"sends": "huge"}, BackendFault.PROTOCOL),
    ({"sends": "nothing"}, BackendFault.PROTOCOL),
    ({"host": "https://pictures.example.net/a.png"}, BackendFault.PROTOCOL),
    ({"host": "http://127.0.0.1:9/a.png"}, BackendFault.PROTOCOL),
    ({"host": "http://169.254.169.254/latest/meta-data"}, BackendFault.PROTOCOL),
    ({"host": "file:///etc/passwd"}, BackendFault.PROTOCOL),
    ({"host": "https://user:word@images.segmind.com/a.png"}, BackendFault.PROTOCOL),
    ({"host": "https://images.segmind.com.example.net/a.png"}, BackendFault.PROTOCOL),
    ({"leads_to": "http://169.254.169.254/latest/meta-data"}, BackendFault.PROTOCOL),
    ({"leads_to": "https://pictures.example.net/a.png"}, BackendFault.PROTOCOL),
    ({"output": {"error": {"message": "Internal server error"}}}, BackendFault.PROTOCOL),
]


@pytest.mark.parametrize("options, fault", UNUSABLE, ids=[str(o) for o, _ in UNUSABLE])
async def test_what_is_no_picture_is_not_given_on(
    scene: Scene, options: dict[str, Any], fault: BackendFault
) -> None:
    scene.shape(**options)
    failure = (await scene.edit(change())).failure
    # It was run, and may have been paid.
    assert (failure.fault, failure.ambiguous) == (fault, True)
    assert scene.count(SUBMIT) == 1


@pytest.mark.parametrize("sends", ["json", "html", "empty", "huge"])
async def test_what_is_no_picture_in_the_older_way(scene: Scene, sends: str) -> None:
    scene.shape(sends=sends)
    failure = (await scene.edit(change(), "v1")).failure
    assert failure.fault is (BackendFault.UPSTREAM if sends == "json" else BackendFault.PROTOCOL)
    assert (failure.ambiguous, scene.count(SYNC)) == (True, 1)


@pytest.mark.parametrize("sends", ["same", "truncated"])
async def test_what_begins_like_a_picture_is_judged_by_whoever_decodes(
    scene: Scene, sends: str
) -> None:
    scene.shape(sends=sends)
    made = (await scene.edit(change())).made.data
    assert made == (PLAIN if sends == "same" else USUAL[: len(USUAL) // 2])


REFUSALS: list[tuple[int, str, BackendFault, bool]] = [
    (400, "prompt is required", BackendFault.INVALID, False),
    (400, "blocked by our content policy", BackendFault.BLOCKED, False),
    (401, "key rejected", BackendFault.AUTH, True),
    (402, "pay first", BackendFault.FUNDS, True),
    (403, "model not permitted", BackendFault.NO_MODEL, False),
    (404, "no such model", BackendFault.NO_MODEL, False),
    (406, "Insufficient credits: have 0.01, need 0.03", BackendFault.FUNDS, True),
    (406, "size must be one of auto, 1024x1024", BackendFault.INVALID, False),
    (406, "Unsupported content type", BackendFault.INVALID, False),
    (410, "model has been retired", BackendFault.NO_MODEL, False),
    (422, "content_policy_violation", BackendFault.BLOCKED, False),
    (500, "Your request was rejected by the safety system", BackendFault.BLOCKED, False),
]


@pytest.mark.parametrize("status, words, fault, of_account", REFUSALS, ids=[r[1] for r in REFUSALS])
async def test_a_refusal_is_what_it_says(
    scene: Scene, status: int, words: str, fault: BackendFault, of_account: bool
) -> None:
    scene.faults.add(Fault(SUBMIT, "refuse", times=9, status=status, body={"error": words}))
    edited = await scene.edit(change())
    failure = edited.failure
    assert (failure.fault, failure.of_account) == (fault, of_account)
    assert not failure.ambiguous
    assert edited.kinds == [Submitting]
    assert scene.count(SUBMIT) == 1


@pytest.mark.parametrize("retry", [None, 3, 86_400])
@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_service_is_asked_three_times(
    scene: Scene, status: int, retry: int | None
) -> None:
    headers = {} if retry is None else {"x-rate-limit-reset-at-utc": at(scene, retry)}
    busy = Fault(SUBMIT, "refuse", times=2, status=status, body={}, headers=headers)
    scene.faults.add(busy)
    assert (await scene.edit(change())).made.data == USUAL
    busy.times = 99
    busy.seen = 0
    assert (await scene.edit(change())).failure.fault is BackendFault.BUSY
    assert (scene.count(SUBMIT), scene.count(UPLOAD)) == (6, 2)


@pytest.mark.parametrize("status", [502, 504])
async def test_what_a_gateway_lost_sight_of_is_not_submitted_again(
    scene: Scene, status: int
) -> None:
    scene.faults.add(
        Fault(SUBMIT, "refuse", status=status, body="<html>", content_type="text/html")
    )
    failure = (await scene.edit(change())).failure
    assert failure.ambiguous and scene.count(SUBMIT) == 1


async def test_a_lost_acceptance_is_not_submitted_again(scene: Scene) -> None:
    scene.faults.add(Fault(SUBMIT, "lose_answer"))
    edited = await scene.edit(change())
    assert edited.failure.fault is BackendFault.CUT and edited.failure.ambiguous
    assert edited.kinds == [Submitting] and len(scene.stand_in.jobs) == 1


async def test_a_job_that_never_ends_is_given_up_after_ten_minutes(scene: Scene) -> None:
    scene.shape(queued=3000.0)
    started = asyncio.get_running_loop().time()
    backend = scene.images()
    edited = await scene.edit(change(), backend=backend)
    assert edited.failure.fault is BackendFault.TIMEOUT and edited.failure.ambiguous
    assert 590 <= asyncio.get_running_loop().time() - started <= 602
    assert edited.kinds == [Submitting, Accepted, Stage.QUEUED]
    # The picture comes late, and is had by its id.
    assert not await backend.is_done(edited.id)
    scene.stand_in.jobs[edited.id].queued = 100.0
    assert await backend.is_done(edited.id)
    late = await scene.edit(change(resume=edited.id), backend=backend)
    assert late.made.data == USUAL and scene.count(SUBMIT) == 1


@pytest.mark.parametrize("route", [STATUS, RESULT])
async def test_polls_are_repeated_whatever_became_of_the_last(scene: Scene, route: str) -> None:
    scene.faults.add(Fault(route, "refuse", times=3, status=502, body="<html>"))
    assert (await scene.edit(change())).made.data == USUAL
    assert scene.count(SUBMIT) == 1


async def test_a_result_that_cannot_be_fetched_now_is_fetched_again(scene: Scene) -> None:
    away = scene.faults.add(Fault(MADE, "refuse", times=3, status=503))
    assert (await scene.edit(change())).made.data == USUAL
    assert away.hits == 3


async def test_a_result_that_cannot_be_fetched_at_all_is_cut_off(scene: Scene) -> None:
    scene.shape(sends="missing")
    backend = scene.images()
    edited = await scene.edit(change(), backend=backend)
    assert edited.failure.fault is BackendFault.CUT and edited.failure.ambiguous
    # The service has it for all that, so it may be had later.
    assert await backend.is_done(edited.id)


UPLOADS: list[tuple[Fault, int, BackendFault | None]] = [
    (Fault(UPLOAD, "refuse", status=503), 2, None),
    (Fault(UPLOAD, "cut"), 2, None),
    (Fault(UPLOAD, "lose_answer"), 2, None),
    (Fault(UPLOAD, "refuse", status=500, times=9), 3, BackendFault.UPSTREAM),
    (Fault(UPLOAD, "refuse", status=429, times=9), 3, BackendFault.BUSY),
    (Fault(UPLOAD, "refuse", status=401, times=9), 1, BackendFault.AUTH),
    (Fault(UPLOAD, "refuse", status=404, times=9), 1, BackendFault.UPSTREAM),
    (Fault(UPLOAD, "answer", times=9, options={"body": {}}), 1, BackendFault.UPSTREAM),
    (
        Fault(UPLOAD, "answer", times=9, options={"body": {"file_urls": []}}),
        1,
        BackendFault.UPSTREAM,
    ),
    (
        Fault(UPLOAD, "answer", times=9, options={"body": {"urls": ["javascript:1"]}}),
        1,
        BackendFault.UPSTREAM,
    ),
]


@pytest.mark.parametrize("fault, tries, end", UPLOADS, ids=[str(n) for n in range(len(UPLOADS))])
async def test_an_upload_is_repeated_where_that_may_help(
    scene: Scene, fault: Fault, tries: int, end: BackendFault | None
) -> None:
    scene.faults.add(fault)
    edited = await scene.edit(change())
    assert scene.count(UPLOAD) == tries
    fault.seen = 10**6
    if end is None:
        assert edited.made.data == USUAL
    else:
        # Nothing was submitted, so nothing can have been charged.
        assert (edited.failure.fault, edited.failure.ambiguous) == (end, False)
        assert edited.events == [] and not scene.stand_in.jobs


@pytest.mark.parametrize("route", [UPLOAD, SUBMIT, STATUS])
async def test_neither_key_nor_prompt_is_echoed(scene: Scene, route: str) -> None:
    prompt = "a wish that nobody else should ever read, in any log at all"
    body = {"error": f"bad request with {KEY}: {prompt}"}
    scene.faults.add(Fault(route, "refuse", times=9, status=400, body=body))
    edited = await scene.edit(change(prompt))
    assert "bad request" in edited.failure.detail
    assert KEY not in str(edited.failure) and "nobody else" not in str(edited.failure)
    if route == STATUS:
        with pytest.raises(BackendError, match="invalid") as caught:
            await scene.images().is_done("some-id")
        assert KEY not in str(caught.value) and "nobody else" not in str(caught.value)


async def test_a_name_that_cannot_stand_in_a_path_is_not_asked_for(scene: Scene) -> None:

    model = replace(EDITOR, name="../../v1/get-user-credits")
    failure = (await scene.edit(change(model=model))).failure
    assert failure.fault is BackendFault.NO_MODEL and not scene.history.entries


async def test_what_the_model_cannot_do_fails_without_a_charge(scene: Scene) -> None:
    options = EditOptions(background="transparent", format="jpeg")
    failure = (await scene.edit(change(options=options))).failure
    assert failure.fault is BackendFault.UPSTREAM and not failure.ambiguous
    assert scene.stand_in.balance == 10
