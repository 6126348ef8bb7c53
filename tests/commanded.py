"""Run commands as a platform does, on a real store, for the tests of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.backends.http import Http
from adapters.fetch import Fetcher
from adapters.web.meter import PrometheusMeter
from bot import quotas
from bot.commands.desk import Desk
from bot.commands.dispatcher import Dispatcher
from bot.commands.quota_desk import QuotaDesk
from bot.composition import SystemClock, join_image_models, join_models, join_segmind
from bot.config import Settings
from bot.domain import Author, ThreadRef
from bot.errors import PlatformUnknown
from bot.ports import Charts, CommandCall, CommandReply, Scope
from storage.store import SqliteStore
from tests.configured import REAL
from tests.stored import NOW, opened

ANN = Author("111", "Ann")
ADMIN = Author("222", "Ada", admin=True)
OWNER = Author("333", "Olga")
THREAD = ThreadRef("discord", "guild", "chan", "500")
DIRECT = ThreadRef("discord", "@me", "dm", "dm")
FALLBACK = "segmind:gpt-5.4-mini"


class StillClock(SystemClock):
    """Show the time that a test sets."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.at / 1000


@dataclass
class Chat:
    """The commands of a bot, and everything that they reach."""

    store: SqliteStore
    clock: StillClock = field(default_factory=StillClock)
    meter: PrometheusMeter = field(default_factory=PrometheusMeter)
    listened: list[tuple[str, str, str, bool]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    settings: dict[str, str] = field(default_factory=dict)
    # Who and what there is, by workspace and id.
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    unreachable: bool = False
    charts: Charts | None = None
    line: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def desk(self) -> Desk:
        settings = Settings.load({**REAL, "SEGMIND_API_KEY": "SG_of-nobody", **self.settings})
        account = join_segmind(settings, Http(), self.clock)
        return Desk(
            store=self.store,
            models=join_models(settings, Http(), self.clock),
            clock=self.clock,
            meter=self.meter,
            version="9.8.7",
            started_at=NOW / 1000,
            admins=frozenset({f"discord:{OWNER.id}"}),
            system_prompt="Be kind.",
            listen=lambda *heard: self.listened.append(heard),
            is_refused=self.refused.__contains__,
            fallback=FALLBACK,
            low_credits_micros=1_000_000,
            slack_command=settings.slack_command,
            image_models=join_image_models(settings, account, Fetcher(self.meter)),
            uploads_public=settings.segmind_uploads == "on",
            quotas=QuotaDesk(
                self.store,
                quotas.join(settings.timezone, settings.limits, settings.spend_cap),
                self.describe,
                self.charts,
                self.line,
            ),
        )

    async def describe(self, scope: Scope) -> str | None:
        """Return what a person, role or channel is called, as a platform would."""
        if self.unreachable:
            raise PlatformUnknown("The platform does not answer.")
        return self.known.get((scope.workspace, scope.id))

    async def run(self, call: CommandCall) -> str:
        """Run a call and hold its answer to what holds for all answers."""
        return (await self.reply(call)).text

    async def reply(self, call: CommandCall) -> CommandReply:
        """Do the same, and return all of the answer."""
        reply = await Dispatcher(self.desk).run(call)
        assert reply.text
        assert len(reply.text.encode("utf-16-le")) // 2 <= 1_900
        return reply

    async def say(self, name: str, /, who: Author = ANN, **arguments: str | int | bool) -> str:
        """Use a command in the thread; `for_` is the option `for`."""
        return await self.run(in_thread(name, who, **arguments))


def in_thread(name: str, who: Author = ANN, /, **arguments: str | int | bool) -> CommandCall:
    """Return a call within a thread."""
    given = {option.rstrip("_"): value for option, value in arguments.items()}
    return CommandCall(name, given, THREAD, who, position=600, in_thread=True)


def in_channel(name: str, who: Author = ANN, /, **arguments: str | int | bool) -> CommandCall:
    """Return a call within the channel; its thread names nothing."""
    call = in_thread(name, who, **arguments)
    return replace(call, thread=replace(THREAD, thread="600"), in_thread=False)


def in_direct(name: str, who: Author = ANN, /, **arguments: str | int | bool) -> CommandCall:
    """Return a call within a direct message."""
    return replace(in_thread(name, who, **arguments), thread=DIRECT, direct=True)


def with_words(name: str, words: Mapping[str, str | int | bool]) -> CommandCall:
    """Return an admin's call within a thread with exactly these arguments."""
    return CommandCall(name, words, THREAD, ADMIN, position=600, in_thread=True)


@asynccontextmanager
async def chat(folder: Path, **settings: str) -> AsyncIterator[Chat]:
    """Open a store and the commands on it."""
    async with opened(folder / "bot.db") as store:
        yield Chat(store, settings=settings)
