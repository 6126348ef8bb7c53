"""The complete log of what was asked of a stand-in and what it answered.

The checker reads it: `ok` (done and said so), `refused` (not done), `unacked` (done, but the
answer was lost on purpose).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO

Effect = Literal["ok", "refused", "unacked"]


@dataclass(slots=True)
class Entry:
    """One request and its answer, or one event sent (`route` starts with `event:`).

    `request` and `answer` are decoded JSON where the bodies were JSON. `marks` names the
    faults that were applied.
    """

    n: int
    at: int
    service: str
    route: str
    path: str
    status: int
    effect: Effect
    request: Any = None
    answer: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()


class History:
    """Keep entries in order, in memory and, if asked, as JSON lines in a file.

    In memory all of them stay, or at least the last `keep`.

    `watchers` are called with each entry as it is added; one that raises fails the request.
    """

    def __init__(
        self, now: Callable[[], int], file: Path | None = None, keep: int | None = None
    ) -> None:
        self.entries: list[Entry] = []
        self._keep = keep
        self.watchers: list[Callable[[Entry], None]] = []
        self._now = now
        self._n = 0
        self._file: TextIO | None = file.open("a", encoding="utf-8") if file else None

    def add(self, service: str, route: str, **rest: Any) -> Entry:
        """Append an entry, stamped with number and time."""
        self._n += 1
        entry = Entry(n=self._n, at=self._now(), service=service, route=route, **rest)
        self.entries.append(entry)
        if self._keep is not None and len(self.entries) > 2 * self._keep:
            del self.entries[: -self._keep]
        if self._file:
            self._file.write(json.dumps(asdict(entry), ensure_ascii=False, default=str) + "\n")
            self._file.flush()
        for watcher in self.watchers:
            watcher(entry)
        return entry

    def of(self, route: str) -> Iterator[Entry]:
        """Yield the entries of a route."""
        return (entry for entry in self.entries if entry.route == route)

    def close(self) -> None:
        """Close the file; what is added afterwards is kept in memory only."""
        if self._file:
            self._file.close()
            self._file = None
