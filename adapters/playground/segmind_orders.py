"""What is ordered of simulated Segmind: a request becomes an order, or is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from adapters.playground import segmind_checks as checks
from adapters.playground import segmind_images as images
from adapters.playground.segmind_answers import Course, Json, Reply, Slug, refuse, reply
from adapters.playground.segmind_assets import Assets
from adapters.playground.segmind_images import Work
from adapters.playground.simulated import TOKENS_PER_PICTURE, Heard, Plan, answer, count_tokens

# Applies a fault script's wishes to what would have been said.
Shape = Callable[[Plan], tuple[Plan, Course]]


@dataclass(frozen=True, slots=True)
class Order:
    """One request that is taken, and what comes of it. `page`: of which nothing comes but HTML."""

    digest: str
    question: str
    plan: Plan
    course: Course
    reply: Reply
    work: Work | None = None

    @property
    def page(self) -> bool:
        """Tell whether a page is answered, and nothing done."""
        return self.plan.kind == "page"


async def order_chat(slug: Slug, body: Any, shape: Shape, now: int, id_: str) -> Order:
    """Take a request for an answer, or raise why not."""
    heard = await checks.hear(body)
    plan, course = shape(answer(heard))
    prompt = sum(count_tokens(m.text) + 4 + TOKENS_PER_PICTURE * m.images for m in heard)
    if prompt > slug.window:
        plan = replace(plan, kind="full")
    course = checks.meet(plan, course, heard, now)
    said = reply(slug, plan, course, prompt, body.get("max_completion_tokens"), id_)
    question = next((m.text for m in reversed(heard) if m.role == "user"), "")
    return Order(_digest(slug, body), question, plan, course, said)


async def order_pictures(
    slug: Slug, body: Any, shape: Shape, now: int, assets: Assets, base: str
) -> Order:
    """Take a request for an edited picture, or raise why not.

    What is wrong beyond words and addresses is found out by the model, later.
    """
    wish = images.read_wish(body)
    urls, mask_url = images.read_addresses(body)
    plan, course = shape(answer([Heard("user", wish.prompt)]))
    course = images.as_course(course, plan.kind)
    course = checks.meet(plan, course, [Heard("user", wish.prompt)], now)
    if plan.kind == "picture":
        raise refuse(400, "image_urls could not be fetched")
    pictures = [images.fetch(url, "image_urls", assets, base) for url in urls]
    mask = None if mask_url is None else images.fetch(mask_url, "mask", assets, base)
    done = await images.work(wish, pictures, mask, course)
    course = images.as_course(course, plan.kind, done)
    said = {} if course.error else images.place(done, course, assets, base)
    found = [hashlib.sha256(data).hexdigest() for data in (*pictures, mask or b"")]
    options = {**body, "image_urls": found, "mask": None}
    return Order(
        _digest(slug, options),
        wish.prompt,
        plan,
        course,
        Reply(said, images.price(wish, len(pictures)), ""),
        done,
    )


def _digest(slug: Slug, body: Json) -> str:
    text = f"{slug.name} {json.dumps(body, sort_keys=True)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
