"""What Segmind says: its models, the shapes of its answers, the bodies of its refusals.

https://docs.segmind.com/ and the provider's own SDK say how it answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from adapters.playground.simulated import Plan, pieces

Json = dict[str, Any]

NOT_ALLOWED = "<!doctype html><html><head><title>405 Method Not Allowed</title></head></html>"
BAD_GATEWAY = "<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Slug:
    """One model: the seconds that it usually takes in the queue and at work, dollars per million.

    The times are the averages that Segmind's own list of models gave in August 2026.
    """

    name: str
    served_as: str
    queued: float
    working: float
    input_usd: float
    output_usd: float
    window: int = 400_000


CHAT = {
    slug.name: slug
    for slug in (
        Slug("gpt-5-mini", "gpt-5-mini-2025-08-07", 1.9, 46.0, 0.25, 2.0),
        Slug("gpt-5.4-mini", "gpt-5.4-mini-2026-03-17", 0.6, 4.5, 0.75, 4.5),
    )
}
RETIRED = ("gpt-4-mini",)


class Refusal(Exception):
    """A request that is refused: its status, its body (text is HTML) and headers."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


def refuse(status: int, error: str) -> Refusal:
    """Return a refusal in the gateway's envelope."""
    return Refusal(status, {"error": error})


@dataclass(frozen=True, slots=True)
class Course:
    """How one job goes; the defaults are how it usually does.

    `queued` and `working` are seconds (None: as usual for the model). `shape` is one of
    `SHAPES`; `double` False leaves the output an object. `output` replaces all of it, `usage`
    and `cost` what is reported; `error` makes the job fail with these words.
    Of pictures (`segmind_images`): `found` is where the answer has it (v1: "" is bytes alone),
    `sends` what comes instead of it, `host` the address that it is said to have, `leads_to` where
    its own address leads.
    """

    queued: float | None = None
    working: float | None = None
    shape: str = "openai"
    double: bool = True
    output: Any = None
    usage: Any = None
    cost: Any = None
    text: str | None = None
    finish: str | None = None
    error: str | None = None
    expires: float = 3600.0
    metrics: bool = True
    found: str = ""
    sends: str = ""
    host: str = ""
    leads_to: str = ""


SHAPES = ("openai", "parts", "anthropic", "gemini", "text", "bare")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said: its native body, what it cost, and whether it is text alone."""

    body: Any
    usd: float
    text: str


def reply(slug: Slug, plan: Plan, course: Course, prompt_tokens: int, most: Any, id_: str) -> Reply:
    """Return the answer in the shape of the provider behind the gateway."""
    finish = course.finish or plan.finish
    tokens = pieces(course.text if course.text is not None else plan.text)
    if isinstance(most, int) and len(tokens) > most:
        tokens, finish = tokens[:most], "length"
    text = "".join(tokens)
    usd = round((prompt_tokens * slug.input_usd + len(tokens) * slug.output_usd) / 1e6, 9)
    usage = course.usage if course.usage is not None else _usage(prompt_tokens, len(tokens), plan)
    plan = replace(plan, text=text, finish=finish)
    return Reply(_shaped(slug, plan, course, usage, id_), usd, text)


def _usage(prompt: int, completion: int, plan: Plan) -> Json:
    if plan.usage is not None:
        return dict(plan.usage)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion + plan.reasoning,
        "total_tokens": prompt + completion + plan.reasoning,
        "completion_tokens_details": {"reasoning_tokens": plan.reasoning},
    }


def _shaped(slug: Slug, plan: Plan, course: Course, usage: Any, id_: str) -> Any:
    match course.shape:
        case "text":
            return plan.text
        case "anthropic":
            said = [{"type": "text", "text": plan.text}]
            return {"id": id_, "type": "message", "role": "assistant", "content": said}
        case "gemini":
            turn = {"role": "model", "parts": [{"text": plan.text}]}
            return {"candidates": [{"content": turn, "finishReason": "STOP", "index": 0}]}
        case _:
            content: Any = (
                [{"type": "text", "text": plan.text}] if course.shape == "parts" else plan.text
            )
            message = {
                "role": "assistant",
                "content": None if plan.refusal else content,
                "refusal": plan.text if plan.refusal else None,
            }
            return {
                "id": f"chatcmpl-{id_[:20]}",
                "object": "chat.completion",
                "created": 1_790_000_000,
                "model": slug.served_as,
                "choices": [{"index": 0, "finish_reason": plan.finish, "message": message}],
                "usage": usage,
            }


def result(status: str, course: Course, body: Any, metrics: Json) -> Json:
    """Return the finished job as it is polled: chat output is JSON within a string."""
    if course.output is not None:
        return {"status": status, "output": course.output, "metrics": metrics}
    if course.shape == "bare":
        return {"status": status, **body, "metrics": metrics}
    output = json.dumps(body) if course.double and not isinstance(body, str) else body
    return {"status": status, "output": output, "metrics": metrics}
