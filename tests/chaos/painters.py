"""People who paint masks: they open the page that a link leads to, and send what they painted.

Whoever is not told what became of it sends it again, as one does when a page cannot be reached.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections import Counter

import aiohttp

from tests.painting import BOX, ORIGIN, Tab
from tests.standins import StandIns
from tests.studio import mask_of

TAKEN = 200
LINKS, SENT, YES, NO = "links told", "masks sent", "told yes", "told no"
# Links that are told later than that never are: the bot died over the press.
LINKS_KEPT = 4
# Between lives nobody listens.
AGAIN_SECONDS = 0.2
_LINK = re.compile(rf"{re.escape(ORIGIN)}(/mask/([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+)")
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


class Painters:
    """Paint by every link that is told, until an answer comes; `taken` are drafts of a yes.

    `figures` count links, masks sent, and what was said of them; of the others nobody was told.
    """

    def __init__(self, standins: StandIns, port: int) -> None:
        self.taken: set[str] = set()
        self.figures: Counter[str] = Counter()
        self._standins = standins
        self._base = f"http://127.0.0.1:{port}"
        self._pressed: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Tell whether somebody still waits for an answer."""
        return bool(self._tasks)

    def expect(self, used: str) -> None:
        """Wait for the link that a press is told."""
        self._pressed = [*self._pressed[1 - LINKS_KEPT :], used]

    def paint(self) -> None:
        """Begin to paint by the links that were told since the last time."""
        for used in list(self._pressed):
            told = self._standins.here.told(used)
            found = _LINK.search(told.text) if told is not None else None
            if found is None:
                continue
            self._pressed.remove(used)
            self.figures[LINKS] += 1
            task = asyncio.create_task(self._send(found[1], _draft_of(found[2])))
            self._tasks.add(task)
            task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        task.result()

    async def close(self) -> None:
        """Let nobody wait any longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, path: str, draft: str) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            tab, size = Tab(session, self._base, path), (0, 0)
            while True:
                try:
                    if not tab.key:
                        status, page, _ = await tab.get()
                        if status != TAKEN:
                            return  # the picture, or the message of its link, is gone
                        wide, high = _SIZE.findall(page.decode())[0]
                        size = int(wide), int(high)
                        await tab.open()
                    self.figures[SENT] += 1
                    status, _ = await tab.send(mask_of(size, BOX))
                except aiohttp.ClientError:
                    await asyncio.sleep(AGAIN_SECONDS)
                    continue
                if status == TAKEN:
                    self.taken.add(draft)
                if status < 500:
                    self.figures[YES if status == TAKEN else NO] += 1
                    return
                await asyncio.sleep(AGAIN_SECONDS)


def _draft_of(payload: str) -> str:
    """Return the draft that a link names (see `bot.signing`)."""
    text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    return text.split("|")[3]
