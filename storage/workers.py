"""Workers: one heartbeat row per process. A worker without a row is dead."""

from __future__ import annotations

from storage.engine import Operation
from storage.statements import load

SQL = load("workers")


def beat(worker: str, now: int, alive_until: int) -> Operation[None]:
    """Extend a worker's life."""
    yield SQL.beat, {"worker": worker, "now": now, "alive_until": alive_until}


def retire(worker: str) -> Operation[None]:
    """End a worker's life."""
    yield SQL.retire, {"worker": worker}


def bury_others(worker: str) -> Operation[None]:
    """Declare every other worker dead."""
    yield SQL.bury_others, {"worker": worker}
