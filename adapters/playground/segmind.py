"""The stand-in for Segmind: its models, whole and queued, with everything that can go wrong.

https://docs.segmind.com/ says what it answers. In a fault script the action "answer" on
`SUBMIT` or `SYNC` shapes one job: its options are the fields of `Course`, and `kind`, one of
`simulated.KINDS`. Time passes for jobs on the clock that was handed in, and on no other.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from aiohttp import web

from adapters.playground import segmind_checks as checks
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import History
from adapters.playground.pictures import shorten
from adapters.playground.segmind_answers import (
    BAD_GATEWAY,
    CHAT,
    NOT_ALLOWED,
    RETIRED,
    Course,
    Json,
    Refusal,
    Slug,
    refuse,
    result,
)
from adapters.playground.segmind_assets import UPLOADED, Assets, read_upload
from adapters.playground.segmind_images import IMAGES, WITHIN, answer_whole, refuse_whole
from adapters.playground.segmind_jobs import WORKS_KEPT, Account, Job
from adapters.playground.segmind_orders import Order, order_chat, order_pictures
from adapters.playground.simulated import Plan, as_kind
from adapters.playground.witness import EFFECT, MET, SAID, SEEN, hang_up, plain, witness

SUBMIT = "POST /v2/{slug}"
SYNC = "POST /v1/{slug}"
STATUS = "GET /v2/requests/{id}/status"
RESULT = "GET /v2/requests/{id}"
CREDITS = "GET /v1/get-user-credits"
UPLOAD = "POST /upload-asset"

# Sixteen pictures as they come from the bot, as base64, and a mask.
_BODY_BYTES_MAX = 128 * 1024 * 1024
_SLEEP_SECONDS_MAX = 0.25  # how late it is noticed that nobody listens any more


class SegmindStandIn:
    """Serve `/v1/{slug}`, `/v2/{slug}`, the polls of its requests, the balance and uploads.

    Mount it with `add_subapp(prefix, stand_in.app(prefix))`. With `key` only that key is
    accepted, else any. `speed` divides how long jobs take, `picture_speed` how long edits of
    pictures do beside that; `rpm` refuses more than that many
    POSTs in 60 s. `jobs` holds every accepted request by id, `posts` counts the POSTs that
    were accepted for the same slug and messages, or pictures and options: one that stands above
    1 was paid twice. `assets` are shown to everybody; `upload_shape` is the name under which
    an upload's addresses are answered (its documents say `urls`, its own client `file_urls`).
    """

    def __init__(
        self,
        now: Callable[[], int],
        history: History,
        faults: FaultScript,
        *,
        key: str | None = None,
        balance: float = 10.0,
        speed: float = 1.0,
        picture_speed: float = 1.0,
        rpm: int | None = None,
        course: Course | None = None,
    ) -> None:
        self.now = now
        self.history = history
        self.faults = faults
        self.key = key
        self.account = Account(balance)
        self.speed = speed
        self.picture_speed = picture_speed
        self.rpm = rpm
        self.course = course or Course()
        self.assets = Assets()
        self.upload_shape = "file_urls"
        self.jobs: dict[str, Job] = {}
        self.posts: Counter[str] = Counter()
        self.open = 0
        self._posted: list[int] = []
        self._base = ""

    @property
    def balance(self) -> float:
        """Return the dollars that are left after every job that is over by now was billed."""
        self.account.bill(self.jobs.values(), self.now())
        return self.account.balance

    @balance.setter
    def balance(self, dollars: float) -> None:
        self.account.balance = dollars

    def jobs_of(self, words: str) -> list[Job]:
        """Return the jobs whose question holds these words, oldest first."""
        return [job for job in self.jobs.values() if words in job.question]

    def app(self, prefix: str = "") -> web.Application:
        """Return the application to serve or to mount under `prefix`."""
        keeper = witness(
            "segmind",
            self.history,
            self.faults,
            prefixes=(prefix,),
            refusal=lambda status: {"error": "Simulated"},
            most_bytes=_BODY_BYTES_MAX,
        )
        app = web.Application(middlewares=[keeper], client_max_size=_BODY_BYTES_MAX)
        router = app.router
        self._base = prefix
        router.add_get("/v1/get-user-credits", self._guarded(self._credits))
        router.add_get("/v1/requests/{id}", self._guarded(self._result))
        router.add_get("/v2/requests/{id}/status", self._guarded(self._status))
        router.add_get("/v2/requests/{id}", self._guarded(self._result))
        router.add_post("/v1/{slug}", self._guarded(self._whole))
        router.add_post("/v2/{slug}", self._guarded(self._submit))
        router.add_post("/upload-asset", self._guarded(self._upload))
        router.add_get("/{folder:assets|generations}/{name}", self.assets.serve)
        for path in (
            "/upload-asset",
            "/v1/{slug}",
            "/v2/{slug}",
            "/v2/requests/{id}",
            "/v2/requests/{id}/status",
        ):
            router.add_route("*", path, self._not_allowed)
        router.add_route("*", "/{path:.*}", self._nowhere)
        return app

    # --- routes --------------------------------------------------------------------------

    def _guarded(self, handler: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self.open += 1
            try:
                checks.check_key(request.headers, self.key)
                done: web.StreamResponse = await handler(request)
                return done
            except Refusal as refusal:
                return _refused(refusal)
            finally:
                self.open -= 1

        return guarded

    async def _not_allowed(self, request: web.Request) -> web.StreamResponse:
        return plain(405, NOT_ALLOWED, content_type="text/html")

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        return plain(404, {"error": "Not found"})

    async def _credits(self, request: web.Request) -> web.StreamResponse:
        return plain(200, {"credits": self.balance})

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        job = await self._accept(request)
        if job is None:
            return plain(200, BAD_GATEWAY, content_type="text/html")
        base = self._address(request)
        body = {
            "request_id": job.id,
            "status": "QUEUED",
            "poll_url": f"{base}/v1/requests/{job.id}",
            "status_url": f"{base}/v2/requests/{job.id}/status",
            "response_url": f"{base}/v2/requests/{job.id}",
        }
        return self._unless_lost(request, job, plain(200, body))

    async def _whole(self, request: web.Request) -> web.StreamResponse:
        """Answer when the job is done, in the words of the provider behind the gateway."""
        job = await self._accept(request)
        if job is None:
            return plain(200, BAD_GATEWAY, content_type="text/html")
        try:
            await self._pause(request, job.queued + job.working)
        except ConnectionError:
            request[EFFECT] = "unacked"
            return web.Response()
        headers = {
            "x-request-id": job.id,
            "x-generation-time": f"{job.working:.2f}",
            "x-remaining-credits": f"{self.balance:.6f}",
            "x-cost": str(job.cost),
        }
        if job.course.error is not None:
            raise refuse_whole(job.course.error)
        if job.work is not None:
            whole = answer_whole(request, job.work, job.reply.body, job.course)
            whole.headers.update(headers)
            return self._unless_lost(request, job, whole)
        body = job.reply.body if job.course.output is None else job.course.output
        media = "text/plain" if isinstance(body, str) else "application/json"
        return self._unless_lost(
            request, job, plain(200, body, content_type=media, headers=headers)
        )

    async def _status(self, request: web.Request) -> web.StreamResponse:
        job = self._job(request)
        status = job.status(self.now())
        body: Json = {"status": status, "request_id": job.id}
        if status in ("COMPLETED", "FAILED"):
            body["metrics"] = job.metrics(self.balance)
        if status == "FAILED":
            return plain(422, {**body, "error": job.course.error})
        return plain(200, body)

    async def _result(self, request: web.Request) -> web.StreamResponse:
        job = self._job(request)
        if job.work is not None and job.course.found in WITHIN:
            request[SAID] = job.course.found
        match job.status(self.now()):
            case "COMPLETED":
                return plain(
                    200, result("COMPLETED", job.course, job.reply.body, job.metrics(self.balance))
                )
            case "FAILED":
                body = {"status": "FAILED", "error": job.course.error}
                return plain(422, {**body, "metrics": job.metrics(self.balance)})
            case status:
                return plain(200, {"status": status, "request_id": job.id})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Keep files where everybody may look, and say where; under one name or the other."""
        if request.content_type != "application/json":
            raise refuse(406, f"Unsupported content type {request.content_type!r}")
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise refuse(400, "The body is not JSON") from None
        request[SEEN] = shorten(body)
        fault = request.get(MET)
        options = fault.options if isinstance(fault, Fault) else {}
        base = self._address(request)
        urls = [f"{base}/{self.assets.keep(UPLOADED, asset)}" for asset in read_upload(body)]
        name = options.get("shape", self.upload_shape)
        return plain(200, options.get("body", {name: urls, "message": "Uploaded"}))

    def _address(self, request: web.Request) -> str:
        """Return the address under which this is asked."""
        return f"{request.scheme}://{request.host}{self._base}"

    # --- steps ---------------------------------------------------------------------------

    async def _accept(self, request: web.Request) -> Job | None:
        """Take a request, or raise why not; None where a page is answered instead."""
        slug = self._slug(request.match_info["slug"])
        if request.content_type != "application/json":
            raise refuse(406, f"Unsupported content type {request.content_type!r}")
        self._pace()
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise refuse(400, "The body is not JSON") from None
        request[SEEN] = shorten(body)
        id_ = str(uuid.uuid4())
        shape = partial(self._shape, request)
        if slug.name in IMAGES:
            base = self._address(request)
            order = await order_pictures(slug, body, shape, self.now(), self.assets, base)
        else:
            order = await order_chat(slug, body, shape, self.now(), id_)
        if order.page:
            return None
        if self.balance < (usd := order.reply.usd):
            raise refuse(406, f"Insufficient credits: have {self.balance:.4f}, need {usd:.4f}")
        return self._keep(slug, order, id_)

    def _keep(self, slug: Slug, order: Order, id_: str) -> Job:
        course = order.course
        queued = slug.queued if course.queued is None else course.queued
        working = slug.working if course.working is None else course.working
        speed = self.speed * (self.picture_speed if slug.name in IMAGES else 1.0)
        job = Job(
            id_,
            slug,
            order.digest,
            order.question,
            self.now(),
            queued / speed,
            working * order.plan.slowness / speed,
            course,
            order.reply,
            order.reply.usd if course.cost is None else course.cost,
            lost=order.plan.kind == "cut",
            work=order.work,
        )
        self.jobs[id_] = job
        self.posts[job.digest] += 1
        self._forget_works()
        return job

    def _forget_works(self) -> None:
        """Let go of the pictures of all but the latest jobs."""
        with_works = [job for job in self.jobs.values() if job.work is not None]
        for job in with_works[:-WORKS_KEPT]:
            job.work = None

    def _slug(self, name: str) -> Slug:
        if name in RETIRED:
            raise refuse(410, f"{name} has been retired")
        if (slug := CHAT.get(name) or IMAGES.get(name)) is None:
            raise refuse(404, "The requested model does not exist")
        if name in self.account.forbidden:
            raise refuse(403, "model not permitted for this account")
        return slug

    def _pace(self) -> None:
        """Refuse what is over the rate; it says only by a header when there is room again."""
        now = self.now()
        self._posted = [at for at in self._posted if at > now - 60_000]
        if self.rpm is not None and len(self._posted) >= self.rpm:
            raise checks.busy(self._posted[0] + 60_000)
        self._posted.append(now)

    def _shape(self, request: web.Request, plan: Plan) -> tuple[Plan, Course]:
        """Apply the fault script's wishes to what would have been said."""
        fault = request.get(MET)
        options: dict[str, Any] = {}
        if isinstance(fault, Fault) and fault.action == "answer":
            options.update(fault.options)
        if kind := options.pop("kind", None):
            plan = as_kind(kind, plan)
        return plan, replace(self.course, **options)

    def _job(self, request: web.Request) -> Job:
        job = self.jobs.get(request.match_info["id"])
        if job is None or not job.is_kept(self.now()):
            raise refuse(404, "no such request")
        job.polls += 1
        return job

    def _unless_lost(
        self, request: web.Request, job: Job, response: web.Response
    ) -> web.StreamResponse:
        """Return the response, or break the connection where the plan is that it gets lost."""
        if not job.lost:
            return response
        request[EFFECT] = "unacked"
        return hang_up(request)

    async def _pause(self, request: web.Request, seconds: float) -> None:
        """Wait, but not for somebody who has gone."""
        while seconds > 0:
            if request.transport is None or request.transport.is_closing():
                raise ConnectionResetError("nobody listens any more")
            await asyncio.sleep(min(seconds, _SLEEP_SECONDS_MAX))
            seconds -= _SLEEP_SECONDS_MAX


def _refused(refusal: Refusal) -> web.Response:
    media = "text/html" if isinstance(refusal.body, str) else "application/json"
    return plain(refusal.status, refusal.body, content_type=media, headers=refusal.headers)
