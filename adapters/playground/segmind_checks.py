"""What Segmind accepts (keys, and chat requests), and what it refuses at a wish.

It checks little before a job runs; what is wrong beyond that fails later, or is ignored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from adapters.playground.pictures import BadPicture, look
from adapters.playground.segmind_answers import BAD_GATEWAY, Course, Refusal, refuse
from adapters.playground.simulated import Heard, Plan, is_met

NEVER_SECONDS = 1e9

_ROLES = ("user", "assistant", "system")


def check_key(headers: Mapping[str, str], key: str | None) -> None:
    """Raise the refusal of a key that is missing, of another account, or sent as a bearer's."""
    given = headers.get("x-api-key", "")
    if not given:
        if headers.get("Authorization"):
            described = "The access token is invalid"
            body = {"error": "invalid_token", "error_description": described, "status_code": 401}
            raise Refusal(401, body)
        raise refuse(401, "No API key was given")
    if key and given != key:
        raise refuse(401, "key rejected")


async def hear(body: Any) -> list[Heard]:
    """Return a request's messages as the simulated model hears them, or raise a refusal."""
    if not isinstance(body, dict):
        raise refuse(400, "The body must be a JSON object")
    if body.get("stream"):
        raise refuse(400, "stream is not supported")
    if isinstance(prompt := body.get("prompt"), str) and "messages" not in body:
        return [Heard("user", prompt)]
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise refuse(400, "messages is required")
    return [await _hear_one(message) for message in messages]


async def _hear_one(message: Any) -> Heard:
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        raise refuse(400, f"role must be one of {', '.join(_ROLES)}")
    content = message.get("content")
    if isinstance(content, str):
        return Heard(message["role"], content)
    if not isinstance(content, list):
        raise refuse(400, "content must be a string or an array")
    texts: list[str] = []
    urls: list[str] = []
    for part in content:
        match part:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case {"type": "image_url", "image_url": {"url": str(url)}}:
                urls.append(url)
            case _:
                raise refuse(400, "content holds a part of unknown type")
    try:
        sights = [str(await asyncio.to_thread(look, url)) for url in urls]
    except BadPicture as error:
        raise refuse(400, f"image_url: {error}") from error
    return Heard(message["role"], "".join(texts), len(urls), 0, tuple(sights))


def meet(plan: Plan, course: Course, heard: list[Heard], now: int) -> Course:
    """Raise the refusal that the plan asks for, or return how the job then fails."""
    if not is_met(plan.kind, heard):
        return course
    match plan.kind:
        case "busy":
            raise busy(now + 2000)
        case "overloaded":
            raise Refusal(503, BAD_GATEWAY)
        case "broken":
            raise refuse(500, "Internal server error")
        case "misconfigured":
            raise refuse(401, "key rejected")
        case "funds":
            raise refuse(406, "Insufficient credits: have 0.0001, need 0.0102")
        case "gone":
            raise refuse(410, "model has been retired")
        case "picture":
            raise refuse(400, "image_url could not be fetched or decoded")
        case "refused":
            return replace(course, error="content_policy_violation", working=2.0)
        case "full" | "crowded":
            error = "context_length_exceeded: reduce the length of the messages"
            return replace(course, error=error, working=1.0)
        case "error":
            return replace(course, error="Internal error while processing the request")
        case "silent":
            return replace(course, queued=NEVER_SECONDS)
        case _:
            return course


def busy(until: int) -> Refusal:
    """Return the refusal of one request too many."""
    moment = datetime.fromtimestamp(until / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {"x-rate-limit-reset-at-utc": moment}
    return Refusal(429, {"error": "rate_limit_exceeded"}, headers)
