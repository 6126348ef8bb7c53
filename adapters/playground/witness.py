"""The middleware of every stand-in: it applies the fault script and writes the history.

    app = web.Application(middlewares=[witness("aimlapi", history, faults)])

Options of a fault: `{"after": True}` on a delay waits with the answer, after doing it.
A handler may set `request[SEEN]` and `request[SAID]` to what the history shall keep as
request and answer where the bodies are not plain JSON (uploads, streams), and `request[EFFECT]`
where it cut its own stream. `request[UNLOGGED] = True` keeps a call out of the history.
`request[MET]` is the fault that the call met, or None.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.playground.faults import Fault, FaultScript, wait
from adapters.playground.history import Effect, History

SEEN = web.RequestKey("SEEN", object)
SAID = web.RequestKey("SAID", object)
EFFECT: web.RequestKey[Effect] = web.RequestKey("EFFECT", str)  # type: ignore[arg-type]
MET = web.RequestKey("MET", object)
UNLOGGED = web.RequestKey("UNLOGGED", bool)

_KEPT_HEADERS = ("content-type", "via", "retry-after", "x-ratelimit-")
_MAX_BYTES = 32 * 1024 * 1024


def strip(path: str, prefixes: Sequence[str]) -> str:
    """Return a path without the first of the prefixes that it has."""
    for prefix in prefixes:
        if prefix and path.startswith(prefix + "/"):
            return path.removeprefix(prefix)
    return path


def name_route(request: web.Request, prefixes: Sequence[str]) -> str:
    """Return "METHOD /path/{with}/{names}" without the prefix it is mounted under.

    The method of a WebSocket is SOCKET.
    """
    resource = request.match_info.route.resource
    path = resource.canonical if resource else request.path
    method = "SOCKET" if request.headers.get("Upgrade") else request.method
    return f"{method} {strip(path, prefixes)}"


def witness(
    service: str,
    history: History,
    faults: FaultScript,
    *,
    prefixes: Sequence[str] = (),
    name: Callable[[web.Request], str] | None = None,
    read: Callable[[web.Request], Awaitable[object]] | None = None,
    refusal: Callable[[int], Any] | None = None,
    refusal_headers: Mapping[str, str] | None = None,
    most_bytes: int = _MAX_BYTES,
) -> Middleware:
    """Return the middleware; routes are named without the first of `prefixes` that they have.

    `name` names them otherwise. `read` takes in what was asked, whatever becomes of it; without
    it bodies of JSON are.

    `refusal` makes the body of faults that bring none of their own,
    `refusal_headers` are added where that body is JSON. `most_bytes` is the most of a body.
    """

    def answer_fault(fault: Fault) -> web.Response:
        body = fault.body
        if body is None and refusal:
            body = refusal(fault.status)
        headers = dict(fault.headers)
        if fault.content_type == "application/json":
            headers = {**(refusal_headers or {}), **headers}
        return plain(fault.status, body, content_type=fault.content_type, headers=headers)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = name(request) if name else name_route(request, prefixes)
        fault = faults.meet(route)
        if request.body_exists and request.method != "GET":
            # The limit of an upload is the stand-in's own business, not the server's.
            request = request.clone(client_max_size=most_bytes)
        marks = (fault.action,) if fault else ()

        def log(
            status: int, effect: Effect, answer: Any, headers: Mapping[str, str] | None = None
        ) -> None:
            if not request.get(UNLOGGED):
                history.add(
                    service,
                    route,
                    path=strip(request.rel_url.raw_path_qs, prefixes),
                    status=status,
                    effect=effect,
                    request=request.get(SEEN),
                    answer=answer,
                    headers=_keep(headers or {}),
                    marks=marks,
                )

        if read:
            request[SEEN] = await read(request)
        elif request.content_type == "application/json" and request.body_exists:
            request[SEEN] = _decode(await request.read())
        if fault and fault.action == "refuse":
            response = answer_fault(fault)
            log(fault.status, "refused", _read(response), response.headers)
            return response
        if fault and fault.action == "cut":
            log(0, "refused", None)
            return hang_up(request)
        if fault and fault.action == "delay" and not fault.options.get("after"):
            await wait(fault.seconds)
        request[MET] = fault
        try:
            done = await handler(request)
        except web.HTTPException as error:
            log(error.status, "refused", error.text, error.headers)
            raise
        except Exception as error:
            log(500, "refused", repr(error))
            raise
        if fault and fault.action == "delay" and fault.options.get("after"):
            await wait(fault.seconds)
        answer = request[SAID] if SAID in request else _read(done)
        effect: Effect = request.get(EFFECT) or ("ok" if done.status < 400 else "refused")
        lost = fault is not None and fault.action in ("lose_answer", "fail_after")
        if effect == "ok" and (lost or request.transport is None or request.transport.is_closing()):
            effect = "unacked"
        log(done.status, effect, answer, done.headers)
        if fault and fault.action == "lose_answer":
            return hang_up(request)
        if fault and fault.action == "fail_after":
            return answer_fault(fault)
        return done

    return middleware


def plain(
    status: int,
    body: Any,
    *,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with a JSON or text body whose Content-Type is exactly what was given.

    aiohttp's own json_response adds a charset, with which discord.py no longer sees JSON.
    """
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    raw = b"" if body is None else text.encode()
    return web.Response(
        status=status, body=raw, headers={**(headers or {}), "Content-Type": content_type}
    )


def hang_up(request: web.Request) -> web.Response:
    """Close the connection without an answer; the response returned never leaves."""
    if request.transport:
        request.transport.abort()
    return web.Response()


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def _read(response: web.StreamResponse) -> Any:
    body = getattr(response, "body", None)
    if not isinstance(body, bytes) or not body:
        return None
    return _decode(body) if response.content_type == "application/json" else body.decode("latin-1")


def _keep(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in headers.items() if name.lower().startswith(_KEPT_HEADERS)
    }
