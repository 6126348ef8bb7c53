"""Say things on Discord: post, edit, delete, find what is ours, open threads.

Payloads are built here and sent through discord.py's HTTP layer, which keeps its buckets and
retries but spares building a view for each edit and a message object for each answer.
"""

from __future__ import annotations

import io
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import discord
import structlog
from discord.http import HTTPClient, MultipartParameters
from discord.webhook.async_ import async_context

from adapters.discord.calls import ARCHIVED, NO_ACCESS, NO_READ_HISTORY, THREAD_EXISTS, Calls
from adapters.discord.permissions import VIEW_CHANNEL, is_thread, missing, to_post
from bot.domain import InteractionRef, ThreadRef
from bot.errors import (
    Forbidden,
    Gone,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooLong,
)
from bot.events import Button, File, Post
from bot.ports import Clock, Found, Limits, Meter
from bot.text import is_blank, utf16_length

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

# https://docs.discord.com/developers/resources/message#create-message
MAX_NONCE = 25
MAX_TITLE = 100
ARCHIVE_MINUTES: Final = 1440
PAGE = 100
MOST_PAGES = 10
MAX_ID = 2**63 - 1
# A press is acknowledged, and its placeholder made, within seconds; a minute, as ids count
# (https://docs.discord.com/developers/reference#snowflakes), leaves room for any clock.
PLACEHOLDER_SPAN = 60_000 << 22
SUPPRESS_EMBEDS = 1 << 2
LOADING = 1 << 7
# Nothing in a text of ours may ping anyone, not even the person replied to.
NO_PINGS: dict[str, list[str]] = {"parse": []}
# Says "it waits" on a question without a message between the parts of the answer before it.
QUEUED = "\N{HOURGLASS WITH FLOWING SAND}"
# Our own kinds: default, reply, and the answers to commands and menus.
_OURS = frozenset({0, 19, 20, 23})
_TO_READ = ("view_channel", "read_message_history")
# A button's looks: https://docs.discord.com/developers/components/reference#button
_SECONDARY, _DANGER = 2, 4
# The buttons last shown on a message are remembered for about this many messages.
MOST_SHOWN = 4096


LIMITS = Limits(text=2000, length=utf16_length)


class Line(Protocol):
    """Give the connection as it now is."""

    @property
    def client(self) -> discord.Client:
        """Return the client; it may not have logged in yet."""

    async def http(self) -> HTTPClient:
        """Return what makes requests, once logged in."""


class Deferrals(Protocol):
    """Know which button presses are still being acknowledged, and what was said to them."""

    async def settled(self, interaction: str) -> None:
        """Return once the press is acknowledged, if that is under way in this process."""

    def is_aside(self, message: str) -> bool:
        """Tell whether a message of ours belongs to no turn."""


def components(buttons: Sequence[Button]) -> list[dict[str, Any]]:
    """Return one row of buttons; `custom_id` alone carries their meaning."""
    if not buttons:
        return []
    row = [
        {
            "type": 2,
            "style": _DANGER if button.danger else _SECONDARY,
            "label": button.label,
            "custom_id": f"{button.action}:{button.turn}",
        }
        for button in buttons
    ]
    return [{"type": 1, "components": row}]


def parameters(payload: dict[str, Any], files: Sequence[File] = ()) -> MultipartParameters:
    """Return a request's body, as JSON or as a form with files."""
    if not files:
        return MultipartParameters(payload=payload, multipart=None, files=None)
    uploads = [
        discord.File(io.BytesIO(file.content), file.name, description=file.description or None)
        for file in files
    ]
    payload["attachments"] = [upload.to_dict(n) for n, upload in enumerate(uploads)]
    form: list[dict[str, Any]] = [
        {"name": "payload_json", "value": json.dumps(payload, ensure_ascii=False)}
    ]
    form += [
        {
            "name": f"files[{n}]",
            "value": upload.fp,
            "filename": upload.filename,
            "content_type": "application/octet-stream",
        }
        for n, upload in enumerate(uploads)
    ]
    return MultipartParameters(payload=None, multipart=form, files=uploads)


class Outbound:
    """The sending half of `bot.ports.Platform`."""

    def __init__(
        self,
        line: Line,
        calls: Calls,
        clock: Clock,
        meter: Meter,
        *,
        limits: Limits,
        deferrals: Deferrals,
    ) -> None:
        self._line = line
        self._calls = calls
        self._clock = clock
        self._meter = meter
        self._limits = limits
        self._deferrals = deferrals
        self._shown: OrderedDict[str, tuple[Button, ...]] = OrderedDict()

    # --- threads ---------------------------------------------------------------------

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Start a thread from its message; a second time it is found by its known id."""
        name = " ".join(title.split())[:MAX_TITLE].strip() or "Conversation"
        try:
            await self._call(
                "open_thread",
                lambda http: http.start_thread_with_message(
                    int(thread.channel),
                    int(thread.thread),
                    name=name,
                    auto_archive_duration=ARCHIVE_MINUTES,
                ),
            )
        except (Gone, Throttled):
            raise
        except PlatformRefused as error:
            if error.code == THREAD_EXISTS:
                return thread.thread
            # Not permitted, no threads in this kind of channel, too many active ones: the
            # answer then stands in the channel itself.
            self._meter.count("discord_thread_refused")
            log.info("no thread here", channel=thread.channel, code=error.code)
            return thread.channel
        return thread.thread

    # --- messages --------------------------------------------------------------------

    async def post(
        self, place: str, post: Post, nonce: str, interaction: InteractionRef | None = None
    ) -> str:
        """Post, in the place of an interaction's placeholder where that still can be had."""
        self._check(post)
        message = await self._answer(place, post, interaction) if interaction else None
        if message is None:
            message = await self._create(place, post, nonce)
        self._remember(message, post.buttons)
        return message

    async def edit(self, place: str, message: str, post: Post) -> None:
        """Replace a message's text, and its buttons where they have changed."""
        self._check(post)
        payload: dict[str, Any] = {"content": post.text, "allowed_mentions": NO_PINGS}
        if self._shown.get(message) != post.buttons:
            payload["components"] = components(post.buttons)
            # Until this is known to be done, nobody knows what is shown.
            self._shown.pop(message, None)
        await self._in_open_thread(
            place,
            lambda: self._call(
                "edit",
                lambda http: http.edit_message(
                    int(place), int(message), params=parameters(payload, post.files)
                ),
                when_late=dict,
                place=place,
                needs=to_post(self._in_thread(place), files=bool(post.files)),
            ),
        )
        self._remember(message, post.buttons)

    async def delete(self, place: str, message: str) -> None:
        """Remove a message of ours."""
        self._shown.pop(message, None)
        try:
            await self._in_open_thread(
                place,
                lambda: self._call(
                    "delete",
                    lambda http: http.delete_message(int(place), int(message)),
                    when_late=lambda: None,
                    place=place,
                ),
            )
        except Gone:
            return

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """Put an hourglass on a person's message, or take ours away."""
        await self._call(
            "mark" if queued else "unmark",
            lambda http: (
                http.add_reaction(int(place), int(message), QUEUED)
                if queued
                else http.remove_own_reaction(int(place), int(message), QUEUED)
            ),
            when_late=lambda: None,
        )

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """Return our own messages newer than an id, oldest first; all or none of them.

        `reply_to` is the reply reference that Discord shows: an answer in the place of a
        placeholder refers to the message whose button was pressed.
        """
        me = await self._me()
        return [
            Found(str(row["id"]), _reply_of(row), _turn_of(row))
            for row in await self._newer(place, int(after))
            if str(row["author"]["id"]) == me
            and row["type"] in _OURS
            and not _is_loading(row)
            and not self._deferrals.is_aside(str(row["id"]))
        ]

    async def _create(self, place: str, post: Post, nonce: str) -> str:
        if len(nonce) > MAX_NONCE:
            raise PlatformRefused(f"A nonce has at most {MAX_NONCE} characters.")
        try:
            return await self._send(place, post, nonce)
        except PlatformRefused as error:
            refers = error.code in ("50035", NO_READ_HISTORY) and not isinstance(error, TooLong)
            if post.reply_to is None or not refers:
                raise
            # The message replied to is gone or may not be read: answer without a reference.
            return await self._send(place, Post(post.text, post.buttons, None, post.files), nonce)

    async def _send(self, place: str, post: Post, nonce: str) -> str:
        payload: dict[str, Any] = {
            "content": post.text,
            "allowed_mentions": NO_PINGS,
            "flags": SUPPRESS_EMBEDS,
            "nonce": nonce,
            # Within its window a repeated nonce returns the first message.
            "enforce_nonce": True,
        }
        if post.buttons:
            payload["components"] = components(post.buttons)
        if post.reply_to:
            payload["message_reference"] = {
                "message_id": post.reply_to,
                "fail_if_not_exists": False,
            }
        row = await self._call(
            "post",
            lambda http: http.send_message(int(place), params=parameters(payload, post.files)),
            place=place,
            needs=to_post(
                self._in_thread(place), files=bool(post.files), reply=bool(post.reply_to)
            ),
        )
        return str(row["id"])

    # --- interactions ----------------------------------------------------------------

    async def _answer(self, place: str, post: Post, interaction: InteractionRef) -> str | None:
        """Fill an interaction's placeholder; None if it cannot be had any more."""
        if self._clock.now() < interaction.expires_at:
            # The turn can be faster than our own acknowledgement of the press.
            await self._deferrals.settled(interaction.id)
            try:
                return await self.edit_original(interaction, post)
            except (Gone, Forbidden) as error:
                log.info("interaction is over", interaction=interaction.id, code=error.code)
        return await self._take_placeholder(place, post, interaction)

    async def edit_original(self, interaction: InteractionRef, post: Post) -> str:
        """Make an interaction's own message show a post and return its id."""
        payload: dict[str, Any] = {
            "content": post.text,
            "allowed_mentions": NO_PINGS,
            "components": components(post.buttons),
            "flags": SUPPRESS_EMBEDS,
        }
        application = int(interaction.application)

        async def patch(http: HTTPClient) -> str:
            webhook = discord.Webhook.partial(
                application, interaction.token, client=self._line.client
            )
            body = parameters(payload, post.files)
            row = await async_context.get().edit_original_interaction_response(
                application,
                interaction.token,
                session=webhook.session,
                payload=body.payload,
                multipart=body.multipart,
                files=body.files,
            )
            return str(row["id"])

        return await self._call("answer", patch)

    async def dismiss(self, interaction: InteractionRef) -> None:
        """Delete an interaction's placeholder: by its token, later as any message of ours."""
        if self._clock.now() >= interaction.expires_at or not await self._revoke(interaction):
            await self._delete_placeholder(interaction)

    async def _revoke(self, interaction: InteractionRef) -> bool:
        """Delete an interaction's own message by its token; tell whether that was done."""
        await self._deferrals.settled(interaction.id)
        application = int(interaction.application)

        async def remove(http: HTTPClient) -> None:
            webhook = discord.Webhook.partial(
                application, interaction.token, client=self._line.client
            )
            await async_context.get().delete_original_interaction_response(
                application, interaction.token, session=webhook.session
            )

        try:
            await self._call("dismiss", remove)
        except (Gone, Forbidden) as error:
            log.info("interaction is over", interaction=interaction.id, code=error.code)
            return False
        return True

    async def _delete_placeholder(self, interaction: InteractionRef) -> None:
        try:
            row = await self._left_by(interaction.place, interaction)
        except (Gone, Forbidden) as error:
            log.info("placeholder not found", interaction=interaction.id, code=error.code)
            return
        if row is not None and _is_loading(row):
            await self.delete(interaction.place, str(row["id"]))

    async def _take_placeholder(
        self, place: str, post: Post, interaction: InteractionRef
    ) -> str | None:
        """Find what an interaction left in the channel: use an answer, remove a placeholder.

        An answer is there if an earlier try was done but its outcome was lost.
        """
        try:
            row = await self._left_by(place, interaction)
        except (Gone, Forbidden):
            # Nothing of it can be had: the post itself says whether the place still can.
            return None
        if row is None:
            return None
        message = str(row["id"])
        if _is_loading(row):
            await self.delete(place, message)
            return None
        await self.edit(place, message, post)
        return message

    async def _left_by(self, place: str, interaction: InteractionRef) -> Any | None:
        """Return the message that an interaction left at a place, if it is still there.

        It was made when the press was acknowledged, and kept its id as an answer: there is
        no need to read what was said after that.
        """
        pressed = int(interaction.id)
        for row in await self._newer(place, pressed, pressed + PLACEHOLDER_SPAN):
            if _interaction_of(row) == interaction.id:
                return row
        return None

    # --- calls -----------------------------------------------------------------------

    async def _call(
        self,
        name: str,
        make: Callable[[HTTPClient], Awaitable[_T]],
        *,
        when_late: Callable[[], Any] | None = None,
        place: str = "",
        needs: Sequence[str] = (),
    ) -> _T:
        async def call() -> _T:
            return await make(await self._line.http())

        try:
            return await self._calls.run(name, call, when_late=when_late)
        except Forbidden as error:
            if place:
                error.permission = missing(self._line.client, place, needs)
            if not error.permission and error.code == NO_ACCESS:
                error.permission = VIEW_CHANNEL
            raise

    async def _in_open_thread(self, place: str, call: Callable[[], Awaitable[_T]]) -> _T:
        """Make a call; if the thread is archived, open it again first, once.

        Sending un-archives, editing does not:
        https://docs.discord.com/developers/topics/threads#archiving
        """
        try:
            return await call()
        except Gone as error:
            if error.code != ARCHIVED:
                raise
            await self._call(
                "unarchive", lambda http: http.edit_channel(int(place), archived=False)
            )
            self._meter.count("discord_unarchived")
            return await call()

    async def _newer(self, place: str, after: int, until: int = MAX_ID) -> list[Any]:
        """Return all messages newer than one id and (about) not newer than another, in order.

        Raises `PlatformUnknown` where they are too many: not having read to the end is not
        having found nothing.
        """
        found: list[Any] = []
        for _ in range(MOST_PAGES):
            page = await self._page(place, after)
            found += page
            if len(page) < PAGE or int(page[-1]["id"]) > until:
                break
            after = int(page[-1]["id"])
        else:
            raise PlatformUnknown("There are too many messages to look through.")
        if not found and (lacking := missing(self._line.client, place, _TO_READ)):
            # Without the permission Discord answers with no messages, not with a refusal.
            # https://docs.discord.com/developers/resources/message#get-channel-messages
            raise Forbidden("Discord does not show its history.", permission=lacking)
        return found

    async def _page(self, place: str, after: int) -> list[Any]:
        rows: list[Any] = await self._call(
            "find",
            lambda http: http.logs_from(int(place), PAGE, after=after),
            place=place,
            needs=_TO_READ,
        )
        return sorted(rows, key=lambda row: int(row["id"]))

    async def _me(self) -> str:
        """Return our own user id."""
        user = self._line.client.user
        if user is None:
            raise PlatformUnknown("Not logged in to Discord yet.")
        return str(user.id)

    def _in_thread(self, place: str) -> bool:
        return is_thread(self._line.client, place)

    def _check(self, post: Post) -> None:
        if self._limits.length(post.text) > self._limits.text:
            raise TooLong(f"More than {self._limits.text} characters.")
        if is_blank(post.text) and not post.files:
            raise PlatformRefused("Discord takes no empty message.", code="50006")

    def _remember(self, message: str, buttons: tuple[Button, ...]) -> None:
        self._shown[message] = buttons
        self._shown.move_to_end(message)
        while len(self._shown) > MOST_SHOWN:
            self._shown.popitem(last=False)


def _turn_of(row: Mapping[str, Any]) -> str:
    """Return the turn that a message's buttons name, "" if it has none of ours."""
    for line in row.get("components") or ():
        for button in line.get("components") or ():
            _, _, turn = str(button.get("custom_id", "")).partition(":")
            if turn:
                return turn
    return ""


def _reply_of(row: Any) -> str | None:
    """Return what a message replies to; a forward's reference (type 1) is no reply."""
    reference = row.get("message_reference") or {}
    if reference.get("type"):
        return None
    return str(reference["message_id"]) if reference.get("message_id") else None


def _is_loading(row: Any) -> bool:
    return bool((row.get("flags") or 0) & LOADING)


def _interaction_of(row: Any) -> str | None:
    metadata = row.get("interaction_metadata") or row.get("interaction") or {}
    return str(metadata["id"]) if metadata.get("id") else None
