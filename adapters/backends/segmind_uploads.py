"""Show pictures to Segmind at public addresses.

What is uploaded can be seen by whoever knows its address, and cannot be taken back: the operator
decides (`SEGMIND_UPLOADS`). https://docs.segmind.com/ (files)
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from adapters.backends import body as bodies
from adapters.backends import failures, refusals
from adapters.backends import segmind_pictures as pictures
from adapters.backends.body import DataUri
from adapters.backends.segmind_calls import SHORT_BYTES
from adapters.backends.segmind_submissions import Account
from bot.domain import Picture
from bot.errors import BackendError, BackendFault

# Few requests, and none that a gateway would find too large.
BATCH_BYTES = 8 * 1024 * 1024
UPLOAD_SECONDS = 120.0
TRIES_MAX = 3
# Of the place where files are taken, not of a model or a limit of ours.
_OF_PLACE = frozenset({BackendFault.NO_MODEL, BackendFault.PROTOCOL, BackendFault.INVALID})


class Uploads:
    """Upload with an account's key."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def show(self, shown: Sequence[Picture], request_id: str) -> list[str]:
        """Return each picture's address. Raises `BackendError`: nothing was run."""
        urls: list[str] = []
        for batch in _batches(shown):
            urls += await self._upload(batch, request_id)
        return urls

    async def _upload(self, batch: list[Picture], request_id: str) -> list[str]:
        encoded = await bodies.encode({"data_urls": [DataUri(picture) for picture in batch]})
        tries = 1
        while True:
            try:
                return await self._try(encoded, len(batch))
            except BackendError as error:
                # A file that is there twice costs nothing; no model was asked.
                error.ambiguous = False
                passing = error.status == 0 or error.status == 429 or error.status >= 500
                if not passing or tries >= TRIES_MAX:
                    if error.fault in _OF_PLACE:
                        error.fault = BackendFault.UPSTREAM
                    raise
                wait = error.retry_after or failures.backoff(tries, request_id)
            tries += 1
            await self._account.sleep(wait)

    async def _try(self, encoded: bodies.Body, count: int) -> list[str]:
        calls = self._account.calls
        deadline = asyncio.get_running_loop().time() + UPLOAD_SECONDS
        answer = await calls.upload(encoded, deadline)
        if answer.status not in (200, 201):
            raise await calls.refused(answer)
        try:
            said = await answer.read_all(most=SHORT_BYTES)
        finally:
            answer.close()
        try:
            return pictures.read_uploaded(refusals.decode(said), count)
        except BackendError as error:
            error.status = answer.status
            raise


def _batches(shown: Sequence[Picture]) -> Iterator[list[Picture]]:
    """Yield pictures, in order, as many together as one request takes."""
    batch: list[Picture] = []
    size = 0
    for picture in shown:
        if batch and size + len(picture.data) > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(picture)
        size += len(picture.data)
    if batch:
        yield batch
