"""Messages over REST: list, get, create, edit, delete, typing.

https://discord.com/developers/docs/resources/message
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from adapters.playground.discord import (
    bodies,
    drafts,
    limits,
    message_payloads,
    permissions,
    records,
)
from adapters.playground.discord.buckets import Buckets
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.problems import Form, problem
from adapters.playground.discord.records import Channel, Message
from adapters.playground.discord.world import World
from adapters.playground.witness import SEEN, plain


def find_channel(world: World, id_: str, user: str) -> tuple[Channel, int]:
    """Return a channel and what `user` may do there; refuse if it is not there or hidden."""
    channel = world.channels.get(id_)
    if channel is None:
        raise problem(10003)
    granted = world.permissions(user, channel)
    if not granted & permissions.VIEW_CHANNEL:
        raise problem(50001)
    return channel, granted


def need(granted: int, wanted: int) -> None:
    """Refuse if a permission is missing."""
    if granted & wanted != wanted:
        raise problem(50013)


def check_open(channel: Channel, granted: int) -> None:
    """Refuse to change what is in an archived or locked thread."""
    if channel.is_thread and not granted & permissions.MANAGE_THREADS and channel.locked:
        raise problem(160005)
    if channel.is_thread and channel.archived:
        raise problem(50083)


class Messages:
    """The bot's side of messages."""

    def __init__(self, world: World, settings: Settings, buckets: Buckets, prefix: str) -> None:
        self._world = world
        self._settings = settings
        self._buckets = buckets
        self._prefix = prefix

    def routes(self, api: str) -> list[web.AbstractRouteDef]:
        """Return the routes under the API's path."""
        at = f"{api}/channels/{{channel_id}}"
        return [
            web.get(f"{at}/messages", self.list),
            web.get(f"{at}/messages/{{message_id}}", self.get),
            web.post(f"{at}/messages", self.create),
            web.patch(f"{at}/messages/{{message_id}}", self.edit),
            web.delete(f"{at}/messages/{{message_id}}", self.delete),
            web.post(f"{at}/typing", self.type),
        ]

    def _answer(
        self, request: web.Request, message: Message, nonce: str | int | None = None
    ) -> web.Response:
        base = f"{request.scheme}://{request.host}{self._prefix}"
        payload = message_payloads.render_message(
            self._world, base, message, viewer=self._world.bot
        )
        if nonce is not None:
            payload["nonce"] = nonce
        return plain(200, payload)

    def _place(self, request: web.Request) -> tuple[Channel, int]:
        return find_channel(self._world, request.match_info["channel_id"], self._world.bot)

    def _message(self, request: web.Request, channel: Channel) -> Message:
        message = self._world.messages.get(request.match_info["message_id"])
        if message is None or message.channel != channel.id or message.only_for:
            raise problem(10008)
        return message

    async def list(self, request: web.Request) -> web.Response:
        """List a page of history, newest first."""
        channel, granted = self._place(request)
        query: dict[str, int] = {}
        form = Form()
        for key in ("after", "before", "around", "limit"):
            if key in request.query:
                value = request.query[key]
                if value.isascii() and value.isdigit():
                    query[key] = int(value)
                else:
                    form.wrong((key,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        limit = query.pop("limit", 50)
        if not 1 <= limit <= limits.HISTORY_PAGE:
            form.wrong(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
        form.done()
        page: list[Message] = []
        # Without this permission Discord answers with no messages, not with a refusal.
        if granted & permissions.READ_MESSAGE_HISTORY:
            if "around" in query:
                middle = query["around"]
                older = self._world.page(channel.id, before=middle, limit=limit // 2)
                newer = self._world.page(channel.id, after=middle - 1, limit=limit - len(older))
                page = older + newer
            else:
                page = self._world.page(
                    channel.id,
                    after=query.get("after"),
                    before=query.get("before"),
                    limit=limit,
                )
        base = f"{request.scheme}://{request.host}{self._prefix}"
        viewer = self._world.bot
        return plain(
            200,
            [
                message_payloads.render_message(self._world, base, message, viewer=viewer)
                for message in reversed(page)
            ],
        )

    async def get(self, request: web.Request) -> web.Response:
        """Return one message."""
        channel, granted = self._place(request)
        need(granted, permissions.READ_MESSAGE_HISTORY)
        return self._answer(request, self._message(request, channel))

    async def create(self, request: web.Request) -> web.Response:
        """Post a message; the same enforced nonce within the window returns the first one."""
        body = await bodies.read_body(request)
        request[SEEN] = body.seen()
        world = self._world
        channel, granted = self._place(request)
        if channel.kind not in records.TEXT_KINDS:
            raise problem(50008)
        draft = bodies.parse_message(body, self._settings)
        self._check_may_post(channel, granted, draft)
        if draft.enforce_nonce and (first := self._same_nonce(draft.nonce)):
            return self._answer(request, first, draft.nonce)
        if drafts.is_empty(draft):
            raise problem(50006)
        if draft.reference and not granted & permissions.READ_MESSAGE_HISTORY:
            raise problem(160002)
        reference = drafts.find_reference(world, channel, draft)
        drafts.check_automod(world, channel, world.bot, draft.content or "")
        message = drafts.compose(world, channel, world.bot, draft, reference=reference)
        world.add_message(message)
        return self._answer(request, message, draft.nonce)

    def _check_may_post(self, channel: Channel, granted: int, draft: bodies.Draft) -> None:
        world = self._world
        if channel.kind == records.DM and not world.users[channel.recipient].dms_open:
            raise problem(50007)
        if channel.is_thread:
            if channel.locked and not granted & permissions.MANAGE_THREADS:
                raise problem(160005)
            need(granted, permissions.SEND_MESSAGES_IN_THREADS)
        else:
            need(granted, permissions.SEND_MESSAGES)
        if draft.new_files:
            need(granted, permissions.ATTACH_FILES)
        if draft.embeds:
            need(granted, permissions.EMBED_LINKS)

    def _same_nonce(self, nonce: str | int | None) -> Message | None:
        """Return the bot's message with this nonce, if the window still remembers it."""
        oldest = self._world.now() - round(self._settings.nonce_seconds * 1000)
        return self._world.find_nonce(self._world.bot, nonce, oldest)

    async def edit(self, request: web.Request) -> web.Response:
        """Edit a message of the bot's own."""
        body = await bodies.read_body(request)
        request[SEEN] = body.seen()
        world = self._world
        channel, granted = self._place(request)
        message = self._message(request, channel)
        if message.author != world.bot:
            raise problem(50005)
        if message.kind not in records.EDITABLE_TYPES:
            raise problem(50021)
        draft = bodies.parse_message(body, self._settings, message)
        check_open(channel, granted)
        if draft.new_files:
            need(granted, permissions.ATTACH_FILES)
        if draft.embeds:
            need(granted, permissions.EMBED_LINKS)
        if world.now() - message.at > limits.OLD_MESSAGE_MS:
            self._buckets.take_old_edit(channel.id)
        drafts.check_automod(world, channel, world.bot, draft.content or "")
        drafts.revise(world, message, draft)
        return self._answer(request, message)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message: one's own, or with permission anybody's."""
        channel, granted = self._place(request)
        message = self._message(request, channel)
        if message.author != self._world.bot:
            need(granted, permissions.MANAGE_MESSAGES)
        # Deleting is the one thing that an archived thread allows, unless it is locked.
        if channel.locked and not granted & permissions.MANAGE_THREADS:
            raise problem(160005)
        self._world.delete_message(message)
        return web.Response(status=204)

    async def type(self, request: web.Request) -> web.Response:
        """Show that the bot types."""
        channel, granted = self._place(request)
        if channel.kind not in records.TEXT_KINDS:
            raise problem(50008)
        in_thread = permissions.SEND_MESSAGES_IN_THREADS
        need(granted, in_thread if channel.is_thread else permissions.SEND_MESSAGES)
        self._world.tell("TYPING_START", channel, user=self._world.bot)
        return web.Response(status=204)


def read_json(body: bodies.Body) -> dict[str, Any]:
    """Return a body that must be a JSON object."""
    if not isinstance(body.json, dict):
        form = Form()
        form.wrong((), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        form.done()
    found: dict[str, Any] = body.json
    return found
