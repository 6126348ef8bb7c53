"""What AI/ML API accepts as a chat request, and the bodies of its refusals.

The fields are those of its published schema for gpt-5-mini:
https://docs.aimlapi.com/api-references/text-models-llm/openai/gpt-5-mini
"""

from __future__ import annotations

import asyncio
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from adapters.playground.pictures import BadPicture, look
from adapters.playground.simulated import Heard

Json = dict[str, Any]

EFFORTS = ("low", "medium", "high")
# fmt: off
PROVIDERS = frozenset((
    "openai", "openrouter", "xai", "google", "alibaba", "minimax", "moonshot", "baidu",
    "togetherai", "auto",
))
_FIELDS = frozenset((
    "model", "messages", "max_completion_tokens", "max_tokens", "stream", "stream_options",
    "tools", "tool_choice", "parallel_tool_calls", "n", "seed", "reasoning_effort",
    "response_format", "provider",
))
# fmt: on
# Upstream refuses them for GPT-5.
_UNSUPPORTED = (
    "max_tokens",
    "temperature",
    "top_p",
    "stop",
    "presence_penalty",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
)  # fmt: skip
_CLOSED = {
    "system": {"role", "content", "name"},
    "developer": {"role", "content", "name"},
    "tool": {"role", "content", "tool_call_id"},
}
_ROLES = ("system", "developer", "user", "assistant", "tool")


class Refusal(Exception):
    """A request that is refused: its status and body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def own_refusal(status: int, message: str, path: str, now: int) -> Refusal:
    """Return a refusal in the gateway's own envelope."""
    moment = datetime.fromtimestamp(now / 1000, UTC)
    body = {
        "message": message,
        "path": path,
        "requestId": str(uuid.uuid4()),
        "statusCode": str(status),
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
    return Refusal(status, body)


def no_funds() -> Refusal:
    """Return the refusal of an empty account."""
    message = "You have run out of funds. Please top up your balance or update your payment method."
    return Refusal(403, {"title": "Forbidden", "status": 403, "message": message})


def upstream(message: str, code: str, param: str | None = None, status: int = 400) -> Refusal:
    """Return a refusal passed through from the provider behind the gateway."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Refusal(status, {"error": error})


def find_fault(body: Any) -> str | None:
    """Say what the gateway's validation has against a body, or None."""
    if not isinstance(body, dict):
        return "body: expected object"
    for name in body:
        if name not in _FIELDS and name not in _UNSUPPORTED:
            return f"{name}: unrecognized key"
    if not isinstance(body.get("model"), str) or not body["model"]:
        return "model: expected string"
    return _find_in_messages(body.get("messages")) or _find_in_settings(body)


def find_unsupported(body: Json) -> Refusal | None:
    """Return the provider's refusal of a field that GPT-5 does not take."""
    for name in _UNSUPPORTED:
        if name in body:
            hint = " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""
            message = f"Unsupported parameter: '{name}' is not supported with this model.{hint}"
            return upstream(message, "unsupported_parameter", name)
    return None


def _find_in_messages(messages: Any) -> str | None:
    if not isinstance(messages, list) or not messages:
        return "messages: expected array with at least 1 element"
    for i, message in enumerate(messages):
        where = f"messages[{i}]"
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            return f"{where}.role: expected one of {', '.join(_ROLES)}"
        role, content = message["role"], message.get("content")
        if role in _CLOSED and (extra := message.keys() - _CLOSED[role]):
            return f"{where}: unrecognized keys {sorted(extra)}"
        if role == "tool" and not isinstance(content, str):
            return f"{where}.content: expected string"
        if content is None and role == "assistant" and message.get("tool_calls"):
            continue
        if not isinstance(content, (str, list)):
            return f"{where}.content: expected string or array, received {_kind(content)}"
        if isinstance(content, list) and (fault := _find_in_parts(role, content)):
            return f"{where}.content{fault}"
    return None


def _find_in_parts(role: str, parts: list[Any]) -> str | None:
    allowed = {"user": ("text", "image_url", "file"), "assistant": ("text", "refusal")}
    kinds = allowed.get(role, ("text",))
    for i, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in kinds:
            return f"[{i}].type: expected one of {', '.join(kinds)}"
        value = part.get(kind)
        if kind in ("text", "refusal") and not isinstance(value, str):
            return f"[{i}].{kind}: expected string"
        if kind == "image_url" and not (
            isinstance(value, dict)
            and isinstance(value.get("url"), str)
            and re.match(r"https?://[^/\s]|data:", value["url"])
            and value.keys() <= {"url", "detail"}
            and value.get("detail", "auto") in ("low", "high", "auto")
        ):
            return f"[{i}].image_url: expected object with url"
        if kind == "file" and not isinstance(value, dict):
            return f"[{i}].file: expected object"
    return None


def _find_in_settings(body: Json) -> str | None:
    for name in ("max_completion_tokens", "n", "seed"):
        if name in body and not (_is_int(body[name]) and body[name] >= 1):
            return f"{name}: expected integer greater than or equal to 1"
    for name in ("stream", "parallel_tool_calls"):
        if name in body and not isinstance(body[name], bool):
            return f"{name}: expected boolean, received {_kind(body[name])}"
    options = body.get("stream_options", {})
    if not isinstance(options, dict) or not isinstance(options.get("include_usage", True), bool):
        return "stream_options.include_usage: expected boolean"
    if "reasoning_effort" in body and body["reasoning_effort"] not in EFFORTS:
        return f"reasoning_effort: expected one of {', '.join(EFFORTS)}"
    if "provider" in body and body["provider"] not in PROVIDERS:
        return f"provider: expected one of {', '.join(sorted(PROVIDERS))}"
    shape = body.get("response_format", {"type": "text"})
    if not isinstance(shape, dict) or shape.get("type") not in (
        "text", "json_object", "json_schema",
    ):  # fmt: skip
        return "response_format.type: expected one of text, json_object, json_schema"
    return _find_in_tools(body)


def _find_in_tools(body: Json) -> str | None:
    tools = body.get("tools", [])
    if not isinstance(tools, list) or len(tools) > 128:
        return "tools: expected array with at most 128 elements"
    for i, tool in enumerate(tools):
        if not isinstance(tool, dict) or tool.keys() != {"type", "function"}:
            return f"tools[{i}]: expected type and function"
        function = tool["function"]
        if tool["type"] != "function" or not isinstance(function, dict):
            return f"tools[{i}].type: expected function"
        if extra := function.keys() - {"name", "description", "parameters", "strict"}:
            return f"tools[{i}].function: unrecognized keys {sorted(extra)}"
        if not re.fullmatch(r"[\w-]{1,64}", str(function.get("name", ""))):
            return f"tools[{i}].function.name: expected string of 1 to 64"
        if not isinstance(function.get("parameters"), dict):
            return f"tools[{i}].function.parameters: required"
    choice = body.get("tool_choice", "auto")
    if isinstance(choice, str) and choice not in ("none", "auto", "required"):
        return "tool_choice: expected none, auto, required or object"
    return None


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


async def hear(messages: list[Json]) -> list[Heard]:
    """Return checked messages as the simulated model hears them, its pictures looked at.

    Raises the provider's refusal of a picture that is none.
    """
    return [await _hear_one(i, message) for i, message in enumerate(messages)]


async def _hear_one(i: int, message: Json) -> Heard:
    content = message.get("content") or ""
    if isinstance(content, str):
        return Heard(message["role"], content)
    texts: list[str] = []
    sights: list[str] = []
    files = 0
    for n, part in enumerate(content):
        match part["type"]:
            case "text":
                texts.append(part["text"])
            case "file":
                files += 1
            case "image_url":
                try:
                    sights.append(str(await asyncio.to_thread(look, part["image_url"]["url"])))
                except BadPicture as error:
                    where = f"messages[{i}].content[{n}].image_url"
                    raise upstream(str(error), "invalid_image_format", where) from error
    return Heard(message["role"], "".join(texts), len(sights), files, tuple(sights))


def old_picture(heard: list[Heard], messages: list[Json]) -> Refusal:
    """Return the provider's refusal of the first picture that it was sent."""
    i = next((i for i, message in enumerate(heard) if message.images), 0)
    content = messages[i].get("content")
    parts = content if isinstance(content, list) else []
    n = next((n for n, part in enumerate(parts) if part.get("type") == "image_url"), 0)
    message = "The image is not supported any more. Please upload an image of another format."
    return upstream(message, "invalid_image_format", f"messages[{i}].content[{n}].image_url")
