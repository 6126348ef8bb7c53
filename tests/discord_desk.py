"""What the Discord adapter needs around it in tests: an intake, a store, commands, a meter."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import pytest
from aiohttp import web

from adapters.discord.client import DiscordPlatform
from adapters.fetch import Fetcher
from adapters.playground.discord import DiscordStandIn
from adapters.playground.discord.payloads import render_channel
from adapters.playground.faults import Fault
from bot.domain import ThreadRef
from bot.errors import StoreError
from bot.events import File, Incoming, MessageReceived, Verdict, WorkspaceJoined, WorkspaceLeft
from bot.notices import ASIDES
from bot.ports import (
    Command,
    CommandCall,
    CommandReply,
    Decision,
    Field,
    FieldKind,
    Flaws,
    Form,
    FormCall,
    FormSent,
    Option,
    OptionKind,
    Spoken,
)
from tests.openapi import Watch
from tests.virtual import VirtualClock, until


class MarkStore:
    """Keep watermarks and memos in memory; `refuse` makes it fail as a full disk would.

    `sources` are the messages that count as stored, by workspace and place, `threads` the
    places that count as followed.
    """

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, int]] = {}
        self.memos: dict[str, str] = {}
        self.sources: dict[str, dict[str, list[str]]] = {}
        self.threads: list[str] = []
        self.done: frozenset[tuple[str, str, str]] = frozenset()
        self.refuse = False

    async def memo(self, name: str) -> str:
        """See `bot.ports.MemoStore`."""
        if self.refuse:
            raise StoreError
        return self.memos.get(name, "")

    async def put_memo(self, name: str, value: str) -> None:
        """See `bot.ports.MemoStore`."""
        if self.refuse:
            raise StoreError
        self.memos[name] = value

    async def note_done(
        self, platform: str, workspace: str, place: str, name: str, now: int
    ) -> bool:
        """See `bot.ports.OnceStore`."""
        if self.refuse:
            raise StoreError
        key = (workspace, place, name)
        is_first, self.done = key not in self.done, self.done | {key}
        return is_first

    async def recent_sources(
        self, platform: str, workspace: str, since: int, most: int
    ) -> dict[str, list[str]]:
        """See `bot.ports.ConversationStore`."""
        if self.refuse:
            raise StoreError
        return dict(list(self.sources.get(workspace, {}).items())[:most])

    async def recent_threads(
        self, platform: str, workspace: str, since: int, most: int
    ) -> list[str]:
        """See `bot.ports.ConversationStore`."""
        if self.refuse:
            raise StoreError
        return self.threads[:most]

    async def watermarks(self, platform: str, workspace: str) -> dict[str, int]:
        """See `bot.ports.WatermarkStore`."""
        if self.refuse:
            raise StoreError
        return dict(self.kept.get(workspace, {}))

    async def raise_watermarks(
        self, platform: str, workspace: str, marks: Mapping[str, int]
    ) -> None:
        """See `bot.ports.WatermarkStore`."""
        if self.refuse:
            raise StoreError
        kept = self.kept.setdefault(workspace, {})
        for channel, mark in marks.items():
            kept[channel] = max(mark, kept.get(channel, mark))


class Inbox:
    """Take events and decide about them as `decide` says, at once unless `slow`.

    What is about whole servers is kept apart, in `servers`.
    """

    def __init__(self, decide: Callable[[Incoming], Verdict | None] | None = None) -> None:
        self.events: list[Incoming] = []
        self.servers: list[WorkspaceJoined | WorkspaceLeft] = []
        self.slow = False
        self.decide_servers = True
        self.listened: set[str] = set()
        self.followed: set[str] = set()
        self.waiting: list[tuple[asyncio.Future[Decision], Incoming]] = []
        self._decide = decide or (lambda event: Verdict.ADMITTED)

    def listens(self, platform: str, workspace: str, channel: str) -> bool:
        """See `bot.ports.Intake`."""
        return channel in self.listened

    async def follows(self, thread: ThreadRef) -> bool:
        """See `bot.ports.Intake`."""
        return thread.thread in self.followed

    def put(self, event: Incoming) -> asyncio.Future[Decision]:
        """See `bot.ports.Intake`."""
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        if isinstance(event, WorkspaceJoined | WorkspaceLeft):
            self.servers.append(event)
        else:
            self.events.append(event)
        if self.slow:
            self.waiting.append((future, event))
        else:
            self._settle(future, event)
        return future

    def decide(self, verdict: Verdict | None) -> None:
        """Decide so about whatever comes from now on; None is a failure to store it."""
        self._decide = lambda event: verdict

    def catch_up(self) -> None:
        """Decide about what waits."""
        waiting, self.waiting = self.waiting, []
        for future, event in waiting:
            self._settle(future, event)

    @property
    def messages(self) -> list[MessageReceived]:
        """Return the messages that came, in order."""
        return [event for event in self.events if isinstance(event, MessageReceived)]

    @property
    def texts(self) -> list[str]:
        """Return the messages' texts, in order."""
        return [message.text for message in self.messages]

    def _settle(self, future: asyncio.Future[Decision], event: Incoming) -> None:
        verdict = self._decide(event)
        if isinstance(event, WorkspaceJoined | WorkspaceLeft):
            verdict = Verdict.DONE if self.decide_servers else None
        if verdict is None:
            future.set_exception(StoreError("full"))
        else:
            future.set_result(Decision(verdict, "turn"))


TABLE = (
    Command(
        "ask",
        "Ask a question",
        (
            Option("prompt", OptionKind.TEXT, "What to ask", required=True, least=1, most=6000),
            Option("model", OptionKind.TEXT, "Which model", completes=True),
            Option("effort", OptionKind.TEXT, "How hard", choices=(("low", "low"),)),
            Option("max_tokens", OptionKind.INTEGER, "How much", least=16, most=4096),
            Option("attachment", OptionKind.FILE, "A file"),
        ),
        asks=True,
    ),
    Command(
        "settings",
        "Settings",
        (Option("follow", OptionKind.BOOLEAN, "Follow this thread"),),
    ),
)


class Clerk:
    """Run commands: note the calls, say `says` after `seconds`, offer `choices`."""

    def __init__(self) -> None:
        self.table: Sequence[Command] = TABLE
        self.calls: list[CommandCall] = []
        self.typed: list[tuple[str, str]] = []
        self.says = "done"
        self.files: tuple[File, ...] = ()
        self.confirm = ""
        self.seconds = 0.0
        self.choices: list[tuple[str, str]] = []
        self.fails = False

    async def run(self, call: CommandCall) -> CommandReply:
        """See `bot.ports.Commands`."""
        self.calls.append(call)
        await asyncio.sleep(self.seconds)
        if self.fails:
            raise RuntimeError("broken")
        return CommandReply(self.says, self.files, self.confirm)

    def recognise(self, words: str) -> Spoken | str | None:
        """Take the names of the table for commands, and what has a slash for something else."""
        known = {each.name: each for each in self.table}
        if words in known:
            return Spoken(known[words], {})
        return "There is no such command." if words.startswith("/") else None

    async def complete(self, call: CommandCall, option: str, typed: str) -> list[tuple[str, str]]:
        """See `bot.ports.Commands`."""
        self.calls.append(call)
        self.typed.append((option, typed))
        await asyncio.sleep(self.seconds)
        if self.fails:
            raise RuntimeError("broken")
        return self.choices


EDIT = Command(
    "edit-image",
    "Edit a picture",
    (
        Option("prompt", OptionKind.TEXT, "What to change"),
        Option("image", OptionKind.FILE, "The picture"),
        Option("mask", OptionKind.FILE, "What may change"),
        Option("compression", OptionKind.INTEGER, "How much", least=1, most=100),
        Option("size", OptionKind.TEXT, "How large", choices=(("square", "1024x1024"),)),
    ),
    opens=True,
)
FORM = Form(
    "draft1",
    "Edit a picture",
    "Edit",
    (
        Field("prompt", FieldKind.TEXT, "What to change", required=True, most=4000, long=True),
        Field("base", FieldKind.CHOICE, "Which", choices=(("The latest", ""), ("#1", "1"))),
        Field("files", FieldKind.FILES, "Pictures", most=3, hint="Up to three"),
        Field("size", FieldKind.CHOICE, "Size", "auto", choices=(("auto", "auto"), ("s", "s"))),
        Field("title", FieldKind.TEXT, "Title", "Sky", most=20),
        Field("sixth", FieldKind.TEXT, "Never shown"),
    ),
)


class FormClerk:
    """Decide about forms as `opens` and `takes` say, after `seconds`; note the calls."""

    def __init__(self) -> None:
        self.calls: list[FormCall] = []
        self.sent: list[FormSent] = []
        self.opens: Callable[[FormCall], Form | Incoming | str] = lambda call: FORM
        self.takes: Callable[[FormSent], Incoming | Flaws | str] = lambda sent: "taken"
        self.seconds = 0.0

    async def open(self, call: FormCall) -> Form | Incoming | str:
        """See `bot.ports.Forms`."""
        self.calls.append(call)
        await asyncio.sleep(self.seconds)
        return self.opens(call)

    async def send(self, sent: FormSent) -> Incoming | Flaws | str:
        """See `bot.ports.Forms`."""
        self.sent.append(sent)
        await asyncio.sleep(self.seconds)
        return self.takes(sent)


class Tally:
    """Count what is measured, by name and labels."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """See `bot.ports.Meter`."""
        self.counts[" ".join([name, *labels.values()])] += int(amount)

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """See `bot.ports.Meter`."""

    def gauge(self, name: str, value: float, /, **labels: str) -> None:
        """See `bot.ports.Meter`."""


class Desk:
    """A stand-in Discord on a loopback port, and adapters started against it.

    It keeps its world while adapters come and go, and fails the test at the end if a request
    or an answer broke Discord's OpenAPI document or its limits.
    """

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.standin = DiscordStandIn(self.clock.now)
        self.watch = Watch()
        self.standin.history.watchers.append(self.watch)
        self.people = self.standin.people
        self.marks = MarkStore()
        self.inbox = Inbox()
        self.tally = Tally()
        self.clerk = Clerk()
        self.forms = FormClerk()
        self.fetcher = Fetcher(self.tally)
        self.origin = ""
        self._running: dict[DiscordPlatform, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Desk:
        self._runner = web.AppRunner(self.standin.app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = site.name
        return self

    async def __aexit__(self, *exc: object) -> None:
        for platform in list(self._running):
            await self.stop(platform)
        await self.fetcher.close()
        await self._runner.cleanup()
        if not any(exc):
            assert not self.watch.violations, self.watch.violations

    def make(self, **options: Any) -> DiscordPlatform:
        """Return an adapter that is not running yet."""
        given: dict[str, Any] = {
            "token": self.standin.token,
            "intake": self.inbox,
            "store": self.marks,
            "commands": self.clerk,
            "forms": self.forms,
            "sentences": ASIDES,
            "fetcher": self.fetcher,
            "clock": self.clock,
            "meter": self.tally,
            "api_base": self.standin.rest_url(self.origin),
            "gateway_url": self.standin.gateway_url(self.origin),
            "cdn_base": self.standin.cdn_url(self.origin),
            "guild_ready_timeout": 0.1,
            # Beats come from a thread on the real clock, so virtual silence means nothing.
            "heartbeat_timeout": 1e6,
        }
        return DiscordPlatform(**(given | options))

    def begin(self, **options: Any) -> DiscordPlatform:
        """Return an adapter that has just begun to run."""
        return self.adopt(self.make(**options))

    def adopt(self, platform: DiscordPlatform) -> DiscordPlatform:
        """Run an adapter, and end it with the test."""
        self._running[platform] = asyncio.create_task(platform.run())
        return platform

    async def start(self, **options: Any) -> DiscordPlatform:
        """Return an adapter that is ready and has caught up."""
        platform = self.begin(**options)
        await until(lambda: platform.ready and platform.caught_up, within=30)
        return platform

    async def stop(self, platform: DiscordPlatform) -> None:
        """End an adapter in good order."""
        task = self._running.pop(platform)
        await platform.close()
        await task

    async def kill(self, platform: DiscordPlatform) -> None:
        """End an adapter without letting it write anything more."""
        kept = {workspace: dict(marks) for workspace, marks in self.marks.kept.items()}
        await self.stop(platform)
        self.marks.kept = kept

    # --- the people

    @property
    def guild(self) -> str:
        """Return the id of the furnished server."""
        return next(iter(self.standin.world.guilds))

    @property
    def general(self) -> str:
        """Return the id of the first channel."""
        return self.people.channel("general")

    def say(self, text: str, where: str | None = None, who: str = "ben", **rest: Any) -> str:
        """Post as a person and return the message's id; `@bot` becomes the mention."""
        content = text.replace("@bot", self.people.mention())
        posted = self.people.post(self.people.find(who), where or self.general, content, **rest)
        return str(posted["id"])

    def read(self, where: str, who: str = "ben") -> list[dict[str, Any]]:
        """Return what stands in a channel."""
        return self.people.read(self.people.find(who), where)

    def fault(self, route: str, action: str, **rest: Any) -> Fault:
        """Put a fault in force."""
        return self.standin.faults.add(Fault(route, action, **rest))

    def bodies(self, route: str) -> list[Any]:
        """Return the bodies that were sent to a route."""
        return [entry.request for entry in self.standin.history.of(route)]


async def heard(desk: Desk, count: int) -> list[MessageReceived]:
    """Return the messages once there are `count`, and a moment in which no more come."""
    await until(lambda: len(desk.inbox.messages) >= count, within=5)
    return desk.inbox.messages


def forgotten_thread(desk: Desk, name: str = "topic") -> str:
    """Return a thread that the session has just been made to forget, as if it was archived."""
    root = desk.say(name)
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, name, root)
    payload = render_channel(desk.standin.world, desk.standin.world.channels[thread])
    payload["thread_metadata"] = payload["thread_metadata"] | {"archived": True}
    desk.standin.gateway.send_event("THREAD_UPDATE", payload)
    return thread


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Have an adapter that may be started on a stand-in."""
    async with Desk() as desk:
        yield desk
