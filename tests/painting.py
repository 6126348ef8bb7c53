"""A browser's tab on the page where masks are painted, as far as a server can tell."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.studio import mask_of

HOST = "bot.example"
ORIGIN = f"https://{HOST}"
BOX = (10, 20, 50, 60)
ROBOTS = (
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "curl/8.9.1",
)


@dataclass(slots=True)
class Tab:
    """A browser's tab, as far as a server can tell: cookies, and headers that say where from."""

    session: aiohttp.ClientSession
    base: str
    path: str
    cookies: dict[str, str] = field(default_factory=dict)
    key: str = ""

    async def get(self, path: str = "", **headers: str) -> tuple[int, bytes, Any]:
        """Ask for the page or what belongs to it."""
        return await self._ask("GET", path or self.path, None, headers)

    async def open(self) -> str:
        """Open the page; return its text."""
        status, body, headers = await self.get()
        assert status == 200, body
        text = body.decode()
        self.key = re.findall(r'name="key" value="([^"]+)"', text)[0]
        name, _, value = headers["Set-Cookie"].partition(";")[0].partition("=")
        self.cookies[name] = value
        return text

    async def send(
        self, mask: bytes = b"", prompt: str = "make it pink", **changed: Any
    ) -> tuple[int, str]:
        """Send the form as the page does, or otherwise; return the status and what was said."""
        form = aiohttp.FormData()
        form.add_field("key", changed.pop("key", self.key))
        form.add_field("prompt", prompt)
        form.add_field("mask", io.BytesIO(mask or mask_of((96, 96), BOX)), filename="mask.png")
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
        headers |= changed
        given = {name: value for name, value in headers.items() if value}
        status, body, answered = await self._ask("POST", self.path, form, given)
        assert answered["Content-Type"].startswith("application/json"), body
        return status, str(json.loads(body)["said"])

    async def _ask(
        self, method: str, path: str, data: Any, headers: dict[str, str]
    ) -> tuple[int, bytes, Any]:
        asked = {"Host": HOST, **headers}
        if self.cookies:
            asked["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        async with self.session.request(
            method, self.base + path, data=data, headers=asked, allow_redirects=False
        ) as answer:
            return answer.status, await answer.read(), answer.headers
