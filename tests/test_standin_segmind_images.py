"""The stand-in for Segmind's image model is as strict, as slow and as careless as the original."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from PIL import Image, ImageChops

from adapters.playground.faults import Fault
from adapters.playground.picture_edits import Wish, choose_size, edit, mark_box
from adapters.playground.segmind import RESULT, SUBMIT, SYNC, UPLOAD
from adapters.playground.segmind_images import FOUND, HUGE_BYTES, price
from tests.corpus import pictures as p
from tests.segmind_scene import KEY, Scene, scene

__all__ = ["scene"]

pytestmark = pytest.mark.virtual

SLUG = "gpt-image-1-edit-mini"
PHOTO = p.jpeg(p.photo(640, 480))
PLAIN = p.saved(p.corners(256, 256), "PNG")


class Caller:
    """Whoever speaks to Segmind by hand."""

    def __init__(self, scene: Scene, session: aiohttp.ClientSession) -> None:
        self.scene = scene
        self.session = session

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any, bytes]:
        sent = {"x-api-key": KEY, "Content-Type": "application/json", **headers}
        async with self.session.post(
            f"{self.scene.base}/{path}", data=json.dumps(body), headers=sent
        ) as answer:
            data = await answer.read()
            try:
                return answer.status, json.loads(data), data
            except ValueError:
                return answer.status, answer.content_type, data

    async def get(self, url: str, key: str = "") -> tuple[int, bytes, str]:
        headers = {"x-api-key": key} if key else {}
        async with self.session.get(url, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.read(), answer.content_type

    async def upload(self, *files: bytes) -> list[str]:
        status, said, _ = await self.post("upload-asset", {"data_urls": [uri(f) for f in files]})
        assert status == 200, said
        urls: list[str] = said["file_urls"]
        return urls

    async def finish(self, id_: str, seconds: float = 50.0) -> tuple[int, Any]:
        self.scene.stand_in.jobs[id_].queued -= seconds
        status, data, _ = await self.get(f"{self.scene.base}/v2/requests/{id_}", KEY)
        return status, json.loads(data)

    async def edit(self, body: Any) -> tuple[int, Any]:
        status, said, _ = await self.post(f"v2/{SLUG}", body)
        assert status == 200, said
        return await self.finish(said["request_id"])


def uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


@pytest.fixture
async def caller(scene: Scene) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(scene, session)


async def test_an_edit_is_uploaded_submitted_asked_for_and_fetched(caller: Caller) -> None:
    urls = await caller.upload(PHOTO, PLAIN)
    status, said, _ = await caller.post(
        f"v2/{SLUG}", {"prompt": "make it pink", "image_urls": urls, "mask": None}
    )
    assert (status, said["status"]) == (200, "QUEUED")
    id_ = said["request_id"]
    asked = f"{caller.scene.base}/v2/requests/{id_}"
    assert json.loads((await caller.get(f"{asked}/status", KEY))[1])["status"] == "QUEUED"
    caller.scene.stand_in.jobs[id_].queued -= 10
    assert json.loads((await caller.get(f"{asked}/status", KEY))[1])["status"] == "PROCESSING"
    status, result = await caller.finish(id_)
    assert (status, result["status"]) == (200, "COMPLETED")
    wish = Wish("make it pink")
    assert result["metrics"]["cost"] == price(wish, 2) == 0.016
    assert result["metrics"]["remaining_credits"] == pytest.approx(10 - 0.016)
    url = result["images"][0]["url"]
    status, data, kind = await caller.get(url)
    assert (status, kind) == (200, "image/png")
    assert data == edit(wish, [PHOTO, PLAIN])
    assert Image.open(io.BytesIO(data)).size == (1536, 1024)


async def test_what_everybody_may_see_is_not_for_keys(caller: Caller) -> None:
    (url,) = await caller.upload(PHOTO)
    assert (await caller.get(url))[1] == PHOTO
    assert (await caller.get(url, KEY))[0] == 400
    assert (await caller.get(f"{url}x"))[0] == 404
    assert caller.scene.stand_in.assets.keys_seen == 1


async def test_an_upload_has_two_shapes_and_its_own_refusals(caller: Caller) -> None:
    caller.scene.stand_in.upload_shape = "urls"
    status, said, _ = await caller.post("upload-asset", {"data_urls": [uri(PHOTO)]})
    assert status == 200 and list(said) == ["urls", "message"]
    caller.scene.faults.add(Fault(UPLOAD, "answer", options={"shape": "file_urls"}))
    assert "file_urls" in (await caller.post("upload-asset", {"data_urls": [uri(PHOTO)]}))[1]
    bodies: list[Any] = [{}, {"data_urls": []}, {"data_urls": ["https://a.example/b.png"]}, []]
    for body in bodies:
        assert (await caller.post("upload-asset", body))[0] == 400
    assert (await caller.post("upload-asset", {}, **{"x-api-key": "SG_other"}))[0] == 401
    assert (await caller.post("upload-asset", {}, **{"Content-Type": "text/plain"}))[0] == 406


WISHES = [
    ({"prompt": "brighter"}, Wish("brighter")),
    ({"size": "1024x1536"}, Wish("x", size="1024x1536")),
    ({"quality": "high"}, Wish("x", quality="high")),
    ({"background": "transparent"}, Wish("x", background="transparent")),
    ({"output_format": "webp"}, Wish("x", format="webp")),
    (
        {"output_format": "jpeg", "output_compression": 30},
        Wish("x", format="jpeg", compression=30),
    ),
    ({"moderation": "low", "prompt": "a zombie"}, Wish("a zombie", moderation="low")),
]


@pytest.mark.parametrize("options, wish", WISHES, ids=[str(options) for options, _ in WISHES])
async def test_every_option_does_something(
    caller: Caller, options: dict[str, Any], wish: Wish
) -> None:
    status, result = await caller.edit({"prompt": "x", "image_urls": [uri(PLAIN)], **options})
    assert status == 200
    _, data, kind = await caller.get(result["images"][0]["url"])
    assert data == edit(wish, [PLAIN]) and kind == f"image/{wish.format}"
    assert result["metrics"]["cost"] == price(wish, 1)
    made = Image.open(io.BytesIO(data))
    assert made.size == choose_size(wish.size, (256, 256))
    assert made.format == wish.format.upper()


def test_words_change_a_picture_each_in_its_own_way() -> None:
    prompts = (
        "pink", "brighter", "grey", "black and white", "blur it", "invert", "rotate", "red",
        "a castle", "a boat",
    )  # fmt: skip
    made = {prompt: edit(Wish(prompt, size="1024x1024"), [PLAIN]) for prompt in prompts}
    assert made["grey"] == made["black and white"]
    assert len(set(made.values())) == len(prompts) - 1
    assert all(edit(Wish(prompt, size="1024x1024"), [PLAIN]) == made[prompt] for prompt in prompts)
    low, high = Wish("x", quality="low"), Wish("x", quality="high")
    assert price(low, 1) < price(Wish("x"), 1) < price(high, 1)


async def test_a_mask_lets_only_what_is_transparent_change(caller: Caller) -> None:
    mask = Image.new("RGBA", (256, 256), "black")
    mask.paste((0, 0, 0, 0), (0, 0, 128, 256))
    urls = await caller.upload(PLAIN, p.saved(mask, "PNG"))
    body = {"prompt": "pink", "image_urls": urls[:1], "mask": urls[1]}
    _, result = await caller.edit(body)
    _, data, _ = await caller.get(result["images"][0]["url"])
    made = Image.open(io.BytesIO(data))
    before = Image.open(io.BytesIO(PLAIN)).resize((1024, 1024), Image.Resampling.BICUBIC)
    changed = ImageChops.difference(made, before)
    changed.paste((0, 0, 0), mark_box((1024, 1024)))
    assert changed.getbbox() == (0, 0, 512, 1024)
    assert data == edit(Wish("pink"), [PLAIN], p.saved(mask, "PNG"))


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"prompt": None}, 400, "prompt"),
    ({"prompt": "x" * 32_001}, 400, "prompt"),
    ({"image_urls": None}, 400, "image_urls"),
    ({"image_urls": []}, 400, "image_urls"),
    ({"image_urls": ["https://a.example/b.png"]}, 400, "fetched"),
    ({"mask": 1}, 400, "mask"),
    ({"mask": "https://a.example/b.png"}, 400, "mask"),
    ({"size": "2048x2048"}, 406, "size"),
    ({"quality": "best"}, 406, "quality"),
    ({"background": "blue"}, 406, "background"),
    ({"output_format": "gif"}, 406, "output_format"),
    ({"output_compression": 101}, 406, "output_compression"),
    ({"output_compression": "90"}, 406, "output_compression"),
    ({"moderation": "off"}, 406, "moderation"),
]


@pytest.mark.parametrize("change, status, named", REFUSED, ids=[str(r[0])[:40] for r in REFUSED])
async def test_what_is_refused_at_once(
    caller: Caller, change: dict[str, Any], status: int, named: str
) -> None:
    body = {"prompt": "x", "image_urls": [uri(PLAIN)]} | change
    for api in ("v1", "v2"):
        refused, said, _ = await caller.post(f"{api}/{SLUG}", body)
        assert refused == status and named in said["error"]
    assert not caller.scene.stand_in.jobs


SMALL = p.saved(Image.new("RGBA", (64, 64)), "PNG")
FAILS: list[tuple[dict[str, Any], str, int]] = [
    ({"prompt": "naked people"}, "content_policy_violation", 400),
    ({"prompt": "a zombie"}, "content_policy_violation", 400),
    ({"mask": uri(SMALL)}, "mask size does not match", 500),
    ({"mask": uri(PLAIN)}, "alpha channel", 500),
    ({"image_urls": [uri(b"no picture")]}, "Invalid image file", 500),
    ({"image_urls": [uri(PLAIN)] * 17}, "at most 16", 500),
    ({"background": "transparent", "output_format": "jpeg"}, "Transparent", 500),
]


@pytest.mark.parametrize("change, words, status", FAILS, ids=[f[1] for f in FAILS])
async def test_what_fails_later_and_costs_nothing(
    caller: Caller, change: dict[str, Any], words: str, status: int
) -> None:
    body = {"prompt": "x", "image_urls": [uri(PLAIN)]} | change
    failed, result = await caller.edit(body)
    assert failed == 422 and words in result["error"] and "cost" not in result["metrics"]
    refused, said, _ = await caller.post(f"v1/{SLUG}", body)
    assert refused == status and words in said["error"]
    assert caller.scene.stand_in.balance == 10


async def test_one_bare_address_is_taken_and_no_mask_twice(caller: Caller) -> None:
    for more in ({}, {"mask": None}):
        status, _ = await caller.edit({"prompt": "x", "image_urls": uri(PLAIN)} | more)
        assert status == 200
    assert list(caller.scene.stand_in.posts.values()) == [2]


async def test_the_older_way_answers_with_bytes_of_a_type_that_lies(caller: Caller) -> None:
    status, kind, data = await caller.post(f"v1/{SLUG}", {"prompt": "x", "image_urls": uri(PLAIN)})
    assert (status, kind) == (200, "image/jpeg")
    assert data == edit(Wish("x"), [PLAIN]) and data.startswith(b"\x89PNG")


@pytest.mark.parametrize("found", FOUND)
async def test_every_shape_of_an_answer(caller: Caller, found: str) -> None:
    caller.scene.shape(found=found)
    _, result = await caller.edit({"prompt": "x", "image_urls": uri(PLAIN)})
    _, whole, _ = await caller.post(f"v1/{SLUG}", {"prompt": "x", "image_urls": uri(PLAIN)})
    assert whole.keys() <= result.keys()
    assert len(str(next(caller.scene.history.of(SYNC)).answer)) < 2000
    assert len(str(next(caller.scene.history.of(RESULT)).answer)) < 2000


async def test_what_may_come_in_the_place_of_a_picture(caller: Caller) -> None:
    seen: dict[str, tuple[int, bytes, str]] = {}
    for sends in ("same", "json", "html", "empty", "as_text", "truncated", "huge", "missing"):
        caller.scene.faults.clear()
        caller.scene.shape(sends=sends)
        _, result = await caller.edit({"prompt": "x", "image_urls": uri(PLAIN)})
        seen[sends] = await caller.get(result["images"][0]["url"])
    made = edit(Wish("x"), [PLAIN])
    assert seen["same"] == (200, PLAIN, "image/png")
    assert "error" in json.loads(seen["json"][1]) and seen["json"][0] == 200
    assert seen["html"][2] == "text/html" and seen["empty"][1] == b""
    assert seen["as_text"] == (200, made, "text/plain")
    assert seen["truncated"][1] == made[: len(made) // 2]
    assert len(seen["huge"][1]) > HUGE_BYTES and seen["missing"][0] == 404


async def test_a_picture_may_be_said_to_be_elsewhere_or_lead_there(caller: Caller) -> None:
    caller.scene.shape(host="https://pictures.example.net/a.png")
    _, result = await caller.edit({"prompt": "x", "image_urls": uri(PLAIN)})
    assert result["images"][0]["url"] == "https://pictures.example.net/a.png"
    caller.scene.faults.clear()
    caller.scene.shape(leads_to="http://169.254.169.254/latest")
    _, result = await caller.edit({"prompt": "x", "image_urls": uri(PLAIN)})
    assert (await caller.get(result["images"][0]["url"]))[0] == 302


@pytest.mark.parametrize(
    "words, status", [("busy", 429), ("no funds", 406), ("bad picture", 400), ("broken", 500)]
)
async def test_failures_are_asked_for_in_words(caller: Caller, words: str, status: int) -> None:
    body = {"prompt": f"simulate {words}", "image_urls": uri(PLAIN)}
    refused, _, _ = await caller.post(f"v2/{SLUG}", body)
    assert refused == status


async def test_a_job_may_stay_in_the_queue_and_its_acceptance_be_lost(caller: Caller) -> None:
    caller.scene.faults.add(Fault(SUBMIT, "lose_answer"))
    body = {"prompt": "simulate silent", "image_urls": uri(PLAIN)}
    with pytest.raises(aiohttp.ClientError):
        await caller.post(f"v2/{SLUG}", body)
    (job,) = caller.scene.stand_in.jobs.values()
    assert job.status(caller.scene.clock.now() + 3_000_000) == "QUEUED"
