"""How the app is told: each event until it is acked, at most four times; the rest just once.

https://docs.slack.dev/apis/events-api/#retries
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.playground.faults import FaultScript, wait
from adapters.playground.history import History
from adapters.playground.slack.events import render_events
from adapters.playground.slack.requests import Requests
from adapters.playground.slack.sockets import Reply, Sockets
from adapters.playground.slack.tables import base36
from adapters.playground.slack.world import Change, World

Json = dict[str, Any]

_TOKEN = "playground-verification"  # noqa: S105 - Slack's old token, checked by nobody
# How many events can be sent again on purpose.
_KEPT = 10_000


class Deliveries:
    """Send payloads by the transport that is set, and keep what was sent.

    `origin()` is the base of the addresses in them.
    """

    def __init__(
        self,
        world: World,
        history: History,
        faults: FaultScript,
        sockets: Sockets,
        requests: Requests,
        origin: Callable[[], str],
    ) -> None:
        self._world = world
        self._history = history
        self._faults = faults
        self._sockets = sockets
        self._requests = requests
        self._origin = origin
        self._tasks: set[asyncio.Task[Any]] = set()
        self.sent: dict[str, Json] = {}
        world.watchers.append(self._watch)

    @property
    def pending(self) -> int:
        """Return how many payloads wait for an ack or for their repetition."""
        return len(self._tasks)

    def _watch(self, change: Change) -> None:
        for team, event in render_events(self._world, self._origin(), change):
            self.tell(team, event)

    def _spawn(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- events

    def tell(self, team: str, event: Json) -> str:
        """Send an event to the app; return its event_id."""
        found = self._world.teams[team]
        number = self._world.new_number()
        event_id = f"Ev{base36(number)}"
        payload: Json = {
            "token": _TOKEN,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": self._world.app,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": self._world.now() // 1000,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": found.bot,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{base36(number + 1)}",
        }
        self.sent[event_id] = payload
        while len(self.sent) > _KEPT:
            del self.sent[next(iter(self.sent))]
        fault = self._faults.meet(f"event:{event['type']}")
        match fault.action if fault else "":
            case "lose":
                self._log(payload, Reply(False, reason="lost"), 0, "lose")
            case "repeat" if fault:
                for _ in range(1 + int(fault.options.get("times", 3))):
                    self._spawn(self._deliver(payload, 0))
            case "delay" if fault:
                self._spawn(self._deliver(payload, fault.seconds))
            case _:
                self._spawn(self._deliver(payload, 0))
        return event_id

    def resend(self, event_id: str, attempt: int = 1, reason: str = "http_timeout") -> None:
        """Send an event again, as Slack does when it saw no ack."""
        self._spawn(self._attempt(self.sent[event_id], attempt, reason))

    async def _deliver(self, payload: Json, seconds: float) -> None:
        await wait(seconds)
        reply = await self._attempt(payload, 0, "")
        for attempt, pause in enumerate(self._pauses(payload["event"]), 1):
            if reply.acked or reply.final:
                return
            await wait(pause)
            reply = await self._attempt(payload, attempt, reply.reason)

    def _pauses(self, event: Json) -> tuple[float, ...]:
        """Return how long Slack waits before each repetition of an event."""
        settings = self._world.settings
        said = event["type"] == "app_mention" or (
            event["type"] == "message" and event.get("subtype") in (None, "file_share")
        )
        if said and settings.retry_said_seconds is not None:
            return settings.retry_said_seconds
        return settings.retry_seconds

    async def _attempt(self, payload: Json, attempt: int, reason: str) -> Reply:
        reply = await self._send("events_api", payload, attempt, reason)
        self._log(payload, reply, attempt)
        return reply

    def _log(self, payload: Json, reply: Reply, attempt: int, *marks: str) -> None:
        self._history.add(
            "slack",
            f"event:{payload['event']['type']}",
            path=f"attempt {attempt}",
            status=200 if reply.acked else 0,
            effect="ok" if reply.acked else "refused",
            request=payload,
            answer=reply.reason or reply.body,
            marks=marks,
        )

    async def _send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Reply:
        settings = self._world.settings
        carrier = self._requests if settings.transport == "http" else self._sockets
        return await carrier.send(kind, payload, attempt, reason, settings.ack_seconds)

    # --- what people did

    def act(self, kind: str, payload: Json, settle: Callable[[Reply], None]) -> None:
        """Send what somebody did, `slash_commands` or `interactive`; `settle` hears of it."""
        self._spawn(self._act(kind, payload, settle))

    async def _act(self, kind: str, payload: Json, settle: Callable[[Reply], None]) -> None:
        name = "command" if kind == "slash_commands" else str(payload["type"])
        fault = self._faults.meet(f"act:{name}")
        if fault and fault.action == "delay":
            await wait(fault.seconds)
        reply = await self._send(kind, payload)
        if fault and fault.action == "repeat":
            await self._send(kind, payload)
        self._history.add(
            "slack",
            f"act:{name}",
            path="",
            status=200 if reply.acked else 0,
            effect="ok" if reply.acked else "refused",
            request=payload,
            answer=reply.reason or reply.body,
            marks=(fault.action,) if fault else (),
        )
        settle(reply)

    async def verify(self) -> bool:
        """Ask the app's request URL for a challenge, as Slack does when it is set."""
        asked = {"token": _TOKEN, "challenge": base36(self._world.new_number())}
        payload = asked | {"type": "url_verification"}
        seconds = self._world.settings.ack_seconds
        reply = await self._requests.send("events_api", payload, 0, "", seconds)
        said = reply.body or {}
        return reply.acked and asked["challenge"] in (said.get("challenge"), said.get("text"))

    async def close(self) -> None:
        """Send nothing more."""
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
