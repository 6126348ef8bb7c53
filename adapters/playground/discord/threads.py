"""Channels and threads over REST.

https://discord.com/developers/docs/topics/threads
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from adapters.playground.discord import bodies, limits, payloads, permissions, records
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.messages import find_channel, need, read_json
from adapters.playground.discord.problems import Form, problem
from adapters.playground.discord.records import Channel
from adapters.playground.discord.world import World
from adapters.playground.witness import plain


class Threads:
    """The bot's side of channels and threads."""

    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings

    def routes(self, api: str) -> list[web.AbstractRouteDef]:
        """Return the routes under the API's path."""
        at = f"{api}/channels/{{channel_id}}"
        return [
            web.get(at, self.get),
            web.patch(at, self.edit),
            web.delete(at, self.delete),
            web.post(f"{at}/messages/{{message_id}}/threads", self.start_from_message),
            web.post(f"{at}/threads", self.start),
            web.get(f"{at}/threads/archived/public", self.list_archived),
            web.get(f"{api}/guilds/{{guild_id}}/threads/active", self.list_active),
            web.put(f"{at}/thread-members/@me", self.join),
            web.delete(f"{at}/thread-members/@me", self.leave),
        ]

    def _place(self, request: web.Request) -> tuple[Channel, int]:
        return find_channel(self._world, request.match_info["channel_id"], self._world.bot)

    def _answer(self, channel: Channel, status: int = 200) -> web.Response:
        return plain(status, payloads.render_channel(self._world, channel, viewer=self._world.bot))

    async def get(self, request: web.Request) -> web.Response:
        """Return a channel or thread."""
        return self._answer(self._place(request)[0])

    async def start_from_message(self, request: web.Request) -> web.Response:
        """Start a thread from a message; it takes the message's id."""
        data = read_json(await bodies.read_body(request))
        channel, granted = self._place(request)
        if channel.kind not in (records.GUILD_TEXT, records.GUILD_ANNOUNCEMENT):
            raise problem(50024)
        message = self._world.messages.get(request.match_info["message_id"])
        if message is None or message.channel != channel.id or message.only_for:
            raise problem(10008)
        options = _parse_options(data)
        need(granted, permissions.CREATE_PUBLIC_THREADS)
        if message.flags & records.HAS_THREAD or message.id in self._world.channels:
            raise problem(160004)
        if message.kind not in records.EDITABLE_TYPES:
            raise problem(50021)
        self._check_room(channel)
        thread = self._world.add_thread(channel, owner=self._world.bot, message=message, **options)
        return self._answer(thread, 201)

    async def start(self, request: web.Request) -> web.Response:
        """Start a thread without a message."""
        data = read_json(await bodies.read_body(request))
        channel, granted = self._place(request)
        if channel.kind not in (records.GUILD_TEXT, records.GUILD_ANNOUNCEMENT):
            raise problem(50024)
        options = _parse_options(data)
        private = data.get("type", records.PRIVATE_THREAD) == records.PRIVATE_THREAD
        need(
            granted,
            permissions.CREATE_PRIVATE_THREADS if private else permissions.CREATE_PUBLIC_THREADS,
        )
        self._check_room(channel)
        kind = records.PRIVATE_THREAD if private else None
        thread = self._world.add_thread(channel, owner=self._world.bot, kind=kind, **options)
        if not private:
            note = records.Message(
                id=self._world.new_id(),
                channel=channel.id,
                guild=channel.guild,
                author=self._world.bot,
                at=self._world.now(),
                kind=records.THREAD_CREATED,
                content=thread.name,
                reference=records.Reference(channel=thread.id, message=thread.id),
            )
            self._world.add_message(note)
        return self._answer(thread, 201)

    def _check_room(self, parent: Channel) -> None:
        guild = parent.guild or ""
        if len(self._world.threads(guild)) >= self._settings.active_threads:
            raise problem(160006)

    async def edit(self, request: web.Request) -> web.Response:
        """Rename, archive, lock or slow down a thread; rename a channel."""
        data = read_json(await bodies.read_body(request))
        channel, granted = self._place(request)
        if channel.kind == records.DM:
            raise problem(50024)
        form = Form()
        name = data.get("name")
        if name is not None and not 1 <= len(str(name).strip()) <= limits.THREAD_NAME_CHARS:
            form.bad_length(("name",), 1, limits.THREAD_NAME_CHARS)
        _check_archive(data, form)
        form.done()
        if channel.is_thread:
            self._edit_thread(channel, granted, data)
        else:
            need(granted, permissions.MANAGE_CHANNELS)
            channel.topic = data.get("topic", channel.topic)
            channel.slow_mode = data.get("rate_limit_per_user") or channel.slow_mode
            channel.name = str(name).strip() if name is not None else channel.name
            self._world.save(channel, "CHANNEL_UPDATE")
        return self._answer(channel)

    def _edit_thread(self, thread: Channel, granted: int, data: dict[str, Any]) -> None:
        manager = bool(granted & permissions.MANAGE_THREADS)
        reopens = data.get("archived") is False
        if thread.archived and not reopens:
            raise problem(50083)
        if thread.locked and not manager:
            raise problem(160005)
        mine = thread.owner == self._world.bot
        only_reopens = set(data) == {"archived"} and reopens
        if only_reopens:
            need(granted, permissions.SEND_MESSAGES_IN_THREADS)
        elif not manager and (not mine or "locked" in data):
            raise problem(50013)
        if data.get("name") is not None:
            thread.name = str(data["name"]).strip()
        if data.get("auto_archive_duration"):
            thread.auto_archive = data["auto_archive_duration"]
        if data.get("rate_limit_per_user") is not None:
            thread.slow_mode = data["rate_limit_per_user"]
        archived = data.get("archived")
        self._world.set_archived(
            thread,
            thread.archived if archived is None else bool(archived),
            locked=data.get("locked"),
        )

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a channel or thread."""
        channel, granted = self._place(request)
        if channel.kind == records.DM:
            return self._answer(channel)
        need(
            granted,
            permissions.MANAGE_THREADS if channel.is_thread else permissions.MANAGE_CHANNELS,
        )
        answer = self._answer(channel)
        self._world.delete_channel(channel)
        return answer

    def _list(self, threads: list[Channel]) -> dict[str, Any]:
        bot = self._world.bot
        seen = [
            thread
            for thread in threads
            if self._world.permissions(bot, thread) & permissions.VIEW_CHANNEL
        ]
        return {
            "threads": [
                payloads.render_channel(self._world, thread, viewer=bot) for thread in seen
            ],
            "members": [
                payloads.render_thread_member(thread, bot)
                for thread in seen
                if bot in thread.members
            ],
            "has_more": False,
        }

    async def list_active(self, request: web.Request) -> web.Response:
        """List a server's active threads."""
        guild = request.match_info["guild_id"]
        if (guild, self._world.bot) not in self._world.members:
            raise problem(10004)
        return plain(200, self._list(self._world.threads(guild)))

    async def list_archived(self, request: web.Request) -> web.Response:
        """List a channel's archived public threads, the last archived first."""
        channel, granted = self._place(request)
        need(granted, permissions.READ_MESSAGE_HISTORY)
        found = [
            thread
            for thread in self._world.threads(channel.guild or "", archived=True)
            if thread.parent == channel.id and thread.kind != records.PRIVATE_THREAD
        ]
        found.sort(key=lambda thread: -thread.archive_changed_at)
        limit = request.query.get("limit", "50")
        most = int(limit) if limit.isascii() and limit.isdigit() else 50
        return plain(200, self._list(found[:most]) | {"has_more": len(found) > most})

    async def join(self, request: web.Request) -> web.Response:
        """Add the bot to a thread."""
        channel, _ = self._place(request)
        self._check_thread(channel)
        channel.members.setdefault(self._world.bot, self._world.now())
        self._world.save(channel)
        return web.Response(status=204)

    async def leave(self, request: web.Request) -> web.Response:
        """Take the bot out of a thread."""
        channel, _ = self._place(request)
        self._check_thread(channel)
        channel.members.pop(self._world.bot, None)
        self._world.save(channel)
        return web.Response(status=204)

    def _check_thread(self, channel: Channel) -> None:
        if not channel.is_thread:
            raise problem(50024)
        if channel.archived:
            raise problem(50083)


def _check_archive(data: dict[str, Any], form: Form) -> None:
    minutes = data.get("auto_archive_duration")
    if minutes is not None and minutes not in limits.AUTO_ARCHIVE_MINUTES:
        form.wrong(
            ("auto_archive_duration",),
            "BASE_TYPE_CHOICES",
            f"Value must be one of {limits.AUTO_ARCHIVE_MINUTES}.",
        )
    slow = data.get("rate_limit_per_user")
    if slow is not None and not (isinstance(slow, int) and 0 <= slow <= limits.SLOW_MODE_SECONDS):
        form.wrong(
            ("rate_limit_per_user",),
            "NUMBER_TYPE_MAX",
            f"int value should be between 0 and {limits.SLOW_MODE_SECONDS}.",
        )


def _parse_options(data: dict[str, Any]) -> dict[str, Any]:
    form = Form()
    name = data.get("name")
    if not isinstance(name, str):
        form.required(("name",))
        name = ""
    elif not 1 <= len(name.strip()) <= limits.THREAD_NAME_CHARS:
        form.bad_length(("name",), 1, limits.THREAD_NAME_CHARS)
    _check_archive(data, form)
    form.done()
    return {
        "name": name.strip(),
        "auto_archive": data.get("auto_archive_duration") or 1440,
        "slow_mode": data.get("rate_limit_per_user") or 0,
    }
