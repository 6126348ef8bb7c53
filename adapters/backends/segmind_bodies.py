"""What Segmind is sent and what it answers: pure, and believing nothing.

https://docs.segmind.com/ (async inference, pricing and billing) and the provider's own SDK.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from adapters.backends import body as bodies
from adapters.backends import failures, strict_json
from adapters.backends.chunks import Transcript, read_credits, read_usd, read_value
from adapters.backends.failures import Complaint
from bot.domain import ChatRequest, Usage
from bot.errors import BackendError, BackendFault
from bot.events import Completed, Finish, Stage, TextDelta

# A gateway that passes on what it does not know: they are sent when asked for, and no longer
# where they were refused.
EXTRAS = ("max_completion_tokens", "reasoning_effort")

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)
_MEDIA = re.compile(r"content[- ]?type|media type", re.IGNORECASE)
_VALUE = re.compile(
    r"enum|allowed values?|must be one of|(invalid|unsupported) (value|parameter)", re.IGNORECASE
)
_CREDIT = re.compile(r"credit|balance|fund|spend|budget|limit", re.IGNORECASE)
_MODEL = re.compile(r"\bmodel\b", re.IGNORECASE)
# The beginning of a provider's answer, which is no text for people even where its end is lost.
_BROKEN = re.compile(
    r'\s*\{\s*"(id|object|created|model|choices|content|candidates|type|role|error)"\s*:'
)
_DONE = frozenset({"COMPLETED", "SUCCEEDED", "SUCCESS"})
_FAILED = frozenset({"FAILED", "ERROR", "CANCELLED", "CANCELED", "TIMEOUT"})
_QUEUED = frozenset({"QUEUED", "IN_QUEUE", "PENDING"})
_ENDS = {
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "max_tokens": Finish.LENGTH,
    "refusal": Finish.BLOCKED,
    "STOP": Finish.STOP,
    "MAX_TOKENS": Finish.LENGTH,
    "SAFETY": Finish.BLOCKED,
    "PROHIBITED_CONTENT": Finish.BLOCKED,
}


def is_slug(name: str) -> bool:
    """Tell whether a model's name may stand in a path."""
    return _SLUG.fullmatch(name) is not None


def is_id(value: Any) -> bool:
    """Tell whether a request's id may stand in a path."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def build(request: ChatRequest, given_up: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the body of a request: the model is in the URL, nothing streams, no tools."""
    body: dict[str, Any] = {
        "messages": [
            {"role": str(message.role), "content": bodies.content(message)}
            for message in request.messages
        ]
    }
    if request.capped:
        body["max_completion_tokens"] = max(1, request.max_output_tokens)
    if request.effort and request.effort in request.model.efforts:
        body["reasoning_effort"] = request.effort
    return {name: value for name, value in body.items() if name not in given_up}


@dataclass(frozen=True, slots=True)
class Report:
    """What a poll said. `stage` is None once the job is over, one way or the other."""

    stage: Stage | None
    failed: Complaint | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    body: Any = None


def read_submit(body: Any) -> str:
    """Return the id of an accepted request. Raises `BackendError`: it may run all the same."""
    id_ = body.get("request_id") if isinstance(body, dict) else None
    if is_id(id_):
        return str(id_)
    if isinstance(body, dict) and (complaint := failures.read_complaint(body)).message:
        fault = failures.classify(0, complaint)
        raise BackendError(fault, status=200, detail=complaint.words, ambiguous=True)
    raise unusable("the request was accepted without an id that can be asked for")


def read_report(body: Any) -> Report | None:
    """Return what a status or a result says, or None if it says nothing."""
    if not isinstance(body, dict) or not isinstance(body.get("status"), str):
        return None
    metrics = body.get("metrics")
    metrics = metrics if isinstance(metrics, dict) else {}
    match body["status"].upper():
        case status if status in _FAILED:
            complaint = failures.read_complaint(body)
            return Report(None, complaint if complaint.message else Complaint("failed"), metrics)
        case status if status in _DONE:
            return Report(None, None, metrics, body)
        case status if status in _QUEUED:
            return Report(Stage.QUEUED, metrics=metrics)
        case _:
            return Report(Stage.WORKING, metrics=metrics)


def fail(complaint: Complaint) -> BackendError:
    """Return the error of a job that ran and failed, which is not billed."""
    return BackendError(
        failures.classify(0, complaint),
        status=422,
        detail=complaint.words,
        names_picture=failures.names_picture(422, complaint),
    )


def read_output(body: dict[str, Any]) -> tuple[str, Completed]:
    """Return the answer that a result holds: usually JSON within a string.

    Raises `BackendError` if there is none in any shape that is known.
    """
    output = body.get("output")
    if output is None:
        output = body
    return read_answer(output)


def read_answer(output: Any) -> tuple[str, Completed]:
    """Return the answer in what a provider behind the gateway said, or in plain text."""
    if isinstance(output, str):
        value = _decode(output)
        if not isinstance(value, dict) or not _is_known(value):
            return output, Completed(Finish.STOP, Usage())
    else:
        value = output
    if not isinstance(value, dict):
        raise unusable(f"the output is a {type(value).__name__}")
    if isinstance(value.get("choices"), list) or value.get("error"):
        return _read_choices(value)
    if isinstance(value.get("content"), list):
        return _read_blocks(value)
    if isinstance(value.get("candidates"), list):
        return _read_candidates(value)
    raise unusable(f"the output holds only {', '.join(sorted(map(str, value))[:10])}")


def settle(completed: Completed, metrics: dict[str, Any], headers: Mapping[str, str]) -> Completed:
    """Return the end with what it cost and what is left."""
    cost, credits = read_money(metrics, headers)
    usage = replace(completed.usage, cost_micros=cost)
    return replace(completed, usage=usage, credits_micros=credits)


def read_money(
    metrics: dict[str, Any], headers: Mapping[str, str]
) -> tuple[int | None, int | None]:
    """Return cost and credits in micro-dollars: of the metrics, else of the headers."""
    cost, credits = read_usd(metrics.get("cost")), read_credits(metrics.get("remaining_credits"))
    if cost is None:
        cost = read_usd(headers.get("x-cost"))
    if credits is None:
        credits = read_credits(headers.get("x-remaining-credits"))
    return cost, credits


def classify(status: int, complaint: Complaint) -> BackendFault:
    """Return the class of a refusal; 406 alone has four meanings, told apart by its words."""
    words = complaint.words
    match status:
        case 406 if _MEDIA.search(words):
            return BackendFault.INVALID
        case 406 if _VALUE.search(words) and not _CREDIT.search(words):
            return BackendFault.INVALID
        case 406:
            return BackendFault.FUNDS
        case 403 if _MODEL.search(words) and not _CREDIT.search(words):
            return BackendFault.NO_MODEL
        case 500:
            # A bad request in disguise, where its words say so.
            disguised = failures.classify(400, complaint)
            return BackendFault.UPSTREAM if disguised is BackendFault.INVALID else disguised
        case _:
            return failures.classify(status, complaint)


def is_out_of_credit(status: int, complaint: Complaint) -> bool:
    """Tell whether a 406 surely is about credit, whatever model was asked for."""
    if status != 406 or classify(status, complaint) is not BackendFault.FUNDS:
        return False
    return not complaint.words or _CREDIT.search(complaint.words) is not None


def read_reset(value: str | None, now: float) -> float | None:
    """Return the seconds until the moment of `x-rate-limit-reset-at-utc`, held to sense."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{9,11}(\.[0-9]{1,6})?", text, re.ASCII):
        seconds = float(text) - now
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return failures.read_retry_after(text, now) if "," in text else None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.fromtimestamp(now, UTC)).total_seconds()
    return min(max(seconds, failures.RETRY_AFTER_MIN_SECONDS), failures.RETRY_AFTER_MAX_SECONDS)


def unusable(detail: str) -> BackendError:
    """Return the error for an answer that nothing can be made of."""
    return BackendError(BackendFault.PROTOCOL, detail=detail, ambiguous=True)


def _decode(text: str) -> Any:
    if not text.lstrip().startswith("{"):
        return None
    try:
        return strict_json.read_leniently(text.encode("utf-8", "replace"))
    except strict_json.BadJson:
        pass  # its document is no part of an error of ours
    if _BROKEN.match(text):
        raise unusable("the output is broken JSON")
    return None


def _is_known(value: dict[str, Any]) -> bool:
    """Tell a provider's answer from an answer that is itself some JSON."""
    error = value.get("error")
    return isinstance(error, dict) or any(
        isinstance(value.get(name), list) for name in ("choices", "content", "candidates")
    )


def _read_choices(value: dict[str, Any]) -> tuple[str, Completed]:
    transcript = Transcript()
    read_value(value, transcript)
    text = "".join(event.text for event in transcript.take() if isinstance(event, TextDelta))
    if transcript.failure is not None:
        raise transcript.failure
    return text, transcript.completed()


def _read_blocks(value: dict[str, Any]) -> tuple[str, Completed]:
    """Read a message of Anthropic's.

    https://docs.anthropic.com/en/api/messages
    """
    text = _texts(value["content"])
    usage = value.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return text, _completed(
        value.get("stop_reason"),
        value.get("model"),
        {
            "prompt_tokens": counts.get("input_tokens"),
            "completion_tokens": counts.get("output_tokens"),
        },
    )


def _read_candidates(value: dict[str, Any]) -> tuple[str, Completed]:
    """Read an answer of Gemini's.

    https://ai.google.dev/api/generate-content
    """
    first = next((one for one in value["candidates"] if isinstance(one, dict)), {})
    said = first.get("content")
    parts = said.get("parts") if isinstance(said, dict) else None
    usage = value.get("usageMetadata")
    counts = usage if isinstance(usage, dict) else {}
    return _texts(parts), _completed(
        first.get("finishReason"),
        value.get("modelVersion"),
        {
            "prompt_tokens": counts.get("promptTokenCount"),
            "completion_tokens": counts.get("candidatesTokenCount"),
            "total_tokens": counts.get("totalTokenCount"),
        },
    )


def _texts(parts: Any) -> str:
    found = parts if isinstance(parts, list) else []
    texts = [part.get("text") for part in found if isinstance(part, dict)]
    return "".join(text for text in texts if isinstance(text, str))


def _completed(reason: Any, model: Any, usage: dict[str, Any]) -> Completed:
    """Return the end of an answer whose provider has other words for the same things."""
    transcript = Transcript()
    read_value({"choices": [], "usage": usage, "model": model}, transcript)
    finish = _ENDS.get(reason, Finish.UNKNOWN) if isinstance(reason, str) else Finish.STOP
    return replace(transcript.completed(), finish=finish)
