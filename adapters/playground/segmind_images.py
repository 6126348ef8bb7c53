"""The image model of simulated Segmind: what it is asked, what it makes of it, and how it says so.

https://www.segmind.com/models/gpt-image-1-edit-mini/api says what it takes;
https://platform.openai.com/docs/guides/image-generation what stands behind it.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from PIL import Image

from adapters.playground.picture_edits import (
    BACKGROUNDS,
    FORMATS,
    MODERATIONS,
    QUALITIES,
    SIZES,
    BadEdit,
    Wish,
    edit,
)
from adapters.playground.segmind_answers import Course, Json, Refusal, Slug, refuse
from adapters.playground.segmind_assets import MADE, Asset, Assets, read_data_uri
from adapters.playground.witness import SAID, plain

POLICY = "content_policy_violation"
PICTURES_MAX = 16
PROMPT_CHARACTERS_MAX = 32_000
MASK_BYTES_MAX = 4 * 1024 * 1024
HUGE_BYTES = 60 * 1024 * 1024
# Of noise, which nothing packs smaller: 9 and 11 MB.
NOISE_PIXELS = {"big": (1_750, 1_750), "bigger": (1_920, 1_920)}

# Seconds: the average that Segmind's own list of models gave in August 2026.
IMAGES = {slug.name: slug for slug in (Slug("gpt-image-1-edit-mini", "", 2.0, 40.3, 0, 0),)}
# Dollars an image, square or not, by the list of the model behind it; and for each that is sent.
_USD = {"low": (0.005, 0.006), "medium": (0.011, 0.015), "high": (0.036, 0.052)}
_USD_EACH_INPUT = 0.0005
# What `auto` stands for here.
_USUAL_QUALITY = "medium"
# What is never drawn, and what is drawn only where moderation is low.
_FORBIDDEN = re.compile(r"\b(nude|naked|bomb)\b", re.IGNORECASE)
_DELICATE = re.compile(r"\b(blood|bloody|gore|zombie)\b", re.IGNORECASE)

# Where an answer has its picture: all of these have been seen, or are said to be.
FOUND = (
    "images", "image", "output", "output_list", "output_dict", "output_json", "url",
    "base64", "b64_json", "output_data",
)  # fmt: skip
WITHIN = ("base64", "b64_json", "output_data")
# What comes instead of the picture.
SENDS = (
    "same", "json", "html", "empty", "as_text", "truncated", "huge", "missing", "nothing",
    *NOISE_PIXELS,
)  # fmt: skip


@dataclass(slots=True)
class Work:
    """What the model was asked for and what it made; `data` is what is sent for that."""

    wish: Wish
    pictures: tuple[bytes, ...]
    mask: bytes | None
    made: bytes = b""
    data: bytes = b""
    mime: str = ""
    error: str = ""


def read_wish(body: Any) -> Wish:
    """Return what a request asks for, or raise the refusal: words that are not on a list get 406.

    https://platform.openai.com/docs/api-reference/images/createEdit has the lists.
    """
    if not isinstance(body, dict):
        raise refuse(400, "The body must be a JSON object")
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise refuse(400, "prompt is required")
    if len(prompt) > PROMPT_CHARACTERS_MAX:
        raise refuse(400, f"prompt is too long: at most {PROMPT_CHARACTERS_MAX} characters")
    compression = body.get("output_compression", 100)
    if isinstance(compression, bool) or not isinstance(compression, int):
        raise refuse(406, "output_compression must be an integer")
    if not 0 <= compression <= 100:
        raise refuse(406, "output_compression must be one of 0 to 100")
    return Wish(
        prompt,
        _word(body, "size", SIZES, "auto"),
        _word(body, "quality", QUALITIES, "auto"),
        _word(body, "background", BACKGROUNDS, "opaque"),
        _word(body, "output_format", FORMATS, "png"),
        compression,
        _word(body, "moderation", MODERATIONS, "auto"),
    )


def _word(body: Json, name: str, words: tuple[str, ...], usual: str) -> str:
    word = body.get(name, usual)
    if word not in words:
        raise refuse(406, f"{name} must be one of {', '.join(words)}")
    return str(word)


def read_addresses(body: Json) -> tuple[list[str], str | None]:
    """Return the addresses of the pictures and of the mask, or raise the refusal."""
    urls = body.get("image_urls")
    # An older page of the documentation has one bare address.
    urls = [urls] if isinstance(urls, str) else urls
    if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
        raise refuse(400, "image_urls is required")
    mask = body.get("mask")
    if mask is not None and not isinstance(mask, str):
        raise refuse(400, "mask must be a URL or null")
    return urls, mask


def fetch(url: str, name: str, assets: Assets, base: str) -> bytes:
    """Return what stands at an address: one of our own, or one that holds it all by itself."""
    asset = read_data_uri(url)
    data = asset.data if asset else assets.find(url, base)
    if data is None:
        raise refuse(400, f"{name} could not be fetched")
    return data


def price(wish: Wish, pictures: int) -> float:
    """Return what an edit costs, in dollars."""
    quality = _USUAL_QUALITY if wish.quality == "auto" else wish.quality
    # What `auto` comes to is known only later, and is charged as the dearer.
    usd = _USD[quality][wish.size != "1024x1024"]
    return round(usd + pictures * _USD_EACH_INPUT, 6)


async def work(wish: Wish, pictures: list[bytes], mask: bytes | None, course: Course) -> Work:
    """Do what is asked, or find out why not (`Work.error`)."""
    done = Work(wish, tuple(pictures), mask)
    strict = _DELICATE.search(wish.prompt) and wish.moderation == "auto"
    if _FORBIDDEN.search(wish.prompt) or strict:
        done.error = POLICY
    elif len(pictures) > PICTURES_MAX:
        done.error = f"Too many images: at most {PICTURES_MAX}"
    elif mask is not None and len(mask) >= MASK_BYTES_MAX:
        done.error = "Invalid mask image: it must be less than 4MB"
    else:
        try:
            done.made = await asyncio.to_thread(edit, wish, pictures, mask)
        except BadEdit as error:
            done.error = str(error)
    done.data, done.mime = _spoil(done, course.sends)
    return done


def _spoil(done: Work, sends: str) -> tuple[bytes, str]:
    """Return what is sent for the picture, and as what type."""
    mime = f"image/{done.wish.format}"
    match sends:
        case "same":
            return done.pictures[0], mime
        case "json":
            return b'{"error": "Internal server error"}', "application/json"
        case "html":
            return b"<!doctype html><html><body>Bad gateway</body></html>", "text/html"
        case "empty":
            return b"", mime
        case "as_text":
            return done.made, "text/plain"
        case "truncated":
            return done.made[: len(done.made) // 2], mime
        case "huge":
            return done.made + bytes(HUGE_BYTES), mime
        case "big" | "bigger":
            return noise(NOISE_PIXELS[sends]), "image/png"
        case _:
            return done.made, mime


def noise(size: tuple[int, int]) -> bytes:
    """Return a picture that is as large as it can be for its pixels, always the same."""
    pixels = random.Random(0).randbytes(3 * size[0] * size[1])
    file = io.BytesIO()
    Image.frombytes("RGB", size, pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def place(done: Work, course: Course, assets: Assets, base: str) -> Json:
    """Keep what was made where it can be fetched, and return what is said of it."""
    name = assets.keep(MADE, Asset(done.data, done.mime, course.leads_to))
    if course.sends == "missing":
        del assets.files[name]
    if course.sends == "nothing":
        return {}
    return _say(course.found or "images", course.host or f"{base}/{name}", done)


def _say(found: str, url: str, done: Work) -> Json:
    said: dict[str, Callable[[], Json]] = {
        "images": lambda: {"images": [{"url": url, "content_type": done.mime}], "output": None},
        "image": lambda: {"image": {"url": url}},
        "output": lambda: {"output": url},
        "output_list": lambda: {"output": [url]},
        "output_dict": lambda: {"output": {"images": [{"url": url}]}},
        "output_json": lambda: {"output": json.dumps({"images": [{"url": url}]})},
        "url": lambda: {"url": url},
        "base64": lambda: {"image": _base64(done.data)},
        "b64_json": lambda: {"data": [{"b64_json": _base64(done.data)}]},
        "output_data": lambda: {"output": f"data:{done.mime};base64,{_base64(done.data)}"},
    }
    return said[found]()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def answer_whole(request: web.Request, done: Work, said: Json, course: Course) -> web.Response:
    """Return the answer of v1: the bytes as they are, whatever type they are called, or JSON."""
    if course.found:
        request[SAID] = course.found
        return plain(200, said)
    request[SAID] = f"<{len(done.data)} bytes, {done.mime}>"
    mime = "image/jpeg" if done.mime.startswith("image/") else done.mime
    return web.Response(body=done.data, headers={"Content-Type": mime})


def refuse_whole(error: str) -> Refusal:
    """Return how v1 refuses what v2 lets fail."""
    return refuse(400 if error == POLICY else 500, error)


def as_course(course: Course, kind: str, done: Work | None = None) -> Course:
    """Return how a job goes that was asked to go wrong in a way of `simulated.KINDS`."""
    course = replace(course, shape="bare")
    if kind in ("empty", "blank"):
        course = replace(course, sends="empty")
    if done is not None and done.error:
        course = replace(course, error=course.error or done.error)
    return course
