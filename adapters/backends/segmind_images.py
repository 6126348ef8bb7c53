"""Speak to the image models of Segmind: submit once, ask for it, fetch what was made.

https://www.segmind.com/models/gpt-image-1-edit-mini/api
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from statistics import median

from adapters.backends import body as bodies
from adapters.backends import failures
from adapters.backends import segmind_bodies as segmind
from adapters.backends import segmind_pictures as pictures
from adapters.backends.body import Body, DataUri
from adapters.backends.http import Answer, Oversized
from adapters.backends.segmind_calls import BASE_URL, GET_SECONDS, SHORT_BYTES
from adapters.backends.segmind_calls import decode as decode_json
from adapters.backends.segmind_pictures import Found, Shown
from adapters.backends.segmind_polls import Json, expired
from adapters.backends.segmind_submissions import Account, Submission, resume
from adapters.backends.segmind_uploads import Uploads
from adapters.fetch import Allowed, Fetcher, FetchError, NotAllowed, TooLarge
from bot.domain import EditRequest, ImageModel, Usage
from bot.errors import BackendError, BackendFault
from bot.events import ImageEvent, PictureMade, Submitting

# Where results were seen to lie; nowhere else is asked for one.
HOSTS = frozenset(
    {"images.segmind.com", "storage.segmind.com", "segmind-resources.s3.amazonaws.com"}
)
# What upstream takes is what it can give.
PICTURE_BYTES_MAX = 50 * 1024 * 1024
# As base64, with something around it.
ANSWER_BYTES_MAX = PICTURE_BYTES_MAX // 3 * 4 + 64 * 1024
FETCH_SECONDS = 60.0
FETCH_TRIES_MAX = 4
# So many of the last edits tell how long one takes.
TIMED = 15


class SegmindImages:
    """Edit pictures through Segmind; implements `bot.ports.ImageBackend`.

    It shares an account (and with it the limit per minute) with the chat models. `uploads` off:
    pictures go within the request, and none becomes public. Beside `HOSTS`, results are fetched
    from where the operator's own base address leads, and never with the key.
    """

    name = "segmind"

    def __init__(self, account: Account, fetcher: Fetcher, *, uploads: bool = True) -> None:
        self._account = account
        self._fetcher = fetcher
        self._uploads = Uploads(account) if uploads else None
        calls = account.calls
        self._allowed = Allowed(HOSTS, frozenset({calls.base, calls.upload_url}))
        self._null_masks: set[str] = set()
        self._took: dict[str, deque[float]] = {}

    async def edit(self, request: EditRequest) -> AsyncGenerator[ImageEvent, None]:
        """Yield stages, then the picture; see `bot.ports.ImageBackend`."""
        slug = request.model.name
        if not segmind.is_slug(slug):
            raise BackendError(BackendFault.NO_MODEL, detail=f"{slug!r} cannot be a model's name")
        shown: list[Shown] = []
        null_mask = slug in self._null_masks
        while True:
            try:
                async with aclosing(self._attempt(request, shown, null_mask)) as events:
                    async for event in events:
                        yield event
                return
            except BackendError as error:
                failure = error
            # Raised out here, so that the provider's own words are no context of what we say.
            if null_mask or not pictures.misses_mask(request, failure):
                raise failures.worded(failure, self._account.calls.key, request)
            null_mask = True
            self._null_masks.add(slug)

    def usual_seconds(self, model: ImageModel) -> int:
        """Return the median of what edits took; before there are any, what is listed."""
        if took := self._took.get(model.name):
            return max(1, round(median(took)))
        return model.usual_seconds if self._account.calls.base == BASE_URL else 0

    async def is_done(self, request_id: str) -> bool:
        """Tell whether an accepted request has come to an end. Raises `BackendError`."""
        if not segmind.is_id(request_id):
            raise expired("this cannot be the id of a request")
        calls = self._account.calls
        deadline = asyncio.get_running_loop().time() + GET_SECONDS
        try:
            path = f"v2/requests/{request_id}/status"
            answer, body = await calls.get(path, deadline, SHORT_BYTES)
        except Oversized:
            # Only what a request came to is as large.
            return True
        report = segmind.read_report(body)
        if report is not None:
            return report.stage is None
        if answer.status == 404:
            raise expired("no such request")
        error = calls.error(answer, body)
        # Its words may be the request's, which are not known here.
        raise BackendError(
            error.fault,
            status=answer.status,
            detail="it was not told how a request stands",
            retry_after=error.retry_after,
            of_account=error.of_account,
        )

    async def _attempt(
        self, request: EditRequest, shown: list[Shown], null_mask: bool
    ) -> AsyncGenerator[ImageEvent, None]:
        """Go one way through it; `shown` is filled at the first, and used again at a second."""
        steps: AsyncGenerator[ImageEvent | _Made, None]
        if request.resume:
            steps = resume(self._account, request.resume, _Pictures())
        else:
            if self._uploads is not None and not shown:
                shown += await self._uploads.show(await request.bring(), request.request_id)
            once = Submission(self._account, request.model.name, request.request_id, plain=True)
            steps = once.run(partial(_make, request, shown, null_mask), _Pictures())
        began: float | None = None
        async with aclosing(steps) as events:
            async for event in events:
                match event:
                    case _Made():
                        made = await self._finish(event, request)
                        self._time(request.model.name, began)
                        yield made
                    case Submitting():
                        began = asyncio.get_running_loop().time()
                        yield event
                    case _:
                        yield event

    def _time(self, slug: str, began: float | None) -> None:
        """Remember how long an edit took, from when its request left."""
        if began is not None:
            took = self._took.setdefault(slug, deque(maxlen=TIMED))
            took.append(asyncio.get_running_loop().time() - began)

    async def _finish(self, made: _Made, request: EditRequest) -> PictureMade:
        """Have the bytes of what was made, and look whether they are a picture's."""
        found = made.found
        if found.url:
            data = await self._fetch(found.url, request.request_id)
        elif found.encoded:
            data = await asyncio.to_thread(pictures.decode, found.encoded)
        else:
            data = found.data
        if len(data) > PICTURE_BYTES_MAX:
            raise segmind.unusable(f"a picture of {len(data)} bytes")
        usage = Usage(cost_micros=made.cost_micros)
        name = request.model.name
        return PictureMade(pictures.check(data), usage, name, made.credits_micros)

    async def _fetch(self, url: str, request_id: str) -> bytes:
        """Fetch a result, which exists already: what cannot be had now may be had later."""
        tries = 1
        while True:
            try:
                return await self._fetcher.fetch(
                    url, self._allowed, PICTURE_BYTES_MAX, FETCH_SECONDS
                )
            except (NotAllowed, TooLarge) as error:
                raise segmind.unusable(f"the result was not fetched: {error}") from error
            except FetchError as error:
                if tries >= FETCH_TRIES_MAX:
                    raise BackendError(
                        BackendFault.CUT,
                        status=error.status,
                        detail=f"the result could not be fetched: {error}",
                        ambiguous=True,
                    ) from error
            await self._account.sleep(failures.backoff(tries, request_id))
            tries += 1


@dataclass(frozen=True, slots=True)
class _Made:
    """What a request came to: where its picture is, what it cost, and what is left."""

    found: Found
    cost_micros: int | None
    credits_micros: int | None


class _Pictures:
    """Read what image models say: the picture's own bytes, or JSON that has it or names it."""

    most_bytes: int | None = ANSWER_BYTES_MAX

    async def whole(self, said: bytes, answer: Answer) -> Sequence[_Made]:
        """Read an answer of v1, whose type is often a lie."""
        if said.lstrip()[:1] not in (b"{", b"["):
            return [_made(Found(data=pictures.check(said)), {}, answer)]
        body = await decode_json(said)
        return [_made(await asyncio.to_thread(pictures.find, body), {}, answer)]

    async def ended(self, body: Json, metrics: Json, answer: Answer) -> Sequence[_Made]:
        """Read a result of v2."""
        return [_made(await asyncio.to_thread(pictures.find, body), metrics, answer)]


async def _make(request: EditRequest, shown: list[Shown], null_mask: bool) -> Body:
    """Return a request's body; what has no address yet goes within it."""
    named = shown or [DataUri(picture) for picture in await request.bring()]
    count = len(named) - request.masked
    mask = named[count] if request.masked else None
    return await bodies.encode(pictures.build(request, named[:count], mask, null_mask=null_mask))


def _made(found: Found, metrics: Json, answer: Answer) -> _Made:
    return _Made(found, *segmind.read_money(metrics, answer.headers))
