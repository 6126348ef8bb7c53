"""Note, from the stand-ins' history, when each answer's first and last text was shown.

An answer begins with its name, `#name. `, and ends with `ENDname.` (see `tests.bench.model`).
"""

from __future__ import annotations

import asyncio
from time import monotonic_ns
from typing import Any

from adapters.playground.history import Entry
from tests.standins import DISCORD, SLACK, StandIns

# Calls of Slack's that post, and those that change what was posted.
_POSTS = frozenset({"chat.startStream", "chat.postMessage"})
_EDITS = frozenset({"chat.appendStream", "chat.stopStream", "chat.update"})


class Watch:
    """Watch one platform; `ready` is set once the bot is connected there."""

    def __init__(self, standins: StandIns, platform: str, sockets: int = 1) -> None:
        self.asked: dict[str, int] = {}
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.ready = asyncio.Event()
        self.edits = 0
        self._more = asyncio.Event()
        self._sockets = sockets
        self._names: dict[str, str] = {}
        hear = {DISCORD: self._hear_discord, SLACK: self._hear_slack}[platform]
        standins.history.watchers.append(hear)

    def ask(self, name: str) -> None:
        """Note that a question is about to be sent."""
        self.asked[name] = monotonic_ns()

    def _hear_discord(self, entry: Entry) -> None:
        if entry.route == "event:READY":
            self.ready.set()
        if "/messages" not in entry.route or entry.effect == "refused":
            return
        text = entry.request.get("content") if isinstance(entry.request, dict) else None
        if isinstance(text, str) and (name := _name(text)):
            self._shown(name, text, edit=entry.route.startswith("PATCH "))

    def _hear_slack(self, entry: Entry) -> None:
        if entry.route == "socket:hello":
            self._sockets -= 1
            if self._sockets <= 0:
                self.ready.set()
        if entry.effect == "refused" or entry.route not in _POSTS | _EDITS:
            return
        text = _text(entry.request)
        ts = entry.request.get("ts") or (entry.answer or {}).get("ts") or ""
        if name := _name(text):
            self._names[ts] = name
        # What is appended to a stream does not say again whose it is.
        if name := self._names.get(ts, ""):
            self._shown(name, text, edit=entry.route in _EDITS)

    def _shown(self, name: str, text: str, *, edit: bool) -> None:
        now = monotonic_ns()
        self.first.setdefault(name, now)
        self.edits += edit
        if text.endswith(f"END{name}."):
            self.last.setdefault(name, now)
            self._more.set()

    async def wait(self, names: list[str], seconds: float) -> None:
        """Wait until all these answers are shown whole."""
        async with asyncio.timeout(seconds):
            while not all(name in self.last for name in names):
                self._more.clear()
                await self._more.wait()


def _name(text: str) -> str:
    return text[1:].partition(".")[0] if text[:1] == "#" else ""


def _text(request: dict[str, Any]) -> str:
    """Return the text of a call of Slack's, wherever it stands."""
    blocks = request.get("blocks") or [{}]
    return str(request.get("markdown_text") or blocks[0].get("text") or request.get("text") or "")
