"""Decode what a Chat Completions server says, chunk by chunk: pure, and tolerant of its kin.

The common chunk is decoded straight into four small objects that name only what is needed;
whatever does not fit them takes the slow way, which believes nothing.
https://platform.openai.com/docs/api-reference/chat-streaming (AI/ML API answers the same)
"""

from __future__ import annotations

import itertools
import re
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

import msgspec

from adapters.backends import failures, strict_json
from adapters.backends.sse import Event, EventTooLong, Parser
from bot.domain import Usage
from bot.errors import BackendError, BackendFault
from bot.events import (
    Accepted,
    BackendEvent,
    Completed,
    Finish,
    ReasoningDelta,
    TextDelta,
)

TEXT_CHARS_MAX = 8 * 1024 * 1024
# Brackets in a chunk that cannot nest too deeply, since there are no more of them.
_PLAIN_DEPTH = strict_json.DEPTH_MAX
# No window is near this; beyond it a figure is a fault.
_TOKENS_MAX = 100_000_000
_USD_MAX = 1000
_CREDITS_MAX = 1_000_000_000

_FINISHES = {
    "stop": Finish.STOP,
    "length": Finish.LENGTH,
    "content_filter": Finish.BLOCKED,
    "tool_calls": Finish.TOOL_CALLS,
    "function_call": Finish.TOOL_CALLS,
}


class Delta(msgspec.Struct, gc=False):
    """What one choice adds. `reasoning` is OpenRouter's name for `reasoning_content`."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class Choice(msgspec.Struct, gc=False):
    """One of the answers; only the one at index 0 was asked for."""

    delta: Delta | None = None
    finish_reason: str | None = None
    index: int | None = None


class Chunk(msgspec.Struct, gc=False):
    """One chunk; what has no fixed shape in practice is read where it is used.

    None of these can be part of a cycle, so that the collector need not look at them.
    """

    choices: list[Choice] | None = None
    id: str | None = None
    model: str | None = None
    usage: Any = None
    meta: Any = None
    error: Any = None


class _Later(msgspec.Struct, gc=False):
    """A chunk after the first ones, whose id and model are known."""

    choices: list[Choice] | None = None
    usage: Any = None
    meta: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(Chunk).decode
_decode_later = msgspec.json.Decoder(_Later).decode


class Transcript:
    """What one answer has said so far, and what of it has not been taken yet.

    `finish` is set by the model's finish reason, `done` by `[DONE]`; `failure` ends it.
    """

    def __init__(self, accepted: str = "") -> None:
        self.finish: Finish | None = None
        self.done = False
        self.failure: BackendError | None = None
        self._accepted = bool(accepted)
        self._events: list[BackendEvent] = [Accepted(accepted)] if accepted else []
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._chars = 0
        self._refusal = False
        self._model = ""
        self._usage = Usage()

    @property
    def over(self) -> bool:
        """Tell whether nothing that follows counts."""
        return self.done or self.failure is not None

    def take(self) -> list[BackendEvent]:
        """Return what is new; the text of many chunks is one event."""
        self._flush_text()
        self._flush_reasoning()
        events, self._events = self._events, []
        return events

    def completed(self) -> Completed:
        """Return the last event."""
        finish = self.finish or Finish.UNKNOWN
        return Completed(finish, self._usage, self._model, self._refusal)

    def end(self) -> None:
        """Note that the stream has ended, which it may only after its finish or `[DONE]`."""
        if not self.over and self.finish is None:
            self.failure = BackendError(
                BackendFault.CUT, detail="the stream ended without a finish", ambiguous=True
            )

    def add_piece(self, parser: Parser, piece: bytes) -> None:
        """Take the events that a piece of the stream completes."""
        try:
            events = parser.feed(piece)
        except EventTooLong:
            self.failure = _unusable("an event is too long")
            return
        at = 0
        while at < len(events):
            at += self._add_texts(events, at)
            if at < len(events):
                self.add_event(events[at])
                at += 1

    def _add_texts(self, events: list[Event], at: int) -> int:
        """Take the chunks from `at` on that only add text, as nearly all do; count them."""
        if self.over or self._reasoning or not (self._accepted and self._model):
            return 0
        before = len(self._text)
        add = self._text.append
        for event in itertools.islice(events, at, None):
            if type(event) is not bytes or event.count(b"{") + event.count(b"[") > _PLAIN_DEPTH:
                break
            try:
                chunk = _decode_later(event)
            except ValueError:
                break
            choices = chunk.choices
            if not choices or len(choices) > 1 or chunk.usage or chunk.meta or chunk.error:
                break
            choice = choices[0]
            delta = choice.delta
            if delta is None or not delta.content or delta.refusal:
                break
            if choice.index or choice.finish_reason:
                break
            add(delta.content)
            self._chars += len(delta.content)
            if self._chars > TEXT_CHARS_MAX:
                self._count("")
                return len(events) - at
        return len(self._text) - before

    def add_event(self, event: Event) -> None:
        """Take one event of the stream; after the end nothing is taken any more."""
        if self.over:
            return None
        data, name = (event, "message") if isinstance(event, bytes) else event
        if name == "error":
            return self._fail(_error_of(data))
        try:
            if data.count(b"[") + data.count(b"{") > strict_json.DEPTH_MAX:
                strict_json.check_depth(data)
            chunk = _decode(data)
        except ValueError:  # msgspec's errors are ValueErrors too
            found = self._decode_slowly(data, name)
            if found is None:
                return None
            chunk = found
        self.add_chunk(chunk)
        return None

    def _decode_slowly(self, data: bytes, name: str) -> Chunk | None:
        text = data.strip()
        if text == b"[DONE]":
            self.done = True
            return None
        if not text:
            return None
        try:
            value = strict_json.read_leniently(text)
        except strict_json.BadJson:
            value = None
        if isinstance(value, dict):
            return _tolerate(value)
        if name == "message":
            self._fail(_unusable("a chunk is no JSON object"))
        return None  # an event of a kind that we do not know

    def add_chunk(self, chunk: Chunk) -> None:
        """Take one chunk."""
        if not self._accepted and chunk.id:
            self._accepted = True
            self._events.append(Accepted(chunk.id))
        if chunk.model and not self._model:
            self._model = chunk.model
        if chunk.usage is not None or chunk.meta is not None:
            self._usage = _merge(self._usage, chunk.usage, chunk.meta)
        for choice in chunk.choices or ():
            if not choice.index and not self.over:
                self._add_choice(choice, bool(chunk.error))
        if chunk.error:
            self._fail(failures.read_complaint({"error": chunk.error}))

    def _add_choice(self, choice: Choice, failed: bool) -> None:
        delta = choice.delta
        if delta is not None:
            if delta.content:
                self._add_text(delta.content)
            elif delta.reasoning_content or delta.reasoning:
                self._add_reasoning(delta.reasoning_content or delta.reasoning or "")
            if delta.refusal:
                self._refusal = True
                self._add_text(delta.refusal)
        if choice.finish_reason and not failed:
            if choice.finish_reason == "error":  # https://openrouter.ai/docs/api-reference/errors
                self._fail(failures.Complaint("the answer ended with an error"))
            elif self.finish is None:
                self.finish = _FINISHES.get(choice.finish_reason, Finish.UNKNOWN)

    def _add_text(self, text: str) -> None:
        if self._reasoning:
            self._flush_reasoning()
        self._text.append(text)
        self._count(text)

    def _add_reasoning(self, text: str) -> None:
        if self._text:
            self._flush_text()
        self._reasoning.append(text)
        self._count(text)

    def _count(self, text: str) -> None:
        self._chars += len(text)
        if self._chars > TEXT_CHARS_MAX:
            self._fail(_unusable(f"the answer is over {TEXT_CHARS_MAX} characters"))

    def _flush_text(self) -> None:
        if self._text:
            self._events.append(TextDelta("".join(self._text)))
            self._text.clear()

    def _flush_reasoning(self) -> None:
        if self._reasoning:
            self._events.append(ReasoningDelta("".join(self._reasoning)))
            self._reasoning.clear()

    def _fail(self, what: failures.Complaint | BackendError) -> None:
        if self.failure is not None:
            return
        if isinstance(what, failures.Complaint):
            fault = failures.classify(0, what)
            what = BackendError(fault, status=what.status, detail=what.words)
            what.ambiguous = True
        self.failure = what


def read_body(body: bytes, transcript: Transcript, usd: str | None = None) -> None:
    """Take a whole answer, from a server that does not stream; `usd` is a header's cost."""
    try:
        value = strict_json.read_strictly(body)
    except strict_json.BadJson as error:
        transcript.failure = _unusable(f"the answer is no JSON: {error}")
        return
    if not isinstance(value, dict) or not (
        isinstance(value.get("choices"), list) or value.get("error")
    ):
        transcript.failure = _unusable("the answer is no chat completion")
        return
    read_value(value, transcript, usd)


def read_value(value: dict[str, Any], transcript: Transcript, usd: str | None = None) -> None:
    """Take a whole answer, decoded."""
    chunk = _tolerate(value)
    if chunk.meta is None and usd is not None:
        chunk.meta = {"usage": {"usd_spent": usd}}
    transcript.add_chunk(chunk)
    transcript.done = True


def _unusable(detail: str) -> BackendError:
    return BackendError(BackendFault.PROTOCOL, detail=detail, ambiguous=True)


def _error_of(data: bytes) -> failures.Complaint:
    """Read the data of an `event: error`, whose object may be the error itself."""
    try:
        value = strict_json.read_leniently(data)
    except strict_json.BadJson:
        value = data.decode("utf-8", "replace")
    if isinstance(value, dict) and "error" not in value:
        value = {"error": value}
    return failures.read_complaint(value)


def _tolerate(value: dict[str, Any]) -> Chunk:
    """Build a chunk from an object of any shape; what makes no sense is left out."""
    choices = value.get("choices")
    return Chunk(
        choices=[
            _tolerate_choice(choice)
            for choice in (choices if isinstance(choices, list) else ())
            if isinstance(choice, dict) and _is_first(choice.get("index"))
        ],
        id=_text(value.get("id")) or None,
        model=_text(value.get("model")) or None,
        usage=value.get("usage"),
        meta=value.get("meta"),
        error=value.get("error"),
    )


def _is_first(index: Any) -> bool:
    return index is None or (index == 0 and not isinstance(index, bool))


def _tolerate_choice(choice: dict[str, Any]) -> Choice:
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        delta = choice.get("message")
    fields = delta if isinstance(delta, dict) else {}
    return Choice(
        delta=Delta(
            content=_text(fields.get("content")),
            refusal=_text(fields.get("refusal")),
            reasoning_content=_text(fields.get("reasoning_content")),
            reasoning=_text(fields.get("reasoning")),
        ),
        finish_reason=_text(choice.get("finish_reason")) or None,
    )


def _text(value: Any) -> str:
    """Return text, the text parts of a list joined, and nothing for anything else."""
    if isinstance(value, list):
        parts = [part for part in value if isinstance(part, dict) and part.get("type") == "text"]
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return value if isinstance(value, str) else ""


def _merge(known: Usage, usage: Any, meta: Any) -> Usage:
    """Take what is newly reported; what makes no sense stays unknown."""
    counts = usage if isinstance(usage, dict) else {}
    details = counts.get("completion_tokens_details")
    reasoning = details.get("reasoning_tokens") if isinstance(details, dict) else None
    spent = meta.get("usage") if isinstance(meta, dict) else None
    usd = spent.get("usd_spent") if isinstance(spent, dict) else None
    return Usage(
        prompt=_or(_tokens(counts.get("prompt_tokens")), known.prompt),
        completion=_or(_tokens(counts.get("completion_tokens")), known.completion),
        reasoning=_or(_tokens(reasoning), known.reasoning),
        total=_or(_tokens(counts.get("total_tokens")), known.total),
        cost_micros=_or(read_usd(usd), known.cost_micros),
    )


def _or(new: int | None, known: int | None) -> int | None:
    return known if new is None else new


def _tokens(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 <= value <= _TOKENS_MAX or value != int(value):
        return None
    return int(value)


def read_usd(value: Any, most: int = _USD_MAX) -> int | None:
    """Return an amount of dollars in micro-dollars, rounded up, or None if it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not re.fullmatch(
        r"[0-9]{1,10}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", value, re.ASCII
    ):
        return None
    try:
        amount = Decimal(str(value))
        if not 0 <= amount <= most:
            return None
        return int((amount * 1_000_000).to_integral_value(rounding=ROUND_CEILING))
    except (InvalidOperation, ValueError):
        return None


def read_credits(value: Any) -> int | None:
    """Return what is left on an account, in micro-dollars; an overdrawn one has nothing."""
    if isinstance(value, str):
        value = value.strip()
        if re.fullmatch(r"-[0-9]{1,10}(\.[0-9]{1,30})?", value, re.ASCII):
            return 0
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return 0
    return read_usd(value, _CREDITS_MAX)
