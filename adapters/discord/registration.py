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
}
# Servers and direct messages with the bot; installed in servers.
_CONTEXTS, _INSTALLS = [0, 1], [0]
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0


def payload_of(table: Sequence[Command], *, everywhere: bool, menu: str) -> list[Json]:
    """Return the list to register; where commands work can be said only of global ones.

    `menu` is the name of the one in the menu of messages, where a command opens a form.
    """
    listed = [_chat_input(command) for command in table]
    if any(command.opens for command in table):
        listed.append({"type": _MESSAGE, "name": menu, "default_member_permissions": None})
    where: Json = {"contexts": _CONTEXTS, "integration_types": _INSTALLS} if everywhere else {}
    return [one | where for one in listed]


def _chat_input(command: Command) -> Json:
    options = sorted(command.options, key=lambda option: not option.required)
    return {
        "type": _CHAT_INPUT,
        "name": command.name,
        "description": command.description,
        "options": [_option(option) for option in options],
        "default_member_permissions": None,
    }


def _option(option: Option) -> Json:
    payload: Json = {
        "type": _KINDS[option.kind],
        "name": option.name,
        "description": option.description,
    }
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
