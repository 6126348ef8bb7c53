"""Who may talk to the playground: this machine's own browser and programs, nobody else's page."""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_UPLOADED = (
    "/discord/cdn/",
    "/slack/page-files/",
    "/segmind/assets/",
    "/segmind/generations/",
)
LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


def is_loopback(host: str) -> bool:
    """Tell whether a bind address is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def allows_host(host: str, bound: str, port: int) -> bool:
    """Tell whether a Host header is ours; any other is a rebound name.

    Bound beyond loopback (in a container) the published port may differ from ours.
    """
    name, _, given = host.rpartition(":")
    if not name or given.endswith("]"):
        name, given = host, "80"
    return name in LOCAL_NAMES | {bound} and (given == str(port) or not is_loopback(bound))


def guard(bound: str, port: int) -> Middleware:
    """Return the middleware that refuses foreign hosts and foreign pages.

    A browser sends `Origin` with every POST and every WebSocket handshake; programs such as
    the bot send none. So whatever carries another origin than the Host is another site's page.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not allows_host(request.headers.get("Host", ""), bound, port):
            raise web.HTTPForbidden(text="This name is not served here.\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.headers['Host']}":
            raise web.HTTPForbidden(text="Requests from other pages are refused.\n")
        return await handler(request)

    return check


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the page's security headers on what is served to a browser.

    The stand-ins' own answers keep exactly the headers that their originals send, but what
    people upload must not run here: the original serves it from an origin of its own.
    """
    if request.path.startswith(_UPLOADED):
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
    elif not request.path.startswith(("/discord/", "/slack/", "/aimlapi/", "/segmind/")):
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
