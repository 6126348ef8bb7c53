"""Look for a lost message: one that was sent and whose answer never came.

Only we write as the bot, and every message of ours has a row: so the lost one is the message of
ours in that place, newer than the question, that no row holds. Where the platform tells what a
message was posted as, that decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from bot.domain import Turn, TurnKind
from bot.errors import (
    Forbidden,
    Gone,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
)
from bot.ports import Found, Platform, Purpose
from bot.turns.calls import THREAD_GONE, Calls
from bot.turns.nonces import nonce
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# Where nobody may look for so long, the message is posted once more, and says so.
UNREADABLE_SECONDS = 600.0
LOOK_AGAIN_SECONDS = 15.0
# However long ago it was sent: a single refusal says little.
LEAST_SECONDS = 60.0
# A message with files takes longer to come to be.
WITH_FILES = frozenset({Purpose.FILE, Purpose.PICTURE})
# What is told to a person alone: beside what nobody wrote down, such as alerts.
ALONE = (Purpose.NOTICE, 1)


class Unreadable(Exception):
    """Nobody could look: the message may be there or not."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What is looked for: the nonce that it was posted with, and since when (UTC ms).

    `unnamed`: the platform may tell of it nothing but that it is ours. `begins`: it is a card,
    which refers to nothing; if it is another question's, its words are put right.
    """

    nonce: str
    sending_at: int
    unnamed: bool = True
    begins: bool = False


class Search:
    """Look for one turn's lost messages.

    In a channel a message of ours replies to `anchor`, which asked.
    """

    def __init__(self, turn: Turn, services: Services, platform: Platform, calls: Calls) -> None:
        self._turn = turn
        self._services = services
        self._platform = platform
        self._calls = calls
        self._given_up: set[str] = set()
        asked = turn.source if turn.kind is TurnKind.PROMPT else turn.thread.thread
        self.anchor: str | None = asked

    def give_up(self, message: str) -> None:
        """Find this message no more: it stays, but cannot be changed."""
        self._given_up.add(message)

    def reference(self, place: str) -> str | None:
        """Return what a message there replies to, where others stand between it and that.

        In a channel that is the message its thread would have been started from.
        """
        if self._is_shared(place):
            return self.anchor
        late = self._turn.is_late or self._turn.overtaken
        return self._turn.source if late else None

    async def find(
        self, purpose: Purpose, index: int, place: str, sending_at: int, *, patient: bool = True
    ) -> str | None:
        """Return the id of a lost message, or None if it is surely not there.

        Raises `Unreadable` if nobody could look for ten minutes, and `PlatformUnknown` where the
        caller hurries. Unless `patient`, a minute is enough, and a ban to look at once.
        """
        limits = self._platform.limits
        # What is never a stream always carries its nonce.
        named = purpose is Purpose.STOP or (purpose, index) == ALONE
        key = nonce(self._turn.id, purpose, index)
        lost = Lost(key, sending_at, unnamed=not named, begins=purpose is Purpose.QUESTION)
        if not limits.settle_seconds:
            return await self._find_repeatable(lost, place)
        clock = self._services.clock
        since = clock.monotonic() - max(0.0, (clock.now() - sending_at) / 1000)
        of_file = limits.file_settle_seconds if purpose in WITH_FILES else 0.0
        settled = since + max(limits.settle_seconds, of_file)
        hopeless = clock.monotonic() + LEAST_SECONDS
        if patient:
            hopeless = max(hopeless, since + UNREADABLE_SECONDS)
        while True:
            asked = clock.monotonic()
            try:
                ours = await self._calls.once("look", lambda: self._look(place))
            except (Forbidden, Throttled, PlatformUnknown) as error:
                if asked >= hopeless or (isinstance(error, Forbidden) and not patient):
                    raise Unreadable from error
                at_least = error.retry_after if isinstance(error, Throttled) else 0.0
                await self._wait(max(LOOK_AGAIN_SECONDS, at_least), error)
                continue
            except Gone as error:
                if error.code == THREAD_GONE:
                    await self._remove_stray(lost, settled)
                raise
            found = await self._choose(lost, place, ours)
            if found is not None or asked >= settled:
                return found
            await self._wait(min(settled - asked, LOOK_AGAIN_SECONDS), None)

    async def _remove_stray(self, lost: Lost, settled: float) -> None:
        """Take back what was sent to a thread that had gone: Slack puts it into the channel.

        https://github.com/slackapi/bolt-js/issues/2307
        """
        channel, clock = self._turn.thread.channel, self._services.clock
        await clock.sleep(max(0.0, settled - clock.monotonic()))
        try:
            ours = await self._calls.make("look", channel, lambda: self._look(channel))
            for stray in (each.message for each in ours if each.nonce == lost.nonce):
                await self._calls.make(
                    "delete", channel, partial(self._platform.delete, channel, stray)
                )
        except PlatformRefused as error:
            log.warning("no stray message removed", error=str(error), code=error.code)

    async def _wait(self, seconds: float, cause: PlatformError | None) -> None:
        error = PlatformUnknown("It is not known yet whether the message is there.")
        error.__cause__ = cause
        await self._calls.rest(seconds, error)

    async def _find_repeatable(self, lost: Lost, place: str) -> str | None:
        """Look for what may be posted again at once: its nonce is recognised for a while."""
        try:
            ours = await self._calls.make("look", place, lambda: self._look(place))
        except Forbidden as error:
            # Without the right to read, only the repeated nonce protects from a double.
            log.warning("not allowed to look", place=place, code=error.code)
            return None
        return await self._choose(lost, place, ours)

    async def _look(self, place: str) -> list[Found]:
        after = self._turn.position
        if self._turn.kind is TurnKind.EDITED:
            after -= 1  # a moment, which a message of that very moment may have for its id
        return await self._platform.find_ours(place, str(after))

    async def _choose(self, lost: Lost, place: str, ours: Sequence[Found]) -> str | None:
        """Return the lost message among ours; of several that it may be the first.

        Parts are sent in order.
        """
        thread = self._turn.thread
        known = await self._services.store.known_messages(thread.platform, thread.workspace, place)
        known |= self._given_up
        found = [each for each in ours if each.message not in known]
        for each in found:
            if each.nonce == lost.nonce:
                return each.message
        if not lost.unnamed:
            return None
        interaction = self._turn.interaction.id if self._turn.interaction else ""
        # What came from somebody else's interaction, or as another part, is surely not it.
        found = [each for each in found if not each.nonce and each.interaction in ("", interaction)]
        # An interaction or the buttons of a message tell whose it is; one without any is told
        # by what it refers to, which in a place of this conversation alone may be nothing.
        wanted = self.reference(place)
        turns = {self._turn.id}
        if self._turn.kind is TurnKind.EDITED:
            turns.add(self._turn.about)  # its button is about the turn that it offers to repeat
        named = [each for each in found if each.turn in turns or each.interaction]
        mute = [each for each in found if not each.turn and not each.interaction]
        exact = [each for each in mute if each.reply_to == wanted]
        alone = lost.begins or not self._is_shared(place) or self._may_refer_to_nothing
        bare = [each for each in mute if not each.reply_to]
        if not (named or exact or alone) and bare and await self._stands(place, wanted):
            bare = []
        return next((each.message for each in (*named, *exact, *bare)), None)

    async def _stands(self, place: str, message: str | None) -> bool:
        """Tell whether a person's message is there still: else nothing can refer to it.

        https://docs.discord.com/developers/resources/message#message-reference-structure
        """
        if message is None or not message.isdecimal():
            return True
        at = int(message)
        try:
            heard = await self._calls.make(
                "look", place, lambda: self._platform.read_thread(place, at - 1, at + 1, 1)
            )
        except Forbidden:
            return True
        return bool(heard)

    @property
    def _may_refer_to_nothing(self) -> bool:
        """Tell whether it is unknown how the conversation began.

        The key of one that began by command is no message, so that the platform drops the
        reference to it; a press that was one too many does not tell what it was about.
        """
        is_known = self.anchor != self._turn.thread.thread or self._turn.about
        return self._turn.kind is not TurnKind.PROMPT and not is_known

    def _is_shared(self, place: str) -> bool:
        """Tell whether other conversations post at a place too."""
        thread = self._turn.thread
        return place == thread.channel != thread.thread
