"""Promises about what leaves the bot: rules of payloads (I9), secrets (I10), tracebacks."""

from __future__ import annotations

from tests.checker_case import CANARY, Breaks, post
from tests.violation import Kind

TRAFFIC: Breaks = {
    "pings let through": (
        "I9", Kind.OTHER, "allowed_mentions is None",
        lambda case: case.entries.append(post(3, "@everyone", allowed_mentions=None)),
    ),
    "users let through": (
        "I9", Kind.OTHER, "lets some through",
        lambda case: case.entries.append(
            post(3, "hi", allowed_mentions={"parse": [], "users": ["7"]})
        ),
    ),
    "too long": (
        "I9", Kind.OTHER, "2001 characters",
        lambda case: case.entries.append(post(3, "x" * 2001)),
    ),
    "no nonce": (
        "I9", Kind.OTHER, "nonce None",
        lambda case: case.entries.append(post(3, "x", nonce=None)),
    ),
    "nonce not enforced": (
        "I9", Kind.OTHER, "not enforced",
        lambda case: case.entries.append(post(3, "x", enforce_nonce=False)),
    ),
    "unknown traffic": (
        "I9", Kind.OTHER, "no such field",
        lambda case: case.strange.append("entry 1: no such field"),
    ),
    "crash": (
        "log", Kind.OTHER, "KeyError: 'x'",
        lambda case: case.outputs.update(log="Traceback (most recent\n  at\nKeyError: 'x'"),
    ),
    "secret shown": (
        "I10", Kind.OTHER, "is in entry 3",
        lambda case: case.entries.append(post(3, f"my key is {CANARY}")),
    ),
    "secret logged": (
        "I10", Kind.OTHER, "is in log", lambda case: case.outputs.update(log=f"Bot {CANARY}"),
    ),
    "secret stored": (
        "I10", Kind.OTHER, "is in database",
        lambda case: case.change("turn", {"id": "t3"}, error=CANARY),
    ),
}  # fmt: skip
