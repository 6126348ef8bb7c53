"""Faults and bad replies of model services, one row for each place that can meet them.

A row is what the service does to one request, and what must come of it: the text and either
a finish or a fault. Ids are those of the project's lists of faults (F) and bad inputs (X).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.backends.http import Http
from adapters.backends.models import SEGMIND_MODELS
from adapters.backends.segmind import Segmind
from bot.domain import ChatMessage, ChatRequest, Role
from bot.errors import BackendFault
from bot.events import Finish
from bot.ports import ChatBackend
from tests.backend_wire import (
    DONE,
    KEY,
    NOW,
    REQUEST,
    STOP,
    Handler,
    Sleep,
    Speaks,
    chunk,
    refuse,
    stream,
)

QUESTION = "a question that nobody else should ever read, in any log"
SEGMIND_REQUEST = ChatRequest(
    SEGMIND_MODELS[1], (ChatMessage(Role.USER, QUESTION),), 100, "r-1", None
)
SUBMITTED = refuse(200, {"request_id": "abc", "status": "QUEUED"})
COMPLETED = refuse(200, {"status": "COMPLETED", "request_id": "abc"})


def speak_segmind(api: str) -> Speaks:
    def speaks(base: str, http: Http, sleep: Sleep) -> ChatBackend:
        return Segmind(base, KEY, http, api=api, rpm=100, now=lambda: NOW)

    return speaks


@dataclass(frozen=True)
class Tongue:
    """One place of one protocol at which a service can say something."""

    name: str
    before: tuple[Handler, ...] = ()
    speaks: Speaks | None = None
    request: ChatRequest = REQUEST


CHAT = Tongue("chat")
V1 = Tongue("v1", (), speak_segmind("v1"), SEGMIND_REQUEST)
SUBMIT = Tongue("v2 submit", (), speak_segmind("v2"), SEGMIND_REQUEST)
STATUS = Tongue("v2 status", (SUBMITTED,), speak_segmind("v2"), SEGMIND_REQUEST)
RESULT = Tongue("v2 result", (SUBMITTED, COMPLETED), speak_segmind("v2"), SEGMIND_REQUEST)
WHOLE = (CHAT, V1, RESULT)
EVERY = (CHAT, V1, SUBMIT, STATUS, RESULT)


@dataclass(frozen=True)
class Row:
    """`tries` is how many requests must have been made of the place, None where it is free."""

    id: str
    given: str
    tongue: Tongue
    handlers: tuple[Handler, ...]
    text: str = ""
    finish: Finish | None = None
    fault: BackendFault | None = None
    ambiguous: bool = False
    tries: int | None = 1
    after: float = 0.0
    within: float = 1000.0


ROWS: list[Row] = []


def row(id_: str, given: str, tongues: Sequence[Tongue], *handlers: Handler, **more: Any) -> None:
    """Add a row for each place."""
    ROWS.extend(Row(id_, given, tongue, handlers, **more) for tongue in tongues)


def native(text: Any = "ok", finish: Any = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}], **more}


def ended(output: Any, **metrics: Any) -> Handler:
    output = json.dumps(output) if isinstance(output, dict) else output
    return refuse(200, {"status": "COMPLETED", "output": output, "metrics": metrics})


def said(tongue: Tongue, body: dict[str, Any]) -> Handler:
    """Return a whole answer as a place of a protocol has it."""
    return ended(body) if tongue is RESULT else refuse(200, body)


PROTOCOL = BackendFault.PROTOCOL
UPSTREAM = BackendFault.UPSTREAM
GOOD = stream(chunk("ok"), STOP, DONE)
STOPPED = {"text": "ok", "finish": Finish.STOP}
