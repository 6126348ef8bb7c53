"""The client for Segmind's image models and the stand-in it talks to, over real sockets."""

from __future__ import annotations

import asyncio
import io
from contextlib import aclosing
from typing import Any

import pytest
from PIL import Image

from adapters.backends.segmind import Segmind
from adapters.backends.segmind_images import SegmindImages
from adapters.backends.segmind_submissions import Account
from adapters.playground.faults import Fault
from adapters.playground.picture_edits import Wish, edit
from adapters.playground.segmind import RESULT, STATUS, SUBMIT, SYNC, UPLOAD
from adapters.playground.segmind_images import FOUND, Work, price
from bot.domain import EditOptions, Picture
from bot.errors import BackendError, BackendFault
from bot.events import Accepted, PictureMade, Stage, Submitting
from tests.corpus import pictures as p
from tests.segmind_scene import EDITOR, KEY, PLAIN, Scene, ask, change, scene
from tests.virtual import until

__all__ = ["scene"]

pytestmark = pytest.mark.virtual

PHOTO = p.jpeg(p.photo(640, 480))
USUAL = edit(Wish("make it pink"), [PLAIN])


def mask_of(size: tuple[int, int] = (256, 256)) -> bytes:
    mask = Image.new("RGBA", size, "black")
    mask.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    return p.saved(mask, "PNG")


def works(scene: Scene) -> list[Work]:
    return [job.work for job in scene.stand_in.jobs.values() if job.work is not None]


async def test_an_edit_is_uploaded_submitted_asked_for_and_fetched(scene: Scene) -> None:
    started = asyncio.get_running_loop().time()
    edited = await scene.edit(change("make it pink", PLAIN, PHOTO))
    assert edited.kinds == [Submitting, Accepted, Stage.QUEUED, Stage.WORKING, PictureMade]
    assert edited.events[1] == Accepted(next(iter(scene.stand_in.jobs)), resumable=True)
    assert edited.made.data == edit(Wish("make it pink"), [PLAIN, PHOTO])
    micros = round(price(Wish(""), 2) * 1e6)
    assert edited.made.usage.cost_micros == micros
    assert edited.made.credits_micros == pytest.approx(10_000_000 - micros)
    assert edited.made.model == "gpt-image-1-edit-mini"
    assert 42.3 <= asyncio.get_running_loop().time() - started <= 42.3 + 6
    counts = [scene.count(route) for route in (UPLOAD, SUBMIT, RESULT)]
    assert counts == [1, 1, 1] and 8 <= scene.count(STATUS) <= 16
    (work,) = works(scene)
    assert work.pictures == (PLAIN, PHOTO) and work.mask is None
    # What nobody chose is left to the service, and no mask is no field.
    sent = next(scene.history.of(SUBMIT)).request
    assert sent.keys() == {"prompt", "image_urls"}
    assert all(url.startswith(scene.base) for url in sent["image_urls"])


async def test_the_key_goes_nowhere_but_to_the_service(scene: Scene) -> None:
    edited = await scene.edit(change())
    assert edited.made.data == USUAL
    assert scene.stand_in.assets.keys_seen == 0
    assert all(asset.gets == 1 for asset in scene.stand_in.assets.files.values())


OPTIONS = [
    (EditOptions(size="1536x1024"), {"size": "1536x1024"}),
    (EditOptions(quality="low"), {"quality": "low"}),
    (EditOptions(background="transparent"), {"background": "transparent"}),
    (EditOptions(format="webp"), {"output_format": "webp"}),
    (
        EditOptions(format="jpeg", compression=1),
        {"output_format": "jpeg", "output_compression": 1},
    ),
    (EditOptions(moderation="low"), {"moderation": "low"}),
]


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("options, fields", OPTIONS, ids=[str(fields) for _, fields in OPTIONS])
async def test_every_option_reaches_the_model(
    scene: Scene, options: EditOptions, fields: dict[str, Any], api: str
) -> None:
    edited = await scene.edit(change(options=options), api)
    (work,) = works(scene)
    sent = next(scene.history.of(SUBMIT if api == "v2" else SYNC)).request
    assert {name: sent[name] for name in sent if name not in ("prompt", "image_urls")} == fields
    assert edited.made.data == edit(work.wish, [PLAIN]) == work.made
    assert work.wish != Wish("make it pink")


async def test_a_mask_goes_along(scene: Scene) -> None:
    mask = mask_of()
    edited = await scene.edit(change(mask=Picture(mask, "image/png")))
    (work,) = works(scene)
    assert work.mask == mask and work.pictures == (PLAIN,)
    assert edited.made.data == edit(Wish("make it pink"), [PLAIN], mask) != USUAL


@pytest.mark.parametrize("api", ["v1", "v2"])
async def test_without_uploads_nothing_becomes_public(scene: Scene, api: str) -> None:
    backend = scene.images(api, uploads=False)
    mask = Picture(mask_of(), "image/png")
    edited = await scene.edit(change("pink", PLAIN, PHOTO, mask=mask), backend=backend)
    assert edited.made.data == edit(Wish("pink"), [PLAIN, PHOTO], mask_of())
    assert scene.count(UPLOAD) == 0
    assert [name for name in scene.stand_in.assets.files if name.startswith("assets/")] == []


@pytest.mark.parametrize("shape", ["file_urls", "urls"])
async def test_both_answers_to_an_upload_are_read(scene: Scene, shape: str) -> None:
    scene.stand_in.upload_shape = shape
    assert (await scene.edit(change())).made.data == USUAL


async def test_large_pictures_are_uploaded_a_few_at_a_time(scene: Scene) -> None:
    noise = p.photo(1000, 1000)
    large = p.saved(noise.resize((2400, 1600)), "PNG", compress_level=0)
    edited = await scene.edit(change("pink", large, PLAIN, PHOTO))
    assert edited.made.data == edit(Wish("pink"), [large, PLAIN, PHOTO])
    assert scene.count(UPLOAD) == 2


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("found", FOUND)
async def test_the_picture_is_found_wherever_it_is(scene: Scene, found: str, api: str) -> None:
    scene.shape(found=found)
    edited = await scene.edit(change(), api)
    assert edited.made.data == USUAL
    assert edited.made.usage.cost_micros == 15_500


async def test_bytes_are_what_they_are_whatever_they_are_called(scene: Scene) -> None:
    scene.shape(sends="as_text")
    assert (await scene.edit(change())).made.data == USUAL
    edited = await scene.edit(change(), "v1")
    assert edited.made.data == USUAL
    assert edited.kinds == [Submitting, Stage.WORKING, PictureMade]
    scene.faults.clear()
    assert (await scene.edit(change(), "v1")).made.data == USUAL


@pytest.mark.parametrize("api", ["v1", "v2"])
async def test_a_missing_mask_is_null_once_it_is_missed(scene: Scene, api: str) -> None:
    route = SUBMIT if api == "v2" else SYNC
    scene.faults.add(Fault(route, "refuse", status=400, body={"error": "mask is required"}))
    backend = scene.images(api)
    assert (await scene.edit(change(), backend=backend)).made.data == USUAL
    assert (await scene.edit(change("grey"), backend=backend)).made.data != USUAL
    sent = [entry.request for entry in scene.history.of(route)]
    assert ["mask" in request for request in sent] == [False, True, True]
    assert sent[1]["mask"] is None and sent[0]["image_urls"] == sent[1]["image_urls"]
    # A second time it is no use.
    refused = Fault(route, "refuse", status=400, times=2, body={"error": "mask is required"})
    scene.faults.add(refused)
    assert (await scene.edit(change(), backend=backend)).failure.fault is BackendFault.INVALID
    assert refused.hits == 1


async def test_a_wrong_mask_is_not_sent_again_without(scene: Scene) -> None:
    small = Picture(mask_of((64, 64)), "image/png")
    failure = (await scene.edit(change(mask=small))).failure
    assert (failure.fault, scene.count(SUBMIT)) == (BackendFault.UPSTREAM, 1)
    assert "mask size" in failure.detail


async def test_an_accepted_edit_is_asked_for_again_by_its_id(scene: Scene) -> None:
    backend = scene.images()
    async with aclosing(backend.edit(change())) as events:
        async for event in events:
            if isinstance(event, Accepted):
                break
    (id_,) = scene.stand_in.jobs
    assert not await backend.is_done(id_)
    await asyncio.sleep(45)
    assert await backend.is_done(id_)
    edited = await scene.edit(change(resume=id_), backend=scene.images())
    assert edited.kinds == [PictureMade] and edited.made.data == USUAL
    assert (scene.count(SUBMIT), scene.count(UPLOAD)) == (1, 1)


async def test_a_failed_edit_is_done_too_and_a_lost_one_is_not_known(scene: Scene) -> None:
    backend = scene.images()
    edited = await scene.edit(change("a nude"), backend=backend)
    assert edited.failure.fault is BackendFault.BLOCKED
    assert await backend.is_done(edited.id)
    for id_ in ("unknown", "../v1", ""):
        with pytest.raises(BackendError, match="interrupted"):
            await backend.is_done(id_)
    again = await scene.edit(change(resume="unknown"), backend=backend)
    assert again.failure.fault is BackendFault.INTERRUPTED


async def test_chat_and_pictures_share_one_limit(scene: Scene) -> None:
    account = scene.account(rpm=1)
    chat = Segmind("", "", scene.http, account=account)
    images = SegmindImages(account, scene.fetcher)
    started = asyncio.get_running_loop().time()
    await scene.hear(ask("hi"), backend=chat)
    edited = await scene.edit(change(), backend=images)
    assert edited.kinds[0] is Stage.PACED
    assert asyncio.get_running_loop().time() - started > 60 + 42


async def test_an_edit_that_nobody_waits_for_ends_its_request(scene: Scene) -> None:
    events = scene.images("v1").edit(change())
    await anext(events)
    await anext(events)
    waiting = asyncio.create_task(anext(events))
    await until(lambda: scene.stand_in.jobs)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await events.aclose()
    await until(lambda: scene.stand_in.open == 0)


def test_what_is_known_of_the_model() -> None:
    assert EDITOR.id == "segmind:gpt-image-1-edit-mini"
    assert (EDITOR.most_pictures, EDITOR.usual_seconds) == (16, 42)


async def test_what_an_edit_takes_is_listed_until_it_is_seen(scene: Scene) -> None:
    listed = SegmindImages(Account("https://api.segmind.com/v1/", KEY, scene.http), scene.fetcher)
    assert listed.usual_seconds(EDITOR) == 42
    # Of another place that speaks like it nothing is known.
    images = scene.images()
    assert images.usual_seconds(EDITOR) == 0
    for queued, usual in ((9.0, 10), (99.0, 55), (99.0, 100)):
        scene.faults.clear()
        scene.shape(queued=queued, working=1.0)
        assert (await scene.edit(change(), backend=images)).made.data
        assert images.usual_seconds(EDITOR) == pytest.approx(usual, abs=6)
    refused = await scene.edit(change(resume="nobody-s"), backend=images)
    assert refused.error is not None
    assert images.usual_seconds(EDITOR) == pytest.approx(100, abs=6)
    made = Image.open(io.BytesIO(USUAL))
    assert f"{made.width}x{made.height}" in EDITOR.sizes
