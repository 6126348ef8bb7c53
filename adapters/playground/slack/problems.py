"""Refusals in Slack's words: HTTP 200 with `ok: false`, or 429.

https://docs.slack.dev/apis/web-api/#responses
"""

from __future__ import annotations

from typing import Any

from adapters.playground.faults import Fault

# https://docs.slack.dev/apis/web-api/rate-limits
RATELIMITED = "ratelimited"


class Problem(Exception):
    """A refusal; `code` is Slack's word for it, `rest` stands beside it in the answer."""

    def __init__(self, code: str, *, retry_after: int = 0, **rest: Any) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.rest = rest

    @property
    def status(self) -> int:
        """Return the HTTP status: only a rate limit has one of its own."""
        return 429 if self.code == RATELIMITED else 200

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that the refusal adds."""
        return {"Retry-After": str(self.retry_after)} if self.code == RATELIMITED else {}

    def body(self) -> dict[str, Any]:
        """Return the answer."""
        return {"ok": False, "error": self.code, **self.rest}


def missing_scope(needed: str, provided: list[str]) -> Problem:
    """Return the refusal for a scope that the token has not."""
    return Problem("missing_scope", needed=needed, provided=",".join(provided))


def invalid_arguments(*messages: str) -> Problem:
    """Return the refusal for arguments that are missing or of the wrong form."""
    shown = [f"[ERROR] {one}" for one in messages]
    return Problem("invalid_arguments", response_metadata={"messages": shown})


def invalid_blocks(*messages: str) -> Problem:
    """Return the refusal for blocks; `errors` names each place."""
    shown = [f"[ERROR] {one}" for one in messages]
    return Problem("invalid_blocks", errors=[*messages], response_metadata={"messages": shown})


def refuse(
    method: str, code: str, *, nth: int = 1, times: int = 1, retry_after: int = 1, **rest: Any
) -> Fault:
    """Return the fault that refuses calls of a method with a word of Slack's."""
    problem = Problem(code, retry_after=retry_after, **rest)
    return Fault(
        method,
        "refuse",
        nth=nth,
        times=times,
        status=problem.status,
        body=problem.body(),
        headers=problem.headers,
    )
