"""The whole bot and the outside world in one process, on virtual time, judged at the end.

    @pytest.mark.virtual
    async def test_a_mention_is_answered(tmp_path):
        async with harness(tmp_path) as h:
            question = h.mention("What is a monad?")
            assert "monad" in await h.answer_to(question)

Real discord.py and slack-bolt, real HTTP over loopback, real SQLite; only time is not real. When
the test is over the bot is stopped in order and the checker looks at everything that was left.

Slack: `harness(tmp_path, platform="slack")`, by Socket Mode, or with `transport="http"` by
signed events on a port of the bot's. Both platforms: `platform=("discord", "slack")`; people
then act on the first, and on the other by `h.on("slack").mention(...)`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapters.web import lag
from bot import __main__ as program
from bot import config
from tests import virtual
from tests.acting import Acting
from tests.checker import Report, check
from tests.decoders import LentWorker
from tests.evidence import Database, Row, Seen, Turns
from tests.folk import Folk
from tests.fresh import lay_database
from tests.lives import Life
from tests.standins import DISCORD, StandIns
from tests.virtual import VirtualClock, VirtualLoop

# Virtual seconds: longer than a turn may take.
PATIENCE_SECONDS = 900.0
GUILD_READY_SECONDS = 0.05
# A virtual loop is never late: to measure it four times a second was half of all that it did.
LAG_SECONDS = 600.0
# Beats come from a thread on the real clock, so virtual silence means nothing.
HEARTBEAT_SECONDS = 1e6


@dataclass
class Harness(Acting):
    """A running bot and the people around it.

    `settings` are names of the environment; `options` go to `bot.__main__.compose`. A test
    says what the checker cannot know: `unheard` messages, an alert that was `raised_again`.
    `port` is that of the bot's own surface, 0 for any.
    """

    folder: Path
    standins: StandIns
    clock: VirtualClock
    settings: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    unheard: set[str] = field(default_factory=set)
    final: bool = True
    calm: bool = True
    raised_again: bool = False
    port: int = 0
    service: program.Service | None = None
    _life: Life | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _run: asyncio.Task[None] | None = None
    _turns: Turns = field(default_factory=Turns)

    @property
    def database(self) -> Path:
        """Return the bot's file."""
        return self.folder / "bot.db"

    # --- the bot's life ---------------------------------------------------------------------

    async def start_bot(self) -> None:
        """Start the bot and wait until it hears."""
        lay_database(self.database)
        environment = {
            **self.standins.environment(self.folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            **self.settings,
        }
        self._life = Life()
        self._stop = asyncio.Event()
        settings = replace(config.Settings.load(environment), http_port=self.port)
        self._run = self._life.start(self._serve(settings))
        await self.until(lambda: self._ready() or self._ended(), within=60)
        if self._ended():
            await self._run

    async def _serve(self, settings: config.Settings) -> None:
        options = {
            "guild_ready_timeout": GUILD_READY_SECONDS,
            "heartbeat_timeout": HEARTBEAT_SECONDS,
            "make_decoder": LentWorker,
            **self.options,
        }
        self.service = await program.compose(settings, self.clock, **options)
        loop = asyncio.get_running_loop()
        engine = self.service.store.engine
        if isinstance(loop, VirtualLoop):
            loop.busy.append(lambda: engine.pending > 0)
        await self.service.run(self._stop)

    def _ready(self) -> bool:
        return self.service is not None and all(
            platform.ready for platform in self.service.platforms.values()
        )

    def _ended(self) -> bool:
        return self._run is not None and self._run.done()

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM does."""
        self.calm = False
        self._turns.close()
        self._stop.set()
        if self._run is not None:
            await self._run
        self.service = self._life = self._run = None

    async def kill_bot(self) -> None:
        """Kill the bot as SIGKILL does: nothing more is sent, stored or tidied up."""
        assert self._life is not None and self.service is not None
        self.calm = False
        self._turns.close()
        engine: Any = self.service.store.engine
        self._life.at_death.append(lambda: _unplug(engine))
        await self._life.end()
        await asyncio.to_thread(engine._thread.join)
        self.service = self._life = self._run = None

    async def restart_bot(self, *, killed: bool = False) -> None:
        """Stop (or kill) the bot and start it again."""
        await (self.kill_bot() if killed else self.stop_bot())
        await self.start_bot()

    # --- what comes of it --------------------------------------------------------------------

    async def until(
        self, predicate: Callable[[], object], within: float = PATIENCE_SECONDS
    ) -> None:
        """Wait, in virtual time, until something is so."""
        await virtual.until(predicate, within=within)

    def turn(self, source: str) -> Row | None:
        """Return the turn of a message, press or command, as stored."""
        return self._turns.find(self.database, self._folk_of(source).source(source))

    def open_turns(self) -> int:
        """Return how many turns have not ended."""
        return self._turns.count_open(self.database)

    def _folk_of(self, used: str) -> Folk:
        """Return the people one of whom wrote or used something."""
        knowing = (folk for folk in self.standins.folk.values() if folk.knows(used))
        return next(knowing, self.folk)

    async def ended(self, source: str, within: float = PATIENCE_SECONDS) -> Row:
        """Wait until the turn of a message is over and return its row."""

        def over() -> bool:
            turn = self.turn(source)
            return turn is not None and turn["state"] == "ended"

        await self.until(over, within)
        turn = self.turn(source)
        assert turn is not None
        return turn

    async def answer_to(self, source: str, within: float = PATIENCE_SECONDS) -> str:
        """Wait for a message's outcome and return all text that it showed."""
        turn = await self.ended(source, within)
        return "\n".join(each.text for each in self.shown_for(turn["id"]))

    async def told(self, used: str, within: float = 30.0) -> str:
        """Wait for what a press, command or form is answered, and return its text.

        The answer must be for its person alone.
        """
        folk = self._folk_of(used)
        await self.until(lambda: folk.told(used), within)
        told = folk.told(used)
        assert told is not None
        assert told.alone, "everybody sees the answer"
        return told.text

    async def choices(self, interaction: str, within: float = 30.0) -> list[tuple[str, Any]]:
        """Wait for what a half typed option could be: (label, value)."""
        await self.until(lambda: self.interaction(interaction)["state"] == "answered", within)
        found = self.interaction(interaction)["choices"] or []
        return [(choice["name"], choice["value"]) for choice in found]

    def told_directly(self, person: int = 0) -> list[Seen]:
        """Return what the bot wrote to a person in their direct messages."""
        return self.ours(self.direct(person))

    def shown_for(self, turn: str) -> list[Seen]:
        """Return a turn's messages, in order."""
        rows = [row for row in Database.rows(self.database, "part") if row["turn"] == turn]
        ids = {row["message"] for row in rows}
        return [each for each in self.standins.ours() if each.id in ids]

    def ours(self, place: str | None = None, *, after: str = "0") -> list[Seen]:
        """Return the bot's messages, everywhere or in one place, and after a message if any.

        In the place of a message's id stands its thread.
        """
        if place is not None and self._folk_of(place).is_there(place):
            place = self._folk_of(place).thread(place)
        return self.standins.ours(place, after)

    def judge(self) -> Report:
        """Let the checker look at everything."""
        evidence = self.standins.evidence(self.database)
        evidence.final = self.final
        evidence.calm = self.calm
        evidence.raised_again = self.raised_again
        evidence.unheard = frozenset(self.unheard)
        return check(evidence)


def _unplug(engine: Any) -> None:
    """Let nothing more be stored: what waits is refused, the lock falls."""
    loop = asyncio.get_running_loop()
    engine._closing = loop.create_future()
    reader = engine._reader
    reader._at_hand.close()
    if reader._opening is not None and reader._opening.done():
        reader._opening.result().stop()
    engine._pending = 0
    engine._queue.put(None)


def _free_port() -> int:
    """Return a port that nobody uses: Slack over HTTP calls a bot there also after a restart."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def _lag_hardly_measured() -> AsyncIterator[None]:
    usual, lag.EVERY_SECONDS = lag.EVERY_SECONDS, LAG_SECONDS
    try:
        yield
    finally:
        lag.EVERY_SECONDS = usual


@asynccontextmanager
async def harness(
    folder: Path,
    *,
    platform: str | Sequence[str] = DISCORD,
    transport: str = "socket",
    settings: dict[str, str] | None = None,
    start: bool = True,
    final: bool = True,
    segmind: bool = False,
    tokens_per_second: float = 40.0,
    **options: Any,
) -> AsyncIterator[Harness]:
    """Run the bot among stand-ins; at the end stop it and hold it to every promise.

    `platform`: which one, or which; `transport` is Slack's: "socket" or "http". `final`: the
    test leaves no turn unfinished. `segmind`: Segmind's models are there, too.
    `tokens_per_second` is how fast the model of AI/ML API writes.
    """
    clock = VirtualClock()
    platforms = (platform,) if isinstance(platform, str) else tuple(platform)
    serve = StandIns.serve(
        folder / "world",
        now=clock.now,
        tokens_per_second=tokens_per_second,
        segmind=segmind,
        platforms=platforms,
    )
    async with serve as standins, _lag_hardly_measured():
        h = Harness(folder, standins, clock, settings or {}, options, final=final)
        if standins.slack is not None and transport == "http":
            h.port = _free_port()
            standins.slack.settings.transport = "http"
            standins.slack.settings.request_url = f"http://127.0.0.1:{h.port}/slack/events"
        try:
            if start:
                await h.start_bot()
            yield h
        finally:
            if h._run is not None:
                calm = h.calm
                await h.stop_bot()
                h.calm = calm
            h._turns.close()
        if h.database.exists():
            h.judge().require_none()
