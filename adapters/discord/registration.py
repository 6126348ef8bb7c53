"""Register commands with Discord, only when their table changed.

https://docs.discord.com/developers/interactions/application-commands#registering-a-command
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import structlog
from discord.http import HTTPClient

from adapters.discord.line import Requests
from bot.errors import PlatformRefused, PlatformUnknown, StoreError, Throttled
from bot.ports import Clock, Command, MemoStore, Option, OptionKind

log = structlog.get_logger(__name__)

Json = dict[str, Any]

MEMO = "discord:commands"
GLOBAL = "global"
_CHAT_INPUT, _MESSAGE = 1, 3
_KINDS = {
    OptionKind.TEXT: 3,
    OptionKind.INTEGER: 4,
    OptionKind.BOOLEAN: 5,
    OptionKind.FILE: 11,
    OptionKind.USER: 6,
    OptionKind.CHANNEL: 7,
    OptionKind.ROLE: 8,
    OptionKind.AMOUNT: 3,
}
# Whatever has messages of its own; threads count with their channel.
# https://docs.discord.com/developers/resources/channel#channel-object-channel-types
_CHANNEL_TYPES = [0, 2, 5, 15]
_SUBCOMMAND = 1
# Manage Server, which the owner of a server may hand on to others under Integrations.
_ADMINS = 1 << 5
_SERVERS_ONLY = [0]
MOST_DESCRIPTION = 100
# Servers and direct messages with the bot; installed in servers.
_CONTEXTS, _INSTALLS = [0, 1], [0]
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0


def payload_of(table: Sequence[Command], *, everywhere: bool, menu: str) -> list[Json]:
    """Return the list to register; where commands work can be said only of global ones.

    `menu` is the name of the one in the menu of messages, where a command opens a form.
    """
    groups: dict[str, list[Command]] = {}
    for command in table:
        groups.setdefault(command.group or command.name, []).append(command)
    listed = [
        _group(name, commands) if commands[0].group else _chat_input(commands[0])
        for name, commands in groups.items()
    ]
    if any(command.opens for command in table):
        listed.append({"type": _MESSAGE, "name": menu, "default_member_permissions": None})
    where: Json = {"contexts": _CONTEXTS, "integration_types": _INSTALLS} if everywhere else {}
    # What only admins use belongs to a server.
    return [one | _narrowed(where, one) for one in listed]


def _narrowed(where: Json, one: Json) -> Json:
    hidden = one["default_member_permissions"] is not None
    return where | {"contexts": _SERVERS_ONLY} if where and hidden else where


def _chat_input(command: Command) -> Json:
    return {
        "type": _CHAT_INPUT,
        "name": command.name,
        "description": command.description,
        "options": _options(command),
        "default_member_permissions": _ADMINS if command.admin else None,
    }


def _group(name: str, commands: Sequence[Command]) -> Json:
    """Return the commands that begin with the same word as one with subcommands.

    Its own description Discord shows nowhere that people choose from.
    """
    words = [command.name.removeprefix(f"{name} ") for command in commands]
    return {
        "type": _CHAT_INPUT,
        "name": name,
        "description": ", ".join(words)[:MOST_DESCRIPTION],
        "options": [
            {
                "type": _SUBCOMMAND,
                "name": word,
                "description": command.description,
                "options": _options(command),
            }
            for word, command in zip(words, commands, strict=True)
        ],
        "default_member_permissions": _ADMINS if all(one.admin for one in commands) else None,
    }


def _options(command: Command) -> list[Json]:
    options = sorted(command.options, key=lambda option: not option.required)
    return [_option(option) for option in options]


def _option(option: Option) -> Json:
    payload: Json = {
        "type": _KINDS[option.kind],
        "name": option.name,
        "description": option.description,
    }
    if option.kind is OptionKind.CHANNEL:
        payload["channel_types"] = _CHANNEL_TYPES
    if option.required:
        payload["required"] = True
    if option.completes:
        payload["autocomplete"] = True
    if option.choices:
        payload["choices"] = [
            {"name": label, "value": int(value) if option.kind is OptionKind.INTEGER else value}
            for label, value in option.choices
        ]
    least, most = {
        OptionKind.TEXT: ("min_length", "max_length"),
        OptionKind.AMOUNT: ("min_length", "max_length"),
        OptionKind.INTEGER: ("min_value", "max_value"),
    }.get(option.kind, ("", ""))
    if least and option.least is not None:
        payload[least] = option.least
    if most and option.most is not None:
        payload[most] = option.most
    return payload


def digest(payload: list[Json], application: int, target: str) -> str:
    """Return what changes whenever something has to be registered."""
    whole = json.dumps([payload, application, target], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(whole.encode()).hexdigest()


class Registration:
    """Bring Discord's list of our commands up to date, once after each start."""

    def __init__(
        self,
        requests: Requests,
        memos: MemoStore,
        clock: Clock,
        table: Sequence[Command],
        server: str | None,
        menu: str,
    ) -> None:
        self._requests = requests
        self._memos = memos
        self._clock = clock
        self._target = server or GLOBAL
        self._payload = payload_of(table, everywhere=server is None, menu=menu)

    async def run(self) -> None:
        """Register, again and again until Discord says yes or no."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._register()
                return
            except Throttled as error:
                await self._clock.sleep(error.retry_after)
            except PlatformRefused as error:
                log.error("commands not registered", code=error.code, target=self._target)
                return
            except (PlatformUnknown, StoreError) as error:
                log.warning("commands not registered yet", error=str(error))
                await self._clock.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _register(self) -> None:
        application = await self._requests.application()
        registered = digest(self._payload, application, self._target)
        before, _, known = (await self._memos.memo(MEMO)).partition(" ")
        if before == self._target and known == registered:
            return
        if before not in ("", GLOBAL, self._target):
            await self._leave(application, before)
        await self._put(application, self._target, self._payload)
        await self._memos.put_memo(MEMO, f"{self._target} {registered}")
        log.info("commands registered", count=len(self._payload), target=self._target)

    async def _leave(self, application: int, server: str) -> None:
        """Take the commands back from a server that they were tried in: they show twice."""
        try:
            await self._put(application, server, [])
        except Throttled:
            raise
        except PlatformRefused as error:
            log.info("commands not taken back", server=server, code=error.code)

    async def _put(self, application: int, target: str, payload: list[Json]) -> None:
        async def put(http: HTTPClient) -> None:
            if target == GLOBAL:
                await http.bulk_upsert_global_commands(application, payload)
            else:
                await http.bulk_upsert_guild_commands(application, target, payload)

        await self._requests.make("commands", put, when_late=lambda: None)
