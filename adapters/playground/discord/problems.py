"""Discord's refusals: HTTP status, JSON error code, message.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_TABLE: dict[int, tuple[int, str]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10014: (400, "Unknown Emoji"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    20012: (403, "You are not authorized to perform this action on this application"),
    20016: (429, "This action cannot be performed due to slowmode rate limit."),
    30046: (
        429,
        "Maximum number of edits to messages older than 1 hour reached. Try again later",
    ),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (403, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
    200000: (400, "Message was blocked by automatic moderation"),
}


class Problem(Exception):
    """A refusal in Discord's words."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the JSON that Discord answers with."""
        body: dict[str, Any] = {"message": self.message, "code": self.code, **self.extra}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def problem(code: int) -> Problem:
    """Return the refusal with a JSON error code of the table."""
    status, message = _TABLE[code]
    return Problem(status, code, message)


def unauthorized() -> Problem:
    """Return what a wrong token gets."""
    return Problem(401, 0, "401: Unauthorized")


def not_found() -> Problem:
    """Return what an unknown address gets."""
    return Problem(404, 0, "404: Not Found")


class Form:
    """Collect what is wrong with a body, field by field, then refuse it as a whole."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[str, ...], str, str]] = []

    def wrong(self, path: Iterable[str | int], code: str, message: str) -> None:
        """Note one fault at a path such as ("embeds", 0, "title")."""
        self._found.append((tuple(str(step) for step in path), code, message))

    def too_long(self, path: Iterable[str | int], most: int) -> None:
        """Note a text over its limit."""
        self.wrong(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def bad_length(self, path: Iterable[str | int], least: int, most: int) -> None:
        """Note a text or list that is too short or too long."""
        message = f"Must be between {least} and {most} in length."
        self.wrong(path, "BASE_TYPE_BAD_LENGTH", message)

    def required(self, path: Iterable[str | int]) -> None:
        """Note a missing field."""
        self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")

    def done(self) -> None:
        """Raise if anything was wrong."""
        if not self._found:
            return
        tree: dict[str, Any] = {}
        for path, code, message in self._found:
            node = tree
            for step in path:
                node = node.setdefault(step, {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        refusal = problem(50035)
        refusal.errors = tree
        raise refusal
