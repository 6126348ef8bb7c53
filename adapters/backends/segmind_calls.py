"""The calls that Segmind's submits and polls are made of."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from adapters.backends import failures, long_json, refusals
from adapters.backends import segmind_bodies as segmind
from adapters.backends.body import Body
from adapters.backends.http import Answer, Http
from bot.errors import BackendError, ConfigError

# One poll; another can always follow.
GET_SECONDS = 30.0
# What is listed of its models holds there, and nowhere else.
BASE_URL = "https://api.segmind.com"
UPLOAD_URL = "https://workflows-api.segmind.com/upload-asset"
# What tells of a request, and holds none of what it came to, is some KB.
SHORT_BYTES = 256 * 1024


async def decode(body: bytes) -> Any:
    """Return the JSON in a body, or its text, without holding the loop; see `refusals.decode`."""
    if len(body) <= SHORT_BYTES:
        return refusals.decode(body)
    return await asyncio.to_thread(refusals.decode, body, long_json.read)


class Calls:
    """Send what carries the key, to the two addresses that were set, and to no other."""

    def __init__(
        self,
        base_url: str,
        key: str,
        http: Http,
        now: Callable[[], float],
        upload_url: str = UPLOAD_URL,
    ) -> None:
        self.base = re.sub(r"(/v[12])?/*$", "", base_url.rstrip("/"))
        self.upload_url = upload_url
        self.key = key.strip()
        self._http = http
        self._now = now
        if not re.fullmatch(r"[\x21-\x7e]+", self.key):
            raise ConfigError(["the key of segmind has characters that no key has, or none"])

    async def post(
        self, path: str, body: Body, deadline: float, patience: float | None = None
    ) -> Answer:
        """Send a body once, and let go of it on the way; see `Http.post`."""
        headers = {**self._headers(), "Content-Type": "application/json"}
        url = f"{self.base}/{path}"
        return await self._http.post(url, headers, body, deadline, patience, keep=False)

    async def upload(self, body: Body, deadline: float) -> Answer:
        """Send a body to where files are taken, which has a host of its own."""
        headers = {**self._headers(), "Content-Type": "application/json"}
        headers["Accept"] = "application/json, text/plain, */*"
        return await self._http.post(self.upload_url, headers, body, deadline)

    async def get(self, path: str, deadline: float, most: int | None = None) -> tuple[Answer, Any]:
        """Ask once, and read all of what is said; `most` as in `Answer.read_all`."""
        answer = await self._http.get(f"{self.base}/{path}", self._headers(), deadline)
        try:
            return answer, await decode(await answer.read_all(most=most))
        finally:
            answer.close()

    async def refused(self, answer: Answer) -> BackendError:
        """Read a refusal and return what it means."""
        return self.error(answer, await refusals.read(answer))

    def error(self, answer: Answer, body: Any) -> BackendError:
        """Return what an answer that is none means."""
        complaint = failures.read_complaint(body)
        error = failures.refusal(answer.status, answer.headers, complaint, self._now())
        error.fault = segmind.classify(answer.status, complaint)
        error.of_account |= segmind.is_out_of_credit(answer.status, complaint)
        reset = answer.headers.get("x-rate-limit-reset-at-utc")
        error.retry_after = segmind.read_reset(reset, self._now()) or error.retry_after
        return error

    def _headers(self) -> dict[str, str]:
        return {"x-api-key": self.key, "Accept": "application/json"}
