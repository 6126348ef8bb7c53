"""The page on which a person paints a mask, served by a signed link that is used once.

Looking never uses a link up: programs that preview links look at them too. Who has the link can
paint: so the page shows that one picture and does that one thing. What is sent must come from the
page itself: its cookie and the hidden field of its form hold the same key, and the browser says
that it comes from here.
"""

from __future__ import annotations

import asyncio
import hmac
import html
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.base_protocol import BaseProtocol

from bot.ports import Canvas, Clock, Closed, LinkEnd, Links, Meter, Taken

PATH = "/mask/"
COOKIE = "mask"
FOLDER = Path(__file__).parent / "painter"
ASSETS = {
    "icon.svg": "image/svg+xml",
    "painter.css": "text/css",
    "painter.mjs": "text/javascript",
    "easel.mjs": "text/javascript",
    "strokes.mjs": "text/javascript",
}
# The mask (at most 4 MB), the words (at most 32,000 of up to 4 bytes) and what frames them.
BODY_BYTES = 4 * 1024 * 1024 + 4 * 32_000 + 64 * 1024
WORDS_BYTES = 4 * 32_000
FAILURES_PER_MINUTE = 10
LOOKS_PER_MINUTE = 30
MOST_COUNTED = 1_000

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' blob:; script-src 'self'; style-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The link is the right to paint: it goes nowhere else.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_STATUS = {
    LinkEnd.UNKNOWN: 404,
    LinkEnd.EXPIRED: 410,
    LinkEnd.USED: 410,
    LinkEnd.GONE: 410,
    LinkEnd.FLAWED: 400,
    LinkEnd.REFUSED: 403,
    LinkEnd.FAILED: 503,
}
_FOREIGN = "This did not come from the page itself, so nothing was done. Open your link again."
_BUSY = "Too many requests. Nothing was done; try again in a minute."
_TOO_LARGE = "The mask is too large, so nothing was done. Try again with the link."
_UNREADABLE = "What was sent cannot be read, so nothing was done. Try again with the link."

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MaskPages:
    """Serve the links of `links`; `public_url` is the address that the world knows us by.

    Where that has a path of its own, a proxy takes it away before we are asked.
    """

    def __init__(self, links: Links, clock: Clock, meter: Meter, public_url: str | None) -> None:
        public = urlsplit(public_url or "")
        self._links = links
        self._clock = clock
        self._meter = meter
        self._origin = f"{public.scheme}://{public.netloc}" if public_url else ""
        self._path = public.path.rstrip("/") + PATH
        self._failures = Tally(clock, FAILURES_PER_MINUTE)
        self._looks = Tally(clock, LOOKS_PER_MINUTE)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, for the surface to mount."""
        return [
            web.get(PATH + "{token}", self._handled(self._page)),
            web.get(PATH + "{token}/picture", self._handled(self._picture)),
            web.get(PATH + "{token}/{asset:[a-z]+\\.(?:css|mjs|svg)}", self._handled(self._asset)),
            web.post(PATH + "{token}", self._handled(self._submit)),
        ]

    def _handled(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            response = await handler(request)
            response.headers.update(HEADERS)
            return response

        return handle

    # --- looking ---------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.StreamResponse:
        shown = await self._look(request)
        if isinstance(shown, web.StreamResponse):
            return shown
        base = self._base(request)
        left = shown.expires_at - self._clock.now()
        response = _html(200, "page.html", _words_of(shown, base, left))
        response.set_cookie(
            COOKIE,
            shown.key,
            path=base,
            httponly=True,
            samesite="Strict",
            secure=self._is_secure(request),
        )
        return response

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        """Send the picture to the browser that opened the page, and to nobody else."""
        shown = await self._look(request)
        if isinstance(shown, web.StreamResponse):
            return shown
        if not _is_same(request.cookies.get(COOKIE, ""), shown.key):
            return self._refused(request, 403, _FOREIGN)
        return web.Response(body=shown.picture, content_type=shown.mime)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["asset"]
        if name not in ASSETS:
            raise web.HTTPNotFound
        return web.Response(text=_read(name), content_type=ASSETS[name])

    async def _look(self, request: web.Request) -> Canvas | web.StreamResponse:
        """Return what a link shows. One that leads nowhere is told the same way each time."""
        shown = await self._links.look(request.match_info["token"])
        if isinstance(shown, Closed):
            return self._closed(request, shown)
        # Behind a proxy everybody has its address; so a link is counted by itself.
        if not self._looks.take(f"{request.remote} {request.match_info['token']}"):
            return self._refused(request, 429, _BUSY)
        return shown

    # --- sending ---------------------------------------------------------------------------

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        """Take a mask and its words: only this uses the link up."""
        token = request.match_info["token"]
        shown = await self._look(request)
        if isinstance(shown, web.StreamResponse):
            return shown
        if not self._is_from_here(request):
            return self._refused(request, 403, _FOREIGN)
        try:
            sent = await _read_form(request, shown.most_mask_bytes)
        except ValueError:
            return self._refused(request, 400, _UNREADABLE)
        if not (
            _is_same(str(sent.get("key", "")), shown.key)
            and _is_same(request.cookies.get(COOKIE, ""), shown.key)
        ):
            return self._refused(request, 403, _FOREIGN)
        mask = sent.get("mask", b"")
        if not isinstance(mask, bytes):
            return self._refused(request, 413, _TOO_LARGE)
        came = await self._links.submit(token, mask, str(sent.get("prompt", "")))
        if isinstance(came, Taken):
            return self._said(request, 200, came.said)
        return self._closed(request, came)

    def _is_from_here(self, request: web.Request) -> bool:
        """Tell whether a browser says that its page is ours (programs without one say nothing).

        https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
        """
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return False
        origin = request.headers.get("Origin")
        if origin is None:
            return False
        return origin in (self._origin, f"http://{request.host}", f"https://{request.host}")

    def _is_secure(self, request: web.Request) -> bool:
        """Tell whether the browser came by https, which ends at the proxy."""
        return self._origin.startswith("https:") and urlsplit(self._origin).netloc == request.host

    # --- what is said ----------------------------------------------------------------------

    def _closed(self, request: web.Request, closed: Closed) -> web.StreamResponse:
        # Who only guesses is told so; whoever has a link that works is never kept from it.
        if closed.end is LinkEnd.UNKNOWN and not self._failures.take(str(request.remote)):
            return self._refused(request, 429, _BUSY)
        return self._refused(request, _STATUS[closed.end], closed.said)

    def _refused(self, request: web.Request, status: int, said: str) -> web.StreamResponse:
        self._meter.count("http_refused", why="link")
        return self._said(request, status, said)

    def _said(self, request: web.Request, status: int, said: str) -> web.Response:
        """Say one sentence: as data to our own script, else as a page."""
        if "application/json" in request.headers.get("Accept", ""):
            return web.json_response({"said": said}, status=status)
        words = {"said": html.escape(said), "base": html.escape(self._base(request))}
        return _html(status, "said.html", words)

    def _base(self, request: web.Request) -> str:
        """Return the path that all of a link's page is below, as browsers see it."""
        return self._path + quote(request.match_info["token"], safe="")


class Tally:
    """Count what each caller did within a minute; the one unseen longest is forgotten first."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._counted: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, caller: str) -> bool:
        """Count one more, and tell whether that is still within what is allowed."""
        now = self._clock.monotonic()
        since, count = self._counted.pop(caller, (now, 0))
        if now - since >= 60.0:
            since, count = now, 0
        self._counted[caller] = since, count + 1
        if len(self._counted) > MOST_COUNTED:
            self._counted.popitem(last=False)
        return count < self._most


async def _read_form(request: web.Request, most_mask: int) -> Mapping[str, str | bytes | None]:
    """Return the parts of a form: texts, and the mask's bytes (None: too many of them).

    Raises `ValueError` for what is no such form.
    """
    if request.content_type != "multipart/form-data":
        raise ValueError("not a form of parts")
    sent: dict[str, str | bytes | None] = {}
    async for part in MultipartReader(request.headers, _stream(await request.read())):
        if not isinstance(part, BodyPartReader) or part.name not in ("key", "prompt", "mask"):
            raise ValueError("not a part of the form")
        if part.name in sent:
            raise ValueError("a part twice")
        if part.name == "mask":
            sent["mask"] = await _read_part(part, most_mask)
        else:
            words = await _read_part(part, WORDS_BYTES)
            sent[part.name] = (words or b"").decode("utf-8", "replace")
    return sent


def _stream(body: bytes) -> StreamReader:
    """Return a body that was read already, to be read in parts."""
    loop = asyncio.get_running_loop()
    stream = StreamReader(BaseProtocol(loop), limit=len(body) + 1, loop=loop)
    stream.feed_data(body)
    stream.feed_eof()
    return stream


async def _read_part(part: BodyPartReader, most: int) -> bytes | None:
    """Return a part's bytes, None if it has more than `most`."""
    data = bytearray()
    while chunk := await part.read_chunk():
        if len(data) <= most:
            data += chunk
    return bytes(data) if len(data) <= most else None


def _html(status: int, name: str, words: Mapping[str, Any]) -> web.Response:
    text = Template(_read(name)).substitute(words)
    return web.Response(status=status, text=text, content_type="text/html")


def _words_of(canvas: Canvas, base: str, left: int) -> dict[str, Any]:
    """Return what the page says; `left` are the ms of its link: a browser's clock may be wrong."""
    return {
        "base": html.escape(base),
        "key": html.escape(canvas.key),
        "width": canvas.width,
        "height": canvas.height,
        "prompt": html.escape(canvas.prompt),
        "most_prompt": canvas.most_prompt,
        "most_mask": canvas.most_mask_bytes,
        "price": html.escape(canvas.price),
        "model": html.escape(canvas.model),
        "duration": say_duration(canvas.seconds),
        "left": max(0, left),
    }


def say_duration(seconds: int) -> str:
    """Begin a sentence with how long an edit takes, where that is known (0: it is not)."""
    if not seconds:
        return "It is made"
    return f"It takes about {'1 second' if seconds == 1 else f'{seconds} seconds'},"


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
