"""Say things on Slack: post, edit, delete, mark what waits, show what is being done."""

from __future__ import annotations

from collections.abc import Callable

from adapters.slack.abilities import Abilities
from adapters.slack.allowance import MINUTE
from adapters.slack.calls import Calls
from adapters.slack.failures import RATE_LIMITED
from adapters.slack.galleries import Galleries
from adapters.slack.lately import Lately
from adapters.slack.messages import Messages
from adapters.slack.places import Place, read_person, read_place
from adapters.slack.readers import Reader, Readers
from adapters.slack.statuses import HOUR_SECONDS, Statuses
from adapters.slack.streams import Streams
from adapters.slack.uploads import Uploads
from bot.domain import ThreadRef
from bot.errors import Gone, PlatformRefused, Throttled, TooBig, TooLong
from bot.events import Post
from bot.ports import Clock, Limits, Manner, MemoStore, Meter
from bot.text import is_blank

# Says "it waits" on a question without a message between the parts of the answer before it.
QUEUED = "hourglass_flowing_sand"
UPLOAD_SECONDS = 40.0
_MARKED_ALREADY = frozenset({"already_reacted", "no_reaction"})

LIMITS = Limits(
    # A markdown block takes 12,000: https://docs.slack.dev/reference/block-kit/blocks/markdown-block
    text=11_000,
    length=len,
    file_bytes=50 * 1024 * 1024,
    # chat.appendStream is allowed 100 times a minute, which is shared by what grows at once;
    # answers have to begin and end besides. What each method is allowed: `allowance`.
    edit_seconds=0.7,
    requests_per_second=1.8,
    burst_seconds=60.0,
    call_seconds=10.0,
    # What was sent is there, or never will be, when its deadline and 2 seconds have passed.
    settle_seconds=12.0,
    # Slack shares a file some time after it was told to, which is done within `UPLOAD_SECONDS`.
    file_settle_seconds=60.0,
    # A stream is ended by Slack after five minutes.
    part_seconds=240.0,
    always_threads=True,
    # At once, a minute after that, five after that: https://docs.slack.dev/apis/events-api/#retries
    repeat_seconds=400.0,
    # https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
    unshown=frozenset({"webp"}),
    # A thread is one line of messages: none of them refers to another.
    replies=False,
)


class Outbound:
    """The sending half of `bot.ports.Platform`, as far as it is channels and messages."""

    def __init__(
        self,
        calls: Calls,
        store: MemoStore,
        clock: Clock,
        meter: Meter,
        limits: Limits = LIMITS,
        *,
        on_stopped: Callable[[str, str], None] | None = None,
    ) -> None:
        self._calls = calls
        self._limits = limits
        self._abilities = Abilities(store, clock)
        self._messages = Messages(calls, self._abilities, clock, meter)
        self._readers = readers = Readers()
        self._statuses = Statuses(calls, self._abilities)
        self._posted: Lately[tuple[Place, str], bool] = Lately(clock, HOUR_SECONDS)
        self._streams = Streams(
            calls,
            self._messages,
            self._abilities,
            self._statuses,
            readers,
            meter,
            on_stopped=on_stopped,
        )
        self._uploads = Uploads(calls, self._messages, clock)
        self._galleries = Galleries(calls, self._messages, self._uploads, clock)

    async def load(self, team: str) -> None:
        """Read what is known of a workspace, before its first turn. Never raises."""
        await self._abilities.load(team)

    def asked(self, place: str, user: str, user_team: str) -> None:
        """Note who asked last in a thread: a stream in a channel needs a reader.

        `user_team` is the person's own workspace, which in a shared channel may be another's.
        """
        self._readers.asked(place, Reader(user, user_team))

    def moved(self, place: str, thread: str) -> None:
        """Note that a thread, which was only named `place` so far, has begun."""
        self._readers.moved(place, thread)

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Return the place of a thread: it is there as soon as its first message is."""
        return f"{thread.channel}/{thread.thread.rpartition('/')[2]}"

    def manner(self, place: str, person: str = "") -> Manner:
        """Say how a growing answer is shown at a place now; see `bot.ports.Platform`."""
        where = _read(place)
        if not where.thread_ts:
            return Manner()
        if person:
            team, user = read_person(person)
            self._readers.asked_before(place, Reader(user, team))
        # Whoever asks is going to show something there: soon it has to be known.
        self._statuses.look(where)
        return Manner(
            status=self._statuses.may(where),
            bare=self._streams.may(where),
            own_stop=self._statuses.has_stop(where),
        )

    async def post(self, place: str, post: Post, nonce: str) -> str:
        """Post a message and return its `ts`; one that grows without buttons is streamed."""
        where = _read(place)
        self._check(post)
        await self._abilities.load(where.team)
        if post.files:
            way = self._galleries if post.gallery else self._uploads
            with self._calls.within(UPLOAD_SECONDS):
                return await way.post(where, post, nonce)
        bare = post.growing is not None and not post.buttons
        # What is looked for `settle_seconds` after it began has to have left by then.
        with self._calls.within(self._limits.call_seconds):
            if bare:
                await self._statuses.know(where)
                if self._streams.may(where):
                    ts = await self._streams.start(where, post, nonce)
                    if ts is not None:
                        return ts
            ts = await self._messages.post(where, post, nonce)
            self._posted.put((where, ts), True)
            await self._rest(where, post)
            if bare:
                # The Stop that it is to have is Slack's, if there is one.
                await self._statuses.work(where)
            return ts

    async def edit(self, place: str, message: str, post: Post) -> None:
        """Replace a message's text and buttons, or add to it what is new."""
        where = _read(place)
        self._check(post)
        await self._abilities.load(where.team)
        spare = post.growing is not None
        with self._calls.within(self._limits.call_seconds, spare=spare):
            if not await self._streams.edit(where, message, post):
                await self._messages.update(where, message, post)
            await self._rest(where, post, begun=self._posted.get((where, message)) is None)

    async def delete(self, place: str, message: str) -> None:
        """Remove a message of ours, and its pictures; already gone is fine."""
        where = _read(place)
        with self._calls.within(self._limits.call_seconds):
            if self._posted.get((where, message)) is None:
                # Posted with files, or by nobody knows what process.
                await self._galleries.empty(where, message)
            await self._streams.end(where, message)
            await self._messages.delete(where, message)
            if self._streams.take_unended(where):
                await self._statuses.rest(where)

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """Put an hourglass on a person's message, or take ours away.

        Raises `Throttled` where it could not be taken away soon: that may be done less often.
        """
        where = _read(place)
        method = "reactions.add" if queued else "reactions.remove"
        if queued and not self._calls.allowance.is_roomy("reactions.remove", where.team):
            words = "What is marked now could not be unmarked soon."
            raise Throttled(words, code=RATE_LIMITED, retry_after=MINUTE)
        try:
            await self._calls.make(
                where.team, method, channel=where.channel, timestamp=message, name=QUEUED
            )
        except PlatformRefused as error:
            if error.code not in _MARKED_ALREADY:
                raise

    async def show_status(self, place: str, text: str) -> None:
        """Show what is being done beside a thread's messages; "" takes it away again."""
        where = _read(place)
        await self._abilities.load(where.team)
        await self._statuses.show(where, text)

    async def rest(self, place: str) -> None:
        """Let Slack know that nothing is worked on in a thread, where a person stopped just that.

        Slack shows it until it is told so: https://docs.slack.dev/reference/events/agent_session_stopped
        """
        where = _read(place)
        await self._abilities.load(where.team)
        await self._statuses.rest_if_idle(where)

    async def _rest(self, where: Place, post: Post, *, begun: bool = False) -> None:
        """Let Slack know, with the last word of an answer, that nothing is worked on there.

        What had `begun` before this process may have been worked on then.
        """
        if post.growing is not None:
            return
        if self._streams.take_unended(where) or self._statuses.outlasts(where, begun=begun):
            await self._statuses.rest(where)

    def _check(self, post: Post) -> None:
        """Raise what Slack would answer to a text or file that it does not take."""
        if self._limits.length(post.text) > self._limits.text:
            raise TooLong(f"More than {self._limits.text} characters.", code="msg_too_long")
        if is_blank(post.text) and not post.files:
            raise PlatformRefused("Slack takes no empty message.", code="no_text")
        if any(len(file.content) > self._limits.file_bytes for file in post.files):
            raise TooBig(f"More than {self._limits.file_bytes} bytes.")


def _read(place: str) -> Place:
    """Return where a place is. Raises `Gone` for what was never one."""
    try:
        return read_place(place)
    except ValueError as error:
        raise Gone("There is no such place on Slack.", code="channel_not_found") from error
