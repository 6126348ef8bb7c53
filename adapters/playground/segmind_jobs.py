"""The jobs that simulated Segmind took, and the account that pays for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from adapters.playground.segmind_answers import Course, Json, Reply, Slug
from adapters.playground.segmind_images import Work

WORKS_KEPT = 100


@dataclass(slots=True)
class Job:
    """One request that was accepted; `lost`: its answer never arrives.

    `digest` is the same for the same slug and messages, or pictures. `work` is what became of
    pictures; their bytes are those of the last `WORKS_KEPT` jobs only.
    """

    id: str
    slug: Slug
    digest: str
    question: str
    created: int
    queued: float
    working: float
    course: Course
    reply: Reply
    cost: Any
    lost: bool = False
    polls: int = 0
    billed: bool = False
    work: Work | None = None

    def status(self, now: int) -> str:
        """Return where it stands."""
        seconds = (now - self.created) / 1000
        if seconds < self.queued:
            return "QUEUED"
        if seconds < self.queued + self.working:
            return "PROCESSING"
        return "COMPLETED" if self.course.error is None else "FAILED"

    def is_kept(self, now: int) -> bool:
        """Tell whether it can still be asked for."""
        return now - self.created < self.course.expires * 1000

    def metrics(self, balance: float) -> Json:
        """Return what is measured of it; a job that failed has no cost."""
        if not self.course.metrics:
            return {}
        metrics: Json = {
            "inference_time": round(self.working, 2),
            "queue_time": round(self.queued, 2),
            "total_time": round(self.queued + self.working, 2),
            "retry_count": 0,
        }
        if self.course.error is None:
            metrics |= {"cost": self.cost, "remaining_credits": round(balance, 6)}
        return metrics


@dataclass
class Account:
    """Who is known by the key: what is left, in dollars, and what may not be used."""

    balance: float = 10.0
    forbidden: set[str] = field(default_factory=set)

    def bill(self, jobs: Iterable[Job], now: int) -> None:
        """Take off, once, what the jobs that are done by now cost."""
        for job in jobs:
            if not job.billed and job.status(now) == "COMPLETED":
                job.billed = True
                self.balance = round(self.balance - job.reply.usd, 9)
