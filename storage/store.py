"""Everything that the turn machine remembers by, on one engine."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.domain import (
    Amounts,
    Author,
    ChatMessage,
    ImageModel,
    Model,
    Outcome,
    StoredFile,
    StoredPicture,
    ThreadRef,
    Turn,
)
from bot.events import Incoming
from bot.ports import (
    Alert,
    Change,
    Chosen,
    Conclusion,
    Credit,
    Decision,
    Draft,
    Entry,
    Grant,
    Limit,
    Overheard,
    Part,
    PartState,
    Period,
    Purpose,
    Quota,
    ReportBy,
    Scope,
    Spender,
    Spent,
    Standing,
    Step,
    Use,
)
from storage import (
    alerts,
    audits,
    conversations,
    drafts,
    files,
    intake,
    limits,
    numbering,
    parts,
    pictures,
    purging,
    quotas,
    reports,
    settings,
    steps,
    turns,
    watermarks,
    workers,
)
from storage.engine import Engine
from storage.migrate import list_old_backups, remove_backups
from storage.sqlite import open_beside as beside
from storage.sqlite import open_engine


async def open_store(path: Path) -> SqliteStore:
    """Open the database at `path`; see `storage.sqlite.open_engine` for what it raises."""
    return SqliteStore(open_engine(path), path)


async def open_beside(path: Path) -> SqliteStore:
    """Open the database of a bot that may be running; see `storage.sqlite.open_beside`."""
    return SqliteStore(beside(path), path)


# No bounds: what a caller leaves out.
MOST_OPEN = 2**31
MOST_CHARACTERS = 2**31
MOST_OF_PERSON = 2**31
# Held to nothing but what was set from chat, whose windows it does not know.
NO_QUOTA = Quota()


class SqliteStore:
    """Keep everything (`bot.ports.Store`): each method is one operation."""

    def __init__(self, engine: Engine, path: Path | None = None) -> None:
        self.engine = engine
        self._path = path

    @property
    def pending(self) -> int:
        """Return how many operations are under way."""
        return self.engine.pending

    async def aclose(self) -> None:
        """Finish what was taken, then close the database."""
        await self.engine.close()

    async def check(self) -> str:
        """Return "ok", or what is wrong with the database."""
        return await self.engine.check()

    # --- turns ---------------------------------------------------------------------------

    async def admit(self, event: Incoming, now: int, most_open: int = MOST_OPEN) -> Decision:
        """Commit an event."""
        return await self.engine.write(intake.admit(event, now, most_open))

    async def claim(
        self, worker: str, now: int, most: int, most_of_person: int = MOST_OF_PERSON
    ) -> list[Turn]:
        """Take up to `most` turns, of a person no more than so many at once."""
        return await self.engine.write(turns.claim(worker, now, most, most_of_person))

    async def read(self, turn: str) -> Turn | None:
        """Return a turn as it stands."""
        return await self.engine.read(turns.read(turn))

    async def set_place(self, turn: Turn, place: str) -> None:
        """Remember where a thread's messages are posted."""
        await self.engine.write(conversations.set_place(turn, place))

    async def start_step(
        self,
        turn: Turn,
        model: Model | ImageModel,
        hold: Amounts,
        now: int,
        *,
        anew: bool = False,
        quota: Quota = NO_QUOTA,
    ) -> Step:
        """Reserve and start a step."""
        return await self.engine.write(steps.start_step(turn, model, hold, now, anew, quota))

    async def accept_step(self, turn: Turn, step: Step, request_id: str) -> None:
        """Remember the provider's id of a step."""
        await self.engine.write(steps.accept_step(turn, step, request_id))

    async def conclude(self, turn: Turn, end: Conclusion, now: int) -> None:
        """Store a turn's result."""
        await self.engine.write(steps.conclude(turn, end, now))

    async def end(self, turn: Turn, outcome: Outcome, now: int) -> None:
        """Close a turn."""
        await self.engine.write(turns.end(turn, outcome, now))

    async def spent(self, turn: str) -> Spent | None:
        """Return what a turn's last step came to."""
        return await self.engine.read(steps.spent(turn))

    async def count_open(self) -> dict[str, int]:
        """Return how many turns stand in each state but `ended`."""
        return await self.engine.read(turns.count_open())

    # --- parts ---------------------------------------------------------------------------

    async def parts(self, turn: str) -> list[Part]:
        """Return a turn's parts."""
        return await self.engine.read(parts.list_parts(turn))

    async def begin_part(
        self, turn: Turn, purpose: Purpose, index: int, place: str, nonce: str, now: int
    ) -> None:
        """Commit that a message is about to leave."""
        await self.engine.write(parts.begin(turn, purpose, index, place, nonce, now))

    async def mark_part(
        self,
        turn: Turn,
        purpose: Purpose,
        index: int,
        state: PartState,
        message: str | None,
        now: int,
        *,
        again: bool = False,
    ) -> None:
        """Record what became of a message."""
        await self.engine.write(parts.mark(turn, purpose, index, state, message, now, again))

    async def drop_part(self, turn: Turn, purpose: Purpose, index: int) -> None:
        """Forget a part."""
        await self.engine.write(parts.drop(turn, purpose, index))

    async def is_overtaken(self, turn: Turn, place: str) -> bool:
        """Tell whether another turn spoke at a place since this one came."""
        return await self.engine.read(parts.is_overtaken(turn, place))

    async def known_messages(self, platform: str, workspace: str, place: str) -> set[str]:
        """Return the ids of our messages at a place."""
        return await self.engine.read(parts.known_messages(platform, workspace, place))

    # --- pictures and drafts ---------------------------------------------------------------

    async def pictures(self, thread: ThreadRef, most: int = 100) -> list[StoredPicture]:
        """Return the newest pictures of a conversation."""
        return await self.engine.read(pictures.list_newest(thread, most))

    async def latest_picture(self, thread: ThreadRef) -> StoredPicture | None:
        """Return the picture that an edit goes on from."""
        return await self.engine.read(pictures.latest(thread))

    async def picture_made(self, turn: str) -> StoredPicture | None:
        """Return the picture that a turn made or showed."""
        return await self.engine.read(pictures.made_by(turn))

    async def picture_messages(self, thread: ThreadRef, number: int) -> list[tuple[str, str]]:
        """Return the messages that show a picture as theirs."""
        return await self.engine.read(pictures.messages_of(thread, number))

    async def picture_at(
        self, platform: str, workspace: str, place: str, message: str
    ) -> tuple[ThreadRef, StoredPicture] | None:
        """Return the picture that a message of ours shows."""
        return await self.engine.read(pictures.shown_at(platform, workspace, place, message))

    async def number_picture(
        self, turn: Turn, blob: str, mime: str, width: int, height: int
    ) -> int:
        """Number a picture that a turn brought."""
        return await self.engine.write(numbering.number_own(turn, blob, mime, width, height))

    async def show_picture(self, turn: Turn, number: int) -> None:
        """Make a picture the thread's latest."""
        await self.engine.write(pictures.show(turn, number))

    async def add_draft(self, draft: Draft) -> None:
        """Keep a draft."""
        await self.engine.write(drafts.add(draft))

    async def draft(self, draft: str) -> Draft | None:
        """Return a draft, whatever became of it."""
        return await self.engine.read(drafts.read(draft))

    async def await_result(self, turn: Turn, now: int) -> None:
        """Remember that a service may yet have the result of a turn's step."""
        await self.engine.write(drafts.await_result(turn, now))

    async def awaited(self) -> list[tuple[str, str, str, str, str, int]]:
        """Return what is awaited."""
        return await self.engine.read(drafts.awaited())

    async def forget_awaited(self, turn: str) -> None:
        """Await a turn's result no more."""
        await self.engine.write(drafts.forget_awaited(turn))

    async def expire_pictures(self, before: int, most: int) -> int:
        """Forget the bytes of pictures that are older."""
        return await self.engine.write(pictures.expire(before, most))

    # --- conversations -------------------------------------------------------------------

    async def history(
        self, turn: Turn, most: int, characters: int = MOST_CHARACTERS
    ) -> list[ChatMessage]:
        """Return a thread's visible messages."""
        operation = conversations.history(turn, most, characters)
        return await self.engine.read(operation, about=turn.thread)

    async def heard_to(self, turn: Turn) -> int:
        """Return up to which position a thread is known."""
        return await self.engine.read(conversations.heard_to(turn))

    async def add_overheard(self, turn: Turn, messages: Sequence[Overheard], now: int) -> None:
        """Add what was said in somebody else's thread."""
        await self.engine.write(conversations.add_overheard(turn, messages, now))

    async def put_file(self, turn: Turn, file: StoredFile) -> None:
        """Store what became of a file."""
        await self.engine.write(files.put(turn, file))

    async def start_afresh(self, thread: ThreadRef, position: int, now: int) -> None:
        """Leave everything up to a position out of a conversation."""
        await self.engine.write(conversations.start_afresh(thread, position, now))

    async def follow(self, thread: ThreadRef, followed: bool, now: int) -> None:
        """Answer, or no longer answer, in a thread without a mention."""
        await self.engine.write(conversations.follow(thread, followed, now))

    async def recent_sources(
        self, platform: str, workspace: str, since: int, most: int
    ) -> dict[str, list[str]]:
        """Return the ids of people's stored messages, by place."""
        return await self.engine.read(
            conversations.recent_sources(platform, workspace, since, most)
        )

    async def recent_threads(
        self, platform: str, workspace: str, since: int, most: int
    ) -> list[str]:
        """Return the places of threads that are followed, the newest first."""
        return await self.engine.read(
            conversations.recent_threads(platform, workspace, since, most)
        )

    async def is_followed(self, thread: ThreadRef) -> bool:
        """Tell whether a thread's messages are ours without a mention."""
        return await self.engine.read(conversations.is_followed(thread))

    # --- settings, memos -----------------------------------------------------------------

    async def chosen(self, thread: ThreadRef) -> list[Chosen]:
        """Return every setting that holds for a thread."""
        return await self.engine.read(settings.chosen(thread))

    async def choose(self, thread: ThreadRef, choice: Chosen) -> None:
        """Store a setting, or take it back."""
        await self.engine.write(settings.choose(thread, choice))

    async def listening(self, platform: str) -> set[tuple[str, str]]:
        """Return the channels whose every message is a question."""
        return await self.engine.read(settings.listening(platform))

    async def memo(self, name: str) -> str:
        """Return a fact, or ""."""
        return await self.engine.read(settings.memo(name))

    async def put_memo(self, name: str, value: str) -> None:
        """Store a fact, or forget it."""
        await self.engine.write(settings.put_memo(name, value))

    async def note_done(
        self, platform: str, workspace: str, place: str, name: str, now: int
    ) -> bool:
        """Note that something is done in a place; tell whether for the first time."""
        return await self.engine.write(settings.note_done(platform, workspace, place, name, now))

    # --- quotas ----------------------------------------------------------------------------

    async def limits(self, platform: str, workspace: str) -> list[Limit]:
        """Return every limit that was made from chat."""
        return await self.engine.read(limits.limits(platform, workspace))

    async def set_limit(self, limit: Limit, change: Change) -> bool:
        """Make or change a limit."""
        return await self.engine.write(limits.set_limit(limit, change))

    async def unset_limit(self, limit: Limit, change: Change) -> bool:
        """Take a limit back."""
        return await self.engine.write(limits.unset_limit(limit, change))

    async def add_grant(self, grant: Grant, change: Change) -> bool:
        """Give a one-off extra."""
        return await self.engine.write(limits.add_grant(grant, change))

    async def grants(self, platform: str, workspace: str, now: int) -> list[Grant]:
        """Return the grants that still have something left."""
        return await self.engine.read(limits.grants(platform, workspace, now))

    async def reset_use(self, scope: Scope, change: Change) -> bool:
        """Let what a scope has used count no more."""
        return await self.engine.write(limits.reset_use(scope, change))

    async def put_standing(self, scope: Scope, blocked: bool | None, change: Change) -> bool:
        """Block, exempt, or neither."""
        return await self.engine.write(limits.put_standing(scope, blocked, change))

    async def standings(self, platform: str, workspace: str) -> list[Standing]:
        """Return who is blocked or exempt."""
        return await self.engine.read(limits.standings(platform, workspace))

    async def uses(self, thread: ThreadRef, author: Author, quota: Quota, now: int) -> list[Use]:
        """Return every limit that holds for a person at a place."""
        return await self.engine.read(quotas.uses(thread, author, quota, now))

    async def uses_of(self, scope: Scope, quota: Quota, now: int) -> list[Use]:
        """Return every limit of a scope."""
        return await self.engine.read(quotas.uses_of(scope, quota, now))

    async def note_uses(self, turn: Turn, charge: Amounts, quota: Quota, now: int) -> list[Use]:
        """Return the limits that a turn brings near their end, each once."""
        return await self.engine.write(quotas.note_uses(turn, charge, quota, now))

    async def report(
        self,
        platform: str,
        workspace: str,
        by: ReportBy,
        since: int,
        until: int,
        most: int,
        *,
        days: Sequence[Period] = (),
    ) -> list[Spender]:
        """Return who used how much."""
        return await self.engine.read(
            reports.report(platform, workspace, by, since, until, most, days)
        )

    async def ledger(self, platform: str, workspace: str, since: int, most: int) -> list[Entry]:
        """Return the newest entries of the ledger."""
        return await self.engine.read(reports.entries(platform, workspace, since, most))

    async def audit(self, platform: str, workspace: str, most: int) -> list[Change]:
        """Return the newest changes."""
        return await self.engine.read(limits.audit(platform, workspace, most))

    async def overruns(
        self, platform: str, workspace: str, since: int, until: int
    ) -> list[Spender]:
        """Return what providers billed beyond what was reserved."""
        return await self.engine.read(reports.overruns(platform, workspace, since, until))

    async def billed(self, since: int) -> int:
        """Return what attempts may have cost."""
        return await self.engine.read(reports.billed(since))

    async def check_counters(self) -> list[str]:
        """Return every difference between counters and the ledger."""
        return await self.engine.write(audits.check())

    async def release_leaks(self, before: int, now: int) -> int:
        """Close reservations that nobody will close."""
        return await self.engine.write(audits.release_leaks(before, now))

    # --- what the people who run the bot are told ----------------------------------------

    async def note_credits(self, credit: Credit) -> None:
        """Remember what is left on an account."""
        await self.engine.write(alerts.note_credits(credit))

    async def credits(self) -> list[Credit]:
        """Return what is left on each account."""
        return await self.engine.read(alerts.list_credits())

    async def raise_alert(
        self, name: str, text: str, people: Sequence[str], now: int, *, again_ms: int = 0
    ) -> bool:
        """Raise an alert; tell whether it is new."""
        return await self.engine.write(alerts.raise_alert(name, text, people, now, again_ms))

    async def clear_alert(self, name: str) -> None:
        """End an alert."""
        await self.engine.write(alerts.clear_alert(name))

    async def untold(self) -> list[Alert]:
        """Return what has yet to be told."""
        return await self.engine.read(alerts.untold())

    async def standing(self) -> list[Alert]:
        """Return the alerts that stand."""
        return await self.engine.read(alerts.standing())

    async def mark_told(self, alert: Alert) -> None:
        """Remember that a person was told."""
        await self.engine.write(alerts.mark_told(alert))

    async def purge(self, now: int) -> dict[str, int]:
        """Remove what is kept for a time only, in several transactions; old backups as well.

        Cut off in the middle, the next one goes on.
        """
        gone = Counter(await self.engine.write(purging.purge_old(now)))
        while more := await self.engine.write(purging.purge_attempts(now)):
            gone["attempts"] += more
        while (left := await self.engine.write(purging.purge_left(now))) is not None:
            gone.update(left)
        if self._path is not None and (copies := list_old_backups(self._path, now)):
            await asyncio.to_thread(remove_backups, copies)
        return dict(gone)

    async def unused_blobs(self, among: Sequence[str]) -> set[str]:
        """Return those of these blobs that no file names."""
        return await self.engine.read(files.unused(among))

    # --- watermarks, workers -------------------------------------------------------------

    async def watermarks(self, platform: str, workspace: str) -> dict[str, int]:
        """Return how far each channel was read."""
        return await self.engine.read(watermarks.read_marks(platform, workspace))

    async def raise_watermarks(
        self, platform: str, workspace: str, marks: Mapping[str, int]
    ) -> None:
        """Raise watermarks."""
        await self.engine.write(watermarks.raise_marks(platform, workspace, marks))

    async def beat(self, worker: str, now: int, alive_until: int) -> None:
        """Extend a worker's life."""
        await self.engine.write(workers.beat(worker, now, alive_until))

    async def retire(self, worker: str) -> None:
        """End a worker's life."""
        await self.engine.write(workers.retire(worker))

    async def bury_others(self, worker: str) -> None:
        """Declare every other worker dead."""
        await self.engine.write(workers.bury_others(worker))
