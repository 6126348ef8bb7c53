"""A script of faults on top of a stand-in: the nth call of route R, action A."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal[
    "refuse",  # answer `status` and `body`, do nothing
    "delay",  # wait `seconds`, then go on as usual
    "cut",  # close the connection, do nothing
    "lose_answer",  # do it, then close the connection without an answer
    "fail_after",  # do it, then answer `status` and `body`
]


@dataclass(slots=True)
class Fault:
    """What happens to calls `nth` to `nth + times - 1` of `route`, counted from now.

    `route` is "METHOD /path/{with}/{names}" as the stand-in's table has it; "*" is any.
    `options` holds what only one stand-in understands.
    """

    route: str
    action: Action | str
    nth: int = 1
    times: int = 1
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    seconds: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    hits: int = 0


class FaultScript:
    """The faults in force on one stand-in."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force; its `hits` tells later whether it was met."""
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        """Take all faults out of force."""
        self.faults.clear()

    def meet(self, route: str) -> Fault | None:
        """Count a call of `route` and return the fault that it meets, if any."""
        met: Fault | None = None
        for fault in self.faults:
            if fault.route not in (route, "*"):
                continue
            fault.seen += 1
            if met is None and fault.nth <= fault.seen < fault.nth + fault.times:
                fault.hits += 1
                met = fault
        return met


async def wait(seconds: float) -> None:
    """Wait on the running loop's clock, which tests may make virtual."""
    if seconds > 0:
        await asyncio.sleep(seconds)
